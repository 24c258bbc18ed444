"""In the sandbox: a process with all libraries loaded that forks examiner and learner for each submission."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from layerbook.engine import isolate, learner, sandbox, seccomp
from layerbook.engine.examiner import Examiner
from layerbook.engine.limits import Limits
from layerbook.engine.link import Channel, LinkClosed, refuse

EXIT_CLOSED = 3  # of an examiner that no job came for
GARBAGE = 10_000  # objects more than before, until the collector looks; Python's 700 are few for a short life
LOOK_EVERY = 0.05  # seconds between two looks at what a submission uses


def main() -> None:
    """Load everything, then serve one submission after another on the socket given as descriptor.

    The second argument is the kind of sandbox that this process is in, the third the processor to work on.
    """
    end, isolated = socket.socket(fileno=int(sys.argv[1])), sys.argv[2] != sandbox.NONE
    if not isolated:
        os.chdir(tempfile.mkdtemp(prefix="layerbook-"))
        isolate.die_with_parent()
    gc.disable()  # what it frees among the libraries leaves holes all over, which each fork would fill anew
    shell = load()
    gc.freeze()
    gc.set_threshold(GARBAGE, 10, 10)
    gc.enable()
    if sys.argv[3:]:
        isolate.stay_on(int(sys.argv[3]))
    isolate.hide_from_debuggers()
    channel = Channel(end)
    channel.send({"ready": os.getpid()})
    while True:
        # The learner is forked before the job arrives, so that no test is in its memory.
        _, status = os.waitpid(fork(examine, channel, shell, isolated), 0)
        # An examiner that fails ends the sandbox: whether it had taken a job is not known here, and no
        # submission may get another one's report. The worker then tries again in a new sandbox.
        if status:
            break


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


def load() -> Any:
    """Import what exercises use, make the shell that learners' cells run in, and use everything once.

    The libraries load parts of themselves at their first use, such as those for the first figure or the first
    error of a cell, which every submission would spend again.
    """
    import matplotlib.pyplot as plt
    import numpy as np
    import torch

    np.random.default_rng()
    torch.set_num_threads(1)
    torch.ones(1, requires_grad=True).backward()  # type: ignore[no-untyped-call]
    shell = learner.make_shell()
    figure, axes = plt.subplots(figsize=(1, 1))
    axes.plot([0, 1], label="line")
    axes.legend()
    figure.savefig(io.BytesIO())
    plt.close(figure)
    learner.fail_once(shell)
    warnings.resetwarnings()
    warnings.simplefilter("default")
    return shell


def examine(channel: Channel, shell: Any, isolated: bool) -> int:
    """In a fork: start the learner process, take the job, run it, and send the report."""
    ours, theirs = socket.socketpair()
    with folder_of_learner(isolated) as folder:
        learner_process = fork_learner(theirs, [ours, channel.end], shell, folder, isolated)
        theirs.close()
        try:
            job = channel.receive(refuse)
        except LinkClosed:
            os.kill(learner_process, signal.SIGKILL)
            return EXIT_CLOSED
        limits = Limits(**job["limits"])
        link = Channel(ours)
        link.send(job["limits"])
        watch = Watch(learner_process, limits)
        examiner = Examiner(link, job, limits, watch.interrupt)
        write_files(job["files"])
        report = examiner.run()
        watch.stop()
    report.end = watch.reason or report.end
    report.memory = watch.largest
    channel.send(report.as_data())
    return 0


@contextlib.contextmanager
def folder_of_learner(isolated: bool) -> Iterator[str]:
    """Where the learner process works; without a sandbox a new folder, removed in the end."""
    folder = sandbox.LEARNER if isolated else tempfile.mkdtemp(prefix="layerbook-learner-")
    try:
        yield folder
    finally:
        if not isolated:
            shutil.rmtree(folder, ignore_errors=True)


def fork_learner(
    theirs: socket.socket, others: list[socket.socket], shell: Any, folder: str, isolated: bool
) -> int:
    """Start the learner process on its end of the link, without the examiner's `others`."""
    if not isolated:
        return fork(learn_openly, theirs, others, shell, folder)
    user, group = os.getuid(), os.getgid()
    return isolate.fork_into_namespaces() or run_and_end(learn, theirs, others, shell, folder, (user, group))


def write_files(files: dict[str, bytes]) -> None:
    """Put one exercise's data into the examiner's folder, and nothing else."""
    for path in Path.cwd().iterdir():
        if path.is_file():
            path.unlink()
    for name, content in files.items():
        Path(name).write_bytes(content)


def learn(
    theirs: socket.socket, others: list[socket.socket], shell: Any, folder: str, owner: tuple[int, int]
) -> int:
    """As process 1 of its namespace: give up every privilege, then serve the examiner."""
    isolate.die_with_parent()
    close_all(others)
    isolate.become_owner(*owner)
    os.setsid()  # a signal to "my group" reaches nothing outside
    channel = Channel(theirs)
    limits = Limits(**channel.receive(refuse))
    isolate.set_limits(limits)  # reads /proc, which is hidden next
    isolate.private_folders(sandbox.private_folders(), limits.folder_size)
    isolate.private_folders(["/proc"], 4096)
    isolate.drop_privileges()
    seccomp.refuse_calls()
    return serve(channel, shell, limits, folder)


def learn_openly(theirs: socket.socket, others: list[socket.socket], shell: Any, folder: str) -> int:
    """Without a sandbox: limits of memory and time are all that holds this process."""
    isolate.die_with_parent()
    close_all(others)
    os.setsid()
    channel = Channel(theirs)
    limits = Limits(**channel.receive(refuse))
    isolate.set_limits(limits)
    return serve(channel, shell, limits, folder)


def close_all(ends: list[socket.socket]) -> None:
    """Close what this process has from its parent and must not use."""
    for end in ends:
        end.close()


def serve(channel: Channel, shell: Any, limits: Limits, folder: str) -> int:
    """Work in `folder` for the examiner until it ends."""
    os.chdir(folder)
    os.environ.update(HOME=folder, TMPDIR=folder)
    sys.path.insert(0, folder)  # `check.py` is imported from there, as beside a notebook
    tempfile.tempdir = None
    learner.silence_file_descriptors()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    learner.Learner(shell, channel, limits).serve()
    return 0


class Watch:
    """Looks at what the processes of a submission use together, and ends them when it is too much."""

    def __init__(self, learner_process: int, limits: Limits) -> None:
        """Watch `learner_process` and its descendants."""
        self.learner_process, self.limits, self.reason = learner_process, limits, ""
        self.largest = 0  # bytes seen at the same time
        self.base = _resident(os.getpid())  # what every fork of this process has to begin with
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching and end everything that the submission started."""
        self._stopped.set()
        self._thread.join()
        for pid in self._family()[:1]:
            self.largest = max(self.largest, _resident(pid) - self.base)
        self.interrupt(kill=True)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.learner_process, 0)

    def interrupt(self, *, kill: bool) -> None:
        """Interrupt the learner process like Ctrl-C, or end it and with it all that it started."""
        for pid in self._family()[:1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL if kill else signal.SIGINT)

    def _look(self) -> None:
        while not self._stopped.wait(LOOK_EVERY):
            family = self._family()
            sizes = [_resident(pid) for pid in family]
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
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    stat = (entry / "stat").read_text("ascii", "replace")
                    parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
        family, wave = [], [pid for pid in parents if pid == self.learner_process]
        while wave:
            family += wave
            wave = [pid for pid, parent in parents.items() if parent in wave]
        return family


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


if __name__ == "__main__":
    main()
