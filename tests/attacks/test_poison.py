"""Notebooks that are nearly right and break what reads them; each alone must not stop the batch."""

from attack import Handed, cell, changed, graded_cells, hand_in_to_class
from nbformat.v4 import new_code_cell, new_markdown_cell

EITHER = ("graded", "failed", "unreadable")


def own(metadata):
    return changed(lambda nb: nb.cells.insert(1, new_code_cell("1", metadata=metadata)))


def about(**values):
    return changed(
        lambda nb: [c.metadata.nbgrader.update(values) for c in nb.cells if "nbgrader" in c.metadata]
    )


def set_in_cells(**values):
    return changed(lambda nb: [c.update(values) for c in nb.cells])


def set_in_notebook(**values):
    return changed(lambda nb: nb.update(values))


def odd_timestamp(kit):
    kit.write(kit.notebook())
    (kit.folder / "timestamp.txt").write_text("yesterday", "utf-8")


HANDED = [
    Handed("schema of the future", about(schema_version=99), EITHER),
    Handed("schema of the past", about(schema_version=0), EITHER),
    Handed("schema that is text", about(schema_version="x"), EITHER),
    Handed("schema that is nothing", about(schema_version=None), EITHER),
    Handed("a cell twice", changed(lambda nb: nb.cells.append(graded_cells(nb)[0])), EITHER),
    Handed("every cell twice", changed(lambda nb: nb.cells.extend(list(nb.cells))), EITHER),
    Handed("all ids of cells alike", set_in_cells(id="same"), EITHER),
    Handed("ids that are numbers", set_in_cells(id=7), EITHER),
    Handed("ids that are paths", set_in_cells(id="../../x"), EITHER),
    Handed("no ids", changed(lambda nb: [c.pop("id") for c in nb.cells]), EITHER),
    Handed("metadata of nbgrader is text", own({"nbgrader": "x"}), EITHER),
    Handed("metadata of nbgrader is a list", own({"nbgrader": [1]}), EITHER),
    Handed("metadata of nbgrader is a number", own({"nbgrader": 1}), EITHER),
    Handed("metadata of nbgrader is nothing", own({"nbgrader": None}), EITHER),
    Handed("metadata of nbgrader is empty", own({"nbgrader": {}}), EITHER),
    Handed("id of a cell is a list", own({"nbgrader": {"grade_id": ["test-center"]}}), EITHER),
    Handed("metadata of all cells is text", set_in_cells(metadata="x"), EITHER),
    Handed("metadata of all cells is nothing", set_in_cells(metadata=None), EITHER),
    Handed("metadata of the notebook is a list", set_in_notebook(metadata=[]), EITHER),
    Handed("metadata of the exercise is a list", changed(lambda nb: nb.metadata.update(layerbook=[1])), EITHER),
    Handed("sources are lists", changed(lambda nb: [c.update(source=c.source.splitlines(True)) for c in nb.cells])),
    Handed("sources are nothing", set_in_cells(source=None), EITHER),
    Handed("sources are numbers", set_in_cells(source=1), EITHER),
    Handed("source with half a character", changed(lambda nb: cell(nb, "center").update(source="x = '\ud800'")), EITHER),
    Handed("source with a null", changed(lambda nb: cell(nb, "center").update(source="x = '\0'")), EITHER),
    Handed("text with half a character", changed(lambda nb: nb.cells.append(new_markdown_cell("\udfff"))), EITHER),
    Handed("outputs that are none", set_in_cells(outputs=["x"]), EITHER),
    Handed("outputs of another kind", changed(lambda nb: [c.update(outputs=[{"output_type": "x"}]) for c in graded_cells(nb)]), EITHER),
    Handed("a count that is infinite", changed(lambda nb: [c.update(execution_count=float("inf")) for c in graded_cells(nb)]), EITHER),
    Handed("a version of the future", set_in_notebook(nbformat=99), EITHER),
    Handed("a minor version of the future", set_in_notebook(nbformat_minor=99), EITHER),
    Handed("a version that is text", set_in_notebook(nbformat="4"), EITHER),
    Handed("a version of the past", set_in_notebook(nbformat=3), EITHER),
    Handed("a kind of cell that is none", set_in_cells(cell_type="magic"), EITHER),
    Handed("attachments that are none", changed(lambda nb: nb.cells.append({**new_markdown_cell("x"), "attachments": {"a": 1}})), EITHER),
    Handed("hundreds of cells", changed(lambda nb: nb.cells.extend(new_code_cell("") for _ in range(300)))),
    Handed("points that are infinite", about(points=float("inf")), EITHER),
    Handed("points that are text", about(points="4"), EITHER),
    Handed("checksum of another", about(checksum="x")),
    Handed("kind of a graded cell says otherwise", about(cell_type="markdown"), EITHER),
    Handed("a timestamp that is none", odd_timestamp, EITHER),
]  # fmt: skip


@hand_in_to_class("poison", HANDED)
def test_poison(handed, graded):
    graded.hold(handed)
