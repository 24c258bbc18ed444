"""Cells that take too long, and submissions that end before their time."""

import time

import pytest
from engine_runs import run_in

from layerbook.engine import sandbox
from layerbook.engine.limits import Limits
from layerbook.engine.worker import Worker

DOUBLE = "def double(x):\n    return x * 2"


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
