"""The real book, served as a reader meets it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from visits import BELOW, UsualServer

from browser import serving


@pytest.fixture(scope="module")
def names(site: Path) -> list[str]:
    """All pages, as paths below the site, in the order of the book; the one that only leads on is not a page."""
    pages = sorted(
        path.relative_to(site).as_posix() for path in site.rglob("*.html") if "_static" not in path.parts
    )
    return [name for name in pages if 'http-equiv="Refresh"' not in (site / name).read_text("utf-8")]


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with serving(site, UsualServer) as address:
        yield f"{address}{BELOW}"
