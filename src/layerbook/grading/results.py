"""What a graded submission says: marks from the gradebook, messages from the autograded notebook."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, MissingEntry

from layerbook.exercises.check import MISTAKE_LABEL
from layerbook.grading.course import Course

GRADED = "graded"


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
        return Result(student, exercise, "not graded", "It has not been graded yet; run `layerbook grade`.")
    messages = read_messages(course.folder("autograded", student, exercise) / f"{exercise}.ipynb")
    order = {name: number for number, name in enumerate(messages)}
    tests = []
    for grade in sorted(submission.grades, key=lambda grade: order.get(grade.name, len(order))):
        message = messages.get(grade.name, "the cell is missing from the notebook")
        points = grade.manual_score if grade.manual_score is not None else grade.auto_score
        tests.append(
            TestResult(grade.name, float(points or 0), float(grade.max_score), message, named(message))
        )
    waits = any(grade.needs_manual_grade for grade in submission.grades)
    return Result(student, exercise, GRADED, tests=tuple(tests), needs_person=waits)


def read_messages(path: Path) -> dict[str, str]:
    """Graded cell to the error message in its output, in the notebook's order; empty text where it passed."""
    messages = {}
    for cell in nbformat.read(path, as_version=4).cells:
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("grade"):
            errors = [o for o in cell.get("outputs", ()) if o.output_type == "error"]
            messages[meta["grade_id"]] = _message(errors[0]) if errors else ""
    return messages


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
