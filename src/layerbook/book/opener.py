"""The button that opens an exercise in JupyterLab. Only `layerbook serve` shows it.

A built page holds the button in a `<template>`, which browsers neither show nor offer to anybody; the server
takes the template's tags away. So a page that is opened otherwise has no dead button and asks for nothing.
"""

import html
import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import get_translation
from sphinx.writers.html5 import HTML5Translator

from .nodes import exercise_opener

_ = get_translation("layerbook")
PATH = "/layerbook/open/"  # of the server; the exercise's name follows
_TEMPLATE = re.compile(rb'<template class="lb-served">(.*?)</template>', re.DOTALL)


def served(page: bytes) -> bytes:
    """A built page as `layerbook serve` shows it, with its buttons."""
    return _TEMPLATE.sub(rb"\1", page)


def _visit_html(translator: HTML5Translator, node: exercise_opener) -> None:
    name = html.escape(node["exercise"])
    form = f'<form class="lb-card-open" method="post" action="{PATH}{name}" target="lab-{name}">'
    button = f'<button type="submit">{_("Open this exercise")}</button>'
    note = f"<span>{_('Your own copy, in JupyterLab, in another tab.')}</span>"
    translator.body.append(f'<template class="lb-served">{form}{button} {note}</form></template>\n')
    raise nodes.SkipNode


def _skip(_translator: object, _node: exercise_opener) -> None:
    raise nodes.SkipNode


def register(app: Sphinx) -> None:
    """Add the button's node; pages only have it in HTML."""
    skip = (_skip, None)
    app.add_node(exercise_opener, html=(_visit_html, None), latex=skip, text=skip, man=skip, texinfo=skip)
