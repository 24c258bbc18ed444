"""What an attack is: code run by the engine, or something handed in to a class; and what must hold after it."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat
import psutil
import pytest

from layerbook.engine.limits import Limits
from layerbook.grading.course import Course
from layerbook.grading.results import Result

LIMITS = Limits(cell_seconds=1, submission_seconds=3, memory=500_000_000, output=100_000)
NOT_SOLVED = "def f(x):\n    raise NotImplementedError"
SOLVED = "def f(x):\n    return x * x + 1"
SECRET = r"zebra-\d+"  # what only test cells hold
TESTS = {
    "visible": 'check(f, np.array([1.0, 2.0]), expect=np.array([2.0, 5.0]), case="two numbers")  # zebra-1047',
    "hidden": (
        "from check import hidden_check  # zebra-2618\n"
        'hidden_check(f, np.array([0.5, 1.5]), expect=np.array([1.25, 3.25]), case="halves")'
    ),
    "equal": "assert f(3.0) == 10.0, 'wrong'  # zebra-3390",
    "unequal": "assert not f(3.0) != 10.0  # zebra-4205",
    "close": "assert abs(f(3.0) - 10.0) < 1e-9  # zebra-5511",
    "numpy": "np.testing.assert_allclose(f(np.arange(4.0)), [1.0, 2.0, 5.0, 10.0])  # zebra-6082",
    "allclose": "assert np.allclose(f(np.arange(4.0)), [1.0, 2.0, 5.0, 10.0])  # zebra-7723",
    "all": "assert all(map(lambda v: f(v) == v * v + 1, (1.0, 6.0)))  # zebra-8114",
    "filter": "assert not list(filter(lambda v: f(v) != v * v + 1, (1.0, 6.0)))  # zebra-9950",
    "helper": "assert f(1.0) == 2.0\ndef near(a, b):\n    return abs(a - b) < 1e-9  # zebra-1222",
    "helped": "assert near(f(2.0), 5.0)  # zebra-1333",
    "text": "assert repr(f(1.0)) == '2.0', f'got {f(1.0)!r}'  # zebra-1399",
    "sum": "assert sum(f(v) for v in (1.0, 2.0)) == 7.0  # zebra-1444",
    "partial": "2 * int(bool(f(7.0) == 50.0))  # zebra-1555",
}
# In the learner's process: the object that answers the examiner, and its end of the link.
FIND = """
import gc
learner = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Learner")
channel = learner.peer.channel
end = channel.end
"""
LIBC = "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"


@dataclass(frozen=True)
class Attack:
    """Code in a learner's cell, and what must hold of the run; by default: no test passes, nothing leaks."""

    name: str
    source: str
    after: str = "print('a cell after the tests')"
    ends: tuple[str, ...] = ("",)
    passes: tuple[str, ...] = ()  # tests that it may rightly pass
    says: str = ""  # what its output must hold, as a sign that it was really tried
    seconds: float = 7.5
    tests: dict[str, str] = field(default_factory=lambda: TESTS)

    def __str__(self) -> str:
        return self.name.replace(" ", "-")

    def cells(self) -> list[dict[str, str]]:
        """The submission as the engine takes it."""
        setup = "import numpy as np\nfrom check import check"
        return [
            {"id": "setup", "kind": "setup", "source": setup},
            {"id": "solution", "kind": "learner", "source": NOT_SOLVED},
            {"id": "attack", "kind": "learner", "source": self.source},
            *({"id": name, "kind": "tests", "source": source} for name, source in self.tests.items()),
            {"id": "after", "kind": "learner", "source": self.after},
        ]


@dataclass(frozen=True)
class Handed:
    """Something handed in to a class; by default it is to be graded, with no points."""

    name: str
    hand_in: Callable[[Kit], None]
    outcomes: tuple[str, ...] = ("graded",)
    points: float = 0
    reason: str = ""  # what the recorded reason must hold
    solved_before: bool = False  # whether it had full marks before
    student: str = ""  # the folder's name, else made from family and name
    family: str = ""

    def __str__(self) -> str:
        return self.name.replace(" ", "-")

    @property
    def folder(self) -> str:
        """Name of the student's folder."""
        return self.student or f"{self.family}-{self}".lower()


