"""The book while one writes it or works with it: a server, JupyterLab, and a watch on the sources."""

import threading
import webbrowser
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from layerbook.book.build import build, site
from layerbook.errors import LayerbookError

from .copies import Copies
from .desk import Desk
from .lab import lab
from .server import server

WATCHED = ("_config.yml", "_toc.yml", "chapters", "exercises")


def snapshot(root: Path) -> dict[Path, int]:
    """The time of the last change of every watched file of the project at `root`."""
    times: dict[Path, int] = {}
    for start in (root / name for name in WATCHED):
        for file in start.rglob("*") if start.is_dir() else [start]:
            if file.is_file() and "__pycache__" not in file.parts:
                times[file] = file.stat().st_mtime_ns
    return times


def serve(
    root: Path,
    port: int = 8000,
    *,
    rebuild: Callable[[], object] | None = None,
    announce: Callable[[str], object] = print,
    stop: threading.Event | None = None,
    every: float = 1.0,
    work: Path | None = None,
    lab_port: int | None = None,
    open_page: bool = False,
) -> None:
    """Build the book of the project at `root`, serve it, and build again on each change, until `stop` is set.

    Args:
        root: the project's folder.
        port: on which it is served; 0 takes any free one.
        rebuild: builds the book; by default `build(root, root, quiet=True)`. What it raises as
            LayerbookError is announced, and watching goes on.
        announce: is given each line for the person, the addresses once the book is built.
        stop: ends the call; without it only an interrupt does. JupyterLab and its kernels end with it.
        every: seconds between two looks at the files.
        work: the folder of the learner's copies; with it a JupyterLab runs there, and cards open exercises.
        lab_port: on which JupyterLab is served; without it the first free one from 8888 on.
        open_page: open the book in the person's browser, once it is built.

    Raises:
        LayerbookError: if a port is taken, or JupyterLab does not start.
    """
    again = rebuild or partial(build, root, root, quiet=True)
    stop = stop or threading.Event()
    with ExitStack() as stack:
        desk = None
        if work is not None:
            started = stack.enter_context(lab(work, root / "_build" / "lab", lab_port))
            desk = Desk(started, Copies(work, root, root / "_build" / "release"))
        address = stack.enter_context(server(site(root), port, desk))
        announce("Building the book." if desk is None else "Building the book, starting JupyterLab.")
        seen = snapshot(root)
        announce(_outcome(again))
        announce(f"The book is at {address} (Ctrl+C ends this).")
        if desk is not None:
            announce(
                f"JupyterLab is at {desk.lab.address()} (for you alone: whoever has it can run code as you)."
            )
            announce(f"Your copies of the exercises are in {work}.")
            stack.callback(announce, "Ending JupyterLab.")
        if open_page:
            webbrowser.open(address)
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
