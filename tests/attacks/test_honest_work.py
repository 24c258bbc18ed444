"""Right answers, written or handed in another way than the reference: none of these may lose marks."""

from attack import Handed, cell, changed, hand_in_to_class
from nbformat.v4 import new_code_cell, new_markdown_cell

ALL = 10


def written(source, name="center"):
    def change(nb):
        cell(nb, name).source = source

    return changed(change, solved=True)


def added(source, place=1):
    return changed(lambda nb: nb.cells.insert(place, new_code_cell(source)), solved=True)


def split(nb):
    place = nb.cells.index(cell(nb, "center"))
    nb.cells.insert(place, new_code_cell("def helper(x):\n    return x.mean(axis=0)"))
    cell(nb, "center").source = "def center(x):\n    return x - helper(x)"


def solution_below_its_test(nb):
    moved = cell(nb, "center")
    nb.cells.remove(moved)
    nb.cells.insert(nb.cells.index(cell(nb, "test-center")) + 1, moved)


def solution_in_another_cell(nb):
    place = nb.cells.index(cell(nb, "center"))
    nb.cells.insert(place + 1, new_code_cell(cell(nb, "center").source))
    cell(nb, "center").source = ""


def ran_before(nb):
    for number, c in enumerate(nb.cells):
        if c.cell_type == "code":
            c.execution_count = 90 - number
            c.outputs = [{"output_type": "stream", "name": "stderr", "text": "old"}]


HANDED = [
    Handed("warns", written("import warnings\ndef center(x):\n    warnings.warn('careful')\n    return x - x.mean(axis=0)"), points=ALL),
    Handed("writes to stderr", written("import sys\ndef center(x):\n    print('here', file=sys.stderr)\n    return x - x.mean(axis=0)"), points=ALL),
    Handed("logs", written("import logging\ndef center(x):\n    logging.warning('here')\n    return x - x.mean(axis=0)"), points=ALL),
    Handed("prints", written("def center(x):\n    print(x)\n    return x - x.mean(axis=0)"), points=ALL),
    Handed("in loops", written(
        "def center(x):\n    y = x.copy()\n    for j in range(x.shape[1]):\n        y[:, j] = y[:, j] - sum(x[:, j]) / len(x)\n    return y"), points=ALL),
    Handed("as a lambda", written("center = lambda x: x - np.mean(x, axis=0)"), points=ALL),
    Handed("as an object", written("class Center:\n    def __call__(self, x):\n        return x - x.mean(0)\ncenter = Center()"), points=ALL),
    Handed("with other parameters", written("def center(numbers, *, axis=0):\n    return numbers - numbers.mean(axis)"), points=ALL),
    Handed("with torch", written("import torch\ndef center(x):\n    t = torch.from_numpy(x)\n    return (t - t.mean(0)).numpy()"), points=ALL),
    Handed("in fortran's order", written("def center(x):\n    return np.asfortranarray(x - x.mean(0))"), points=ALL),
    Handed("remembers calls", written("import functools\nkept = {}\ndef center(x):\n    kept[x.tobytes()] = x\n    return x - x.mean(0)"), points=ALL),
    Handed("in two cells", changed(split, solved=True), points=ALL),
    Handed("in a cell below", changed(solution_in_another_cell, solved=True), points=ALL),
    Handed("below its test", changed(solution_below_its_test, solved=True), points=ALL),
    Handed("with a picture", added("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"), points=ALL),
    Handed("with magics", added("%timeit -n1 -r1 sum(range(9))\n!echo hello"), points=ALL),
    Handed("with a cell that fails", added("1 / 0"), points=ALL),
    Handed("with exit", added("exit()"), points=ALL),
    Handed("with a copy of a solution", changed(lambda nb: nb.cells.append(cell(nb, "center")), solved=True), points=ALL),
    Handed("with a copy of a test", changed(lambda nb: nb.cells.append(cell(nb, "test-center")), solved=True), points=ALL),
    Handed("with its own checks", added("check(sum, [1, 2], expect=3, case='my own')\nassert check.__name__", 2), points=ALL),
    Handed("with text", changed(lambda nb: nb.cells.insert(0, new_markdown_cell("# 내 노트")), solved=True), points=ALL),
    Handed("with files", added("open('mine.txt', 'w').write('x')"), points=ALL),
    Handed("with old outputs", changed(ran_before, solved=True), points=ALL),
    Handed("with tests changed", changed(lambda nb: cell(nb, "test-center").update(source="pass"), solved=True), points=ALL),
    Handed("with all errors silenced", added("import warnings, sys\nwarnings.simplefilter('error')\nsys.stderr = None"), points=ALL),
    Handed("with an id twice", changed(lambda nb: [c.update(id="same") for c in nb.cells], solved=True), points=ALL),
]  # fmt: skip


@hand_in_to_class("honest_work", HANDED)
def test_honest_work(handed, graded):
    graded.hold(handed)
