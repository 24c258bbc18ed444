"""The review on a small book: what the build writes for it, and what a rebuild leaves of a reader's answers."""

import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fixture_book import Book, empty_book
from playwright.sync_api import Page, expect

from browser import needs_chromium, serving
from layerbook.book.links import rebased
from layerbook.book.questions.anki import guid

INDEX = """
# Fixture

```{toctree}
parts/second
parts/first
review
```
"""

QUESTION = """
(about-{name})=
## About {name}

:::{{quiz}} {name}
:kind: single
Is {name} < $a_{name}$?

- [x] yes, {name}

  It is, see [the other](#about-{other}).
- [ ] no

  It is not.
:::
"""

PICTURE = """
:::{quiz} with-a-picture
:kind: order
In which order?

![A square](../square.svg)

1. one
2. two
3. three

So it is.
:::
"""

SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
FIRST = "# First\n" + QUESTION.format(name="ant", other="bee") + QUESTION.format(name="bee", other="ant")
SECOND = "# Second\n" + QUESTION.format(name="cow", other="ant") + PICTURE
REVIEW = "# Review\n\n:::{review}\n:a-day: 9\n:::\n"


def written(root: Path) -> Book:
    book = empty_book(root)
    texts = {"index": INDEX, "parts/first": FIRST, "parts/second": SECOND, "review": REVIEW}
    for name, text in texts.items():
        book.write(f"{name}.md", text)
    book.write("square.svg", SQUARE)
    return book


def build(book: Book) -> Path:
    book.build()
    assert book.status == 0, book.warnings
    return book.root / "_build" / "html"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(written(tmp_path_factory.mktemp("reviewed")))


def script(site: Path, name: str) -> Any:
    text = (site / "_static" / "review" / f"{name}.js").read_text(encoding="utf-8")
    start, end = min(text.index(sign) for sign in "{[" if sign in text), max(text.rindex(s) for s in "}")
    return json.loads(text[start : end + 1])


def notes(deck: Path) -> dict[str, list[str]]:
    """The notes of an Anki deck: their fields by their guid."""
    with zipfile.ZipFile(deck) as archive, closing(sqlite3.connect(":memory:")) as connection:
        assert archive.testzip() is None
        connection.deserialize(archive.read("collection.anki2"))
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = connection.execute("SELECT guid, flds FROM notes ORDER BY id").fetchall()
        assert connection.execute("SELECT count(*) FROM cards").fetchone() == (len(rows),)
    return {row[0]: row[1].split("\x1f") for row in rows}


def deck_of(site: Path) -> Path:
    return site / "_static" / "review" / "questions.apkg"


def test_the_index_has_every_question_in_the_order_of_the_book(site: Path) -> None:
    chapters = script(site, "index")["chapters"]
    assert [(chapter["page"], chapter["title"]) for chapter in chapters] == [
        ("parts/second.html", "Second"),
        ("parts/first.html", "First"),
    ]
    assert chapters[1]["questions"] == [["ant", "about-ant"], ["bee", "about-bee"]]


def test_a_question_goes_to_the_review_with_links_and_pictures_that_lead_there(site: Path) -> None:
    first, second = script(site, "parts-first"), script(site, "parts-second")
    assert first["ant"]["section"] == "About ant"
    assert 'href="parts/first.html#about-bee"' in first["ant"]["html"]
    assert 'src="_images/square.svg"' in second["with-a-picture"]["html"]
    assert (site / "_images" / "square.svg").is_file()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("#here", "chapters/rnn.html#here"),
        ("lstm.html", "chapters/lstm.html"),
        ("../index.html#top", "index.html#top"),
        ("https://example.org/a#b", "https://example.org/a#b"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("review.html", "chapters/review.html"),
    ],
)
def test_an_address_is_rewritten_for_the_page_that_takes_it(address: str, expected: str) -> None:
    assert rebased(f'<a href="{address}">', "chapters/rnn.html", "review.html") == f'<a href="{expected}">'


def test_only_ids_of_questions_go_along() -> None:
    assert rebased('<i id="id3"></i><i id="quiz-a-0">', "a.html", "b.html") == '<i></i><i id="quiz-a-0">'


