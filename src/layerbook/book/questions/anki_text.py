"""A question as the two sides of an Anki card, in plain HTML with formulas as Anki writes them."""

import html
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from docutils import nodes
from sphinx.locale import get_translation

from layerbook.book.nodes import quiz, quiz_choice, quiz_explanation, quiz_legend

_ = get_translation("layerbook")

_TAGS: dict[type[nodes.Node], str] = {
    nodes.paragraph: "p",
    nodes.emphasis: "em",
    nodes.strong: "strong",
    nodes.literal: "code",
    nodes.subscript: "sub",
    nodes.superscript: "sup",
    nodes.bullet_list: "ul",
    nodes.enumerated_list: "ol",
    nodes.list_item: "li",
    nodes.block_quote: "blockquote",
    nodes.table: "table",
    nodes.row: "tr",
    nodes.entry: "td",
}


@dataclass(frozen=True)
class Card:
    """Both sides of one question, and the pictures on them: the name in the deck, and the file."""

    quiz_id: str
    question: str
    answer: str
    pictures: dict[str, Path]


def card_of(node: quiz, source: Path) -> Card:
    """The card of a question; `source` is the folder that addresses of pictures start from."""
    writer = _Writer(source)
    return Card(
        node["quiz_id"], "".join(writer.question(node)), "".join(writer.answer(node)), writer.pictures
    )


class _Writer:
    def __init__(self, source: Path) -> None:
        self.source = source
        self.pictures: dict[str, Path] = {}

    def question(self, node: quiz) -> Iterator[str]:
        for child in node.children:
            if isinstance(child, quiz_legend):
                yield self.inside(child)
            elif not isinstance(child, quiz_choice | quiz_explanation):
                yield self.of(child)
        choices = [child for child in node.children if isinstance(child, quiz_choice)]
        if node["kind"] == "number":
            yield f"<p>({html.escape(node['unit'])})</p>" if node["unit"] else ""
            return
        if node["kind"] != "single":
            hint = _("Put these in order.") if node["kind"] == "order" else _("More than one may be right.")
            yield f"<p>{hint}</p>"
        shown = [choices[place] for place in node["order"]] if node["kind"] == "order" else choices
        yield f"<ul>{''.join(f'<li>{self.inside(choice.children[0])}</li>' for choice in shown)}</ul>"

    def answer(self, node: quiz) -> Iterator[str]:
        if node["kind"] == "number":
            shown = html.escape(f"{node['shown']} {node['unit']}".strip())
            yield f"<p><strong>{_('Right:')}</strong> {shown}</p>"
        choices = [child for child in node.children if isinstance(child, quiz_choice)]
        tag = "ol" if node["kind"] == "order" else "ul"
        if choices:
            yield f"<{tag}>{''.join(self.choice(choice, tag) for choice in choices)}</{tag}>"
        yield from (self.inside(child) for child in node.children if isinstance(child, quiz_explanation))

    def choice(self, choice: quiz_choice, tag: str) -> str:
        verdict = _("Right:") if choice["right"] else _("Wrong:")
        start = "" if tag == "ol" else f"<strong>{verdict}</strong> "
        label, explanation = choice.children
        return (
            f'<li>{start}{self.inside(label)}<div class="explanation">{self.inside(explanation)}</div></li>'
        )

    def inside(self, node: nodes.Node) -> str:
        return "".join(map(self.of, node.children))

    def of(self, node: nodes.Node) -> str:
        special: dict[type[nodes.Node], Callable[[nodes.Element], str]] = {
            nodes.math: lambda found: rf"\({html.escape(found.astext())}\)",
            nodes.math_block: lambda found: rf"<p>\[{html.escape(found.astext())}\]</p>",
            nodes.literal_block: lambda found: f"<pre><code>{html.escape(found.astext())}</code></pre>",
            nodes.image: self.picture,
        }
        if isinstance(node, nodes.Text):
            return html.escape(node.astext(), quote=False)
        if isinstance(node, nodes.Element) and type(node) in special:
            return special[type(node)](node)
        tag = _TAGS.get(type(node))
        return f"<{tag}>{self.inside(node)}</{tag}>" if tag else self.inside(node)

    def picture(self, node: nodes.Element) -> str:
        file = self.source / node["uri"]
        name = f"layerbook-{sha256(file.read_bytes()).hexdigest()[:16]}{file.suffix}"
        self.pictures[name] = file
        return f'<img src="{name}" alt="{html.escape(node.get("alt", ""))}">'
