"""In the sandbox: a process with all libraries loaded, whose forks fork an examiner for each submission."""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import sys
import threading
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from layerbook.engine import isolate, learner, sandbox
from layerbook.engine.exam import WANTS_EXAM, Exam
from layerbook.engine.examiner import Examiner
from layerbook.engine.forkserver import ForkServer, LearnerProcess, Place, close_all, fork, resident
from layerbook.engine.limits import Limits
from layerbook.engine.link import Channel, LinkClosed, refuse
from layerbook.engine.rehearsal import rehearse
from layerbook.loading import loading

EXIT_CLOSED = 3  # of an examiner that no job came for
EXIT_LOST = 4  # of one whose learner process ended for no reason of its own
GARBAGE = 30_000  # objects more than before, until the collector looks; Python's 700 are few for a short life
MOST_EXAMS = 4  # that a lane keeps
LOOK_EVERY = 0.05  # seconds between two looks at what a submission uses


@dataclass
class Lane:
    """What one worker has for itself in a sandbox."""

    number: int
    end: socket.socket  # of the channel to the driver
    place: Place
    servers: list[ForkServer] = field(default_factory=list)  # without torch, and with it

    @classmethod
    def read(cls, number: int, text: str, *, isolated: bool) -> Lane:
        """From `DESCRIPTOR:PROCESSOR`, where the processor may be missing."""
        descriptor, processor = text.split(":")
        end = socket.socket(fileno=int(descriptor))
        return cls(number, end, Place(isolated, int(processor) if processor else None))


def main() -> None:
    """Load everything, then serve each worker in a process of its own until all are done.

    Arguments are the kind of sandbox that this process is in, and a `Lane` for each worker.
    """
    isolated = sys.argv[1] != sandbox.NONE
    lanes = [Lane.read(number, text, isolated=isolated) for number, text in enumerate(sys.argv[2:])]
    if not isolated:
        isolate.die_with_parent()
    isolate.hide_from_debuggers()
    gc.set_threshold(GARBAGE, 10, 10)
    with loading():
        shell = load()
    for lane in lanes:
        lane.servers.append(ForkServer(shell, lane.place, held(lanes), rehearses=True))
    with loading():
        load_torch()
    for lane in lanes:
        lane.servers.append(ForkServer(shell, lane.place, held(lanes)))
    for lane in lanes:
        fork(serve, lane, held([other for other in lanes if other is not lane]))
    close_all(held(lanes))
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


def held(lanes: list[Lane]) -> list[socket.socket | ForkServer]:
    """All that a process has of these lanes."""
    things: list[socket.socket | ForkServer] = []
    for lane in lanes:
        things += [lane.end, *lane.servers]
    return things


def load() -> Any:
    """Make the shell that learners' cells run in, and use everything once."""
    shell = learner.make_shell()
    rehearse(shell)
    warnings.resetwarnings()
    warnings.simplefilter("default")
    return shell


def load_torch() -> None:
    """Import torch, and take a first gradient."""
    with warnings.catch_warnings():
        import torch

        torch.set_num_threads(1)
        torch.ones(1, requires_grad=True).backward()  # type: ignore[no-untyped-call]


def serve(lane: Lane, others: list[socket.socket | ForkServer]) -> int:
    """Fork examiners, one for each submission and always the next one ahead, until one fails.

    Each waits until the one before has its learner process, takes one, and waits for its turn, which the one
    before passes on when its submission has ended. An exam that it had to ask for it leaves here, for those
    that are forked later.

    An examiner that fails ends what its worker has in the sandbox: whether it had taken a job is not known
    here, and no submission may get another one's report. The worker then tries again in a new sandbox.
    """
    isolate.die_with_parent()
    close_all(others)
    lane.place.leave()
    folder = Path(str(lane.number))
    folder.mkdir()
    os.chdir(folder)
    channel, (plain, with_torch) = Channel(lane.end), lane.servers
    channel.send({"ready": os.getpid()})
    exams: dict[str, Exam] = {}
    turn, first = socket.socketpair()
    first.send(b"!!")
    running: tuple[int, Channel] | None = None
    while True:
        following, passes_on = socket.socketpair()
        ours, theirs = socket.socketpair()
        inherited = [first, following, ours, *([running[1].end] if running else [])]
        desk = Desk(channel, plain, with_torch, exams, turn, passes_on, Channel(theirs))
        waiting = fork(examine, desk, lane.place, inherited)
        close_all([turn, passes_on, theirs])
        if running and not ended_well(*running, channel, exams):
            return 1
        running, turn = (waiting, Channel(ours)), following


@dataclass(frozen=True)
class Desk:
    """What an examiner has from its lane."""

    channel: Channel  # to the driver
    plain: ForkServer
    with_torch: ForkServer
    exams: dict[str, Exam]  # those that were asked for before
    turn: socket.socket  # a byte comes when it may take a learner process, and another when it is its turn
    passes_on: socket.socket  # ends in the next one's `turn`
    leaves: Channel  # to the lane's process, for exams


def ended_well(examiner: int, left: Channel, channel: Channel, exams: dict[str, Exam]) -> bool:
    """Wait for the end of an examiner, and keep the exams that it leaves; not if the driver leaves first."""
    watched = select.poll()
    watched.register(left.end, select.POLLIN)
    watched.register(channel.end, 0)  # tells its end, and nothing of what comes, which is the examiner's
    with contextlib.suppress(LinkClosed):
        while not any(number == channel.end.fileno() for number, _ in watched.poll()):
            key, content = left.receive(refuse)
            exams[key] = Exam(**content)
            for old in list(exams)[:-MOST_EXAMS]:
                del exams[old]
        return False
    left.end.close()
    return os.waitpid(examiner, 0)[1] == 0


