"""An exercise as its author writes it: `exercises/NAME/NAME.py`, a jupytext percent script.

Every code cell carries `id` and `kind`; the kinds are:

- `setup`: given and locked; runs for the learner and for the examiner.
- `solution`: the learner writes what stands between BEGIN SOLUTION and END SOLUTION. Its id is the function.
- `tests`: locked, worth `points`; what stands between BEGIN HIDDEN TESTS and END HIDDEN TESTS never ships.
- `run`: given, free to change and not graded.

`capstone=true` marks the cells of the last part, which run longer than a check should.
Markdown cells need no header, but for `kind="hints"`, whose list of three becomes three folded hints, and
`kind="answer"` with `points`, a free text that a person marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from layerbook.errors import LayerbookError

CODE_KINDS = ("setup", "solution", "tests", "run")
TEXT_KINDS = ("text", "hints", "answer")
HIDDEN_BEGIN, HIDDEN_END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
SOLUTION_BEGIN, SOLUTION_END = "### BEGIN SOLUTION", "### END SOLUTION"
HINTS = 3


@dataclass(frozen=True)
class Cell:
    """One cell of an exercise."""

    id: str
    kind: str
    source: str
    points: int = 0
    capstone: bool = False
    of: str = ""  # the function that a solution, tests or hints cell is about

    @property
    def is_code(self) -> bool:
        """Whether the cell runs."""
        return self.kind in CODE_KINDS

    @property
    def visible(self) -> str:
        """The source without its hidden tests."""
        return re.sub(rf"{HIDDEN_BEGIN}.*?{HIDDEN_END}\n?", "", self.source, flags=re.DOTALL)

    @property
    def untouched(self) -> str:
        """The source as the learner first meets it: no hidden tests, and a stub for the solution."""
        return re.sub(
            rf"( *){SOLUTION_BEGIN}.*?{SOLUTION_END}",
            r"\1raise NotImplementedError()",
            self.visible,
            flags=re.DOTALL,
        )


@dataclass(frozen=True)
class Source:
    """All cells of one exercise, checked."""

    name: str
    path: Path
    cells: tuple[Cell, ...]

    @property
    def functions(self) -> tuple[str, ...]:
        """Names of the functions that the learner writes, in order."""
        return tuple(cell.of for cell in self.cells if cell.kind == "solution" and not cell.capstone)

    @property
    def points(self) -> int:
        """Points of the whole exercise."""
        return sum(cell.points for cell in self.cells)


def read(folder: Path) -> Source:
    """Read and check `folder/NAME.py`, where NAME is the folder's own name.

    Raises `LayerbookError` with the first thing that is wrong.
    """
    path = folder / f"{folder.name}.py"
    if not path.is_file():
        raise LayerbookError(f"{path} is missing; an exercise lives in exercises/NAME/NAME.py.")
    import jupytext  # takes 0.3 s, which commands without a need for it need not wait

    notebook = jupytext.reads(path.read_text("utf-8"), fmt="py:percent")
    cells = tuple(_cell(path, number, cell) for number, cell in enumerate(notebook.cells, start=1))
    _check_ids(path, cells)
    _check_functions(path, cells)
    return Source(folder.name, path, cells)


def _cell(path: Path, number: int, raw: dict) -> Cell:  # type: ignore[type-arg]
    meta, code = raw["metadata"], raw["cell_type"] == "code"
    where = f"{path}, cell {number}"
    kind = meta.get("kind", "" if code else "text")
    kinds = CODE_KINDS if code else TEXT_KINDS
    if kind not in kinds:
        raise LayerbookError(f'{where}: kind="{kind}" is not one of {", ".join(kinds)}.')
    cell_id = meta.get("id", "" if code or kind == "answer" else _text_id(kind, meta, number))
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cell_id):
        raise LayerbookError(f'{where}: id="{cell_id}" should be words of a-z and 0-9 joined by hyphens.')
    points = meta.get("points", 0)
    graded = kind in ("tests", "answer")
    if graded and not (isinstance(points, int) and points > 0):
        raise LayerbookError(f'{where} (id="{cell_id}"): tests need points, a whole number above 0.')
    if not graded and points:
        raise LayerbookError(f'{where} (id="{cell_id}"): only cells of kind tests or answer have points.')
    of = meta.get("of", _function(cell_id))
    return Cell(cell_id, kind, raw["source"], points, bool(meta.get("capstone", False)), of)


def _text_id(kind: str, meta: dict[str, str], number: int) -> str:
    if kind == "hints":
        return "hints-" + meta.get("of", "").replace("_", "-")
    return f"text-{number:02d}"


def _function(cell_id: str) -> str:
    return cell_id.removeprefix("test-").replace("-", "_")


def _check_ids(path: Path, cells: tuple[Cell, ...]) -> None:
    seen: set[str] = set()
    for cell in cells:
        if cell.id in seen:
            raise LayerbookError(f'{path}: id="{cell.id}" stands on two cells; ids must be unique.')
        seen.add(cell.id)


def _check_functions(path: Path, cells: tuple[Cell, ...]) -> None:
    solutions = {cell.of for cell in cells if cell.kind == "solution"}
    for cell in cells:
        where = f'{path} (id="{cell.id}")'
        if cell.kind == "solution" and f"def {cell.of}(" not in cell.source:
            raise LayerbookError(
                f"{where}: a solution cell defines the function it is named for, `{cell.of}`."
            )
        if cell.kind == "solution" and not re.search(
            rf"{SOLUTION_BEGIN}.*{SOLUTION_END}", cell.source, flags=re.DOTALL
        ):
            raise LayerbookError(f"{where}: mark the solution with {SOLUTION_BEGIN} and {SOLUTION_END}.")
        if cell.kind in ("tests", "hints") and not cell.capstone and cell.of not in solutions:
            raise LayerbookError(f'{where}: no solution cell defines `{cell.of}`; say which with of="...".')
        if cell.source.count(HIDDEN_BEGIN) != cell.source.count(HIDDEN_END):
            raise LayerbookError(f"{where}: each {HIDDEN_BEGIN} needs its {HIDDEN_END}.")
        if cell.kind == "hints" and len(hints(cell)) != HINTS:
            raise LayerbookError(
                f"{where}: {HINTS} hints are wanted, as a numbered list; found {len(hints(cell))}."
            )


def hints(cell: Cell) -> list[str]:
    """The texts of a numbered list, one for each hint."""
    return [part.strip() for part in re.split(r"^\d+\. ", cell.source, flags=re.MULTILINE)[1:]]
