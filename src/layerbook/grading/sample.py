"""A sample class, made from references and misconceptions, to see the whole path on real submissions."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from layerbook import misconceptions
from layerbook.exercises.compile import compile_exercise
from layerbook.exercises.manifest import Exercise
from layerbook.exercises.source import Source
from layerbook.grading.course import Course
from layerbook.misconceptions import Misconception

# How many functions each sample learner gets wrong; None hands the notebook in untouched.
WRONG_FUNCTIONS = (0, 1, 2, 1, 3, None)


def make_class(
    exercise: Exercise, root: Path, course: Course, wrong_functions: Sequence[int | None] = WRONG_FUNCTIONS
) -> list[str]:
    """Hand in one notebook for each of `wrong_functions`; returns the students.

    A notebook that is already there is left alone, so that a second run grades nothing twice.
    """
    released = course.root / "release" / exercise.name / f"{exercise.name}.ipynb"
    parsed = compile_exercise(exercise, root).source
    known = [
        m for m in misconceptions.load(exercise.folder / "misconceptions.py") if _stands_alone(m, parsed)
    ]
    students = []
    for number, wrong in enumerate(wrong_functions):
        students.append(f"sample-{number + 1:02d}")
        handed_in = course.folder("submitted", students[-1], exercise.name) / released.name
        if handed_in.is_file():
            continue
        handed_in.parent.mkdir(parents=True, exist_ok=True)
        notebook = nbformat.read(released, as_version=4)
        if wrong is not None:
            _complete(notebook, parsed, _choose(known, wrong, start=number))
        nbformat.write(notebook, handed_in)
    return students


def _stands_alone(mistake: Misconception, parsed: Source) -> bool:
    """Whether its source works in a notebook: it uses nothing of its own file but NumPy."""
    used = set(inspect.getclosurevars(mistake.function).globals)
    return mistake.of in parsed.functions and used <= {"np"}


def _choose(known: list[Misconception], count: int, start: int) -> dict[str, str]:
    """Sources of `count` misconceptions of different functions, other ones for each `start`."""
    chosen: dict[str, str] = {}
    for step in range(len(known)):
        mistake = known[(7 * start + 5 * step) % len(known)]
        if len(chosen) < count and mistake.of not in chosen:
            chosen[mistake.of] = learner_source(mistake)
    return chosen


def learner_source(mistake: Misconception) -> str:
    """The misconception as a learner would have written it: under the function's name, unexplained."""
    lines, _ = inspect.getsourcelines(mistake.function)
    text = "".join(lines)
    text = text[text.index("def ") :].replace(f"def {mistake.name}(", f"def {mistake.of}(", 1)
    return re.sub(r'\n +""".*?"""', "", text, count=1, flags=re.DOTALL)


def _complete(notebook: NotebookNode, parsed: Source, wrong: dict[str, str]) -> None:
    """Fill the solution cells: wrong where asked for, else with the reference."""
    solutions = {cell.id: cell for cell in parsed.cells if cell.kind == "solution"}
    for cell in notebook.cells:
        if cell.id in solutions:
            solution = solutions[cell.id]
            reference = re.sub(r"^ *### (BEGIN|END) SOLUTION\n?", "", solution.source, flags=re.MULTILINE)
            cell.source = wrong.get(solution.of, reference)