def examine(desk: Desk, place: Place, others: list[socket.socket]) -> int:
    """In a fork: wait for the turn, take the job, run it, send the report, and pass the turn on."""
    isolate.die_with_parent()
    close_all(others)
    elsewhere = os.sched_getaffinity(0)
    place.enter()
    watch = Watch()
    if not desk.turn.recv(1):
        return EXIT_CLOSED
    ahead = desk.plain.take()
    if not desk.turn.recv(1):
        return EXIT_CLOSED
    try:
        job = desk.channel.receive(refuse)
    except LinkClosed:
        return EXIT_CLOSED
    exam = desk.exams.get(job["exam"]) or ask_for_exam(desk, job["exam"])
    limits = Limits(**job["limits"])
    process = fitting(ahead, desk, limits, torch=needs_torch(job, exam))
    desk.passes_on.send(b"!")
    watch.begin(process, limits)
    examiner = Examiner(Channel(process.end), job, exam, limits, watch.interrupt, desk.channel.send)
    write_files(exam.files)
    report = examiner.run()
    watch.stop()
    process.kill(elsewhere)
    if report.end == "crashed" and (desk.plain.has_ended() or desk.with_torch.has_ended()):
        return EXIT_LOST
    report.end = watch.reason or report.end
    report.memory = watch.largest
    desk.channel.send(report.as_data())
    desk.passes_on.send(b"!")
    isolate.stay_on(elsewhere)  # to end takes a while, in which the next one goes on
    process.wait()
    return 0


def fitting(ahead: LearnerProcess, desk: Desk, limits: Limits, *, torch: bool) -> LearnerProcess:
    """A learner process with these limits, with or without torch: the one taken `ahead` if that is one."""
    process, server = ahead, desk.plain
    if torch:
        ahead.end_all()
        desk.plain.make(limits)
        process, server = desk.with_torch.take(), desk.with_torch
    while process.limits != limits:
        process.end_all()
        server.make(limits)
        process = server.take()
    server.make(limits)  # for a later examiner
    return process


def ask_for_exam(desk: Desk, key: str) -> Exam:
    """Have the driver send an exam, and leave it for later examiners."""
    desk.channel.send(WANTS_EXAM)
    content = desk.channel.receive(refuse)
    desk.leaves.send([key, content])
    return Exam(**content)


def needs_torch(job: dict[str, Any], exam: Exam) -> bool:
    """Whether what runs in the learner process names torch; else a fork without it is far cheaper.

    Where this is wrong the learner process loads torch by itself.
    """
    all_there = job.get("tests_in") == "learner"
    cells = [cell["source"] for cell in job["cells"] if all_there or cell["kind"] != "tests"]
    modules = [content for name, content in exam.files.items() if name.endswith(".py")]
    return any("torch" in cell for cell in cells) or any(b"torch" in module for module in modules)


def write_files(files: dict[str, bytes]) -> None:
    """Put one exercise's data into the examiner's folder, and nothing else."""
    for path in Path.cwd().iterdir():
        if path.is_file():
            path.unlink()
    for name, content in files.items():
        Path(name).write_bytes(content)


class Watch:
    """Looks at what the processes of a submission use together, and ends them when it is too much."""

    process: LearnerProcess
    limits: Limits

    def __init__(self) -> None:
        """Get ready; there is nothing to look at yet."""
        self.reason = ""
        self.largest = self.base = 0  # bytes seen at the same time, and what every fork begins with
        self._begun, self._stopped = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def begin(self, process: LearnerProcess, limits: Limits) -> None:
        """Watch `process` and its descendants."""
        self.process, self.limits, self.base = process, limits, resident(process.pid)
        self._begun.set()

    def stop(self) -> None:
        """Look a last time."""
        self._stopped.set()
        self._thread.join()
        self.largest = max(self.largest, resident(self.process.pid) - self.base)

    def interrupt(self, *, kill: bool) -> None:
        """Interrupt the learner process like Ctrl-C, or end it and with it all that it started."""
        self.process.send_signal(signal.SIGKILL if kill else signal.SIGINT)

    def _look(self) -> None:
        self._begun.wait()
        while not self._stopped.wait(LOOK_EVERY):
            family = self._family()
            sizes = [resident(pid) for pid in family]
            used = sum(max(0, size - self.base) for size in sizes)  # what forks share is not theirs
            self.largest = max(self.largest, used)
            if len(family) > self.limits.processes:
                self.reason = self.reason or "too many processes"
                self.interrupt(kill=True)
            elif used > self.limits.memory:
                self.reason = self.reason or "out of memory"
                self.interrupt(kill=True)

    def _family(self) -> list[int]:
        """The learner process and all below it, in this order."""
        parents = {}
        for name in filter(str.isdigit, os.listdir("/proc")):  # noqa: PTH208  often, and with few objects
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123
                parents[int(name)] = int(file.read().rpartition(b")")[2].split()[1])
        family, wave = [], [pid for pid in parents if pid == self.process.pid]
        while wave:
            family += wave
            wave = [pid for pid, parent in parents.items() if parent in wave]
        return family
