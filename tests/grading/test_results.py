"""Results as people read them."""

import re
from dataclasses import replace
from functools import partial

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from rich.console import Console

from layerbook.grading.report import class_table, misconception_table, result_table
from layerbook.grading.results import GRADED, RUNNING, Result, TestResult, of_notebook

RAN = {"end": "", "tampering": []}


def cell(make, text, **nbgrader):
    made = make(text)
    made.metadata["nbgrader"] = {"schema_version": 3, "locked": False, "solution": False, "task": False}
    made.metadata["nbgrader"] |= {"grade": True} | nbgrader
    return made


def notebook():
    test = cell(new_code_cell, "check", grade_id="test-sum", points=2, cell_type="code")
    test.execution_count = 1
    essay = cell(
        new_markdown_cell, "My answer", grade_id="essay", points=3, solution=True, cell_type="markdown"
    )
    return new_notebook(cells=[test, essay], metadata={"layerbook": RAN})


def shown(result, table=result_table, width=100):
    console = Console(width=width)
    with console.capture() as capture:
        console.print(table(result))
    return capture.get()


def test_a_free_text_is_neither_right_nor_wrong_before_a_person_has_read_it():
    result = of_notebook(notebook(), "one", "s01")
    assert [(test.id, test.points, test.waits) for test in result.tests] == [
        ("test-sum", 2, False),
        ("essay", 0, True),
    ]
    assert result.needs_person
    lines = shown(result).splitlines()
    assert [line for line in lines if "essay" in line and "a person reads this answer" in line]
    assert [line for line in lines if "test-sum" in line and "right" in line]


def test_a_free_text_with_a_persons_mark_does_not_wait():
    result = of_notebook(notebook(), "one", "s01", {"essay": 1.5})
    assert [(test.points, test.waits) for test in result.tests] == [(2, False), (1.5, False)]
    assert "a person reads" not in shown(result)


def test_a_table_leaves_out_what_was_seen_before_unless_it_has_changed():
    first, same, last = (TestResult(f"test-{name}", 1, 1, "", ()) for name in ("first", "same", "last"))
    before = Result("s01", "one", RUNNING, tests=(first, same))
    assert "one: 2 of 2 points so far" in shown(before)
    after = Result("s01", "one", GRADED, tests=(replace(first, points=0), same, last))
    text = shown(after, partial(result_table, before=before))
    assert "one: 2 of 3 points" in text
    assert "so far" not in text
    assert re.findall(r"test-\w+", text) == ["test-first", "test-last"]


def test_in_a_narrow_terminal_long_names_and_links_are_folded_and_not_cut():
    """A link or a name of which the end is missing is of no use."""
    name, link = "m" * 90, "page.html#" + "s" * 90
    test = TestResult("t" * 90, 0, 1, f"known mistake {name} read on ({link})", (name,))
    result = Result("s01", "one", GRADED, tests=(test,))
    for table, things in ((result_table, result), (class_table, [result]), (misconception_table, [result])):
        text = shown(things, table, width=80)
        assert "\N{HORIZONTAL ELLIPSIS}" not in text
        assert text.count("m") >= 90
    assert shown(result, width=80).count("s") >= 90
