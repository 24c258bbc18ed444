"""One warm worker for all tests of the engine."""

import textwrap

import pytest
from engine_runs import LIMITS, run_in

from layerbook.engine import sandbox
from layerbook.engine.worker import Worker


@pytest.fixture(scope="session")
def worker():
    """A worker with its libraries loaded; skips where there is no sandbox."""
    if reason := sandbox.works():
        pytest.skip(reason)
    with Worker(LIMITS) as made:
        made.start()
        yield made


@pytest.fixture
def run(worker):
    """`run(("learner", source), ("tests", source), ...)` gives the run; a setup cell comes first."""

    def run_cells(*cells, **job):
        return run_in(worker, *cells, **job)

    return run_cells


@pytest.fixture
def passes(run):
    """`passes(learner, tests)`: the learner's cell and the tests' ran to their ends; gives the tests' outputs."""

    def run_both(learner, tests):
        learner, tests = textwrap.dedent(learner), textwrap.dedent(tests)
        ran = run(("learner", learner), ("tests", tests))
        assert ran.end == ""
        assert not ran.error(0), ran.text(0)
        assert not ran.error(1), ran.text(1)
        return ran.outputs(1)

    return run_both
