"""A learner alone: grade one notebook now, without a class."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from layerbook.engine.limits import Limits
from layerbook.engine.worker import Worker
from layerbook.errors import LayerbookError, UsageError
from layerbook.loading import loading

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from layerbook.grading.results import Result, TestResult

LEARNER = "you"
PATIENCE = 0.5  # seconds that a cell may take before the results so far are given


def check_notebook(notebook: Path, root: Path) -> Generator[Result]:
    """Run `notebook` as a class's would be, with the same engine and rules; no gradebook is involved.

    While a cell takes its time, gives what is known of the tests before it; at last, the result of all.
    Raises `UsageError` if it is no notebook of one of the project's exercises.
    """
    with Worker(Limits()) as worker:
        worker.launch()  # its libraries load while this process loads its own and compiles the exercise
        with loading():
            from layerbook.exercises import manifest
            from layerbook.exercises.compile import compile_exercise
            from layerbook.grading.results import of_notebook
            from layerbook.grading.submission import exercise_of, parse, read
            from layerbook.grading.task import Settings, material_of, run_notebook

        try:
            handed_in = parse(read(notebook), notebook.name)
        except LayerbookError as error:
            raise UsageError(str(error)) from None
        exercises = manifest.read(root)
        name = exercise_of(handed_in) or notebook.stem
        if name not in exercises:
            raise UsageError(
                f"{notebook.name} is a notebook of `{name}`; the exercises here are: {', '.join(exercises)}."
            )
        compiled = compile_exercise(exercises[name], root)
        material = material_of(compiled.assignment, compiled.hidden, name)
        told: SimpleQueue[NotebookNode | None] = SimpleQueue()
        with ThreadPoolExecutor(1) as thread:
            try:
                run = thread.submit(run_notebook, handed_in, material, Settings(), worker, told.put)
                run.add_done_callback(lambda _: told.put(None))
                yield from _so_far(told, name)
            except BaseException:
                worker.stop()  # else the thread would go on until the notebook has run
                raise
        yield of_notebook(run.result(), name, LEARNER)


def _so_far(told: SimpleQueue[NotebookNode | None], exercise: str) -> Iterator[Result]:
    """What is known of the tests, whenever no further cell ends for a while; until None is told."""
    from nbgrader.utils import is_grade

    from layerbook.grading.results import RUNNING, Result, of_cell

    known: dict[str, TestResult] = {}
    given = 0
    while True:
        try:
            cell = told.get(timeout=PATIENCE)
        except Empty:
            if len(known) > given:
                given = len(known)
                yield Result(LEARNER, exercise, RUNNING, tests=tuple(known.values()))
            continue
        if cell is None:
            return
        if is_grade(cell):
            test = of_cell(cell)
            known[test.id] = test
