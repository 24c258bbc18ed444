"""The one writer: puts runs into the gradebook, many in one transaction, then into `autograded/` and the log.

It does through nbgrader's API what its `Autograde`, `SaveAutoGrades` and `AssignLatePenalties` do one by one;
a test holds both to the same rows. A submission counts as graded once its autograded notebook is there, which
is written after the marks. So a run that is cut short at any moment can go on, and no mark is counted twice.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import logging
import shutil
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import writes_json
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import BasePlugin
from nbgrader.preprocessors import AssignLatePenalties, CheckCellMetadata, SaveAutoGrades
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task
from sqlalchemy.exc import OperationalError, SAWarning

from layerbook.errors import LayerbookError
from layerbook.grading import results
from layerbook.grading.course import Course
from layerbook.grading.execute import RunSubmission
from layerbook.grading.results import Result
from layerbook.grading.submission import TIMESTAMP
from layerbook.grading.task import FAILED, METADATA, Run

LOG_FILE = "grading.jsonl"
BATCH, BATCH_SECONDS = 32, 1.0  # runs in one transaction, and how long the first of them may wait
TRIES, PAUSE = 5, 1.0  # where another program holds the gradebook
QUIET = logging.Logger("nbgrader", logging.CRITICAL)


@dataclass
class Entry:
    """A run and what the driver knows of its submission."""

    run: Run
    digest: str = ""  # of what was handed in
    timestamp: datetime.datetime | None = None  # when it was collected
    notes: tuple[str, ...] = ()  # what came along with the notebook
    text: bytes = b""  # of the autograded notebook


class Recorder:
    """Takes runs, and saves them in batches; use it as a context manager, which saves the rest."""

    def __init__(self, course: Course) -> None:
        """Open the gradebook and the log of `course`."""
        self.course = course
        self.config = course.config()
        directory = course.directory("")
        self.gradebook = _patiently(lambda: Gradebook(directory.db_url, directory.course_id))
        session = self.gradebook.db
        session().expire_on_commit = False  # cells of the exercise stay known from one batch to the next
        self._commit = session.commit
        session.commit = session.flush  # nbgrader commits at every step; here a batch is one transaction
        self.log = Log(course.root / LOG_FILE)
        self._steps = _own_steps(self.config)
        self._plugin = _late_plugin(self.config)
        self._waiting: list[Entry] = []
        self._since = 0.0

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.gradebook.close()

    def add(self, entry: Entry) -> list[Result]:
        """Take one; returns the results that were saved now, of this and of earlier ones."""
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting.append(entry)
        return self.save_if_due()

    def save_if_due(self) -> list[Result]:
        """Save if enough has come together, or something waits for long."""
        late = bool(self._waiting) and time.monotonic() - self._since > BATCH_SECONDS
        return self.save() if late or len(self._waiting) >= BATCH else []

    def save(self) -> list[Result]:
        """Save what waits: marks first, then notebooks, then the log.

        Raises `LayerbookError` if another program holds the gradebook for long.
        """
        batch, self._waiting = self._waiting, []
        for entry in batch:
            self._take_steps(entry)
        saved = self._transaction(batch) if batch else []
        for entry, result in zip(batch, saved, strict=True):
            self._write(entry, result)
            self.log.add(result, entry.run.notebook, entry.digest)
        return saved

    def log_if_missing(self, result: Result) -> None:
        """Write the line of a result that an earlier run was cut short before."""
        path = self.course.folder("autograded", result.student, result.exercise) / f"{result.exercise}.ipynb"
        how = results.run_of(path) or {}
        if not self.log.has(result.exercise, result.student, how.get("submitted", "")):
            notebook = NotebookNode(metadata={METADATA: how})
            self.log.add(result, notebook, how.get("submitted", ""))

    def _transaction(self, batch: list[Entry]) -> list[Result]:
        def write() -> list[Result]:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SAWarning)  # nbgrader 0.9.6 with a newer SQLAlchemy
                saved = [self._mark(entry) for entry in batch]
                self._commit()
            return saved

        saved: list[Result] = _patiently(write, self.gradebook.db.rollback)
        return saved

    def _take_steps(self, entry: Entry) -> None:
        """The course's own preprocessors of an autograded notebook, such as nbgrader's `LimitOutput`."""
        run = entry.run
        names = {"student": run.student, "assignment": run.exercise, "notebook": run.exercise}
        resources = {"nbgrader": names | {"db_url": self.course.directory("").db_url}} if self._steps else {}
        for step in self._steps:
            if run.notebook is None:
                return
            try:
                run.notebook, resources = step.preprocess(run.notebook, resources)
            except Exception as error:
                _fail(run, f"{type(step).__name__} failed on it: {type(error).__name__}: {error}")
        try:
            if run.notebook is not None:  # whatever can fail for one must not fail in the batch's transaction
                results.of_notebook(run.notebook, run.exercise, run.student)
                for cell in filter(is_solution, run.notebook.cells):
                    _comment(cell)
                entry.text = f"{writes_json(run.notebook)}\n".encode()
        except Exception as error:
            _fail(run, f"nbgrader gives no marks for it: {type(error).__name__}: {error}")

    def _mark(self, entry: Entry) -> Result:
        """Marks of one submission, in the transaction that is under way."""
        run, gradebook = entry.run, self.gradebook
        if run.notebook is None:
            with contextlib.suppress(MissingEntry, UnicodeEncodeError):  # no student has such a name
                gradebook.remove_submission(run.exercise, run.student)
            return Result(run.student, run.exercise, run.outcome, run.reason)
        gradebook.update_or_create_student(run.student)
        stamp = {"timestamp": entry.timestamp} if entry.timestamp else {}
        submission = gradebook.update_or_create_submission(run.exercise, run.student, **stamp)
        notebook = next(n for n in submission.notebooks if n.name == run.exercise)
        grades = {grade.name: grade for grade in notebook.grades}
        comments = {comment.name: comment for comment in notebook.comments}
        for grade in grades.values():
            grade.auto_score = 0  # nothing of an earlier attempt stays
        for cell in run.notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if name in grades and is_grade(cell):
                _save_grade(grades[name], cell)
            if name in comments and (is_solution(cell) or is_task(cell)):
                comments[name].auto_comment = _comment(cell)
        notebook.late_submission_penalty = self._late_penalty(submission, notebook)
        manual = {
            name: grade.manual_score for name, grade in grades.items() if grade.manual_score is not None
        }
        return results.of_notebook(run.notebook, run.exercise, run.student, manual)

    def _late_penalty(self, submission: Any, notebook: Any) -> float | None:
        """As nbgrader's `AssignLatePenalties` with the course's plugin."""
        late = submission.total_seconds_late
        if late <= 0:
            return None
        self.gradebook.db.flush()
        self.gradebook.db.refresh(notebook)
        penalty = self._plugin.late_submission_penalty(submission.student.id, notebook.score, late)
        return None if penalty is None else float(min(max(penalty, 0), notebook.score))

    def _write(self, entry: Entry, result: Result) -> None:
        """The autograded notebook, all at once; nothing of an earlier attempt beside it."""
        run = entry.run
        for step in ("autograded", "feedback") if run.notebook is None else ("autograded",):
            shutil.rmtree(self.course.folder(step, run.student, run.exercise), ignore_errors=True)
        if run.notebook is None:
            return
        folder = self.course.folder("autograded", run.student, run.exercise)
        folder.mkdir(parents=True)
        if entry.timestamp:
            (folder / TIMESTAMP).write_text(f"{entry.timestamp:%Y-%m-%d %H:%M:%S.%f} UTC\n", "ascii")
        part = folder / ".part"
        part.write_bytes(entry.text)  # validated where it was made
        part.chmod(0o444)
        part.replace(folder / f"{run.exercise}.ipynb")


def _patiently(work: Callable[[], Any], undo: Callable[[], object] = lambda: None) -> Any:
    """What `work` gives; tried again a little later where another program holds the gradebook.

    Raises `LayerbookError` if it does so for long.
    """
    for attempt in range(TRIES):
        try:
            return work()
        except OperationalError:
            undo()
            time.sleep(PAUSE * attempt)
    raise LayerbookError(
        "The gradebook is held by another program; stop it and go on with `layerbook grade --resume`."
    )


def _fail(run: Run, reason: str) -> None:
    run.notebook, run.outcome, run.reason = None, FAILED, reason[:1000]


def _own_steps(config: Any) -> list[Any]:
    """What the course's list of preprocessors has besides those that this module or the engine stands for."""
    ours = (RunSubmission, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata)  # they are the source's
    made = [
        step(config=config)
        for step in config.Autograde.autograde_preprocessors
        if not (isinstance(step, type) and issubclass(step, ours))
    ]
    return [step for step in made if getattr(step, "enabled", True)]


