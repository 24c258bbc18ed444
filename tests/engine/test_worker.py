"""Whole submissions through a warm worker: honest work gets its due, and what goes wrong is told."""

import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from engine_runs import LIMITS, run_in

from layerbook.engine import sandbox
from layerbook.engine.limits import Limits
from layerbook.engine.worker import Worker
from layerbook.errors import LayerbookError
from layerbook.exercises.check import Outcome, case_key

DOUBLE = "def double(x):\n    return x * 2"

# The learner's functions, classes and values, seen from a test


def test_a_function_with_keywords_and_defaults(passes):
    passes(
        "def f(a, b=2, *rest, c=3, **others):\n    return a, b, rest, c, others",
        """
        assert f(1) == (1, 2, (), 3, {})
        assert f(1, 5, 6, c=7, d=8) == (1, 5, (6,), 7, {"d": 8})
        assert f(b=1, a=2)[:2] == (2, 1)
        """,
    )


def test_a_name_that_a_test_uses_inside_a_function_is_still_the_learners_outside(passes):
    passes(
        "weight = 3",
        """
        def scaled(x):
            weight = 2
            return weight * x
        assert scaled(1) == 2 and weight == 3
        """,
    )


def test_a_dict_of_a_tests_own_kind_is_changed_in_place(passes):
    passes(
        "def step(parameters):\n    parameters['w'] = 1",
        """
        class Parameters(dict):
            pass
        given = Parameters(w=0)
        step(given)
        assert given == {"w": 1}
        """,
    )


def test_a_class_and_its_instances(passes):
    passes(
        """
        class Layer:
            kind = "linear"
            def __init__(self, weight, bias=0.0):
                self.weight, self.bias, self.calls = weight, bias, []
            def forward(self, x, *, scale=1):
                self.calls.append(x.shape)
                return scale * (x @ self.weight + self.bias)
            def __call__(self, x):
                return self.forward(x)
            def __len__(self):
                return len(self.calls)
            def __getitem__(self, place):
                return self.calls[place]
            def __setitem__(self, place, value):
                self.calls[place] = value
            def __iter__(self):
                return iter(self.calls)
            @property
            def size(self):
                return self.weight.size
            @classmethod
            def ones(cls, *shape):
                return cls(np.ones(shape))
            @staticmethod
            def half(x):
                return x / 2
        """,
        """
        layer = Layer(np.eye(2), bias=1.0)
        assert Layer.kind == layer.kind == "linear"
        np.testing.assert_array_equal(layer(np.zeros((3, 2))), np.ones((3, 2)))
        np.testing.assert_array_equal(layer.forward(np.zeros((1, 2)), scale=3), [[3, 3]])
        assert len(layer) == 2 and layer[0] == (3, 2) and layer[-1:] == [(1, 2)] and list(layer) == [(3, 2), (1, 2)]
        layer[0] = "changed"
        assert layer[0] == "changed" and "changed" in layer
        layer.weight = 2 * np.eye(2)
        np.testing.assert_array_equal(layer(np.ones((1, 2))), [[3, 3]])
        layer.bias += 1
        assert layer.bias == 2.0 and layer.size == 4
        assert Layer.ones(2, 3).size == 6 and Layer.half(3) == 1.5
        assert not hasattr(layer, "gradient")
        other = Layer.ones(1, 1)
        assert layer.weight.shape == (2, 2) and other.weight.shape == (1, 1)
        """,
    )


def test_an_instance_goes_back_into_another_function(passes):
    passes(
        "class Node:\n    def __init__(self, value):\n        self.value = value\ndef add(a, b):\n    return Node(a.value + b.value)",
        "total = add(Node(1), Node(2))\nassert total.value == 3 and add(total, total).value == 6",
    )


