"""What each page holds that other pages need: its questions, its places of ledger rows, its exercises.

Collected once a page is read and kept in Sphinx's environment, so incremental builds have it too.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from .nodes import exercise_download, notes_ledger, quiz, review, row_mark

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """A section of a page: where it is, what it is called, and whether an executed cell stands in it."""

    docname: str
    anchor: str
    title: str
    has_cell: bool


@dataclass(frozen=True)
class QuizRecord:
    """One question of the book: its id, where it stands, and the ledger rows that it asks for."""

    quiz_id: str
    kind: str
    rows: tuple[str, ...]
    compares: bool
    place: Place
    anchor: str
    line: int


@dataclass(frozen=True)
class RowRecord:
    """One `{row}` mark: the ledger row and the section that is its place."""

    row: str
    place: Place
    line: int


@dataclass
class Page:
    """The records of one page."""

    quizzes: list[QuizRecord] = field(default_factory=list)
    rows: list[RowRecord] = field(default_factory=list)
    exercises: set[str] = field(default_factory=set)
    has_ledger: bool = False
    has_review: bool = False


def pages(env: BuildEnvironment) -> dict[str, Page]:
    """The records of every page that has been read, by document name."""
    found: dict[str, Page] = env.__dict__.setdefault("layerbook_pages", {})
    return found


def quiz_index(env: BuildEnvironment) -> dict[str, QuizRecord]:
    """Every question of the book by its id."""
    return {record.quiz_id: record for page in pages(env).values() for record in page.quizzes}


def chapters(env: BuildEnvironment) -> dict[str, list[QuizRecord]]:
    """The questions of every document that has some, in the order of the book."""
    relations, order = env.collect_relations(), []
    docname: str | None = env.config.root_doc
    while docname is not None:
        order.append(docname)
        docname = relations[docname][2] if docname in relations else None
    every = pages(env)
    order += sorted(set(every) - set(order))
    return {name: every[name].quizzes for name in order if name in every and every[name].quizzes}


def place_of(node: nodes.Node, docname: str) -> Place:
    """The nearest section around `node`; the top of the page if there is none."""
    parent = node.parent
    while parent is not None and not isinstance(parent, nodes.section):
        parent = parent.parent
    if parent is None:
        return Place(docname, "", docname, has_cell=False)
    title = parent.next_node(nodes.title)
    return Place(
        docname, parent["ids"][0], title.astext().strip() if title else docname, _has_executed_cell(parent)
    )


def _has_executed_cell(section: nodes.section) -> bool:
    return any(
        cell.get("nb_element") == "cell_code" and cell.get("exec_count") is not None
        for cell in section.findall(nodes.container)
    )


def _quiz_records(doctree: nodes.document, docname: str) -> Iterator[QuizRecord]:
    for node in doctree.findall(quiz):
        yield QuizRecord(
            quiz_id=node["quiz_id"],
            kind=node["kind"],
            rows=tuple(node["rows"]),
            compares=node["compares"],
            place=place_of(node, docname),
            anchor=node["ids"][0],
            line=node.line or 0,
        )


def _collect(app: Sphinx, doctree: nodes.document) -> None:
    docname = app.env.docname
    marks = doctree.findall(row_mark)
    pages(app.env)[docname] = Page(
        quizzes=list(_quiz_records(doctree, docname)),
        rows=[RowRecord(mark["row"], place_of(mark, docname), mark.line or 0) for mark in marks],
        exercises={node["exercise"] for node in doctree.findall(exercise_download)},
        has_ledger=next(doctree.findall(notes_ledger), None) is not None,
        has_review=next(doctree.findall(review), None) is not None,
    )


def _purge(_app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    pages(env).pop(docname, None)


def _merge(_app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
    pages(env).update({name: page for name, page in pages(other).items() if name in docnames})


def _check_quiz_ids(_app: Sphinx, env: BuildEnvironment) -> None:
    first: dict[str, QuizRecord] = {}
    for docname in sorted(pages(env)):
        for record in pages(env)[docname].quizzes:
            other = first.setdefault(record.quiz_id, record)
            if other is not record:
                where = f"{env.doc2path(other.place.docname)}:{other.line}"
                message = 'quiz "%s": this id is already taken at %s; every id stands once in the whole book'
                _logger.error(message, record.quiz_id, where, location=(docname, record.line))


def register(app: Sphinx) -> None:
    """Collect the records of each page, and hold quiz ids unique over the book."""
    app.connect("doctree-read", _collect)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
    app.connect("env-check-consistency", _check_quiz_ids)
