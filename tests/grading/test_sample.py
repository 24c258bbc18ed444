"""The sample class has mixed marks and is made of what learners could have written."""

from layerbook import misconceptions
from layerbook.exercises import manifest
from layerbook.grading import sample
from layerbook.grading.course import make_course
from layerbook.grading.grade import grade_all
from layerbook.grading.release import release


def test_a_misconception_becomes_a_learners_function(project):
    known = misconceptions.load(project / "exercises" / "scaling" / "misconceptions.py")
    source = sample.learner_source(next(m for m in known if m.name == "centred_in_place"))
    assert source == "def center(x):\n    x -= x.mean(axis=0)\n    return x\n"


def test_what_a_misconception_needs_of_its_file_comes_along(project, exercise_source):
    change = (
        "    x -= x.mean(axis=0)\n    return x",
        "    return [_less(row) for row in x]\n\n\ndef _less(row):\n    return row - SHIFT\n\n\nSHIFT = 1",
    )
    exercise_source(*change, file="exercises/scaling/misconceptions.py")
    known = misconceptions.load(project / "exercises" / "scaling" / "misconceptions.py")
    source = sample.learner_source(next(m for m in known if m.name == "centred_in_place"))
    names = {}
    exec(source, names)
    assert source.endswith("def center(x):\n    return [_less(row) for row in x]\n")
    assert names["center"]([3]) == [2]


def test_marks_are_mixed_and_a_second_run_hands_in_nothing_new(project):
    course = make_course(project / "course")
    exercise = manifest.read(project)["scaling"]
    release(exercise, project, course)
    students = sample.make_class(exercise, project, course)
    handed_in = {p: p.stat().st_mtime_ns for p in course.root.glob("submitted/*/*/*.ipynb")}
    assert len(handed_in) == len(students) == len(sample.WRONG_FUNCTIONS)
    assert len({result.points for result in grade_all(course)}) >= 3
    sample.make_class(exercise, project, course)
    assert {p: p.stat().st_mtime_ns for p in handed_in} == handed_in
