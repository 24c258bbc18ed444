"""The command: bad input gets one plain sentence and an exit status, and nobody's work is touched."""

import contextlib
import json
import os
import pty
import shutil
import subprocess
import sys

import pytest
from rich.console import Console

from layerbook.cli import _verdict_table
from layerbook.exercises.judge import Verdict

ONE_LINE = 2  # lines of an error message: the sentence, and at most one fold of a long path


def complains(done, status, *said):
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) <= ONE_LINE, done.stderr
    for words in said:
        assert words in done.stderr


def test_unknown_exercise(layerbook, project):
    for command in ("release", "judge"):
        complains(
            layerbook(command, "scalling", cwd=project),
            2,
            "There is no exercise called `scalling`",
            "scaling",
        )


def test_outside_of_the_project(layerbook, tmp_path):
    complains(layerbook("judge", cwd=tmp_path), 2, "is not in the project")


def test_no_course_directory(layerbook, project):
    for command in ("grade", "feedback", "report"):
        complains(layerbook(command, cwd=project), 2, "There is no course directory at", "layerbook release")


def test_a_file_where_a_folder_is_expected(layerbook, project):
    (project / "course").write_text("not a folder", "utf-8")
    for command in ("release", "grade"):
        complains(layerbook(command, cwd=project), 2, "course is a file; a course directory is wanted")
    (project / "other").write_text("", "utf-8")
    complains(
        layerbook("release", "--course", "other/course", cwd=project), 1, "other/course", "Not a directory"
    )


def test_not_released_yet_and_nothing_handed_in(layerbook, project):
    assert layerbook("release", cwd=project).returncode == 0
    complains(layerbook("grade", "moving", cwd=project), 2, "`moving` has not been released")
    done = layerbook("grade", cwd=project)
    assert done.returncode == 1
    assert "Nothing was handed in" in done.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not a notebook: its text is not JSON"),
        ("[1]", "it has no list of cells"),
        ('{"cells": "many"}', "it has no list of cells"),
        (
            '{"cells": [], "metadata": {"layerbook": {"exercise": "baking"}}, "nbformat": 4, "nbformat_minor": 5}',
            "is a notebook of `baking`",
        ),
        (
            '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
            "is a notebook of `mine`; the exercises here are: scaling",
        ),
        (
            '{"cells": [], "metadata": 3, "nbformat": 4, "nbformat_minor": 5}',
            "mine.ipynb is not a valid notebook: 3 is not",
        ),
        ("[" * 100_000, "not a notebook"),
    ],
)
def test_check_refuses_what_is_no_notebook_of_an_exercise(layerbook, project, content, said):
    (project / "mine.ipynb").write_text(content, "utf-8")
    complains(layerbook("check", "mine.ipynb", cwd=project), 2, said)


def test_check_of_a_missing_file(layerbook, project):
    complains(layerbook("check", "nowhere.ipynb", cwd=project), 2, "nowhere.ipynb is missing")


def test_check_says_points_and_exit_status(layerbook, project):
    assert layerbook("release", cwd=project).returncode == 0
    done = layerbook("check", "course/source/scaling/scaling.ipynb", "--json", cwd=project)
    assert done.returncode == 0, done.stderr
    assert sum(test["points"] for test in json.loads(done.stdout)[0]["tests"]) == 10
    done = layerbook("check", "course/release/scaling/scaling.ipynb", cwd=project)
    assert done.returncode == 1
    assert "0 of 10 points" in done.stdout
    assert "is not written yet" in done.stdout


def test_in_a_terminal_check_says_that_it_is_at_work(layerbook, project):
    assert layerbook("release", cwd=project).returncode == 0
    command = [sys.executable, "-m", "layerbook.cli", "check", "course/source/scaling/scaling.ipynb"]
    ours, terminal = pty.openpty()
    with subprocess.Popen(command, cwd=project, stdout=subprocess.DEVNULL, stderr=terminal) as running:
        os.close(terminal)
        shown = b""
        with contextlib.suppress(OSError):  # the terminal's other end is closed
            while part := os.read(ours, 4096):
                shown += part
    os.close(ours)
    assert running.returncode == 0
    assert b"running scaling.ipynb" in shown


def test_no_permission_to_write(project):
    """On a file system mounted read-only, which stops root as well."""
    if shutil.which("bwrap") is None:
        pytest.fail("bubblewrap is needed for this test; `make test` installs it where it may")
    command = ["bwrap", "--dev-bind", "/", "/", "--ro-bind", project, project, "--chdir", project]
    command += [sys.executable, "-m", "layerbook.cli", "release"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    complains(done, 1, "course", "Read-only file system. Check the path and its permissions.")


def test_the_verdicts_are_whole_in_a_narrow_terminal():
    counts = {"functions": 17, "points": 40, "misconceptions": 224, "mutants": 987, "killed": 985}
    verdict = Verdict("representations", **counts, caught=224, named=224, named_by_visible=220, seconds=165.2)
    with (console := Console(width=80)).capture() as capture:
        console.print(_verdict_table([verdict]))
    assert "\N{HORIZONTAL ELLIPSIS}" not in capture.get()
    assert {"representations", "17", "40", "224", "100%", "98%", "985", "165.2"} <= set(capture.get().split())


def test_judge_prints_what_a_script_can_read(layerbook, project):
    done = layerbook("judge", "--json", cwd=project)
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)
    wanted = {"exercise", "points", "functions", "misconceptions", "caught", "named", "named_by_visible"}
    assert wanted | {"mutants", "killed", "seconds"} <= row.keys()
    assert row["caught"] == row["misconceptions"] == 8


def test_judge_fails_an_exercise_that_falls_short(layerbook, project, exercise_source):
    exercise_source("points = 10", "points = 11", file="exercises/exercises.toml")
    done = layerbook("judge", cwd=project)
    assert done.returncode == 1
    assert "scaling: the manifest says 11 points, the tests add up to 10" in done.stdout


def test_peoples_work_survives_clean_and_release_and_errors(layerbook, project, root):
    assert layerbook("release", cwd=project).returncode == 0
    work = project / "course" / "submitted" / "someone" / "scaling" / "scaling.ipynb"
    work.parent.mkdir(parents=True)
    shutil.copyfile(project / "course" / "source" / "scaling" / "scaling.ipynb", work)
    assert layerbook("grade", cwd=project).returncode == 0
    before = work.read_bytes()
    shutil.copyfile(root / "Makefile", project / "Makefile")
    assert subprocess.run(["make", "clean"], cwd=project, capture_output=True).returncode == 0
    assert not (project / "_build").exists()
    assert layerbook("release", cwd=project).returncode == 0
    assert layerbook("grade", "moving", cwd=project).returncode == 2
    assert work.read_bytes() == before
    rows = json.loads(layerbook("report", "--json", cwd=project).stdout)
    assert [sum(test["points"] for test in row["tests"]) for row in rows] == [10]


def test_every_command_has_help(layerbook, tmp_path):
    for command in ("build", "serve", "release", "check", "grade", "feedback", "report", "judge", "demo"):
        done = layerbook(command, "--help", cwd=tmp_path)
        assert done.returncode == 0
        assert "Usage" in done.stdout
