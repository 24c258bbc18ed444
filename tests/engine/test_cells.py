"""Cells in any order, helpers, what they show, and what the tests say."""

import numpy as np
import pytest
from engine_runs import LIMITS

from layerbook.engine.exam import Exam, compiled
from layerbook.exercises.check import Outcome, case_key

DOUBLE = "def double(x):\n    return x * 2"


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


WRITTEN = {
    "a prompt that is no Python": ">>> x = 3\n>>> y = 4",
    "a prompt that could be an annotation": "In [1]: x = 3\n   ...: y = 4",
    "a prompt in the second line": "# pasted\nIn [1]: x = 3; y = 4",
    "lines that begin further to the right": "    x = 3\n    y = 4",
    "empty lines": "\n\nx = 3\ny = 4",
    "a magic below Python": "x = 3\n%matplotlib inline\ny = 4",
    "the shell": "x = 3\nname = !echo 4\ny = 4",
    "a question": "x = 3\nprint?\ny = 4",
    "arguments without brackets": "y = 4\nx = 3\n,print tea milk",
    "no line end": "x = 3\ny = 4",
}


@pytest.mark.parametrize("source", WRITTEN.values(), ids=WRITTEN)
def test_what_a_notebook_takes_for_python_runs_as_in_a_notebook(run, source):
    assert run(("learner", source), ("learner", "x, y")).text(1) == "(3, 4)"


def test_a_magic_may_stand_alone_without_its_sign(run):
    ran = run(("learner", "pwd"), ("learner", "x = 3"), ("learner", "x"))
    assert "learner" in ran.text(0)
    assert ran.text(2) == "3"


def test_what_python_warns_of_in_a_cell_is_told_as_often_as_in_a_notebook(run):
    ran = run(("learner", "import re\nre.compile('\\d')"))
    assert ran.text(0, "stderr").count("invalid escape sequence") == 2  # IPython reads the cell twice


def test_a_transformer_of_cells_is_used(run):
    adds = "get_ipython().input_transformers_post.append(lambda lines: ['y = 4\\n', *lines])"
    assert run(("learner", adds), ("learner", "x = 3"), ("learner", "x, y")).text(2) == "(3, 4)"


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


def test_a_trusted_cell_may_come_compiled(worker):
    source = "print(double(4))\n2 + 3"
    cell = {"id": "t", "kind": "tests", "source": source}
    learner = {"id": "l", "kind": "learner", "source": DOUBLE}
    elsewhere = {**cell, "source": "never read"}
    jobs = [
        {"cells": [learner, cell], "exam": Exam({}, {}, [], {})},
        {"cells": [learner, elsewhere], "exam": Exam({}, {}, [], {"never read": compiled(source)})},
    ]
    ran = [worker.run(job)["cells"] for job in jobs]
    outputs = [[cell["outputs"] for cell in cells] for cells in ran]
    assert outputs[0] == outputs[1]
    assert [output["output_type"] for output in outputs[0][1]] == ["stream", "execute_result"]


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
