"""Tests that give partial credit: `float(2.0 - np.sum(scaled) ** 3)`, of which the learner makes `scaled`."""

import pytest
from attack import Handed, changed, hand_in_to_class
from nbformat import from_dict

from layerbook.grading.policies import refuse_partial_credit_out_of_range


def scaled(value):
    def change(nb):  # free cells have no id of nbgrader's
        place = next(i for i, c in enumerate(nb.cells) if c.source.startswith("with open"))
        nb.cells[place].source = f"scaled = {value}"

    return changed(change)


THING = "type('T', (), {'sum': lambda s, *a, **k: T(), '__pow__': lambda s, o: s, '__rsub__': lambda s, o: 2.0})()"
HANDED = [
    Handed("above the maximum", scaled("-1.0")),
    Handed("far above the maximum", scaled("-1e100")),
    Handed("below zero", scaled("1e3")),
    Handed("not a number", scaled("float('nan')")),
    Handed("infinite", scaled("float('-inf')")),
    Handed("infinite the other way", scaled("float('inf')")),
    Handed("a giant whole number", scaled("-10**900")),
    Handed("a whole number too large to hand over", scaled("-10**9000")),
    Handed("text", scaled("'2'")),
    Handed("an object that calculates as it likes", scaled(THING)),
    Handed("an object whose sum is one", scaled("type('S', (), {'sum': lambda s, *a, **k: s})()")),
]


@hand_in_to_class("partial_credit", HANDED)
def test_in_the_class(handed, graded):
    graded.hold(handed)


VALUES = [
    "-1",
    "-0.001",
    "4.0001",
    "1e9",
    "nan",
    "-nan",
    "inf",
    "-inf",
    "Infinity",
    "1e999",
    "  5 ",
    "5_0",
    "\u0665",
]


@pytest.mark.parametrize("value", VALUES)
def test_no_value_outside_of_0_to_the_points_counts(value):
    result = {
        "output_type": "execute_result",
        "data": {"text/plain": value},
        "metadata": {},
        "execution_count": 1,
    }
    about = {"grade": True, "points": 4, "grade_id": "t", "solution": False}
    test = {"cell_type": "code", "metadata": {"nbgrader": about}, "source": "", "outputs": [result]}
    notebook = from_dict({"cells": [test]})
    refuse_partial_credit_out_of_range(notebook)
    assert [output.output_type for output in notebook.cells[0].outputs] == ["error"]
