"""Record what every known mistake returns in every check, so that a message can name it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from layerbook.errors import LayerbookError
from layerbook.exercises.check import Checker, Outcome, case_key
from layerbook.exercises.run import run
from layerbook.exercises.source import Source
from layerbook.misconceptions import Misconception

Known = dict[str, list[dict[str, Any]]]


class Recorder(Checker):
    """A checker that notes the outcome of each check and goes on."""

    def __init__(self) -> None:
        """Start with nothing noted."""
        super().__init__()
        self.outcomes: dict[str, dict[str, Any]] = {}
        self.hidden: set[str] = set()
        self.wrong: set[str] = set()
        self.twice: list[str] = []

    def judged(self, name: str, case: str, outcome: Outcome, problem: str | None, *, hidden: bool) -> None:
        """Note it."""
        key = case_key(name, case)
        if key in self.outcomes:
            self.twice.append(key)
        self.outcomes[key] = outcome.fingerprint()
        if hidden:
            self.hidden.add(key)
        if problem:
            self.wrong.add(key)

    def fail(self, message: str) -> None:
        """Go on: the next check is of interest too."""


@dataclass
class Record:
    """Outcomes of known mistakes by case: those that ship, and those that stay with the grader."""

    visible: Known = field(default_factory=dict)
    hidden: Known = field(default_factory=dict)

    @property
    def all(self) -> Known:
        """Both; no case is in both."""
        return self.visible | self.hidden


def record(source: Source, misconceptions: list[Misconception], folder: Path, chapters: Path) -> Record:
    """Run all checks of `source` on each misconception, in `folder`, and keep what came out wrong.

    Raises `LayerbookError` for a misconception of an unknown function or with an unknown place to read, and
    for two checks of one function with the same case.
    """
    _check_reference(source, folder)
    found = Record()
    for mistake in misconceptions:
        if mistake.of not in source.functions:
            raise LayerbookError(
                f"{source.path.with_name('misconceptions.py')}: `{mistake.name}` is of `{mistake.of}`, "
                f"which is no function of this exercise ({', '.join(source.functions)})."
            )
        entry = {"of": mistake.of, "name": mistake.name, "message": mistake.message}
        entry["read"] = place(chapters, mistake)
        recorder = Recorder()
        run(source, folder, recorder, replace={mistake.of: mistake.function})
        for key in recorder.wrong:
            known = found.hidden if key in recorder.hidden else found.visible
            known.setdefault(key, []).append(entry | {"outcome": recorder.outcomes[key]})
    return found


def _check_reference(source: Source, folder: Path) -> None:
    recorder = Recorder()
    failed = [r for r in run(source, folder, recorder) if not r.passed]
    if failed:
        raise LayerbookError(
            f'{source.path} (id="{failed[0].cell.id}"): the reference fails: {failed[0].message}'
        )
    if recorder.wrong:
        raise LayerbookError(f"{source.path}: the reference fails the check {min(recorder.wrong)}.")
    if recorder.twice:
        raise LayerbookError(f"{source.path}: two checks are called {recorder.twice[0]}; name them apart.")


def place(chapters: Path, mistake: Misconception) -> str:
    """Where to read on, for a person: "Repeated ids" in chapter "Embedding layer" (page and anchor).

    Raises `LayerbookError` if the chapter or the anchor does not exist.
    """
    page, _, anchor = mistake.read.partition("#")
    path = chapters / page
    if not path.is_file():
        raise LayerbookError(f"`{mistake.name}` sends its reader to chapters/{page}, which does not exist.")
    text = path.read_text("utf-8")
    heading = re.search(rf"^\({re.escape(anchor)}\)=\n+#+ (.+)$", text, flags=re.MULTILINE)
    if not heading:
        raise LayerbookError(
            f"`{mistake.name}` sends its reader to chapters/{page}#{anchor}; "
            f"no heading there is marked ({anchor})=."
        )
    title = re.search(r"^# (.+)$", text, flags=re.MULTILINE)
    chapter = title.group(1) if title else page
    plain = re.sub(r"\{\w+\}`[^`]*`", "", heading.group(1)).strip()
    return f'"{plain}" in the chapter "{chapter}" ({path.stem}.html#{anchor})'
