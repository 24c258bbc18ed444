"""A small project of its own for the tests: one exercise, one chapter, no book."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent / "fixtures"
ROOT = Path(__file__).parent.parent


@pytest.fixture
def project(tmp_path):
    """A fresh copy of the fixture project."""
    return shutil.copytree(FIXTURES / "project", tmp_path / "project")


@pytest.fixture(scope="session")
def root():
    """The real project."""
    return ROOT


@pytest.fixture
def layerbook():
    """Run the command `layerbook` as a person would; returns the finished process."""

    def run(*arguments, cwd, **options):
        command = [sys.executable, "-m", "layerbook.cli", *map(str, arguments)]
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, **options)

    return run


@pytest.fixture
def exercise_source(project):
    """Change the fixture exercise's source: `exercise_source(old, new)`."""

    def change(old, new, file="exercises/scaling/scaling.py"):
        path = project / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    return change
