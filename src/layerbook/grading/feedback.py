"""What a feedback page must not show: hidden tests, and scripts of the learner's."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from layerbook.exercises.source import HIDDEN_BEGIN, HIDDEN_END

NOTICE = "# Further checks ran here."
Resources = dict[str, dict[str, str]]


class SafePage(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """Makes a graded notebook fit to become a page."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Hide tests, and make harmless what is neither in the course's source nor plain text."""
        name = resources["nbgrader"]["assignment"]
        path = Path(self.parent.parent.coursedir.root) / "source" / name / f"{name}.ipynb"
        own = {cell.source for cell in nbformat.read(path, as_version=4).cells} if path.is_file() else set()
        sanitize = SanitizeHTML(enabled=True)  # type: ignore[no-untyped-call]
        for index, cell in enumerate(nb.cells):
            if cell.cell_type != "code" and cell.source in own:
                continue
            if cell.cell_type == "code":
                hide_tests(cell)
            sanitize.preprocess_cell(cell, resources, index)  # type: ignore[no-untyped-call]
        return nb, resources


def hide_tests(cell: NotebookNode) -> None:
    """Put a notice in the place of hidden tests; of a failure keep the message, without code around it."""
    region = rf"{HIDDEN_BEGIN}.*?({HIDDEN_END}|\Z)"
    cell.source = re.sub(region, NOTICE, cell.source, flags=re.DOTALL)
    for output in cell.outputs:
        if output.output_type == "error" and cell.metadata.get("nbgrader", {}).get("grade"):
            output.traceback = output.evalue.splitlines() or [output.ename]
