"""The line below a chapter's title that offers it as a notebook and as a PDF, and how a page is printed."""

import html
import os

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.locale import get_translation
from sphinx.util.osutil import relative_uri

from .notebooks import chapters, notebook_uri
from .pdf import LINKS, pdf_uri

_ = get_translation("layerbook")


def _offer(
    app: Sphinx, docname: str, _template: str, context: dict[str, object], doctree: nodes.document | None
) -> None:
    if doctree is None or docname not in chapters(app.env):
        return
    files = {_("Jupyter notebook"): notebook_uri(docname)}
    if app.config.layerbook_pdf:
        files[_("PDF")] = pdf_uri(docname)
    here = app.builder.get_target_uri(docname)
    links = " · ".join(
        f'<a href="{html.escape(relative_uri(here, uri))}" download>{html.escape(text)}</a>'
        for text, uri in files.items()
    )
    line = f'<p class="lb-hand">{html.escape(_("Download this chapter:"))} {links}</p>'
    context["body"] = str(context["body"]).replace("</h1>", f"</h1>\n{line}", 1)


def _ask_build(_app: Sphinx, config: Config) -> None:
    config.layerbook_pdf = config.layerbook_pdf or LINKS in os.environ


def register(app: Sphinx) -> None:
    """Add the line and the print style."""
    app.add_config_value("layerbook_pdf", False, "html", types=frozenset({bool}))
    app.connect("config-inited", _ask_build)
    app.connect("html-page-context", _offer)
    app.add_css_file("hand.css")
    app.add_js_file("hand.js", loading_method="defer")
