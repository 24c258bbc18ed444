"""A fork server: forks learner processes ahead of their submissions, so that one is ready when it is needed.

It never sees a job, so neither tests nor expected values are ever in a learner process's memory.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from layerbook.engine import isolate, learner, memory, sandbox, seccomp
from layerbook.engine.limits import Limits
from layerbook.engine.link import Channel, LinkClosed
from layerbook.engine.rehearsal import rehearse

LONGEST_MESSAGE = 4096  # bytes; it holds the limits of a submission


@dataclass(frozen=True)
class Place:
    """Where processes of submissions run: in a sandbox or not, and on which processor, if on one alone."""

    isolated: bool
    processor: int | None = None

    def enter(self) -> None:
        """Have this process work where its submission does."""
        if self.processor is not None:
            isolate.stay_on({self.processor})

    def leave(self) -> None:
        """Have this process, which makes something ahead of a submission, be in nobody's way."""
        if self.processor is not None:
            isolate.stay_on(os.sched_getaffinity(0) - {self.processor})


def fork(work: Callable[..., int], *arguments: Any) -> int:
    """Run `work` in a child process, which ends with the status that it returns; gives the child's id."""
    child = os.fork()
    return child or run_and_end(work, *arguments)


def run_and_end(work: Callable[..., int], *arguments: Any) -> NoReturn:
    """Run `work` in this process, the child of a fork, and end it with the status that `work` returns."""
    status = 1
    try:
        status = work(*arguments)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def close_all(ends: Sequence[socket.socket | ForkServer]) -> None:
    """Close what this process has from its parent and must not use."""
    for end in ends:
        end.close()


class LearnerProcess:
    """A learner process, as the examiner has it: the end of a link to it, and a handle on it."""

    def __init__(self, pid: int, end: socket.socket, limits: Limits) -> None:
        """Hold process `pid`, the other end of whose link is `end`, and which keeps to `limits`."""
        self.pid, self.end, self.limits = pid, end, limits
        self.handle = os.pidfd_open(pid)

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it is still there."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, number)

    def kill(self, processors: set[int] | None = None) -> None:
        """Have it end, on these processors, with all that it started: it is process 1 of its namespace."""
        self.end.close()
        if processors:
            isolate.stay_on(processors, self.pid)
        self.send_signal(signal.SIGKILL)

    def wait(self) -> None:
        """Return when it has ended, and all that it started."""
        select.select([self.handle], [], [])

    def end_all(self) -> None:
        """End it and all that it started, and wait for that."""
        self.kill()
        self.wait()


