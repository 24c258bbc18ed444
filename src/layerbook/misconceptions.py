"""Known wrong ways to write a function: `@misconception` marks them, `load` finds them."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from layerbook.errors import LayerbookError

ATTRIBUTE = "__misconception__"


@dataclass(frozen=True)
class Misconception:
    """One known wrong way: the function it stands in for, why it is wrong, and where the book explains it."""

    name: str
    of: str  # name of the function it is a wrong version of
    message: str  # one or two sentences for the learner
    read: str  # chapters/FILE.md#anchor, without the folder
    function: Callable[..., Any]


def misconception(*, of: str, read: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a function as a known wrong way to write the function `of`; its docstring is the message.

    `read` names the place in the book that explains it, as `chapter.md#anchor`.
    """

    def mark(function: Callable[..., Any]) -> Callable[..., Any]:
        setattr(function, ATTRIBUTE, (of, read))
        return function

    return mark


def load(path: Path) -> list[Misconception]:
    """Read all misconceptions of one `misconceptions.py`, in the order in which they stand there.

    Raises `LayerbookError` if the file is missing or one of them has no docstring.
    """
    if not path.is_file():
        raise LayerbookError(f"{path} is missing; an exercise needs the known wrong ways to write it.")
    found = []
    for function in runpy.run_path(str(path)).values():
        if not hasattr(function, ATTRIBUTE):
            continue
        of, read = getattr(function, ATTRIBUTE)
        if not function.__doc__:
            raise LayerbookError(
                f"{path}: `{function.__name__}` needs a docstring: it is what the learner reads."
            )
        message = " ".join(function.__doc__.split())
        found.append(Misconception(function.__name__, of, message, read, function))
    return found
