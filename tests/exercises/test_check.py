"""`check` says what is wrong, names what it knows, and rejects no right answer."""

from collections import Counter, namedtuple
from pathlib import Path

import numpy as np
import pytest

from layerbook.exercises import check as module
from layerbook.exercises.check import ANY, Checker, CheckFailed, Outcome, fingerprint, same_fingerprint


def failure(function, *args, hidden=False, known=None, **options):
    checker = Checker(known)
    run = checker.hidden_check if hidden else checker.check
    with pytest.raises(CheckFailed) as caught:
        run(function, *args, **{"case": "a case", **options})
    return str(caught.value)


def double(x):
    return 2 * x


@pytest.mark.parametrize(
    ("returned", "expect"),
    [
        (np.float32(0.1), 0.1),
        (np.array(3), 3),
        (3, np.array(3.0)),
        (np.ones((2, 3), order="F"), np.ones((2, 3))),
        (np.arange(12.0).reshape(3, 4).T[::2], np.arange(12.0).reshape(3, 4).T[::2]),
        ([1, 2], (1, 2)),
        ((np.ones(2), object()), (np.ones(2), ANY)),
        ({"b": 1, "a": 0}, {"a": 0, "b": 1}),
        (["a", "b"], ["a", "b"]),
        (1 + 1e-9, 1.0),
        (np.array([True, False]), np.array([1.0, 0.0])),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        ({np.str_("a"): np.int64(0)}, {"a": 0}),
        ({"a": np.ones(2)}, {"a": np.ones(2) + 1e-12}),
        ([0.1 + 0.2, (1, np.array([2, 3]))], [0.3, (1, [2, 3])]),
        (np.True_, True),
        ({1, 2}, {2, 1}),
    ],
)
def test_accepts_what_is_equal_in_another_form(returned, expect):
    Checker().check(lambda: returned, expect=expect, case="equal")


@pytest.mark.parametrize(
    ("returned", "expect", "said"),
    [
        (None, np.ones(2), "wrong type     returned None; is a `return` missing?"),
        ([1.0, 1.0], np.ones(2), "wrong type     returned a list of 2, expected an array of shape (2,)"),
        (np.ones((2, 1)), np.ones(2), "wrong shape    got (2, 1), expected (2,)"),
        (np.array([1, np.nan]), np.ones(2), "not a number   1 of 2 are NaN, the first at [1]"),
        (
            np.array([1.0, 4.0]),
            np.ones(2),
            "1 of 2 differ, by 3 at most; the first at [1]: got 4, expected 1",
        ),
        (2.0, 1.0, "wrong value    got 2, expected 1"),
        (np.array(["a"]), np.ones(1), "wrong type"),
        (np.ones(0), np.ones(1), "wrong shape    got (0,), expected (1,)"),
        ({"a": 1}, {"a": 2}, "got {'a': 1}, expected {'a': 2}"),
        ("b", "a", "wrong value    got 'b', expected 'a'"),
        (np.nan, 1.0, "not a number   got NaN"),
        ((1.0,), (1.0, 2.0), "wrong type     returned a tuple of 1, expected 2 values"),
        ((1.0, 3.0), (1.0, 2.0), "output 2 of 2: got 3, expected 2"),
        (np.array([1e-3]), np.array([0.0]), "wrong values"),
        (np.array([1 + 1j]), np.array([1.0]), "wrong type"),
        (np.broadcast_to(1.0, (10**6, 10**6)), np.ones(2), "wrong shape    got (1000000, 1000000)"),
        ([[1], [1, 2]], 1.0, "wrong type     returned a list of 2, expected numbers"),
        (np.array([np.inf, 1.0]), np.array([np.inf, 2.0]), "1 of 2 differ, by 1 at most"),
        (iter([1, 2]), [1, 2], "returned a value of type list_iterator, expected a list of 2"),
        (["a", np.ones(2)], ["a", "b"], "wrong value"),
        ({1, 2}, {1, 3}, "wrong value    got {1, 2}, expected {1, 3}"),
        (b"a", b"b", "wrong value    got b'a', expected b'b'"),
        (1, True, "wrong type"),
    ],
)
def test_says_what_is_wrong(returned, expect, said):
    assert said in failure(lambda: returned, expect=expect)


