"""Where marks differ from stock nbgrader on purpose."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.utils import determine_grade

from layerbook.grading.policies import refuse_partial_credit_out_of_range


def graded(*outputs, points=4, **meta):
    metadata = {
        "nbgrader": {
            "grade": True,
            "locked": True,
            "solution": False,
            "grade_id": "t",
            "points": points,
            "schema_version": 3,
        }
        | meta
    }
    return new_notebook(cells=[new_code_cell("t", metadata=metadata, outputs=list(outputs))])


def value(text):
    return new_output("execute_result", {"text/plain": text})


def marks(notebook):
    """What nbgrader gives after the policy: its own function."""
    refuse_partial_credit_out_of_range(notebook)
    return determine_grade(notebook.cells[0])[0]


@pytest.mark.parametrize("text", ["-1", "4.5", "nan", "inf", "-inf", "1e999", "400", "-0.001"])
def test_partial_credit_out_of_range_counts_as_none(text):
    assert marks(graded(value(text))) == 0


@pytest.mark.parametrize(
    ("text", "given"), [("0", 0), ("0.5", 0.5), ("4", 4), ("4.0", 4), ("-0.0", 0), ("1e0", 1)]
)
def test_partial_credit_in_range_is_given(text, given):
    assert marks(graded(value(text))) == given


def test_the_reason_is_told():
    notebook = graded(value("5"))
    refuse_partial_credit_out_of_range(notebook)
    [output] = notebook.cells[0].outputs
    assert (output.output_type, output.ename) == ("error", "PartialCredit")
    assert output.evalue == "the test's partial credit 5 is not between 0 and 4; it counts as 0"


@pytest.mark.parametrize(
    "outputs",
    [[], [value("'text'")], [value("np.float64(9)")], [new_output("stream", text="99\n")], [new_output("display_data", {"text/plain": "99"})]],
)  # fmt: skip
def test_what_is_no_number_is_left_alone(outputs):
    notebook = graded(*outputs)
    assert marks(notebook) == 4
    assert notebook.cells[0].outputs == outputs


def test_an_error_stays_the_error_that_it_was():
    error = new_output("error", ename="AssertionError", evalue="no", traceback=[])
    notebook = graded(error)
    assert marks(notebook) == 0
    assert notebook.cells[0].outputs == [error]


def test_cells_that_are_not_graded_are_left_alone():
    notebook = graded(value("99"), grade=False)
    notebook.cells.append(new_code_cell("x", outputs=[value("-5")]))
    refuse_partial_credit_out_of_range(notebook)
    assert [c.outputs[0].data["text/plain"] for c in notebook.cells] == ["99", "-5"]


def test_a_cell_of_the_learners_with_a_number_is_no_partial_credit():
    notebook = graded(value("99"), solution=True)
    refuse_partial_credit_out_of_range(notebook)
    assert notebook.cells[0].outputs[0].output_type == "execute_result"
