"""What tests share: a small project of their own, the command, and the real exercises run with other functions."""

import functools
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from attacks import summary
from browser import browser, page  # noqa: F401  fixtures
from layerbook import misconceptions
from layerbook.exercises import manifest
from layerbook.exercises.check import Checker
from layerbook.exercises.compile import Compiled, compile_exercise
from layerbook.exercises.run import run

os.environ.setdefault("OMP_NUM_THREADS", "1")  # as the command does
TABLE = "table"  # a property of a test's report
FIXTURES = Path(__file__).parent / "fixtures"
ROOT = Path(__file__).parent.parent
BOOK_SOURCES = ("_config.yml", "_toc.yml", "chapters", "exercises", "constraints.txt")


def pytest_addoption(parser):
    parser.addoption(
        "--site", metavar="DIR", help="read this built book instead of building one from nothing"
    )


def pytest_terminal_summary(terminalreporter):
    """Print the tables that tests keep with their reports, also where workers ran the tests."""
    summary.write(terminalreporter)
    for report in terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", []):
        for key, table in getattr(report, "user_properties", ()):
            if key == TABLE:
                terminalreporter.section(table[0])
                terminalreporter.write_line(table[1])


@pytest.fixture
def keep_table(record_property):
    """`keep_table(title, text)` has a table printed at the end of the session."""
    return lambda title, text: record_property(TABLE, [title, text])


@pytest.fixture
def project(tmp_path):
    """A fresh copy of the fixture project."""
    return shutil.copytree(FIXTURES / "project", tmp_path / "project")


@pytest.fixture(scope="session")
def root():
    """The real project."""
    return ROOT


@pytest.fixture(scope="session")
def made_demo(tmp_path_factory):
    """The folder of `demo` and `site`. It takes minutes: only tests of the group `demo` use it, on one worker."""
    folder = tmp_path_factory.mktemp("demo")
    root = _make_demo(folder / "project")
    shutil.copytree(root / "_build" / "html", folder / "site")
    return folder


def _make_demo(root):
    root.mkdir()
    for name in BOOK_SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, root / name)
    command = [sys.executable, "-m", "layerbook.cli", "demo"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Where to look" in done.stdout
    return root


@pytest.fixture(scope="session")
def demo(made_demo):
    """A fresh copy of the real project in which `layerbook demo` has run once, from nothing.

    Only tests of the group `demo` use it, because they change it.
    """
    return made_demo / "project"


@pytest.fixture(scope="session")
def site(request):
    """The pages of the real book, built from nothing, for reading only."""
    ready = request.config.getoption("--site")
    return Path(ready).resolve() if ready else request.getfixturevalue("made_demo") / "site"


@pytest.fixture(scope="session")
def book_root(request):
    """The project whose book `site` is, for what runs beside it and changes nothing in it."""
    ready = request.config.getoption("--site")
    return Path(ready).resolve().parent.parent if ready else request.getfixturevalue("made_demo") / "project"


@pytest.fixture
def layerbook():
    """Run the command `layerbook` as a person would; returns the finished process."""

    def run_command(*arguments, cwd, **options):
        command = [sys.executable, "-m", "layerbook.cli", *map(str, arguments)]
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, **options)

    return run_command


@pytest.fixture
def exercise_source(project):
    """Change the fixture exercise's source: `exercise_source(old, new)`."""

    def change(old, new, file="exercises/scaling/scaling.py"):
        path = project / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    return change


@dataclass(frozen=True)
class Implementations:
    """One compiled exercise, to be run with one's own implementations of its functions."""

    compiled: Compiled

    def failures(self, functions, *, capstone=False):
        """Messages of all cells that fail, hidden tests included; `functions` maps names to implementations."""
        results = self._run(Checker(), functions, capstone=capstone)
        return {result.cell.id: result.message for result in results if not result.passed}

    def messages(self, functions):
        """As `failures`, with what is known of mistakes at hand."""
        results = self._run(Checker(self.compiled.known_mistakes()), functions)
        return {result.cell.id: result.message for result in results if not result.passed}

    def first_message(self, mistake):
        """What a learner who makes the misconception called `mistake` reads first, without where to read on."""
        known = misconceptions.load(self.compiled.exercise.folder / "misconceptions.py")
        wrong = next(m for m in known if m.name == mistake)
        checker = Checker.beside(str(self.compiled.assignment / "check.py"))
        results = self._run(checker, {wrong.of: wrong.function}, hidden=False)
        message = next(result.message for result in results if not result.passed)
        return [line.strip() for line in message.splitlines() if not line.startswith("  read on")]

    def _run(self, checker, functions, **options):
        return run(self.compiled.source, self.compiled.assignment, checker, replace=functions, **options)


@pytest.fixture(scope="session")
def implementations(root):
    """`implementations(name)` gives the exercise called `name`, compiled."""
    return functools.cache(lambda name: Implementations(compile_exercise(manifest.read(root)[name], root)))
