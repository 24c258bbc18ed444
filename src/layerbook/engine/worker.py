"""A worker: one sandbox with warm processes, driven from outside. A damaged one replaces itself.

A job has `cells` (id, kind, source), an `exam` (`Exam`, sent only when the worker does not have it), and if
wanted `again` (failed tests have a second turn), `tests_in` ("learner": tests run there) and `stderr_counts`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
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


class Worker:
    """Runs one submission at a time: `run(job)` gives its report, whatever the submission does."""

    def __init__(self, limits: Limits, kind: str = sandbox.BUBBLEWRAP) -> None:
        """Start nothing yet; the first job does. `kind` is one of `sandbox.KINDS`."""
        self.limits, self.kind = limits, kind
        self.ran = 0  # jobs that have their report
        self.stopped = self._ready = False
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Channel | None = None
        self._processor: Processor | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None  # to work in, without a sandbox

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def launch(self) -> None:
        """Start the sandbox; its libraries load while this process goes on."""
        ours, theirs = socket.socketpair()
        self._processor = Processor.claim()
        try:
            if self.kind == sandbox.NONE:
                self._folder = tempfile.TemporaryDirectory(prefix="layerbook-", ignore_cleanup_errors=True)
            program = [sys.executable, "-m", PROGRAM, str(theirs.fileno()), self.kind]
            program += [str(self._processor.number)] if self._processor else []
            self._process = subprocess.Popen(  # noqa: S603
                sandbox.command(program, self.kind), pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                cwd=self._folder.name if self._folder else None,
                start_new_session=True,  # Ctrl-C is for the driver, which then ends its workers in order
            )  # fmt: skip
        except BaseException:
            ours.close()
            self.close()
            raise
        finally:
            theirs.close()
        self._channel, self._ready = Channel(ours), False

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

    def run(self, job: dict[str, Any]) -> dict[str, Any]:
        """Run one submission; the report's `end` says why it stopped, if it did."""
        for _ in range(2):
            if self.stopped:
                break
            try:
                report = self._try(job)
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

    def _try(self, job: dict[str, Any]) -> Any:
        self.start()
        if self._channel is None:  # it was stopped meanwhile
            raise LinkClosed
        deadline = time.monotonic() + self.limits.submission_seconds + EXTRA_SECONDS
        exam = job["exam"]
        self._channel.send({**job, "exam": exam.key, "limits": asdict(self.limits)}, deadline=deadline)
        while (answer := self._channel.receive(refuse, deadline)) == WANTS_EXAM:
            self._channel.send(exam.as_data(), deadline=deadline)
        return answer

    def stop(self) -> None:
        """End it for good, also from another thread while it runs something."""
        self.stopped = True
        self.close()

    def close(self) -> None:
        """End the sandbox and everything in it."""
        channel, process, processor, folder = self._channel, self._process, self._processor, self._folder
        self._channel = self._process = self._processor = self._folder = None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                # The group: bubblewrap's second process does not end with the first one while they start.
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if channel is not None:
            with contextlib.suppress(OSError):
                channel.end.close()
        if processor is not None:
            processor.claimed.close()
        if folder is not None:
            folder.cleanup()


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
