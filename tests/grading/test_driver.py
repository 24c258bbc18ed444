"""The driver: what it records is what nbgrader's own pipeline records, and it says what it saw."""

import json
import shutil
import warnings

import nbformat
import pytest
from nbgrader.plugins import LateSubmissionPlugin
from sqlalchemy import text
from sqlalchemy.exc import SAWarning

from layerbook.grading import grade as grading
from layerbook.grading.record import LOG_FILE
from layerbook.grading.submission import timestamp
from layerbook.grading.task import IN_LEARNER


class TenthForEachDay(LateSubmissionPlugin):
    """A late penalty of our own."""

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score * total_seconds_late / 864_000


def rows(course):
    """What a gradebook holds of all submissions, without its made-up ids."""
    found = []
    with course.gradebook() as gradebook:
        for submission in gradebook.assignment_submissions("scaling"):
            [notebook] = submission.notebooks
            grades = [(g.name, g.auto_score, g.manual_score, g.needs_manual_grade) for g in notebook.grades]
            comments = [(c.name, c.auto_comment) for c in notebook.comments]
            about = (submission.student.id, str(submission.timestamp), notebook.late_submission_penalty)
            found.append((*about, notebook.score, sorted(grades), sorted(comments)))
    return sorted(found, key=str)


def add_config(course, lines):
    with (course.root / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write(lines + "\n")


def change(course, student, name, source):
    """Put `source` into one cell of a submission."""
    path = course.root / "submitted" / student / "scaling" / "scaling.ipynb"
    notebook = nbformat.read(path, as_version=4)
    next(c for c in notebook.cells if c.id == name).source = source
    nbformat.write(notebook, path)


def lines(course):
    return [json.loads(line) for line in (course.root / LOG_FILE).read_text("utf-8").splitlines()]


def test_the_gradebook_is_as_nbgraders_own_pipeline_leaves_it(small_class, monkeypatch):
    """Marks, comments, times and late penalties, of new submissions and of one with a person's mark."""
    course = small_class(4)
    monkeypatch.syspath_prepend(__file__.rpartition("/")[0])
    add_config(course, "c.AssignLatePenalties.plugin_class = 'test_driver.TenthForEachDay'")
    with course.gradebook() as gradebook, warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # nbgrader 0.9.6 with a newer SQLAlchemy
        gradebook.update_or_create_assignment("scaling", duedate="2026-01-01 00:00:00 UTC")
        gradebook.add_student("s01")
        gradebook.add_submission("scaling", "s01")
        gradebook.find_grade("test-center", "scaling", "scaling", "s01").manual_score = 1.5
        gradebook.db.commit()
    for student, day in (("s01", "02"), ("s02", "03")):
        path = course.root / "submitted" / student / "scaling" / "timestamp.txt"
        path.write_text(f"2026-01-{day} 00:00:00 UTC\n", "ascii")
    twin = type(course)(shutil.copytree(course.root, course.root.parent / "twin"))
    for student in ("s00", "s01", "s02", "s03"):
        twin.autograde("scaling", student)
    grading.grade_all(course, workers=2)
    assert rows(course) == rows(twin)
    penalties = {row[0]: row[2] for row in rows(course)}
    assert penalties["s02"] == pytest.approx(2.0)
    assert penalties["s03"] is None


def test_an_honest_class_has_no_notes(small_class):
    assert [r.notes for r in grading.grade_all(small_class(3))] == [(), (), ()]


def test_what_came_along_or_was_changed_is_put_right_and_told(small_class):
    course = small_class(3)
    folder = course.root / "submitted" / "s01" / "scaling"
    (folder / "numpy.py").write_text("raise SystemExit\n")
    (folder / "numbers.txt").write_text("9 9 9\n")
    (folder / "more").symlink_to("/etc")
    (folder / "timestamp.txt").write_text("yesterday, I think\n")
    path = folder / "scaling.ipynb"
    notebook = nbformat.read(path, as_version=4)
    test = next(c for c in notebook.cells if c.id == "test-center")
    test.metadata.nbgrader["points"] = 100
    notebook.cells.remove(next(c for c in notebook.cells if c.id == "test-unit-rows"))
    nbformat.write(notebook, path)
    result = {r.student: r for r in grading.grade_all(course)}["s01"]
    assert (result.outcome, result.points, result.max_points) == ("graded", 10, 10)
    assert result.notes == (
        "the metadata of the cell test-center had been changed",
        "the cell test-unit-rows was missing",
        "'more' beside the notebook is a link; it was not followed",
        "the exercise's file numbers.txt had been changed",
        "'numpy.py' was handed in beside the notebook; it is not used",
        "timestamp.txt holds no time that can be read; the submission counts as one without a time",
    )
    assert {r.student: r for r in grading.collect(course)}["s01"].notes == result.notes


@pytest.mark.parametrize("told", ["", "soon", "2026-13-45 99:99:99 UTC", "\x00", "9" * 5000])
def test_a_time_that_is_none_stops_nothing(told, tmp_path):
    (tmp_path / "timestamp.txt").write_text(told)
    when, problem = timestamp(tmp_path)
    assert when is None
    assert "no time that can be read" in problem


def test_regrading_leaves_nothing_of_the_attempt_before(small_class, marks):
    course = small_class(2)
    assert grading.grade_all(course)[1].points == 10
    path = course.root / "submitted" / "s01" / "scaling" / "scaling.ipynb"
    good = path.read_bytes()
    path.write_text("{")
    [_, result] = grading.grade_all(course)
    assert (result.outcome, result.points) == ("unreadable", 0)
    assert grading.collect(course)[1] == result
    path.write_bytes(good)
    assert grading.grade_all(course)[1].points == 10
    assert marks(course)["s01"] == ("graded", 10)


def test_every_outcome_is_a_line_with_seconds_and_memory(small_class):
    course = small_class(2)
    grading.grade_all(course)
    grading.grade_all(course)  # nothing new: no new line
    first, second = sorted(lines(course), key=lambda line: line["student"])
    assert (first["outcome"], first["points"]) == ("graded", 0)
    assert (second["outcome"], second["points"], second["max_points"]) == ("graded", 10, 10)
    assert sum(second["seconds"].values()) > 0
    assert 0 < second["memory"] < 2**30
    assert second["tests_in"] == "examiner"
    assert second["tampering"] == []


def test_a_line_that_was_cut_short_is_mended(small_class):
    course = small_class(2)
    grading.grade_all(course)
    log = course.root / LOG_FILE
    whole = log.read_text("utf-8")
    log.write_text(whole[:-40], "utf-8")
    grading.grade_all(course)
    found = log.read_text("utf-8").splitlines()
    assert len(found) == 3
    assert {json.loads(found[0])["student"], json.loads(found[2])["student"]} == {"s00", "s01"}


def test_again_is_resumed_where_it_stopped(small_class, monkeypatch):
    course = small_class(5)
    grading.grade_all(course)
    monkeypatch.setattr("layerbook.grading.record.BATCH", 1)

    def stop(result):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grading.grade_all(course, again=True, workers=1, done=stop)
    before = len(lines(course))
    grading.grade_all(course)
    assert before == 6
    assert len(lines(course)) == 10


WARNS = "import warnings\ndef center(x):\n    warnings.warn('careful')\n    return x - x.mean(axis=0)"


@pytest.mark.parametrize(("setting", "full"), [("True", True), ("False", False)])
def test_what_is_written_to_stderr_costs_marks_only_if_the_course_wants_it(small_class, setting, full):
    course = small_class(2)
    add_config(course, f"c.RunSubmission.stderr_costs_nothing = {setting}")
    change(course, "s01", "center", WARNS)
    assert (grading.grade_all(course)[1].points == 10) is full


@pytest.mark.parametrize(("setting", "full"), [("True", True), ("False", False)])
def test_moved_cells_have_a_second_turn_only_if_the_course_wants_it(small_class, setting, full):
    course = small_class(2)
    add_config(course, f"c.RunSubmission.second_turn_for_moved_cells = {setting}")
    path = course.root / "submitted" / "s01" / "scaling" / "scaling.ipynb"
    notebook = nbformat.read(path, as_version=4)
    moved = next(c for c in notebook.cells if c.id == "center")
    notebook.cells.remove(moved)
    notebook.cells.append(moved)
    nbformat.write(notebook, path)
    assert (grading.grade_all(course)[1].points == 10) is full


SHARES = """
assert center.__code__.co_argcount == 1
assert center.__globals__ is globals()  # the tests share everything with the learner's code
"""


@pytest.mark.parametrize("where", ["learner", "examiner"])
def test_tests_run_in_the_learners_process_if_the_course_says_so(small_class, where):
    course = small_class(2)
    for step in ("source", "submitted/s01"):
        path = course.root / step / "scaling" / "scaling.ipynb"
        notebook = nbformat.read(path, as_version=4)
        next(c for c in notebook.cells if c.id == "test-center").source += SHARES
        nbformat.write(notebook, path)
    add_config(course, f"c.RunSubmission.tests_in = '{where}'")
    [_, result] = grading.grade_all(course)
    points = {test.id: test.points for test in result.tests}
    assert (points["test-center"] > 0) is (where == "learner")
    assert (IN_LEARNER in result.notes) is (where == "learner")


def test_without_a_sandbox_if_that_is_wanted(small_class, monkeypatch):
    course = small_class(2)
    monkeypatch.setenv("LAYERBOOK_SECRET", "x")
    change(course, "s01", "center", "import os\nassert 'LAYERBOOK_SECRET' not in os.environ\n" + WARNS)
    monkeypatch.setattr(grading, "require_sandbox", lambda: pytest.fail("asked for a sandbox"))
    assert [r.points for r in grading.grade_all(course, sandbox_kind="none")] == [0, 10]


def test_a_gradebook_that_another_program_holds_is_waited_for(small_class, monkeypatch):
    course = small_class(1)
    monkeypatch.setattr("layerbook.grading.record.PAUSE", 0.01)
    with course.gradebook() as other:
        other.db.execute(text("BEGIN EXCLUSIVE"))
        add_config(
            course, "c.CourseDirectory.db_url = 'sqlite:///%s?timeout=0.1'" % (course.root / "gradebook.db")
        )
        with pytest.raises(grading.LayerbookError, match="held by another program"):
            grading.grade_all(course)
        other.db.rollback()
    assert [r.outcome for r in grading.grade_all(course)] == ["graded"]
