"""Results as people read them."""

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from rich.console import Console

from layerbook.grading.report import result_table
from layerbook.grading.results import of_notebook

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


def shown(result):
    console = Console(width=100)
    with console.capture() as capture:
        console.print(result_table(result))
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
