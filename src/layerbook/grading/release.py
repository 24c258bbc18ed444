"""Release: exercises become nbgrader assignments that learners can take."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from layerbook.errors import LayerbookError
from layerbook.exercises.compile import compile_exercise
from layerbook.exercises.manifest import Exercise
from layerbook.grading.course import Course, make_course


def release(exercise: Exercise, root: Path, course: Course) -> Path:
    """Compile one exercise into `course` and let nbgrader make the learners' version; returns its folder.

    What was released before stays if it fails. Raises `LayerbookError` with the reason.
    """
    compiled = compile_exercise(exercise, root)
    source, hidden = course.root / "source" / exercise.name, course.hidden_known(exercise.name)
    _replace(compiled.assignment, source)
    _replace(compiled.hidden.parent, hidden.parent)
    released = course.root / "release" / exercise.name
    before = released.with_name(f".{exercise.name}.before")
    if released.exists():
        shutil.rmtree(before, ignore_errors=True)
        shutil.copytree(released, before)
    try:
        course.generate_assignment(exercise.name)
    except LayerbookError as error:
        if before.exists():
            _replace(before, released)
        raise LayerbookError(
            f"`{exercise.name}` could not be released: {error} (Adding or removing a graded cell after "
            "submissions were graded needs a new exercise name or a new course directory.)"
        ) from error
    finally:
        shutil.rmtree(before, ignore_errors=True)
    return released


def learner_versions(exercises: list[Exercise], root: Path) -> list[Path]:
    """The folders that learners get, for the book's downloads; touches no course directory."""
    folders = [root / "_build" / "release" / exercise.name for exercise in exercises]
    with tempfile.TemporaryDirectory() as scratch:
        course = make_course(Path(scratch))  # one for all: a new gradebook takes seconds
        for exercise, folder in zip(exercises, folders, strict=True):
            compiled = compile_exercise(exercise, root)
            made = folder / compiled.notebook.name
            if made.is_file() and made.stat().st_mtime_ns > compiled.hidden.stat().st_mtime_ns:
                continue
            shutil.copytree(compiled.assignment, course.root / "source" / exercise.name)
            course.generate_assignment(exercise.name)
            _replace(course.root / "release" / exercise.name, folder)
    return folders


def _replace(source: Path, destination: Path) -> None:
    shutil.rmtree(destination, ignore_errors=True)
    shutil.copytree(source, destination)
