"""Stock nbgrader on hostile submissions, and what became of them in a few words."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import container
import nbformat
from attack import NOT_SOLVED, SECRET, SOLVED, TESTS, Attack, Kit, cell
from nbformat.v4 import new_code_cell, new_notebook
from places import HIDDEN_TEST, fingerprints, made_course, make_outside

import layerbook.exercises.check as check_module
from layerbook.grading.course import Course

PORT = 9786  # in a network of the container's own
CELL_SECONDS = 8  # stock's own is 30; only "not ending" sees the difference
CONFIG = f"c = get_config()\nc.Execute.timeout = {CELL_SECONDS}\n"
LARGE = 1_000_000  # bytes of a notebook that are worth a word
SQUARE = "square"  # the exercise for attacks that were written for the engine
VICTIM = "victim"
POINTS = {"scaling": 10, SQUARE: len(TESTS) + 1}


@dataclass(frozen=True)
class Trial:
    """One submission to be graded by stock nbgrader, beside a solved one."""

    family: str
    name: str
    hand_in: Callable[[Kit], None]
    shows: str  # what the words that tell of it must hold: a regular expression
    exercise: str = "scaling"
    solved_before: bool = False
    student: str = "attacker"

    def __str__(self) -> str:
        return f"{self.family} {self.name}".strip().replace(" ", "-")


def one_of(module: ModuleType, name: str, shows: str) -> Trial:
    """One of the attacks on our own grader; those on the engine become a notebook with the same cells."""
    family = module.__name__.removeprefix("test_")
    every = [*getattr(module, "HANDED", []), *getattr(module, "ATTACKS", [])]
    one = next((one for one in every if one.name == name), None)
    assert one, f"{family} has no attack called {name!r}"
    if isinstance(one, Attack):
        return Trial(family, name, square(one), shows, SQUARE)
    student = one.student or Trial.student
    return Trial(family, name, one.hand_in, shows, solved_before=one.solved_before, student=student)


@dataclass(frozen=True)
class Seen:
    """What was to be seen after nbgrader had run."""

    points: float | None  # None if the gradebook has no mark
    maximum: float
    written: bool  # whether there is an autograded notebook
    others: float | None  # the victim's points; None if it was not graded
    status: int | None  # None if it had to be stopped
    seconds: float  # of the whole batch
    late: bool  # whether a cell took longer than it may
    leaked: bool
    changed: tuple[str, ...]
    left: bool
    connected: bool
    size: int  # of the autograded notebook

    @property
    def graded(self) -> bool:
        """Whether it has a mark; a grader that is killed leaves a notebook without."""
        return self.written and self.points is not None

    def words(self) -> str:
        """What happened, in a few words."""
        facts = {
            self._marks(): True,
            "stopped from outside": self.status is None,
            "grader killed": (self.status or 0) < 0,
            f"batch stopped: {self.graded:d} of 2 graded": self.others is None,
            f"the victim has {self.others or 0:g}": self.others not in (None, self.maximum),
            "leaked": self.leaked,
            f"changed: {', '.join(self.changed)}": self.changed,
            "connected": self.connected,
            f"{self.size / 1e6:.0f} MB kept": self.size > LARGE,
            "process lives on": self.left,
            f"{self.seconds:.0f} s": self.late,
        }
        return ", ".join(words for words, so in facts.items() if so)

    def _marks(self) -> str:
        marks = f"{self.points or 0:g} of {self.maximum:g}"
        if self.graded:
            return marks
        return f"no grade, old marks stay: {marks}" if self.points else "no grade"


def square(attack: Attack) -> Callable[[Kit], None]:
    """Hand in what the engine's learner would have: the attack in the solution's cell, the last cell at the end."""

    def write(kit: Kit) -> None:
        released = kit.course.root / "release" / SQUARE / f"{SQUARE}.ipynb"
        notebook = nbformat.read(released, as_version=4)
        text = f"{NOT_SOLVED}\n{attack.source}".replace("PORT", str(PORT))
        cell(notebook, "solution").source = kit.fill(text)
        notebook.cells.append(new_code_cell(attack.after))
        nbformat.write(notebook, kit.folder / f"{SQUARE}.ipynb")

    return write


def copied(step: str) -> Callable[[Kit], None]:
    """Hand in the notebook as it is in "source" (solved) or in "release" (untouched)."""
    return lambda kit: (
        shutil.copytree(kit.course.root / step / kit.folder.name, kit.folder, dirs_exist_ok=True) and None
    )


def make_room(folder: Path) -> Path:
    """A folder with a course that knows nothing of this project's grader, and with a folder outside of it."""
    course = made_course(folder / "project")
    source = course.root / "source" / SQUARE
    source.mkdir(parents=True)
    nbformat.write(_square_source(), source / f"{SQUARE}.ipynb")
    shutil.copy(check_module.__file__, source / "check.py")
    course.generate_assignment(SQUARE)
    (course.root / "nbgrader_config.py").write_text(CONFIG, "utf-8")
    room = folder / "room"
    room.mkdir()
    course.root.rename(room / "course")
    make_outside(room / "outside")
    return room


