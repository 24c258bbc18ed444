"""Grade submissions: each ends in one recorded outcome, and none stops the others."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from layerbook.errors import LayerbookError, UsageError
from layerbook.grading import results
from layerbook.grading.course import Course
from layerbook.grading.results import Result

EXERCISE_KEY = "layerbook"  # in a notebook's metadata: {"exercise": NAME}


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


def grade(course: Course, exercise: str, student: str, *, again: bool = False) -> Result:
    """Grade one submission; what was graded and has not changed since is only read, unless `again`."""
    submitted = course.folder("submitted", student, exercise) / f"{exercise}.ipynb"
    problem = unreadable(submitted, exercise)
    if problem:
        return Result(student, exercise, "unreadable", problem)
    try:
        if again or not _is_current(course, exercise, student, submitted):
            course.autograde(exercise, student)
        with course.gradebook() as gradebook:
            return results.read(course, gradebook, exercise, student)
    except LayerbookError as error:
        return Result(student, exercise, "failed", str(error))


def _is_current(course: Course, exercise: str, student: str, submitted: Path) -> bool:
    graded = course.folder("autograded", student, exercise) / submitted.name
    source = course.root / "source" / exercise / submitted.name
    if not graded.is_file():
        return False
    newest = max(submitted.stat().st_mtime_ns, source.stat().st_mtime_ns)
    return graded.stat().st_mtime_ns > newest


def unreadable(path: Path, exercise: str | None = None) -> str:
    """Why `path` cannot be graded as a notebook of `exercise` (or of any), in one sentence; else ""."""
    if not path.is_file():
        return f"{path.name} is missing."
    try:
        notebook = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        return (
            f"{path.name} is not a notebook: its text is not JSON. Save it in Jupyter and hand it in again."
        )
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        return f"{path.name} is not a notebook: it has no list of cells."
    found = exercise_of(notebook)
    if exercise and found and found != exercise:  # an editor may have dropped the metadata
        return f"{path.name} is a notebook of `{found}`, not of `{exercise}`."
    return ""


def exercise_of(notebook: dict[str, object]) -> str:
    """The exercise that a notebook says it belongs to; "" if it says nothing."""
    metadata = notebook.get("metadata")
    entry = metadata.get(EXERCISE_KEY) if isinstance(metadata, dict) else None
    name = entry.get("exercise") if isinstance(entry, dict) else None
    return name if isinstance(name, str) else ""


def grade_all(
    course: Course,
    names: list[str] | None = None,
    *,
    again: bool = False,
    done: Callable[[Result], None] = lambda result: None,
) -> list[Result]:
    """Grade every submission, one after another; `done` is called after each."""
    graded = []
    for exercise, student in submissions(course, names):
        graded.append(grade(course, exercise, student, again=again))
        done(graded[-1])
    return graded


def feedback(course: Course, names: list[str] | None = None) -> list[Path]:
    """Write a feedback page for every graded submission; returns the pages."""
    pages = []
    for exercise, student in submissions(course, names):
        if not course.folder("autograded", student, exercise).is_dir():
            continue
        course.generate_feedback(exercise, student)
        pages.append(course.folder("feedback", student, exercise) / f"{exercise}.html")
    return pages


def collect(course: Course, names: list[str] | None = None) -> list[Result]:
    """Results of everything handed in, as they are recorded, without grading anything."""
    with course.gradebook() as gradebook:
        return [results.read(course, gradebook, *pair) for pair in submissions(course, names)]


def hand_in(course: Course, exercise: str, student: str, notebook: Path) -> None:
    """Put a notebook where nbgrader looks for submissions."""
    folder = course.folder("submitted", student, exercise)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(notebook, folder / f"{exercise}.ipynb")
