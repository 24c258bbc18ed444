"""`judge` passes a good exercise and says what a bad one lacks."""

import warnings

import pytest

from layerbook.exercises import manifest
from layerbook.exercises.judge import judge


def verdict(project):
    return judge(manifest.read(project)["scaling"], project)


def test_a_good_exercise_has_no_problems(project):
    found = verdict(project)
    assert found.problems == []
    assert (found.functions, found.points, found.misconceptions) == (2, 10, 8)
    assert found.caught == found.named == found.named_by_visible == 8
    assert found.mutants is None


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("../exercises.toml", "points = 10", "points = 11", "the manifest says 11 points"),
        ("scaling.py", "with open(", "import time; time.sleep(5.1)\nwith open(", "the manifest says 5"),
        ("scaling.py", '# %% [markdown] kind="hints" of="center"', "# %% [markdown]", "`center` has no hints"),
        ("scaling.py", 'of="unit_rows"', 'of="center" id="more-hints"', "`unit_rows` has no hints"),
        ("scaling.py", "assert abs(float(np.sum(scaled))) < 1e-9", "assert True", "the untouched notebook scores 2"),
        ("scaling.py", "# Take the mean of each", "# Use lengths = np.sqrt((x**2).sum(axis=1, keepdims=True)).\n# Take the mean of each", "gives away"),
        ("misconceptions.py", "return x + x.mean(axis=0)", "return x - x.mean(axis=0)", "`mean_added` loses no points"),
        ("misconceptions.py", '@misconception(of="center", read="scaling.md#centre")\ndef mean_added', "def mean_added", "`center` has 3 misconceptions"),
    ],
)  # fmt: skip
def test_says_what_falls_short(project, exercise_source, file, old, new, said):
    exercise_source(old, new, file=f"exercises/scaling/{file}")
    assert any(said in problem for problem in verdict(project).problems), verdict(project).problems


def test_a_misconception_may_overflow_and_nobody_is_warned(project, exercise_source):
    """What it returns is what a learner will see; there it is no error either."""
    exercise_source(
        "return x + x.mean(axis=0)", "return x * 1e200 * 1e200", file="exercises/scaling/misconceptions.py"
    )
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        found = verdict(project)
    assert [str(warning.message) for warning in warned] == []
    assert (found.caught, found.named) == (8, 8)


def test_a_misconception_that_no_message_names_counts_as_unnamed(project, exercise_source):
    random = "return np.random.default_rng().normal(size=x.shape)"
    exercise_source("return x + x.mean(axis=0)", random, file="exercises/scaling/misconceptions.py")
    found = verdict(project)
    assert (found.caught, found.named) == (8, 7)
    assert "`mean_added` is caught, but not named" in found.problems
