"""What holds for every exercise: right answers get full marks from both graders, random ones get no name."""

import ast
import copy
import importlib
import inspect
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell

from layerbook.exercises import manifest, source
from layerbook.exercises.check import Checker
from layerbook.exercises.compile import compile_exercise
from layerbook.exercises.judge import judge
from layerbook.exercises.run import run
from layerbook.grading import grade as grading
from layerbook.grading.bench import STOCK_CONFIG, marks
from layerbook.grading.course import make_course, own_programs_first
from layerbook.grading.prepare import grade_id
from layerbook.grading.release import release
from layerbook.grading.task import Settings, material_of, run_notebook

pytestmark = pytest.mark.thorough
ROOT = Path(__file__).parents[2]
NAMES = list(manifest.read(ROOT))
WRONG_OUTPUTS = 500  # over all exercises


def styles(name):
    """The independent implementations: style to function's name to function."""
    return importlib.import_module(f"answers.{name}").STYLES


def helpers(name):
    """The code that these implementations need, as a cell of a learner's own."""
    tree = ast.parse(inspect.getsource(importlib.import_module(f"answers.{name}")))
    return "\n\n".join(ast.unparse(node) for node in tree.body if "globals" not in _names(node))


def _names(node):
    return [inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)]


@pytest.mark.parametrize("name", NAMES)
def test_judge_finds_nothing_missing(name, root):
    verdict = judge(manifest.read(root)[name], root, with_mutants=True)
    assert verdict.problems == []
    assert verdict.caught == verdict.misconceptions
    assert verdict.named >= 0.95 * verdict.misconceptions
    assert verdict.named_by_visible >= 0.7 * verdict.misconceptions
    assert verdict.killed >= 0.97 * verdict.mutants


@pytest.mark.parametrize("name", NAMES)
def test_right_answers_get_full_marks_from_both_graders(name, root, tmp_path):
    course = make_course(tmp_path / "ours")
    release(manifest.read(root)[name], root, course)
    released = nbformat.read(course.root / "source" / name / f"{name}.ipynb", as_version=4)
    for style, functions in {"reference": {}, **fast_styles(name)}.items():
        folder = course.folder("submitted", style, name)
        folder.mkdir(parents=True)
        nbformat.write(written(released, functions, helpers(name)), folder / f"{name}.ipynb")
    stock = make_course(shutil.copytree(course.root, tmp_path / "stock"))
    (stock.root / "nbgrader_config.py").write_text(STOCK_CONFIG, "utf-8")

    grading.grade_all(course, workers=1)
    with own_programs_first():
        done = subprocess.run(["nbgrader", "autograde", name], cwd=stock.root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    full = sum(cell.points for cell in source.read(root / "exercises" / name).cells if cell.kind == "tests")
    expected = dict.fromkeys(("reference", *fast_styles(name)), full)
    assert marks(course, name) == expected
    assert marks(stock, name) == expected


@pytest.mark.parametrize("name", NAMES)
def test_no_test_has_torch_load_a_part_that_takes_long(name, root):
    """Its optimizers, and a gradient that starts from another one: each costs every submission its loading."""
    compiled = compile_exercise(manifest.read(root)[name], root)
    material = material_of(compiled.assignment, compiled.hidden, name)
    notebook = copy.deepcopy(material.source)
    last = copy.deepcopy(
        next(cell for cell in reversed(notebook.cells) if grade_id(cell).startswith("test-"))
    )
    last.metadata.nbgrader.grade_id = last.id = "loaded"
    last.source = "import sys\nsorted({'sympy', 'torch._dynamo'} & set(sys.modules))"
    notebook.cells.append(last)
    material = replace(material, notebook=nbformat.writes(notebook))
    (output,) = run_notebook(notebook, material, Settings()).cells[-1].outputs
    assert output.data["text/plain"] == "[]"


def fast_styles(name):
    """Those whose last part ends in time; the exercise's own tests run the others without it."""
    slow = getattr(importlib.import_module(f"answers.{name}"), "SLOW_STYLES", ())
    return {style: functions for style, functions in styles(name).items() if style not in slow}


def written(released, functions, code):
    """The notebook as somebody would hand it in who has written `functions`, with helpers in a cell above."""
    notebook = copy.deepcopy(released)
    for place, cell in enumerate(notebook.cells):
        if functions and cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "code":
            notebook.cells.insert(place, new_code_cell(code))
            break
    for cell in notebook.cells:
        name = next(
            (name for name in functions if re.search(rf"^def {name}\(", cell.source, re.MULTILINE)), None
        )
        if name and cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = f"{name} = {functions[name].__name__}"
    return notebook


@pytest.mark.parametrize("name", NAMES)
def test_an_unwritten_function_breaks_no_later_cell(name, implementations):
    """Nothing that a cell needs is defined behind a check that may fail."""

    def unwritten(*args, **kwargs):
        raise NotImplementedError

    exercise = implementations(name)
    for function in exercise.compiled.source.functions:
        messages = exercise.failures({function: unwritten}).values()
        assert not any("is not defined" in message for message in messages), function


@pytest.mark.parametrize("name", NAMES)
def test_random_wrong_outputs_get_no_name(name, implementations):
    """Of each exercise its share of the 500: outputs of the reference with random numbers added."""
    exercise = implementations(name)
    known = exercise.compiled.known_mistakes()
    functions = exercise.compiled.source.functions
    tries = -(-WRONG_OUTPUTS // len(NAMES))
    seen_wrong = 0
    for number in range(tries):
        noise = Noise(np.random.default_rng(number), functions[number % len(functions)])
        results = run(exercise.compiled.source, exercise.compiled.assignment, noise.checker(known))
        messages = [result.message for result in results if not result.passed]
        seen_wrong += any(noise.function in message for message in messages)
        assert not any("known mistake" in message for message in messages), messages
    assert seen_wrong == tries


class Noise:
    """Adds random numbers to what one function returns, before a check looks at it."""

    def __init__(self, generator, function):
        self.generator, self.function = generator, function

    def checker(self, known):
        noise = self

        class NoisyChecker(Checker):
            def _run(self, function, args, expect, case, options, *, hidden):
                if getattr(function, "__name__", "") == noise.function:
                    view = options.get("view") or (lambda result: result)
                    options = options | {"view": lambda result: noise.added(view(result))}
                super()._run(function, args, expect, case, options, hidden=hidden)

        return NoisyChecker(known)

    def added(self, value):
        if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "biuf":
            return value + self.generator.normal(size=np.shape(value))
        if isinstance(value, bool | int | float):
            return value + float(self.generator.normal())
        if isinstance(value, dict):
            return {key: self.added(each) for key, each in value.items()}
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return type(value)(*map(self.added, value))
        if isinstance(value, list | tuple):
            return type(value)(map(self.added, value))
        return f"{value}{self.generator.integers(1_000_000)}" if isinstance(value, str) else value
