"""What the book changes in the theme: its colour scheme before the first paint, its icon, a few templates."""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

HERE = Path(__file__).parent
# Before the first paint, so that nothing jumps: whether scripts run; the reader's scheme, which the theme
# would find out only when the page has been read; and the fonts of book.css, which would else be decoded
# when a line needs them.
_HEAD = """
(({ classList, dataset }) => {
  classList.add("lb-js");
  if (!["light", "dark"].includes(dataset.mode)) {
    dataset.mode = "auto";
    dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
})(document.documentElement);
for (const font of ["Main", "Math", "AMS", "Size1", "Size2", "Size3", "Size4"]) {
  document.fonts.load(`${font === "Math" ? "italic " : ""}1em KaTeX_${font}`);
}
document.fonts.load("bold 1em KaTeX_Main");
document.fonts.load("1em lb-korean", "\\uac00");
document.fonts.load("900 1em 'Font Awesome 6 Free'", "\\uf002");
"""


def _configure(_app: Sphinx, config: Config) -> None:
    config.templates_path.insert(0, str(HERE / "templates"))  # before those of the theme
    config.html_favicon = str(HERE / "static" / "favicon.svg")


def register(app: Sphinx) -> None:
    """Use the book's own templates, icon, styles of the page and first script."""
    app.connect("config-inited", _configure)
    app.add_css_file("page.css")
    app.add_js_file(None, body=_HEAD)
