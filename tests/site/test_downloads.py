"""What a reader takes along: each chapter as a notebook that runs, and as a PDF that can be read aloud."""

import re
from urllib.parse import quote

import nbclient
import nbformat
import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from browser import needs_chromium, serving

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo"), needs_chromium]
MARKUP = r"\{[a-z:-]+\}`|^ *:::|^ *`{3,}\{|^\([\w-]+\)=$|<fieldset|\bN\d+\b(?=[^`]*$)|<Figure|lb-"
A4 = (595, 842)  # points


@pytest.fixture(scope="module")
def chapters(site):
    """The page of each chapter, by its name."""
    found = {}
    for path in sorted((site / "chapters").glob("*.html")):
        soup = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        if soup.select("div.cell_input"):
            found[path.stem] = soup
    assert len(found) == 10
    return found


@pytest.fixture(scope="module")
def notebooks(site, chapters):
    return {name: nbformat.read(site / "notebooks" / f"{name}.ipynb", as_version=4) for name in chapters}


@pytest.fixture(scope="module")
def pdfs(site, chapters):
    return {name: PdfReader(site / "pdf" / f"{name}.pdf") for name in chapters}


def headings(soup):
    """The page's headings as a reader sees them."""
    found = soup.select(":is(h1, h2, h3, h4, h5, h6)", limit=None)
    texts = [tag for tag in found if tag.find_parent("article")]
    for tag in texts:
        for link in tag.select("a.headerlink"):
            link.extract()
    return [" ".join(tag.get_text().split()) for tag in texts]


def prose(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def without_code(markdown):
    """Markdown without fenced code and formulas, in which anything may stand."""
    return re.sub(r"(?ms)^(> *| *)```.*?^(> *| *)```$|\$\$.*?\$\$|\$[^$]*\$", "", markdown)


def test_every_chapter_offers_its_notebook_and_its_pdf(site, chapters):
    for name, soup in chapters.items():
        links = [link["href"] for link in soup.select("h1 + .lb-hand a")]
        assert links == [f"../notebooks/{name}.ipynb", f"../pdf/{name}.pdf"]
        assert all((site / "chapters" / link).is_file() for link in links)
    offered = {path.stem for path in (site / "notebooks").iterdir()}
    assert offered == {path.stem for path in (site / "pdf").iterdir()} == set(chapters)


def test_the_text_of_a_notebook_is_what_plain_jupyter_shows(notebooks):
    for name, notebook in notebooks.items():
        nbformat.validate(notebook)
        left = re.findall(MARKUP, without_code(prose(notebook)), flags=re.MULTILINE)
        assert left == [], name
        opened = re.findall(r"(?m)^<details><summary>.+</summary>\n\n", prose(notebook))
        assert len(opened) == len(re.findall(r"\n\n</details>$", prose(notebook), flags=re.MULTILINE)), name


def test_a_notebook_has_all_of_the_pages_headings_questions_and_figures(chapters, notebooks):
    for name, soup in chapters.items():
        written = prose(notebooks[name])
        bare = re.sub(r"^#+ ", "", "\n".join(re.findall(r"(?m)^#+ .*", without_code_blocks(written))))
        assert len(bare.splitlines()) == len(headings(soup)), name
        assert written.count("**Question.**") == len(soup.select(".lb-quiz")), name
        for caption in soup.select("figcaption .caption-number"):
            assert f"**{caption.get_text().strip()}**" in written, name


def without_code_blocks(markdown):
    return re.sub(r"(?ms)^(> *| *)```.*?^(> *| *)```$", "", markdown)


def test_links_between_notebooks_lead_to_notebooks_and_headings(site, notebooks):
    names = {name: headings_of(notebook) for name, notebook in notebooks.items()}
    seen = 0
    for name, notebook in notebooks.items():
        for address in re.findall(r"\]\(([^)\s]+)\)", prose(notebook)):
            file, _, anchor = address.partition("#")
            if file.endswith(".ipynb") and not file.startswith(".."):
                assert file.removesuffix(".ipynb") in names
            elif file.startswith("../"):
                assert (site / "notebooks" / file).resolve().is_file(), address
            target = file.removesuffix(".ipynb") or name
            if anchor and target in names:
                seen += 1
                assert anchor in names[target], address
    assert seen > 30


def headings_of(notebook):
    lines = re.findall(r"(?m)^#+ (.*)", without_code_blocks(prose(notebook)))
    return {quote(re.sub(r"[*`\\]", "", line).replace(" ", "-")) for line in lines}


@pytest.mark.parametrize("name", ["embedding-layer", "feature-maps"])
def test_a_notebook_runs_from_top_to_bottom_in_an_empty_folder(tmp_path, notebooks, name):
    client = nbclient.NotebookClient(
        notebooks[name], timeout=120, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    drawn = [
        output
        for cell in notebooks[name].cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if {"image/png", "image/svg+xml", "text/html"} & set(output.get("data", {}))
    ]
    assert len(drawn) > 3
    assert list(tmp_path.iterdir()) == []


def outline(reader):
    def walk(entries):
        for entry in entries:
            if isinstance(entry, list):
                yield from walk(entry)
            else:
                yield " ".join(entry.title.split())

    return list(walk(reader.outline))


def test_a_pdf_is_tagged_and_has_its_language_a_title_and_an_outline_of_its_headings(chapters, pdfs):
    for name, reader in pdfs.items():
        catalog = reader.trailer["/Root"]
        assert catalog["/MarkInfo"]["/Marked"]
        assert "/StructTreeRoot" in catalog
        assert catalog["/Lang"] == "en"
        assert chapters[name].title.get_text().split(" ", 1)[1][:8] in reader.metadata.title
        assert outline(reader) == headings(chapters[name])


def test_a_pdf_is_on_a4_and_none_of_its_pages_is_nearly_empty(pdfs):
    for name, reader in pdfs.items():
        assert {tuple(round(float(side)) for side in page.mediabox[2:]) for page in reader.pages} == {A4}
        for number, page in enumerate(reader.pages, start=1):
            assert len(page.get_contents().get_data()) > 2_000, (name, number)  # bytes; an empty one has 500


@pytest.mark.parametrize("name", ["embedding-layer", "comparison"])
def test_a_pdf_has_korean_letters_and_all_answers_and_nothing_to_click(chapters, pdfs, name):
    text = "\n".join(page.extract_text() for page in pdfs[name].pages)
    korean = {tag.get_text() for tag in chapters[name].select('article [lang="ko"]')}
    for term in korean:
        assert term.replace(" ", "") in re.sub(r"\s", "", text), term
    assert text.count("Answer and explanations") == len(chapters[name].select(".lb-quiz"))
    for button in ("Download this chapter", "Show code cell source", "Everything in one zip"):
        assert button not in text


def test_a_pdf_names_no_folder_and_links_within_itself_and_to_other_hosts(pdfs):
    for reader in pdfs.values():
        links = [
            note.get_object()["/A"].get("/URI", "")
            for page in reader.pages
            for note in page.get("/Annots", [])
            if "/A" in note.get_object()
        ]
        assert all(re.match(r"https?://(?!127\.|localhost)", link) for link in links if link)
        assert all("file:" not in str(value) for value in reader.metadata.values())


def test_a_dark_page_is_printed_light(site, browser, chapters):
    with serving(site) as address, browser.new_context(color_scheme="dark") as context:
        page = context.new_page()
        page.goto(f"{address}/chapters/rnn.html")
        theme = "document.documentElement.dataset.theme"
        assert page.evaluate(theme) == "dark"
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate(theme) == "light"
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.evaluate(theme) == "dark"
