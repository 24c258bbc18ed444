"""Reading a page as a browser does for the first time, or after another one: what it asks for, weighs and moves."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Error, Page

from browser import QuietHandler

BELOW = "/some/sub/path"  # where the server has the book
COMPRESSED = (".html", ".css", ".js", ".svg", ".json", ".txt", ".ipynb")
SEEN = 0.01  # a tenth of what https://web.dev/articles/cls calls good
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 380, "height": 760}
WATCH_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  const loaded = performance.getEntriesByType("navigation")[0].loadEventEnd;
  if (!entry.hadRecentInput) window.shifts.push({
    value: entry.value,
    after: loaded > 0 && entry.startTime > loaded,
    what: entry.sources.map(
      ({ node }) => node?.nodeType === 1 ? node.outerHTML.slice(0, 120) : node?.textContent),
  });
})).observe({ type: "layout-shift", buffered: true });
"""
SCROLL = """async () => {
  for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
    scrollTo({ top: y, behavior: "instant" });
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  }
  await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
}"""
LINKS = "() => [...document.links].map((link) => link.href)"
IDS = "() => [...document.querySelectorAll('[id]')].map((one) => one.id)"


@cache
def packed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), 6) if file.suffix in COMPRESSED else file.read_bytes()


class UsualServer(QuietHandler):
    """A server as a book meets it: below a path of its own, text compressed, and what it sends may be kept."""

    def do_GET(self) -> None:  # noqa: N802 (the name is the library's)
        path = self.path.partition("?")[0]
        file = Path(self.directory) / path.removeprefix(f"{BELOW}/")
        if not path.startswith(f"{BELOW}/") or not file.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Length", str(len(packed(file))))
        self.send_header("Cache-Control", "max-age=3600")
        if file.suffix in COMPRESSED:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(packed(file))


@dataclass
class Visit:
    """One page read once. Sizes are bytes on the wire, headers included; what came from the cache counts nothing."""

    page: str
    requests: dict[str, str] = field(default_factory=dict)  # number -> address
    sizes: dict[str, int] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    at_load: tuple[int, int] = (0, 0)  # requests and bytes before the reader scrolls
    shifts: list[dict[str, Any]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    def moved(self) -> list[dict[str, Any]]:
        """What moved after the load; or before it, while rows and fonts arrived, so far that a reader sees it."""
        before = [shift for shift in self.shifts if not shift["after"]]
        after = [shift for shift in self.shifts if shift["after"]]
        return after + (before if sum(shift["value"] for shift in before) >= SEEN else [])

    def total(self) -> tuple[int, int]:
        return len(self.sizes), sum(self.sizes.values())

    def sent(self, event: dict[str, Any]) -> None:
        if not event["request"]["url"].startswith("data:"):
            self.requests[event["requestId"]] = event["request"]["url"]

    def loaded(self, event: dict[str, Any]) -> None:
        number, size = event["requestId"], int(event["encodedDataLength"])
        if number in self.requests and size:
            self.sizes[number] = size

    def said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def failed(self, error: Error) -> None:
        self.complaints.append(str(error))


@contextmanager
def reader(browser: Browser, **options: Any) -> Iterator[Page]:
    """A new person's browser, with nothing in its cache."""
    with browser.new_context(**options) as context:
        context.add_init_script(WATCH_SHIFTS)
        page = context.new_page()
        page.set_default_timeout(20_000)
        yield page


def read(page: Page, address: str, name: str) -> Visit:
    """Open a page, wait for all that it asks for, then scroll to its end."""
    visit = Visit(name)
    with _watched(page, visit):
        page.goto(f"{address}/{name}", wait_until="networkidle")
        visit.at_load = visit.total()
        page.evaluate(SCROLL)
        visit.shifts, visit.links = page.evaluate("() => window.shifts"), page.evaluate(LINKS)
        visit.ids = set(page.evaluate(IDS))
    return visit


@contextmanager
def _watched(page: Page, visit: Visit) -> Iterator[None]:
    """Write down what the page asks for and what the browser complains of."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.requestWillBeSent", visit.sent)
    session.on("Network.loadingFinished", visit.loaded)
    page.on("console", visit.said)
    page.on("pageerror", visit.failed)
    try:
        yield
    finally:
        page.remove_listener("console", visit.said)
        page.remove_listener("pageerror", visit.failed)
        session.detach()
