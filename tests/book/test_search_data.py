"""What the search knows of each page, and how the fixture's words are found from a folder."""

import json
from pathlib import Path

import pytest
from docutils import nodes
from fixture_book import Book, linked_book
from playwright.sync_api import Page, expect
from sphinx import addnodes

from browser import needs_chromium
from layerbook.book.nodes import quiz, quiz_choice, quiz_legend
from layerbook.book.search import Entry, data, entries


def section(title: str, *content: nodes.Node, ids: tuple[str, ...] = ("title",)) -> nodes.section:
    return nodes.section("", nodes.title("", title), *content, ids=list(ids))


def document(*content: nodes.Node) -> nodes.document:
    made = nodes.document(None, None)  # type: ignore[arg-type]
    made += list(content)
    return made


def test_each_section_has_its_own_text_and_the_authors_label() -> None:
    inner = section("Inner", nodes.paragraph("", "in"), ids=("inner", "my-label"))
    page = section("Page", nodes.paragraph("", "out", nodes.strong("", "side")), inner)
    assert entries(document(page)) == [
        Entry("", "Page", "", "outside", ""),
        Entry("my-label", "Inner", "", "in", ""),
    ]


def test_a_glossary_entry_has_its_korean_names() -> None:
    korean = nodes.inline("", "손실", classes=["language-ko"])
    item = nodes.definition_list_item(
        "",
        nodes.term("", "loss", ids=["term-loss"]),
        nodes.term("", "error", ids=["term-error"]),
        nodes.definition("", nodes.paragraph("", "", korean, nodes.Text(". A number."))),
    )
    glossary = addnodes.glossary("", nodes.definition_list("", item))
    assert entries(document(section("Words", glossary))) == [
        Entry("", "Words", "", "", ""),
        Entry("term-loss", "loss, error", "손실", "손실. A number.", ""),
    ]


def test_answers_are_not_quoted_and_outputs_are_no_code() -> None:
    question = quiz(
        "",
        quiz_legend("", nodes.paragraph("", "Which?")),
        quiz_choice("", nodes.paragraph("", "A wrong one")),
    )
    code = nodes.container("", nodes.literal_block("", "shown = 1"), classes=["cell"])
    output = nodes.container("", nodes.literal_block("", "printed"), classes=["cell_output"])
    folded = nodes.container("", nodes.literal_block("", "plot()"), classes=["cell", "tag_hide-input"])
    page = section("Page", question, code, output, folded)
    assert entries(document(page)) == [Entry("", "Page", "", "Which?", "shown = 1")]


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (nodes.math("", "W_{hh}"), "Whh"),
        (nodes.reference("", "N19", classes=["lb-row"]), ""),
        (nodes.math("", "\\frac{a}{b}"), "…"),
        (nodes.raw("", "<b>bold</b><script>no()</script>", format="html"), "bold"),
        (nodes.raw("", "no", format="latex"), ""),
    ],
)
def test_formulas_and_html_are_read_as_text(node: nodes.Node, text: str) -> None:
    assert entries(document(section("Page", nodes.paragraph("", "", node))))[0].text == text


def test_the_data_are_one_script_without_empty_pages() -> None:
    script = data([("a.html", [Entry("", "A", "", '"é', "")]), ("empty.html", [])])
    value = script.removeprefix("var layerbookSearch = ").removesuffix(";\n")
    assert json.loads(value) == [["a.html", "A", [["", "A", "", '"é', ""]]]]


def test_every_page_is_in_the_data_after_a_second_build_of_one_page(tmp_path: Path) -> None:
    book = linked_book(tmp_path)
    book.build()
    before = (tmp_path / "_build" / "html" / "searchdata.js").read_text("utf-8")
    source = tmp_path / "links.md"
    source.write_text(source.read_text("utf-8").replace("Something else", "A new thing"), "utf-8")
    book.build()
    assert book.status == 0, book.warnings
    after = (tmp_path / "_build" / "html" / "searchdata.js").read_text("utf-8")
    assert after == before.replace("Something else", "A new thing") != before


@needs_chromium
@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("손실", "words.html#term-loss"),
        ("손실을", "links.html#a-part"),
        ("losses", "words.html#term-loss"),
        ("np.add.at", "links.html#a-part"),
        ("add.at", "links.html#a-part"),
        ("weight_ih", "links.html#a-part-of-it"),
        ("weight", "links.html#a-part-of-it"),
        ("someth", "links.html#a-part-of-it"),
        ("loss zebra", "words.html#term-loss"),
    ],
)
def test_words_are_found_in_a_book_opened_from_a_folder(
    page: Page, linked: Book, query: str, first: str
) -> None:
    page.goto((linked.root / "_build" / "html" / "search.html").as_uri() + f"?q={query}")
    expect(page.locator(".lb-search-results a").first).to_have_attribute("href", first)


@needs_chromium
@pytest.mark.parametrize("query", ["zebra", "wrongchoice", "the"])
def test_nothing_found_is_one_sentence(page: Page, linked: Book, query: str) -> None:
    page.goto((linked.root / "_build" / "html" / "search.html").as_uri() + f"?q={query}")
    expect(page.locator("#search-results")).to_have_text("Nothing in the book has these words.")
