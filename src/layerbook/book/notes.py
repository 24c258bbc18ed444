"""Small pieces of text: the `ko` role and the `often-written` note."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

WRITTEN = "What is often written"
SO = "What is so"


class KoreanRole(SphinxRole):
    """`` {ko}`분포 가설` ``: a Korean term, marked as Korean for screen readers and fonts."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return one inline node; docutils writes a `language-` class as the `lang` attribute."""
        return [nodes.inline(self.rawtext, self.text, classes=["language-ko"])], []


class OftenWritten(SphinxDirective):
    """`:::{often-written}`: the first paragraph is what is often written, the rest is what is so."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return an admonition of two labelled parts; fail if one of them is missing."""
        body = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, body)
        if len(body.children) < 2 or not isinstance(body.children[0], nodes.paragraph):
            raise self.error("often-written: write a paragraph with what is often written, then what is so")
        written, *so = body.children
        note = nodes.admonition("", classes=["lb-often-written"])
        note += nodes.title("", WRITTEN)
        note += nodes.container("", written, classes=["lb-written"])
        note += nodes.paragraph("", SO, classes=["lb-so-title"])
        note += nodes.container("", *so, classes=["lb-so"])
        self.set_source_info(note)
        return [note]


def register(app: Sphinx) -> None:
    """Add the role and the directive."""
    app.add_role("ko", KoreanRole())
    app.add_directive("often-written", OftenWritten)
