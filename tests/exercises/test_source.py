"""An exercise's source is read whole, or refused with one sentence that says what to mend."""

import re
from pathlib import Path

import pytest

from layerbook.errors import LayerbookError
from layerbook.exercises import manifest, source


def test_reads_cells_functions_and_points(project):
    read = source.read(project / "exercises" / "scaling")
    assert read.functions == ("center", "unit_rows")
    assert read.points == 10
    kinds = [cell.kind for cell in read.cells]
    assert kinds == [
        "text",
        "setup",
        "text",
        "solution",
        "hints",
        "tests",
        "solution",
        "hints",
        "tests",
        "run",
        "tests",
    ]
    tests = next(cell for cell in read.cells if cell.id == "test-center")
    assert tests.of == "center"
    assert "hidden_check" in tests.source
    assert "hidden_check" not in tests.visible


def test_the_untouched_solution_is_a_stub(project):
    cell = next(c for c in source.read(project / "exercises" / "scaling").cells if c.id == "center")
    assert "column_means" not in cell.untouched
    assert cell.untouched.rstrip().endswith("    raise NotImplementedError()")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id="unit-rows" kind="solution"', 'id="center" kind="solution"', 'id="center" stands on two cells'),
        ('id="setup" kind', "kind", "should be words of a-z"),
        ('kind="setup"', 'kind="steup"', 'kind="steup" is not one of setup, solution, tests, run'),
        (' points=2 capstone', " capstone", "tests need points, a whole number above 0"),
        ("points=2", "points=0.5", "tests need points"),
        ('kind="setup"', 'kind="setup" points=3', "only cells of kind tests or answer have points"),
        ("def unit_rows", "def rows_of_unit", "a solution cell defines the function it is named for, `unit_rows`"),
        ("    ### END SOLUTION\n\n\n# %% [markdown] kind=\"hints\" of=\"center\"", '# %% [markdown] kind="hints" of="center"', "mark the solution with"),
        ('id="test-center"', 'id="test-centre"', "no solution cell defines `centre`"),
        ("# 3. Axis 0 runs down a column.", "#", "3 hints are wanted, as a numbered list; found 2"),
        ("### END HIDDEN TESTS\n\n\n# %% id=\"unit", "\n# %% id=\"unit", "needs its ### END HIDDEN TESTS"),
    ],
)  # fmt: skip
def test_says_what_is_wrong(project, exercise_source, old, new, said):
    exercise_source(old, new)
    with pytest.raises(LayerbookError, match=r"scaling\.py") as caught:
        source.read(project / "exercises" / "scaling")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("minutes = 10\n", "", "[scaling] needs `minutes`"),
        ('"easy"', '"simple"', "difficulty is one of easy, medium, hard"),
        ("minutes = 10", "minutes = 10\ncolor = 1", "unknown entry `color`"),
        ("[scaling]", "[scaling", "not valid TOML"),
    ],
)
def test_the_manifest_says_what_is_wrong(project, exercise_source, old, new, said):
    exercise_source(old, new, file="exercises/exercises.toml")
    with pytest.raises(LayerbookError) as caught:
        manifest.read(project)
    assert said in str(caught.value)


def test_an_unknown_exercise_is_refused_with_those_there_are(project):
    with pytest.raises(LayerbookError, match="no exercise called `scalling`; there are: scaling"):
        manifest.select(project, ["scalling"])


def test_checks_take_gradients_in_the_way_for_which_torch_loads_nothing():
    """`tensor.backward(gradient)` loads SymPy: a third of a second in each submission (ARCHITECTURE.md)."""
    for exercise in manifest.read(Path(__file__).parents[2]).values():
        text = (exercise.folder / f"{exercise.name}.py").read_text("utf-8")
        assert not re.findall(r".*\.backward\([^)\s].*", text)
