"""The same attacks on stock nbgrader: that they are attacks, and the column beside ours in the table at the end.

Each trial is worth 0 points, unless it is honest work, and is graded beside a solved victim in a course of its own.
Two families have none; `summary.py` says why. Left out are also attacks after which the kernel no longer answers:
stock nbgrader then waits without end.
"""

import contextlib
import re
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor

import container
import psutil
import pytest
import stock
import test_dying
import test_flooding
import test_honest_work
import test_leftovers
import test_links
import test_malformed
import test_metadata
import test_network
import test_not_ending
import test_partial_credit
import test_patched_interpreter
import test_patched_libraries
import test_poison
import test_reading_the_tests
import test_saying_yes
import test_shadowed_modules
import test_stale_marks
import test_writing_the_course
import test_wrong_place
from stock import SQUARE, Seen, Trial, one_of
from summary import note_stock

from layerbook.engine import sandbox

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("attacks-stock")]

NO_GRADE, STOPPED = "^no grade", "batch stopped: 0 of 2"
TRIALS = [
    one_of(test_not_ending, "interrupt ignored", rf"{NO_GRADE}, \d+ s"),  # first, as it takes longest
    one_of(test_metadata, "tests tagged to be skipped", "^10 of 10"),
    one_of(test_shadowed_modules, "ships its own ipykernel_launcher.py", f"{NO_GRADE}, changed: outside"),
    one_of(test_shadowed_modules, "ships a kernel that runs no test", "^10 of 10"),
    one_of(test_patched_interpreter, "input transformer that drops asserts", "^13 of 15"),
    one_of(test_patched_libraries, "assertions of numpy", "^1 of 15"),
    one_of(test_reading_the_tests, "hook before each cell", "leaked"),
    one_of(test_writing_the_course, "gradebook updated", "^12 of 10"),
    one_of(test_writing_the_course, "settings appended", "changed: settings"),
    one_of(test_partial_credit, "below zero", "^2 of 10"),
    one_of(test_partial_credit, "above the maximum", NO_GRADE),
    one_of(test_stale_marks, "again without tests", "^10 of 10"),
    one_of(test_stale_marks, "again that ends its process", "old marks stay: 10 of 10"),
    one_of(test_links, "notebook is another persons", "^10 of 10"),
    one_of(test_links, "file beside is a secret", "leaked"),
    one_of(test_poison, "schema of the future", STOPPED),
    one_of(test_dying, "os exit", NO_GRADE),
    one_of(test_dying, "signal to the parent", f"grader killed, {STOPPED}"),
    one_of(test_flooding, "printed", "50 MB kept"),
    one_of(test_leftovers, "a session of its own", "process lives on"),
    one_of(test_network, "tcp to this machine", "connected"),
    one_of(test_malformed, "cells are text", NO_GRADE),
    one_of(test_wrong_place, "student is called with a line end", STOPPED),
    one_of(test_honest_work, "warns", "^6 of 10"),
    one_of(test_saying_yes, "an object equal to all", "^8 of 15"),
]
SOLVED = Trial("", "solved", stock.copied("source"), "^10 of 10$")
PLAIN = [
    SOLVED,
    Trial("", "untouched", stock.copied("release"), "^0 of 10$"),
    Trial("", "untouched for the engine's tests", stock.copied("release"), "^0 of 15$", SQUARE),
]


class Bench:
    """Runs trials, two at a time, each in a copy of one course."""

    def __init__(self, folder, trials):
        self.folder = folder
        self.room = stock.make_room(folder)
        self.pool = ThreadPoolExecutor(2)
        self.solved = folder / "solved"  # what a second attempt is handed in to
        self.running: dict[Trial, Future[Seen]] = {SOLVED: self.pool.submit(self.run, SOLVED, self.solved)}
        for number, trial in enumerate(trials):
            if trial not in self.running:
                self.running[trial] = self.pool.submit(self.run, trial, folder / str(number))

    def run(self, trial, room):
        if trial.solved_before:
            self.running[SOLVED].result()
        shutil.copytree(self.solved if trial.solved_before else self.room, room)
        seen = stock.run(trial, room)
        if trial is not SOLVED:
            shutil.rmtree(room)
        return seen


@pytest.fixture(scope="session")
def seen(request, tmp_path_factory):
    """`seen(trial)`: what was to be seen of it, once it has run; those that were collected all do."""
    if reason := sandbox.works():
        pytest.skip(reason)
    params = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    bench = Bench(tmp_path_factory.mktemp("stock"), [p["trial"] for p in params if "trial" in p])
    yield lambda trial: bench.running[trial].result()
    bench.pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("trial", PLAIN, ids=str)
def test_stock_nbgrader_grades_what_is_not_hostile(trial, seen):
    assert re.search(trial.shows, seen(trial).words())


@pytest.mark.parametrize("trial", TRIALS, ids=str)
def test_the_attack_works_on_stock_nbgrader(trial, seen, request):
    note_stock(request.node, trial.family, seen(trial).words())
    assert re.search(trial.shows, seen(trial).words())


LOOK = """
import os, socket
for path in (PATHS):
    try:
        open(path, "w")
        print("wrote", path)
    except OSError:
        pass
try:
    open("ELSEWHERE", "w")
except OSError:
    pass
try:
    socket.create_connection(("127.0.0.1", PORT), 2)
    print("connected")
except OSError:
    pass
print(len([p for p in os.listdir("/proc") if p.isdigit()]), "processes")
print([line.split()[1] for line in open("/proc/self/status") if line.startswith("CapEff")])
open("mine", "w")
"""


def test_the_container_lets_nothing_out(tmp_path):
    room = tmp_path / "room"
    room.mkdir()
    paths = ["/new", "/usr/new", "/dev/new", f"{sys.prefix}/new"]
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as door:
        text = LOOK.replace("PATHS", ", ".join(repr(str(path)) for path in paths))
        text = text.replace("ELSEWHERE", str(tmp_path / "new")).replace("PORT", str(door.getsockname()[1]))
        program = container.command(room, room, [sys.executable, "-c", text])
        ran = subprocess.run(program, capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stdout) == (0, "2 processes\n['0000000000000000']\n"), ran.stderr
    assert not (tmp_path / "new").exists()  # it may have been made in the container's own /tmp
    assert (room / "mine").exists()


@pytest.mark.parametrize("seconds", [0, 0.05, 1])
def test_a_container_can_be_ended_at_any_time(tmp_path, seconds):
    program = container.command(tmp_path, tmp_path, ["sleep", "987653"])
    process = subprocess.Popen(program)
    time.sleep(seconds)
    container.end(process)
    process.wait()
    time.sleep(0.2)
    assert not [p for p in psutil.process_iter(["cmdline"]) if "987653" in (p.info["cmdline"] or [])]
