"""How the body of a `quiz` directive is read: question, list of items, closing explanation."""

import hashlib
import re
from dataclasses import dataclass

from docutils import nodes

_MARKER = re.compile(r"\[([ xX])\]\s+")
_WRAPPED = re.compile(r"[A-Za-z_][\w.]*\((?P<value>[^(),]+)(?:,.*)?\)", re.DOTALL)


class QuizError(Exception):
    """What is wrong with a question, in one line, without its id and place."""


@dataclass
class Item:
    """One item of the list: first paragraph, what explains it, and its `[x]` mark (None without one)."""

    label: nodes.paragraph
    explanation: list[nodes.Node]
    marked: bool | None

    @property
    def text(self) -> str:
        """The choice as plain text, for messages."""
        return self.label.astext().strip()


@dataclass
class Body:
    """The parts of a question, in reading order."""

    question: list[nodes.Node]
    items: list[Item]
    closing: list[nodes.Node]


def read_body(blocks: list[nodes.Node], *, ordered: bool, optional_list: bool) -> Body:
    """Split parsed `blocks` at their last list.

    `ordered` asks for a numbered list instead of a bulleted one. With `optional_list` there may be none:
    the last block then is the closing explanation. Raises QuizError if the parts are not there.
    """
    kind = nodes.enumerated_list if ordered else nodes.bullet_list
    at = max((i for i, block in enumerate(blocks) if isinstance(block, kind)), default=None)
    if at is None and not optional_list:
        raise QuizError(f"a {'numbered' if ordered else 'bulleted'} list of choices is missing")
    if at is None:
        question, items, closing = blocks[:-1], [], blocks[-1:]
    else:
        question, closing = blocks[:at], blocks[at + 1 :]
        items = [_read_item(item) for item in blocks[at].children if isinstance(item, nodes.list_item)]
    if not question or not isinstance(question[0], nodes.paragraph):
        raise QuizError("the body must begin with the question, as a paragraph")
    return Body(question, items, closing)


def _read_item(item: nodes.list_item) -> Item:
    if not item.children or not isinstance(item.children[0], nodes.paragraph):
        raise QuizError("every item of the list must begin with a line of text")
    label, *explanation = item.children
    assert isinstance(label, nodes.paragraph)  # noqa: S101 (for the type checker; checked above)
    return Item(label, explanation, _take_marker(label))


def _take_marker(label: nodes.paragraph) -> bool | None:
    """Remove `[x]` or `[ ]` from the start of `label`; with MyST's task lists it is an <input> already."""
    first = label.children[0] if label.children else nodes.Text("")
    marked: bool | None = None
    if isinstance(first, nodes.raw) and "task-list-item-checkbox" in first.astext():
        marked = "checked=" in first.astext()
        label.remove(first)
        _replace_first_text(label, label.children[0].astext().lstrip() if label.children else "")
    elif isinstance(first, nodes.Text) and (match := _MARKER.match(first.astext() + " ")):
        marked = match[1] in "xX"
        _replace_first_text(label, first.astext()[match.end() :])
    label.rawsource = _MARKER.sub("", label.rawsource.lstrip(), count=1)  # what translators see
    return marked


def _replace_first_text(label: nodes.paragraph, text: str) -> None:
    if label.children and isinstance(label.children[0], nodes.Text):
        label.pop(0)
        if text:
            label.insert(0, nodes.Text(text))


def parse_number(text: str) -> float:
    """The number that `text` shows; also `np.float64(0.5)`, `tensor(3)` or `1,024`. Raises QuizError."""
    match = _WRAPPED.fullmatch(text.strip())
    bare = match["value"] if match else text
    try:
        return float(bare.strip().replace(",", "").replace("_", "").replace("\N{MINUS SIGN}", "-"))
    except ValueError:
        raise QuizError(f'"{text.strip()}" is not a number') from None


def shuffled(count: int, seed: str) -> list[int]:
    """The numbers 0 to count - 1 in an order that depends on `seed` alone and is never the sorted one."""
    order = sorted(range(count), key=lambda i: hashlib.sha256(f"{seed}/{i}".encode()).digest())
    return order if order != sorted(order) else order[1:] + order[:1]
