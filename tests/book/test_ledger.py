"""Places of the notes' statements."""

import re
from pathlib import Path

import pytest
from docutils import nodes
from fixture_book import Book, empty_book

from layerbook.book.ledger import read_ledger
from layerbook.book.nodes import row_mark
from layerbook.book.records import place_of

ROOT = Path(__file__).parents[2]


def test_the_ledger_of_the_book_has_all_48_rows_in_order() -> None:
    rows = read_ledger(ROOT / "chapters" / "ledger.toml")
    assert list(rows) == [f"N{number}" for number in range(1, 49)]
    loose = {number for number, row in rows.items() if row.what_is_so}
    expected = (4, 8, 12, 13, 14, 17, 19, 20, 25, 28, 39, 41, 44)
    assert loose == {f"N{number}" for number in expected}
    for row in rows.values():
        assert re.search("[가-힣]", row.korean) or row.topic == "Looking back", row


def test_a_row_is_complete_with_a_section_an_executed_cell_and_a_question(book: Book) -> None:
    rows = book.records["rows"]
    assert rows["N1"] == rows["N2"] == [True, []]
    assert rows["N3"] == [False, ["an executed cell", "a question"]]
    assert rows["N4"] == [False, ["a section", "a question"]]


@pytest.mark.parametrize(("count", "executed"), [(1, True), (None, False)])
def test_only_an_executed_cell_counts(count: int | None, executed: bool) -> None:
    mark = row_mark(row="N1")
    cell = nodes.container("", nb_element="cell_code", exec_count=count)
    nodes.section("", nodes.title("", "A"), nodes.paragraph("", "", mark), cell, ids=["a"])
    assert place_of(mark, "page").has_cell is executed


def test_the_page_counts_and_lists_every_row_with_links(book: Book) -> None:
    page = book.page("notes")
    text = page.get_text(" ", strip=True)
    assert "2 of the 4 statements have their place in the book. Still missing: N3, N4." in text
    item = page.find(id="row-n2")
    assert item is not None
    assert [link["href"] for link in item.find_all("a")] == [
        "pieces.html#a-heading",
        "quizzes.html#quiz-onehot-cosine",
    ]
    assert "What is so: Something else holds." in item.get_text(" ", strip=True)
    korean = page.find(id="row-n1").find(lang="ko")  # type: ignore[union-attr]
    assert korean is not None
    assert korean.get_text() == "희소 표현"


def test_a_mark_is_a_badge_that_leads_to_its_line(book: Book) -> None:
    badge = book.page("quizzes").select_one("a.lb-row")
    assert badge is not None
    assert badge["href"] == "notes.html#row-n1"
    assert badge["title"] == "From the notes, N1: A statement with a place."
    assert badge.get_text() == "N1"


def test_a_mark_in_a_heading_leaves_heading_and_contents_clean(book: Book) -> None:
    page = book.page("pieces")
    heading = page.find(id="a-heading").find("h2")  # type: ignore[union-attr]
    assert heading.find(class_="lb-row") is None  # type: ignore[union-attr]
    assert [link.get_text(strip=True) for link in page.select(".page-toc a")] == ["A heading", "Only words"]
    assert page.select_one("a a") is None
    assert page.select_one(".lb-rows a.lb-row") is not None


def test_an_unknown_row_and_a_row_on_two_pages_fail_the_build(tmp_path: Path) -> None:
    book = empty_book(tmp_path)
    book.write("index.md", "# A\n\n```{toctree}\nother\n```\n\nHere {row}`N1` and {row}`N77`.\n")
    book.write("other.md", "# B\n\nHere {row}`N1`.\n")
    book.build()
    assert book.status != 0
    assert 'index.md:7: ERROR: row: "N77" is not in the ledger' in book.warnings
    assert "other.md:3: ERROR: row N1 is already marked at" in book.warnings
