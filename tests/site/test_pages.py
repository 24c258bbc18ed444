"""Every page of the real book: complete in itself, light, open to everybody."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from playwright.sync_api import Browser
from visits import BELOW, DESKTOP, Visit, read, reader

from browser import needs_chromium

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo"), needs_chromium]

FIRST_BYTES, NEXT_BYTES, REQUESTS = 700_000, 100_000, 20
CHAPTER = "chapters/convolution.html"


@pytest.fixture(scope="module")
def visits(browser: Browser, address: str, names: list[str]) -> list[tuple[Visit, Visit]]:
    """Each page in a new browser, and after it in the same browser the next one."""
    pairs = []
    for first, second in zip(names, names[1:] + names[:1], strict=True):
        with reader(browser, viewport=DESKTOP) as page:
            pairs.append((read(page, address, first), read(page, address, second)))
    return pairs


@pytest.fixture(scope="module")
def table(visits: list[tuple[Visit, Visit]]) -> str:
    """Requests and bytes of every page."""
    lines = [f"{'page':44} {'first visit':>15} {'to the end':>15} {'as next page':>15} {'to the end':>15}"]
    nexts = {after.page: after for _, after in visits}
    for first, _ in visits:
        counts = (first.at_load, first.total(), nexts[first.page].at_load, nexts[first.page].total())
        lines.append(f"{first.page:44}" + "".join(f"{number:>6}{size:>10,}" for number, size in counts))
    return "\n".join(lines)


def test_no_page_asks_another_host(visits: list[tuple[Visit, Visit]], address: str) -> None:
    asked = {url for pair in visits for visit in pair for url in visit.requests.values()}
    assert len(asked) > 50
    assert [url for url in asked if not url.startswith(f"{address}/")] == []


def test_the_console_stays_empty(visits: list[tuple[Visit, Visit]]) -> None:
    assert {visit.page: visit.complaints for pair in visits for visit in pair if visit.complaints} == {}


def test_no_link_and_no_anchor_is_broken(visits: list[tuple[Visit, Visit]], address: str, site: Path) -> None:
    ids = {f"{address}/{visit.page}": visit.ids for visit, _ in visits}
    broken = set()
    for visit, _ in visits:
        for link in visit.links:
            url, anchor = urldefrag(link)
            if not url.startswith(address.rpartition(BELOW)[0]):
                continue
            file = site / unquote(url.removeprefix(f"{address}/"))
            if not file.is_file() or (anchor and url in ids and unquote(anchor) not in ids[url]):
                broken.add((visit.page, link))
    assert sum(len(visit.links) for visit, _ in visits) > 300
    assert broken == set()


def test_a_first_visit_is_light(
    visits: list[tuple[Visit, Visit]], table: str, keep_table: Callable[[str, str], None]
) -> None:
    keep_table("requests and bytes of each page", table)
    for visit, _ in visits:
        assert visit.at_load[0] <= REQUESTS, (visit.page, visit.requests.values(), table)
        assert visit.total()[1] < FIRST_BYTES, (visit.page, table)


def test_the_next_page_is_lighter(visits: list[tuple[Visit, Visit]], table: str) -> None:
    for _, visit in visits:
        assert visit.at_load[1] < NEXT_BYTES, (visit.page, table)


def test_nothing_moves_while_a_page_loads_or_is_read(visits: list[tuple[Visit, Visit]]) -> None:
    assert {visit.page: visit.moved() for pair in visits for visit in pair if visit.moved()} == {}


def test_every_page_opens_from_a_file(browser: Browser, site: Path, names: list[str]) -> None:
    with reader(browser, viewport=DESKTOP) as page:
        visits = [read(page, site.as_uri(), name) for name in names]
    assert {visit.page: visit.complaints for visit in visits if visit.complaints} == {}
    asked = {url for visit in visits for url in visit.requests.values()}
    assert [url for url in asked if not url.startswith(f"{site.as_uri()}/")] == []
