"""A worker: warm processes in a sandbox, driven from outside. A damaged one replaces itself.

A job has `cells` (id, kind, source), an `exam` (`Exam`, sent only when the worker does not have it), and if
wanted `again` (failed tests have a second turn), `tests_in` ("learner": tests run there) and `stderr_counts`.
Each cell's outcome is in the report; with `told` it is also heard of as soon as the cell has run.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any

from layerbook.engine import sandbox
from layerbook.engine.exam import WANTS_EXAM
from layerbook.engine.limits import Limits
from layerbook.engine.link import Channel, LinkClosed, LinkError, LinkTimeout, refuse
from layerbook.errors import LayerbookError

PROGRAM = "layerbook.engine"  # what runs in a sandbox first
START_SECONDS = 60.0
EXTRA_SECONDS = 10.0  # beyond a submission's own limit, before the worker counts as damaged

Told = Callable[[dict[str, Any]], object]  # is given a cell's outcome


class Worker:
    """Runs one submission at a time: `run(job)` gives its report, whatever the submission does."""

    def __init__(self, limits: Limits, kind: str = sandbox.BUBBLEWRAP) -> None:
        """Start nothing yet; the first job does. `kind` is one of `sandbox.KINDS`."""
        self.limits, self.kind = limits, kind
        self.ran = 0  # jobs that have their report
        self.stopped = self._ready = False
        self._program: Program | None = None
        self._channel: Channel | None = None
        self.processor: Processor | None = None  # to work on, if it has one for itself

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def launch(self, *others: Worker) -> None:
        """Start the sandbox, which `others` share; its libraries load while this process goes on."""
        workers, theirs = (self, *others), list[socket.socket]()
        try:
            for worker in workers:
                ours, end = socket.socketpair()
                theirs.append(end)
                worker._channel, worker._ready = Channel(ours), False
                worker.processor = Processor.claim()
            program = Program(workers, [end.fileno() for end in theirs])
            for worker in workers:
                worker._program = program
        except BaseException:
            for worker in workers:
                worker.close()
            raise
        finally:
            for end in theirs:
                end.close()

    def start(self) -> None:
        """Start the sandbox, unless it was, and wait until its libraries are loaded.

        Raises `LayerbookError` if that does not work.
        """
        if self._channel is None:
            self.launch()
        if self._channel is None or self._ready:
            return
        try:
            self._channel.receive(refuse, time.monotonic() + START_SECONDS)
            self._ready = True
        except (LinkClosed, LinkError, LinkTimeout) as error:
            self.close()
            slow = f"no answer within {START_SECONDS:g} s"
            ended = f"{sys.executable} ended in it while it loaded its libraries; can you read all of them?"
            reason = sandbox.works() or (slow if isinstance(error, LinkTimeout) else ended)
            raise LayerbookError(f"The sandbox does not start: {reason}") from None

    def run(self, job: dict[str, Any], told: Told | None = None) -> dict[str, Any]:
        """Run one submission; the report's `end` says why it stopped, if it did.

        A submission that has to run again, because its examiner was killed, has all its cells told again.
        """
        for _ in range(2):
            if self.stopped:
                break
            try:
                report = self._try(job, told)
            except LinkTimeout:
                self.close()
                return {"cells": [], "end": "timed out"}
            except LinkError:
                self.close()
                break
            except LinkClosed:  # the sandbox or its examiner was killed: once more, in a new one
                self.close()
            else:
                self.ran += 1
                return dict(report)
        return {"cells": [], "end": "crashed"}

    def _try(self, job: dict[str, Any], told: Told | None) -> Any:
        self.start()
        channel, exam = self._channel, job["exam"]
        if channel is None:  # it was stopped meanwhile
            raise LinkClosed
        deadline = time.monotonic() + self.limits.submission_seconds + EXTRA_SECONDS
        sent = {**job, "exam": exam.key, "limits": asdict(self.limits), "tells": told is not None}
        channel.send(sent, deadline=deadline)
        while True:
            answer = channel.receive(refuse, deadline)
            if answer == WANTS_EXAM:
                channel.send(exam.as_data(), deadline=deadline)
            elif told and "cell" in answer:
                told(answer["cell"])
            else:
                return answer

    def stop(self) -> None:
        """End it for good, also from another thread while it runs something."""
        self.stopped = True
        self.close()

    def close(self) -> None:
        """End its processes and all that they started; the sandbox ends with the last of its workers."""
        channel, program, processor = self._channel, self._program, self.processor
        self._channel = self._program = self.processor = None
        if channel is not None:
            with contextlib.suppress(OSError):
                channel.end.shutdown(socket.SHUT_RDWR)  # another thread may be waiting at it
                channel.end.close()
        if program is not None:
            program.leave(self)
        if processor is not None:
            processor.claimed.close()


class Program:
    """What runs in one sandbox: it loads the libraries once, and has processes for each worker.

    Those of one worker end when its end of the channel is closed.
    """

    def __init__(self, workers: Sequence[Worker], channels: Sequence[int]) -> None:
        """Start it; each of its workers has the descriptor of a channel, in this order."""
        self._workers, self._lock, kind = set(workers), threading.Lock(), workers[0].kind
        self._folder: tempfile.TemporaryDirectory[str] | None = None  # to work in, without a sandbox
        if kind == sandbox.NONE:
            self._folder = tempfile.TemporaryDirectory(prefix="layerbook-", ignore_cleanup_errors=True)
        program = [sys.executable, "-m", PROGRAM, kind]
        for worker, channel in zip(workers, channels, strict=True):
            program.append(f"{channel}:{worker.processor.number if worker.processor else ''}")
        try:
            self._process = subprocess.Popen(  # noqa: S603
                sandbox.command(program, kind), pass_fds=channels, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                cwd=self._folder.name if self._folder else None,
                start_new_session=True,  # Ctrl-C is for the driver, which then ends its workers in order
            )  # fmt: skip
        except BaseException:
            if self._folder:
                self._folder.cleanup()
            raise

    def leave(self, worker: Worker) -> None:
        """Count a worker no more among those that use this; without any, end it and everything in it."""
        with self._lock:
            self._workers.discard(worker)
            if self._workers or self._process.returncode is not None:
                return
            with contextlib.suppress(ProcessLookupError):
                # The group: bubblewrap's second process does not end with the first one while they start.
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            if self._folder:
                self._folder.cleanup()


@dataclass(frozen=True)
class Processor:
    """A processor that one worker of this machine has for itself among all workers, whoever started them."""

    number: int
    claimed: socket.socket

    @classmethod
    def claim(cls) -> Processor | None:
        """The first that no worker has; none if there are more workers than processors.

        A claim is a bound socket in Linux's abstract namespace (unix(7)): one process can have each name, and
        it is free again when that process ends, however it ends.
        """
        for number in sorted(os.sched_getaffinity(0)):
            claimed = socket.socket(socket.AF_UNIX)
            try:
                claimed.bind(f"\0layerbook-processor-{number}")
            except OSError:
                claimed.close()
            else:
                return cls(number, claimed)
        return None
