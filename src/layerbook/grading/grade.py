"""Grade submissions: each ends in one recorded outcome, and none stops the others."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import MissingEntry

from layerbook.engine import sandbox
from layerbook.engine.worker import Worker
from layerbook.errors import LayerbookError, UsageError
from layerbook.grading import execute, results
from layerbook.grading.course import Course
from layerbook.grading.results import Result

EXERCISE_KEY = "layerbook"  # in a notebook's metadata: {"exercise": NAME}
LARGEST_NOTEBOOK = 20 * 2**20  # bytes
LOG_FILE = "grading.jsonl"
UNREADABLE = "unreadable"
AHEAD = 4  # submissions that run ahead of the gradebook, for each worker


def submissions(course: Course, names: list[str] | None) -> list[tuple[str, str]]:
    """All (exercise, student) to grade: of the exercises `names`, or of all that were released.

    Raises `UsageError` for an exercise that was not released.
    """
    released = course.released()
    for name in names or ():
        if name not in released:
            raise UsageError(
                f"`{name}` has not been released in {course.root}; run `layerbook release {name}`."
            )
    return [(name, student) for name in names or released for student in course.submissions(name)]


def grade(course: Course, exercise: str, student: str, *, again: bool = False) -> Result:
    """Grade one submission; what was graded and has not changed since is only read, unless `again`.

    A submission that cannot be graded keeps no marks of an earlier attempt.
    """
    problem = bad_name(student)
    if problem:
        return Result(student, exercise, UNREADABLE, problem)
    try:
        problem = links(course, exercise, student)
        problem = problem or unreadable(submitted(course, exercise, student), exercise)
        if problem:
            clear_marks(course, exercise, student)
            return Result(student, exercise, UNREADABLE, problem)
        if again or not is_current(course, exercise, student):
            course.autograde(exercise, student)
        with course.gradebook() as gradebook:
            return results.read(course, gradebook, exercise, student)
    except Exception as error:  # whatever one submission does, the next one has its turn
        with contextlib.suppress(Exception):
            clear_marks(course, exercise, student)
        reason = str(error) if isinstance(error, LayerbookError) else f"{type(error).__name__}: {error}"
        return Result(student, exercise, "failed", reason)


def links(course: Course, exercise: str, student: str) -> str:
    """Which part of what was handed in is a link to something else, in one sentence; "" if none is."""
    folder = course.folder("submitted", student, exercise)
    for path in (folder.parent, folder, *folder.rglob("*")):
        if path.is_symlink():
            return f"{path.name} is a link; hand in the file itself."
    return ""


def bad_name(student: str) -> str:
    """Why a folder's name cannot be a student's, in one sentence; "" if it can.

    nbgrader looks for files by patterns, in which signs such as `*` and `[` mean other people's folders too.
    """
    if re.fullmatch(r"[\w@][\w.@+' -]{0,99}", student):
        return ""
    return f"The folder {student!a} is no student's name; use letters, digits and . @ + ' - _ only."


def submitted(course: Course, exercise: str, student: str) -> Path:
    """Where a submission's notebook is expected."""
    return course.folder("submitted", student, exercise) / f"{exercise}.ipynb"


def is_current(course: Course, exercise: str, student: str) -> bool:
    """Whether the submission was graded to the end since it and the exercise's source last changed."""
    handed_in = submitted(course, exercise, student)
    graded = course.folder("autograded", student, exercise) / handed_in.name
    source = course.root / "source" / exercise / handed_in.name
    if not (graded.is_file() and handed_in.is_file()):
        return False
    run = results.run_of(graded) or {}
    same = run.get("submitted") == execute.digest(handed_in)
    return same and graded.stat().st_mtime_ns > source.stat().st_mtime_ns


def clear_marks(course: Course, exercise: str, student: str) -> None:
    """Remove what an earlier attempt left: marks, autograded notebook, feedback; never what was handed in."""
    with course.gradebook() as gradebook, contextlib.suppress(MissingEntry):
        gradebook.remove_submission(exercise, student)
    for step in ("autograded", "feedback"):
        shutil.rmtree(course.folder(step, student, exercise), ignore_errors=True)


def unreadable(path: Path, exercise: str | None = None) -> str:
    """Why `path` cannot be graded as a notebook of `exercise` (or of any), in one sentence; else ""."""
    if path.is_symlink() or path.parent.is_symlink():
        return f"{path.name} is a link; hand in the notebook itself."
    if not path.is_file():
        return f"{path.name} is missing."
    if path.stat().st_size > LARGEST_NOTEBOOK:
        return f"{path.name} is over {LARGEST_NOTEBOOK // 2**20} MB; clear its outputs and hand it in again."
    try:
        notebook = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        return (
            f"{path.name} is not a notebook: its text is not JSON. Save it in Jupyter and hand it in again."
        )
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        return f"{path.name} is not a notebook: it has no list of cells."
    found = exercise_of(notebook)
    if exercise and found and found != exercise:  # an editor may have dropped the metadata
        return f"{path.name} is a notebook of `{found}`, not of `{exercise}`."
    try:
        nbformat.validate(nbformat.from_dict(notebook))
    except Exception as error:  # a broken notebook can break its validator in many ways
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        return f"{path.name} is not a valid notebook: {reason[:200]}"
    return ""


