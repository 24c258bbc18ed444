"""A container for stock nbgrader and for the hostile code that it runs, so that this machine comes to no harm.

It has no network, a read-only system and one folder to write in. Source: the manual page bwrap(1).
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import psutil
from attack import resident

from layerbook.engine import sandbox

INSIDE = Path(__file__).with_name("stock_inside.py")
MOST_SECONDS, MOST_PROCESSES, MOST_MEMORY, MOST_FILES = 120, 100, 3_000_000_000, 500_000_000
SMALL = ("--size", "200000000", "--tmpfs")  # a folder in memory
VARIABLES = {
    "HOME": "/tmp/home",
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PATH": f"{sysconfig.get_path('scripts')}:/usr/bin:/bin",
    "PYTHONDONTWRITEBYTECODE": "1",
}


def grade(course: Path, writable: Path, exercise: str, port: int) -> dict:
    """Run stock nbgrader on this course; only files in `writable`, which holds the course, can change.

    Returns what `stock_inside.py` reports. Raises `RuntimeError` if nothing came of it.
    """
    program = [sys.executable, str(INSIDE), exercise, str(port)]
    process = subprocess.Popen(
        command(course, writable, program),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        stopped = watch(process, writable)
    finally:
        end(process)
        report, complaints = process.communicate(timeout=10)
    if process.returncode != 0:
        raise RuntimeError(stopped or complaints[-2000:].decode(errors="replace"))
    return json.loads(report[:100_000])


def command(course: Path, writable: Path, program: list[str]) -> list[str]:
    """The command that runs `program` in a container."""
    arguments = ["nice", shutil.which("bwrap") or "bwrap", "--unshare-all", "--unshare-user"]
    arguments += ["--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"]
    for name, value in VARIABLES.items():
        arguments += ["--setenv", name, value]
    arguments += [*SMALL, "/tmp"]
    for path in [*sandbox.SYSTEM, *sandbox.python_folders(), str(INSIDE)]:
        arguments += ["--ro-bind-try", path, path]
    arguments += ["--proc", "/proc", "--dev", "/dev", *SMALL, "/dev/shm", "--remount-ro", "/dev"]
    arguments += ["--bind", str(writable), str(writable), "--remount-ro", "/", "--chdir", str(course)]
    return [*arguments, "--uid", "1000", "--gid", "1000", "--", *program]


def watch(process: subprocess.Popen, writable: Path) -> str:
    """Wait for its end, or for the first thing of which it takes too much; returns which."""
    until = time.monotonic() + MOST_SECONDS
    while process.poll() is None:
        inside = inhabitants(process)
        taken = {
            "time": time.monotonic() > until,
            "processes": len(inside) > MOST_PROCESSES,
            "memory": sum(map(resident, inside)) > MOST_MEMORY,
            "files": size_of(writable) > MOST_FILES,
        }
        if any(taken.values()):
            return f"too much {next(what for what in taken if taken[what])}"
        time.sleep(0.2)
    return ""


def end(process: subprocess.Popen) -> None:
    """End the container with all that runs in it, also one that has only begun to be set up."""
    with contextlib.suppress(psutil.NoSuchProcess):
        outer = psutil.Process(process.pid)
        outer.suspend()  # or it might start another one while those inside are looked for
        while outer.status() not in (psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE):
            time.sleep(0.01)
    for each in [*inhabitants(process), process]:
        with contextlib.suppress(psutil.NoSuchProcess):
            each.kill()


def inhabitants(process: subprocess.Popen) -> list[psutil.Process]:
    """The processes that are in the container now."""
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder; links are not followed."""
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):  # it may go away meanwhile
            total += path.lstat().st_size
    return total