def _square_source() -> nbformat.NotebookNode:
    """The engine's cells as an nbgrader notebook: a point for each test, two for the one of partial credit."""
    cells = []
    for c in Attack("", "").cells():
        if c["id"] in ("attack", "after"):
            continue
        graded, solution = c["kind"] == "tests", c["id"] == "solution"
        about = {"grade_id": c["id"], "grade": graded, "solution": solution, "locked": not solution}
        about |= {"schema_version": 3, "task": False, "cell_type": "code"}
        about |= {"points": 2 if c["id"] == "partial" else 1} if graded else {}
        text = f"### BEGIN SOLUTION\n{SOLVED}\n### END SOLUTION" if solution else c["source"]
        cells.append(new_code_cell(text, id=c["id"], metadata={"nbgrader": about}))
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def run(trial: Trial, room: Path) -> Seen:
    """Hand in a trial and a victim in this room, have stock nbgrader grade them, and look."""
    course, outside = Course(room / "course"), room / "outside"
    for student, how in ((trial.student, trial.hand_in), (VICTIM, copied("source"))):
        folder = course.folder("submitted", student, trial.exercise)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        how(Kit(folder, course, outside))
    others = course.folder("autograded", VICTIM, trial.exercise) / f"{trial.exercise}.ipynb"
    others.unlink(missing_ok=True)  # of an earlier run
    watched = [outside, *(course.root / step for step in ("source", "release", "submitted"))]
    before, config = [fingerprints(folder) for folder in watched], course.root / "nbgrader_config.py"
    changed = []
    report = container.grade(course.root, room, trial.exercise, PORT)
    for folder, old in zip(watched, before, strict=True):
        changed += [folder.name] if fingerprints(folder) != old else []
    changed += ["settings"] if config.read_text("utf-8") != CONFIG else []
    graded = course.folder("autograded", trial.student, trial.exercise)
    notebook = graded / f"{trial.exercise}.ipynb"
    return Seen(
        points=report["marks"].get(trial.student),
        maximum=POINTS[trial.exercise],
        written=plain(notebook),
        others=report["marks"].get(VICTIM) if others.is_file() else None,
        status=report["status"],
        seconds=report["seconds"],
        late=report["late"],
        leaked=leaked(graded, notebook),
        changed=tuple(changed),
        left=bool(report["left"]),
        connected=report["connected"],
        size=notebook.stat().st_size if plain(notebook) else 0,
    )


def leaked(graded: Path, notebook: Path) -> bool:
    """Whether hidden tests or other people's secrets are among the outputs, or in files beside the notebook.

    Tracebacks do not count: nbgrader itself shows the lines of a test that fails.
    """
    text = ""
    if plain(notebook):
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
        outputs = [output for c in cells for output in c.get("outputs", [])]
        text = json.dumps([output for output in outputs if output["output_type"] != "error"])
    for path in graded.rglob("*"):
        text += path.read_text("utf-8", "replace") if plain(path) and path != notebook else ""
    return HIDDEN_TEST in text or "SQLite format" in text or bool(re.search(SECRET, text))


def plain(path: Path) -> bool:
    """Whether it is a file and no link."""
    return path.is_file() and not path.is_symlink()
