"""Importing libraries without looking for garbage among what they make, which is none."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def loading() -> Iterator[None]:
    """Have the garbage collector leave alone what is made meanwhile, now, later and when the program ends.

    To look through large libraries takes it longer than some of them take to load, each time. And what it
    frees leaves holes all over the memory, which every fork of the process would fill anew, a page at a time.
    Source: Python's documentation of `gc.freeze`.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
