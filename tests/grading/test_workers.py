"""Workers that start before their work is known."""

import os
import threading
import time

import pytest

from layerbook.engine import sandbox
from layerbook.engine.exam import Exam
from layerbook.engine.limits import Limits
from layerbook.grading.workers import Workers

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
    return tmp_path


@pytest.fixture
def workers():
    made = Workers()
    yield made
    made.stop()


@needs_sandbox
@pytest.mark.parametrize(("count", "started"), [(1, 1), (2, 2), (8, 2)])
def test_no_more_workers_start_than_there_is_work_for(course, workers, count, started):
    for _ in range(2):
        workers.start_ahead(course, count, sandbox.BUBBLEWRAP)
        assert len(workers._free) == started
    assert len({worker._program for worker in workers._free}) == 1


@needs_sandbox
def test_who_borrows_gets_one_that_was_started_and_gives_it_its_limits(course, workers):
    workers.start_ahead(course, 1, sandbox.BUBBLEWRAP)
    (ready,) = workers._free
    limits = Limits(cell_seconds=7)
    with workers.lent(limits, sandbox.BUBBLEWRAP) as taken:
        assert taken is ready
        assert taken.limits == limits
        with workers.lent(limits, sandbox.BUBBLEWRAP) as other:
            assert other is not taken
    with workers.lent(Limits(), sandbox.NONE) as other:
        assert other.kind == sandbox.NONE
    assert taken.stopped  # it would wait for ever


def test_no_more_are_lent_than_allowed(workers):
    """The job of one thread is made ready meanwhile, but has to wait for its worker."""
    seen, lent = [], []

    def borrow():
        with workers.lent(Limits(), sandbox.NONE) as worker:
            lent.append(worker)
            seen.append(len(lent))
            time.sleep(0.05)
            lent.remove(worker)

    threads = [threading.Thread(target=borrow) for _ in range(8)]
    with workers.at_most(2):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert max(seen) == 2
    assert len(workers._all) == 2


def test_after_the_end_who_waited_gets_a_worker_that_runs_nothing(workers):
    reports = []

    def wait():
        with workers.lent(Limits(), sandbox.NONE) as worker:
            reports.append(worker.run({"cells": [], "exam": Exam.of({}, {}, [])}))

    with workers.at_most(1):
        with workers.lent(Limits(), sandbox.NONE):
            waiting = threading.Thread(target=wait)
            waiting.start()
            workers.stop()
        waiting.join(10)
    assert reports == [{"cells": [], "end": "crashed"}]
    with workers.lent(Limits(), sandbox.NONE) as later:
        assert not later.stopped


def test_a_machine_without_a_sandbox_is_told_so_later(course, workers, monkeypatch):
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
    workers.start_ahead(course, 2, sandbox.BUBBLEWRAP)
    assert workers._free == []


def test_no_work_starts_nothing(tmp_path, workers):
    workers.start_ahead(tmp_path / "nowhere", 2, sandbox.BUBBLEWRAP)
    assert workers._free == []
