"""All questions as a deck for Anki. The same questions make the same bytes, and a question keeps its history.

A note is known by its question's id, so that the deck of a later build meets the notes of an earlier one.
"""

import itertools
import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import genanki  # type: ignore[import-untyped]
from docutils import nodes
from sphinx.application import Sphinx

from layerbook.book.nodes import quiz
from layerbook.book.records import chapters, place_of

from .anki_text import Card, card_of

_MODEL, _DECK = 1_748_203_911, 1_748_203_912  # drawn once; Anki knows note types and decks by their numbers
_TIME = 1_760_000_000.0  # of each note's last change: a fixed one keeps the bytes the same
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # that a zip can tell
_STYLE = """
.card { font: 18px/1.5 system-ui, sans-serif; margin: auto; max-width: 40em; text-align: left; }
.explanation { margin: 0 0 0.8em 1em; }
.where { color: #595959; font-size: 14px; }
.nightMode .where { color: #b0b0b0; }
pre { overflow-x: auto; }
"""


@dataclass(frozen=True)
class Note:
    """A card, and where in the book it comes from: a tag of its chapter, and chapter and section in words."""

    card: Card
    tag: str
    where: str


def guid(quiz_id: str) -> str:
    """What Anki knows the note of a question by, in all builds."""
    return sha256(f"layerbook/{quiz_id}".encode()).hexdigest()[:20]


def deck(title: str, notes: Iterable[Note]) -> genanki.Deck:
    """The deck with `notes` in their order."""
    back = '{{FrontSide}}<hr id="answer">{{Answer}}<p class="where">{{Where}}</p>'
    model = genanki.Model(
        _MODEL,
        f"{title}: a question",
        fields=[{"name": name} for name in ("Id", "Question", "Answer", "Where")],
        templates=[{"name": "Question", "qfmt": "{{Question}}", "afmt": back}],
        css=_STYLE,
    )
    made = genanki.Deck(_DECK, title)
    for number, note in enumerate(notes, start=1):
        card = note.card
        fields = [card.quiz_id, card.question, card.answer, note.where]
        made.add_note(genanki.Note(model, fields, guid=guid(card.quiz_id), tags=[note.tag], due=number))
    return made


def write_package(target: Path, made: genanki.Deck, pictures: dict[str, Path]) -> None:
    """Write a deck with its pictures as an `.apkg` file; genanki's own would hold the time of writing."""
    names = sorted(pictures)
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "collection.anki2"
        with closing(sqlite3.connect(database)) as connection:
            made_by = genanki.Package(made)
            made_by.write_to_db(connection.cursor(), _TIME, itertools.count(int(_TIME * 1000)))
            connection.commit()
        parts = {"collection.anki2": database.read_bytes()}
    parts["media"] = json.dumps(dict(enumerate(names))).encode()
    parts |= {str(number): pictures[name].read_bytes() for number, name in enumerate(names)}
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _EARLIEST), data, zipfile.ZIP_DEFLATED)


def _collected(app: Sphinx) -> dict[str, list[Note]]:
    found: dict[str, list[Note]] = app.__dict__.setdefault("layerbook_notes", {})
    return found


def _collect(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    title = app.env.titles[docname].astext()
    _collected(app)[docname] = [
        Note(
            card_of(node, Path(app.srcdir)),
            docname.rpartition("/")[2],
            " · ".join(dict.fromkeys((title, place_of(node, docname).title))),
        )
        for node in doctree.findall(quiz)
    ]


def write(app: Sphinx, target: Path) -> None:
    """Write the deck of all questions of the book to `target`.

    Pages that this build did not have to write are resolved for it.
    """
    notes: list[Note] = []
    for docname in chapters(app.env):
        if docname not in _collected(app):
            app.env.get_and_resolve_doctree(docname, app.builder)
        notes += _collected(app)[docname]
    pictures = {name: file for note in notes for name, file in note.card.pictures.items()}
    write_package(target, deck(app.config.html_title, notes), pictures)


def register(app: Sphinx) -> None:
    """Keep the questions of each page that is written."""
    app.connect("doctree-resolved", _collect)