@dataclass(frozen=True)
class Kit:
    """What a `Handed` has at hand to make its submission."""

    folder: Path  # of this student and exercise; it exists and is empty
    course: Course
    outside: Path  # a folder that is none of anybody's business

    @property
    def path(self) -> Path:
        """The notebook to be written."""
        return self.folder / "scaling.ipynb"

    def notebook(self, *, solved: bool = False) -> nbformat.NotebookNode:
        """The released notebook, or the solved one."""
        step = "source" if solved else "release"
        return nbformat.read(self.course.root / step / "scaling" / "scaling.ipynb", as_version=4)

    def write(self, notebook: object) -> None:
        """Write a notebook as it is, valid or not."""
        self.path.write_text(json.dumps(notebook), "utf-8")

    def fill(self, text: str) -> str:
        """`text` with the paths of this class in it."""
        paths = {"OUTSIDE": self.outside, "COURSE": self.course.root}
        for word, path in paths.items():
            text = text.replace(word, str(path))
        return text


def code(source: str) -> Callable[[Kit], None]:
    """Hand in the release with `source` in its first solution cell."""

    def write(kit: Kit) -> None:
        notebook = kit.notebook()
        cell(notebook, "center").source = kit.fill(source)
        kit.write(notebook)

    return write


def changed(
    change: Callable[[nbformat.NotebookNode], object], *, solved: bool = False
) -> Callable[[Kit], None]:
    """Hand in the release, or the solved notebook, changed."""

    def write(kit: Kit) -> None:
        notebook = kit.notebook(solved=solved)
        change(notebook)
        kit.write(notebook)

    return write


def text(content: str | bytes) -> Callable[[Kit], None]:
    """Hand in a file with this content, whatever it is."""
    return lambda kit: (
        kit.path.write_bytes(content.encode() if isinstance(content, str) else content) and None
    )


def cell(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    """The cell with nbgrader's id `name`."""
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def graded_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """The graded cells of a notebook."""
    return [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]


def run_in_engine(attacks: list[Attack]) -> pytest.MarkDecorator:
    """The decorator of a test that runs each of these attacks in the engine."""
    return _marked("attack", attacks, "attacks-engine")


def hand_in_to_class(family: str, handed: list[Handed]) -> pytest.MarkDecorator:
    """The decorator of a test that looks at what became of each of these in the class."""
    return _marked("handed", [replace(one, family=family) for one in handed], "attacks-class")


def _marked(name: str, values: list[object], group: str) -> pytest.MarkDecorator:
    together = pytest.mark.xdist_group(group)  # one sandbox, and one class, for all
    return pytest.mark.parametrize(name, [pytest.param(v, id=str(v), marks=together) for v in values])


@dataclass(frozen=True)
class Graded:
    """What became of the class: everybody's result, and what was seen while and after it was graded."""

    course: Course
    results: dict[str, Result]
    seconds: float
    problems: dict[str, list[str]]  # by what was looked at

    def hold(self, handed: Handed) -> None:
        """Assert that this one was contained."""
        result = self.results[handed.folder]
        assert result.outcome in handed.outcomes, (result.outcome, result.reason)
        assert result.outcome == "graded" or result.reason
        assert handed.reason in result.reason, result.reason
        assert "File too large" not in result.reason, "a copy without end"
        assert result.points == handed.points, [(test.id, test.points, test.message) for test in result.tests]
        assert not self.problems["leaked"].count(handed.folder), "hidden tests among the outputs or feedback"


class Memory:
    """The largest memory seen in processes below this one, beyond what each began with, and in shared files."""

    def __init__(self, base: int) -> None:
        self.base, self.largest = base, 0
        self.shared = psutil.virtual_memory().shared
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._end.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._end.wait(0.03):
            sizes = [resident(process) for process in psutil.Process().children(recursive=True)]
            shared = max(0, psutil.virtual_memory().shared - self.shared)
            self.largest = max(self.largest, shared, sum(max(0, size - self.base) for size in sizes))


def resident(process: psutil.Process) -> int:
    """Bytes in memory, 0 of a process that has ended."""
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0


def descendants(at_most: int = 0, seconds: float = 2.0) -> set[int]:
    """Processes below this one that have not ended, once they are no more than `at_most` or after some seconds."""
    until = time.monotonic() + seconds
    while True:
        found = {process.pid for process in psutil.Process().children(recursive=True) if lives(process)}
        if len(found) <= at_most or time.monotonic() > until:
            return found
        time.sleep(0.05)


def lives(process: psutil.Process) -> bool:
    """Whether it has not ended; one that waits to be reaped has."""
    with contextlib.suppress(psutil.Error):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


def usual() -> int:
    """How many processes are below this one, once that stays the same."""
    count, same = len(descendants()), 0
    while same < 10:
        time.sleep(0.05)
        now = len(descendants())
        count, same = now, same + 1 if now == count else 0
    return count


def described(pids: set[int]) -> str:
    """What these processes are, those of them that have not ended meanwhile."""
    found = []
    for pid in sorted(pids):
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            found.append(
                f"{pid} below {process.ppid()}, {process.status()}: {' '.join(process.cmdline())[-80:]}"
            )
    return "; ".join(found)
