"""A worker serves one submission after another, and replaces itself when it is damaged."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest
from engine_runs import LIMITS, run_in

from layerbook.engine import sandbox
from layerbook.engine.worker import Worker
from layerbook.errors import LayerbookError

DOUBLE = "def double(x):\n    return x * 2"


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


def test_a_worker_closed_while_bubblewrap_starts_leaves_nothing():
    """Its second process waits for the first one then, and does not yet end with it."""
    groups = []
    for moment in range(60):
        with Worker(LIMITS) as worker:
            worker.launch()
            groups.append(worker._process.pid)
            time.sleep(0.0005 * moment)
    deadline = time.monotonic() + 5
    while left := {pid for pid in groups if group_lives(pid)}:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def group_lives(group):
    """Whether a process is left in a group that is not only waiting to be reaped."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text("ascii", "replace").rpartition(")")[2].split()
            except OSError:
                continue
            if int(stat[2]) == group and stat[0] != "Z":
                return True
    return False


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
