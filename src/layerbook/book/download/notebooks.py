"""Each chapter as a Jupyter notebook to download: its text as plain Markdown, its cells to run.

The text comes from the finished document, in which references and numbers from cells are resolved; the
cells come from the source. Outputs are left out: a run makes them. The same chapter gives the same bytes.
"""

import ast
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from posixpath import basename
from urllib.parse import quote, urljoin, urlsplit

import nbformat
from docutils import nodes
from myst_nb.core.read import create_nb_reader
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.locale import get_translation

from .markdown import Cell, Markdown

_ = get_translation("layerbook")
FOLDER = "notebooks"
_FOLDED = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
_WITHOUT_OUTPUT = {"remove-output", "remove-cell"}


def chapters(env: BuildEnvironment) -> list[str]:
    """The pages that are notebooks, in the order of their names; the start page is none of them."""
    root = env.config.root_doc
    return sorted(name for name in env.found_docs if "kernelspec" in env.metadata[name] and name != root)


def notebook_uri(docname: str) -> str:
    """Where the notebook of a page is, from the top of the site."""
    return f"{FOLDER}/{basename(docname)}.ipynb"


class Links:
    """Where references of one page lead from its notebook.

    Chapters are linked to as notebooks, by their headings as JupyterLab names them. Other pages have the
    address `html_baseurl`; without one, their place beside the folder of the notebooks.
    """

    def __init__(self, builder: StandaloneHTMLBuilder, docname: str) -> None:
        """Look up what is where."""
        self.builder, self.docname = builder, docname
        self.chapters = {builder.get_target_uri(name): name for name in chapters(builder.env)}
        self.headings = _headings(builder.env)

    def __call__(self, node: nodes.Element) -> str | None:
        """The address for a reference; None for a term, which is a word of the text."""
        if any("std-term" in child.get("classes", []) for child in node.findall(nodes.inline)):
            return None
        if "refid" in node:
            return self._heading(self.docname, node["refid"])
        uri = str(node["refuri"])
        if urlsplit(uri).scheme:
            return uri
        here = self.builder.get_target_uri(self.docname)
        target = urlsplit(urljoin(here, uri))
        if target.path not in self.chapters:
            base = str(self.builder.config.html_baseurl or "..").rstrip("/")
            return f"{base}/{target.geturl()}"
        docname = self.chapters[target.path]
        file = "" if docname == self.docname else basename(notebook_uri(docname))
        return f"{file}{self._heading(docname, target.fragment) or ''}" or None

    def _heading(self, docname: str, anchor: str) -> str | None:
        title = self.headings.get((docname, anchor))
        return f"#{quote(title.replace(' ', '-'))}" if title else None


def _headings(env: BuildEnvironment) -> dict[tuple[str, str], str]:
    """Titles of all sections by page and anchor, those under a label of their own included."""
    titles = {
        (docname, entry["anchorname"].removeprefix("#")): entry.astext()
        for docname, contents in env.tocs.items()
        for entry in contents.findall(nodes.reference)
    }
    known = {(docname, title) for (docname, _anchor), title in titles.items()}
    labels = env.get_domain("std").labels.values()  # type: ignore[attr-defined]
    titles |= {(doc, anchor): title for doc, anchor, title in labels if (doc, title) in known}
    return titles


def _label(env: BuildEnvironment, docname: str) -> Callable[[nodes.Element], str]:
    def label(node: nodes.Element) -> str:
        kind = "table" if isinstance(node, nodes.table) else "figure"
        numbers = env.toc_fignumbers.get(docname, {}).get(kind, {})
        number = next((numbers[name] for name in node["ids"] if name in numbers), None)
        return str(env.config.numfig_format[kind] % ".".join(map(str, number))) if number else ""

    return label


def source(env: BuildEnvironment, docname: str) -> NotebookNode:
    """The notebook of a page as its author wrote it. Raises ExtensionError if the page is none."""
    path = env.doc2path(docname)
    text = Path(path).read_text(encoding="utf-8")
    reader = create_nb_reader(path, env.myst_config, env.mystnb_config, text)  # type: ignore[attr-defined]
    if reader is None:
        raise ExtensionError(f"{docname} is not a notebook")
    notebook: NotebookNode = reader.read(text)
    return notebook


