"""The whole path on a sample class: release, book, submissions, marks, feedback, and a page that shows it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, PackageLoader

from layerbook.exercises import manifest
from layerbook.grading import grade, sample
from layerbook.grading.course import Course, make_course
from layerbook.grading.release import release
from layerbook.grading.results import GRADED, Result, count_misconceptions

FOLDER = Path("_build") / "demo"


def sample_class(root: Path, done: Callable[[Result], None]) -> tuple[Course, list[Result]]:
    """Release all exercises to a course of the demo's own, hand in the sample class, and grade it."""
    course = make_course(root / FOLDER / "course")
    for exercise in manifest.select(root, None):
        release(exercise, root, course)
        sample.make_class(exercise, root, course)
    results = grade.grade_all(course, done=done)
    grade.feedback(course)
    return course, results


def write_page(root: Path, course: Course, results: list[Result]) -> Path:
    """Write the page that says where to look; returns it."""
    environment = Environment(loader=PackageLoader("layerbook"), autoescape=True)
    exercises = manifest.select(root, None)
    mistakes = {
        exercise.name: count_misconceptions([r for r in results if r.exercise == exercise.name]).most_common()
        for exercise in exercises
    }
    page = root / FOLDER / "index.html"
    text = environment.get_template("demo.html").render(
        exercises=exercises, results=results, mistakes=mistakes, graded=GRADED, course=course.root.name
    )
    page.write_text(text, "utf-8")
    return page
