"""What becomes of a submitted notebook before it runs: the source decides, the learner's own cells stay."""

import copy

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from layerbook.grading.prepare import grade_id, in_order, prepare


def cell(
    name, source, make=new_code_cell, *, locked=False, grade=False, solution=False, points=0, **metadata
):
    meta = {"grade_id": name, "locked": locked, "grade": grade, "solution": solution, "schema_version": 3}
    return make(
        source,
        id=f"id-{name}",
        metadata={"nbgrader": meta | ({"points": points} if grade else {}), **metadata},
    )


@pytest.fixture
def source():
    """An exercise with each kind of cell."""
    return new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        cells=[
            new_markdown_cell("# Title", id="title"),
            cell("setup", "import numpy as np", locked=True),
            cell("one", "def one():\n    return 1", solution=True),
            cell("test-one", "assert one() == 1\nassert hidden", locked=True, grade=True, points=2),
            new_code_cell("free", id="free"),
            cell("two", "def two():\n    return 2", solution=True),
            cell("test-two", "assert two() == 2", locked=True, grade=True, points=3),
            cell("essay", "", new_markdown_cell, solution=True, grade=True, points=5),
            cell("note", "read this", new_markdown_cell, locked=True),
        ],
    )


@pytest.fixture
def submitted(source):
    """The released version with one function solved."""
    notebook = copy.deepcopy(source)
    by(notebook, "test-one").source = "assert one() == 1"
    by(notebook, "one").source = "def one():\n    return 'mine'"
    return notebook


def by(notebook, name):
    return next(c for c in notebook.cells if grade_id(c) == name)


def names(prepared):
    return [grade_id(c) or c.source for c in prepared.notebook.cells]


def ran(prepared):
    return [(c["kind"], c["source"]) for c in prepared.cells]


ORDER = ["# Title", "setup", "one", "test-one", "free", "two", "test-two", "essay", "note"]


def test_the_sources_tests_and_setup_run_and_the_learners_own_cells(submitted, source):
    prepared = prepare(submitted, source)
    assert names(prepared) == ORDER
    assert ran(prepared) == [
        ("setup", "import numpy as np"),
        ("learner", "def one():\n    return 'mine'"),
        ("tests", "assert one() == 1\nassert hidden"),
        ("learner", "free"),
        ("learner", "def two():\n    return 2"),
        ("tests", "assert two() == 2"),
    ]
    assert in_order(prepared, source)


def test_an_untouched_release_is_no_tampering(source):
    assert prepare(copy.deepcopy(source), source).tampering == []


def test_changed_locked_cells_are_restored_and_reported(submitted, source):
    by(submitted, "setup").source = "def check(*a, **k): pass"
    by(submitted, "test-two").source = "pass"
    by(submitted, "note").source = "something else"
    prepared = prepare(submitted, source)
    for name in ("setup", "test-two", "note"):
        assert by(prepared.notebook, name).source == by(source, name).source
        assert f"the locked cell {name} had been changed" in prepared.tampering


def test_missing_cells_are_put_back_in_their_places_and_reported(submitted, source):
    submitted.cells = [
        c for c in submitted.cells if grade_id(c) not in ("setup", "test-one", "test-two", "note")
    ]
    prepared = prepare(submitted, source)
    assert names(prepared) == ORDER
    assert prepared.tampering == [
        f"the cell {name} was missing" for name in ("setup", "test-one", "test-two", "note")
    ]


def test_an_empty_notebook_gets_all_tests(source):
    prepared = prepare(new_notebook(), source)
    assert names(prepared) == ["setup", "test-one", "test-two", "note"]
    assert [kind for kind, _ in ran(prepared)] == ["setup", "tests", "tests"]


def test_a_missing_test_follows_its_function_where_that_was_moved(submitted, source):
    moved = by(submitted, "two")
    submitted.cells.remove(moved)
    submitted.cells.insert(1, moved)
    submitted.cells.remove(by(submitted, "test-two"))
    prepared = prepare(submitted, source)
    assert names(prepared)[1:4] == ["two", "test-two", "setup"]


def test_missing_cells_of_the_learners_stay_missing(submitted, source):
    submitted.cells = [c for c in submitted.cells if grade_id(c) not in ("one", "test-one")]
    assert names(prepare(submitted, source)) == ["# Title", "setup", "test-one", *ORDER[4:]]


def test_the_learners_order_is_kept_and_known_to_be_another(submitted, source):
    submitted.cells.reverse()
    prepared = prepare(submitted, source)
    assert names(prepared) == ORDER[::-1]
    assert not in_order(prepared, source)


def test_extra_cells_do_not_count_as_another_order(submitted, source):
    submitted.cells.insert(3, new_code_cell("print(1)"))
    prepared = prepare(submitted, source)
    assert in_order(prepared, source)
    assert ("learner", "print(1)") in ran(prepared)


