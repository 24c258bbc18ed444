"""Every page of the real book, held by axe against the rules of accessibility, in both schemes and two widths."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from visits import DESKTOP, PHONE, read, reader

from browser import needs_chromium

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages"), needs_chromium]

# Axe leaves these rules out unless asked. Selectors of all that it looked at would take half of its time.
OPTIONS = {
    "rules": {"label-content-name-mismatch": {"enabled": True}, "target-size": {"enabled": True}},
    "resultTypes": ["violations"],
    "selectors": False,
}
# The theme lets the keyboard reach what can be scrolled, a moment after the window has changed.
ALL_REACHED = """() => [...document.querySelectorAll("pre, .pst-scrollable-table-container")]
  .every((one) => one.scrollWidth <= one.clientWidth || one.tabIndex === 0)"""


@pytest.mark.parametrize(("scheme", "sizes"), [("light", (DESKTOP, PHONE)), ("dark", (PHONE, DESKTOP))])
def test_axe_finds_nothing(
    browser: Browser, address: str, names: list[str], scheme: str, sizes: tuple[dict[str, int], ...]
) -> None:
    """One load a scheme; the second size by resizing. The phone's load also shows that nothing moves."""
    found, moved = [], {}
    with reader(browser, viewport=sizes[0], color_scheme=scheme) as page:
        for name in names:
            visit = read(page, address, name)
            moved |= {name: visit.shifts} if visit.shifts else {}
            assert page.locator("html").get_attribute("data-theme") == scheme
            for size in sizes:
                page.set_viewport_size(size)
                page.wait_for_function(ALL_REACHED)
                page.evaluate(
                    "scrollTo({ top: 0, behavior: 'instant' })"
                )  # the button that leads up covers others
                found += [(name, size["width"], *one) for one in violations(page)]
            page.set_viewport_size(sizes[0])
    assert found == []
    assert moved == {}


def violations(page: Page) -> list[tuple[str, int, str]]:
    """Rule, number of places and the first place of each violation that axe finds."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [(one["id"], len(one["nodes"]), one["nodes"][0]["html"][:200]) for one in found]
