"""What makes a submission cheap, seen from inside."""

import contextlib
import os

from layerbook.engine.exam import Exam
from layerbook.engine.limits import Limits
from layerbook.engine.rehearsal import CELL
from layerbook.engine.worker import Processor, Worker

SEES = "import os\nsorted(os.sched_getaffinity(0))"
COUNTS_DRAWINGS = """
import matplotlib.pyplot as plt
from matplotlib.figure import Figure
drawn, draw = [], Figure.draw
def counting(figure, *arguments, **named):
    drawn.append(figure)
    return draw(figure, *arguments, **named)
Figure.draw = counting
_ = plt.plot([1, 2])
"""


def test_examiner_and_learner_share_the_processor_that_their_worker_claimed():
    """Another worker gets another one, or, where none is left, whichever the kernel chooses."""
    all_processors = sorted(os.sched_getaffinity(0))
    workers = [Worker(Limits()) for _ in range(len(all_processors) + 1)]
    with contextlib.ExitStack() as stack:
        for worker in workers:
            stack.enter_context(worker).launch()
        seen = [tuple(processors(worker, kind) for kind in ("learner", "tests")) for worker in workers]
    assert all(learner == examiner for learner, examiner in seen)
    alone = [learner[0] for learner, _ in seen if len(learner) == 1]
    others = [learner for learner, _ in seen if len(learner) > 1]
    assert len(alone) == len(set(alone))
    assert others  # there are more workers than processors
    assert all(learner == all_processors for learner in others)


def test_a_worker_that_ended_leaves_its_processor(monkeypatch):
    nobodys = 1_000_000 + os.getpid()  # the number of no processor, so that no other worker has it
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {nobodys})
    with Worker(Limits()) as worker:
        worker.launch()
        assert Processor.claim() is None
    claimed = Processor.claim()
    assert claimed is not None
    assert claimed.number == nobodys
    claimed.claimed.close()


def test_memory_that_cells_write_to_is_copied_before_the_second_submission():
    """While the first one runs, a rehearsal shows what that is."""
    counts = "import resource\nresource.getrusage(resource.RUSAGE_SELF).ru_minflt"
    cells = [{"id": str(n), "kind": "learner", "source": s} for n, s in enumerate((counts, CELL, counts))]
    with Worker(Limits()) as worker:
        copied = []
        for _ in range(3):
            report = worker.run({"cells": cells, "exam": Exam.of({}, {}, cells)})
            before, after = (int(report["cells"][n]["outputs"][0]["data"]["text/plain"]) for n in (0, 2))
            copied.append(after - before)
    assert max(copied[1:]) < copied[0] / 2, copied


def processors(worker, kind):
    cells = [{"id": "a", "kind": kind, "source": SEES}]
    return eval(
        worker.run({"cells": cells, "exam": Exam.of({}, {}, cells)})["cells"][0]["outputs"][0]["data"][
            "text/plain"
        ],
        {},
    )


def test_a_figure_is_drawn_once(run):
    ran = run(("learner", COUNTS_DRAWINGS), ("learner", "len(drawn)"))
    assert any("image/png" in output.get("data", {}) for output in ran.outputs(0))
    assert ran.text(1) == "1"


def test_what_libraries_brought_is_no_garbage_and_what_a_notebook_makes_is(run):
    """Cycles of a notebook's own are freed, without `gc.collect`; those of the libraries are not looked at."""
    makes = "import gc\nclass Ring: count = 0\ndef __del__(self): Ring.count += 1\nRing.__del__ = __del__"
    loop = "for _ in range(100_000):\n    ring = Ring(); ring.itself = ring"
    ran = run(
        ("learner", makes),
        ("learner", loop),
        ("learner", "Ring.count > 50_000, gc.get_freeze_count() > 50_000"),
    )
    assert ran.text(2) == "(True, True)"


def test_what_few_need_and_takes_long_is_not_loaded(run):
    ran = run(("tests", "import sys\n'sympy' in sys.modules, 'torch' in sys.modules"))
    assert ran.text(0) == "(False, True)"
