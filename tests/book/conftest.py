"""The fixture book, built once."""

import pytest
from fixture_book import EXERCISE, INDEX, MANIFEST, NOTES, PIECES, QUIZZES, Book, empty_book, linked_book


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    book = empty_book(tmp_path_factory.mktemp("book"))
    book.write("index.md", INDEX)
    book.write("quizzes.md", QUIZZES)
    book.write("pieces.md", PIECES)
    book.write("notes.md", NOTES)
    book.write("exercises/exercises.toml", MANIFEST)
    book.write("exercises/tiny/tiny.py", EXERCISE)
    for name in ("tiny.ipynb", "check.py", "check.json", "corpus.txt"):
        book.write(f"release/tiny/{name}", f"the text of {name}")
    book.write("release/tiny/solution.py", "never")
    book.build()
    assert book.status == 0, book.warnings
    return book


@pytest.fixture(scope="session")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Book:
    book = linked_book(tmp_path_factory.mktemp("linked"))
    book.build()
    assert book.status == 0, book.warnings
    return book