def test_a_second_cell_under_the_same_id_is_the_learners_own(submitted, source):
    for name, text in (("test-one", "print('first')"), ("one", "def one(): return 3")):
        twin = copy.deepcopy(by(submitted, name))
        twin.source = text
        submitted.cells.append(twin)
    prepared = prepare(submitted, source)
    assert names(prepared) == [*ORDER, "print('first')", "def one(): return 3"]
    assert ran(prepared)[-2:] == [("learner", "print('first')"), ("learner", "def one(): return 3")]
    assert all(not c.metadata for c in prepared.notebook.cells[-2:])
    points = [
        c.metadata.nbgrader.points
        for c in prepared.notebook.cells
        if "points" in c.metadata.get("nbgrader", {})
    ]
    assert sum(points) == 10


def test_a_false_test_before_the_right_one_takes_nothing_from_it(submitted, source):
    false = copy.deepcopy(by(submitted, "test-two"))
    false.source = "2.9"
    submitted.cells.insert(0, false)
    prepared = prepare(submitted, source)
    assert [text for kind, text in ran(prepared) if kind == "tests"] == [
        "assert two() == 2",
        "assert one() == 1\nassert hidden",
    ]
    assert not in_order(prepared, source)  # so it has a second try, below its function


@pytest.mark.parametrize("kind", ["locked", "grade"])
def test_a_cell_with_an_unknown_id_has_no_say(kind, submitted, source):
    submitted.cells.append(cell("bonus", "100", points=100, **{kind: True}))
    prepared = prepare(submitted, source)
    assert ran(prepared)[-1] == ("learner", "100")
    assert prepared.notebook.cells[-1].metadata == {}


def test_metadata_of_the_submission_are_dropped(submitted, source):
    submitted.metadata = NotebookNode(kernelspec={"name": "evil"}, layerbook={"end": ""})
    for one in submitted.cells:
        one.metadata["tags"] = ["skip-execution", "raises-exception"]
    by(submitted, "test-one").metadata.nbgrader.update(points=100, grade=False)
    by(submitted, "one").metadata.nbgrader.update(grade=True, points=50, locked=True)
    by(submitted, "two").metadata["deletable"] = False
    prepared = prepare(submitted, source)
    assert prepared.notebook.metadata == source.metadata
    for one in prepared.notebook.cells:
        wanted = by(source, grade_id(one)).metadata if grade_id(one) else {}
        assert one.metadata == wanted
    assert [kind for kind, _ in ran(prepared)] == ["setup", "learner", "tests", "learner", "learner", "tests"]


def test_outputs_of_the_submission_are_dropped(submitted, source):
    for one in submitted.cells:
        if one.cell_type == "code":
            one.outputs = [
                NotebookNode(
                    output_type="execute_result", data={"text/plain": "2"}, metadata={}, execution_count=1
                )
            ]
            one.execution_count = 5
    for one in prepare(submitted, source).notebook.cells:
        if one.cell_type == "code":
            assert (one.outputs, one.execution_count) == ([], None)


def test_ids_of_cells_are_new_and_unlike(submitted, source):
    for one in submitted.cells:
        one["id"] = "same"
    prepared = prepare(submitted, source)
    ids = [c.id for c in prepared.notebook.cells]
    assert len(set(ids)) == len(ids)
    assert [c["id"] for c in prepared.cells] == [
        c.id for c in prepared.notebook.cells if c.cell_type == "code"
    ]


@pytest.mark.parametrize("make", [new_markdown_cell, new_raw_cell])
def test_a_cell_keeps_the_type_it_has_in_the_source(make, submitted, source):
    for name in ("one", "test-two"):
        place = submitted.cells.index(by(submitted, name))
        old = submitted.cells[place]
        submitted.cells[place] = make(old.source, id=old.id, metadata=old.metadata)
    place = submitted.cells.index(by(submitted, "essay"))
    submitted.cells[place] = new_code_cell("my essay", metadata=by(submitted, "essay").metadata)
    prepared = prepare(submitted, source)
    for one in prepared.notebook.cells:
        if grade_id(one):
            assert one.cell_type == by(source, grade_id(one)).cell_type
            assert ("outputs" in one) == (one.cell_type == "code")
    assert ("learner", "def one():\n    return 'mine'") in ran(prepared)
    assert by(prepared.notebook, "essay").source == "my essay"


@pytest.mark.parametrize(
    "metadata",
    [{"nbgrader": None}, {"nbgrader": []}, {"nbgrader": {"grade_id": ["setup"]}}, {"nbgrader": {}}, {}],
)
def test_malformed_metadata_make_a_cell_the_learners_own(metadata, submitted, source):
    odd = new_code_cell("odd")
    odd["metadata"] = NotebookNode(metadata)
    submitted.cells.append(odd)
    assert ran(prepare(submitted, source))[-1] == ("learner", "odd")


def test_neither_notebook_is_changed(submitted, source):
    before = copy.deepcopy((submitted, source))
    prepared = prepare(submitted, source)
    prepared.notebook.cells[2].metadata["new"] = 1
    prepared.notebook.metadata["new"] = 1
    assert (submitted, source) == before
