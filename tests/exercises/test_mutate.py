"""The reference is changed in small ways, and `judge` says which of them no test notices."""

import pytest

from layerbook.exercises import manifest
from layerbook.exercises.judge import judge
from layerbook.exercises.mutate import mutants
from layerbook.exercises.source import Cell


def changes(*lines):
    """All changes of a function whose solution is `lines`; "from -> to" without what they have in common."""
    body = "\n".join(f"    {line}" for line in ("### BEGIN SOLUTION", *lines, "### END SOLUTION"))
    cell = Cell("f", "solution", f"def f(x, y, n=1):\n{body}\n", of="f")
    return [mutant.change for mutant in mutants(cell)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("return x + y", ["return x - y", "return x", "return y"]),
        ("return x / y", ["return x * y"]),
        ("return x @ y.T", ["return x * y.T", "return x @ y"]),
        ("return x < y", ["return x <= y", "return x > y"]),
        ("return x and y", ["return x or y"]),
        ("return -x", ["return x"]),
        ("return x[2]", ["return x[3]", "return x[1]"]),
        ("return x[n:]", ["return x[:]"]),
        ("return 0.5", ["return 1.5"]),
        ("return x.sum(axis=n)", ["return x.sum()", "return x.mean(axis=n)"]),
        ("return f(x, keepdims=True)", ["return f(x, )", "return f(x, keepdims=False)"]),
        ("return x.copy()", ["return x"]),
        ("return np.transpose(x)", ["return x"]),
        ("return x, y", ["return y, x"]),
        ("x += y", ["x -= y", "x = y", "pass"]),
        ("x[n] = y", ["pass"]),
        ("x = y", []),
    ],
)
def test_every_kind_of_change(line, expected):
    assert [change.removeprefix(f"{line} -> ") for change in changes(line)] == expected


def test_a_condition_is_turned_round():
    assert "if x: -> if not x:" in changes("if x:", "    return y")


def test_the_same_change_in_two_lines_is_told_apart():
    found = changes("x = f(-n)", "x = f(-n)")
    assert found == ["x = f(-n) -> x = f(n)", "x = f(-n) -> x = f(n) (number 2)"]


def test_nothing_outside_of_the_solution_is_changed():
    cell = Cell(
        "f",
        "solution",
        "def f(n=1):\n    n += 1\n    ### BEGIN SOLUTION\n    return n\n    ### END SOLUTION\n",
    )
    assert list(mutants(cell)) == []


def verdict(project):
    return judge(manifest.read(project)["scaling"], project, with_mutants=True)


def test_judge_counts_those_that_the_tests_notice(project):
    found = verdict(project)
    assert found.problems == []
    assert found.mutants == found.killed > 10


def test_judge_names_a_change_that_no_test_notices(project, exercise_source):
    exercise_source("return x - column_means", "return 1 * x - column_means")
    found = verdict(project)
    assert found.killed < found.mutants
    assert any("`center` may be changed unnoticed: return 1 * x" in problem for problem in found.problems)


def test_a_change_may_be_listed_as_one_without_a_difference(project, exercise_source):
    exercise_source("return x - column_means", "return 1 * x - column_means")
    unnoticed = [p.partition(": ")[2] for p in verdict(project).problems]
    listed = "".join(
        f"[[equivalent]]\nof = 'center'\nchange = '{c}'\nreason = 'One times x is x.'\n" for c in unnoticed
    )
    (project / "exercises/scaling/equivalent.toml").write_text(listed, "utf-8")
    assert verdict(project).problems == []


def test_a_listed_change_that_is_noticed_is_told(project):
    listed = "[[equivalent]]\nof = 'center'\nchange = 'a -> b'\nreason = 'It is not.'\n"
    (project / "exercises/scaling/equivalent.toml").write_text(listed, "utf-8")
    assert verdict(project).problems == [
        "equivalent.toml lists a change of `center` that is noticed or not made: a -> b"
    ]


def test_an_endless_mutant_is_stopped(project, exercise_source, monkeypatch):
    monkeypatch.setattr("layerbook.exercises.judge.MUTANT_SECONDS", 0.2)
    exercise_source(
        "return x - column_means", "n = 0\n    while n < 1:\n        n += 1\n    return x - column_means"
    )
    assert verdict(project).killed > 10
