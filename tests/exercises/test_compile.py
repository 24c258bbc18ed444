"""Compiling gives nbgrader's format, the same bytes each time, and nothing that learners must not see."""

import json
import shutil

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator

from layerbook.errors import LayerbookError
from layerbook.exercises import manifest
from layerbook.exercises.compile import compile_all, compile_exercise, is_compiled


def compiled(project):
    return compile_exercise(manifest.read(project)["scaling"], project)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_twice_gives_the_same_bytes(project):
    first = contents(compiled(project).folder)
    shutil.rmtree(project / "_build")
    assert contents(compiled(project).folder) == first
    assert first.keys() == {"scaling.ipynb", "check.py", "check.json", "numbers.txt", "hidden.json", "digest"}


def test_compiles_again_only_after_a_change(project, exercise_source):
    notebook = compiled(project).notebook
    before = notebook.stat().st_mtime_ns
    assert compiled(project).notebook.stat().st_mtime_ns == before
    exercise_source("Take the mean of each column away.", "Take each column's mean away.")
    assert "each column's mean" in compiled(project).notebook.read_text("utf-8")


def test_of_the_chapters_only_headings_count(project):
    exercise = compiled(project).exercise
    chapter = next((project / "chapters").glob("*.md"))
    chapter.write_text(chapter.read_text("utf-8") + "\nOne sentence more.\n", "utf-8")
    assert is_compiled(exercise, project)
    chapter.write_text(chapter.read_text("utf-8") + "\n(more)=\n## One section more\n", "utf-8")
    assert not is_compiled(exercise, project)


def test_all_that_changed_is_compiled_in_processes_of_its_own(project):
    exercises = list(manifest.read(project).values())
    assert list(compile_all(exercises, project)) == exercises
    assert all(is_compiled(exercise, project) for exercise in exercises)


def test_what_is_wrong_in_another_process_is_said_in_this_one(project, exercise_source):
    exercise_source('of="center"', 'of="centre"', "exercises/scaling/misconceptions.py")
    with pytest.raises(LayerbookError, match="centre"):
        list(compile_all(list(manifest.read(project).values()), project))


def test_metadata_is_nbgraders(project):
    notebook = nbformat.read(compiled(project).notebook, as_version=4)
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
    cells = {cell.id: cell.metadata.get("nbgrader") for cell in notebook.cells}
    assert cells["test-center"]["points"] == 4
    assert cells["test-center"]["locked"]
    assert cells["center"]["solution"]
    assert cells["setup"]["locked"]
    assert cells["use-them"] is None


def test_hints_are_folded(project):
    notebook = nbformat.read(compiled(project).notebook, as_version=4)
    hints = next(cell.source for cell in notebook.cells if cell.id == "hints-center")
    assert hints.count("<details>") == hints.count("</details>") == 3
    assert "Hint 3 for <code>center</code>" in hints


def test_records_of_hidden_checks_stay_with_the_grader(project):
    made = compiled(project)
    visible = json.loads((made.assignment / "check.json").read_text("utf-8"))["known"]
    hidden = json.loads(made.hidden.read_text("utf-8"))["known"]
    assert "center | two rows" in visible
    assert "center | odd sizes" in hidden
    assert not visible.keys() & hidden.keys()
    assert {entry["name"] for entry in visible["unit_rows | zeros"]} >= {"zero_by_zero", "length_squared"}


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("scaling.py", "return x - column_means", "return x", "the reference fails the check center | "),
        ("scaling.py", 'case="zeros"', 'case="two rows"', "two checks are called unit_rows | two rows"),
        ("scaling.py", "hidden_check(\n    center", "check(\n    center", "hidden tests use hidden_check"),
        ("scaling.py", "check(unit_rows, np", "hidden_check(unit_rows, np", "hidden_check belongs between"),
        ("misconceptions.py", 'of="center", ', 'of="centre", ', "is of `centre`, which is no function"),
        ("misconceptions.py", "scaling.md#length", "scaling.md#lenght", "no heading there is marked (lenght)="),
        ("misconceptions.py", "scaling.md#length", "nowhere.md#length", "nowhere.md, which does not exist"),
        ("misconceptions.py", '    """One mean for all. Each column has its own mean; give the axis."""\n', "", "needs a docstring"),
        ("../exercises.toml", "numbers.txt", "letters.txt", "has no file letters.txt"),
    ],
)  # fmt: skip
def test_says_what_is_wrong(project, exercise_source, file, old, new, said):
    exercise_source(old, new, file=f"exercises/scaling/{file}")
    with pytest.raises(LayerbookError) as caught:
        compiled(project)
    assert said in str(caught.value)
