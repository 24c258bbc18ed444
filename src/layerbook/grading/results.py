"""What a graded submission says: marks from the gradebook, messages from the autograded notebook."""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.utils import determine_grade, is_grade

from layerbook.exercises.check import MISTAKE_LABEL
from layerbook.grading.course import Course

GRADED, NOT_GRADED = "graded", "not graded"
REASONS = {
    "timed out": "A cell, or the notebook as a whole, took longer than it may.",
    "out of memory": "The notebook used more memory than it may.",
    "too many processes": "The notebook started more processes than it may.",
    "crashed": "A cell ended the process that ran the notebook; what came after it did not run.",
}


@dataclass(frozen=True)
class TestResult:
    """One tests cell of one submission."""

    __test__ = False  # pytest looks for classes called Test...

    id: str
    points: float
    max_points: float
    message: str  # what the learner is told; empty where all is well
    misconceptions: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """One submission's recorded outcome: "graded", or why not."""

    student: str
    exercise: str
    outcome: str
    reason: str = ""
    tests: tuple[TestResult, ...] = ()
    needs_person: bool = False  # a free-text answer waits for a mark

    @property
    def points(self) -> float:
        """Points reached."""
        return sum(test.points for test in self.tests)

    @property
    def max_points(self) -> float:
        """Points to be had."""
        return sum(test.max_points for test in self.tests)


def read(course: Course, gradebook: Gradebook, exercise: str, student: str) -> Result:
    """The result of one graded submission, as recorded in the course."""
    try:
        submission = gradebook.find_submission_notebook(exercise, exercise, student)
    except MissingEntry:
        return Result(student, exercise, NOT_GRADED, "It has not been graded yet; run `layerbook grade`.")
    notebook = course.folder("autograded", student, exercise) / f"{exercise}.ipynb"
    if not notebook.is_file():
        return Result(student, exercise, NOT_GRADED, "It has not been graded yet; run `layerbook grade`.")
    messages = read_messages(notebook)
    end = (run_of(notebook) or {}).get("end", "")
    order = {name: number for number, name in enumerate(messages)}
    tests = []
    for grade in sorted(submission.grades, key=lambda grade: order.get(grade.name, len(order))):
        message = messages.get(grade.name, "the cell is missing from the notebook")
        points = grade.manual_score if grade.manual_score is not None else grade.auto_score
        tests.append(
            TestResult(grade.name, float(points or 0), float(grade.max_score), message, named(message))
        )
    waits = any(grade.needs_manual_grade for grade in submission.grades)
    reason = REASONS.get(end, "")
    return Result(student, exercise, end or GRADED, reason, tuple(tests), waits)


def run_of(autograded: Path) -> dict[str, Any] | None:
    """How the run of an autograded notebook ended, as noted in it; None if it was not graded to the end."""
    try:
        metadata = json.loads(autograded.read_text("utf-8"))["metadata"]
    except (OSError, ValueError, KeyError):
        return None
    run = metadata.get("layerbook", {})
    return run if "end" in run else None


def read_messages(path: Path) -> dict[str, str]:
    """Graded cell to the error message in its output, in the notebook's order; empty text where it passed."""
    cells = (cell for cell in nbformat.read(path, as_version=4).cells if is_grade(cell))
    return {cell.metadata.nbgrader.grade_id: _cell_message(cell) for cell in cells}


def of_notebook(notebook: NotebookNode, exercise: str, student: str) -> Result:
    """The result of a notebook that has just run, by nbgrader's own rules and without a gradebook."""
    tests, waits = [], False
    for cell in filter(is_grade, notebook.cells):
        points, most = determine_grade(cell, logging.getLogger("nbgrader"))
        waits = waits or points is None
        message = _cell_message(cell)
        tests.append(TestResult(cell.metadata.nbgrader.grade_id, points or 0, most, message, named(message)))
    end = notebook.metadata["layerbook"]["end"]
    return Result(student, exercise, end or GRADED, REASONS.get(end, ""), tuple(tests), waits)


def _cell_message(cell: NotebookNode) -> str:
    errors = [output for output in cell.get("outputs", ()) if output.output_type == "error"]
    return _message(errors[0]) if errors else ""


def _message(error: dict[str, str]) -> str:
    if error["ename"] == "CheckFailed":
        return error["evalue"]
    if error["ename"] == "CellTimeoutError":
        return "stopped: the cell took too long"
    return f"{error['ename']}: {error['evalue']}".removesuffix(": ")


def named(message: str) -> tuple[str, ...]:
    """Names of the misconceptions in a message of `check`."""
    return tuple(re.findall(rf"^\s*{MISTAKE_LABEL}\s+(\w+)", message, flags=re.MULTILINE))


def count_misconceptions(results: list[Result]) -> Counter[str]:
    """In how many submissions each misconception was named."""
    return Counter(
        name for result in results for name in {n for test in result.tests for n in test.misconceptions}
    )
