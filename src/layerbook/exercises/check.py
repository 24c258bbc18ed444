"""`check`: calls your function, compares what comes back, and says what is wrong.

This file ships beside the notebook and needs nothing but NumPy. The file `check.json` beside it holds what
known mistakes return (as numbers), so that a message can name the mistake and say where to read on.
"""

from __future__ import annotations

import copy
import functools
import hashlib
import inspect
import json
import os
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

RELATIVE_TOLERANCE = 1e-5
ABSOLUTE_TOLERANCE = 1e-8
FINGERPRINT_TOLERANCE = 1e-6
SHOWN_ELEMENTS = 12  # an argument up to this size is printed whole
SHOWN_LETTERS = 500  # a longer message of an exception is cut
STANDARD_LIBRARY = str(Path(os.__file__).parent)
MISTAKE_LABEL = "known mistake"

ANY = type("ANY", (), {"__repr__": lambda self: "ANY"})()
"""Stands in `expect` for a value of any form, such as a cache."""


class CheckFailed(AssertionError):  # noqa: N818  a failed check is not an error of the program
    """A check that did not hold; its text is the whole message, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


@dataclass
class Outcome:
    """What one call did: a value or an exception, and which arguments it changed in place."""

    value: Any = None
    exception: BaseException | None = None
    changed: dict[str, Any] = field(default_factory=dict)

    def fingerprint(self) -> dict[str, Any]:
        """Plain data, a few numbers long, that (almost surely) only this outcome has."""
        if self.exception is not None:
            return {"raises": f"{type(self.exception).__name__}: {_text(self.exception, str)}"}
        prints: dict[str, Any] = {"value": fingerprint(self.value)}
        if self.changed:
            prints["changed"] = {name: fingerprint(value) for name, value in self.changed.items()}
        return prints


def call(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], view: Any = None) -> Outcome:
    """Call `function` on copies of the arguments and note what it returned, raised, and changed."""
    given = dict(zip(argument_names(function, len(args)), args, strict=True)) | kwargs
    passed = {name: _copied(value) for name, value in given.items()}
    outcome = Outcome()
    try:
        positional = list(passed.values())[: len(args)]
        outcome.value = function(*positional, **{name: passed[name] for name in kwargs})
        if view is not None:
            outcome.value = view(outcome.value)
    except Exception as error:
        outcome.exception = error
    outcome.changed = {n: passed[n] for n in given if _has_changed(passed[n], given[n])}
    return outcome


def _has_changed(now: Any, before: Any) -> bool:
    if now is before:  # what cannot be changed is not copied
        return False
    if isinstance(now, np.ndarray) and isinstance(before, np.ndarray):
        kinds = (now.dtype, now.shape) == (before.dtype, before.shape)
        if kinds and not now.dtype.hasobject and now.tobytes() == before.tobytes():
            return False
    return fingerprint(now) != fingerprint(before)


def argument_names(function: Any, count: int) -> list[str]:
    """Names of the first `count` positional arguments, as the function itself calls them."""
    try:
        parameters = inspect.signature(function).parameters.values()
        names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    except (TypeError, ValueError):
        names = []
    return (names + [f"argument {i + 1}" for i in range(len(names), count)])[:count]


def _copied(value: Any) -> Any:
    return value.copy(order="K") if isinstance(value, np.ndarray) else copy.deepcopy(value)


def fingerprint(value: Any) -> list[Any]:
    """Shape and three weighted sums of an array; a digest of text; nested for lists, tuples and dicts."""
    if isinstance(value, str):
        return ["text", hashlib.sha256(value.encode()).hexdigest()[:12]]
    if isinstance(value, dict):
        keys = sorted(value, key=_key)
        return ["dict", fingerprint([_key(key) for key in keys]), *(fingerprint(value[key]) for key in keys)]
    if isinstance(value, set | frozenset):
        return ["set", fingerprint(sorted(map(_key, value)))]
    array = _numbers(value)
    if array is not None:
        return ["numbers", list(array.shape), *_weighted_sums(array)]
    if isinstance(value, list | tuple):
        return ["list", *(fingerprint(item) for item in value)]
    if isinstance(value, bytes | complex | int):  # an int that no array of numbers can hold
        return ["other", type(value).__name__, fingerprint(repr(value))]
    return ["other", type(value).__name__]


def _key(key: Any) -> str:
    """The same text for keys that Python takes for equal, such as "tea" and `np.str_("tea")`."""
    return repr(key.item() if isinstance(key, np.generic) else key)


def _numbers(value: Any) -> np.ndarray | None:
    """The value as an array if it is made of real numbers only, else None."""
    if not isinstance(value, np.ndarray | np.generic | int | float | list):
        return None
    try:
        array = np.asarray(value)
    except Exception:  # a list may hold anything, and its items may raise anything
        return None
    return array if array.dtype.kind in "biuf" else None


def _weighted_sums(array: np.ndarray) -> list[float]:
    flat = np.nan_to_num(array.ravel().astype(np.float64), nan=12345.678, posinf=1e9, neginf=-1e9)
    position = np.arange(1, flat.size + 1)
    sums = [float(np.cos(position * step) @ flat) for step in (1.0, 2**0.5, 3**0.5)]
    return [*sums, float(np.abs(flat).sum())]


def same_fingerprint(first: Any, second: Any) -> bool:
    """Whether two fingerprints stand for the same outcome, up to rounding."""
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(same_fingerprint(first[k], second[k]) for k in first)
    if not (isinstance(first, list) and isinstance(second, list)):
        return bool(first == second)
    if first[:1] == second[:1] == ["numbers"]:
        slack = FINGERPRINT_TOLERANCE * max(first[-1], second[-1]) + ABSOLUTE_TOLERANCE
        close = all(abs(a - b) <= slack for a, b in zip(first[2:], second[2:], strict=True))
        return first[1] == second[1] and close
    return len(first) == len(second) and all(map(same_fingerprint, first, second))


def difference(got: Any, expected: Any, *, reveal: bool, where: str = "") -> str | None:
    """Say in one line how `got` differs from `expected`; None where it does not.

    `reveal` is False for hidden checks: then no line tells a value that was expected.
    """
    if expected is ANY:
        return None
    if isinstance(expected, tuple):
        return _tuple_difference(got, expected, reveal, where)
    if isinstance(expected, np.ndarray | np.generic | int | float) and not isinstance(expected, bool):
        return _number_difference(got, np.asarray(expected), reveal, where)
    if got is None and expected is not None:
        return f"wrong type     {where}returned None; is a `return` missing?"
    if isinstance(got, np.bool_):
        got = bool(got)
    if not isinstance(got, type(expected)):
        return _wrong_type(got, _kind(expected), reveal, where)
    if _equal(got, expected):
        return None
    return f"wrong value    {where}got {_short(got)}" + (f", expected {_short(expected)}" if reveal else "")


def _equal(got: Any, expected: Any) -> bool:
    """Whether two values are equal, numbers in them up to rounding."""
    if isinstance(expected, dict):
        same_keys = isinstance(got, dict) and got.keys() == expected.keys()
        return same_keys and all(_equal(got[key], expected[key]) for key in expected)
    if isinstance(expected, list | tuple):
        items = got.tolist() if isinstance(got, np.ndarray) else got
        same_length = isinstance(items, list | tuple) and len(items) == len(expected)
        return same_length and all(map(_equal, items, expected))
    if isinstance(expected, np.ndarray | np.generic | int | float):
        return _number_difference(got, np.asarray(expected), reveal=False, where="") is None
    return isinstance(got, type(expected)) and bool(got == expected)


def _tuple_difference(got: Any, expected: tuple[Any, ...], reveal: bool, where: str) -> str | None:
    if not isinstance(got, list | tuple) or len(got) != len(expected):
        return _wrong_type(got, f"{len(expected)} values", reveal, where)
    names = getattr(expected, "_fields", [f"output {i + 1} of {len(expected)}" for i in range(len(expected))])
    lines = (
        difference(g, e, reveal=reveal, where=f"{n}: ") for g, e, n in zip(got, expected, names, strict=True)
    )
    return next((line for line in lines if line), None)


def _number_difference(got: Any, expected: np.ndarray, reveal: bool, where: str) -> str | None:
    if got is None:
        return f"wrong type     {where}returned None; is a `return` missing?"
    if expected.ndim and not isinstance(got, np.ndarray | np.generic):
        return _wrong_type(got, f"an array of shape {expected.shape}", reveal, where)
    array = _numbers(got)
    if array is None:
        return _wrong_type(got, "numbers", reveal, where)
    if array.shape != expected.shape:
        return f"wrong shape    {where}got {array.shape}" + (f", expected {expected.shape}" if reveal else "")
    array = array.astype(np.float64)
    if np.isnan(array).any() and not np.isnan(expected).any():
        return f"not a number   {where}{_where_nan(array)}"
    close = np.isclose(array, expected, RELATIVE_TOLERANCE, ABSOLUTE_TOLERANCE, equal_nan=True)
    return None if close.all() else _value_difference(array, expected, ~close, reveal, where)


def _value_difference(
    got: np.ndarray, expected: np.ndarray, wrong: np.ndarray, reveal: bool, where: str
) -> str:
    if not reveal:
        return f"wrong values   {where}{int(wrong.sum())} of {wrong.size} differ"
    if not got.ndim:
        return f"wrong value    {where}got {got:.6g}, expected {float(expected):.6g}"
    first = tuple(_index(wrong))
    largest = float(np.abs(got[wrong] - expected[wrong]).max())
    return (
        f"wrong values   {where}{int(wrong.sum())} of {wrong.size} differ, by {largest:.6g} at most; "
        f"the first at {list(first)}: got {got[first]:.6g}, expected {float(expected[first]):.6g}"
    )


def _wrong_type(got: Any, expected: str, reveal: bool, where: str) -> str:
    return f"wrong type     {where}returned {_kind(got)}" + (f", expected {expected}" if reveal else "")


def _where_nan(array: np.ndarray) -> str:
    if not array.ndim:
        return "got NaN"
    nan = np.isnan(array)
    return f"{int(nan.sum())} of {nan.size} are NaN, the first at {_index(nan)}"


def _index(mask: np.ndarray) -> list[int]:
    return [int(i) for i in np.argwhere(mask)[0]]


def _kind(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and type {value.dtype}"
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of {len(value)}"
    return f"a value of type {type(value).__name__}"


def _raised(error: BaseException) -> str:
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not _is_of_a_library(f.filename)]
    line = frames[-1].line if len(frames) > 1 else ""
    line = getattr(error, "learner_line", line)  # of one that was raised in another process
    place = f"\n  in the line    {line}" if line else ""
    return f"raised         {type(error).__name__}: {_cut(_text(error, str), SHOWN_LETTERS)}{place}"


def _is_of_a_library(file: str) -> bool:
    return "site-packages" in file or file.startswith(STANDARD_LIBRARY)


def _short(value: Any, width: int = 100) -> str:
    return _cut(_text(value, repr), width)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 4] + " ..."


def _text(value: Any, show: Callable[[Any], str]) -> str:
    """What `show`, which is `str` or `repr`, makes of a value; a learner's own class may fail in it."""
    try:
        return show(value)
    except Exception:
        return "(cannot be shown)"


