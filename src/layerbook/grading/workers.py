"""The workers of this process: whoever has a job borrows one; some are started ahead of the work.

Little is imported here, so that a command can start its workers first: their libraries load meanwhile.
"""

from __future__ import annotations

import atexit
import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

from layerbook.engine.limits import Limits
from layerbook.engine.worker import Worker
from layerbook.errors import LayerbookError


class Workers:
    """Warm workers, each lent to one thread at a time."""

    def __init__(self) -> None:
        """Start none."""
        self._all: list[Worker] = []
        self._free: list[Worker] = []
        self._places: contextlib.AbstractContextManager[object] = contextlib.nullcontext()
        self._stopped = False

    @contextlib.contextmanager
    def at_most(self, count: int) -> Iterator[None]:
        """Lend no more than `count` at the same time meanwhile; else as many as are asked for."""
        self._places = threading.BoundedSemaphore(count)
        try:
            yield
        finally:
            self._places, self._stopped = contextlib.nullcontext(), False

    def start_ahead(self, course: Path, count: int, kind: str) -> None:
        """Have up to `count` workers, as many as submissions of `course` look new; new ones share a sandbox.

        What goes wrong is not told here; it happens again where the worker is needed, and is told there.
        """
        missing = min(count, _new_submissions(course, count)) - len(self._free)
        workers = [Worker(Limits(), kind) for _ in range(missing)]
        with contextlib.suppress(OSError, LayerbookError):
            if workers:
                workers[0].launch(*workers[1:])
                self._all += workers
                self._free += workers

    @contextlib.contextmanager
    def lent(self, limits: Limits, kind: str) -> Iterator[Worker]:
        """A worker for one job: one that nobody has now, or a new one, which starts with the job."""
        with self._places:
            worker = self._take(kind)
            worker.limits = limits
            try:
                yield worker
            finally:
                self._free.append(worker)

    def _take(self, kind: str) -> Worker:
        with contextlib.suppress(IndexError):  # threads take them one by one
            while True:
                worker = self._free.pop()
                if worker.kind == kind and not worker.stopped:
                    return worker
                worker.stop()
        worker = Worker(Limits(), kind)
        self._all.append(worker)
        if self._stopped:
            worker.stop()
        return worker

    def jobs_run(self) -> int:
        """How many jobs have been run, those included whose marks are not recorded yet."""
        return sum(worker.ran for worker in self._all)

    def stop(self) -> None:
        """End all, also those that are running something; who waits for one gets one that runs nothing."""
        self._stopped = True
        while self._all:
            self._all.pop().stop()
        self._free.clear()


def _new_submissions(course: Path, enough: int) -> int:
    """How many notebooks were handed in after they were last graded, counted up to `enough`."""
    found = 0
    for notebook in (course / "submitted").glob("*/*/*.ipynb"):
        graded = course / "autograded" / notebook.relative_to(course / "submitted")
        with contextlib.suppress(OSError):
            found += not graded.is_file() or graded.stat().st_mtime_ns <= notebook.stat().st_mtime_ns
        if found >= enough:
            break
    return found


WORKERS = Workers()
atexit.register(WORKERS.stop)
