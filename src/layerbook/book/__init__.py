"""The book's Sphinx extension: quizzes, exercise cards, the ledger of the notes, local maths and styles.

Sphinx loads it by the name `layerbook.book`. Nothing here imports grading code.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

from . import cache, card, ledger_page, maths, notes, opener, previews, records, search, theme
from .download import hand, notebooks
from .finishing import finish
from .questions import quiz, quiz_html, review

STATIC = Path(__file__).parent / "static"
PARTS = (
    maths, cache, records, quiz_html, quiz, notes, ledger_page, card, opener, notebooks, hand, review, search,
    previews, theme, finish,
)  # fmt: skip


def setup(app: Sphinx) -> dict[str, object]:
    """Register every part of the extension with `app` and return Sphinx's extension metadata."""
    for part in PARTS:
        part.register(app)
    app.connect("config-inited", _add_static_folder)
    app.connect("build-finished", _forget_failed_environment)
    for sheet in ("layerbook.css", "previews.css"):
        app.add_css_file(sheet)
    for script in ("quiz.js", "frames.js", "previews.js", "keys.js"):
        app.add_js_file(script, loading_method="defer")
    return {"version": "1", "env_version": 2, "parallel_read_safe": True, "parallel_write_safe": False}


def _add_static_folder(_app: Sphinx, config: Config) -> None:
    config.html_static_path.append(str(STATIC))


def _forget_failed_environment(app: Sphinx, error: Exception | None) -> None:
    """Make a build that warned warn again.

    Sphinx keeps what it has read. A second build would skip the pages that are wrong and end well.
    """
    warned = app._warncount > 0
    if error or warned:
        (Path(app.doctreedir) / "environment.pickle").unlink(missing_ok=True)
