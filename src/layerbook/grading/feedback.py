"""What a feedback page must not show: hidden tests, and scripts of the learner's or of another host."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from bs4 import BeautifulSoup
from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from layerbook.exercises.source import HIDDEN_BEGIN, HIDDEN_END

NOTICE = "# Further checks ran here."
READ_ON = re.compile(
    r'^ *read on +("[^"\n]+" in the chapter "[^"\n]+") \(([\w.-]+\.html#[\w-]+)\)$', re.MULTILINE
)
CODE = re.compile(r"(`+).*?\1", re.DOTALL)  # in Markdown
SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
# On a phone pictures fit, and the heading of a cell grows with its score, which is white, in a second line.
STYLE = """<style>
.output_png img { height: auto; max-width: 100%; }
div.nbgrader_cell .panel-heading { display: flow-root; height: auto; }
</style>"""
FORMULA = re.compile(r"(\$\$?)([^$]+)\1")
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


class FeedbackPage(HTMLExporter):
    """A page without scripts: where nbgrader loads MathJax, formulas of the course's source are MathML."""

    def from_notebook_node(  # type: ignore[override]  # as nbconvert's own
        self, nb: NotebookNode, resources: Any = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page of one graded notebook."""
        page, resources = super().from_notebook_node(nb, resources, **options)
        return SCRIPT.sub("", page).replace("</head>", f"{STYLE}</head>", 1), resources

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """The text of one cell."""
        html = BeautifulSoup(super().markdown2html(context, source), "html.parser")
        name = context["resources"]["nbgrader"]["assignment"]
        course: Any = self.parent  # nbgrader's converter
        path = Path(course.coursedir.root) / "source" / name / f"{name}.ipynb"
        put_formulas(html, formulas_of(path, path.stat().st_mtime_ns) if path.is_file() else {})
        return str(html)


@lru_cache(maxsize=8)
def formulas_of(path: Path, _changed: int) -> dict[tuple[str, bool], str]:
    """The formulas in the text of a notebook, as `put_formulas` needs them."""
    from layerbook.formulas import mathml

    cells = nbformat.read(path, as_version=4).cells
    text = "\n\n".join(CODE.sub("", cell.source) for cell in cells if cell.cell_type == "markdown")
    return mathml(dict.fromkeys(map(_formula, FORMULA.finditer(text))))


def _formula(found: re.Match[str]) -> tuple[str, bool]:
    """TeX without spaces that mean nothing, and whether it has a line of its own."""
    return " ".join(found[2].split()), found[1] == "$$"


def put_formulas(element: Any, known: dict[tuple[str, bool], str]) -> None:
    """Put the MathML of each known formula in the place of its TeX, except in code."""
    for text in element.find_all(string=FORMULA):
        if text.find_parent(["code", "pre"]):
            continue
        parts, end = [], 0
        for found in FORMULA.finditer(text):
            parts += [escape(text[end : found.start()]), known.get(_formula(found), escape(found[0]))]
            end = found.end()
        text.replace_with(BeautifulSoup("".join([*parts, escape(text[end:])]), "html.parser"))


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
