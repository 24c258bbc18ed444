"""A worker serves one submission after another, and replaces itself when it is damaged."""

import contextlib
import os
import signal
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from engine_runs import FILES, LIMITS, run_in

from layerbook.engine import sandbox
from layerbook.engine.exam import Exam
from layerbook.engine.link import Channel
from layerbook.engine.worker import Worker
from layerbook.errors import LayerbookError

DOUBLE = "def double(x):\n    return x * 2"


# Processes of one worker: two fork servers, its zygote's fork, two examiners and two learner processes;
# and of its sandbox: bubblewrap's process 1 and the zygote.
OF_WORKER, OF_SANDBOX = 7, 2
ALL_READY = OF_SANDBOX + OF_WORKER


def family(worker):
    """Ids of all processes of a worker's sandbox, parents before children."""
    parents = parents_now()
    found, wave = [], [worker._program._process.pid]
    while wave:
        wave = [pid for pid, parent in parents.items() if parent in wave]
        found += wave
    return found


def children(parent):
    """Ids of a process's children, the oldest first."""
    return [pid for _, pid in sorted((start, pid) for pid, its, _, start in stats() if its == parent)]


def lane(worker):
    """The id of the process that forks examiners; the zygote started its fork servers first."""
    return children(family(worker)[1])[2]


def examiners(worker):
    """Ids of the examiner whose turn it is, and of the next one."""
    return children(lane(worker))