def test_a_function_that_the_test_passes_in_is_called_back(passes):
    passes(
        """
        def numeric_gradient(function, x, step=1e-6):
            gradient = np.zeros_like(x)
            for place in np.ndindex(x.shape):
                moved = x.copy(); moved[place] += step
                low = x.copy(); low[place] -= step
                gradient[place] = (function(moved) - function(low)) / (2 * step)
            return gradient
        """,
        """
        x = np.arange(6.0).reshape(2, 3)
        np.testing.assert_allclose(numeric_gradient(lambda x: (x ** 3).sum(), x), 3 * x ** 2, atol=1e-6)
        np.testing.assert_allclose(numeric_gradient(np.sum, x), np.ones((2, 3)), atol=1e-6)
        calls = []
        check(numeric_gradient, lambda x: calls.append(1) or float(x @ x), np.array([1.0, 2.0]), expect=np.array([2.0, 4.0]), case="counted")
        assert len(calls) == 4
        """,
    )


def test_exceptions_keep_their_built_in_type_and_message(passes):
    passes(
        """
        class ShapeError(ValueError):
            pass
        def f(kind):
            if kind == "own":
                raise ShapeError(f"expected 2 dimensions, got {kind}")
            if kind == "exit":
                import sys; sys.exit(3)
            return {}[kind] if kind == "key" else np.zeros(2) @ np.zeros(3)
        """,
        """
        for kind, error, words in [("own", ValueError, "expected 2 dimensions, got own"), ("key", KeyError, "key"),
                                   ("mat", ValueError, "matmul"), ("exit", Exception, "3")]:
            try:
                f(kind)
            except error as caught:
                assert words in str(caught), caught
            else:
                raise AssertionError(kind)
        try:
            f("own")
        except Exception as caught:
            assert type(caught).__name__ == "ShapeError"
        assert f.__name__ == "f"  # the process lives on after sys.exit()
        """,
    )


def test_a_test_can_expect_an_exception_with_unittest(passes):
    passes(
        "def f(x):\n    if x < 0:\n        raise ValueError('negative')",
        "import unittest\ncase = unittest.TestCase()\nwith case.assertRaisesRegex(ValueError, 'negative'):\n    f(-1)",
    )


def test_what_a_function_changes_in_place_comes_back_changed(passes):
    passes(
        """
        def change(array, items, table, chosen, raw, *, weight):
            array += 1; items.append(4); table["new"] = 1; chosen.add(2); raw.extend(b"!"); weight[:, 0] = 0
        def look(array):
            return array.sum()
        """,
        """
        array, items, table, chosen, raw, weight = np.arange(3.0), [1], {"old": 0}, {1}, bytearray(b"a"), np.ones((2, 2), order="F")
        alias, view = array, np.arange(6.0)
        change(array, items, table, chosen, raw, weight=weight)
        assert alias.tolist() == [1, 2, 3] and items == [1, 4] and table == {"old": 0, "new": 1} and chosen == {1, 2} and raw == b"a!"
        assert weight.tolist() == [[0, 1], [0, 1]] and weight.flags.f_contiguous
        change(view[::2], [], {}, set(), bytearray(), weight=np.ones((1, 1)))
        assert view.tolist() == [1, 1, 3, 3, 5, 5]
        assert look(array) == 6 and array.tolist() == [1, 2, 3]
        """,
    )


def test_arrays_arrive_with_their_type_order_and_flags(passes):
    passes(
        "def about(x):\n    return str(x.dtype), x.shape, x.flags.c_contiguous, x.flags.f_contiguous, x.flags.writeable\ndef same(x):\n    return x",
        """
        locked = np.arange(4.0); locked.flags.writeable = False
        big = np.arange(3, dtype=">i4")
        for x in [np.arange(6.0).reshape(2, 3), np.asfortranarray(np.arange(6).reshape(2, 3)), np.array(3.5), np.zeros((0, 3), "f4"),
                  np.array([True, False]), big, np.array(["a", "bc"]), np.array(["2026-11-23"], "M8[D]"), locked, np.ones(2, complex)]:
            assert about(x) == (str(x.dtype), x.shape, x.flags.c_contiguous, x.flags.f_contiguous, x.flags.writeable), x
            back = same(x)
            assert back.dtype == x.dtype and back.shape == x.shape and (back == x).all()
        assert type(same(np.float32(1.5))) is np.float32 and type(same((1, [2]))) is tuple
        """,
    )


