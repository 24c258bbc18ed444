"""The `quiz` directive: a question with an explanation for every answer, checked when the book is built."""

import re
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from myst_nb.core.variables import RetrievalError
from myst_nb.ext.glue.utils import retrieve_glue_data
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from layerbook.book.ledger import LedgerError, known_rows
from layerbook.book.nodes import quiz, quiz_choice, quiz_explanation, quiz_legend

from .quiz_body import Body, Item, QuizError, parse_number, read_body, shuffled

KINDS = ("single", "multiple", "number", "order")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class QuizDirective(SphinxDirective):
    """One question. Its syntax is in CONTRIBUTING.md; each rule that it breaks is an error of the build."""

    required_arguments = 0
    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar = {
        "kind": directives.unchanged,
        "rows": directives.unchanged,
        "compares": directives.flag,
        "answer": directives.unchanged,
        "answer-from": directives.unchanged,
        "tolerance": directives.unchanged,
        "unit": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """Return one `quiz` node, or raise a directive error with file and line."""
        name = self.arguments[0] if self.arguments else ""
        try:
            return [self._build(name)]
        except (QuizError, LedgerError) as error:
            raise self.error(f'quiz "{name}": {error}') from error

    def _build(self, name: str) -> quiz:
        if not _ID.fullmatch(name):
            raise QuizError("needs an id in kebab-case, such as onehot-cosine")
        kind = self.options.get("kind", "")
        if kind not in KINDS:
            raise QuizError(f'unknown kind "{kind}"; it is one of {", ".join(KINDS)}')
        body = read_body(self._blocks(), ordered=kind == "order", optional_list=kind == "number")
        node = quiz(quiz_id=name, kind=kind, rows=self._rows(), compares="compares" in self.options)
        node["ids"].append(f"quiz-{name}")
        self.set_source_info(node)
        self._refuse_number_options(kind)
        if kind == "number":
            self._check_number(node, body)
        elif kind == "order":
            _check_order(node, body)
        else:
            _check_choices(kind, body.items)
        return _fill(node, body)

    def _blocks(self) -> list[nodes.Node]:
        container = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, container)
        return list(container.children)

    def _rows(self) -> list[str]:
        rows: list[str] = self.options.get("rows", "").split()
        if rows:
            known = known_rows(self.env)
            for row in rows:
                if row not in known:
                    raise QuizError(f'asks for the row "{row}", which is not in the ledger')
        return rows

    def _refuse_number_options(self, kind: str) -> None:
        given = {"answer", "answer-from", "tolerance", "unit"} & set(self.options)
        if kind != "number" and given:
            raise QuizError(f"the option {min(given)} is for the kind number only")

    def _check_number(self, node: quiz, body: Body) -> None:
        if ("answer" in self.options) == ("answer-from" in self.options):
            raise QuizError("a number needs exactly one of the options answer and answer-from")
        tolerance = parse_number(self.options.get("tolerance", "0"))
        shown = self.options.get("answer") or _glued(self.state.document, self.options["answer-from"])
        answer = parse_number(shown)
        if "answer-from" in self.options:
            if answer != int(answer) and "tolerance" not in self.options:
                raise QuizError(f"its answer from a cell is {answer:g}, which needs the option tolerance")
            shown = f"{answer:.6g}" if answer != int(answer) else str(int(answer))
        if not body.closing:
            raise QuizError("the last paragraph, which explains the right number, is missing")
        for item in body.items:
            _check_anticipated(item, answer, tolerance)
        node.attributes |= {"answer": answer, "shown": shown.strip(), "tolerance": tolerance}
        node["unit"] = self.options.get("unit", "")


def _glued(document: nodes.document, key: str) -> str:
    try:
        data = retrieve_glue_data(document, key).data
    except RetrievalError:
        raise QuizError(f'no executed cell of this page glues "{key}"') from None
    return str(data.get("text/plain", ""))


def _check_anticipated(item: Item, answer: float, tolerance: float) -> None:
    if abs(parse_number(item.text) - answer) <= tolerance:
        raise QuizError(f'the anticipated wrong number "{item.text}" is within the tolerance of the answer')
    _require_explanation(item)


def _check_choices(kind: str, items: list[Item]) -> None:
    for item in items:
        if item.marked is None:
            raise QuizError(f'the choice "{item.text}" must begin with [x] or [ ]')
        _require_explanation(item)
    right = sum(bool(item.marked) for item in items)
    if kind == "single" and (right != 1 or len(items) < 2):
        raise QuizError(f"single needs one right choice of two or more; {right} of {len(items)} are right")
    if kind == "multiple" and not 0 < right < len(items):
        raise QuizError(f"multiple needs a right and a wrong choice; {right} of {len(items)} are right")


def _check_order(node: quiz, body: Body) -> None:
    if len(body.items) < 3:
        raise QuizError(f"order needs at least three items; there are {len(body.items)}")
    if not body.closing:
        raise QuizError("the last paragraph, which explains the order, is missing")
    node["order"] = shuffled(len(body.items), node["quiz_id"])


def _require_explanation(item: Item) -> None:
    if not item.label.children:
        raise QuizError("a choice has no text")
    if not item.explanation:
        raise QuizError(f'the choice "{item.text}" has no explanation (a paragraph below it, indented)')


def _fill(node: quiz, body: Body) -> quiz:
    node += quiz_legend("", body.question[0])
    node += body.question[1:]
    for item in body.items:
        choice = quiz_choice("", item.label, quiz_explanation("", *item.explanation), right=bool(item.marked))
        if node["kind"] == "number":
            choice["value"] = parse_number(item.text)
        node += choice
    if body.closing:
        node += quiz_explanation("", *body.closing)
    return node


def register(app: Sphinx) -> None:
    """Add the directive."""
    app.add_directive("quiz", QuizDirective)
