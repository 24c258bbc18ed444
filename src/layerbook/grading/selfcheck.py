"""A learner alone: grade one notebook now, without a class."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat

from layerbook.engine.limits import Limits
from layerbook.engine.worker import Worker
from layerbook.errors import UsageError
from layerbook.exercises import manifest
from layerbook.exercises.compile import compile_exercise
from layerbook.grading.execute import fill, make_job
from layerbook.grading.grade import exercise_of, require_sandbox, unreadable
from layerbook.grading.results import Result, of_notebook

LEARNER = "you"


def check_notebook(notebook: Path, root: Path) -> Result:
    """Run `notebook` as a class's would be, with the same engine and rules; no gradebook is involved.

    Raises `UsageError` if it is no notebook of one of the project's exercises.
    """
    problem = unreadable(notebook)
    if problem:
        raise UsageError(problem)
    exercises = manifest.read(root)
    name = exercise_of(json.loads(notebook.read_text("utf-8"))) or notebook.stem
    if name not in exercises:
        raise UsageError(
            f"{notebook.name} is a notebook of `{name}`; the exercises here are: {', '.join(exercises)}."
        )
    require_sandbox()
    with Worker(Limits()) as worker, ThreadPoolExecutor(1) as pool:
        ready = pool.submit(worker.start)  # the libraries load while the exercise is compiled
        compiled = compile_exercise(exercises[name], root)
        handed_in = nbformat.read(notebook, as_version=4)
        prepared, job = make_job(handed_in, compiled.assignment, compiled.hidden)
        ready.result()
        fill(prepared, worker.run(job))
    return of_notebook(prepared.notebook, name, LEARNER)
