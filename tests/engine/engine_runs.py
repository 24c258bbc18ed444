"""A short way to run cells in a worker, and to read what became of them."""

from pathlib import Path

from layerbook.engine.exam import Exam, packed
from layerbook.engine.limits import Limits
from layerbook.exercises import check

LIMITS = Limits(cell_seconds=5, submission_seconds=20, memory=2**30, output=10_000)
SETUP = "import numpy as np\nfrom check import check, hidden_check"
FILES = {"check.py": Path(check.__file__).read_bytes(), "words.txt": b"tea milk\n"}


def run_in(worker, *cells, files=FILES, known=None, again=False, told=None):
    """Run cells of (kind, source) in a worker."""
    given = [{"id": "setup", "kind": "setup", "source": SETUP}]
    given += [{"id": f"cell-{n}", "kind": kind, "source": source} for n, (kind, source) in enumerate(cells)]
    exam = Exam.of(files, packed(known or {}), given)
    return Run(worker.run({"cells": given, "exam": exam, "again": again}, told))


class Run:
    """A report, by the numbers of the cells that the test gave."""

    def __init__(self, report):
        self.report, self.end = report, report["end"]
        assert not report["cells"] or not report["cells"][0]["outputs"], report["cells"][0]

    def cell(self, number):
        return next(c for c in self.report["cells"] if c["id"] == f"cell-{number}")

    def outputs(self, number):
        return self.cell(number)["outputs"]

    def error(self, number):
        """(name, message) of a cell's error; None if it had none."""
        errors = [o for o in self.outputs(number) if o["output_type"] == "error"]
        return (errors[0]["ename"], errors[0]["evalue"]) if errors else None

    def text(self, number, name="stdout"):
        """What a cell printed, its result, and its error's message."""
        parts = [
            o["text"] for o in self.outputs(number) if o["output_type"] == "stream" and o["name"] == name
        ]
        parts += [o["data"]["text/plain"] for o in self.outputs(number) if "data" in o]
        return "".join(parts) + "".join(o["evalue"] for o in self.outputs(number) if "evalue" in o)
