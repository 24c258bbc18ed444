"""A sample class, made from references and misconceptions, to see the whole path on real submissions."""

from __future__ import annotations

import ast
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
    path = exercise.folder / "misconceptions.py"
    known = [m for m in misconceptions.load(path) if m.of in parsed.functions]
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


def _choose(known: list[Misconception], count: int, start: int) -> dict[str, str]:
    """Sources of `count` misconceptions of different functions, other ones for each `start`."""
    chosen: dict[str, str] = {}
    for step in range(len(known)):
        mistake = known[(7 * start + 5 * step) % len(known)]
        if len(chosen) < count and mistake.of not in chosen:
            chosen[mistake.of] = learner_source(mistake)
    return chosen


def learner_source(mistake: Misconception) -> str:
    """The misconception as a learner would have written it: under the function's name, unexplained.

    What it needs of its own file stands above it.
    """
    tree = ast.parse(Path(inspect.getfile(mistake.function)).read_text("utf-8"))
    defined = {name: node for node in tree.body for name in _names_bound(node)}
    needed: dict[int, ast.stmt] = {}  # by line
    waiting = [mistake.name]
    while waiting:
        node = defined.get(waiting.pop())
        if node is not None and node.lineno not in needed:
            needed[node.lineno] = _unexplained(node, mistake)
            waiting += [inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)]
    last = needed.pop(defined[mistake.name].lineno)
    return (
        "\n\n".join(ast.unparse(node) for node in [*(needed[line] for line in sorted(needed)), last]) + "\n"
    )


def _names_bound(node: ast.stmt) -> list[str]:
    """Names that one statement of a module binds; those of imports from this project are nobody's."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import):
        return [alias.asname or alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not (node.module or "").startswith("layerbook"):
        return [alias.asname or alias.name for alias in node.names]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [inner.id for target in targets for inner in ast.walk(target) if isinstance(inner, ast.Name)]


def _unexplained(node: ast.stmt, mistake: Misconception) -> ast.stmt:
    """Without docstring and decorators; the misconception itself under the function's name."""
    if isinstance(node, ast.FunctionDef):
        node.decorator_list = []
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        if node.name == mistake.name:
            node.name = mistake.of
    return node


def _complete(notebook: NotebookNode, parsed: Source, wrong: dict[str, str]) -> None:
    """Fill the solution cells: wrong where asked for, else with the reference."""
    solutions = {cell.id: cell for cell in parsed.cells if cell.kind == "solution"}
    for cell in notebook.cells:
        if cell.id in solutions:
            solution = solutions[cell.id]
            reference = re.sub(r"^ *### (BEGIN|END) SOLUTION\n?", "", solution.source, flags=re.MULTILINE)
            cell.source = wrong.get(solution.of, reference)
