"""JupyterLab beside the book: a process of its own, on this machine only, for the learner's own copies.

What runs in it is the learner's own code with the learner's own rights, as in any Jupyter of theirs; they
trust themselves, and nothing here is a sandbox. What is guarded is the way in: a token that is made anew at
each start, lives in memory and in a folder that only this person can read, and is in no page of the book.
"""

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil

from layerbook.errors import LayerbookError

from .server import HOST, refusal

_PROCESS = Path(__file__).with_name("lab_process.py")
_FIRST_PORT = 8888  # Jupyter's own; the next free one is taken
_STARTS_WITHIN = 60.0  # seconds; two or three are usual, a cold disk takes longer
_ENDS_WITHIN = 10.0  # seconds until kernels that do not end by themselves are killed
_LAST_LINES = 5

# A learner validates; lists of courses and the formgrader need an exchange, and a teacher.
_SERVER_EXTENSIONS = {
    "jupyterlab": True,
    "nbgrader.server_extensions.validate_assignment": True,
    "nbgrader.server_extensions.assignment_list": False,
    "nbgrader.server_extensions.course_list": False,
    "nbgrader.server_extensions.formgrader": False,
    "jupyter_lsp": False,
    "jupyter_server_terminals": False,
    "jupyterlab_jupytext": False,
    "notebook": False,
    "notebook_shim": False,
}
_DISABLED_IN_THE_PAGE = (
    "@jupyter/nbgrader:assignment-list",
    "@jupyter/nbgrader:course-list",
    "@jupyter/nbgrader:create-assignment",
    "@jupyter/nbgrader:formgrader",
    "@jupyter/nbgrader:menu",  # of the four above
    "@jupyter-notebook/lab-extension",
    "@jupyterlab/apputils-extension:announcements",  # asks jupyter.org for news
    "@jupyterlab/extensionmanager-extension",  # asks pypi.org for extensions
    "@jupyterlab/fileeditor-extension:language-server",
    "@jupyterlab/lsp-extension",
    "@jupyterlab/notebook-extension:language-server",
    "@jupyterlab/terminal-extension",
    "jupyterlab-jupytext",
)


@dataclass(frozen=True)
class Lab:
    """A JupyterLab that has been started. It may still be on its way; `address` waits for it."""

    process: subprocess.Popen[bytes]
    private: Path  # what only this person may read: the log, and Jupyter's own note of address and token
    token: str

    def address(self, path: str = "") -> str:
        """The address that opens the file or folder `path` of the working folder, with the token.

        Raises LayerbookError if JupyterLab has ended or does not start.
        """
        start = f"{self._root()}lab" + (f"/tree/{quote(path)}" if path else "")
        return f"{start}?token={self.token}"

    def _root(self) -> str:
        note = self.private / f"jpserver-{self.process.pid}.json"
        end = time.monotonic() + _STARTS_WITHIN
        while self.process.poll() is None and time.monotonic() < end:
            if note.is_file() and (text := note.read_text("utf-8")):
                return str(json.loads(text)["url"])
            time.sleep(0.1)
        raise LayerbookError(
            f"JupyterLab {'has ended' if self.process.poll() is not None else 'does not start'}. "
            f"`layerbook serve --no-lab` serves the book without it. Its last words:\n{self._last_words()}"
        )

    def _last_words(self) -> str:
        lines = (self.private / "log").read_text("utf-8", "replace").replace(self.token, "...").splitlines()
        return "\n".join(lines[-_LAST_LINES:])


@contextmanager
def lab(work: Path, state: Path, port: int | None = None) -> Iterator[Lab]:
    """Start a JupyterLab whose root is the folder `work`, which is made if need be; it ends with the block.

    Args:
        work: the folder that holds the learner's copies.
        state: where the Lab keeps its settings; the person's own are neither read nor changed.
        port: on 127.0.0.1; without it the first free one from 8888 on.

    Raises:
        LayerbookError: if the port is taken.
    """
    if port is not None:
        _must_be_free(port)
    work, state = work.resolve(), state.resolve()  # the Lab works in another folder than this process
    work.mkdir(parents=True, exist_ok=True)
    config = _write_configuration(state / "config")
    with tempfile.TemporaryDirectory(prefix="layerbook-lab-", ignore_cleanup_errors=True) as scratch:
        private, token = Path(scratch), secrets.token_hex(24)
        with (private / "log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 (our own interpreter and arguments)
                [sys.executable, "-P", str(_PROCESS), *_arguments(work, port)],
                cwd=work,
                env=_environment(config, state / "data", private, token),
                stdin=subprocess.PIPE,  # closes when this process ends, however it ends
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl+C is for this process, which then ends the Lab
            )
        try:
            yield Lab(process, private, token)
        finally:
            _end(process)


def _must_be_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise refusal(port, "--lab-port", error) from error


def _arguments(work: Path, port: int | None) -> list[str]:
    return [
        f"--ServerApp.ip={HOST}",
        f"--ServerApp.port={_FIRST_PORT if port is None else port}",
        f"--ServerApp.port_retries={50 if port is None else 0}",
        f"--ServerApp.root_dir={work}",
        "--ServerApp.open_browser=False",
        "--ServerApp.allow_root=True",  # as the person has started this program
        "--ServerApp.quit_button=False",
        "--ServerApp.terminals_enabled=False",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=",
        "--LabApp.extension_manager=readonly",
    ]


def _write_configuration(folder: Path) -> Path:
    """Say which extensions run, where Jupyter looks first."""
    texts = {
        "jupyter_server_config.json": {"ServerApp": {"jpserver_extensions": _SERVER_EXTENSIONS}},
        "labconfig/page_config.json": {"disabledExtensions": dict.fromkeys(_DISABLED_IN_THE_PAGE, True)},
    }
    for name, content in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(content, indent=2), "utf-8")
    return folder


def _environment(config: Path, data: Path, private: Path, token: str) -> dict[str, str]:
    """The person's environment with Jupyter's part replaced.

    The token is here and not among the arguments, which every user of the machine can see.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "JPY_"))}
    return kept | {
        "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTER_CONFIG_PATH": str(config),
        "JUPYTER_DATA_DIR": str(data),
        "JUPYTER_RUNTIME_DIR": str(private),
        "JUPYTER_TOKEN": token,
    }


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the Lab and its kernels: by a request first, then by force."""
    try:
        family = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        family = []
    process.terminate()
    try:
        process.wait(_ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin:
        process.stdin.close()
    for left in psutil.wait_procs(family, timeout=1)[1]:
        left.kill()
