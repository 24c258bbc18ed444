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

SLOW, LONG = 4, 40  # seconds
INTERRUPTIBLE = """
import signal
from layerbook import cli
signal.signal(signal.SIGINT, signal.default_int_handler)  # where tests run in the background it is ignored
"""
RUNS = "cli.main()"
INTERRUPTED_WHILE_IT_PRINTS = """
kept = []
def show(table):
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt as error:
        kept.append(error)  # and with it all that it passed through
        raise
cli.console.print = show
cli.main()
"""


@pytest.fixture
def with_pause(layerbook, project):
    """`with_pause(seconds)` gives a right notebook in which a cell before the last test takes so long."""
    assert layerbook("release", cwd=project).returncode == 0

    def write(seconds):
        read = nbformat.read(project / "course/source/scaling/scaling.ipynb", as_version=4)
        graded = [n for n, cell in enumerate(read.cells) if cell.metadata.get("nbgrader", {}).get("grade")]
        read.cells.insert(graded[-1], new_code_cell(f"import time\ntime.sleep({seconds})"))
        nbformat.write(read, project / "mine.ipynb")
        return project / "mine.ipynb"

    return write


def checking(notebook, *more, python=("-m", "layerbook.cli")):
    """The command, running."""
    command = [sys.executable, *python, "check", notebook.name, *more]
    return subprocess.Popen(command, cwd=notebook.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def names(text):
    return re.findall(r"test-[\w-]+", text)


def test_what_is_known_is_told_while_a_cell_takes_its_time(with_pause):
    with checking(with_pause(SLOW)) as running:
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


def test_a_script_is_given_one_answer(with_pause):
    with checking(with_pause(1), "--json") as running:
        answer, complaints = running.communicate()
    assert (running.returncode, complaints) == (0, b"")
    (result,) = json.loads(answer)
    assert (result["outcome"], len(result["tests"])) == ("graded", 3)


def test_a_check_that_is_interrupted_ends_at_once(with_pause):
    with checking(with_pause(LONG), python=("-c", INTERRUPTIBLE + RUNS)) as running:
        while "└".encode() not in running.stdout.readline():
            assert running.poll() is None
        running.send_signal(signal.SIGINT)
        ends_soon(running)


def test_so_does_one_that_is_interrupted_while_it_prints(with_pause):
    """Nobody waits for the next result then, and the notebook still runs."""
    with checking(with_pause(LONG), python=("-c", INTERRUPTIBLE + INTERRUPTED_WHILE_IT_PRINTS)) as running:
        ends_soon(running)


def ends_soon(running):
    start = time.monotonic()
    _, complaints = running.communicate()
    assert time.monotonic() - start < LONG / 2
    assert running.returncode not in (0, 1)
    assert b"Traceback" not in complaints
