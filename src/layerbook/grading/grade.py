"""The driver: has submissions run by workers, here or on a cluster, and each end in one recorded outcome.

Workers see neither the course nor the gradebook; what they need goes with each task. Only `Recorder` writes.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from layerbook.engine import sandbox
from layerbook.errors import LayerbookError
from layerbook.grading import results
from layerbook.grading.course import Course
from layerbook.grading.execute import RunSubmission
from layerbook.grading.record import LOG_FILE, Entry, Log, Recorder
from layerbook.grading.results import Result
from layerbook.grading.submission import (
    Unreadable,
    bad_name,
    came_along,
    content,
    digest,
    submissions,
    timestamp,
)
from layerbook.grading.task import (
    FAILED,
    IN_LEARNER,
    LEARNER,
    METADATA,
    UNREADABLE,
    Run,
    Settings,
    Task,
    material_of,
    run,
)
from layerbook.grading.workers import WORKERS

AHEAD = 3  # tasks under way or waiting, for each worker
SWITCH_SECONDS = 0.0003  # a thread's turn; with Python's 5 ms a worker waits for its next job
RETRIES = 3  # of a task whose worker on a cluster died


def grade_all(
    course: Course,
    names: list[str] | None = None,
    *,
    student: str | None = None,
    again: bool = False,
    workers: int | None = None,
    cluster: str | None = None,
    sandbox_kind: str = sandbox.BUBBLEWRAP,
    done: Callable[[Result], None] = lambda result: None,
) -> list[Result]:
    """Grade every submission that is not graded yet or has changed since, or all of them `again`.

    Args:
        names: exercises; all that were released if None.
        student: only this one's submissions.
        workers: submissions that run at the same time; one a core if None.
        cluster: address of a Dask scheduler, whose workers run the submissions then.
        sandbox_kind: one of `sandbox.KINDS`.
        done: called after each.

    Raises:
        LayerbookError: if no submission can run, for example without a sandbox. What was graded stays graded.
    """
    todo = [pair for pair in submissions(course, names) if student in (None, pair[1])]
    settings = replace(RunSubmission(config=course.config()).settings, sandbox=sandbox_kind)
    if not cluster and sandbox_kind != sandbox.NONE:
        require_sandbox()
    if again:
        forget(course, todo)
    count = workers or os.cpu_count() or 1
    found: dict[tuple[str, str], Result] = {}
    with Recorder(course) as recorder, pool(cluster, min(count, max(1, len(todo)))) as executor:
        if not cluster:
            WORKERS.start_ahead(course.root, count, sandbox_kind)
        try:
            for result in _outcomes(
                course, todo, settings, recorder, executor, AHEAD * _size(executor, count)
            ):
                found[result.exercise, result.student] = result
                done(result)
        except BaseException:
            recorder.save()  # Ctrl-C, or a worker that cannot start: what has run is not lost
            raise
    return [found[pair] for pair in todo]


def _outcomes(
    course: Course,
    todo: list[tuple[str, str]],
    settings: Settings,
    recorder: Recorder,
    executor: Executor,
    window: int,
) -> Iterator[Result]:
    """The results of all, as they come; no more than `window` tasks are under way."""
    waiting, under_way = iter(todo), dict[Future[Run], Entry]()
    known = Known(course, recorder)
    while True:
        for exercise, student in islice(waiting, window - len(under_way)):
            result = known.result(exercise, student)
            if result:
                yield result
                continue
            try:
                task, entry = prepare(course, exercise, student, settings)
            except (Unreadable, OSError) as error:
                yield from recorder.add(Entry(_not_run(exercise, student, error)))
            else:
                under_way[executor.submit(run, task)] = entry
        if not under_way:
            pair = next(waiting, None)
            if pair is None:
                break
            waiting = chain([pair], waiting)
            continue
        for future in wait(under_way, timeout=1, return_when=FIRST_COMPLETED).done:
            yield from recorder.add(_finished(future, under_way.pop(future)))
        yield from recorder.save_if_due()
    yield from recorder.save()


def _not_run(exercise: str, student: str, error: Unreadable | OSError) -> Run:
    if isinstance(error, Unreadable):
        return Run(exercise, student, outcome=UNREADABLE, reason=str(error))
    return Run(exercise, student, outcome=FAILED, reason=f"{error.filename}: {error.strerror}")


def _finished(future: Future[Run], entry: Entry) -> Entry:
    """The entry with its run, and in the notebook's notes what the driver saw of the submission."""
    try:
        made = future.result()
    except LayerbookError:
        raise
    except Exception as error:  # a cluster gave it up
        made = Run(
            entry.run.exercise, entry.run.student, outcome=FAILED, reason=f"{type(error).__name__}: {error}"
        )
    if made.notebook is not None:
        how = made.notebook.metadata[METADATA]
        how["submitted"] = entry.digest
        how["tampering"] = [*how["tampering"], *entry.notes]
        if how["tests_in"] == LEARNER:
            how["tampering"].append(IN_LEARNER)
    return replace(entry, run=made)