def test_writing_to_a_read_only_array_fails_where_the_learner_does_it(run):
    ran = run(
        ("learner", "def f(x):\n    x[0] = 1\n    return x"),
        ("tests", "x = np.zeros(2); x.flags.writeable = False\ncheck(f, x.view(), expect=x, case='a')\nf(x)"),
    )
    assert ran.error(1)[0] in ("ValueError", "CheckFailed")
    assert "read-only" in ran.error(1)[1] or "changed in place" in ran.error(1)[1]
    ran = run(
        ("learner", "def f(x):\n    x[0] = 1"), ("tests", "x = np.zeros(2); x.flags.writeable = False\nf(x)")
    )
    assert ran.error(1) == ("ValueError", "assignment destination is read-only")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def f(x):\n    yield x", "a generator was handed over; make it a list or an array"),
        ("def f(x):\n    return np.array([x, None])", "an array of type object cannot be handed over"),
    ],
)
def test_what_cannot_be_handed_over_is_refused_with_what_to_do(source, words, run):
    ran = run(("learner", source), ("tests", "f(1)"), ("tests", "check(f, 1, expect=1, case='a')"))
    assert words in ran.error(1)[1]
    assert words in ran.error(2)[1]


def test_variables_of_the_learner_are_seen_as_plain_data(passes):
    passes(
        "losses = [3.0, 2.0]\nweight = np.eye(2)\nsettings = dict(rate=0.1)",
        "assert losses[-1] < losses[0]\nassert weight.trace() == 2\nassert settings == {'rate': 0.1}",
    )


def test_a_name_that_nobody_defined_is_a_name_error(run):
    ran = run(("learner", "x = 1"), ("tests", "solution(1)"))
    assert ran.error(1) == ("NameError", "name 'solution' is not defined")


def test_a_learners_function_called_like_a_built_in_does_not_reach_the_tests(passes):
    passes(
        "def sum(*a):\n    return 0\ndef abs(x):\n    return 0", "assert sum([1, 2]) == 3 and abs(-1) == 1"
    )


def test_changing_numpy_in_the_learners_process_changes_nothing_in_the_tests(run):
    ran = run(
        (
            "learner",
            "np.testing.assert_allclose = np.allclose = lambda *a, **k: True\ndef f(x):\n    return x",
        ),
        ("tests", "np.testing.assert_allclose(f(1.0), 2.0)"),
    )
    assert ran.error(1)[0] == "AssertionError"


# Order, helpers, and what the learner's cells show


def test_helpers_classes_and_imports_in_cells_of_their_own(run):
    ran = run(
        ("learner", "import math\nfrom collections import Counter\nfrom dataclasses import dataclass"),
        ("learner", "@dataclass\nclass Row:\n    x: float\n    y: float = 1.0"),
        ("learner", "def helper(row):\n    return math.hypot(row.x, row.y)"),
        (
            "learner",
            "def length(x, y):\n    return helper(Row(x, y))\ndef count(words):\n    return Counter(words)",
        ),
        ("tests", "assert length(3, 4) == 5\nassert count(['a', 'b', 'a']) == {'a': 2, 'b': 1}"),
    )
    assert [ran.error(n) for n in range(5)] == [None] * 5


def test_files_of_the_exercise_are_there_for_both(passes):
    passes(
        "def words():\n    return open('words.txt').read().split()",
        "assert words() == open('words.txt').read().split() == ['tea', 'milk']",
    )


def test_a_cell_in_another_order_is_tried_again(run):
    cells = [("tests", "assert double(2) == 4"), ("tests", "assert double(3) == 7"), ("learner", DOUBLE)]
    assert run(*cells).error(0)[0] == "NameError"
    ran = run(*cells, again=True)
    assert ran.error(0) is None
    assert ran.error(1)[0] == "AssertionError"


def test_a_second_try_keeps_what_passed_in_the_first(run):
    ran = run(
        ("learner", "count = globals().get('count', 0) + 1"),
        ("tests", "assert count == 1"),
        ("tests", "assert later"),
        ("learner", "later = True"),
        again=True,
    )
    assert [ran.error(n) for n in range(4)] == [None] * 4


