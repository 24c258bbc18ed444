"""`layerbook serve` as a learner meets it: from the page to the exercise in JupyterLab, to *Validate*, to Ctrl+C."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Request, WebSocket, expect

from browser import needs_chromium

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo"), needs_chromium]

# The command itself, with a book that is built already, and Ctrl+C as in a terminal: a shell's job may ignore it.
PROGRAM = """
import signal
from layerbook import cli
signal.signal(signal.SIGINT, signal.default_int_handler)
cli._build = lambda *_, **__: None
cli.main()
"""
CHAPTER = "chapters/embedding-layer.html"
SOON = 30_000  # milliseconds: a kernel starts, a notebook runs
UNFINISHED = "embedding_forward is not written yet"


@dataclass
class Serving:
    """A running `layerbook serve` and what it has said until the book was there."""

    process: subprocess.Popen[str]
    said: str

    def address(self, words: str) -> str:
        """The address on the line that begins with `words`."""
        found = re.search(rf"^{words} (http://127\.0\.0\.1:\d+/\S*)", self.said, flags=re.MULTILINE)
        assert found, self.said
        return found.group(1)

    @property
    def chapter(self) -> str:
        return self.address("The book is at") + CHAPTER

    def family(self) -> list[psutil.Process]:
        """The command's process and all below it."""
        own = psutil.Process(self.process.pid)
        return [own, *own.children(recursive=True)]

    def end(self, number: int) -> str:
        """Send a signal, and return what is said after it."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=30)[0]


@contextmanager
def serving(
    root: Path, work: Path, *options: str, last: str = "Your copies", before: tuple[str, ...] = ()
) -> Iterator[Serving]:
    """The command, once it has said a line that begins with `last`. It is gone when the block ends."""
    command = [*before, sys.executable, "-c", PROGRAM, "serve", "--port", "0", "--work", str(work), *options]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            said = ""
            for line in process.stdout:
                said += line
                if line.startswith(last):
                    break
            yield Serving(process, said)
        finally:
            process.kill()  # JupyterLab ends by itself then


@pytest.fixture(scope="module")
def served(book_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(book_root, tmp_path_factory.mktemp("learner") / "work") as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context() as context:
        context.set_default_timeout(SOON)
        yield context


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 380])
def test_the_button_is_accessible(served: Serving, page: Page, theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(served.chapter)
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    result = Axe().run(page, context=".lb-card")
    assert result.response["passes"]
    assert result.response["violations"] == []
    card = page.locator(".lb-card").bounding_box()
    button = page.get_by_role("button", name="Open this exercise").bounding_box()
    assert card
    assert button
    assert card["x"] < button["x"]
    assert button["x"] + button["width"] < card["x"] + card["width"] <= width


def test_no_page_shows_the_token(served: Serving, site: Path, page: Page) -> None:
    token = urlsplit(served.address("JupyterLab is at")).query.removeprefix("token=")
    assert len(token) >= 32
    page.goto(served.chapter)
    expect(page.get_by_role("button", name="Open this exercise")).to_be_visible()
    assert token not in page.content()
    built = [path for path in site.rglob("*") if path.suffix in (".html", ".js", ".json")]
    assert [path for path in built if token in path.read_text("utf-8")] == []


def test_a_page_that_is_opened_otherwise_has_downloads_and_no_button(site: Path, page: Page) -> None:
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.goto((site / CHAPTER).as_uri())
    expect(page.locator(".lb-card").get_by_role("link")).to_have_text(["Notebook", "Everything in one zip"])
    assert page.locator(".lb-card button").count() == 0
    assert failed == []


def test_from_the_page_to_the_lab_and_back_to_nothing(
    book_root: Path, tmp_path: Path, context: BrowserContext
) -> None:
    asked = addresses_asked(context)
    page = context.new_page()
    with serving(book_root, tmp_path / "work") as running:
        page.goto(running.chapter)
        page.get_by_role("button", name="Open this exercise").focus()
        with page.expect_popup() as opened:
            page.keyboard.press("Enter")
        run_the_notebook(opened.value)
        validate(opened.value)
        assert {urlsplit(address).hostname for address in asked} == {"127.0.0.1"}
        assert any(address.startswith("ws:") for address in asked)
        family = running.family()
        assert any("ipykernel" in " ".join(process.cmdline()) for process in family)
        assert running.end(signal.SIGINT) == "Ending JupyterLab.\n"
        assert running.process.returncode == 0
        assert [process for process in family if process.is_running()] == []
    saved = (tmp_path / "work" / "embedding" / "embedding.ipynb").read_text("utf-8")
    assert UNFINISHED in saved


def addresses_asked(context: BrowserContext) -> list[str]:
    """A list that fills with what pages of `context` ask for; what a page makes itself is not asked for."""
    asked: list[str] = []

    def note(asking: Request | WebSocket) -> None:
        if not asking.url.startswith(("data:", "blob:")):
            asked.append(asking.url)

    context.on("request", note)
    context.on("page", lambda page: page.on("websocket", note))
    return asked


def run_the_notebook(lab: Page) -> None:
    lab.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    lab.get_by_role("menuitem", name="Run", exact=True).click()
    lab.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    lab.locator(".jp-OutputArea-output").filter(has_text=UNFINISHED).first.wait_for()


def validate(lab: Page) -> None:
    lab.get_by_role("button", name="Validate").click()
    answer = lab.get_by_role("dialog")
    expect(answer).to_contain_text("Validation Results", timeout=SOON)
    expect(answer).to_contain_text("The following cell failed:")
    expect(answer).to_contain_text(UNFINISHED)
    answer.get_by_role("button", name="Ok").click()
    expect(answer).to_have_count(0)


def test_the_book_alone(book_root: Path, tmp_path: Path, page: Page) -> None:
    with serving(book_root, tmp_path / "work", "--no-lab", last="The book is at") as running:
        page.goto(running.chapter)
        expect(page.locator(".lb-card").get_by_role("link")).to_have_count(2)
        assert page.get_by_role("button", name="Open this exercise").count() == 0
        assert len(running.family()) == 1
        assert "JupyterLab" not in running.said + running.end(signal.SIGTERM)
        assert running.process.returncode == 0
    assert not (tmp_path / "work").exists()


def test_with_nohup_it_outlives_its_terminal(book_root: Path, tmp_path: Path, page: Page) -> None:
    alone = serving(book_root, tmp_path, "--no-lab", last="The book is at", before=("nohup",))
    with alone as running:
        running.process.send_signal(signal.SIGHUP)
        page.goto(running.chapter)
        running.end(signal.SIGTERM)
        assert running.process.returncode == 0
