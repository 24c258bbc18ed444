"""One submission as a task for a worker, with everything that it needs, and what comes back from it.

Tasks and runs are plain data, so that a task may run in a thread of this process or on another machine.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from layerbook.engine.exam import Exam, packed
from layerbook.engine.limits import Limits
from layerbook.engine.worker import Worker
from layerbook.errors import LayerbookError
from layerbook.grading import policies as rules
from layerbook.grading.policies import Policies
from layerbook.grading.prepare import Prepared, in_order, prepare
from layerbook.grading.submission import Unreadable, parse
from layerbook.grading.workers import WORKERS

METADATA = "layerbook"  # where an autograded notebook keeps how its run ended
EXAMINER, LEARNER = "examiner", "learner"  # where tests can run
IN_LEARNER = "the tests ran in the learner's process, where its code could reach them"
UNREADABLE, FAILED = "unreadable", "failed"


@dataclass(frozen=True)
class Material:
    """What a worker needs of an exercise: its source notebook, its files, what known mistakes return."""

    exercise: str
    notebook: str  # of the source, JSON
    files: dict[str, bytes]
    known: dict[str, bytes]  # `exam.packed`

    @cached_property
    def source(self) -> NotebookNode:
        """The source notebook; not to be changed."""
        notebook: NotebookNode = nbformat.reads(self.notebook, as_version=4)
        return notebook

    @cached_property
    def exam(self) -> Exam:
        """What an examiner needs of it."""
        return Exam.of(self.files, self.known, prepare(self.source, self.source).cells)


@dataclass(frozen=True)
class Settings:
    """How submissions run: their limits, the policies on marks, and where the tests run."""

    limits: Limits = field(default_factory=Limits)
    policies: Policies = field(default_factory=Policies)
    tests_in: str = EXAMINER
    sandbox: str = "bubblewrap"


@dataclass(frozen=True)
class Task:
    """One submission to run."""

    exercise: str
    student: str
    notebook: bytes
    material: Material
    settings: Settings


@dataclass
class Run:
    """What became of a task: the notebook with its outputs, or why there is none."""

    exercise: str
    student: str
    notebook: NotebookNode | None = None
    outcome: str = ""  # where there is no notebook: UNREADABLE or FAILED
    reason: str = ""


def material_of(folder: Path, hidden: Path, exercise: str) -> Material:
    """The material of an exercise whose nbgrader source is `folder`; `hidden` has hidden checks' records."""
    paths = (folder / f"{exercise}.ipynb", folder / "check.json", hidden)
    stamps = tuple(p.stat().st_mtime_ns if p.is_file() else 0 for p in paths)
    return _material(folder, hidden, exercise, stamps)


@lru_cache(maxsize=8)
def _material(folder: Path, hidden: Path, exercise: str, _changed: tuple[int, ...]) -> Material:
    known: dict[str, Any] = {}
    for path in (folder / "check.json", hidden):
        if path.is_file():
            known |= json.loads(path.read_text("utf-8"))["known"]
    files = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file() and p.suffix != ".ipynb"}
    notebook = next(folder.glob("*.ipynb")).read_text("utf-8")
    return Material(exercise, notebook, files, packed(known))


def run(task: Task) -> Run:
    """Run one submission; whatever it does, there is a `Run`.

    Raises `LayerbookError` only where no submission could run, such as on a machine without a sandbox.
    """
    made = Run(task.exercise, task.student)
    try:
        notebook = parse(task.notebook, f"{task.exercise}.ipynb", task.exercise)
        made.notebook = run_notebook(notebook, task.material, task.settings)
    except Unreadable as error:
        made.outcome, made.reason = UNREADABLE, str(error)
    except LayerbookError:
        raise
    except Exception as error:  # whatever one submission does, the next one has its turn
        made.outcome, made.reason = FAILED, f"{type(error).__name__}: {error}"[:1000]
    return made


def run_notebook(
    submitted: NotebookNode,
    material: Material,
    settings: Settings,
    worker: Worker | None = None,
    told: Callable[[NotebookNode], object] | None = None,
) -> NotebookNode:
    """The notebook that comes of `submitted`: its cells put right, run, and with their outputs.

    Without a `worker` it borrows one of this process's, no longer than the job runs. `told` is given each
    cell that has run, with its outputs; not where failed tests have a second turn.
    """
    prepared = prepare(submitted, material.source)
    again = settings.policies.second_turn_for_moved_cells and not in_order(prepared, material.source)
    job = {
        "cells": prepared.cells,
        "exam": material.exam,
        "again": again,
        "tests_in": settings.tests_in,
        "stderr_counts": not settings.policies.stderr_costs_nothing,
    }
    tell = partial(_tell, told, prepared, settings) if told and not again else None
    with nullcontext(worker) if worker else WORKERS.lent(settings.limits, settings.sandbox) as lent:
        report = lent.run(job, tell)
    fill(prepared, report, settings)
    return prepared.notebook


def _tell(
    told: Callable[[NotebookNode], object], prepared: Prepared, settings: Settings, outcome: dict[str, Any]
) -> None:
    """Give `told` the cell that this outcome is of."""
    number, cell = next((n, c) for n, c in enumerate(prepared.notebook.cells) if c.id == outcome["id"])
    cell = copy.deepcopy(cell)
    _fill_cell(cell, outcome["outputs"], number)
    rules.apply(NotebookNode(cells=[cell]), settings.policies)
    told(cell)


def fill(prepared: Prepared, report: dict[str, Any], settings: Settings) -> None:
    """Put the outputs of a run into its notebook; a cell that had no turn says so."""
    outcomes = {outcome["id"]: outcome for outcome in report["cells"]}
    end = report["end"] or "no turn"
    message = f"this cell did not run; the submission ended before: {end}"
    missed = {"output_type": "error", "ename": "NotRun", "evalue": message, "traceback": [message]}
    for number, cell in enumerate(prepared.notebook.cells):
        if cell.cell_type == "code":
            _fill_cell(cell, outcomes[cell.id]["outputs"] if cell.id in outcomes else [missed], number)
    rules.apply(prepared.notebook, settings.policies)
    prepared.notebook.metadata[METADATA] = {
        "end": report["end"],
        "tampering": prepared.tampering,
        "tests_in": settings.tests_in,
        "seconds": {outcome["id"]: outcome["seconds"] for outcome in report["cells"]},
        "memory": report.get("memory", 0),
    }


def _fill_cell(cell: NotebookNode, outputs: list[dict[str, Any]], number: int) -> None:
    cell.outputs = [_output(output, number + 1) for output in outputs]
    cell.execution_count = number + 1


def _output(given: dict[str, Any], count: int) -> NotebookNode:
    output = NotebookNode(copy.copy(given))
    if output.output_type == "execute_result":
        output.execution_count = count
    if "data" in output:
        output.data, output.metadata = NotebookNode(output.data), NotebookNode()
    return output
