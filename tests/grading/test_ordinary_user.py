"""Grading works for a user without any privilege, whose sandbox comes from user namespaces alone."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from layerbook.engine import sandbox

USER = 12345
HOME = "/home/learner"


@pytest.mark.skipif(os.geteuid() != 0, reason="all tests here already run as an ordinary user")
def test_an_ordinary_user_grades(small_class):
    project = small_class(3).root.parent
    for path in [project, *project.rglob("*")]:
        os.chown(path, USER, USER)
    graded = as_ordinary_user(project, "layerbook.cli", "grade", "--workers", "2", "--json")
    assert graded.returncode == 0, graded.stderr
    assert points(graded) == [0, 10, 10]
    assert (project / "course" / "gradebook.db").stat().st_uid == USER

    notebook = "course/source/scaling/scaling.ipynb"
    checked = as_ordinary_user(project, "layerbook.cli", "check", notebook, "--json")
    assert checked.returncode == 0, checked.stderr
    assert points(checked) == [10]


def points(finished):
    """Of each notebook in a command's answer."""
    return [sum(test["points"] for test in result["tests"]) for result in json.loads(finished.stdout)]


def as_ordinary_user(project, module, *arguments):
    """Run a module of Python as `USER`, who can read this interpreter and owns `project`, and nothing else."""
    command = [shutil.which("bwrap"), "--dev-bind", "/", "/", "--tmpfs", "/home"]
    for closed in {closed for folder in sandbox.python_folders() for closed in closed_above(folder)[:1]}:
        command += ["--perms", "0755", "--tmpfs", str(closed)]
    for folder in sandbox.python_folders():
        for above in closed_above(folder)[1:]:
            command += ["--perms", "0755", "--dir", str(above)]
        command += ["--ro-bind", folder, folder]
    command += ["--bind", str(project), HOME, "--chdir", HOME, "--setenv", "HOME", HOME, "--"]
    command += ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--inh-caps=-all"]
    command += ["--bounding-set=-all", sys.executable, "-m", module, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def closed_above(folder):
    """The folders above `folder` from the first one on that only root can enter."""
    above = [*reversed(Path(folder).parents)]
    closed = (place for place, each in enumerate(above) if not each.stat().st_mode & 0o001)
    return above[next(closed, len(above)) :]
