"""Where attacks aim: a course, a folder outside of it, and how to tell that something there has changed."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from attack import LIMITS

from layerbook.exercises import manifest
from layerbook.grading.course import Course, make_course
from layerbook.grading.release import release

FIXTURE = Path(__file__).parent.parent / "fixtures" / "project"
HIDDEN_TEST = "means = [sum(rows"  # of the fixture exercise
CONFIG = f"""
c.RunSubmission.cell_seconds = {LIMITS.cell_seconds}
c.RunSubmission.submission_seconds = {LIMITS.submission_seconds}
c.RunSubmission.memory = {LIMITS.memory}
"""


def made_course(root: Path) -> Course:
    """The fixture exercise, released, with small limits and a last test that gives partial credit."""
    shutil.copytree(FIXTURE, root)
    source = root / "exercises" / "scaling" / "scaling.py"
    head, _, _ = source.read_text("utf-8").rpartition("assert abs(float(np.sum(scaled)))")
    source.write_text(f"{head}float(2.0 - np.sum(scaled) ** 3)\n", "utf-8")
    course = make_course(root / "course")
    with (course.root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(CONFIG)
    release(manifest.read(root)["scaling"], root, course)
    return course


def make_outside(folder: Path) -> Path:
    """A folder with a secret, outside of any course."""
    folder.mkdir()
    (folder / "secret.txt").write_text("zebra-1888 a secret of somebody else's\n", "utf-8")
    return folder


def fingerprints(folder: Path) -> dict[str, str]:
    """What is in a folder: paths, and digests of files; links are not followed."""
    found = {}
    for path in sorted(folder.rglob("*")):
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        found[str(path.relative_to(folder))] = hashlib.sha256(content).hexdigest()
    return found
