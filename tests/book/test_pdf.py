"""PDFs of pages: which are made when, and what happens if Chromium does not do it."""

import json
import stat
from pathlib import Path

import pytest
from fixture_book import NOTEBOOK, empty_book

from browser import CHROMIUM, needs_chromium
from layerbook import cli
from layerbook.book import build
from layerbook.book.download import pdf
from layerbook.errors import LayerbookError

PAGE = '<link rel="stylesheet" href="own.css"><script src="x.js"></script><a href="pdf/{name}.pdf">PDF</a>'
FAKE = """#!/bin/sh
for argument; do case $argument in --print-to-pdf=*) echo "%PDF fake" > "${argument#*=}" ;; esac; done
echo "$argument" >> "$(dirname "$0")/printed"
"""


def program(path: Path, text: str) -> str:
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "html"
    folder.mkdir()
    (folder / "own.css").write_text("p { color: red }")
    for name in ("one", "two"):
        (folder / f"{name}.html").write_text(PAGE.format(name=name))
    (folder / "search.html").write_text("no PDF here")
    return folder


def printed(site: Path, chromium: str) -> list[str]:
    return sorted(pdf.Printer(site, site.parent / "pdf.json", chromium).run())


def test_a_page_is_printed_again_only_when_what_is_printed_has_changed(site: Path) -> None:
    chromium = program(site.parent / "chromium", FAKE)
    assert printed(site, chromium) == ["one.pdf", "two.pdf"]
    assert printed(site, chromium) == []
    page = site / "one.html"
    page.write_text(page.read_text().replace("x.js", "y.js"))  # a script prints nothing
    assert printed(site, chromium) == []
    page.write_text(page.read_text() + "more")
    assert printed(site, chromium) == ["one.pdf"]
    (site / "own.css").write_text("p { color: blue }")
    assert printed(site, chromium) == ["one.pdf", "two.pdf"]
    (site / "pdf" / "two.pdf").unlink()
    assert printed(site, chromium) == ["two.pdf"]
    (site.parent / "pdf.json").write_text("{ cut off")
    assert printed(site, chromium) == ["one.pdf", "two.pdf"]


def test_the_pdf_of_a_page_that_is_gone_goes_too(site: Path) -> None:
    chromium = program(site.parent / "chromium", FAKE)
    printed(site, chromium)
    (site / "two.html").unlink()
    assert printed(site, chromium) == []
    assert [file.name for file in (site / "pdf").iterdir()] == ["one.pdf"]
    assert sorted(file.name for file in site.parent.iterdir()) == ["chromium", "html", "pdf.json", "printed"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [("#!/bin/sh\nexit 3\n", "ended with status 3"), ("#!/bin/sh\n", "wrote none"), (None, "did not start")],
)
def test_a_chromium_that_fails_is_one_sentence_and_nothing_is_left(
    site: Path, text: str | None, problem: str
) -> None:
    place = site.parent / "chromium"
    chromium = program(place, text) if text else str(place)
    with pytest.raises(
        LayerbookError, match=f"The PDF of (one|two).html could not be made: .*{problem}"
    ) as failed:
        list(pdf.Printer(site, site.parent / "pdf.json", chromium).run())
    assert "\n" not in str(failed.value)
    assert sorted(file.name for file in site.iterdir() if file.is_file()) == [
        "one.html",
        "own.css",
        "search.html",
        "two.html",
    ]
    assert list((site / "pdf").iterdir()) == []
    assert not pdf.works(chromium, site.parent)


def test_what_was_printed_before_a_failure_is_not_printed_again(site: Path) -> None:
    chromium = program(site.parent / "chromium", FAKE.replace("for", "[ -f two ] || for"))
    printed(site, chromium)
    before = json.loads((site.parent / "pdf.json").read_text())
    assert sorted(before) == ["one.pdf", "two.pdf"]
    (site / "one.html").write_text((site / "one.html").read_text() + "more")
    broken = program(site.parent / "chromium", "#!/bin/sh\nexit 1\n")
    with pytest.raises(LayerbookError):
        printed(site, broken)
    assert printed(site, program(site.parent / "chromium", FAKE)) == ["one.pdf"]


def test_a_system_without_chromium_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "PROGRAMS", ("no-such-browser", "chromium"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert pdf.find_chromium() is None
    program(tmp_path / "chromium", FAKE)
    assert pdf.find_chromium() == str(tmp_path / "chromium")


def test_no_link_leads_into_the_folders_of_this_machine() -> None:
    page = '<script>1</script><a class="x" href="../a.html#b">A</a><a href="#c">C</a><a href="https://d.org">D</a>'
    bare = '<a class="x">A</a><a href="#c">C</a><a href="https://d.org">D</a>'
    assert pdf.printable(page) == bare
    known = '<link rel="canonical" href="https://book.org/chapters/e.html">'
    assert pdf.printable(known + page) == known + bare.replace(
        '<a class="x">', '<a class="x" href="https://book.org/a.html#b">'
    )


def test_pages_link_to_pdfs_if_the_build_makes_them_or_made_them_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def run(_command: object, *, quiet: bool, settings: dict[str, str]) -> tuple[int, str]:
        asked.append(pdf.LINKS in settings)
        return 0, ""

    monkeypatch.setattr(build, "_run", run)
    (tmp_path / "_config.yml").touch()
    for links in (True, False, None):
        build.build(tmp_path, tmp_path, pdf_links=links)
    folder = build.site(tmp_path) / pdf.FOLDER
    folder.mkdir(parents=True)
    (folder / "one.pdf").touch()
    build.build(tmp_path, tmp_path)
    assert asked == [True, False, False, True]


def test_a_page_offers_the_pdf_that_the_build_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(pdf.LINKS, "yes")
    book = empty_book(tmp_path)
    book.write("index.md", "# Start\n\n```{toctree}\none\n```\n")
    book.write("one.md", NOTEBOOK + "# One\n\n```{code-cell} python\n1\n```\n")
    book.build()
    links = [link["href"] for link in book.page("one").select("h1 + .lb-hand a")]
    assert links == ["notebooks/one.ipynb", "pdf/one.pdf"]
    assert list(pdf.linked_pages(tmp_path / "_build" / "html")) == [tmp_path / "_build" / "html" / "one.html"]


@pytest.mark.parametrize(
    ("found", "said"),
    [(None, "Debian: apt install chromium"), ("/bin/false", "/bin/false is there, but cannot print")],
)
def test_the_command_says_in_one_line_why_there_are_no_pdfs(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    found: str | None,
    said: str,
) -> None:
    monkeypatch.setattr(pdf, "find_chromium", lambda: found)
    assert cli._chromium(tmp_path) is None
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert said in lines[0]


@needs_chromium
def test_the_real_one_works_here(tmp_path: Path) -> None:
    assert CHROMIUM is not None
    assert pdf.works(CHROMIUM, tmp_path)
    assert list(tmp_path.iterdir()) == []
