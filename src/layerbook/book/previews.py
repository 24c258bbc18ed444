"""Previews: what a link to a term, a formula, a figure, a table or a source leads to, shown beside the link.

A page carries a copy of each such thing that stands on another page, in a `<template>`: nothing is fetched,
and without scripts nothing is seen. What stands on the same page is copied from there by `previews.js`.
"""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast
from urllib.parse import unquote

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment
from sphinxcontrib.bibtex.domain import BibtexDomain
from sphinxcontrib.bibtex.transforms import BibliographyTransform

_ID = re.compile(r' id="[^"]*"')


def shown_for(document: nodes.document, anchor: str) -> list[nodes.Node]:
    """What a preview of `anchor` shows: a definition, formula, figure or table; else nothing."""
    for node in document.findall(nodes.Element):
        if anchor in node.get("ids", []):
            if isinstance(node, nodes.term):
                return _definition(node)
            return [node] if isinstance(node, nodes.figure | nodes.math_block | nodes.table) else []
    return []


def _definition(term: nodes.term) -> list[nodes.Node]:
    item = term.parent
    return [child for part in item.findall(nodes.definition) for child in part.children]


def _unlinked(node: nodes.Node) -> nodes.Node:
    """A copy without links, which a tooltip must not have."""
    copy = nodes.container("", node.deepcopy())
    for link in list(copy.findall(nodes.reference)):
        link.replace_self(nodes.inline("", "", *link.children))
    return copy.children[0]


@contextmanager
def _numbers_of(builder: StandaloneHTMLBuilder, page: str) -> Iterator[None]:
    """Write figures and formulas with their numbers on `page`, and without links to themselves."""
    before = builder.fignumbers, builder.add_permalinks
    builder.fignumbers, builder.add_permalinks = builder.env.toc_fignumbers.get(page, {}), False
    try:
        yield
    finally:
        builder.fignumbers, builder.add_permalinks = before


def _rendered(builder: StandaloneHTMLBuilder, page: str, parts: list[nodes.Node]) -> str:
    """The HTML of `parts` of `page`, without ids: those stand once in a page."""
    with _numbers_of(builder, page):
        written = (builder.render_partial(_unlinked(part))["fragment"] for part in parts)
        return _ID.sub("", "".join(written))


def _targets(
    builder: StandaloneHTMLBuilder, doctree: nodes.document, page: str
) -> Iterator[tuple[str, str, str]]:
    """Address, page and anchor of each link from `page` to a place on another one, once."""
    pages = {builder.get_relative_uri(page, name): name for name in builder.env.found_docs - {page}}
    addresses = dict.fromkeys(node.get("refuri", "") for node in doctree.findall(nodes.reference))
    for address in addresses:
        uri, _, anchor = address.partition("#")
        if anchor and uri in pages:
            yield address, pages[uri], unquote(anchor)


def _sources(env: BuildEnvironment) -> dict[tuple[str, str], nodes.Node]:
    """Each source by page and anchor.

    They are taken from where the bibliography keeps them: to resolve its page twice would write them twice.
    """
    if "cite" not in env.domains:
        return {}
    domain = cast(BibtexDomain, env.get_domain("cite"))
    found = {}
    for citation in domain.citations:
        key = citation.bibliography_key
        for anchor in domain.bibliographies[key].citation_nodes[citation.key]["ids"]:
            found[key.docname, anchor] = BibliographyTransform.backend.paragraph(citation.formatted_entry)
    return found


def _previews(app: Sphinx, doctree: nodes.document, page: str) -> Iterator[str]:
    builder = app.builder
    assert isinstance(builder, StandaloneHTMLBuilder)  # noqa: S101 (for the type checker)
    sources = _sources(app.env)
    documents: dict[str, nodes.document] = {}
    for address, other, anchor in _targets(builder, doctree, page):
        if (other, anchor) in sources:
            parts = [sources[other, anchor]]
        else:
            if other not in documents:
                documents[other] = app.env.get_and_resolve_doctree(other, builder)
                builder.post_process_images(documents[other])
            parts = shown_for(documents[other], anchor)
        if parts:
            shown = _rendered(builder, other, parts)
            yield f'<template data-lb-preview="{html.escape(address)}">{shown}</template>'


def _add(
    app: Sphinx, pagename: str, _template: str, context: dict[str, object], doctree: nodes.document | None
) -> None:
    if doctree is not None:
        context["body"] = "".join([str(context["body"]), *_previews(app, doctree, pagename)])


def register(app: Sphinx) -> None:
    """Add to each page, as it is written, what its links show."""
    app.connect("html-page-context", _add)
