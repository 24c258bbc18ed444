"""Run an author's exercise in this process: with its reference, or with a function replaced.

For the project's own code only. What learners submit runs in `layerbook.grading`.
"""

from __future__ import annotations

import contextlib
import io
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from layerbook.exercises import check as check_file
from layerbook.exercises.check import Checker
from layerbook.exercises.source import Cell, Source


@dataclass(frozen=True)
class CellResult:
    """How one code cell ended; `message` is empty where nothing was raised."""

    cell: Cell
    message: str

    @property
    def passed(self) -> bool:
        """Whether nothing was raised."""
        return not self.message


def run(
    source: Source,
    folder: Path,
    checker: Checker,
    *,
    replace: dict[str, Callable[..., Any]] | None = None,
    capstone: bool = False,
    hidden: bool = True,
) -> list[CellResult]:
    """Run the cells in order, in `folder` (where the data is), and say how each code cell ended.

    `replace` puts functions in the place of the reference's; without `capstone` the last part is left out,
    and without `hidden` the hidden tests are. A cell that raises does not stop the rest.
    """
    namespace: dict[str, Any] = {"__name__": "__main__", "display": lambda *things: None}
    results = []
    with (
        check_module(checker),
        contextlib.chdir(folder),
        contextlib.redirect_stdout(io.StringIO()),
        warnings.catch_warnings(),
    ):
        if replace:  # numbers of a wrong answer may overflow; what comes of it is what counts
            warnings.simplefilter("ignore", RuntimeWarning)
        for cell in source.cells:
            if not cell.is_code or (cell.capstone and not capstone):
                continue
            text = cell.source if hidden else cell.visible
            results.append(CellResult(cell, _failure(text, f"{source.name}: {cell.id}", namespace)))
            if replace and cell.kind == "solution" and cell.of in replace:
                namespace[cell.of] = _renamed(replace[cell.of], cell.of)
    close_figures()
    return results


def close_figures() -> None:
    """Let go of the figures that cells drew; matplotlib would keep them until this process ends."""
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


def score(results: list[CellResult]) -> int:
    """Points of the tests cells that passed."""
    return sum(result.cell.points for result in results if result.passed)


def _failure(text: str, name: str, namespace: dict[str, Any]) -> str:
    try:
        exec(compile(text, name, "exec"), namespace)  # noqa: S102  the project's own code
    except Exception as error:
        return str(error) or type(error).__name__
    return ""


def _renamed(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The same function under the name that the learner's would have."""
    if not isinstance(function, types.FunctionType):
        return function
    twin = types.FunctionType(
        function.__code__, function.__globals__, name, function.__defaults__, function.__closure__
    )
    twin.__kwdefaults__ = function.__kwdefaults__
    return twin


@contextlib.contextmanager
def check_module(checker: Checker) -> Iterator[None]:
    """Let `from check import check` find this checker."""
    module = types.ModuleType("check")
    module.__dict__.update(vars(check_file), check=checker.check, hidden_check=checker.hidden_check)
    before = sys.modules.get("check")
    sys.modules["check"] = module
    try:
        yield
    finally:
        sys.modules.pop("check")
        if before is not None:
            sys.modules["check"] = before