def _argument(name: str, value: Any, *, reveal: bool) -> str:
    if not isinstance(value, np.ndarray):
        return f"{name} = {_short(value, 60)}" if reveal else name
    shown = f"{name} {value.shape} {value.dtype}"
    if value.size > SHOWN_ELEMENTS or not reveal:
        return shown
    return shown + " = " + np.array2string(value, precision=4, separator=", ").replace("\n", "")


def case_key(name: str, case: str) -> str:
    """The key under which `check.json` keeps what known mistakes return in one case of one function."""
    return f"{name} | {case}"


class Known(Mapping[str, list[dict[str, Any]]]):
    """The recorded outcomes of known mistakes; read when a check first asks, which is when one fails."""

    def __init__(self, read: Callable[[], dict[str, list[dict[str, Any]]]]) -> None:
        """`read()` gives them."""
        self._read = read

    @functools.cached_property
    def _all(self) -> dict[str, list[dict[str, Any]]]:
        return self._read()

    def __getitem__(self, key: str) -> list[dict[str, Any]]:
        return self._all[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


class Checker:
    """Checks against expected values, with the recorded outcomes of known mistakes at hand.

    `known` maps "function | case" to a list of `{"of", "name", "message", "read", "outcome"}`.
    """

    def __init__(self, known: Mapping[str, list[dict[str, Any]]] | None = None) -> None:
        """Take the recorded outcomes; without them nothing is named, but right and wrong stay the same."""
        self.known = {} if known is None else known
        self.passed: dict[str, Any] = {}  # case to the function that passed it
        self.failed: dict[str, Any] = {}  # case to the fingerprint of what came instead

    @classmethod
    def beside(cls, file: str) -> Checker:
        """Read `check.json` beside `file`; a missing or broken one only leaves mistakes without a name."""

        def read() -> dict[str, Any]:
            try:
                known: dict[str, Any] = json.loads(Path(file).with_name("check.json").read_text("utf-8"))
                return dict(known["known"])
            except (OSError, ValueError, KeyError):
                return {}

        return cls(Known(read))

    def check(self, function: Any, *args: Any, expect: Any, case: str, **options: Any) -> None:
        """Call `function(*args)` and raise `CheckFailed` unless it returns `expect`.

        `case` says in words what this example is about. `expect_changed={"name": array}` lists arguments that
        the function is to change in place (all others must stay as they are); `view` is applied to the result
        first, where the order of a result is free. All other keywords go to the function.
        """
        self._run(function, args, expect, case, options, hidden=False)

    def hidden_check(self, function: Any, *args: Any, expect: Any, case: str, **options: Any) -> None:
        """Like `check`, but the message tells no expected value."""
        self._run(function, args, expect, case, options, hidden=True)

    def _run(
        self, function: Any, args: Any, expect: Any, case: str, options: dict[str, Any], *, hidden: bool
    ) -> None:
        view, expect_changed = options.pop("view", None), options.pop("expect_changed", {})
        outcome = call(function, args, options, view)
        problem = self.problem(outcome, expect, expect_changed, reveal=not hidden)
        name = getattr(function, "__name__", "the function")
        self.judged(name, case, outcome, problem, hidden=hidden)
        key = case_key(name, case)
        self.passed.pop(key, None)
        self.failed.pop(key, None)
        if problem is None:
            self.passed[key] = function
            return
        if isinstance(outcome.exception, NotImplementedError):
            self.fail(f"{name} is not written yet: it raises NotImplementedError.")
            return
        given = dict(zip(argument_names(function, len(args)), args, strict=True)) | options
        called = ", ".join(_argument(n, v, reveal=not hidden) for n, v in given.items())
        failed = "fails a hidden check" if hidden else "is not right yet"
        lines = [f"called with    {called}", problem, *self.diagnosis(function, name, case, outcome)]
        self.fail("\n  ".join([f"{name} {failed}: {case}", *lines]))

    def judged(self, name: str, case: str, outcome: Outcome, problem: str | None, *, hidden: bool) -> None:
        """Take note of a finished check; a hook for the recorder."""

    def fail(self, message: str) -> None:
        """End a check that did not hold."""
        raise CheckFailed(message)

    @staticmethod
    def problem(outcome: Outcome, expect: Any, expect_changed: dict[str, Any], *, reveal: bool) -> str | None:
        """Say what is wrong with an outcome in one line; None where nothing is."""
        if outcome.exception is not None:
            return _raised(outcome.exception)
        for name in outcome.changed.keys() - expect_changed.keys():
            return f"changed input  the argument `{name}` was changed in place; work on a copy of it"
        for name, expected in expect_changed.items():
            if name not in outcome.changed:
                return f"unchanged      the argument `{name}` should have been changed in place"
            problem = difference(outcome.changed[name], expected, reveal=reveal, where=f"{name}: ")
            if problem:
                return problem
        return difference(outcome.value, expect, reveal=reveal)

    def diagnosis(self, function: Any, name: str, case: str, outcome: Outcome) -> list[str]:
        """Lines that name every known mistake with exactly this outcome; none where there is none.

        A mistake in another function is named only where no mistake in this one fits.
        """
        try:
            seen = outcome.fingerprint()
        except Exception:  # too large, or endless: no known mistake returns such a thing
            return []
        self.failed[case_key(name, case)] = seen
        matches = [
            m for m in self.known.get(case_key(name, case), []) if same_fingerprint(m["outcome"], seen)
        ]
        matches = [m for m in matches if not self._ruled_out(m, function, name)]
        matches = [m for m in matches if m["of"] == name] or matches
        lines = []
        for match in matches:
            origin = "" if match["of"] == name else f" (in `{match['of']}`)"
            lines.append(f"{MISTAKE_LABEL}  {match['name']}{origin}: {match['message']}")
            lines.append(f"read on        {match['read']}")
        if len(matches) > 1:
            lines.insert(0, f"{len(matches)} known mistakes give exactly this result:")
        return lines

    def _ruled_out(self, mistake: dict[str, Any], function: Any, name: str) -> bool:
        """Whether the cases before this one tell that it is not this mistake.

        What is called now has passed one that this mistake would have failed; or the mistake is one in
        another function, whose own case has failed with another outcome than this mistake's.
        """
        this = (mistake["of"], mistake["name"])
        for key, passed in self.passed.items():
            same = passed == function if mistake["of"] == name else key.startswith(f"{mistake['of']} | ")
            if same and this in ((m["of"], m["name"]) for m in self.known.get(key, [])):
                return True
        for key, seen in self.failed.items():
            if mistake["of"] != name and key.startswith(f"{mistake['of']} | "):
                own = [m["outcome"] for m in self.known.get(key, []) if (m["of"], m["name"]) == this]
                if not any(same_fingerprint(outcome, seen) for outcome in own):
                    return True
        return False


_checker = Checker.beside(__file__)
check = _checker.check
hidden_check = _checker.hidden_check
