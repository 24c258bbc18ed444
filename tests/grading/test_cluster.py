"""A Dask cluster grades a class, also when one of its workers is killed in mid-run."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from layerbook.errors import LayerbookError
from layerbook.grading import grade as grading

SUBMISSIONS = 30
LIMIT = 60


@pytest.fixture
def processes():
    """`processes(...)` starts a program of Dask; all that were started end with the test."""
    with contextlib.ExitStack() as stack:

        def start(*arguments):
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments],
                stderr=subprocess.PIPE,
                text=True,
                env=os.environ | {"DASK_DISTRIBUTED__DASHBOARD__LINK": "", "PYTHONWARNINGS": "ignore"},
            )

            def end():
                process.kill()
                process.communicate()

            stack.callback(end)
            return process

        yield start


def said(process, pattern):
    """What a program's output says, once it does."""
    until = time.monotonic() + LIMIT
    while time.monotonic() < until:
        line = process.stderr.readline()
        found = re.search(pattern, line)
        if found:
            return found[0]
    raise AssertionError(f"it never said {pattern}")


@pytest.fixture
def scheduler(processes):
    made = processes("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    return said(made, r"tcp://127\.0\.0\.1:\d+")


@pytest.fixture
def worker(processes, scheduler):
    def start():
        made = processes(
            "worker", scheduler, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0",
        )  # fmt: skip
        said(made, "Registered to")
        return made

    return start


def test_one_of_two_workers_is_killed_in_mid_run(small_class, marks, scheduler, worker):
    course = small_class(SUBMISSIONS)
    first, _ = worker(), worker()
    seen = []

    def done(result):
        seen.append(result.student)
        if first.poll() is None:
            first.send_signal(signal.SIGKILL)

    grading.grade_all(course, cluster=scheduler, done=done)
    assert first.poll() is not None
    assert sorted(seen) == sorted(set(seen))
    assert len(seen) == SUBMISSIONS
    expected = {f"s{n:02d}": ("graded", 10.0 if n % 3 else 0.0) for n in range(SUBMISSIONS)}
    assert marks(course) == expected
    lines = (course.root / grading.LOG_FILE).read_text("utf-8").splitlines()
    assert len(lines) == SUBMISSIONS


def test_a_cluster_without_workers_is_told(small_class, scheduler):
    with pytest.raises(LayerbookError, match="has no workers; start some with `dask worker tcp"):
        grading.grade_all(small_class(1), cluster=scheduler)


def test_a_cluster_that_is_not_there_is_told(small_class, monkeypatch):
    monkeypatch.setattr("layerbook.grading.cluster.CONNECT_SECONDS", 2)
    with pytest.raises(LayerbookError, match="There is no Dask scheduler at tcp"):
        grading.grade_all(small_class(1), cluster="tcp://127.0.0.1:9")
