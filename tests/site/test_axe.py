"""Every page of the real book, held by axe against the rules of accessibility, in both schemes and two widths."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from visits import DESKTOP, PHONE, read, reader

from browser import needs_chromium

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo"), needs_chromium]

# Axe leaves these rules out unless asked. Selectors of all that it looked at would take half of its time.
CONTRAST = "color-contrast"
OPTIONS = {
    "rules": {"label-content-name-mismatch": {"enabled": True}, "target-size": {"enabled": True}},
    "resultTypes": ["violations"],
    "selectors": False,
}
TO_TOP = "scrollTo({ top: 0, behavior: 'instant' })"  # further down, the button that leads up covers others
# The theme lets the keyboard reach what can be scrolled, a moment after the window has changed.
ALL_REACHED = """() => [...document.querySelectorAll("pre, .pst-scrollable-table-container")]
  .every((one) => one.scrollWidth <= one.clientWidth || one.tabIndex === 0)"""


@pytest.mark.parametrize(("scheme", "sizes"), [("light", (DESKTOP, PHONE)), ("dark", (PHONE, DESKTOP))])
def test_axe_finds_nothing(
    browser: Browser, address: str, names: list[str], scheme: str, sizes: tuple[dict[str, int], ...]
) -> None:
    """One load a scheme; the second size by resizing. The phone's load also shows that nothing moves.

    Contrast takes most of the time: it is measured at the size of the load, and at the other one outside code,
    which has the same colours at every size.
    """
    found, moved = [], {}
    with reader(browser, viewport=sizes[0], color_scheme=scheme) as page:
        for name in names:
            visit = read(page, address, name)
            moved |= {name: visit.moved()} if visit.moved() else {}
            assert page.locator("html").get_attribute("data-theme") == scheme
            for size in sizes:
                page.set_viewport_size(size)
                page.wait_for_function(ALL_REACHED)
                page.evaluate(TO_TOP)
                found += [(name, size["width"], *one) for one in violations(page, again=size != sizes[0])]
            page.set_viewport_size(sizes[0])
    assert found == []
    assert moved == {}


def violations(page: Page, *, again: bool) -> list[tuple[str, int, str]]:
    """Rule, number of places and the first place of each violation that axe finds."""
    if again:
        rest = {**OPTIONS, "rules": OPTIONS["rules"] | {CONTRAST: {"enabled": False}}}
        contrast = {"resultTypes": ["violations"], "selectors": False, "runOnly": [CONTRAST]}
        results = [Axe().run(page, options=rest), Axe().run(page, {"exclude": ["pre"]}, contrast)]
    else:
        results = [Axe().run(page, options=OPTIONS)]
    found = [one for result in results for one in result.response["violations"]]
    return [(one["id"], len(one["nodes"]), one["nodes"][0]["html"][:200]) for one in found]