def prepare(course: Course, exercise: str, student: str, settings: Settings) -> tuple[Task, Entry]:
    """The task of one submission, and what the driver keeps of it meanwhile. Raises `Unreadable`."""
    data = content(course, exercise, student)
    material = material_of(course.root / "source" / exercise, course.hidden_known(exercise), exercise)
    folder = course.folder("submitted", student, exercise)
    when, problem = timestamp(folder)
    notes = [*came_along(folder, material.files, exercise), *([problem] if problem else [])]
    entry = Entry(Run(exercise, student), digest(data), when, tuple(notes))
    return Task(exercise, student, data, material, settings), entry


class Known:
    """Results that need no new run: graded to the end, and nothing changed since."""

    def __init__(self, course: Course, recorder: Recorder) -> None:
        """Read each exercise's results when they are first asked for."""
        self.course, self.recorder = course, recorder
        self._read: dict[str, dict[str, Result]] = {}

    def result(self, exercise: str, student: str) -> Result | None:
        """The result of one submission, None if it has to run."""
        if bad_name(student) or not is_current(self.course, exercise, student):
            return None
        if exercise not in self._read:
            log = self.recorder.log
            self._read[exercise] = results.read(self.course, self.recorder.gradebook, exercise, log.last)
        result = self._read[exercise].get(student)
        if result is None or result.outcome == results.NOT_GRADED:
            return None
        self.recorder.log_if_missing(result)
        return result


def is_current(course: Course, exercise: str, student: str) -> bool:
    """Whether the submission was graded to the end since it and the exercise's source last changed."""
    graded = course.folder("autograded", student, exercise) / f"{exercise}.ipynb"
    source = course.root / "source" / exercise / graded.name
    if not graded.is_file() or graded.stat().st_mtime_ns <= source.stat().st_mtime_ns:
        return False
    with contextlib.suppress(Unreadable):
        handed_in = digest(content(course, exercise, student))
        return (results.run_of(graded) or {}).get("submitted") == handed_in
    return False


def forget(course: Course, todo: list[tuple[str, str]]) -> None:
    """Have submissions count as not graded, so that a run over all of them can be resumed, too."""
    for exercise, student in todo:
        if not bad_name(student):
            shutil.rmtree(course.folder("autograded", student, exercise), ignore_errors=True)


@contextlib.contextmanager
def pool(cluster: str | None, workers: int) -> Iterator[Executor]:
    """Where tasks run: threads that each drive a worker of this machine, or a Dask cluster.

    Raises `LayerbookError` if there is no cluster at that address, or nobody in it.
    """
    if cluster:
        from layerbook.grading.cluster import executor_of

        with executor_of(cluster, RETRIES) as executor:
            yield executor
        return
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    with WORKERS.at_most(workers):
        # Twice as many threads: while the job of one runs, another gets the next one ready.
        executor = ThreadPoolExecutor(2 * workers, thread_name_prefix="worker")
        try:
            yield executor
        finally:
            sys.setswitchinterval(usual)
            executor.shutdown(wait=False, cancel_futures=True)
            WORKERS.stop()
            executor.shutdown()


def _size(executor: Executor, workers: int) -> int:
    """How many tasks an executor runs at the same time."""
    return getattr(executor, "size", workers)


def require_sandbox() -> None:
    """Raise `LayerbookError` with the reason if submissions cannot run in a sandbox on this machine."""
    problem = sandbox.works()
    if problem:
        raise LayerbookError(problem)


def graded(course: Course, names: list[str] | None = None) -> list[Path]:
    """The autograded notebooks of exercises, or of all that were released; each has its feedback page."""
    exercises = dict.fromkeys(name for name, _ in submissions(course, names))
    return [path for name in exercises for path in course.root.glob(f"autograded/*/{name}/{name}.ipynb")]


def feedback(
    course: Course, names: list[str] | None = None, done: Callable[[Path], None] = lambda page: None
) -> list[Path]:
    """Write a feedback page for every graded submission; `done` is called with each. Returns the pages."""
    pages: list[Path] = []

    def note(page: Path) -> None:
        pages.append(page)
        done(page)

    for exercise in dict.fromkeys(notebook.stem for notebook in graded(course, names)):
        course.generate_feedback(exercise, done=note)
    return pages


def collect(course: Course, names: list[str] | None = None) -> list[Result]:
    """Results of everything handed in, as they are recorded, without grading anything."""
    todo, log = submissions(course, names), Log(course.root / LOG_FILE)
    with course.gradebook() as gradebook:
        known = {name: results.read(course, gradebook, name, log.last) for name in {name for name, _ in todo}}
    return [known[exercise][student] for exercise, student in todo]