def test_names_the_outputs_of_a_namedtuple():
    gradients = namedtuple("gradients", ["grad_center", "grad_context"])
    expect = gradients(np.zeros(2), np.ones(2))
    assert "grad_context: 2 of 2 differ" in failure(lambda: (np.zeros(2), np.zeros(2)), expect=expect)


def test_shows_call_then_problem():
    lines = failure(double, np.ones(2), expect=np.ones(2)).splitlines()
    assert lines[0] == "double is not right yet: a case"
    assert lines[1] == "  called with    x (2,) float64 = [1., 1.]"
    assert lines[2].startswith("  wrong values")


def test_a_hidden_check_tells_nothing_it_expects():
    for returned in (np.array([1.5, 2.5]), np.ones(3), None, [1], {"a": 1}, "text", 7.0):
        message = failure(lambda value=returned: value, expect=np.array([8.25, 9.75]), hidden=True)
        assert "expected" not in message
        assert "8.25" not in message
        assert "9.75" not in message
    message = failure(double, np.array([0.125]), expect=np.array([8.25]), hidden=True)
    assert "0.125" not in message
    assert "x (1,) float64" in message


def test_sees_an_argument_changed_in_place():
    def scale(x):
        x *= 2
        return x

    given = np.ones(2)
    assert "the argument `x` was changed in place" in failure(scale, given, expect=2 * np.ones(2))
    assert given.tolist() == [1, 1]
    Checker().check(scale, x=np.ones(2), expect=ANY, expect_changed={"x": np.full(2, 2.0)}, case="meant")
    wanted = {"x": np.full(2, 3.0)}
    assert "x: 2 of 2 differ" in failure(scale, x=np.ones(2), expect=ANY, expect_changed=wanted)
    unchanged = {"x": np.ones(2)}
    assert "should have been changed" in failure(double, x=np.ones(2), expect=ANY, expect_changed=unchanged)


def test_shows_the_line_that_raised():
    def broken(x):
        return x[5]

    message = failure(broken, np.ones(2), expect=1.0)
    assert "raised         IndexError: index 5 is out of bounds" in message
    assert "in the line    return x[5]" in message


def test_shows_the_learners_own_line_when_the_standard_library_raised():
    def broken(x):
        return Counter(x)

    assert "in the line    return Counter(x)" in failure(broken, 5, expect={})


class MuteError(Exception):
    def __str__(self):
        raise RuntimeError

    __repr__ = __str__


def test_survives_what_cannot_be_shown():
    def broken():
        raise MuteError

    known = known_as(Outcome(value=1.0).fingerprint(), of="broken")
    assert "raised         MuteError: (cannot be shown)" in failure(broken, expect=1.0, known=known)
    assert "got (cannot be shown), expected [1]" in failure(lambda: [MuteError()], expect=[1])
    endless = []
    endless.append(endless)
    known = {"<lambda> | a case": known["double | a case"]}
    assert "wrong value" in failure(lambda: endless, expect=[1], known=known)


def test_a_long_message_is_cut():
    def broken():
        raise ValueError("x" * 10_000)

    assert len(failure(broken, expect=1.0)) < 1000


def test_an_unwritten_function_is_called_that():
    def unwritten(x):
        raise NotImplementedError

    assert failure(unwritten, 1, expect=1) == "unwritten is not written yet: it raises NotImplementedError."


def test_view_is_applied_before_comparing():
    Checker().check(lambda: [(2, 1), (0, 1)], expect=[(0, 1), (2, 1)], view=sorted, case="any order")


def known_as(outcome, name="a_mistake", of="double"):
    entry = {"of": of, "name": name, "message": "Twice. Once.", "read": "there", "outcome": outcome}
    return {"double | a case": [entry]}


def test_names_a_known_outcome_and_nothing_else():
    known = known_as(Outcome(value=np.array([2.0, 4.0])).fingerprint())
    message = failure(double, np.array([1.0, 2.0]), expect=np.ones(2), known=known)
    assert "  known mistake  a_mistake: Twice. Once.\n  read on        there" in message
    generator = np.random.default_rng(0)
    for _ in range(500):
        message = failure(double, generator.normal(size=2), expect=np.ones(2), known=known)
        assert "known mistake" not in message


def test_names_where_a_known_mistake_comes_from():
    known = known_as(Outcome(value=np.array([2.0])).fingerprint(), of="halve")
    message = failure(double, np.array([1.0]), expect=np.ones(1), known=known)
    assert "a_mistake (in `halve`): Twice." in message


