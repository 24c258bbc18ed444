"""From release to feedback on the fixture project, by our commands and by nbgrader's own."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from browser import needs_chromium
from layerbook import misconceptions
from layerbook.errors import LayerbookError
from layerbook.exercises import manifest
from layerbook.grading import grade as grading
from layerbook.grading import sample
from layerbook.grading.course import make_course
from layerbook.grading.release import learner_versions, release
from layerbook.grading.results import count_misconceptions, run_of
from layerbook.grading.submission import hand_in

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A released course with a submission of each kind: solved, untouched, two misconceptions, poison."""
    root = tmp_path_factory.mktemp("class") / "project"
    shutil.copytree(Path(__file__).parent.parent / "fixtures" / "project", root)
    made = make_course(root / "course")
    release(manifest.read(root)["scaling"], root, made)
    source, released = (made.root / step / "scaling" / "scaling.ipynb" for step in ("source", "release"))
    hand_in(made, "scaling", "solved", source)
    hand_in(made, "scaling", "untouched", released)
    notebook = nbformat.read(source, as_version=4)
    known = misconceptions.load(root / "exercises" / "scaling" / "misconceptions.py")
    wrong = {m.of: sample.learner_source(m) for m in known if m.name in ("mean_of_rows", "unit_columns")}
    for cell in notebook.cells:
        cell.source = wrong.get(cell.id.replace("-", "_"), cell.source)
    script = nbformat.v4.new_markdown_cell(
        "Hello <script>alert(1)</script><img src=x onerror=alert(1)>", id="script"
    )
    notebook.cells.append(script)
    hand_in(made, "scaling", "mistaken", released)
    nbformat.write(notebook, made.root / "submitted" / "mistaken" / "scaling" / "scaling.ipynb")
    poison = made.root / "submitted" / "poison" / "scaling" / "scaling.ipynb"
    poison.parent.mkdir(parents=True)
    poison.write_text("{", "utf-8")
    return made


@pytest.fixture(scope="module")
def results(course):
    return {result.student: result for result in grading.grade_all(course)}


def grade(course, exercise, student):
    [result] = grading.grade_all(course, [exercise], student=student, workers=1)
    return result


def nbgrader(*arguments, cwd):
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        [BIN / "nbgrader", *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=300
    )


def test_each_submission_has_its_outcome(results):
    assert (results["solved"].outcome, results["solved"].points) == ("graded", 10)
    assert (results["untouched"].outcome, results["untouched"].points) == ("graded", 0)
    assert results["mistaken"].outcome == "graded"
    assert [test.points for test in results["mistaken"].tests[:2]] == [0, 0]
    assert results["poison"].outcome == "unreadable"
    assert "not JSON" in results["poison"].reason


def test_messages_name_the_misconceptions(results):
    center, unit_rows, _ = results["mistaken"].tests
    assert center.misconceptions == ("mean_of_rows",)
    assert unit_rows.misconceptions == ("unit_columns",)
    assert "Axis 0 runs down a column" in center.message
    assert 'read on        "Taking the mean away" in the chapter "Scaling numbers"' in center.message
    assert count_misconceptions(list(results.values()))["mean_of_rows"] == 1


def test_hidden_checks_name_misconceptions_too(course, project):
    """`mean_of_rows` of a matrix that the visible check cannot tell apart: only the hidden check sees it."""
    text = (project / "exercises/scaling/scaling.py").read_text("utf-8")
    visible = "np.array([[1.0, 5.0], [3.0, 9.0]]),"
    assert visible in text
    text = text.replace(visible, "np.array([[-1.0, 1.0], [1.0, -1.0]]),")
    text = text.replace("np.array([[-1.0, -2.0], [1.0, 2.0]])", "np.array([[-1.0, 1.0], [1.0, -1.0]])")
    (project / "exercises/scaling/scaling.py").write_text(text, "utf-8")
    other = make_course(project / "course")
    release(manifest.read(project)["scaling"], project, other)
    hand_in(other, "scaling", "mistaken", course.root / "submitted/mistaken/scaling/scaling.ipynb")
    message = grade(other, "scaling", "mistaken").tests[0].message
    assert "center fails a hidden check: odd sizes" in message
    assert "known mistake  mean_of_rows" in message
    assert "expected" not in message


