"""Compile an exercise to an nbgrader assignment: the notebook, `check.py`, `check.json` and data."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.metadata
import json
import multiprocessing
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import layerbook
from layerbook import data, misconceptions
from layerbook.errors import LayerbookError
from layerbook.exercises import check, source
from layerbook.exercises.manifest import Exercise
from layerbook.exercises.record import record
from layerbook.exercises.source import HIDDEN_BEGIN, HIDDEN_END, Cell, Source

GRADER_FILE = "hidden.json"
GRADER_FOLDER, LEARNER_FOLDER = "grader", "assignment"
STAMP = "digest"  # of what went in
MAKERS = (
    "data.py", "misconceptions.py", "exercises/check.py", "exercises/compile.py", "exercises/manifest.py",
    "exercises/record.py", "exercises/run.py", "exercises/source.py",
)  # fmt: skip  # what bears on a compiled exercise


@dataclass(frozen=True)
class Compiled:
    """An exercise ready to release: `assignment` ships, stripped; `hidden` stays with the grader."""

    exercise: Exercise
    source: Source
    folder: Path

    @property
    def assignment(self) -> Path:
        """The folder that becomes `course/source/NAME`."""
        return self.folder / LEARNER_FOLDER

    def known_mistakes(self) -> dict[str, Any]:
        """What known mistakes return in each case of all checks, also hidden ones: a `Checker`'s `known`."""
        files = (self.assignment / "check.json", self.hidden)
        return {k: v for file in files for k, v in json.loads(file.read_text("utf-8"))["known"].items()}

    @property
    def notebook(self) -> Path:
        """The notebook with solutions and hidden tests."""
        return self.assignment / f"{self.exercise.name}.ipynb"

    @property
    def hidden(self) -> Path:
        """What known mistakes return in hidden checks."""
        return self.folder / GRADER_FOLDER / GRADER_FILE


def compile_exercise(exercise: Exercise, root: Path) -> Compiled:
    """Compile one exercise of the project at `root`, or take what is there if nothing changed since.

    The same source gives the same bytes. Raises `LayerbookError` for anything wrong in the exercise.
    """
    compiled = Compiled(exercise, source.read(exercise.folder), _folder(exercise, root))
    parsed, folder = compiled.source, compiled.folder
    with _only_one(folder):
        if is_compiled(exercise, root):
            return compiled
        _check_regions(parsed)
        if folder.exists():
            shutil.rmtree(folder)
        compiled.assignment.mkdir(parents=True)
        compiled.hidden.parent.mkdir()
        digest = _digest(exercise, root)
        _write_all(compiled, root)
        (folder / STAMP).write_text(digest, "utf-8")
    return compiled


def compile_all(exercises: list[Exercise], root: Path) -> Iterator[Exercise]:
    """Compile what has changed, as many at a time as there are cores; gives each exercise when it is done.

    Raises `LayerbookError` as `compile_exercise` does.
    """
    changed = [exercise for exercise in exercises if not is_compiled(exercise, root)]
    yield from (exercise for exercise in exercises if exercise not in changed)
    if changed:
        workers = min(len(changed), os.cpu_count() or 1)
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            under_way = {pool.submit(compile_exercise, exercise, root): exercise for exercise in changed}
            for future in as_completed(under_way):
                future.result()
                yield under_way[future]


def is_compiled(exercise: Exercise, root: Path) -> bool:
    """Whether nothing that goes into it changed since it was compiled."""
    stamp = _folder(exercise, root) / STAMP
    return stamp.is_file() and stamp.read_text("utf-8") == _digest(exercise, root)


def _folder(exercise: Exercise, root: Path) -> Path:
    return root / "_build" / "exercises" / exercise.name


@contextlib.contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Keep other processes from compiling into the same folder meanwhile."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write_all(compiled: Compiled, root: Path) -> None:
    exercise, assignment = compiled.exercise, compiled.assignment
    compiled.notebook.write_text(nbformat.writes(notebook(compiled.source)) + "\n", "utf-8")
    copy_data(exercise, root, assignment)
    shutil.copyfile(check.__file__, assignment / "check.py")
    wrong = misconceptions.load(exercise.folder / "misconceptions.py")
    with tempfile.TemporaryDirectory() as scratch:  # tests must not leave files in what ships
        copy_data(exercise, root, Path(scratch))
        known = record(compiled.source, wrong, Path(scratch), root / "chapters")
    _write_known(assignment / "check.json", known.visible)
    _write_known(compiled.hidden, known.hidden)


