"""What of a submission runs: the learner's own cells; everything else comes from the course's source."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from layerbook.exercises.source import HIDDEN_BEGIN, HIDDEN_END


@dataclass
class Prepared:
    """A notebook ready to run, its cells as the engine takes them, and what had been tampered with."""

    notebook: NotebookNode
    cells: list[dict[str, str]] = field(default_factory=list)
    tampering: list[str] = field(default_factory=list)


def prepare(submitted: NotebookNode, source: NotebookNode) -> Prepared:
    """Put the source's locked and graded cells in the place of what was handed in under their ids.

    Cells that are missing are put back after the cell that they follow in the source; further ones under the
    same id are taken as the learner's own. Nothing of a submitted cell's metadata is kept.
    """
    fixed = {grade_id(cell): cell for cell in source.cells if _is_fixed(cell)}
    known = {grade_id(cell) for cell in source.cells if grade_id(cell)}
    prepared = Prepared(NotebookNode({**source, "metadata": copy.deepcopy(source.metadata), "cells": []}))
    seen: set[str] = set()
    for cell in submitted.cells:
        name = grade_id(cell)
        name = name if name in known and name not in seen else ""
        seen.add(name)
        if name in fixed:
            if cell.get("source") not in (fixed[name].source, shown(fixed[name].source)):
                prepared.tampering.append(f"the locked cell {name} had been changed")
            if _marks(cell) != _marks(fixed[name]):
                prepared.tampering.append(f"the metadata of the cell {name} had been changed")
            prepared.notebook.cells.append(_clean(fixed[name], fixed[name]))
        else:
            own = next((c for c in source.cells if name and grade_id(c) == name), None)
            if own and own.cell_type != cell.cell_type:
                prepared.tampering.append(f"the cell {name} had been made a {cell.cell_type} cell")
            if own and _marks(own) != _marks(cell):
                prepared.tampering.append(f"the metadata of the cell {name} had been changed")
            prepared.notebook.cells.append(_clean(cell, own))
    _put_back(prepared, source, seen)
    for number, cell in enumerate(prepared.notebook.cells):
        cell.id = f"cell-{number}"
        if cell.cell_type == "code":
            prepared.cells.append({"id": cell.id, "kind": _kind(cell), "source": cell.source})
    return prepared


def grade_id(cell: NotebookNode) -> str:
    """nbgrader's id of a cell, "" if it has none."""
    meta = cell.get("metadata", {}).get("nbgrader", {})
    name = meta.get("grade_id", "") if isinstance(meta, dict) else ""
    return name if isinstance(name, str) else ""


def shown(source: str) -> str:
    """A test cell as it is released, without its hidden tests; nbgrader's `ClearHiddenTests` leaves it so."""
    lines, hidden = [], False
    for line in source.split("\n"):
        if HIDDEN_BEGIN in line:
            hidden = True
        elif HIDDEN_END in line:
            hidden = False
        elif not hidden:
            lines.append(line)
    return "\n".join(lines)


def _marks(cell: NotebookNode) -> list[Any]:
    """Of a cell's metadata, what bears on its marks."""
    meta = cell.metadata.get("nbgrader", {})
    return [meta.get(key) for key in ("grade", "locked", "points", "solution", "task")] + [
        cell.metadata.get("tags") or []
    ]


def _is_fixed(cell: NotebookNode) -> bool:
    meta = cell.metadata.get("nbgrader", {})
    return bool(meta.get("locked") or meta.get("grade")) and not meta.get("solution")


def _kind(cell: NotebookNode) -> str:
    if not _is_fixed(cell):
        return "learner"
    return "tests" if cell.metadata.nbgrader.get("grade") else "setup"


def _clean(cell: NotebookNode, own: NotebookNode | None) -> NotebookNode:
    """A copy without outputs; metadata and type are those of `own`, a cell of the source, if there is one."""
    metadata: Any = copy.deepcopy(own.metadata) if own else {}
    made = NotebookNode(
        cell_type=(own or cell).cell_type, id=cell.get("id", ""), metadata=metadata, source=cell.source
    )
    if made.cell_type == "code":
        made.update(outputs=[], execution_count=None)
    return made


def _put_back(prepared: Prepared, source: NotebookNode, seen: set[str]) -> None:
    """Insert each missing fixed cell after the cell that it follows in the source, or where that would be."""
    missing = {grade_id(cell) for cell in source.cells if _is_fixed(cell)} - seen - {""}
    if not missing:
        return
    place = 0
    for cell in source.cells:
        name = grade_id(cell)
        if name in missing:
            prepared.tampering.append(f"the cell {name} was missing")
            prepared.notebook.cells.insert(place, _clean(cell, cell))
            place += 1
            continue
        found = (
            i for i, c in enumerate(prepared.notebook.cells) if (grade_id(c) or c.id) == (name or cell.id)
        )
        place = 1 + next(found, place - 1)


def in_order(prepared: Prepared, source: NotebookNode) -> bool:
    """Whether the cells of the source stand in its order."""
    order = [grade_id(cell) for cell in prepared.notebook.cells if grade_id(cell)]
    wanted = [grade_id(cell) for cell in source.cells if grade_id(cell) in order]
    return order == wanted
