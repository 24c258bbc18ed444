"""The class as a whole, after all attacks on it were graded together."""

import pytest
from attack import Graded

pytestmark = pytest.mark.xdist_group("attacks-class")


@pytest.fixture
def everybody(graded) -> Graded:
    return graded


def test_the_victim_has_full_marks(everybody):
    victim = everybody.results["victim"]
    assert (victim.outcome, victim.points, victim.max_points) == ("graded", 10, 10)


def test_everybody_has_one_outcome_with_a_reason(everybody):
    assert not [r for r in everybody.results.values() if r.outcome != "graded" and not r.reason]


def test_nothing_outside_of_the_submissions_has_changed(everybody):
    assert everybody.problems["changed"] == []


def test_marks_are_recorded_as_they_were_given(everybody):
    assert everybody.problems["recorded otherwise"] == []


def test_no_process_is_left(everybody):
    assert everybody.problems["left"] == []


def test_it_takes_no_longer_than_the_limits_allow(everybody):
    assert everybody.seconds < 120