def test_nothing_is_graded_twice_unless_it_changed(course, results):
    graded = course.root / "autograded" / "solved" / "scaling" / "scaling.ipynb"
    before = graded.stat().st_mtime_ns
    assert grade(course, "scaling", "solved") == results["solved"]
    assert graded.stat().st_mtime_ns == before
    submitted = course.root / "submitted" / "solved" / "scaling" / "scaling.ipynb"
    submitted.write_text(submitted.read_text("utf-8") + "\n", "utf-8")
    assert grade(course, "scaling", "solved") == results["solved"]
    assert graded.stat().st_mtime_ns > before


def test_one_page_that_cannot_be_made_keeps_no_other_from_being_made(course, results):
    broken = course.root / "autograded" / "mistaken" / "scaling" / "scaling.ipynb"
    text, seen = broken.read_text("utf-8"), []
    broken.chmod(0o644)
    broken.write_text("no notebook", "utf-8")
    try:
        with pytest.raises(LayerbookError, match="JSON"):
            grading.feedback(course, done=lambda page: seen.append(page.parents[1].name))
    finally:
        broken.write_text(text, "utf-8")
    assert sorted(seen) == ["solved", "untouched"]


def test_feedback_and_export_work_on_what_was_graded(course, results):
    pages = grading.feedback(course)
    assert len(pages) == 3
    assert all("scaling" in page.read_text("utf-8") for page in pages)
    mistaken = next(page.read_text("utf-8") for page in pages if "mistaken" in str(page))
    assert "mean_of_rows" in mistaken
    assert "Further checks ran here" in mistaken
    address = "../../../../_build/html/chapters/scaling.html#centre"
    assert mistaken.count(f'<a href="{address}"') == 1
    assert "Read on" not in next(page.read_text("utf-8") for page in pages if "solved" in str(page))
    for secret in ("BEGIN HIDDEN", "rows = np.random", "random.default", "<script>alert", "<img src=x"):
        assert secret not in mistaken
    for page in pages:  # nothing comes from another host
        text = page.read_text("utf-8")
        assert not re.findall(
            r"""<script|(?:src|href)=["'](?:https?:)?//|url\(["']?(?:https?:)?//|@import""", text
        )
    done = nbgrader("export", "--to=grades.csv", cwd=course.root)
    assert done.returncode == 0, done.stderr
    rows = (course.root / "grades.csv").read_text("utf-8").splitlines()
    assert any(",solved," in row and ",10.0," in row for row in rows)


@needs_chromium
def test_on_a_phone_scores_stay_in_their_headings_and_code_has_its_width(course, results, page):
    grading.feedback(course)
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto((course.root / "feedback" / "mistaken" / "scaling" / "scaling.html").as_uri())
    spilled = """headings => headings.map(heading => heading.querySelector(".pull-right")
        .getBoundingClientRect().bottom - heading.getBoundingClientRect().bottom)"""
    assert max(page.eval_on_selector_all(".nbgrader_cell .panel-heading", spilled)) <= 0
    widths = "codes => codes.map(code => code.offsetWidth / code.closest('.input_area').offsetWidth)"
    assert min(page.eval_on_selector_all(".nbgrader_cell .input_area pre", widths)) > 0.95
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_stock_nbgrader_gives_the_same_marks(course, results, tmp_path):
    """Without this project's preprocessor: the reference has full marks, the untouched release none."""
    stock = tmp_path / "stock"
    shutil.copytree(course.root, stock, ignore=shutil.ignore_patterns("gradebook.db", "autograded", "poison"))
    (stock / "nbgrader_config.py").write_text("c = get_config()\n", "utf-8")
    assert nbgrader("generate_assignment", "scaling", "--force", cwd=stock).returncode == 0
    done = nbgrader("autograde", "scaling", cwd=stock)
    assert done.returncode == 0, done.stderr
    assert nbgrader("export", "--to=grades.csv", cwd=stock).returncode == 0
    head, *rows = (line.split(",") for line in (stock / "grades.csv").read_text("utf-8").splitlines())
    marks = {row[head.index("student_id")]: float(row[head.index("score")]) for row in rows}
    assert marks == {name: results[name].points for name in ("solved", "untouched", "mistaken")}


