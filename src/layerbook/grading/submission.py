"""What was handed in, before anything of it runs: where it is, whether it can be read, what came along."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import os
import re
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbformat import NotebookNode, reader
from nbgrader.utils import parse_utc

from layerbook.errors import LayerbookError, UsageError

if TYPE_CHECKING:
    from layerbook.grading.course import Course  # which imports what reads submissions

EXERCISE_KEY = "layerbook"  # in a notebook's metadata: {"exercise": NAME}
LARGEST_NOTEBOOK = 20 * 2**20  # bytes
TIMESTAMP = "timestamp.txt"  # where nbgrader keeps when a submission was collected
LARGEST_TIMESTAMP = 100  # bytes


class Unreadable(LayerbookError):  # noqa: N818  a state of a submission
    """It cannot be graded as a notebook of its exercise; says why in one sentence."""


def submissions(course: Course, names: list[str] | None) -> list[tuple[str, str]]:
    """All (exercise, student) to grade: of the exercises `names`, or of all that were released.

    Raises `UsageError` for an exercise that was not released.
    """
    released = course.released()
    for name in names or ():
        if name not in released:
            raise UsageError(
                f"`{name}` has not been released in {course.root}; run `layerbook release {name}`."
            )
    return [(name, student) for name in names or released for student in course.submissions(name)]


def hand_in(course: Course, exercise: str, student: str, notebook: Path) -> None:
    """Put a notebook where nbgrader looks for submissions."""
    folder = course.folder("submitted", student, exercise)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(notebook, folder / f"{exercise}.ipynb")


def submitted(course: Course, exercise: str, student: str) -> Path:
    """Where a submission's notebook is expected."""
    return course.folder("submitted", student, exercise) / f"{exercise}.ipynb"


def bad_name(student: str) -> str:
    """Why a folder's name cannot be a student's, in one sentence; "" if it can.

    nbgrader looks for files by patterns, in which signs such as `*` and `[` mean other people's folders too.
    """
    if re.fullmatch(r"[\w@][\w.@+' -]{0,99}", student):
        return ""
    return f"The folder {student!a} is no student's name; use letters, digits and . @ + ' - _ only."


def content(course: Course, exercise: str, student: str) -> bytes:
    """The bytes of a submission's notebook, which no link led to. Raises `Unreadable`."""
    problem = bad_name(student)
    if problem:
        raise Unreadable(problem)
    folder = course.folder("submitted", student, exercise)
    for path in (folder.parent, folder):
        if path.is_symlink():
            raise Unreadable(f"{path.name} is a link; hand in the folder itself.")
    return read(submitted(course, exercise, student))


def read(path: Path) -> bytes:
    """The bytes of a file that is no link, pipe or the like, and not too large. Raises `Unreadable`."""
    if path.is_symlink():
        raise Unreadable(f"{path.name} is a link; hand in the notebook itself.")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        reason = "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        raise Unreadable(f"{path.name} {reason}.") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Unreadable(f"{path.name} is not a file.")
    with open(descriptor, "rb") as file:  # noqa: PTH123  opened above, without following links
        data = file.read(LARGEST_NOTEBOOK + 1)
    if len(data) > LARGEST_NOTEBOOK:
        size = LARGEST_NOTEBOOK // 2**20
        raise Unreadable(f"{path.name} is over {size} MB; clear its outputs and hand it in again.")
    return data


def parse(data: bytes, name: str, exercise: str | None = None) -> NotebookNode:
    """The notebook in `data`, a file called `name`; of `exercise`, or of any. Raises `Unreadable`."""
    try:
        text = data.decode("utf-8")
        raw = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable(
            f"{name} is not a notebook: its text is not JSON. Save it in Jupyter and hand it in again."
        ) from None
    if not isinstance(raw, dict) or not isinstance(raw.get("cells"), list):
        raise Unreadable(f"{name} is not a notebook: it has no list of cells.")
    found = exercise_of(raw)
    if exercise and found and found != exercise:  # an editor may have dropped the metadata
        raise Unreadable(f"{name} is a notebook of `{found}`, not of `{exercise}`.")
    try:
        nbformat.validate(nbformat.from_dict(raw))
        notebook: NotebookNode = nbformat.convert(reader.reads(text), to_version=4)
    except Exception as error:  # a broken notebook can break its validator in many ways
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise Unreadable(f"{name} is not a valid notebook: {reason[:200]}") from None
    return notebook


def exercise_of(notebook: dict[str, object]) -> str:
    """The exercise that a notebook says it belongs to; "" if it says nothing."""
    metadata = notebook.get("metadata")
    entry = metadata.get(EXERCISE_KEY) if isinstance(metadata, dict) else None
    name = entry.get("exercise") if isinstance(entry, dict) else None
    return name if isinstance(name, str) else ""


def digest(data: bytes) -> str:
    """Tells one handed-in notebook from another by its content."""
    return hashlib.sha256(data).hexdigest()


def came_along(folder: Path, files: dict[str, bytes], exercise: str) -> list[str]:
    """What lies beside the notebook and is not used, in a sentence each: other files, links, changed files.

    `files` are the exercise's own, which are used whatever was handed in.
    """
    notes = []
    for path in sorted(folder.iterdir()):
        name, own = path.name, files.get(path.name)
        if name in (f"{exercise}.ipynb", TIMESTAMP) or name.startswith("."):  # an editor's own files
            continue
        if path.is_symlink():
            notes.append(f"{name!a} beside the notebook is a link; it was not followed")
        elif own is None:
            notes.append(f"{name!a} was handed in beside the notebook; it is not used")
        elif not path.is_file() or path.stat().st_size != len(own) or path.read_bytes() != own:
            notes.append(f"the exercise's file {name} had been changed")
    return notes


def timestamp(folder: Path) -> tuple[datetime.datetime | None, str]:
    """When a submission was collected, and what is wrong with the file that says so ("" if nothing is)."""
    path = folder / TIMESTAMP
    if not path.exists() and not path.is_symlink():
        return None, ""
    with contextlib.suppress(Unreadable, ValueError, OverflowError, TypeError, AttributeError):
        data = read(path)
        if len(data) <= LARGEST_TIMESTAMP:
            return parse_utc(data.decode("ascii").strip()), ""
    return None, f"{TIMESTAMP} holds no time that can be read; the submission counts as one without a time"