def test_text_results_and_figures_of_the_learner_are_kept(run):
    ran = run(
        ("learner", "print('loss', 0.5)\nimport sys; print('careful', file=sys.stderr)\n1 + 1"),
        ("learner", "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"),
        ("learner", "import matplotlib.pyplot as plt\nplt.plot([1, 2]);"),
        ("learner", "display({'a': 1})"),
        ("learner", "1 / 0"),
        ("learner", "def broken(:"),
    )
    assert ran.text(0) == "loss 0.5\n2"
    assert ran.text(0, "stderr").startswith("careful\n")
    for number in (1, 2):
        figure = next(o for o in ran.outputs(number) if "image/png" in o.get("data", {}))
        assert figure["data"]["image/png"].startswith("iVBORw0KGgo")
    assert ran.text(3) == "{'a': 1}"
    assert ran.error(4)[0] == "ZeroDivisionError"
    assert "1 / 0" in "".join(ran.outputs(4)[0]["traceback"])
    assert ran.error(5)[0] == "SyntaxError"


def test_output_is_cut_to_what_may_be_kept(run):
    ran = run(
        ("learner", "print('x' * 1_000_000)"),
        ("learner", "for i in range(100_000): print(i)"),
        ("learner", "'y' * 1_000_000"),
        (
            "learner",
            "from IPython.display import Image\nimport base64\nfor i in range(40):\n    display('z' * 1000)",
        ),
        ("learner", "raise ValueError('e' * 100_000)"),
        ("learner", "import sys; sys.stderr.write('w' * 100_000)"),
        ("tests", "print('t' * 100_000)"),
    )
    for number in range(7):
        size = sum(len(str(output)) for output in ran.outputs(number))
        assert 500 < size < 2.5 * LIMITS.output, number
    assert "the rest of this output was cut" in ran.text(0)
    assert ran.error(4)[0] == "ValueError"


def test_a_flood_of_the_learners_does_not_cut_what_a_test_says(run):
    cell = (
        "learner",
        f"for _ in range(60): display({{'text/plain': 'x' * {LIMITS.output}}}, raw=True)\nf = 1",
    )
    ran = run(
        *[cell] * 3, ("tests", f"print('t' * {2 * LIMITS.output})\n0.5"), ("tests", "assert f == 2, 'why'")
    )
    assert ran.outputs(3)[1]["data"] == {"text/plain": "0.5"}
    assert ran.error(4) == ("AssertionError", "why")


def test_figures_are_capped(run):
    ran = run(
        (
            "learner",
            "import os\npng = b'\\x89PNG\\r\\n\\x1a\\n' + os.urandom(400_000)\nfor i in range(6):\n    display({'image/png': png}, raw=True)",
        )
    )
    sizes = [len(o["data"]["image/png"]) for o in ran.outputs(0) if "image/png" in o.get("data", {})]
    assert len(sizes) == 3
    assert sum(sizes) <= 2 * 2**20


def test_magics_and_warnings_cost_nothing(run):
    ran = run(
        ("learner", "%timeit -n1 -r1 sum(range(10))"),
        ("learner", "%%time\nx = 1"),
        ("learner", "%matplotlib inline\nimport warnings; warnings.warn('careful')\nnp.log(np.zeros(1))"),
        ("learner", DOUBLE),
        (
            "tests",
            "import sys, warnings\nwarnings.warn('of the test')\nprint('to stderr', file=sys.stderr)\nassert double(2) == 4",
        ),
    )
    assert [ran.error(n) for n in range(5)] == [None] * 5
    assert "per loop" in ran.text(0)
    assert "careful" in ran.text(2, "stderr")
    assert "to stderr" in ran.text(4, "stderr")  # what it costs is a policy of grading, not the engine's


# Tests


