"""Reading the book while writing it: a local server that builds again whenever a source changes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from layerbook.errors import LayerbookError

from .build import build, site

HOST = "127.0.0.1"
WATCHED = ("_config.yml", "_toc.yml", "chapters", "exercises")


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing; the terminal is for the build."""

    def end_headers(self) -> None:
        """Forbid caching, so that a reload shows what was just built."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()


def snapshot(root: Path) -> dict[Path, int]:
    """The time of the last change of every watched file of the project at `root`."""
    times: dict[Path, int] = {}
    for start in (root / name for name in WATCHED):
        for file in start.rglob("*") if start.is_dir() else [start]:
            if file.is_file() and "__pycache__" not in file.parts:
                times[file] = file.stat().st_mtime_ns
    return times


@contextmanager
def server(folder: Path, port: int) -> Iterator[str]:
    """Serve `folder` on this machine only, and yield its address. Port 0 takes any free one.

    Raises LayerbookError if the port is taken.
    """
    try:
        listening = ThreadingHTTPServer((HOST, port), partial(_QuietHandler, directory=str(folder)))
    except OSError as error:
        raise LayerbookError(f"Port {port} is taken; choose another one with --port.") from error
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{listening.server_address[1]}/"
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


def serve(
    root: Path,
    port: int = 8000,
    *,
    rebuild: Callable[[], object] | None = None,
    announce: Callable[[str], object] = print,
    stop: threading.Event | None = None,
    every: float = 1.0,
) -> None:
    """Build the book of the project at `root`, serve it, and build again on each change, until `stop` is set.

    Args:
        root: the project's folder.
        port: on which it is served; 0 takes any free one.
        rebuild: builds the book; by default `build(root, root, quiet=True)`. What it raises as
            LayerbookError is announced, and watching goes on.
        announce: is given each line for the person, the address once the book is built.
        stop: ends the call; without it only an interrupt does.
        every: seconds between two looks at the files.

    Raises:
        LayerbookError: if the port is taken.
    """
    again = rebuild or partial(build, root, root, quiet=True)
    stop = stop or threading.Event()
    with server(site(root), port) as address:
        announce("Building the book.")
        seen = snapshot(root)
        announce(_outcome(again))
        announce(f"The book is at {address} (Ctrl+C ends this).")
        while not stop.wait(every):
            now = snapshot(root)
            if now != seen:
                seen = now
                announce(_outcome(again))


def _outcome(rebuild: Callable[[], object]) -> str:
    try:
        rebuild()
    except LayerbookError as error:
        return str(error)
    return "Built."
