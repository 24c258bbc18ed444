"""Document nodes as the Markdown that plain Jupyter shows: no roles, no directives, formulas between dollars.

Code cells are not written; a `Cell` stands where each of them was.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from docutils import nodes
from sphinx import addnodes
from sphinx.locale import admonitionlabels
from sphinx.util import logging
from sphinx_design.dropdown import dropdown_main

from layerbook.book.nodes import exercise_opener, quiz

from .markdown_text import code, escape, folded, indented, plain, quoted
from .quiz_markdown import quiz_blocks

_logger = logging.getLogger(__name__)
_SILENT = (
    nodes.comment, nodes.target, nodes.raw, nodes.substitution_definition, addnodes.index, exercise_opener,
)  # fmt: skip
_OPEN = (nodes.container, nodes.compound, nodes.figure, addnodes.glossary, nodes.topic, nodes.legend)
_MARKS: dict[type[nodes.Node], str] = {nodes.emphasis: "*", nodes.title_reference: "*", nodes.strong: "**"}
_TITLES = {"lb-so-title", "lb-card-title"}
_LINKS_ONLY = "lb-card-downloads"  # whose links the style sheet sets apart
_LEFT_OUT = {"lb-row", "lb-rows"}  # marks for those who keep the ledger


@dataclass(frozen=True)
class Cell:
    """The place of a code cell, by its number among all cells of the notebook."""

    index: int


class Markdown:
    """Writes nodes of one page.

    Args:
        link: the address for a reference, or None if it leads nowhere useful: then only its text is written.
        label: what stands before the caption of a figure or table, such as "Fig. 2.1"; perhaps nothing.
    """

    def __init__(
        self, link: Callable[[nodes.Element], str | None], label: Callable[[nodes.Element], str]
    ) -> None:
        """Keep what depends on the page."""
        self.link, self.label = link, label

    def inline(self, node: nodes.Node) -> str:
        """What is inside of `node`, on one line."""
        separator = " · " if _LINKS_ONLY in getattr(node, "attributes", {}).get("classes", []) else ""
        return separator.join(self._inline(child) for child in node.children)

    def _inline(self, node: nodes.Node) -> str:
        if isinstance(node, nodes.Text):
            return escape(node.astext())
        if not isinstance(node, nodes.Element) or isinstance(node, _SILENT):
            return ""
        if _LEFT_OUT & set(node.get("classes", [])):
            return ""
        if isinstance(node, nodes.math):
            return f"${' '.join(node.astext().split())}$"
        if isinstance(node, nodes.literal):
            text = node.astext().replace("\n", " ")
            return f"`` {text} ``" if "`" in text else f"`{text}`"
        if isinstance(node, nodes.reference):
            text, address = self.inline(node), self.link(node)
            return f"[{text}]({address})" if address else text
        mark = _MARKS.get(type(node), "")
        return f"{mark}{self.inline(node)}{mark}"

    def blocks(self, node: nodes.Node, level: int = 1) -> Iterator[str | Cell]:
        """The blocks inside of `node`; a title is a heading of `level`."""
        for child in node.children:
            yield from self._block(child, level)

    def texts(self, parts: nodes.Node | Sequence[nodes.Node]) -> str:
        """The blocks in `parts` as one text, without places of code cells."""
        children = parts.children if isinstance(parts, nodes.Node) else parts
        found = (block for child in children for block in self._block(child, 1))
        return "\n\n".join(block for block in found if isinstance(block, str))

    def _block(self, node: nodes.Node, level: int) -> Iterator[str | Cell]:
        if isinstance(node, _SILENT) or _LEFT_OUT & set(getattr(node, "attributes", {}).get("classes", [])):
            return
        write = getattr(self, f"_{type(node).__name__}", None)
        if isinstance(node, nodes.section):
            yield from self.blocks(node, level + 1)
        elif isinstance(node, nodes.title):
            yield f"{'#' * (level - 1)} {self.inline(node).strip()}"
        elif isinstance(node, nodes.container) and node.get("nb_element") == "cell_code":
            yield Cell(node["cell_index"])
            yield from (self._caption(caption) for caption in node.findall(nodes.caption))
        elif write:
            yield write(node)
        elif isinstance(node, nodes.Admonition) and isinstance(node, nodes.Element):
            yield self._boxed(node)
        elif isinstance(node, _OPEN):
            yield from self.blocks(node, level)
        else:
            _logger.warning("notebook: no Markdown is known for %s", type(node).__name__, location=node)

    def _paragraph(self, node: nodes.paragraph) -> str:
        text = plain(self.inline(node).strip())
        return f"**{text}**" if _TITLES & set(node["classes"]) else text

    def _rubric(self, node: nodes.rubric) -> str:
        return f"**{self.inline(node)}**"

    def _caption(self, node: nodes.Element) -> str:
        label = self.label(node.parent) if isinstance(node.parent, nodes.Element) else ""
        return f"**{label}** {self.inline(node)}" if label else f"*{self.inline(node)}*"

    def _image(self, node: nodes.image) -> str:
        return f"*{escape(node.get('alt', ''))}*"  # a picture lies beside the page, not beside the notebook

    def _transition(self, _node: nodes.transition) -> str:
        return "---"

    def _literal_block(self, node: nodes.literal_block) -> str:
        return code(node.astext(), str(node.get("language", "")).removeprefix("ipython").strip("3"))

    def _math_block(self, node: nodes.math_block) -> str:
        lines = "\n".join(line for line in node.astext().splitlines() if line.strip())
        number = f" \\tag{{{node['number']}}}" if node.get("number") else ""
        return f"$$\n{lines}{number}\n$$"

    def _block_quote(self, node: nodes.block_quote) -> str:
        return quoted(self.texts(node))

    def _boxed(self, node: nodes.Element) -> str:
        rest = list(node.children)
        title = rest.pop(0) if isinstance(rest[0], nodes.title) else None
        name = self.inline(title) if title else admonitionlabels.get(type(node).__name__, "")
        return quoted(f"**{name}**\n\n{self.texts(rest)}")

    def _bullet_list(self, node: nodes.bullet_list) -> str:
        return self._list(node, ["- "] * len(node.children))

    def _enumerated_list(self, node: nodes.enumerated_list) -> str:
        start = int(node.get("start", 1))
        return self._list(node, [f"{start + place}. " for place in range(len(node.children))])

    def _list(self, node: nodes.Element, markers: list[str]) -> str:
        items = [self.texts(item) for item in node.children]
        gap = "\n\n" if any("\n\n" in item for item in items) else "\n"
        return gap.join(map(indented, markers, items))

    def _definition_list(self, node: nodes.definition_list) -> str:
        return "\n\n".join(
            f"**{self.inline(item.children[0])}**: {self.texts(item.children[-1])}" for item in node.children
        )

    def _dropdown_main(self, node: dropdown_main) -> str:
        title, body = node.children
        return folded(self.inline(title).strip(), self.texts(body))

    def _quiz(self, node: quiz) -> str:
        return "\n\n".join(quiz_blocks(node, self.inline, self.texts))

    def _table(self, node: nodes.table) -> str:
        rows = [[self._entry(entry) for entry in row.children] for row in node.findall(nodes.row)]
        lines = [f"| {' | '.join(row)} |" for row in rows]
        lines.insert(1, f"|{' --- |' * len(rows[0])}")
        caption = [self._caption(title) + "\n" for title in node.children if isinstance(title, nodes.title)]
        return "\n".join(caption + lines)

    def _entry(self, node: nodes.Node) -> str:
        text = "<br>".join(self.inline(child) for child in node.children)
        in_formulas = re.sub(r"\$[^$]+\$", lambda match: match[0].replace("|", r"\vert{}"), text)
        return in_formulas.replace("|", r"\|")