def test_the_deck_has_every_question_with_its_explanations(site: Path) -> None:
    found = notes(deck_of(site))
    assert list(found) == [guid(name) for name in ("cow", "with-a-picture", "ant", "bee")]
    name, question, answer, where = found[guid("ant")]
    assert (name, where) == ("ant", "First · About ant")
    assert question == r"<p>Is ant &lt; \(a_ant\)?</p><ul><li>yes, ant</li><li>no</li></ul>"
    assert "<strong>Right:</strong> yes, ant" in answer
    assert "<p>It is, see the other.</p>" in answer
    assert "<strong>Wrong:</strong> no" in answer


def test_pictures_are_in_the_deck(site: Path) -> None:
    with zipfile.ZipFile(deck_of(site)) as archive:
        (number, name) = next(iter(json.loads(archive.read("media")).items()))
        assert archive.read(number).decode() == SQUARE
    assert f'<img src="{name}" alt="A square">' in notes(deck_of(site))[guid("with-a-picture")][1]


def test_two_builds_make_the_same_deck_and_the_same_scripts(site: Path, tmp_path: Path) -> None:
    again = build(written(tmp_path / "another"))
    for file in (site / "_static" / "review").iterdir():
        assert file.read_bytes() == (again / "_static" / "review" / file.name).read_bytes(), file.name


def test_a_book_may_get_its_review_later_and_have_none(tmp_path: Path) -> None:
    book = written(tmp_path)
    book.write("review.md", "# Nothing here\n")
    site = build(book)
    assert script(site, "index")["chapters"][1]["page"] == "parts/first.html"
    assert not deck_of(site).exists()
    book.write("review.md", REVIEW)
    build(book)
    assert set(script(site, "parts-first")) == {"ant", "bee"}
    assert len(notes(deck_of(site))) == 4


def test_without_scripts_the_review_says_what_it_is_for(site: Path) -> None:
    text = (site / "review.html").read_text(encoding="utf-8")
    inside = text[text.index('<div class="lb-review-plain"><p>Here the questions') :]
    assert inside.index('href="parts/second.html">Second') < inside.index('href="parts/first.html">First')


@pytest.fixture(scope="module")
def growing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Book, str]]:
    book = written(tmp_path_factory.mktemp("growing"))
    with serving(build(book)) as address:
        yield book, address


@needs_chromium
def test_a_reworded_question_keeps_its_history_and_a_removed_one_disappears(
    page: Page, growing: tuple[Book, str]
) -> None:
    book, address = growing
    page.clock.install(time="2026-03-02T09:00:00")
    page.goto(f"{address}/parts/first.html")
    for name in ("ant", "bee"):
        page.check(f"#quiz-{name}-1")
        page.click(f"#quiz-{name} [data-do=check]")
    page.check("#quiz-bee-0")
    page.click("#quiz-bee [data-do=check]")
    expect(page.locator(".lb-progress").nth(1)).to_have_text("1/2")
    stored = page.evaluate("localStorage.getItem('layerbook.review')")

    before = notes(deck_of(book.root / "_build" / "html"))
    reworded = (
        FIRST[: FIRST.index("(about-bee)")].replace("Is ant", "Surely ant is").replace("yes, ant", "yes")
    )
    book.write("parts/first.md", reworded.replace("[the other](#about-bee)", "above"))
    build(book)
    page.clock.set_system_time("2026-03-03T09:00:00")
    page.goto(f"{address}/review.html")
    expect(page.locator(".lb-review-state")).to_have_text("Questions for today: 1.")
    page.click("[data-do=next]")
    expect(page.locator("#quiz-ant > legend")).to_contain_text("Surely ant is")
    expect(page.locator(".lb-progress").nth(1)).to_have_text("0/1")
    assert page.evaluate("localStorage.getItem('layerbook.review')") == stored
    after = notes(deck_of(book.root / "_build" / "html"))
    assert set(before) - set(after) == {guid("bee")}
    assert after[guid("ant")][1].startswith("<p>Surely ant is")
