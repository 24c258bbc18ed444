"""A learner alone has what is known of their tests while a cell takes its time."""

import json
import re
import signal
import subprocess
import sys
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell

SLOW = 4  # seconds


@pytest.fixture
def notebook(layerbook, project):
    """A right notebook, in which a cell before the last test takes its time."""
    assert layerbook("release", cwd=project).returncode == 0
    path = project / "course/source/scaling/scaling.ipynb"
    read = nbformat.read(path, as_version=4)
    tests = [
        number for number, cell in enumerate(read.cells) if cell.metadata.get("nbgrader", {}).get("grade")
    ]
    read.cells.insert(tests[-1], new_code_cell(f"import time\ntime.sleep({SLOW})"))
    mine = project / "mine.ipynb"
    nbformat.write(read, mine)
    return mine


def checking(notebook, *more):
    """The command, running."""
    command = [sys.executable, "-m", "layerbook.cli", "check", notebook.name, *more]
    return subprocess.Popen(command, cwd=notebook.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def names(text):
    return re.findall(r"test-[\w-]+", text)


def test_what_is_known_is_told_while_a_cell_takes_its_time(notebook):
    with checking(notebook) as running:
        first, told = b"", time.monotonic()
        while "└".encode() not in first and running.poll() is None:
            first, told = first + running.stdout.readline(), time.monotonic()
        rest, complaints = running.communicate()
        after = time.monotonic() - told
    assert (running.returncode, complaints) == (0, b"")
    assert after > SLOW / 2
    first, rest = first.decode(), rest.decode()
    assert "scaling: 8 of 8 points so far" in first
    assert "scaling: 10 of 10 points" in rest
    assert "so far" not in rest
    assert (len(names(first)), len(names(rest))) == (2, 1)
    assert not set(names(first)) & set(names(rest))


def test_a_script_is_given_one_answer(notebook):
    with checking(notebook, "--json") as running:
        answer, complaints = running.communicate()
    assert (running.returncode, complaints) == (0, b"")
    (result,) = json.loads(answer)
    assert (result["outcome"], len(result["tests"])) == ("graded", 3)


def test_a_check_that_is_interrupted_ends_at_once(notebook):
    with checking(notebook) as running:
        while "└".encode() not in running.stdout.readline():
            assert running.poll() is None
        running.send_signal(signal.SIGINT)
        start = time.monotonic()
        _, complaints = running.communicate()
    assert time.monotonic() - start < SLOW / 2
    assert running.returncode not in (0, 1)
    assert b"Traceback" not in complaints