def test_says_both_when_two_mistakes_look_the_same():
    outcome = Outcome(value=np.array([2.0])).fingerprint()
    known = known_as(outcome)
    known["double | a case"] += known_as(outcome, name="another")["double | a case"]
    message = failure(double, np.array([1.0]), expect=np.ones(1), known=known)
    assert "2 known mistakes give exactly this result" in message
    assert "a_mistake" in message
    assert "another" in message


def test_a_mistake_in_another_function_is_not_named_if_that_one_failed_in_another_way():
    """`double` calls `halve`, whose own case has failed already."""
    own, later = Outcome(value=7.0).fingerprint(), Outcome(value=2.0).fingerprint()
    known = known_as(later, of="halve")
    known["halve | its case"] = known_as(own, of="halve")["double | a case"]
    for came, named in ((7.0, True), (8.0, False)):
        checker = Checker(known)

        def halve(x, came=came):
            return came

        with pytest.raises(CheckFailed) as caught:
            checker.check(halve, 1.0, expect=0.5, case="its case")
        assert ("a_mistake" in str(caught.value)) is named
        with pytest.raises(CheckFailed) as caught:
            checker.check(double, 1.0, expect=1.0, case="a case")
        assert ("(in `halve`)" in str(caught.value)) is named


def test_a_mistake_that_would_have_failed_a_passed_case_is_not_named():
    outcome = Outcome(value=np.array([2.0])).fingerprint()
    known = known_as(outcome)
    known["double | a case"] += known_as(outcome, name="another")["double | a case"]
    known["double | an earlier case"] = known_as(Outcome(value=0.0).fingerprint(), name="another")[
        "double | a case"
    ]
    checker = Checker(known)
    checker.check(double, 3, expect=6, case="an earlier case")
    with pytest.raises(CheckFailed, match="a_mistake") as caught:
        checker.check(double, np.array([1.0]), expect=np.ones(1), case="a case")
    assert "another" not in str(caught.value)


def test_own_mistakes_come_before_those_of_other_functions():
    outcome = Outcome(value=np.array([2.0])).fingerprint()
    known = known_as(outcome)
    known["double | a case"] += known_as(outcome, name="elsewhere", of="halve")["double | a case"]
    assert "elsewhere" not in failure(double, np.array([1.0]), expect=np.ones(1), known=known)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.ones(2), np.ones((2, 1))),
        (np.array([1.0, 2.0]), np.array([2.0, 1.0])),
        (np.array([1.0]), np.array([np.nan])),
        ("a", "b"),
        ({"a": 1}, {"a": 2}),
        ((1, "a"), (1, "b")),
        (None, 0),
        (np.zeros(3), np.full(3, 1e-3)),
        (np.zeros((0, 3)), np.zeros((0, 2))),
        ({1, 2}, {1, 3}),
        (b"a", b"b"),
        (1j, 2j),
        (10**30, 10**40),
    ],
)
def test_fingerprints_tell_values_apart(one, other):
    assert same_fingerprint(fingerprint(one), fingerprint(one))
    assert not same_fingerprint(fingerprint(one), fingerprint(other))


def test_fingerprints_survive_rounding_and_memory_order():
    values = np.random.default_rng(1).normal(size=(4, 3))
    assert same_fingerprint(fingerprint(values), fingerprint(np.asfortranarray(values * (1 + 1e-12))))
    assert same_fingerprint(fingerprint(values), fingerprint(values.astype(np.float32).astype(float)))


def test_fingerprints_do_not_depend_on_the_kind_of_key():
    assert fingerprint({np.str_("a"): 1, np.int64(2): 3}) == fingerprint({2: 3, "a": 1})


def test_a_broken_record_names_nothing(tmp_path):
    (tmp_path / "check.json").write_text("{", "utf-8")
    assert Checker.beside(str(tmp_path / "check.py")).known == {}


def test_needs_nothing_but_numpy():
    text = Path(module.__file__).read_text("utf-8")
    imports = {line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))}
    standard = {
        "__future__",
        "copy",
        "functools",
        "hashlib",
        "inspect",
        "json",
        "os",
        "traceback",
        "dataclasses",
    }
    assert imports <= standard | {"collections.abc", "pathlib", "typing", "numpy"}