def test_tests_print_raise_and_give_a_value_in_the_examiner(run):
    ran = run(
        ("learner", DOUBLE),
        ("tests", "print('checking')\nassert double(2) == 5, 'should be five'"),
        ("tests", "double(1)\n0.5"),
        ("tests", "0.5;"),
        ("tests", "x = 0.5"),
        ("tests", "None"),
        ("tests", "raise RuntimeError('of the test')"),
        ("tests", "raise SystemExit"),
        ("tests", "raise KeyboardInterrupt"),
        ("tests", "def broken(:"),
        ("tests", "double(2)"),
    )
    assert ran.outputs(1)[0] == {"output_type": "stream", "name": "stdout", "text": "checking\n"}
    assert ran.error(1) == ("AssertionError", "should be five")
    result = {
        "output_type": "execute_result",
        "data": {"text/plain": "0.5"},
        "metadata": {},
        "execution_count": None,
    }
    assert ran.outputs(2) == [result]
    assert ran.outputs(3) == ran.outputs(4) == ran.outputs(5) == []
    errors = ["RuntimeError", "SystemExit", "KeyboardInterrupt", "SyntaxError"]
    assert [ran.error(n)[0] for n in range(6, 10)] == errors
    assert ran.text(10) == "4"
    assert ran.end == ""


def test_an_object_of_the_learners_is_no_partial_credit(run):
    ran = run(("learner", "class F:\n    def __repr__(self):\n        return '8'\nf = F()"), ("tests", "f"))
    assert "object at 0x" in ran.text(1)


def test_an_object_that_answers_yes_to_everything_passes_nothing(run):
    ran = run(
        (
            "learner",
            "class Yes:\n    def __eq__(self, other): return True\n    def __sub__(self, other): return 0\n    def __bool__(self): return True\n    def __lt__(self, other): return True\n    def __array__(self, *a, **k): return np.zeros(2)\ndef f(x):\n    return Yes()",
        ),
        ("tests", "assert f(1) == 2"),
        ("tests", "assert abs(f(1) - 2) < 1"),
        ("tests", "np.testing.assert_allclose(f(1), np.zeros(2))"),
        ("tests", "check(f, 1, expect=np.zeros(2), case='a')"),
    )
    assert all(ran.error(n) for n in range(1, 5))


def test_a_learner_sees_neither_tests_nor_expected_values(run):
    ran = run(
        ("learner", "import gc, sys, inspect, threading"),
        (
            "learner",
            "def f(x):\n    seen = [str(frame.frame.f_locals) + str(frame.code_context) for frame in inspect.stack()]\n    seen += [repr(o) for o in gc.get_objects() if isinstance(o, (str, dict, list, tuple))]\n    f.found = any('secret' + chr(95) + 'expected' in s for s in seen)\n    return x",
        ),
        ("tests", "expected = 'secret_expected'\ncheck(f, 1, expect=expected, case='a')"),
        ("learner", "print(f.found, [n for n in dir() if 'expected' in n])"),
    )
    assert ran.error(2)[0] == "CheckFailed"
    assert ran.text(3) == "False []\n"


def test_what_a_function_prints_while_a_hidden_test_calls_it_shows_nowhere(run):
    ran = run(
        ("learner", "def f(x):\n    print('got', x)\n    return x"),
        ("tests", "assert f('hidden input') == 1"),
        ("learner", "1"),
    )
    assert "hidden input" not in str(ran.report)


def test_known_mistakes_are_named_in_hidden_checks(run):
    wrong = Outcome(value=np.array([3.0, 4.0])).fingerprint()
    raised = Outcome(exception=ValueError("operands could not be broadcast")).fingerprint()
    mistake = {
        "of": "f",
        "name": "adds_two",
        "message": "You add two.",
        "read": "chapter.md#adding",
        "outcome": wrong,
    }
    known = {
        case_key("f", "pairs"): [mistake],
        case_key("f", "raises"): [mistake | {"name": "raises_it", "outcome": raised}],
    }
    ran = run(
        (
            "learner",
            "def f(x):\n    if len(x) == 3:\n        raise ValueError('operands could not be broadcast')\n    return x + 2",
        ),
        ("tests", "hidden_check(f, np.array([1.0, 2.0]), expect=np.array([2.0, 3.0]), case='pairs')"),
        ("tests", "hidden_check(f, np.arange(3.0), expect=np.ones(3), case='raises')"),
        known=known,
    )
    assert "known mistake  adds_two: You add two.\n  read on        chapter.md#adding" in ran.error(1)[1]
    assert "2.0" not in ran.error(1)[1]
    assert "known mistake  raises_it" in ran.error(2)[1]


