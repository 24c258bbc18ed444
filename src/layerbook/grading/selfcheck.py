"""A learner alone: grade one notebook now, without a class."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from layerbook.errors import UsageError
from layerbook.exercises import manifest
from layerbook.grading.course import make_course
from layerbook.grading.grade import exercise_of, grade, hand_in, unreadable
from layerbook.grading.release import release
from layerbook.grading.results import Result

LEARNER = "you"


def check_notebook(notebook: Path, root: Path) -> Result:
    """Grade `notebook` as a class's would be, in a course directory of its own that is removed again.

    Raises `UsageError` if it is no notebook of one of the project's exercises.
    """
    problem = unreadable(notebook)
    if problem:
        raise UsageError(problem)
    exercises = manifest.read(root)
    name = exercise_of(json.loads(notebook.read_text("utf-8"))) or notebook.stem
    if name not in exercises:
        raise UsageError(
            f"{notebook.name} is a notebook of `{name}`; the exercises here are: {', '.join(exercises)}."
        )
    with tempfile.TemporaryDirectory() as folder:
        course = make_course(Path(folder))
        release(exercises[name], root, course)
        hand_in(course, name, LEARNER, notebook)
        return grade(course, name, LEARNER)
