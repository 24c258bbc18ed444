"""Pages of memory that a process shares with the one it was forked from, until it writes to them.

The kernel then copies the page, in the middle of the work (copy-on-write). A process that is forked ahead of
its work can have them copied ahead as well, if it is known which.

Sources: the manual pages fork(2), madvise(2), proc_pid_pagemap(5).
"""

from __future__ import annotations

import ctypes
from itertools import pairwise
from pathlib import Path

import numpy as np

PAGE = 4096
MADV_POPULATE_WRITE = 23
PRESENT = np.uint64(1 << 63)  # the bit of a page that is in memory
EXCLUSIVE = np.uint64(1 << 56)  # and of one that no other process has

Range = tuple[int, int]  # address and bytes

_libc = ctypes.CDLL(None)
_libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]


def written() -> list[Range]:
    """What this process has for itself of the memory that it may write to; nothing if that is hidden."""
    found: list[Range] = []
    try:
        with Path("/proc/self/pagemap").open("rb", buffering=0) as entries:
            for start, end in _writable():
                entries.seek(start // PAGE * 8)
                bits = np.frombuffer(entries.read((end - start) // PAGE * 8), np.uint64)
                ours = (bits & PRESENT != 0) & (bits & EXCLUSIVE != 0)
                edges = np.flatnonzero(np.diff(ours, prepend=False, append=False)).tolist()
                found += [(start + a * PAGE, (b - a) * PAGE) for a, b in list(pairwise(edges))[::2]]
    except OSError:
        return []
    return found


def _writable() -> list[Range]:
    """First and last address of each piece of private memory that this process may write to."""
    pieces = []
    for line in Path("/proc/self/maps").read_text().splitlines():
        addresses, allowed, *_ = line.split(maxsplit=2)
        if allowed.startswith("rw") and allowed.endswith("p"):
            start, end = addresses.split("-")
            pieces.append((int(start, 16), int(end, 16)))
    return pieces


def copy_ahead(ranges: list[Range]) -> None:
    """Have these pages copied now, as far as they are there; a kernel that cannot do it copies them later."""
    for start, size in ranges:
        _libc.madvise(start, size, MADV_POPULATE_WRITE)