def cells(parts: Iterable[str | Cell], written: NotebookNode) -> Iterator[NotebookNode]:
    """The cells of a notebook: blocks of text, a new cell at each heading, between the code of `written`.

    Cells without a place in the text, since the book does not show them, come before the next that has one.
    """
    code = [(index, cell) for index, cell in enumerate(written.cells) if cell.cell_type == "code"]
    text: list[str] = []
    for part in parts:
        if isinstance(part, Cell):
            yield from _take_text(text)
            while code and code[0][0] <= part.index:
                yield from _code_cell(*code.pop(0))
        else:
            if part.startswith("#"):
                yield from _take_text(text)
            text.append(part)
    yield from _take_text(text)
    for index, cell in code:
        yield from _code_cell(index, cell)


def _take_text(text: list[str]) -> Iterator[NotebookNode]:
    if text:
        yield nbformat.v4.new_markdown_cell("\n\n".join(text))
        text.clear()


def _code_cell(index: int, written: NotebookNode) -> Iterator[NotebookNode]:
    tags = set(written.metadata.get("tags", []))
    if "remove-cell" in tags and _only_for_the_book(written.source):
        return
    hidden = {"source_hidden": bool(tags & _FOLDED), "outputs_hidden": bool(tags & _WITHOUT_OUTPUT)}
    hidden = {name: True for name, value in hidden.items() if value}
    yield nbformat.v4.new_code_cell(written.source, metadata={"jupyter": hidden} if hidden else {})


def _only_for_the_book(code: str) -> bool:
    """Whether a cell does nothing but check what the text says and put numbers into it."""
    return all(
        isinstance(statement, ast.Assert)
        or (
            isinstance(statement, ast.Expr)
            and isinstance(statement.value, ast.Call)
            and isinstance(statement.value.func, ast.Name)
            and statement.value.func.id == "glue"
        )
        for statement in ast.parse(code).body
    )


def first_note(title: str, book: str) -> str:
    """What someone who opens the notebook needs to know first."""
    return "\n\n".join(
        (
            "> "
            + _('The chapter "%s" of *%s*, as a notebook. Run its cells from top to bottom.') % (title, book),
            "> "
            + _(
                "It needs Python 3.11 or later with the packages of the book. In a copy of the project: "
                "`python -m pip install --constraint constraints.txt --editable .` (`make demo` does it "
                "in the folder `.venv`). Then start `jupyter lab` from there."
            ),
            "> "
            + _(
                "Cells that draw figures or check what the text says are folded; click on one to read it. "
                'Answers to the questions are behind "Answer and explanations".'
            ),
        )
    ).replace("\n\n", "\n>\n")


def make(app: Sphinx, docname: str, doctree: nodes.document) -> str:
    """The notebook of a page as the text of its file; `doctree` is the resolved document.

    Raises ExtensionError if the page is not a notebook.
    """
    assert isinstance(app.builder, StandaloneHTMLBuilder)  # noqa: S101 (for the type checker)
    writer = Markdown(Links(app.builder, docname), _label(app.env, docname))
    notebook = nbformat.v4.new_notebook()
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    title = app.env.titles[docname].astext()
    note = nbformat.v4.new_markdown_cell(first_note(title, app.config.html_title))
    first, *rest = cells(writer.blocks(doctree), source(app.env, docname))
    notebook.cells = [first, note, *rest]
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
    return f"{nbformat.writes(notebook)}\n"


def _write(
    app: Sphinx, docname: str, _template: str, _context: dict[str, object], doctree: nodes.document | None
) -> None:
    if doctree is not None and docname in chapters(app.env):
        file = Path(app.outdir) / notebook_uri(docname)
        file.parent.mkdir(exist_ok=True)
        file.write_text(make(app, docname, doctree), encoding="utf-8")


def register(app: Sphinx) -> None:
    """Write a chapter's notebook whenever its page is written."""
    app.connect("html-page-context", _write)
