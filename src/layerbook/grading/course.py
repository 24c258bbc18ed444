"""A course directory, as nbgrader documents it, and nbgrader's converters set up for it."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import traitlets
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from layerbook.errors import LayerbookError, UsageError
from layerbook.exercises.compile import GRADER_FILE
from layerbook.grading.execute import RestoreCells, RunSubmission
from layerbook.grading.feedback import FeedbackPage, SafePage

CONFIG_FILE = "nbgrader_config.py"
CONFIG = '''"""This course's settings; every option of nbgrader can stand here."""

from layerbook.grading.course import configure

c = get_config()  # noqa: F821  nbgrader provides it
configure(c)  # submissions run in the sandbox, also from `nbgrader autograde`; feedback shows no hidden tests
c.Execute.timeout = 120  # seconds for one cell where nbgrader itself runs it, as in `nbgrader validate`
# What a submission may use is set so (seconds and bytes; the names are in layerbook/engine/limits.py):
# c.RunSubmission.cell_seconds = 60
# Where marks differ from stock nbgrader on purpose, it can be switched off (layerbook/grading/policies.py):
# c.RunSubmission.stderr_costs_nothing = False
# For tests that share objects with the learner's code, and then only a sandbox protects the marks of others:
# c.RunSubmission.tests_in = "learner"
# Feedback pages link to the book there; give the address of your book if learners read them somewhere else.
# c.SafePage.book = "../../../../_build/html/chapters/"
# The gradebook on a PostgreSQL server, which needs a name for the course:
# c.CourseDirectory.db_url = "postgresql+psycopg://USER@HOST/DATABASE"
# c.CourseDirectory.course_id = "NAME"
'''


def configure(config: Config) -> None:
    """Put this project's preprocessors and page into nbgrader's settings, unless the course has its own."""
    steps = Autograde.class_traits()["autograde_preprocessors"].default()
    ours = [RunSubmission if step.__name__ == "Execute" else step for step in steps]
    config.Autograde.setdefault("autograde_preprocessors", ours)
    first = Autograde.class_traits()["sanitize_preprocessors"].default()
    config.Autograde.setdefault("sanitize_preprocessors", [RestoreCells, *first])
    pages = GenerateFeedback.class_traits()["preprocessors"].default()
    config.GenerateFeedback.setdefault("preprocessors", [*pages, SafePage])
    config.GenerateFeedback.setdefault("exporter_class", FeedbackPage)


@contextlib.contextmanager
def own_programs_first() -> Iterator[None]:
    """Let programs beside this Python be found first, for a while."""
    before = os.environ.get("PATH", os.defpath)
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


@dataclass(frozen=True)
class Course:
    """A course directory. `submitted/` and `gradebook.db` in it are people's work and are never removed."""

    root: Path

    def folder(self, step: str, student: str, exercise: str) -> Path:
        """Where nbgrader keeps one step ("submitted", "autograded", "feedback") of one submission."""
        return self.root / step / student / exercise

    def hidden_known(self, exercise: str) -> Path:
        """What known mistakes return in the hidden checks of one exercise; for the grader only."""
        return self.root / "grader" / exercise / GRADER_FILE

    def released(self) -> list[str]:
        """Names of the exercises that have been released."""
        return sorted(path.parent.name for path in self.root.glob("release/*/*.ipynb"))

    def submissions(self, exercise: str) -> list[str]:
        """Students who handed something in for one exercise, in order."""
        return sorted(path.parent.name for path in self.root.glob(f"submitted/*/{exercise}") if path.is_dir())

    def config(self) -> Config:
        """The course's own configuration, set to this folder. Raises `UsageError` for what it lacks."""
        config: Config = PyFileConfigLoader(CONFIG_FILE, str(self.root)).load_config()
        config.CourseDirectory.root = str(self.root)
        configure(config)
        directory = config.CourseDirectory
        if not str(directory.get("db_url", "sqlite:")).startswith("sqlite:") and not directory.get(
            "course_id"
        ):
            raise UsageError(  # nbgrader writes the empty name, which a server refuses
                f"A gradebook on a server needs a name for the course: set c.CourseDirectory.course_id in "
                f"{self.root / CONFIG_FILE}."
            )
        return config

    def directory(self, exercise: str, student: str = "*") -> CourseDirectory:
        """nbgrader's view of this course, set to one exercise and student."""
        directory = CourseDirectory(config=self.config())
        directory.assignment_id, directory.student_id = exercise, student
        return directory

    @contextlib.contextmanager
    def gradebook(self) -> Iterator[Gradebook]:
        """The course's gradebook, closed at the end."""
        directory = self.directory("")
        with Gradebook(directory.db_url, directory.course_id) as gradebook:
            yield gradebook

    def generate_assignment(self, exercise: str) -> None:
        """Run nbgrader's `generate_assignment`: source to release, and the cells to the gradebook."""
        self._convert(GenerateAssignment, exercise)

    def autograde(self, exercise: str, student: str) -> None:
        """Run nbgrader's `autograde` on one submission."""
        self._convert(Autograde, exercise, student)

    def generate_feedback(
        self, exercise: str, student: str = "*", done: Callable[[Path], None] = lambda page: None
    ) -> None:
        """Run nbgrader's `generate_feedback` on what was autograded of an exercise, of all students or one.

        `done` is called with each page. A page that cannot be made keeps no other one from being made.
        """
        self._convert(partial(FeedbackPages, done=done), exercise, student)

    def _convert(self, converter: Any, exercise: str, student: str = "*") -> None:
        """Run one of nbgrader's converters; raises `LayerbookError` with its first complaint."""
        directory = self.directory(exercise, student)
        made = converter(coursedir=directory, config=directory.config, force=True)
        made.log, complaints = _quiet_log()
        try:
            # A new gradebook is stamped by the command `alembic`, which stands beside this Python.
            with own_programs_first(), warnings.catch_warnings():
                warnings.simplefilter("ignore", SAWarning)  # nbgrader 0.9.6 with a newer SQLAlchemy
                made.start()
        except SystemExit as stop:
            raise LayerbookError(complaints.reason or str(stop)) from None
        except Exception as error:
            if isinstance(error, PermissionError):
                raise
            raise LayerbookError(complaints.reason or f"{type(error).__name__}: {error}") from error


class FeedbackPages(GenerateFeedback):  # type: ignore[misc]  # nbgrader has no types
    """nbgrader's `generate_feedback`, which says when a page is there."""

    done = traitlets.Callable()

    def write_single_notebook(self, output: str, resources: dict[str, Any]) -> None:
        """Write one page."""
        super().write_single_notebook(output, resources)
        about = resources["nbgrader"]
        name = f"{resources['unique_key']}{resources['output_extension']}"
        self.done(Path(self._format_dest(about["assignment"], about["student"])) / name)


class _Complaints(logging.Handler):
    """Keeps the errors that nbgrader logs, which tell more than its exceptions do."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage().strip())

    @property
    def reason(self) -> str:
        """The error at the end of a logged traceback, else the first complaint."""
        traces = [m.splitlines()[-1] for m in self.messages if m.startswith("Traceback")]
        return (traces + self.messages + [""])[0]


def _quiet_log() -> tuple[logging.Logger, _Complaints]:
    log, complaints = logging.Logger("nbgrader"), _Complaints()
    log.addHandler(complaints)
    return log, complaints


def open_course(root: Path) -> Course:
    """The course directory at `root`, which must exist.

    Raises `UsageError` where there is none.
    """
    if root.exists() and not root.is_dir():
        raise UsageError(f"{root} is a file; a course directory is wanted.")
    if not (root / CONFIG_FILE).is_file():
        raise UsageError(f"There is no course directory at {root}; make one with `layerbook release`.")
    return Course(root)


def make_course(root: Path) -> Course:
    """The course directory at `root`, made if it is not there; nothing that is there is changed.

    Raises `UsageError` if something else stands in its place.
    """
    if root.exists() and not root.is_dir():
        raise UsageError(f"{root} is a file; a course directory is wanted.")
    (root / "submitted").mkdir(parents=True, exist_ok=True)
    if not (root / CONFIG_FILE).exists():
        (root / CONFIG_FILE).write_text(CONFIG, "utf-8")
    return Course(root)
