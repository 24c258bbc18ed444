"""Every page of the real book, held by axe against the rules of accessibility, in both schemes and two widths."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from visits import DESKTOP, PHONE, read, reader

from browser import needs_chromium

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo"), needs_chromium]

# Axe leaves these rules out unless asked. Selectors of all that it looked at would take half of its time.
OPTIONS = {
    "rules": {"label-content-name-mismatch": {"enabled": True}, "target-size": {"enabled": True}},
    "resultTypes": ["violations"],
    "selectors": False,
}
TO_TOP = "scrollTo({ top: 0, behavior: 'instant' })"  # further down, the button that leads up covers others
# The theme lets the keyboard reach what can be scrolled, a moment after the window has changed.
ALL_REACHED = """() => [...document.querySelectorAll("pre, .pst-scrollable-table-container")]
  .every((one) => one.scrollWidth <= one.clientWidth || one.tabIndex === 0)"""


# Code has thousands of coloured words, in a few dozen looks: axe is given the first word of each look as it is,
# and the others without their colour.
ONE_OF_EACH_LOOK = """() => {
  const looks = new Set();
  for (const word of document.querySelectorAll("pre span")) {
    let look = word.closest("pre").parentElement.closest("[class]").className;
    for (let up = word; up.matches("pre *"); up = up.parentElement)
      look += ` ${up.tagName}.${up.className}[${up.getAttribute("style")}]`;
    word.dataset.seen = looks.has(look) ? "before" : "first";
    looks.add(look);
  }
  for (const word of document.querySelectorAll("[data-seen=before]")) word.replaceWith(...word.childNodes);
}"""


@pytest.mark.parametrize(("scheme", "sizes"), [("light", (DESKTOP, PHONE)), ("dark", (PHONE, DESKTOP))])
def test_axe_finds_nothing(
    browser: Browser, address: str, names: list[str], scheme: str, sizes: tuple[dict[str, int], ...]
) -> None:
    """One load a scheme; the second size by resizing. The phone's load also shows that nothing moves."""
    found, moved = [], {}
    with reader(browser, viewport=sizes[0], color_scheme=scheme) as page:
        for name in names:
            visit = read(page, address, name)
            moved |= {name: visit.moved()} if visit.moved() else {}
            assert page.locator("html").get_attribute("data-theme") == scheme
            page.evaluate(ONE_OF_EACH_LOOK)
            for size in sizes:
                page.set_viewport_size(size)
                page.wait_for_function(ALL_REACHED)
                page.evaluate(TO_TOP)
                found += [(name, size["width"], *one) for one in violations(page)]
            page.set_viewport_size(sizes[0])
    assert found == []
    assert moved == {}


def violations(page: Page) -> list[tuple[str, int, str]]:
    """Rule, number of places and the first place of each violation that axe finds."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [(one["id"], len(one["nodes"]), one["nodes"][0]["html"][:200]) for one in found]
