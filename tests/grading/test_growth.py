"""A large class costs as much for each submission as a small one."""

import pytest

from layerbook.exercises import manifest
from layerbook.grading.bench import growth
from layerbook.grading.course import make_course
from layerbook.grading.release import release


@pytest.mark.slow
def test_a_submission_costs_the_same_at_a_thousand(project):
    course = make_course(project / "course")
    release(manifest.read(project)["scaling"], project, course)
    hundred, thousand = growth(course, "scaling", 1_000)
    assert (hundred["submissions"], thousand["submissions"]) == (100, 1_000)
    assert thousand["cpu_seconds"] < 1.15 * hundred["cpu_seconds"]
    assert thousand["worker_bytes"] == pytest.approx(hundred["worker_bytes"], rel=0.15)
