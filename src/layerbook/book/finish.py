"""The last step of a build: makes the finished pages light, whatever theme and extensions put into them."""

from pathlib import Path

from sphinx.application import Sphinx

from .assets import Assets
from .images import tidy


def finish(site: Path) -> None:
    """Rewrite every page of the built book at `site`; a page that was rewritten before stays as it is."""
    assets = Assets(site)
    for file in sorted(site.rglob("*.html")):
        if "_static" in file.relative_to(site).parts:
            continue
        page = file.read_text("utf-8")
        made = tidy(assets.use_in(page), file, site)
        if made != page:
            file.write_text(made, "utf-8")


def _finish(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        finish(Path(app.outdir))


def register(app: Sphinx) -> None:
    """Finish the pages at the end of a build."""
    app.connect("build-finished", _finish)
