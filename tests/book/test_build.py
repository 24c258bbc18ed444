"""The strict build, its cache, and the local server."""

import json
import threading
import time
import urllib.request
from pathlib import Path

import matplotlib.font_manager
import pytest
from fixture_book import LEDGER, NOTEBOOK

from layerbook.book.build import build, problems
from layerbook.book.cache import digest, forget_if_changed
from layerbook.book.serving.serve import serve, snapshot
from layerbook.book.serving.server import server
from layerbook.errors import LayerbookError

ROOT = Path(__file__).parents[2]
CELL = NOTEBOOK + "# Start\n\n{row}`N1` {ko}`층` $x^2$\n\n```{code-cell} python\nprint(40 + 2)\n```\n"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A book of one page with the configuration of the real one."""
    chapters = tmp_path / "chapters"
    chapters.mkdir()
    (tmp_path / "_config.yml").write_text(
        (ROOT / "_config.yml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: chapters/index\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("# Not a page\n", encoding="utf-8")
    (chapters / "references.bib").write_text("", encoding="utf-8")
    (chapters / "ledger.toml").write_text(LEDGER, encoding="utf-8")
    (chapters / "index.md").write_text(CELL, encoding="utf-8")
    return tmp_path


def test_a_list_of_fonts_that_another_program_left_broken_does_no_harm(
    small: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = tmp_path_factory.mktemp("matplotlib")
    name = matplotlib.font_manager.FontManager.__version__
    known = {"_version": name, "_FontManager__default_weight": "normal", "default_size": None}
    nothing = known | {"defaultFamily": {}, "afmlist": [], "ttflist": [], "__class__": "FontManager"}
    (foreign / f"fontlist-v{name}.json").write_text(json.dumps(nothing), encoding="utf-8")
    monkeypatch.setenv("MPLCONFIGDIR", str(foreign))
    drawing = "import matplotlib.pyplot as plt\nplt.figure().text(0, 0, '$x$')\nplt.gcf().canvas.draw()\nplt.close()"
    (small / "chapters" / "index.md").write_text(CELL.replace("print(40 + 2)", drawing), encoding="utf-8")
    assert build(small, small, quiet=True).is_dir()


def test_the_book_builds_and_a_failing_cell_fails_it_every_time(small: Path) -> None:
    site = build(small, small, quiet=True)
    assert site == small / "_build" / "html"
    text = (site / "chapters" / "index.html").read_text(encoding="utf-8")
    assert "42" in text
    for stranger in ("unpkg.com", "jsdelivr", "cdnjs", "mathjax@", "googleapis"):
        assert stranger not in text
    assert not (site / "README.html").exists()
    (small / "chapters" / "index.md").write_text(CELL.replace("print(40 + 2)", "1 / 0"), encoding="utf-8")
    for _attempt in range(2):
        with pytest.raises(LayerbookError, match=r"ZeroDivisionError|Executing notebook failed"):
            build(small, small, quiet=True)


def test_a_warning_fails_the_build_every_time_and_names_its_place(small: Path) -> None:
    page = small / "chapters" / "index.md"
    page.write_text("# Start\n\nSee {ref}`nowhere`.\n", encoding="utf-8")
    for _attempt in range(2):
        with pytest.raises(
            LayerbookError, match=r"\nchapters/index.md:3: WARNING: undefined label: 'nowhere'"
        ):
            build(small, small, quiet=True)


def test_a_folder_without_a_book_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LayerbookError, match=r"has no _config\.yml"):
        build(tmp_path, tmp_path)


def test_problems_are_each_said_once_without_colours_and_with_relative_paths(tmp_path: Path) -> None:
    line = f"\x1b[91m{tmp_path}/chapters/a.md:3: WARNING: something\x1b[39;49;00m"
    assert problems(f"progress\n{line}\n{line}\n", tmp_path) == "chapters/a.md:3: WARNING: something"
    assert problems("only\n\nthis\n", tmp_path) == "only\nthis"


def test_the_cache_is_forgotten_when_what_cells_import_has_changed(tmp_path: Path) -> None:
    cache, imported = tmp_path / "cache", tmp_path / "plots.py"
    imported.write_text("one")
    first = digest([imported])
    forget_if_changed(cache, first)
    cache.mkdir()
    assert not forget_if_changed(cache, first)
    assert cache.exists()
    imported.write_text("two")
    assert forget_if_changed(cache, digest([imported]))
    assert not cache.exists()


def test_the_server_shows_the_site_on_this_machine_only(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("a page")
    with server(tmp_path, 0) as address:
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{address}page.html", timeout=20) as answer:
            assert answer.read() == b"a page"


def test_a_taken_port_is_a_plain_error(tmp_path: Path) -> None:
    with server(tmp_path, 0) as address:
        port = int(address.rstrip("/").rsplit(":", 1)[1])
        with pytest.raises(LayerbookError, match=f"Port {port} is taken"), server(tmp_path, port):
            pass


def test_serving_builds_again_on_each_change_and_goes_on_after_a_failure(small: Path) -> None:
    stop, said, builds = threading.Event(), [], []

    def rebuild() -> None:
        builds.append(snapshot(small))
        if len(builds) == 2:
            raise LayerbookError("The book does not build.")

    arguments = {"rebuild": rebuild, "announce": said.append, "stop": stop, "every": 0.05}
    thread = threading.Thread(target=serve, args=(small, 0), kwargs=arguments)
    thread.start()
    try:
        for count in (1, 2, 3):
            wait_until(lambda count=count: len(said) == count + 2)
            (small / "chapters" / f"new-{count}.md").write_text("new")
    finally:
        stop.set()
        thread.join(timeout=20)
    assert said[:2] == ["Building the book.", "Built."]
    assert said[2].startswith("The book is at http://127.0.0.1:")
    assert said[3:] == ["The book does not build.", "Built."]


def wait_until(condition) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)
