"""Korean terms and often-written notes."""

from pathlib import Path

from fixture_book import Book, empty_book


def test_a_korean_term_is_marked_as_korean(book: Book) -> None:
    term = book.page("pieces").find("span", lang="ko")
    assert term is not None
    assert term.get_text() == "분포 가설"


def test_a_note_has_two_labelled_parts(book: Book) -> None:
    note = book.page("pieces").select_one(".lb-often-written")
    assert note is not None
    text = note.get_text(" ", strip=True)
    order = ("What is often written", "An embedding is one-hot.", "What is so", "learned", "weight")
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_a_note_of_one_part_fails_the_build(tmp_path: Path) -> None:
    book = empty_book(tmp_path)
    book.write("index.md", "# A\n\n:::{often-written}\nOnly this.\n:::\n")
    book.build()
    assert book.status != 0
    assert "index.md:3: ERROR: often-written:" in book.warnings