def test_a_check_shows_the_learners_line_that_raised(run):
    ran = run(
        ("learner", "def helper(x):\n    return x[5]  # the line\ndef f(x):\n    return helper(x)"),
        ("tests", "check(f, [1, 2], expect=1, case='a')"),
    )
    assert "raised         IndexError: list index out of range" in ran.error(1)[1]
    assert "in the line    return x[5]  # the line" in ran.error(1)[1]


def test_a_check_names_arguments_and_changes_as_it_does_without_a_link(run):
    ran = run(
        ("learner", "def f(weight, *, rate):\n    weight -= rate\n    return weight"),
        ("tests", "check(f, np.ones(2), rate=0.5, expect=np.array([0.5, 0.5]), case='a')"),
        (
            "tests",
            "check(f, np.ones(2), rate=0.5, expect=np.array([0.5, 0.5]), expect_changed={'weight': np.array([0.5, 0.5])}, case='b')",
        ),
    )
    assert "changed input  the argument `weight` was changed in place" in ran.error(1)[1]
    assert ran.error(2) is None


def test_tests_use_torch_as_an_oracle(passes):
    passes(
        "def relu(x):\n    return np.maximum(x, 0)",
        "import torch\nx = np.linspace(-1, 1, 5)\nnp.testing.assert_allclose(relu(x), torch.relu(torch.tensor(x)).numpy())",
    )


# Time


@pytest.fixture(scope="module")
def hasty():
    """A worker with little patience."""
    if reason := sandbox.works():
        pytest.skip(reason)
    with Worker(Limits(cell_seconds=0.6, submission_seconds=4, output=10_000)) as made:
        made.start()
        yield made


def test_an_endless_cell_is_stopped_and_the_rest_has_its_turn(hasty):
    ran = run_in(
        hasty, ("learner", "while True: pass"), ("learner", DOUBLE), ("tests", "assert double(2) == 4")
    )
    assert ran.error(0)[0] == "Timeout"
    assert ran.error(2) is None
    assert ran.end == "timed out"
    assert 0.6 <= ran.cell(0)["seconds"] < 1.5


def test_an_endless_function_costs_only_the_test_that_calls_it(hasty):
    ran = run_in(
        hasty,
        ("learner", f"def endless(x):\n    while True: pass\n{DOUBLE}"),
        ("tests", "endless(1)"),
        ("tests", "assert double(2) == 4"),
    )
    assert ran.error(1)[0] == "Timeout"
    assert ran.error(2) is None
    assert ran.end == "timed out"


def test_an_endless_function_cannot_be_hidden_by_a_broad_except_of_the_test(hasty):
    ran = run_in(
        hasty,
        ("learner", "def endless(x):\n    while True: pass"),
        ("tests", "try:\n    endless(1)\nexcept Exception:\n    pass"),
        ("tests", "check(endless, 1, expect=1, case='a')"),
    )
    assert ran.error(1)[0] == ran.error(2)[0] == "Timeout"


def test_an_endless_test_costs_only_itself(hasty):
    ran = run_in(
        hasty, ("learner", DOUBLE), ("tests", "while True: pass"), ("tests", "assert double(2) == 4")
    )
    assert ran.error(1)[0] == "Timeout"
    assert ran.error(2) is None


def test_an_endless_callback_costs_only_its_test(hasty):
    ran = run_in(
        hasty,
        ("learner", f"def apply(f):\n    return f()\n{DOUBLE}"),
        ("tests", "def forever():\n    while True: pass\napply(forever)"),
        ("tests", "assert double(2) == 4"),
    )
    assert ran.error(1)[0] == "Timeout"
    assert ran.error(2) is None


@pytest.mark.parametrize(
    "source",
    [
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
        "while True:\n    try:\n        while True: sum(range(1000))\n    except BaseException:\n        pass",
        "import time\nwhile True:\n    try:\n        time.sleep(100)\n    except BaseException:\n        pass",
    ],
    ids=["ignored", "swallowed", "asleep"],
)
def test_a_cell_that_will_not_stop_is_ended(source, hasty):
    start = time.monotonic()
    ran = run_in(hasty, ("learner", source), ("learner", DOUBLE), ("tests", "assert double(2) == 4"))
    assert time.monotonic() - start < 5
    assert ran.error(0)[0] == "Timeout"
    assert ran.error(2)[0] == "LearnerEnded"
    assert ran.end == "timed out"


