"""The workers of this process: one for each thread that runs submissions, and some started ahead of the work.

Little is imported here, so that a command can start its workers first: their libraries load meanwhile.
"""

from __future__ import annotations

import atexit
import contextlib
import threading
from pathlib import Path

from layerbook.engine.limits import Limits
from layerbook.engine.worker import Worker
from layerbook.errors import LayerbookError

_local = threading.local()
_workers: list[Worker] = []
_ahead: list[Worker] = []


def start_ahead(course: Path, count: int, kind: str) -> None:
    """Start up to `count` workers that threads take later, as many as submissions of `course` look new.

    What goes wrong is not told here; it happens again where the worker is needed, and is told there.
    """
    for _ in range(min(count, _new_submissions(course, count))):
        worker = Worker(Limits(), kind)
        with contextlib.suppress(OSError, LayerbookError):
            worker.launch()
            _ahead.append(worker)
            _workers.append(worker)


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


def worker_of_this_thread(limits: Limits, kind: str) -> Worker:
    """The warm worker of this thread, started by its first job."""
    worker: Worker | None = getattr(_local, "worker", None)
    if worker is not None and not worker.stopped and worker.kind == kind:
        worker.limits = limits
        return worker
    if worker is not None:
        worker.stop()
    worker = _from_ahead(kind) or Worker(limits, kind)
    worker.limits = limits
    if worker not in _workers:
        _workers.append(worker)
    _local.worker = worker
    return worker


def _from_ahead(kind: str) -> Worker | None:
    with contextlib.suppress(IndexError):  # threads take them one by one
        worker = _ahead.pop()
        if worker.kind == kind and not worker.stopped:
            return worker
    return None


def jobs_run() -> int:
    """How many jobs the workers of this process have run, those included whose marks are not recorded yet."""
    return sum(worker.ran for worker in _workers)


def stop_workers() -> None:
    """End all workers of this process, also those that are running something."""
    _ahead.clear()
    while _workers:
        _workers.pop().stop()


atexit.register(stop_workers)
