"""The last step of a build: shared files, and markup that everybody can use."""

import base64
import io
import re
from pathlib import Path

from fontTools.ttLib import TTFont

from layerbook.book.finishing.assets import Assets
from layerbook.book.finishing.finish import finish
from layerbook.book.finishing.fonts import KOREAN, data
from layerbook.book.finishing.markup import usable

PAGE = """<html><head>
<link rel="stylesheet" href="../_static/layerbook.css?v=1" />
<link rel="stylesheet" href="../_static/own.css" />
<script src="../_static/scripts/fontawesome.js"></script>
<script defer src="../_static/quiz.js?v=2"></script>
<script src="../_static/own.js"></script>
</head><body>층</body></html>"""


def site(folder: Path) -> Path:
    static = folder / "_static"
    (static / "scripts").mkdir(parents=True)
    (static / "layerbook.css").write_text("p { background: url(dots.png) }")
    (static / "quiz.js").write_text('"use strict";')
    for name in ("own.css", "own.js", "scripts/fontawesome.js"):
        (static / name).write_text("")
    (folder / "deep").mkdir()
    (folder / "deep" / "page.html").write_text(PAGE, "utf-8")
    return folder


def test_a_page_asks_for_shared_files_once_and_for_its_own(tmp_path: Path) -> None:
    finish(site(tmp_path))
    page = (tmp_path / "deep" / "page.html").read_text("utf-8")
    addresses = [address.partition("?")[0] for address in re.findall(r'(?:href|src)="([^"]+)"', page)]
    assert sorted(addresses) == [
        f"../_static/{name}" for name in ("book.css", "book.js", "own.css", "own.js")
    ]
    assert "url(dots.png)" in (tmp_path / "_static" / "book.css").read_text("utf-8")
    assert '"use strict";' in (tmp_path / "_static" / "book.js").read_text("utf-8")


def test_a_finished_page_stays_until_the_shared_files_change(tmp_path: Path) -> None:
    finish(site(tmp_path))
    file = tmp_path / "deep" / "page.html"
    before = file.read_text("utf-8")
    finish(tmp_path)
    assert file.read_text("utf-8") == before
    (tmp_path / "_static" / "quiz.js").write_text("'changed'")
    finish(tmp_path)
    changed = file.read_text("utf-8")
    assert changed != before
    assert Assets(tmp_path).use_in(changed) == changed


def test_a_font_has_the_letters_of_the_pages_only() -> None:
    address = data(KOREAN, "층닭")
    font = TTFont(io.BytesIO(base64.b64decode(address.partition(",")[2])))
    assert sorted(font.getBestCmap()) == sorted(map(ord, "층닭"))
    assert len(address) < 10_000


def test_markup_is_put_right_once() -> None:
    wrong = (
        '<header class="bd-header navbar">\n </header><th class="head"><p></p></th><th class="head"><p>a</p></th>'
        '<div role="doc-biblioentry"><details><summary aria-label="Toggle hidden content">Show</summary>'
    )
    right = (
        '<div class="bd-header navbar"></div><td class="head"></td><th class="head"><p>a</p></th>'
        '<div role="listitem"><details><summary>Show</summary>'
    )
    assert usable(wrong) == right
    assert usable(right) == right