def _late_plugin(config: Any) -> BasePlugin:
    step = AssignLatePenalties(config=config)
    step.init_plugin()
    return step.plugin_inst


def _save_grade(grade: Any, cell: NotebookNode) -> None:
    """As nbgrader's `SaveAutoGrades`: a person who marked it before is asked to look again."""
    grade.auto_score, _ = determine_grade(cell, QUIET)
    grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None


def _comment(cell: NotebookNode) -> str | None:
    untouched = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
    return "No response." if untouched and not is_task(cell) else None


class Log:
    """`grading.jsonl`: a line for every outcome, with seconds for each cell, memory, and tampering seen."""

    def __init__(self, path: Path) -> None:
        """Read which submissions have a line already."""
        self.path = path
        lines = path.read_text("utf-8", "replace").splitlines() if path.is_file() else []
        self.last: dict[tuple[str, str], dict[str, Any]] = {}
        for line in lines:
            with contextlib.suppress(ValueError, KeyError, TypeError):  # a line that was cut short
                entry = json.loads(line)
                self.last[entry["exercise"], entry["student"]] = entry
        self._newline = "\n" if lines and not path.read_text("utf-8", "replace").endswith("\n") else ""

    def add(self, result: Result, notebook: NotebookNode | None, digest: str) -> None:
        """Write one outcome."""
        how = notebook.metadata[METADATA] if notebook is not None else {}
        entry = {
            "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "exercise": result.exercise,
            "student": result.student,
            "outcome": result.outcome,
            "reason": result.reason,
            "points": result.points,
            "max_points": result.max_points,
            "seconds": how.get("seconds", {}),
            "memory": how.get("memory", 0),
            "tests_in": how.get("tests_in", ""),
            "tampering": how.get("tampering", []),
            "submitted": digest,
        }
        with self.path.open("a", encoding="utf-8") as file:
            file.write(self._newline + json.dumps(entry) + "\n")
        self._newline = ""
        self.last[result.exercise, result.student] = entry

    def has(self, exercise: str, student: str, digest: str) -> bool:
        """Whether the last line of a submission is about what is handed in now."""
        return self.last.get((exercise, student), {}).get("submitted") == digest