def test_many_slow_cells_end_with_the_submissions_time(hasty):
    start = time.monotonic()
    ran = run_in(hasty, *[("learner", "import time; time.sleep(0.5)")] * 9, ("tests", "assert True"))
    assert time.monotonic() - start < 5.5
    assert ran.end == "timed out"
    assert ran.error(0) is None
    assert ran.error(9) == ("Timeout", "the submission as a whole took too long")
    assert len(ran.report["cells"]) == 11


def test_a_second_try_ends_with_the_submissions_time(hasty):
    start = time.monotonic()
    cells = [("learner", "import time; time.sleep(0.5)")] * 5
    ran = run_in(hasty, *cells, ("tests", "assert False"), again=True)
    assert time.monotonic() - start < 5.5
    assert ran.error(5)[0] == "AssertionError"


# Ends


@pytest.mark.parametrize(
    "source",
    ["import os; os._exit(0)", "import os; os.kill(os.getpid(), 9)", "import ctypes; ctypes.string_at(0)"],
)
def test_a_cell_that_ends_its_process_is_told_apart(source, run):
    ran = run(
        ("learner", DOUBLE),
        ("tests", "assert double(2) == 4"),
        ("learner", source),
        ("tests", "assert double(2) == 4"),
        ("tests", "assert 1 == 1"),
    )
    if "kill" in source:  # process 1 of a namespace is not killed from within
        assert ran.error(3) is None
        return
    assert ran.end == "crashed"
    assert ran.error(1) is None
    assert ran.error(2)[0] == ran.error(3)[0] == "LearnerEnded"
    assert ran.error(4) is None


def test_exit_in_a_cell_ends_nothing(run):
    ran = run(
        ("learner", "exit()"),
        ("learner", "import sys; sys.exit(1)"),
        ("learner", DOUBLE),
        ("tests", "assert double(2) == 4"),
    )
    assert ran.error(3) is None
    assert ran.end == ""


def test_memory_is_bounded(run):
    ran = run(
        ("learner", "x = [bytearray(10**8) for _ in range(50)]"),
        ("learner", DOUBLE),
        ("tests", "assert double(2) == 4"),
    )
    assert ran.error(0)[0] == "MemoryError"
    assert ran.error(2) is None


def test_outputs_that_the_process_made_up_are_not_believed(run):
    ran = run(
        (
            "learner",
            "from IPython import get_ipython\nimport gc\nfrom layerbook.engine.learner import Learner\n[l] = [o for o in gc.get_objects() if isinstance(o, Learner)]\nl.peer.operations['run_cell'] = lambda s: [5, None, {}, {'output_type': 'x'}, {'output_type': 'execute_result', 'data': {'text/html': '<script>', 'image/png': '\"><script>'}}, {'output_type': 'stream', 'text': '\\ud800', 'name': {}}, {'output_type': 'error'}]",
        ),
        ("learner", "1"),
        ("tests", "assert 1 == 2"),
    )
    assert [o["output_type"] for o in ran.outputs(1)] == ["stream", "error"]
    assert "script" not in str(ran.report)
    str(ran.report).encode("utf-8")
    assert ran.error(2)[0] == "AssertionError"


def test_submissions_do_not_see_each_other(run):
    run(
        (
            "learner",
            "import builtins, os\nbuiltins.left = 1\nopen('left.txt', 'w').write('x')\nopen('/dev/shm/left', 'w').write('x')\nnp.left = 1\nos.environ['LEFT'] = '1'\nimport sys; sys.modules['left'] = sys",
        )
    )
    ran = run(("learner", "import builtins, os, sys\nprint(hasattr(builtins, 'left'), os.path.exists('left.txt'), os.listdir('/dev/shm'), hasattr(np, 'left'), os.environ.get('LEFT'), 'left' in sys.modules, np.random.rand() == np.random.rand())"))  # fmt: skip
    assert ran.text(0) == "False False [] False None False False\n"


# Workers


ALL_READY = 4  # bubblewrap's process 1, zygote, examiner, learner


