"""The `row` role, which marks a place, and the `notes-ledger` directive, which lists all places."""

from itertools import groupby

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from .ledger import LedgerError, RowStatus, known_rows, ledger_path, ledger_status, read_ledger
from .nodes import notes_ledger, row_mark
from .records import RowRecord, pages

_logger = logging.getLogger(__name__)


class RowRole(SphinxRole):
    """`` {row}`N4` ``: the section in which it stands is the place of row N4."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the mark, or an error if the ledger has no such row."""
        mark = row_mark(row=self.text.strip())
        self.set_source_info(mark)
        try:
            known = mark["row"] in known_rows(self.env)
            problem = f'row: "{mark["row"]}" is not in the ledger'
        except LedgerError as error:
            known, problem = False, f"row: {error}"
        if known:
            return [mark], []
        _logger.error(problem, location=mark)
        return [], []


class KeepMarksOutOfTitles(SphinxTransform):
    """Move marks from a heading to just below it; the contents would otherwise show a link inside a link."""

    default_priority = 300

    def apply(self, **_kwargs: object) -> None:
        """Move every mark of every title of the page."""
        for title in list(self.document.findall(nodes.title)):
            marks = list(title.findall(row_mark))
            if marks:
                below = nodes.paragraph("", "", classes=["lb-rows"])
                for mark in marks:
                    mark.parent.remove(mark)
                    below += mark
                title.parent.insert(title.parent.index(title) + 1, below)


class NotesLedger(SphinxDirective):
    """`:::{notes-ledger}`: the generated list of all rows."""

    def run(self) -> list[nodes.Node]:
        """Return the place of the list; it is filled once every page has been read."""
        try:
            known_rows(self.env)
        except LedgerError as error:
            raise self.error(f"notes-ledger: {error}") from error
        return [notes_ledger()]


def _ledger_page(env: BuildEnvironment) -> str | None:
    return next((docname for docname, page in sorted(pages(env).items()) if page.has_ledger), None)


def _link(app: Sphinx, docname: str, target: str, anchor: str, *content: nodes.Node) -> nodes.reference:
    uri = app.builder.get_relative_uri(docname, target) + (f"#{anchor}" if anchor else "")
    return nodes.reference("", "", *content, internal=True, refuri=uri)


def _resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for mark in list(doctree.findall(row_mark)):
        mark.replace_self(_badge(app, docname, mark["row"]))
    for place in list(doctree.findall(notes_ledger)):
        place.replace_self(_list(app, docname))


def _badge(app: Sphinx, docname: str, number: str) -> nodes.Node:
    text = nodes.inline("", number)
    page = _ledger_page(app.env)
    if page is None or app.builder.format != "html":
        return nodes.inline("", "", text, classes=["lb-row"])
    badge = _link(app, docname, page, f"row-{number.lower()}", text)
    badge["classes"].append("lb-row")
    badge["reftitle"] = f"From the notes, {number}: {read_ledger(ledger_path(app.env))[number].statement}"
    return badge


def _list(app: Sphinx, docname: str) -> list[nodes.Node]:
    statuses = ledger_status(app.env)
    found: list[nodes.Node] = [nodes.paragraph("", summary(statuses))]
    for topic, rows in groupby(statuses, key=lambda status: status.row.topic):
        found.append(nodes.rubric("", topic))
        items = (_item(app, docname, row) for row in rows)
        found.append(nodes.bullet_list("", *items, classes=["lb-ledger"]))
    return found


def summary(statuses: list[RowStatus]) -> str:
    """One sentence: how many rows have their place, and which are still missing."""
    missing = [status.row.number for status in statuses if not status.complete]
    start = f"{len(statuses) - len(missing)} of the {len(statuses)} statements have their place in the book"
    return f"{start}: all of them." if not missing else f"{start}. Still missing: {', '.join(missing)}."


def _item(app: Sphinx, docname: str, status: RowStatus) -> nodes.list_item:
    row = status.row
    statement = nodes.paragraph("", "", nodes.strong("", row.number), nodes.Text(f" {row.statement}"))
    if row.korean:
        korean = nodes.inline("", row.korean, classes=["language-ko"])
        statement += [nodes.Text(" ("), korean, nodes.Text(")")]
    item = nodes.list_item("", statement, ids=[f"row-{row.number.lower()}"])
    if row.what_is_so:
        label = nodes.emphasis("", "Loose in the notes. What is so: ")
        item += nodes.paragraph("", "", label, nodes.Text(row.what_is_so), classes=["lb-loose"])
    item += _where(app, docname, status)
    return item


def _where(app: Sphinx, docname: str, status: RowStatus) -> nodes.paragraph:
    parts: list[nodes.Node] = []
    for place in status.places:
        parts.append(_link(app, docname, place.docname, place.anchor, nodes.inline("", place.title)))
    for number, quiz in enumerate(status.quizzes, start=1):
        name = nodes.inline("", "question" if len(status.quizzes) == 1 else f"question {number}")
        parts.append(_link(app, docname, quiz.place.docname, quiz.anchor, name))
    if status.missing:
        parts.append(
            nodes.inline("", f"still missing: {' and '.join(status.missing)}", classes=["lb-missing"])
        )
    joined = [node for part in parts for node in (part, nodes.Text(" · "))][:-1]
    return nodes.paragraph("", "", *joined, classes=["lb-where"])


def _check_marks(_app: Sphinx, env: BuildEnvironment) -> None:
    first: dict[str, tuple[str, RowRecord]] = {}
    for docname, page in sorted(pages(env).items()):
        for mark in page.rows:
            other, record = first.setdefault(mark.row, (docname, mark))
            if other != docname:
                where = f"{env.doc2path(other)}:{record.line}"
                message = "row %s is already marked at %s; a row has its place on one page"
                _logger.error(message, mark.row, where, location=(docname, mark.line))


def _rewrite_ledger_page(_app: Sphinx, env: BuildEnvironment) -> list[str]:
    page = _ledger_page(env)
    return [page] if page else []


def register(app: Sphinx) -> None:
    """Add the role, the directive, and what fills them in."""
    app.add_config_value("layerbook_ledger", "chapters/ledger.toml", "env", types=frozenset({str}))
    app.add_node(row_mark)
    app.add_node(notes_ledger)
    app.add_role("row", RowRole())
    app.add_directive("notes-ledger", NotesLedger)
    app.add_transform(KeepMarksOutOfTitles)
    app.connect("doctree-resolved", _resolve)
    app.connect("env-check-consistency", _check_marks)
    app.connect("env-updated", _rewrite_ledger_page)
