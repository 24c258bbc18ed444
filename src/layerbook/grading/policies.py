"""Where marks differ from stock nbgrader on purpose: one switch and one function for each.

Every switch is an option of the course's `nbgrader_config.py`, for example
`c.RunSubmission.stderr_costs_nothing = False`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode


@dataclass(frozen=True)
class Policies:
    """The switches; with all of them off, marks are those of stock nbgrader."""

    stderr_costs_nothing: bool = (
        True  # stock: a test gives 0 if anything is written to stderr, as by a warning
    )
    refuse_partial_credit_out_of_range: bool = True  # stock: all of the points, or no grade
    second_turn_for_moved_cells: bool = True  # stock: a test that stands above its solution fails


def apply(notebook: NotebookNode, policies: Policies) -> None:
    """Change the outputs of graded test cells so that nbgrader gives the marks that the policies want."""
    if policies.stderr_costs_nothing:
        let_stderr_pass(notebook)
    if policies.refuse_partial_credit_out_of_range:
        refuse_partial_credit_out_of_range(notebook)


def _tests(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, float]]:
    """The graded test cells, with their points."""
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and meta.get("grade") and not meta.get("solution"):
            yield cell, meta.get("points", 0)


def let_stderr_pass(notebook: NotebookNode) -> None:
    """What a test wrote to stderr stays to be read, and counts no more than what is printed."""
    for cell, _ in _tests(notebook):
        for output in cell.outputs:
            if output.output_type == "stream":
                output.name = "stdout"


def refuse_partial_credit_out_of_range(notebook: NotebookNode) -> None:
    """A test whose value is not between 0 and its points gives none."""
    for cell, points in _tests(notebook):
        for output in cell.outputs:
            if output.output_type != "execute_result":
                continue
            try:
                value = float(output.data.get("text/plain", ""))
            except ValueError:
                continue
            if not (math.isfinite(value) and 0 <= value <= points):
                cell.outputs = [_refused(value, points)]
                break


def _refused(value: float, points: float) -> NotebookNode:
    message = f"the test's partial credit {value:g} is not between 0 and {points:g}; it counts as 0"
    return NotebookNode(output_type="error", ename="PartialCredit", evalue=message, traceback=[message])
