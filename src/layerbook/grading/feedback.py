"""What a feedback page must not show: hidden tests, and scripts of the learner's."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

import nbformat
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from layerbook.exercises.source import HIDDEN_BEGIN, HIDDEN_END

NOTICE = "# Further checks ran here."
READ_ON = re.compile(
    r'^ *read on +("[^"\n]+" in the chapter "[^"\n]+") \(([\w.-]+\.html#[\w-]+)\)$', re.MULTILINE
)
Resources = dict[str, dict[str, str]]


class SafePage(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """Makes a graded notebook fit to become a page."""

    book = Unicode(
        "../../../../_build/html/chapters/",
        help="Where the book's pages are, seen from a feedback page; its messages link to there.",
    ).tag(config=True)

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
            if _is_tests(cell):
                cell.outputs += links(cell, self.book)
        return nb, resources


def links(cell: NotebookNode, book: str) -> list[NotebookNode]:
    """What a test's messages say to read, as links to the book: one output, or none."""
    errors = [output.evalue for output in cell.outputs if output.output_type == "error"]
    found = dict.fromkeys(READ_ON.findall("\n".join(errors)))
    items = [f'<a href="{escape(book + address)}">{escape(text)}</a>' for text, address in found]
    if not items:
        return []
    page = f"<p>Read on: {', '.join(items)}.</p>"
    return [nbformat.v4.new_output("display_data", {"text/html": page})]


def _is_tests(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(cell.metadata.get("nbgrader", {}).get("grade"))


def hide_tests(cell: NotebookNode) -> None:
    """Put a notice in the place of hidden tests; of a failure keep the message, without code around it."""
    region = rf"{HIDDEN_BEGIN}.*?({HIDDEN_END}|\Z)"
    cell.source = re.sub(region, NOTICE, cell.source, flags=re.DOTALL)
    for output in cell.outputs:
        if output.output_type == "error" and _is_tests(cell):
            output.traceback = output.evalue.splitlines() or [output.ename]