def test_nbgrader_autograde_in_the_course_runs_in_the_sandbox(course, results, tmp_path):
    """The course's own configuration brings the engine to nbgrader's command."""
    other = shutil.copytree(
        course.root, tmp_path / "course", ignore=shutil.ignore_patterns("autograded", "poison")
    )
    done = nbgrader("autograde", "scaling", "--student=mistaken", "--force", cwd=other)
    assert done.returncode == 0, done.stderr
    graded = other / "autograded" / "mistaken" / "scaling" / "scaling.ipynb"
    assert run_of(graded)["end"] == ""
    assert grading.collect(make_course(other))[0].points == results["mistaken"].points


def test_without_a_sandbox_nothing_is_graded_and_no_mark_is_lost(course, results, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(LayerbookError, match="bubblewrap is not installed"):
        grading.grade_all(course, again=True)
    monkeypatch.undo()
    assert {r.student: r.points for r in grading.collect(course)}["solved"] == 10


def test_stock_validate_passes_the_reference_and_fails_the_release(course):
    solved = nbgrader("validate", "source/scaling/scaling.ipynb", cwd=course.root)
    assert "Success" in solved.stdout
    untouched = nbgrader("validate", "release/scaling/scaling.ipynb", cwd=course.root)
    assert "failed" in untouched.stdout.lower()
    assert "is not written yet" in untouched.stdout


def test_release_again_keeps_submissions_and_marks(course, results):
    root = course.root.parent
    before = (course.root / "submitted" / "solved" / "scaling" / "scaling.ipynb").read_bytes()
    release(manifest.read(root)["scaling"], root, course)
    assert (course.root / "submitted" / "solved" / "scaling" / "scaling.ipynb").read_bytes() == before
    recorded = {result.student: result for result in grading.collect(course)}
    assert recorded["solved"].points == 10
    assert recorded["mistaken"].points == results["mistaken"].points


def test_a_release_that_fails_leaves_the_old_one(project):
    made = make_course(project / "course")
    exercise = manifest.read(project)["scaling"]
    folder = release(exercise, project, made)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    hand_in(made, "scaling", "solved", made.root / "source" / "scaling" / "scaling.ipynb")
    assert grade(made, "scaling", "solved").points == 10
    source = project / "exercises" / "scaling" / "scaling.py"
    text = source.read_text("utf-8")
    source.write_text(text[: text.index('# %% id="use-them"')], "utf-8")
    with pytest.raises(LayerbookError, match="could not be released"):
        release(exercise, project, made)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert grading.collect(made)[0].points == 10


def test_nothing_but_the_learners_part_ships(course):
    folder = course.root / "release" / "scaling"
    assert sorted(path.name for path in folder.iterdir()) == [
        "check.json",
        "check.py",
        "numbers.txt",
        "scaling.ipynb",
    ]
    text = "".join(path.read_text("utf-8") for path in folder.iterdir())
    for secret in ("column_means", "BEGIN SOLUTION", "HIDDEN", "odd sizes", "x.mean(axis=1"):
        assert secret not in text


def test_the_books_copy_is_the_released_one(course, tmp_path):
    root = course.root.parent
    [folder] = learner_versions([manifest.read(root)["scaling"]], root)
    for path in folder.iterdir():
        assert path.read_bytes() == (course.root / "release" / "scaling" / path.name).read_bytes()


def test_a_released_notebook_needs_only_numpy(course, tmp_path):
    """A wrong answer, run without layerbook or torch to import, is told which mistake it is."""
    folder = shutil.copytree(course.root / "release" / "scaling", tmp_path / "learner")
    notebook = json.loads((folder / "scaling.ipynb").read_text("utf-8"))
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    cells[1] = "def center(x):\n    return x - x.mean(axis=1, keepdims=True)"
    blocked = "import sys\nsys.modules.update(torch=None, layerbook=None, nbgrader=None, IPython=None)\n"
    (folder / "run.py").write_text(blocked + "\n\n".join(cells[:3]), "utf-8")
    done = subprocess.run([sys.executable, "run.py"], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "known mistake  mean_of_rows: The mean is taken along the rows." in done.stderr
    assert 'read on        "Taking the mean away"' in done.stderr
