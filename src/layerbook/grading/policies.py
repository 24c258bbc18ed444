"""Where marks differ from stock nbgrader on purpose, each in a function of its own.

One more stands in the engine: text that a test writes to stderr, such as a warning, is kept as ordinary
output and costs no marks. With stock nbgrader it costs all of the cell's.
"""

from __future__ import annotations

import math

from nbformat import NotebookNode


def refuse_partial_credit_out_of_range(notebook: NotebookNode) -> None:
    """A test whose value is not between 0 and its points gives none; stock nbgrader gives all, or fails."""
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        points = meta.get("points", 0)
        for output in cell.get("outputs", []):
            if output.output_type != "execute_result" or not meta.get("grade") or meta.get("solution"):
                continue
            try:
                value = float(output.data.get("text/plain", ""))
            except ValueError:
                continue
            if not (math.isfinite(value) and 0 <= value <= points):
                message = (
                    f"the test's partial credit {value:g} is not between 0 and {points:g}; it counts as 0"
                )
                error = {
                    "output_type": "error",
                    "ename": "PartialCredit",
                    "evalue": message,
                    "traceback": [message],
                }
                cell.outputs = [NotebookNode(error)]
                break
