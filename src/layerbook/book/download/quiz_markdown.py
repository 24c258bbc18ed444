"""A question in a notebook: its choices as a list, the answer behind a line that opens it."""

from collections.abc import Callable, Iterator, Sequence

from docutils import nodes
from sphinx.locale import get_translation

from layerbook.book.nodes import quiz, quiz_choice, quiz_explanation, quiz_legend

from .markdown_text import folded, indented

_ = get_translation("layerbook")
Inline = Callable[[nodes.Node], str]
Texts = Callable[[nodes.Node | Sequence[nodes.Node]], str]


def quiz_blocks(node: quiz, inline: Inline, texts: Texts) -> Iterator[str]:
    """The blocks of one question; `inline` and `texts` write what is inside of a node."""
    for child in node.children:
        if isinstance(child, quiz_legend):
            yield f"**{_('Question.')}** {inline(child.children[0])}"
        elif not isinstance(child, quiz_choice | quiz_explanation):
            yield texts([child])
    choices = [child for child in node.children if isinstance(child, quiz_choice)]
    yield from _choices(node, [inline(choice.children[0]) for choice in choices])
    yield folded(_("Answer and explanations"), "\n\n".join(_answer(node, choices, inline, texts)))


def _choices(node: quiz, choices: list[str]) -> Iterator[str]:
    hints = {"multiple": _("More than one may be right."), "order": _("Put these in order.")}
    if hint := hints.get(node["kind"]):
        yield f"*{hint}*"
    if node["kind"] == "number":
        yield f"*{_('Your answer')} ({node['unit']})*" if node["unit"] else f"*{_('Your answer')}*"
        return
    order = node["order"] if node["kind"] == "order" else range(len(choices))
    yield "\n".join(f"- {choices[place]}" for place in order)


def _answer(node: quiz, choices: list[quiz_choice], inline: Inline, texts: Texts) -> Iterator[str]:
    if node["kind"] == "number":
        yield f"**{_('Right:')}** {node['shown']} {node['unit']}".rstrip()
    for place, choice in enumerate(choices, start=1):
        verdict = f"**{_('Right:') if choice['right'] else _('Wrong:')}** "
        ordered = node["kind"] == "order"
        text = ("" if ordered else verdict) + inline(choice.children[0])
        why = texts(choice.children[1])
        yield indented(f"{place}. " if ordered else "- ", f"{text}\n\n{why}" if why else text)
    yield from (texts(child) for child in node.children if isinstance(child, quiz_explanation))