def stats():
    """For each process that is not only waiting to be reaped: its id, its parent's, its group's; its start."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text("ascii", "replace").rpartition(")")[2].split()
                if fields[0] != "Z":
                    yield int(entry.name), int(fields[1]), int(fields[2]), int(fields[19])


def parents_now():
    """The id of each process to that of its parent."""
    return {pid: parent for pid, parent, *_ in stats()}


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
    settled(damaged, ALL_READY)
    return damaged


def settled(worker, processes):
    """Wait until the sandbox of a worker has so many processes, and no other ones a moment later."""
    deadline, last, now = time.monotonic() + 5, [], family(worker)
    while (len(now) != processes or now != last) and time.monotonic() < deadline:
        time.sleep(0.1)  # an examiner that has ended may be on its way out
        last, now = now, family(worker)
    assert len(now) == processes


@pytest.fixture
def pair():
    """Two workers in one sandbox."""
    if reason := sandbox.works():
        pytest.skip(reason)
    with Worker(LIMITS) as one, Worker(LIMITS) as other:
        one.launch(other)
        yield one, other


def test_a_worker_that_was_killed_replaces_itself(own):
    right = (("learner", DOUBLE), ("tests", "assert double(2) == 4"))
    for end in (lambda: own._program._process.kill(), lambda: os.kill(family(own)[1], signal.SIGKILL)):
        end()
        ran = run_in(own, *right)
        assert (ran.end, ran.error(1)) == ("", None)


@pytest.mark.parametrize("which", [0, 1], ids=["whose turn it is", "the next one"])
def test_after_an_examiner_died_each_submission_still_gets_its_own_report(which, own):
    os.kill(examiners(own)[which], signal.SIGKILL)
    for number in range(3):
        ran = run_in(own, ("learner", f"number = {number}"), ("tests", "number"))
        assert (ran.end, ran.text(1)) == ("", str(number))


def test_an_examiner_that_dies_in_mid_run_has_its_submission_run_again_and_leaves_nothing(own):
    old = family(own)
    killer = threading.Timer(0.5, os.kill, (examiners(own)[0], signal.SIGKILL))
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
            groups.append(worker._program._process.pid)
            time.sleep(0.0005 * moment)
    deadline = time.monotonic() + 5
    while left := {pid for pid in groups if group_lives(pid)}:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def group_lives(wanted):
    """Whether a process is left in a group that is not only waiting to be reaped."""
    return any(group == wanted for _, _, group, _ in stats())


def test_a_job_that_cannot_be_sent_ends_in_an_outcome(own):
    exam = Exam.of({"x": object()}, {}, [])
    assert own.run({"cells": [], "exam": exam}) == {"cells": [], "end": "crashed"}
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
    zygote = lane(own)

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


@pytest.mark.parametrize("seconds", [0, 0.5], ids=["before a job", "during one"])
def test_a_fork_server_that_died_is_replaced_with_its_sandbox(seconds, own):
    """It takes its learner processes with it, for which no submission is to blame."""
    server = children(family(own)[1])[0]
    killer = threading.Timer(seconds, os.kill, (server, signal.SIGKILL))
    killer.start()
    if not seconds:
        killer.join()
    for number in range(3):
        ran = run_in(
            own, ("learner", f"import time; time.sleep(0.7)\nnumber = {number}"), ("tests", "number")
        )
        assert (ran.end, ran.text(1)) == ("", str(number))


def test_workers_that_share_a_sandbox_end_one_by_one(pair):
    one, other = pair
    right = (("learner", DOUBLE), ("tests", "assert double(2) == 4"))
    for worker in pair:
        assert run_in(worker, *right).error(1) is None
    settled(one, OF_SANDBOX + 2 * OF_WORKER)
    ends = []
    endless = threading.Thread(target=lambda: ends.append(run_in(one, ("learner", "while True: pass")).end))
    endless.start()
    time.sleep(0.5)
    one.stop()
    endless.join()
    assert ends == ["crashed"]
    for _ in range(3):
        assert run_in(other, *right).error(1) is None
    settled(other, OF_SANDBOX + OF_WORKER)
    left = family(other)
    other.close()
    deadline = time.monotonic() + 5
    while any(Path(f"/proc/{pid}").exists() for pid in left):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_worker_whose_part_of_a_sandbox_ended_goes_on_in_a_new_one(pair):
    one, other = pair
    run_in(one), run_in(other)
    os.kill(children(family(one)[1])[-1], signal.SIGKILL)  # the second one's
    settled(one, OF_SANDBOX + OF_WORKER)  # until then an examiner of it may still take a job
    assert [run_in(worker, ("tests", "1 + 1")).text(0) for worker in (one, other, one)] == ["2", "2", "2"]
    assert one._program is not other._program
    settled(one, ALL_READY)


def test_a_zygote_that_ends_costs_none_of_its_workers_a_submission(pair):
    run_in(pair[0])
    killer = threading.Timer(0.5, os.kill, (family(pair[0])[1], signal.SIGKILL))
    killer.start()
    with ThreadPoolExecutor(2) as threads:
        slow = ("learner", "import time; time.sleep(1.5)\nnumber = 7")
        ran = list(threads.map(lambda worker: run_in(worker, slow, ("tests", "number")), pair))
    assert [(r.end, r.text(1)) for r in ran] == [("", "7"), ("", "7")]


def test_workers_that_share_a_sandbox_see_their_own_exercise_only(pair):
    sees = ("tests", "import os\nsorted(os.listdir('.'))")
    for _ in range(2):
        for name, worker in zip("ab", pair, strict=True):
            files = {**FILES, f"{name}.txt": b""}
            assert eval(run_in(worker, sees, files=files).text(0), {}) == sorted(files)


def test_each_cell_is_told_when_it_has_run(own):
    """And after an examiner died, each once more: its submission runs again."""
    cells = ("learner", DOUBLE), ("tests", "double(2)"), ("learner", "import time; time.sleep(1)")
    told = []

    def note(outcome):
        told.append((outcome, time.monotonic()))
        if len(told) == 3:
            os.kill(examiners(own)[0], signal.SIGKILL)

    ran = run_in(own, *cells, told=note)
    ended = time.monotonic()
    outcomes = [outcome for outcome, _ in told]
    assert [outcome["id"] for outcome in outcomes[:3]] == ["setup", "cell-0", "cell-1"]
    assert outcomes[2]["outputs"] == ran.outputs(1)
    assert outcomes[3:] == ran.report["cells"]
    assert ended - told[5][1] > 0.5


def test_limits_hold_from_the_next_job_on(own):
    """Learner processes are made ahead; one that keeps to other limits is of no use."""
    allowed = "import resource\nresource.getrlimit(resource.RLIMIT_NOFILE)[0]"
    try:
        for open_files in (100, 100, 90, 128):
            own.limits = replace(LIMITS, open_files=open_files)
            for named in ("", "# torch"):
                assert run_in(own, ("learner", f"{named}\n{allowed}")).text(0) == str(open_files)
    finally:
        own.limits = LIMITS


def test_only_a_submission_that_names_torch_has_it_loaded(own):
    loaded = "import sys\n'tor' + 'ch' in sys.modules"
    assert run_in(own, ("learner", loaded)).text(0) == "False"
    assert run_in(own, ("learner", f"# torch\n{loaded}")).text(0) == "True"
    assert run_in(own, ("learner", f"__import__('tor' + 'ch')\n{loaded}")).text(0) == "True"  # by itself
    files = {"helpers.py": b"import torch\n"}
    assert run_in(own, ("learner", loaded), files=files).text(0) == "True"
    files = {**FILES, "check.json": b'"as torch does"'}
    assert run_in(own, ("learner", loaded), files=files).text(0) == "False"
    tests = ("tests", "import torch\ntorch.ones(1).item()")
    ran = run_in(own, ("learner", loaded), tests)
    assert (ran.text(0), ran.text(1)) == ("False", "1.0")


def test_an_exam_is_sent_once(own, monkeypatch):
    sent = []
    send = Channel.send
    monkeypatch.setattr(
        Channel,
        "send",
        lambda self, value, *rest, **named: (sent.append(value), send(self, value, *rest, **named)),
    )
    for content in (b"1", b"1", b"1", b"2", b"2", b"2", b"1"):
        ran = run_in(own, ("tests", "open('a.txt').read()"), files={**FILES, "a.txt": content})
        assert ran.text(0) == repr(content.decode())
    exams = [value["files"]["a.txt"] for value in sent if "files" in value]
    assert exams[0] == b"1"
    assert exams.count(b"1") <= 2  # the examiner that was ready has to ask as well
    assert exams.count(b"2") <= 2


def test_without_a_sandbox_a_worker_has_a_folder_of_its_own_and_leaves_nothing(tmp_path, monkeypatch):
    here, temporary = tmp_path / "here", tmp_path / "temporary"
    for folder in (here, temporary):
        folder.mkdir()
    (here / "mine.txt").write_text("mine")
    monkeypatch.chdir(here)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    right = (("learner", f"open('left.txt', 'w').write('x')\n{DOUBLE}"), ("tests", "assert double(2) == 4"))
    with Worker(LIMITS, sandbox.NONE) as worker:
        for _ in range(3):
            ran = run_in(worker, *right)
            assert (ran.end, ran.error(1)) == ("", None)
        assert list(temporary.rglob("words.txt"))
    assert list(temporary.iterdir()) == []
    assert [path.name for path in here.iterdir()] == ["mine.txt"]
