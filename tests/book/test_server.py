"""The book's server: who may ask, what the button's answer is, and where JupyterLab's token is not."""

import http.client
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from fixture_book import Book

from layerbook.book.opener import served
from layerbook.book.serving.desk import Answer
from layerbook.book.serving.server import server
from layerbook.errors import LayerbookError, UsageError

TOKEN = "a-token"
PAGE = (
    '<p>Text</p><template class="lb-served"><form action="/layerbook/open/tiny"></form></template><p>More</p>'
)


@dataclass
class FakeDesk:
    opened: list[tuple[str, str | None]] = field(default_factory=list)
    problem: Exception | None = None

    def open(self, name: str, folder: str | None = None) -> Answer:
        self.opened.append((name, folder))
        if self.problem:
            raise self.problem
        return Answer(page="Which copy?") if name == "several" else Answer(f"http://lab/?token={TOKEN}")


@dataclass
class Asked:
    status: int
    text: str
    headers: http.client.HTTPMessage


@dataclass
class Client:
    address: str
    desk: FakeDesk | None

    def ask(self, method: str, path: str, **headers: str) -> Asked:
        """Ask as a program would that can write any header; `Host=""` leaves it out."""
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=20)
        try:
            connection.putrequest(method, path, skip_host=True)
            for name, value in ({"Host": urlsplit(self.address).netloc} | headers).items():
                if value:
                    connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            return Asked(answer.status, answer.read().decode(), answer.headers)
        finally:
            connection.close()

    def press(self, path: str = "/layerbook/open/tiny", **headers: str) -> Asked:
        """Press a button on a page of the book."""
        return self.ask("POST", path, **({"Origin": self.address.rstrip("/")} | headers))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    (tmp_path / "index.html").write_text(PAGE, "utf-8")
    return tmp_path


@pytest.fixture
def client(folder: Path) -> Iterator[Client]:
    desk = FakeDesk()
    with server(folder, 0, desk) as address:  # type: ignore[arg-type]
        yield Client(address, desk)


def test_a_page_has_its_button_only_where_there_is_a_lab(client: Client, folder: Path) -> None:
    for path in ("/page.html", "/", "/page.html?q=1"):
        assert client.ask("GET", path).text == (
            '<p>Text</p><form action="/layerbook/open/tiny"></form><p>More</p>'
        )
    with server(folder, 0) as address:
        without = Client(address, None)
        assert without.ask("GET", "/page.html").text == PAGE
        assert without.press().status == 404


def test_the_built_page_keeps_the_button_in_a_template(book: Book) -> None:
    built = (book.root / "_build" / "html" / "pieces.html").read_bytes()
    assert book.page("pieces").select(".lb-card button") == []
    shown = BeautifulSoup(served(built), "html.parser")
    (button,) = shown.select('.lb-card > form[method="post"][action="/layerbook/open/tiny"] > button')
    assert button.get_text() == "Open this exercise"


def test_the_button_leads_to_the_lab(client: Client) -> None:
    answer = client.press()
    assert answer.status == 303
    assert answer.headers["Location"] == f"http://lab/?token={TOKEN}"
    assert client.press("/layerbook/open/several").text == "Which copy?"
    client.press("/layerbook/open/tiny/tiny%2D2")
    assert client.desk
    assert client.desk.opened == [("tiny", None), ("several", None), ("tiny", "tiny-2")]


def test_no_page_holds_the_token_and_no_other_origin_may_read(client: Client) -> None:
    for answer in (client.ask("GET", "/page.html"), client.press(), client.press("/layerbook/open/several")):
        assert TOKEN not in answer.text
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
        assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'self'"
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "", "[", "0.0.0.0"]
)
def test_a_request_for_another_host_is_refused(client: Client, host: str) -> None:
    for method in ("GET", "HEAD", "POST"):
        answer = client.ask(method, "/page.html", Host=host, Origin=f"http://{host}")
        assert answer.status == 421, method
        assert "More" not in answer.text
    assert client.press(Host=host, Origin=f"http://{host}").status == 421
    assert client.desk
    assert client.desk.opened == []


def test_both_names_of_this_machine_will_do_at_any_port(client: Client) -> None:
    for host in ("127.0.0.1", "localhost", "localhost:9000"):
        assert client.ask("GET", "/page.html", Host=host).status == 200
        assert client.press(Host=host, Origin=f"http://{host}").status == 303


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "", "https://{host}", "http://127.0.0.1:1"]
)
def test_only_a_page_of_the_book_may_open_an_exercise(client: Client, origin: str) -> None:
    answer = client.press(Origin=origin.format(host=urlsplit(client.address).netloc))
    assert answer.status == 403
    assert "Location" not in answer.headers
    assert client.desk
    assert client.desk.opened == []


def test_a_link_or_an_image_elsewhere_opens_nothing(client: Client) -> None:
    assert client.ask("GET", "/layerbook/open/tiny").status == 404
    assert client.desk
    assert client.desk.opened == []


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (UsageError("There is no exercise called <b>."), 404),
        (LayerbookError("JupyterLab has ended."), 503),
        (OSError(28, "No space left on device"), 503),
    ],
)
def test_what_goes_wrong_is_said_on_a_page(client: Client, problem: Exception, status: int) -> None:
    assert client.desk
    client.desk.problem = problem
    answer = client.press()
    assert answer.status == status
    assert str(problem).replace("<b>", "&lt;b&gt;") in answer.text
    assert "<b>" not in answer.text
