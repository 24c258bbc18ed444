"""What a process does to itself before it runs a learner's code: namespaces, limits, no privileges.

Sources: the manual pages clone(2), user_namespaces(7), prctl(2), capabilities(7), setrlimit(2),
sched_setaffinity(2).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
from pathlib import Path

from layerbook.engine.limits import Limits

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
SIGCHLD = 17
FRESH = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWUTS
MS_NOSUID, MS_NODEV = 2, 4
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
LINUX_CAPABILITY_VERSION_3 = 0x20080522
LAST_CAPABILITY = 63
CLONE = {"x86_64": 56, "aarch64": 220}  # the call's number

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def hide_from_debuggers() -> None:
    """Keep other processes of the same user from reading this one's memory."""
    _checked(_libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl")


def show_to_itself() -> None:
    """Undo that: what is hidden from other processes, a process cannot read of itself either."""
    _checked(_libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "prctl")


def die_with_parent() -> None:
    """Have the kernel end this process when its parent ends."""
    _checked(_libc.prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0), "prctl")


def fork_into_namespaces() -> int:
    """Like `os.fork`, but the child is process 1 of fresh namespaces.

    That is clone(2) itself, for want of a function in Python; what `os.fork` does for the interpreter before
    and after is done here as well. Otherwise a process of its own would have to enter them, and fork again.
    """
    python = ctypes.PyDLL(None, use_errno=True)
    python.syscall.restype = ctypes.c_long
    python.PyOS_BeforeFork()
    process = int(
        python.syscall(ctypes.c_long(CLONE[platform.machine()]), ctypes.c_ulong(FRESH | SIGCHLD), 0, 0, 0, 0)
    )
    if process == 0:
        python.PyOS_AfterFork_Child()
    else:
        python.PyOS_AfterFork_Parent()
    _checked(min(process, 0), "clone")
    return process


def stay_on(processors: set[int], process: int = 0) -> None:
    """Keep a process, this one if no other is named, and those that it will start on these processors.

    Examiner and learner wait for each other in turn and never run at the same time. On one processor the next
    one goes on at once; on two, the other one has to be woken, which takes longer than most of what they ask.
    """
    with contextlib.suppress(OSError):  # it is faster so, and right without it
        os.sched_setaffinity(process, processors)


def become_owner(user: int, group: int) -> None:
    """In fresh namespaces, be the `user` and `group` that it was outside, the only ones there are."""
    show_to_itself()
    Path("/proc/self/setgroups").write_bytes(b"deny")
    Path("/proc/self/uid_map").write_bytes(f"{user} {user} 1".encode())
    Path("/proc/self/gid_map").write_bytes(f"{group} {group} 1".encode())


def private_folders(folders: list[str], size: int) -> None:
    """Mount an empty file system of `size` bytes over each folder, for this process and its children."""
    for folder in folders:
        options = f"size={size},mode=0700,nr_inodes=4096".encode()
        result = _libc.mount(b"tmpfs", folder.encode(), b"tmpfs", MS_NOSUID | MS_NODEV, options)
        _checked(result, f"mount {folder}")


def drop_privileges() -> None:
    """Give up every capability for good."""
    _checked(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")
    for capability in range(LAST_CAPABILITY + 1):
        _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # fails beyond the kernel's last one
    header = (ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0)
    _checked(_libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")


def set_limits(limits: Limits) -> None:
    """Limit what one process may use; `limits.memory` counts what it takes beyond what is loaded now."""
    loaded = int(Path("/proc/self/statm").read_bytes().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    for kind, value in {
        resource.RLIMIT_AS: loaded + limits.memory,
        resource.RLIMIT_CPU: int(limits.submission_seconds) + 1,
        resource.RLIMIT_NPROC: limits.processes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_FSIZE: limits.file_size,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }.items():
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))
