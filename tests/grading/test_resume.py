"""A grading run that is killed goes on where it stopped, and no mark differs."""

import json
import random
import shutil
import signal
import subprocess
import sys
import time

import psutil

from layerbook.engine.worker import PROGRAM
from layerbook.exercises import manifest
from layerbook.grading import grade as grading
from layerbook.grading.course import make_course
from layerbook.grading.record import LOG_FILE
from layerbook.grading.release import release
from layerbook.grading.submission import hand_in

SUBMISSIONS = 60
KILLS = 20


def start(project):
    command = [sys.executable, "-m", "layerbook.cli", "grade", "--resume", "--workers", "2"]
    return subprocess.Popen(command, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def marks(course):
    return {result.student: (result.outcome, result.points) for result in grading.collect(course)}


def test_killed_at_random_moments_and_started_again(project):
    course = make_course(project / "course")
    release(manifest.read(project)["scaling"], project, course)
    for number in range(SUBMISSIONS):
        step = "source" if number % 3 else "release"
        notebook = course.root / step / "scaling" / "scaling.ipynb"
        hand_in(course, "scaling", f"s{number:02d}", notebook)
    undisturbed = make_course(shutil.copytree(course.root, project / "undisturbed"))
    grading.grade_all(undisturbed, workers=2)

    moments = random.Random(7)
    unfinished = 0
    for _ in range(KILLS):
        driver = start(project)
        time.sleep(moments.uniform(1.0, 3.5))
        unfinished += driver.poll() is None
        driver.send_signal(signal.SIGKILL)
        driver.wait()
    assert unfinished >= KILLS // 2, "most of the moments were not in mid-run"
    assert start(project).wait(timeout=240) == 0
    assert marks(course) == marks(undisturbed)
    assert set(marks(course).values()) == {("graded", 10.0), ("graded", 0.0)}
    with course.gradebook() as gradebook:
        assert len(gradebook.assignment_submissions("scaling")) == SUBMISSIONS

    lines = (course.root / LOG_FILE).read_text("utf-8").splitlines()
    assert {json.loads(line)["student"] for line in lines if line.endswith("}")} == set(marks(course))
    here = [p for p in psutil.process_iter(["cmdline"]) if PROGRAM in (p.info["cmdline"] or [])]
    ours = [p for p in here if p.ppid() == 1]
    assert ours == []