def copy_data(exercise: Exercise, root: Path, destination: Path) -> None:
    """Put the exercise's data files into `destination`: its own, or those that `layerbook.data` makes.

    Raises `LayerbookError` for a file that neither has.
    """
    for name in exercise.data:
        own = exercise.folder / name
        made = own if own.is_file() else data.made(name, root / "_build" / "data")
        if made is None:
            raise LayerbookError(f"{exercise.folder} has no file {name}, which the manifest lists as data.")
        shutil.copyfile(made, destination / name)


def _write_known(path: Path, known: dict[str, Any]) -> None:
    path.write_text(json.dumps({"known": known}, indent=1, sort_keys=True) + "\n", "utf-8")


def _digest(exercise: Exercise, root: Path) -> str:
    """One number for all that goes into a compiled exercise."""
    files = [p for p in exercise.folder.iterdir() if p.is_file()]
    files += [Path(layerbook.__file__).parent / name for name in MAKERS]
    files.append(root / "exercises" / "exercises.toml")
    total = hashlib.sha256(platform.python_version().encode())
    for package in ("numpy", "torch", "nbformat", "jupytext"):
        total.update(importlib.metadata.version(package).encode())
    for path in sorted(files):
        total.update(path.name.encode() + path.read_bytes())
    for path in sorted((root / "chapters").glob("*.md")):  # misconceptions name the headings to read on at
        total.update(path.name.encode() + "".join(_headings(path)).encode())
    return total.hexdigest()


def _headings(chapter: Path) -> list[str]:
    return re.findall(r"^(?:#+ .*|\(.+\)=)\n", chapter.read_text("utf-8"), flags=re.MULTILINE)


def _check_regions(parsed: Source) -> None:
    for cell in parsed.cells:
        hidden = cell.source.partition(HIDDEN_BEGIN)[2].partition(HIDDEN_END)[0]
        where = f'{parsed.path} (id="{cell.id}")'
        if "hidden_check(" in cell.visible:
            raise LayerbookError(f"{where}: hidden_check belongs between {HIDDEN_BEGIN} and {HIDDEN_END}.")
        if re.search(r"(?<![\w.])check\(", hidden):
            raise LayerbookError(f"{where}: hidden tests use hidden_check, which tells no expected value.")


def notebook(parsed: Source) -> NotebookNode:
    """The exercise as a notebook in nbgrader's format (metadata schema 3), ids and order as in the source."""
    made: NotebookNode = new_notebook(
        cells=[_notebook_cell(cell) for cell in parsed.cells],
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "layerbook": {"exercise": parsed.name},
        },
    )
    return made


def _notebook_cell(cell: Cell) -> NotebookNode:
    make: Callable[..., NotebookNode] = new_code_cell if cell.is_code else new_markdown_cell
    text = _folded_hints(cell) if cell.kind == "hints" else cell.source
    metadata = {} if cell.kind in ("text", "hints", "run") else {"nbgrader": _nbgrader(cell)}
    return make(text, id=cell.id, metadata=metadata)


def _nbgrader(cell: Cell) -> dict[str, Any]:
    """Metadata as in nbgrader's documentation, "Autograded answer", "Autograder tests", "Read-only" cells."""
    graded = cell.kind in ("tests", "answer")
    points = {"points": cell.points} if graded else {}
    return {
        "cell_type": "code" if cell.is_code else "markdown",
        "grade": graded,
        "grade_id": cell.id,
        "locked": cell.kind in ("setup", "tests"),
        "schema_version": 3,
        "solution": cell.kind in ("solution", "answer"),
        "task": False,
        **points,
    }


def _folded_hints(cell: Cell) -> str:
    folds = (
        f"<details>\n<summary>Hint {number} for <code>{cell.of}</code></summary>\n\n{text}\n\n</details>"
        for number, text in enumerate(source.hints(cell), start=1)
    )
    return "\n".join(folds)
