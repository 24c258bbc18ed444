"""What a graded submission says: marks from the gradebook, messages from the autograded notebook."""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.utils import determine_grade, is_grade
from sqlalchemy import select

from layerbook.exercises.check import MISTAKE_LABEL
from layerbook.grading.course import Course

GRADED, NOT_GRADED, RUNNING = "graded", "not graded", "running"
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
    waits: bool = False  # for the mark of a person: it is a free text


@dataclass(frozen=True)
class Mark:
    """What the gradebook has of one graded cell."""

    points: float
    most: float
    waits: bool  # for a person


@dataclass(frozen=True)
class Result:
    """One submission's recorded outcome: "graded", or why not."""

    student: str
    exercise: str
    outcome: str
    reason: str = ""
    tests: tuple[TestResult, ...] = ()
    needs_person: bool = False  # a free-text answer waits for a mark
    notes: tuple[str, ...] = ()  # what had been tampered with, and other things worth a look

    @property
    def points(self) -> float:
        """Points reached."""
        return sum(test.points for test in self.tests)

    @property
    def max_points(self) -> float:
        """Points to be had."""
        return sum(test.max_points for test in self.tests)


def read(
    course: Course, gradebook: Gradebook, exercise: str, last: Mapping[tuple[str, str], dict[str, Any]]
) -> dict[str, Result]:
    """Student to result of all graded submissions of one exercise, as the gradebook has them.

    `last` is what the log says of each submission; it knows why there are no marks where there are none.
    """
    marks = _marks(gradebook, exercise)
    found = {}
    for student in course.submissions(exercise):
        path = course.folder("autograded", student, exercise) / f"{exercise}.ipynb"
        notebook = _load(path)
        run = _run(notebook)
        entry = last.get((exercise, student), {})
        if student in marks and run:
            found[student] = _result(notebook, run, exercise, student, marks[student])
        elif entry and entry["outcome"] not in (GRADED, *REASONS):
            found[student] = Result(student, exercise, entry["outcome"], entry["reason"])
        else:
            reason = "It has not been graded yet; run `layerbook grade`."
            found[student] = Result(student, exercise, NOT_GRADED, reason)
    return found


def _marks(gradebook: Gradebook, exercise: str) -> dict[str, dict[str, Mark]]:
    """Student to marks by graded cell, in one query."""
    query = (
        select(Student.id, BaseCell.name, Grade)
        .join(SubmittedAssignment, SubmittedAssignment.student_id == Student.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .where(Assignment.name == exercise)
    )
    marks: dict[str, dict[str, Mark]] = {}
    for student, cell, grade in gradebook.db.execute(query):
        points = grade.manual_score if grade.manual_score is not None else grade.auto_score
        mark = Mark(float(points or 0), float(grade.cell.max_score), bool(grade.needs_manual_grade))
        marks.setdefault(student, {})[cell] = mark
    return marks


def _result(
    notebook: dict[str, Any], run: dict[str, Any], exercise: str, student: str, marks: dict[str, Mark]
) -> Result:
    messages = _messages(notebook)
    order = {name: number for number, name in enumerate(messages)}
    tests = []
    for name in sorted(marks, key=lambda name: order.get(name, len(order))):
        mark, message = marks[name], messages.get(name, "the cell is missing from the notebook")
        tests.append(TestResult(name, mark.points, mark.most, message, named(message), mark.waits))
    waits = any(mark.waits for mark in marks.values())
    end = run["end"]
    notes = tuple(run.get("tampering", ()))
    return Result(student, exercise, end or GRADED, REASONS.get(end, ""), tuple(tests), waits, notes)


def run_of(autograded: Path) -> dict[str, Any] | None:
    """How the run of an autograded notebook ended, as noted in it; None if it was not graded to the end."""
    return _run(_load(autograded))


def _load(autograded: Path) -> dict[str, Any]:
    try:
        notebook = json.loads(autograded.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return notebook if isinstance(notebook, dict) else {}


def _run(notebook: dict[str, Any]) -> dict[str, Any] | None:
    run = notebook.get("metadata", {}).get("layerbook", {})
    return run if "end" in run else None


def _messages(notebook: dict[str, Any]) -> dict[str, str]:
    """Graded cell to the error message in its output, in the notebook's order; empty text where it passed."""
    cells = [cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade")]
    return {cell["metadata"]["nbgrader"]["grade_id"]: _cell_message(cell) for cell in cells}


def of_notebook(
    notebook: NotebookNode, exercise: str, student: str, manual: Mapping[str, float] | None = None
) -> Result:
    """The result of a notebook that has just run, by nbgrader's own rules; `manual` marks go before."""
    graded, given = list(filter(is_grade, notebook.cells)), manual or {}
    tests = tuple(of_cell(cell, given.get(cell.metadata.nbgrader.grade_id)) for cell in graded)
    waits = any(test.waits or test.id in given for test in tests)
    run = notebook.metadata["layerbook"]
    end, notes = run["end"], tuple(run["tampering"])
    return Result(student, exercise, end or GRADED, REASONS.get(end, ""), tests, waits, notes)


def of_cell(cell: NotebookNode, given: float | None = None) -> TestResult:
    """The result of a graded cell that has run, by nbgrader's own rules; a mark `given` goes before."""
    points, most = determine_grade(cell, logging.getLogger("nbgrader"))
    message, waits = _cell_message(cell), points is None and given is None
    reached = float(given if given is not None else points or 0)
    return TestResult(cell.metadata.nbgrader.grade_id, reached, most, message, named(message), waits)


def _cell_message(cell: dict[str, Any]) -> str:
    errors = [output for output in cell.get("outputs", ()) if output["output_type"] == "error"]
    return _message(errors[0]) if errors else ""


def _message(error: dict[str, str]) -> str:
    if error["ename"] == "CheckFailed":
        return "".join(error["evalue"])
    return f"{error['ename']}: {''.join(error['evalue'])}".removesuffix(": ")


def named(message: str) -> tuple[str, ...]:
    """Names of the misconceptions in a message of `check`."""
    return tuple(re.findall(rf"^\s*{MISTAKE_LABEL}\s+(\w+)", message, flags=re.MULTILINE))


def count_misconceptions(results: list[Result]) -> Counter[str]:
    """In how many submissions each misconception was named."""
    return Counter(
        name for result in results for name in {n for test in result.tests for n in test.misconceptions}
    )