def resident(pid: int) -> int:
    """Bytes of memory that a process has in use; 0 if it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


class ForkServer:
    """A child process with the libraries that are loaded now, which forks learner processes."""

    def __init__(
        self, shell: Any, place: Place, others: list[socket.socket | ForkServer], *, rehearses: bool = False
    ) -> None:
        """Start it, without the caller's `others`; learners' cells will run in `shell`.

        If it `rehearses`, pages of memory that learners usually write to are copied before they are needed.
        """
        self.end, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.handle = os.pidfd_open(fork(_serve, theirs, [self.end, *others], shell, place, rehearses))
        theirs.close()

    def close(self) -> None:
        """In a process that is not to ask it for anything: drop what leads to it."""
        self.end.close()
        os.close(self.handle)

    def has_ended(self) -> bool:
        """Whether it has, and with it all learner processes that it made."""
        return bool(select.select([self.handle], [], [], 0)[0])

    def take(self) -> LearnerProcess:
        """The learner process that is on offer. Raises `LinkClosed` if the server has ended."""
        offer, ends, _, _ = socket.recv_fds(self.end, LONGEST_MESSAGE, 1)
        if not ends:
            raise LinkClosed
        pid, limits = json.loads(offer)
        return LearnerProcess(pid, socket.socket(fileno=ends[0]), Limits(**limits))

    def make(self, limits: Limits) -> None:
        """After one was taken, have the server make the next one, which will keep to `limits`."""
        self.end.send(json.dumps(asdict(limits)).encode())


@dataclass(frozen=True)
class Kit:
    """What every learner process of a server begins with."""

    shell: Any
    check: Any
    place: Place
    written: list[memory.Range]  # memory that it is going to write to


def _serve(
    end: socket.socket, others: list[socket.socket | ForkServer], shell: Any, place: Place, rehearses: bool
) -> int:
    """Offer a learner process, and the next one whenever the last was taken, until nobody can take any."""
    isolate.die_with_parent()
    close_all(others)
    place.leave()
    check = learner.load_check(sandbox.LEARNER) if place.isolated else None
    kit, limits, folders = Kit(shell, check, place, []), Limits(), dict[int, str]()
    while True:
        pid, ours, folder = _fork_learner(end, kit, limits)
        folders[pid] = folder
        socket.send_fds(end, [json.dumps([pid, asdict(limits)]).encode()], [ours.fileno()])
        ours.close()
        if rehearses:
            kit = replace(kit, written=_written_in_rehearsal(end, shell))
            rehearses = False
        _reap(folders)
        wanted = end.recv(LONGEST_MESSAGE)
        if not wanted:
            return 0
        limits = Limits(**json.loads(wanted))


def _written_in_rehearsal(end: socket.socket, shell: Any) -> list[memory.Range]:
    """The memory that a process writes to which rehearses."""
    ours, theirs = os.pipe()

    def work() -> int:
        isolate.die_with_parent()
        end.close()
        rehearse(shell)
        isolate.show_to_itself()
        with os.fdopen(theirs, "w") as file:
            json.dump(memory.written(), file)
        return 0

    child = fork(work)
    os.close(theirs)
    with os.fdopen(ours) as file:
        found = file.read()
    os.waitpid(child, 0)
    return [(start, size) for start, size in json.loads(found or "[]")]


def _fork_learner(end: socket.socket, kit: Kit, limits: Limits) -> tuple[int, socket.socket, str]:
    """A new learner process: its id, the examiner's end of the link to it, and its folder."""
    ours, theirs = socket.socketpair()
    if kit.place.isolated:
        folder, owner = sandbox.LEARNER, (os.getuid(), os.getgid())
        pid = isolate.fork_into_namespaces() or run_and_end(
            _learn, theirs, [ours, end], kit, limits, folder, owner
        )
    else:
        folder = tempfile.mkdtemp(prefix="learner-", dir=Path.cwd())
        pid = fork(_learn, theirs, [ours, end], kit, limits, folder, None)
    theirs.close()
    return pid, ours, folder


def _reap(folders: dict[int, str]) -> None:
    """Remove what is left of learner processes that have ended; a sandbox's folders end with them."""
    with contextlib.suppress(ChildProcessError):
        while pid := os.waitpid(-1, os.WNOHANG)[0]:
            folder = folders.pop(pid, sandbox.LEARNER)
            if folder != sandbox.LEARNER:
                shutil.rmtree(folder, ignore_errors=True)


def _learn(
    theirs: socket.socket,
    others: list[socket.socket],
    kit: Kit,
    limits: Limits,
    folder: str,
    owner: tuple[int, int] | None,
) -> int:
    """In the new process: give up every privilege, get everything ready, then serve the examiner.

    With an `owner` it is process 1 of its namespaces; without one, limits of memory and time are all that
    holds it.
    """
    isolate.die_with_parent()
    close_all(others)
    if owner:
        isolate.become_owner(*owner)
    os.setsid()  # a signal to "my group" reaches nothing outside
    isolate.set_limits(limits)  # reads /proc, which is hidden next
    if owner:
        isolate.private_folders(sandbox.private_folders(), limits.folder_size)
        isolate.private_folders(["/proc"], 4096)
    os.chdir(folder)
    os.environ.update(HOME=folder, TMPDIR=folder)
    sys.path.insert(0, folder)  # `check.py` is imported from there, as beside a notebook
    tempfile.tempdir = None
    learner.silence_file_descriptors()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    memory.copy_ahead(kit.written)
    kit.place.enter()  # not before: all this was done while another submission ran
    if owner:
        isolate.drop_privileges()
        seccomp.refuse_calls()
    learner.Learner(kit.shell, Channel(theirs), limits, kit.check).serve()
    return 0
