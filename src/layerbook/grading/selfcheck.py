"""A learner alone: grade one notebook now, without a class."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from layerbook.engine.limits import Limits
from layerbook.engine.worker import Worker
from layerbook.errors import LayerbookError, UsageError
from layerbook.loading import loading

if TYPE_CHECKING:
    from layerbook.grading.results import Result

LEARNER = "you"


def check_notebook(notebook: Path, root: Path) -> Result:
    """Run `notebook` as a class's would be, with the same engine and rules; no gradebook is involved.

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
        made = run_notebook(handed_in, material, Settings(), worker)
    return of_notebook(made, name, LEARNER)
