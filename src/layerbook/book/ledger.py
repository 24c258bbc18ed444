"""The ledger: the statements of the study notes, and where the book keeps each of them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sphinx.environment import BuildEnvironment

from .records import Place, QuizRecord, pages


class LedgerError(Exception):
    """The ledger file is missing, or a row is not in it."""


@dataclass(frozen=True)
class Row:
    """One statement, with its number (`N4`); `what_is_so` is empty unless the notes are loose."""

    number: str
    topic: str
    statement: str
    korean: str
    what_is_so: str


@dataclass(frozen=True)
class RowStatus:
    """Where the book keeps one row: the sections marked with it and the questions that ask for it."""

    row: Row
    places: tuple[Place, ...]
    quizzes: tuple[QuizRecord, ...]

    @property
    def complete(self) -> bool:
        """Whether the row has a section, an executed cell in it, and a question."""
        return any(place.has_cell for place in self.places) and bool(self.quizzes)

    @property
    def missing(self) -> tuple[str, ...]:
        """What the row still needs, in words."""
        if not self.places:
            return ("a section",) if self.quizzes else ("a section", "a question")
        cell = () if any(place.has_cell for place in self.places) else ("an executed cell",)
        return cell if self.quizzes else (*cell, "a question")


def ledger_path(env: BuildEnvironment) -> Path:
    """The ledger file of this book."""
    return Path(env.srcdir) / str(env.config.layerbook_ledger)


def read_ledger(path: Path) -> dict[str, Row]:
    """The rows of a ledger file by their numbers, in the file's order. Raises LedgerError."""
    if not path.is_file():
        raise LedgerError(f"there is no ledger file {path.name}; set layerbook_ledger to its place")
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for topic in tomllib.loads(path.read_text(encoding="utf-8"))["topic"]:
        for number, row in topic["rows"].items():
            if number in rows:
                raise LedgerError(f"row {number} stands twice in {path.name}")
            texts = (row["statement"], row.get("korean", ""), row.get("so", ""))
            rows[number] = Row(number, topic["title"], *texts)
    return rows


def known_rows(env: BuildEnvironment) -> Mapping[str, Row]:
    """The ledger of this book; the page that is being read is read again when the file changes."""
    env.note_dependency(str(ledger_path(env)))
    return read_ledger(ledger_path(env))


def ledger_status(env: BuildEnvironment) -> list[RowStatus]:
    """Every row of the ledger with its places and questions, from what has been read so far."""
    every = [page for _, page in sorted(pages(env).items())]
    statuses = []
    for row in read_ledger(ledger_path(env)).values():
        places = dict.fromkeys(mark.place for page in every for mark in page.rows if mark.row == row.number)
        quizzes = tuple(quiz for page in every for quiz in page.quizzes if row.number in quiz.rows)
        statuses.append(RowStatus(row, tuple(places), quizzes))
    return statuses
