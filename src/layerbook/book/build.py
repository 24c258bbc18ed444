"""Building the book, strictly: any warning is a failure, the second time as well as the first."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from layerbook.errors import LayerbookError

from .download import pdf

_PROGRAM = "from jupyter_book.cli.main import main; main()"
_PROBLEM = re.compile(r"\b(WARNING|ERROR|CRITICAL|SEVERE):|^[\w.]*(Error|Exception): ")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_LAST_LINES = 15


def site(output: Path) -> Path:
    """The folder of the finished HTML pages for a build into `output`."""
    return output / "_build" / "html"


def build(root: Path, output: Path, *, quiet: bool = False, pdf_links: bool | None = None) -> Path:
    """Build the book of the project at `root` and return the folder of its pages, `output/_build/html`.

    Args:
        root: the folder that holds `_config.yml` and `_toc.yml`.
        output: where `_build` goes; usually `root` itself.
        quiet: do not show the progress of the build.
        pdf_links: whether each chapter links to its PDF, which is made later; None if those of an earlier
            build are there.

    Raises:
        LayerbookError: with the warnings of the build, one a line, and their places.
    """
    if not (root / "_config.yml").is_file():
        raise LayerbookError(f"{root} has no _config.yml; run this in the folder of the book.")
    command = [sys.executable, "-c", _PROGRAM, "build", "-W", "--keep-going"]
    command += ["--path-output", str(output.absolute()), *(["-q"] if quiet else []), str(root.absolute())]
    if pdf_links is None:
        pdf_links = any((site(output) / pdf.FOLDER).glob("*.pdf"))
    settings = {"MPLCONFIGDIR": str(_list_of_fonts(output))} | ({pdf.LINKS: "yes"} if pdf_links else {})
    status, log = _run(command, quiet=quiet, settings=settings)
    if status:
        raise LayerbookError(f"The book does not build.\n{problems(log, root)}")
    return site(output)


def _list_of_fonts(output: Path) -> Path:
    """The folder with matplotlib's list of this machine's fonts, made now if it is missing.

    A chapter that had to make it itself would be told so on stderr, which fails the build, and so would every
    chapter that finds another program's list out of date.
    """
    folder = output.absolute() / "_build" / "matplotlib"
    if not any(folder.glob("fontlist-*.json")):
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [sys.executable, "-c", "import matplotlib.font_manager"],
            env=os.environ | {"MPLCONFIGDIR": str(folder)},
            stderr=subprocess.DEVNULL,
            check=True,
        )
    return folder


def _run(command: list[str], *, quiet: bool, settings: dict[str, str]) -> tuple[int, str]:
    """Run `command` with `settings` in its environment; return its status and what it wrote to stderr.

    A file takes stderr: on a pipe one would wait for a process that the build left behind.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        result = subprocess.run(  # noqa: S603 (our own interpreter and arguments)
            command,
            env=os.environ | {"NO_COLOR": "1", "PYTHONUTF8": "1"} | settings,
            stdout=subprocess.DEVNULL if quiet else None,
            stderr=log,
            check=False,
        )
        log.seek(0)
        return result.returncode, log.read()


def problems(log: str, root: Path) -> str:
    """The lines of a build's `log` that say what is wrong, with paths relative to `root`.

    If no line is a warning or an error, the last lines of the log.
    """
    lines = _COLOUR.sub("", log).replace(f"{root.absolute()}{os.sep}", "").splitlines()
    found = list(dict.fromkeys(line for line in lines if _PROBLEM.search(line)))
    return "\n".join(found or [line for line in lines if line.strip()][-_LAST_LINES:])
