"""Workers that start before their work is known."""

import os

import pytest

from layerbook.engine import sandbox
from layerbook.engine.limits import Limits
from layerbook.grading import workers

needs_sandbox = pytest.mark.skipif(bool(sandbox.works()), reason="needs a sandbox")


@pytest.fixture
def course(tmp_path):
    """Three submissions; one of them was graded since it was handed in, one before."""
    for student, graded in (("new", 0), ("done", 1), ("changed", -1)):
        handed_in = tmp_path / "submitted" / student / "scaling" / "scaling.ipynb"
        handed_in.parent.mkdir(parents=True)
        handed_in.write_text("{}")
        if graded:
            copy = tmp_path / "autograded" / student / "scaling" / "scaling.ipynb"
            copy.parent.mkdir(parents=True)
            copy.write_text("{}")
            when = handed_in.stat().st_mtime + 10 * graded
            os.utime(copy, (when, when))
    yield tmp_path
    workers.stop_workers()


@needs_sandbox
@pytest.mark.parametrize(("count", "started"), [(1, 1), (2, 2), (8, 2)])
def test_no_more_workers_start_than_there_is_work_for(course, count, started):
    workers.start_ahead(course, count, sandbox.BUBBLEWRAP)
    assert len(workers._ahead) == started


@needs_sandbox
def test_a_thread_takes_one_that_was_started_and_gives_it_its_limits(course):
    workers.start_ahead(course, 1, sandbox.BUBBLEWRAP)
    (ready,) = workers._ahead
    limits = Limits(cell_seconds=7)
    taken = workers.worker_of_this_thread(limits, sandbox.BUBBLEWRAP)
    assert taken is ready
    assert taken.limits == limits
    assert workers.worker_of_this_thread(Limits(), sandbox.BUBBLEWRAP) is taken
    assert workers.worker_of_this_thread(Limits(), sandbox.NONE) is not taken
    assert taken.stopped  # it would wait for ever


def test_a_machine_without_a_sandbox_is_told_so_later(course, monkeypatch):
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
    workers.start_ahead(course, 2, sandbox.BUBBLEWRAP)
    assert workers._ahead == []


def test_no_work_starts_nothing(tmp_path):
    workers.start_ahead(tmp_path / "nowhere", 2, sandbox.BUBBLEWRAP)
    assert workers._ahead == []
