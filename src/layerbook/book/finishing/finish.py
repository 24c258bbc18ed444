"""The last step of a build: makes the pages light and usable, whatever theme and extensions put into them."""

from pathlib import Path

from sphinx.application import Sphinx

from layerbook.book.questions.review_html import FOLDER as REVIEW

from .assets import Assets
from .images import forget_unused, tidy
from .markup import usable


def finish(site: Path) -> None:
    """Rewrite every page of the built book at `site`; a page that was rewritten before stays as it is."""
    assets = Assets(site)
    pages = {}
    for file in sorted(site.rglob("*.html")):
        if "_static" in file.relative_to(site).parts:
            continue
        page = file.read_text("utf-8")
        made = usable(tidy(assets.use_in(page), file, site))
        pages[file] = made
        if made != page:
            file.write_text(made, "utf-8")
    questions = [script.read_text("utf-8") for script in (site / REVIEW).glob("*.js")]  # with pictures, too
    forget_unused(site, [*pages.values(), *questions])


def _finish(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        finish(Path(app.outdir))


def register(app: Sphinx) -> None:
    """Finish the pages at the end of a build, after the theme has written its last files."""
    app.connect("build-finished", _finish, priority=900)
