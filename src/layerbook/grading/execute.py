"""How a submission is run: the one interface between nbgrader's pipeline and the sandboxed engine."""

from __future__ import annotations

import atexit
import hashlib
import json
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Float, Integer

from layerbook.engine.limits import Limits
from layerbook.engine.worker import Worker
from layerbook.exercises.compile import GRADER_FILE
from layerbook.grading.policies import refuse_partial_credit_out_of_range
from layerbook.grading.prepare import Prepared, in_order, prepare

METADATA = "layerbook"  # where an autograded notebook keeps how its run ended


class RunSubmission(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """Runs a submission's cells in the sandbox, and the source's tests outside of the learner's process."""

    defaults = Limits()
    cell_seconds = Float(defaults.cell_seconds, help="Wall time of one cell.").tag(config=True)
    submission_seconds = Float(defaults.submission_seconds, help="Wall time of all cells.").tag(config=True)
    memory = Integer(defaults.memory, help="Bytes beyond the libraries loaded.").tag(config=True)
    processes = Integer(defaults.processes, help="Processes at the same time.").tag(config=True)
    open_files = Integer(defaults.open_files, help="Open files of one process.").tag(config=True)
    file_size = Integer(defaults.file_size, help="Bytes of one file.").tag(config=True)
    folder_size = Integer(defaults.folder_size, help="Bytes of the private folder.").tag(config=True)
    output = Integer(defaults.output, help="Characters kept of one cell's output.").tag(config=True)

    @property
    def limits(self) -> Limits:
        """What a submission may use."""
        return Limits(**{name: getattr(self, name) for name in Limits.__dataclass_fields__})

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, dict[str, str]]
    ) -> tuple[NotebookNode, dict[str, dict[str, str]]]:
        """Execute `nb`; the outputs that come back are what the marks are read from."""
        root = Path(self.parent.parent.coursedir.root)  # our parent is the exporter, its the converter
        exercise = resources["nbgrader"]["assignment"]
        prepared, job = make_job(nb, root / "source" / exercise, root / "grader" / exercise / GRADER_FILE)
        cells, ahead = RUNS.pop((exercise, resources["nbgrader"]["student"]), (None, None))
        report = ahead.result() if ahead and cells == job["cells"] else warm_worker(self.limits).run(job)
        before = nb.metadata.get(METADATA, {}).get("tampering", [])
        prepared.tampering = [*before, *prepared.tampering]
        fill(prepared, report)
        handed_in = root / "submitted" / resources["nbgrader"]["student"] / exercise / f"{exercise}.ipynb"
        prepared.notebook.metadata[METADATA]["submitted"] = digest(handed_in)
        return prepared.notebook, resources


class RestoreCells(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """Puts cells and metadata right before nbgrader's own checks of them, which would refuse the notebook."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, dict[str, str]]
    ) -> tuple[NotebookNode, dict[str, dict[str, str]]]:
        """Rebuild `nb` from the course's source, and note in it what had been changed."""
        name = resources["nbgrader"]["assignment"]
        path = Path(self.parent.parent.coursedir.root) / "source" / name / f"{name}.ipynb"
        prepared = prepare(nb, nbformat.read(path, as_version=4))
        prepared.notebook.metadata[METADATA] = {"tampering": prepared.tampering}
        return prepared.notebook, resources


def digest(path: Path) -> str:
    """Tells one handed-in file from another by its content."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


RUNS: dict[tuple[str, str], tuple[list[dict[str, str]], Future[dict[str, Any]]]] = {}
"""Runs that the driver ordered ahead: (exercise, student) to cells and report."""


@cache
def warm_worker(limits: Limits) -> Worker:
    """The worker of this process, started by its first job and closed at exit."""
    worker = Worker(limits)
    atexit.register(worker.close)
    return worker


def make_job(nb: NotebookNode, folder: Path, hidden: Path) -> tuple[Prepared, dict[str, Any]]:
    """A submission as the engine takes it: cells, the exercise's files, and what known mistakes return.

    `folder` is the exercise's nbgrader source, `hidden` what known mistakes return in hidden checks.
    """
    source = nbformat.read(next(folder.glob("*.ipynb")), as_version=4)
    prepared = prepare(nb, source)
    known: dict[str, Any] = {}
    for path in (folder / "check.json", hidden):
        if path.is_file():
            known |= json.loads(path.read_text("utf-8"))["known"]
    files = {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.is_file() and path.suffix != ".ipynb"
    }
    job = {"cells": prepared.cells, "files": files, "known": known, "again": not in_order(prepared, source)}
    return prepared, job


def fill(prepared: Prepared, report: dict[str, Any]) -> None:
    """Put the outputs of a run into its notebook; a cell that had no turn says so."""
    outcomes = {outcome["id"]: outcome for outcome in report["cells"]}
    end = report["end"] or "no turn"
    message = f"this cell did not run; the submission ended before: {end}"
    missed = {"output_type": "error", "ename": "NotRun", "evalue": message, "traceback": [message]}
    for number, cell in enumerate(prepared.notebook.cells):
        if cell.cell_type == "code":
            outputs = outcomes[cell.id]["outputs"] if cell.id in outcomes else [missed]
            cell.outputs = [NotebookNode(output) for output in outputs]
            cell.execution_count = number + 1
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = cell.execution_count
                if "data" in output:
                    output.data, output.metadata = NotebookNode(output.data), NotebookNode()
    refuse_partial_credit_out_of_range(prepared.notebook)
    seconds = {outcome["id"]: outcome["seconds"] for outcome in report["cells"]}
    how = {"end": report["end"], "tampering": prepared.tampering, "seconds": seconds}
    prepared.notebook.metadata[METADATA] = how
