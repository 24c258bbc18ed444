"""The search: what each section says, as data for the search page.

Sphinx's own index knows pages, not sections, and finds no Korean word that has an ending. So the search page
gets the text of every section and of every glossary entry in one script, and `search.js` finds, ranks and
quotes them there: no page is fetched, so that a book opened from a folder can be searched as well.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.locale import get_translation

from .nodes import quiz_choice, quiz_explanation

_ = get_translation("layerbook")

DATA = "searchdata.js"
TEMPLATES = Path(__file__).parent / "templates"
_TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL)
_MARKS = re.compile(r"[_{}]")
_NUMBERED = re.compile(r"id\d+")
_SPACE = re.compile(r"\s+")
_WITHOUT_CODE = {"cell_output", "tag_hide-input", "tag_hide-cell"}
# Answers stay behind their button, and a wrong choice must not be quoted as what the book says.
_SKIPPED = (
    addnodes.glossary,
    addnodes.index,
    nodes.comment,
    nodes.literal_block,
    nodes.math_block,
    nodes.section,
    nodes.title,
    quiz_choice,
    quiz_explanation,
)


@dataclass(frozen=True)
class Entry:
    """One thing that a search can find: a section, or a glossary entry with its names in other languages."""

    anchor: str
    title: str
    names: str
    text: str
    code: str


def entries(doctree: nodes.document) -> list[Entry]:
    """The sections and glossary entries of a page, in reading order; the first has no anchor."""
    sections = list(doctree.findall(nodes.section))
    found = [_section(section, "" if at == 0 else _anchor(section)) for at, section in enumerate(sections)]
    for glossary in doctree.findall(addnodes.glossary):
        found += (_term(item) for item in glossary.findall(nodes.definition_list_item))
    return found


def _anchor(section: nodes.section) -> str:
    """The author's own label, which is the last id, if there is one; else what was made of the title."""
    named = [name for name in section["ids"] if not _NUMBERED.fullmatch(name)]
    return str((named or section["ids"])[-1])


def _section(section: nodes.section, anchor: str) -> Entry:
    title = section.next_node(nodes.title)
    return Entry(
        anchor,
        title.astext() if title else "",
        "",
        _plain("".join(text for child in section.children for text in _prose(child))),
        "\n".join(text for child in section.children for text in _code(child)),
    )


def _term(item: nodes.definition_list_item) -> Entry:
    terms = list(item.findall(nodes.term))
    names = [node.astext() for node in item.findall(nodes.inline) if "language-ko" in node["classes"]]
    text = "".join(text for node in item.findall(nodes.definition) for text in _prose(node))
    title = ", ".join(term.astext() for term in terms)
    return Entry(terms[0]["ids"][0], title, ", ".join(names), _plain(text), "")


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _prose(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Text):
        yield node.astext()
    elif isinstance(node, nodes.math):
        formula = node.astext()
        yield "…" if "\\" in formula else _MARKS.sub("", formula)
    elif isinstance(node, nodes.raw):
        yield _TAG.sub(" ", node.astext()) if "html" in node.get("format", "") else ""
    elif not isinstance(node, _SKIPPED) and "lb-row" not in _classes(node):
        for child in node.children:
            yield from _prose(child)
        yield "" if isinstance(node, nodes.Inline) else " "


def _code(node: nodes.Node) -> Iterator[str]:
    """The code that a reader sees: neither outputs nor cells whose input is folded away."""
    if isinstance(node, nodes.literal_block):
        yield node.astext()
    elif not isinstance(node, nodes.section | nodes.Text) and not _WITHOUT_CODE & set(_classes(node)):
        for child in node.children:
            yield from _code(child)


def _classes(node: nodes.Node) -> list[str]:
    return list(node.get("classes", [])) if isinstance(node, nodes.Element) else []


def _remember(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    if app.builder.format == "html":
        _collected(app)[docname] = entries(doctree)


def _collected(app: Sphinx) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = app.__dict__.setdefault("layerbook_search", {})
    return found


def data(pages: list[tuple[str, list[Entry]]]) -> str:
    """A script that sets `layerbookSearch`: for each page its address, its title and its entries' fields."""
    rows = [
        [
            uri,
            page[0].title,
            [[entry.anchor, entry.title, entry.names, entry.text, entry.code] for entry in page],
        ]
        for uri, page in pages
        if page
    ]
    return f"var layerbookSearch = {json.dumps(rows, ensure_ascii=False, separators=(',', ':'))};\n"


def _write_data(app: Sphinx) -> list[tuple[str, dict[str, object], str]]:
    """Write the data of all pages; one that this build did not write is read again."""
    known, pages = _collected(app), []
    for docname in sorted(app.env.found_docs):
        if docname not in known:
            known[docname] = entries(app.env.get_and_resolve_doctree(docname, app.builder))
        pages.append((app.builder.get_target_uri(docname), known[docname]))
    (Path(app.outdir) / DATA).write_text(data(pages), encoding="utf-8")
    return []


def _texts() -> dict[str, str]:
    return {
        "found": _("Places found: %s."),
        "some": _("No section has all of these words. These have some of them."),
        "none": _("Nothing in the book has these words."),
        "empty": _("Type a word, in English or Korean, or a name from the code."),
    }


def _add_texts(
    _app: Sphinx, pagename: str, _template: str, context: dict[str, object], _doctree: nodes.document | None
) -> None:
    if pagename == "search":
        context["layerbook_search_texts"] = {name: str(text) for name, text in _texts().items()}


def _use_templates(_app: Sphinx, config: Config) -> None:
    config.templates_path.append(str(TEMPLATES))


def register(app: Sphinx) -> None:
    """Collect what each page says once it is resolved, and write it when all pages are."""
    app.connect("config-inited", _use_templates)
    app.connect("doctree-resolved", _remember, priority=900)  # after those that put text in
    app.connect("html-collect-pages", _write_data)
    app.connect("html-page-context", _add_texts)