def exercise_of(notebook: dict[str, object]) -> str:
    """The exercise that a notebook says it belongs to; "" if it says nothing."""
    metadata = notebook.get("metadata")
    entry = metadata.get(EXERCISE_KEY) if isinstance(metadata, dict) else None
    name = entry.get("exercise") if isinstance(entry, dict) else None
    return name if isinstance(name, str) else ""


def grade_all(
    course: Course,
    names: list[str] | None = None,
    *,
    again: bool = False,
    workers: int | None = None,
    done: Callable[[Result], None] = lambda result: None,
) -> list[Result]:
    """Grade every submission: `workers` sandboxes run them (one a core by default), one driver saves marks.

    `done` is called after each; every result is also added to `grading.jsonl` in the course directory.
    """
    todo = submissions(course, names)
    require_sandbox()
    graded = []
    with (course.root / LOG_FILE).open("a", encoding="utf-8") as log:
        for exercise, student in _ahead(course, todo, again, workers or os.cpu_count() or 1):
            result = grade(course, exercise, student, again=again)
            log.write(json.dumps(log_entry(course, result)) + "\n")
            log.flush()
            graded.append(result)
            done(result)
    return graded


def require_sandbox() -> None:
    """Raise `LayerbookError` with the reason if submissions cannot run in a sandbox on this machine."""
    problem = sandbox.works()
    if problem:
        raise LayerbookError(problem)


def _ahead(
    course: Course, todo: list[tuple[str, str]], again: bool, workers: int
) -> Iterator[tuple[str, str]]:
    """Yield the submissions in order while the next ones already run in worker sandboxes."""
    limits = execute.RunSubmission(config=course.config()).limits
    local, started = threading.local(), []

    def start() -> None:
        local.worker = Worker(limits)
        started.append(local.worker)

    def run(job: dict[str, Any]) -> dict[str, Any]:
        report: dict[str, Any] = local.worker.run(job)
        return report

    waiting = iter(todo)
    with ThreadPoolExecutor(min(workers, max(len(todo), 1)), initializer=start) as pool:
        try:
            window = list(islice(waiting, AHEAD * workers))
            _order(course, window, again, pool, run)
            while window:
                yield window.pop(0)
                following = list(islice(waiting, 1))
                _order(course, following, again, pool, run)
                window += following
        finally:
            execute.RUNS.clear()
            pool.shutdown(cancel_futures=True)
            for worker in started:
                worker.close()


def _order(
    course: Course, batch: Iterable[tuple[str, str]], again: bool, pool: ThreadPoolExecutor, run: Any
) -> None:
    """Let submissions that need grading run ahead; one that cannot be read is left to `grade`."""
    for exercise, student in batch:
        path = submitted(course, exercise, student)
        if bad_name(student) or (not again and is_current(course, exercise, student)):
            continue
        with contextlib.suppress(Exception):  # `grade` meets the same problem, and records it
            if links(course, exercise, student) or unreadable(path, exercise):
                continue
            source = course.root / "source" / exercise
            notebook = nbformat.read(path, as_version=4)
            _, job = execute.make_job(notebook, source, course.hidden_known(exercise))
            execute.RUNS[exercise, student] = (job["cells"], pool.submit(run, job))


def log_entry(course: Course, result: Result) -> dict[str, Any]:
    """What the log keeps of a result: the outcome, points, seconds for each cell, and tampering seen."""
    how = results.run_of(autograded(course, result)) or {}
    entry = {"exercise": result.exercise, "student": result.student, "outcome": result.outcome}
    points = {"reason": result.reason, "points": result.points, "max_points": result.max_points}
    return {**entry, **points, "seconds": how.get("seconds", {}), "tampering": how.get("tampering", [])}


def autograded(course: Course, result: Result) -> Path:
    """The autograded notebook of a result."""
    return course.folder("autograded", result.student, result.exercise) / f"{result.exercise}.ipynb"


def feedback(course: Course, names: list[str] | None = None) -> list[Path]:
    """Write a feedback page for every graded submission; returns the pages."""
    pages = []
    for exercise, student in submissions(course, names):
        if bad_name(student) or not course.folder("autograded", student, exercise).is_dir():
            continue
        course.generate_feedback(exercise, student)
        pages.append(course.folder("feedback", student, exercise) / f"{exercise}.html")
    return pages


def collect(course: Course, names: list[str] | None = None) -> list[Result]:
    """Results of everything handed in, as they are recorded, without grading anything."""
    with course.gradebook() as gradebook:
        return [
            Result(student, exercise, UNREADABLE, bad_name(student))
            if bad_name(student)
            else results.read(course, gradebook, exercise, student)
            for exercise, student in submissions(course, names)
        ]


def hand_in(course: Course, exercise: str, student: str, notebook: Path) -> None:
    """Put a notebook where nbgrader looks for submissions."""
    folder = course.folder("submitted", student, exercise)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(notebook, folder / f"{exercise}.ipynb")
