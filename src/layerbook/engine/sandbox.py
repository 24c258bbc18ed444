"""The sandbox around a worker: bubblewrap with a read-only system and nothing of the course or home in it.

Source: the manual page bwrap(1).
"""

from __future__ import annotations

import shutil
import site
import subprocess
import sys
import sysconfig
from pathlib import Path

import layerbook
from layerbook.errors import LayerbookError

SYSTEM = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/fonts",
)
LEARNER, EXAMINER = "/learner", "/examiner"  # their working folders
BUBBLEWRAP, NONE = "bubblewrap", "none"
KINDS = (BUBBLEWRAP, NONE)
VARIABLES = {
    "LANG": "C.UTF-8",
    "HOME": EXAMINER,
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PATH": "/usr/bin:/bin",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONSAFEPATH": "1",
}


def command(program: list[str], kind: str = BUBBLEWRAP) -> list[str]:
    """The command that runs `program` in a sandbox of its own, or in none if the `kind` says so.

    Without one, the folder that it is run in is its home.

    Raises `LayerbookError` if there is no bubblewrap on this machine.
    """
    if kind == NONE:
        others = (f"{name}={value}" for name, value in VARIABLES.items() if name != "HOME")
        return ["env", "-i", *others, "sh", "-c", 'HOME="$PWD" exec "$@"', "sh", *program]
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise LayerbookError(
            "Submissions run in a sandbox only, and bubblewrap is not installed; "
            "install the package `bubblewrap` (for example: sudo apt-get install bubblewrap)."
        )
    arguments = [bwrap, "--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--clearenv"]
    for name, value in VARIABLES.items():
        arguments += ["--setenv", name, value]
    for folder in [*SYSTEM, *python_folders()]:
        arguments += ["--ro-bind-try", folder, folder]
    arguments += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]  # noqa: S108
    arguments += ["--dir", LEARNER, "--dir", "/tmp", "--tmpfs", EXAMINER, "--remount-ro", "/"]  # noqa: S108
    arguments += ["--chdir", EXAMINER, "--uid", "1000", "--gid", "1000"]
    return [*arguments, "--", *program]


def private_folders() -> list[str]:
    """Folders that each learner process gets empty, for itself; /tmp only where no library lies below it."""
    needed = any(Path(folder).is_relative_to("/tmp") for folder in python_folders())  # noqa: S108
    return [LEARNER, EXAMINER, "/dev/shm", *([] if needed else ["/tmp"])]  # noqa: S108


def python_folders() -> list[str]:
    """Where this interpreter and its libraries are, without what else a home folder holds."""
    paths = {*sysconfig.get_paths().values(), *site.getsitepackages(), sys.base_prefix, sys.prefix}
    paths.add(str(Path(layerbook.__file__).parent))
    folders = sorted(str(Path(path).absolute()) for path in paths if Path(path).is_dir())
    kept: list[str] = []
    for folder in folders:
        if folder != "/" and not any(Path(folder).is_relative_to(above) for above in [*kept, "/usr"]):
            kept.append(folder)
    return kept


def works() -> str:
    """Why no sandbox can be had on this machine, in one sentence; "" if one can."""
    try:
        line = command(["/bin/true"])
    except LayerbookError as error:
        return str(error)
    tried = subprocess.run(line, capture_output=True, text=True, check=False, timeout=20)  # noqa: S603
    if tried.returncode == 0:
        return ""
    return f"Submissions run in a sandbox only, and bubblewrap cannot make one here: {tried.stderr.strip()}"
