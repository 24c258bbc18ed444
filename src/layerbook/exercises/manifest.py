"""The manifest: `exercises/exercises.toml`, what the book and the commands know of each exercise."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from layerbook.errors import LayerbookError, UsageError
from layerbook.exercises import source

DIFFICULTIES = ("easy", "medium", "hard")


@dataclass(frozen=True)
class Exercise:
    """One exercise, as the manifest describes it."""

    name: str
    title: str
    chapter: str  # the file in chapters/, without ending
    difficulty: str  # one of DIFFICULTIES
    minutes: int  # what a learner should plan, from reading to the last check
    seconds: float  # what all cells of the notebook may take to run
    points: int
    data: tuple[str, ...]  # files that ship beside the notebook
    folder: Path

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that the learner writes, in order."""
        return source.read(self.folder).functions


def read(root: Path) -> dict[str, Exercise]:
    """Read the manifest of the project at `root`: name to exercise, in the order of the book.

    Raises `LayerbookError` if the file is missing, not TOML, or an entry is incomplete.
    """
    path = root / "exercises" / "exercises.toml"
    try:
        entries = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{path} is missing; run this in the project's folder.") from None
    except tomllib.TOMLDecodeError as error:
        raise LayerbookError(f"{path} is not valid TOML: {error}.") from None
    return {name: _exercise(path, name, entry) for name, entry in entries.items()}


def _exercise(path: Path, name: str, entry: dict[str, Any]) -> Exercise:
    wanted = {"title": str, "chapter": str, "difficulty": str, "minutes": int, "seconds": int, "points": int}
    for key, kind in wanted.items():
        if not isinstance(entry.get(key), kind):
            raise LayerbookError(f"{path}: [{name}] needs `{key}`, a value of type {kind.__name__}.")
    if entry["difficulty"] not in DIFFICULTIES:
        raise LayerbookError(f"{path}: [{name}] difficulty is one of {', '.join(DIFFICULTIES)}.")
    unknown = entry.keys() - wanted.keys() - {"data"}
    if unknown:
        raise LayerbookError(f"{path}: [{name}] has an unknown entry `{sorted(unknown)[0]}`.")
    given = {key: entry[key] for key in wanted}
    return Exercise(name, **given, data=tuple(entry.get("data", ())), folder=path.parent / name)


def select(root: Path, names: list[str] | None) -> list[Exercise]:
    """The exercises called `names`, or all if there are none.

    Raises `UsageError` for a name that the manifest does not have.
    """
    exercises = read(root)
    for name in names or ():
        if name not in exercises:
            raise UsageError(f"There is no exercise called `{name}`; there are: {', '.join(exercises)}.")
    return [exercises[name] for name in names or exercises]
