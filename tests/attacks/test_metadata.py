"""Metadata of cells: whatever a submission says about its cells, the course's source decides."""

from attack import Handed, cell, changed, code, graded_cells, hand_in_to_class
from nbformat.v4 import new_code_cell, new_markdown_cell

STEAL = """
import gc, sys
print([o for o in gc.get_objects() if isinstance(o, dict) and "known" in o and "cells" in o])
frame = sys._getframe()
while frame:
    for value in list(frame.f_locals.values()):
        if type(value).__name__ == "Examiner":
            value.report.cells.clear()
            print(value.job)
        if type(value).__name__ == "Checker":
            type(value).problem = staticmethod(lambda *a, **k: None)
    frame = frame.f_back
import check, layerbook.exercises.check as module
module.Checker.problem = staticmethod(lambda *a, **k: None)
"""


def set_all(**values):
    """Change nbgrader's metadata of all graded cells."""
    return changed(lambda nb: [c.metadata.nbgrader.update(values) for c in graded_cells(nb)])


def skip_execution(nb):
    for c in graded_cells(nb):
        c.metadata.tags = ["skip-execution", "nbgrader-skip", "raises-exception"]


def turn(kind):
    def change(nb):
        for c in graded_cells(nb):
            c.cell_type = kind
            c.pop("outputs"), c.pop("execution_count")

    return changed(change)


def drop_tests(nb):
    nb.cells = [c for c in nb.cells if c not in graded_cells(nb)]


def drop_all_metadata(nb):
    nb.metadata.clear()
    for c in nb.cells:
        c.metadata.clear()


def exchange_ids(nb):
    first, second = graded_cells(nb)[:2]
    ids = first.metadata.nbgrader, second.metadata.nbgrader
    first.metadata.nbgrader, second.metadata.nbgrader = ids[1], ids[0]


def id_of_a_test_on_ones_own(nb):
    stolen = graded_cells(nb)[0].metadata.nbgrader
    nb.cells.insert(2, new_code_cell("pass", metadata={"nbgrader": dict(stolen)}))


def id_of_the_setup_on_ones_own(nb):
    stolen = cell(nb, "setup").metadata.nbgrader
    nb.cells.insert(0, new_code_cell("def check(*a, **k): pass", metadata={"nbgrader": dict(stolen)}))


def own_cell(**meta):
    """A cell of one's own that says it is the course's."""

    def change(nb):
        about = {
            "grade": True,
            "locked": True,
            "solution": False,
            "schema_version": 3,
            "points": 5,
            "task": False,
        }
        about |= {"grade_id": "mine", "cell_type": "code"} | meta
        nb.cells.insert(1, new_code_cell(STEAL, metadata={"nbgrader": about}))

    return changed(change)


def empty_tests_twice(nb):
    for c in graded_cells(nb):
        c.source = ""
        nb.cells.append(c)


def solution_says_locked(nb):
    center = cell(nb, "center")
    center.metadata.nbgrader.update(locked=True, solution=False)
    center.source = STEAL


HANDED = [
    Handed("tests tagged to be skipped", changed(skip_execution)),
    Handed("tests turned to markdown", turn("markdown")),
    Handed("tests turned to raw", turn("raw")),
    Handed("tests deleted", changed(drop_tests)),
    Handed("no metadata at all", changed(drop_all_metadata)),
    Handed("tests say they are not graded", set_all(grade=False)),
    Handed("tests say they are solutions", set_all(solution=True, locked=False)),
    Handed("tests worth a thousand points", set_all(points=1000)),
    Handed("tests worth nothing", set_all(points=0)),
    Handed("tests worth less than nothing", set_all(points=-5)),
    Handed("ids of two tests exchanged", changed(exchange_ids)),
    Handed("id of a test on a cell of ones own", changed(id_of_a_test_on_ones_own)),
    Handed("id of the setup on a cell of ones own", changed(id_of_the_setup_on_ones_own)),
    Handed("own cell says it is a test", own_cell()),
    Handed("own cell says it is a test without id", own_cell(grade_id="")),
    Handed("own cell says it is a setup", own_cell(grade=False)),
    Handed("second cell under a test's id", own_cell(grade_id="test-use-them")),
    Handed("solution says it is locked", changed(solution_says_locked)),
    Handed("empty tests twice", changed(empty_tests_twice)),
    Handed("an output of full marks brought along", changed(lambda nb: [
        c.update(outputs=[{"output_type": "execute_result", "data": {"text/plain": "4"}, "metadata": {},
                           "execution_count": 1}]) for c in graded_cells(nb)])),
    Handed("kernel of another language", changed(lambda nb: nb.metadata.update(
        kernelspec={"name": "bash", "language": "bash", "display_name": "Bash"}))),
    Handed("claims to have been graded", changed(lambda nb: nb.metadata.update(
        layerbook={"exercise": "scaling", "end": "", "tampering": []}))),
    Handed("markdown with the source of a test", changed(lambda nb: nb.cells.insert(
        0, new_markdown_cell("text", metadata={"nbgrader": {"grade": True, "grade_id": "test-center"}})))),
    Handed("magic that runs a cell elsewhere", code("%%bash\ntrue")),
]  # fmt: skip


@hand_in_to_class("metadata", HANDED)
def test_metadata(handed, graded):
    graded.hold(handed)
