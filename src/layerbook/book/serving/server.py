"""The book's server: on this machine only, for pages of its own, with the buttons that open exercises.

A page of another site may not use it. Requests whose Host is another name are refused, so that a name
which is made to point at 127.0.0.1 leads nowhere. Opening an exercise is a POST, and its Origin must be the
book. The answer redirects to JupyterLab with its token; no page of the book holds it, and no other origin
may read the answer.
"""

import errno
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from layerbook.book.opener import PATH, served
from layerbook.errors import LayerbookError, UsageError

from .desk import Desk

HOST = "127.0.0.1"
_OUR_NAMES = ("127.0.0.1", "localhost")


class _Handler(SimpleHTTPRequestHandler):
    error_message_format = (
        '<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><title>%(message)s</title>'
        '<p style="font: 1rem/1.6 sans-serif; margin: 3rem; white-space: pre-line">'
        "%(message)s. %(explain)s</p>\n"
    )

    def __init__(self, *args: object, desk: Desk | None, directory: str) -> None:
        self.desk = desk
        super().__init__(*args, directory=directory)  # type: ignore[arg-type]

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing; the terminal is for the build."""

    def end_headers(self) -> None:
        """Forbid caching, so that a reload shows what was just built, and other sites' frames."""
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", "frame-ancestors 'self'")
        super().end_headers()

    def parse_request(self) -> bool:
        """Refuse what asks for another host, whatever it asks."""
        if not super().parse_request():
            return False
        if _is_ours(self.headers.get("Host", "")):
            return True
        self.send_error(HTTPStatus.MISDIRECTED_REQUEST, "This server answers as 127.0.0.1 or localhost only")
        return False

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """A file of the book; a page with its buttons, where there is a JupyterLab to open exercises in."""
        page = self._page()
        if page is None:
            return super().send_head()
        content = served(page.read_bytes())
        self._head(HTTPStatus.OK, content)
        return io.BytesIO(content)

    def _page(self) -> Path | None:
        path = Path(self.translate_path(self.path))
        if path.is_dir() and urlsplit(self.path).path.endswith("/"):
            path /= "index.html"
        return path if self.desk and path.suffix == ".html" and path.is_file() else None

    def do_POST(self) -> None:
        """Open an exercise, `/layerbook/open/NAME`, or one of its copies, `/layerbook/open/NAME/FOLDER`."""
        if self.headers.get("Origin") != f"http://{self.headers['Host']}":
            self.send_error(HTTPStatus.FORBIDDEN, "Only a page of the book may ask for this")
        elif self.desk is None or not self.path.startswith(PATH):
            self.send_error(HTTPStatus.NOT_FOUND)
        else:
            self._open(self.desk, *unquote(self.path).removeprefix(PATH).split("/", 1))

    def _open(self, desk: Desk, name: str, folder: str | None = None) -> None:
        try:
            answer = desk.open(name, folder)
        except UsageError as error:
            self.send_error(HTTPStatus.NOT_FOUND, explain=str(error))
        except (LayerbookError, OSError) as error:
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE, explain=str(error))
        else:
            if answer.page:
                content = answer.page.encode()
                self._head(HTTPStatus.OK, content)
                self.wfile.write(content)
            else:
                self._head(HTTPStatus.SEE_OTHER, b"", Location=answer.address)

    def _head(self, status: HTTPStatus, content: bytes, **more: str) -> None:
        self.send_response(status)
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(content)), **more}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


def _is_ours(host: str) -> bool:
    """Whether a request's Host is this machine's own; any port will do, for it may have been forwarded."""
    try:
        return urlsplit(f"//{host}").hostname in _OUR_NAMES
    except ValueError:
        return False


def refusal(port: int, option: str, error: OSError) -> LayerbookError:
    """What to tell the person whose `port` could not be had."""
    why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
    return LayerbookError(f"Port {port} {why}; choose another one with {option}.")


@contextmanager
def server(folder: Path, port: int, desk: Desk | None = None) -> Iterator[str]:
    """Serve `folder` on this machine only, and yield its address. Port 0 takes any free one.

    With a `desk`, pages have the buttons that open exercises.

    Raises LayerbookError if the port cannot be had.
    """
    handler = partial(_Handler, desk=desk, directory=str(folder))
    try:
        listening = ThreadingHTTPServer((HOST, port), handler)
    except OSError as error:
        raise refusal(port, "--port", error) from error
    poll = 0.05  # seconds until it notices that it should end
    thread = threading.Thread(target=listening.serve_forever, args=[poll], daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{listening.server_address[1]}/"
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