def family(worker):
    """Ids of all processes of a worker's sandbox."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(
                    (entry / "stat").read_text("ascii", "replace").rpartition(")")[2].split()[1]
                )
            except OSError:
                continue
    found, wave = [], [worker._process.pid]
    while wave:
        wave = [pid for pid, parent in parents.items() if parent in wave]
        found += wave
    return found


def rss(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture(scope="module")
def damaged():
    """A worker that tests may damage."""
    if reason := sandbox.works():
        pytest.skip(reason)
    with Worker(LIMITS) as made:
        yield made


@pytest.fixture
def own(damaged):
    """The same, ready for a job."""
    run_in(damaged)
    deadline = time.monotonic() + 5
    while len(family(damaged)) < ALL_READY and time.monotonic() < deadline:
        time.sleep(0.02)
    return damaged


def test_a_worker_that_was_killed_replaces_itself(own):
    right = (("learner", DOUBLE), ("tests", "assert double(2) == 4"))
    for end in (lambda: own._process.kill(), lambda: os.kill(family(own)[1], signal.SIGKILL)):
        end()
        ran = run_in(own, *right)
        assert (ran.end, ran.error(1)) == ("", None)


def test_after_an_examiner_died_each_submission_still_gets_its_own_report(own):
    os.kill(family(own)[2], signal.SIGKILL)
    for number in range(3):
        ran = run_in(own, ("learner", f"number = {number}"), ("tests", "number"))
        assert (ran.end, ran.text(1)) == ("", str(number))


def test_an_examiner_that_dies_in_mid_run_has_its_submission_run_again_and_leaves_nothing(own):
    old = family(own)
    killer = threading.Timer(0.5, os.kill, (old[2], signal.SIGKILL))
    killer.start()
    ran = run_in(
        own, ("learner", f"import time; time.sleep(1)\n{DOUBLE}"), ("tests", "assert double(2) == 4")
    )
    assert (ran.end, ran.error(1)) == ("", None)
    assert not set(old) & set(family(own))
    assert not [pid for pid in old if Path(f"/proc/{pid}").exists()]


def test_closing_a_worker_ends_all_that_it_started(own):
    left = family(own)
    own.close()
    deadline = time.monotonic() + 5
    while any(Path(f"/proc/{pid}").exists() for pid in left) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not [pid for pid in left if Path(f"/proc/{pid}").exists()]


def test_a_job_that_cannot_be_sent_ends_in_an_outcome(own):
    assert own.run({"cells": [], "files": {"x": object()}, "known": {}}) == {"cells": [], "end": "crashed"}
    assert run_in(own, ("tests", "assert True")).error(0) is None


def test_a_sandbox_that_does_not_start_says_why(monkeypatch):
    monkeypatch.setattr(
        sandbox, "command", lambda program, kind="": ["/bin/sh", "-c", "echo no namespaces here >&2; exit 1"]
    )
    with pytest.raises(LayerbookError, match=r"The sandbox does not start: .*no namespaces here"):
        Worker(LIMITS).start()


def test_two_hundred_runs_leave_memory_processes_and_files_as_they_were(own, capsys):
    cells = (
        ("learner", f"import subprocess\n{DOUBLE}\nx = np.ones(100_000)"),
        ("tests", "assert (double(np.ones(10_000)) == 2).all()"),
    )
    for _ in range(10):
        run_in(own, *cells)
    zygote = family(own)[1]

    def state():
        time.sleep(0.2)  # the next examiner and learner are on their way
        open_files = [len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in (zygote, os.getpid())]
        return rss(zygote), len(family(own)), open_files

    memory, processes, files = state()
    start = time.perf_counter()
    for _ in range(200):
        assert run_in(own, *cells).error(1) is None
    seconds = (time.perf_counter() - start) / 200
    after = state()
    with capsys.disabled():
        print(
            f"\n{1000 * seconds:.0f} ms a run; zygote {memory / 2**20:.1f} MB before, {after[0] / 2**20:.1f} MB after"
        )
    assert after[0] == pytest.approx(memory, rel=0.15)
    assert (after[1], after[2]) == (processes, files)
    assert seconds < 1
