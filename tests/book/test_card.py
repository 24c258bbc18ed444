"""The card of an exercise and its downloads."""

import os
import zipfile
from pathlib import Path

from fixture_book import EXERCISE, MANIFEST, Book, empty_book

from layerbook.book.card import write_zip


def test_the_card_says_what_the_exercise_asks_for(book: Book) -> None:
    card = book.page("pieces").select_one(".lb-card")
    assert card is not None
    text = card.get_text(" ", strip=True)
    for part in ("A tiny exercise", "easy · 25 minutes · 8 points", "You write double"):
        assert part in text


def test_its_links_lead_to_the_notebook_and_to_a_zip_of_what_ships(book: Book) -> None:
    site = book.root / "_build" / "html"
    links = [site / str(link["href"]) for link in book.page("pieces").select(".lb-card a")]
    assert links[0].read_text(encoding="utf-8") == "the text of tiny.ipynb"
    with zipfile.ZipFile(links[1]) as archive:
        names = archive.namelist()
    assert names == ["tiny/check.json", "tiny/check.py", "tiny/corpus.txt", "tiny/tiny.ipynb"]


def test_the_same_files_make_the_same_zip(tmp_path: Path) -> None:
    file = tmp_path / "check.py"
    for number in (1, 2):
        file.write_text("same")
        os.utime(file, (number * 10**9, number * 10**9))
        write_zip(tmp_path / f"{number}.zip", [file], "tiny")
    with zipfile.ZipFile(tmp_path / "1.zip") as archive:
        assert archive.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


def test_an_unknown_or_unreleased_exercise_fails_the_build(tmp_path: Path) -> None:
    book = empty_book(tmp_path)
    book.write("exercises/exercises.toml", MANIFEST)
    book.write("exercises/tiny/tiny.py", EXERCISE)
    book.write("index.md", "# A\n\n:::{exercise-card} huge\n:::\n\n:::{exercise-card} tiny\n:::\n")
    book.build()
    assert book.status != 0
    assert (
        'index.md:3: ERROR: exercise-card: there is no exercise "huge"; the manifest has: tiny'
        in book.warnings
    )
    assert 'index.md:6: ERROR: exercise-card: "tiny" is not released: ' in book.warnings
