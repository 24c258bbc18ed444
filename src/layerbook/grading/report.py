"""What a class knows and where it errs, as tables for a person."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Column, Table
from rich.text import Text

from layerbook.grading.results import GRADED, RUNNING, Result, count_misconceptions


def class_table(results: Iterable[Result]) -> Table:
    """One line a submission: points, or why there are none."""
    table = _table("exercise", "student", "points", "outcome", "known mistakes", "notes", title="Submissions")
    for result in results:
        points = f"{result.points:g} / {result.max_points:g}" if result.tests else "-"
        outcome = "graded, an answer waits for a person" if result.needs_person else result.outcome
        names = dict.fromkeys(name for test in result.tests for name in test.misconceptions)
        told = Text(result.reason or outcome)
        notes = Text("; ".join(result.notes))
        table.add_row(result.exercise, Text(result.student), points, told, ", ".join(names), notes)
    return table


def misconception_table(results: list[Result]) -> Table:
    """How many of the graded submissions show each misconception, the most frequent first."""
    table = _table("exercise", "known mistake", "submissions", title="Known mistakes in this class")
    for exercise in dict.fromkeys(result.exercise for result in results):
        graded = [r for r in results if r.exercise == exercise and r.outcome == GRADED]
        for name, count in count_misconceptions(graded).most_common():
            table.add_row(exercise, name, f"{count} of {len(graded)}")
    return table


def result_table(result: Result, before: Result | None = None) -> Table:
    """One submission, test by test, for its learner; without what they saw `before`."""
    so_far = " so far" if result.outcome == RUNNING else ""
    title = f"{result.exercise}: {_total(result)}{so_far}"
    table = _table("test", "points", "what to do", title=title, show_lines=True)
    seen = before.tests if before else ()
    for test in (test for test in result.tests if test not in seen):
        told = "a person reads this answer" if test.waits else test.message or "right"
        table.add_row(test.id, f"{test.points:g} / {test.max_points:g}", Text(told))
    return table


def _table(*headers: str, title: str, show_lines: bool = False) -> Table:
    """Without rows yet; a name or a link that is longer than its column goes on in the next line."""
    columns = (Column(header, overflow="fold") for header in headers)
    return Table(*columns, title=title, show_lines=show_lines)


def _total(result: Result) -> str:
    return f"{result.points:g} of {result.max_points:g} points"
