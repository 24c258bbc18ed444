"""A released course with a small class that differs from student to student."""

import pytest

from layerbook.exercises import manifest
from layerbook.grading import grade as grading
from layerbook.grading.course import make_course
from layerbook.grading.release import release
from layerbook.grading.submission import hand_in


@pytest.fixture
def small_class(project):
    """`small_class(count)` gives a released course in which every third notebook is untouched."""

    def make(count):
        course = make_course(project / "course")
        release(manifest.read(project)["scaling"], project, course)
        for number in range(count):
            step = "source" if number % 3 else "release"
            hand_in(course, "scaling", f"s{number:02d}", course.root / step / "scaling" / "scaling.ipynb")
        return course

    return make


@pytest.fixture
def marks():
    """`marks(course)`: student to outcome and points, as they are recorded."""
    return lambda course: {r.student: (r.outcome, r.points) for r in grading.collect(course)}
