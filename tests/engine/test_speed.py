"""What makes a submission cheap, seen from inside."""

import contextlib
import os

from layerbook.engine.examiner import packed
from layerbook.engine.limits import Limits
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


def processors(worker, kind):
    job = {"cells": [{"id": "a", "kind": kind, "source": SEES}], "files": {}, "known": packed({})}
    return eval(worker.run(job)["cells"][0]["outputs"][0]["data"]["text/plain"], {})


def test_a_figure_is_drawn_once(run):
    ran = run(("learner", COUNTS_DRAWINGS), ("learner", "len(drawn)"))
    assert any("image/png" in output.get("data", {}) for output in ran.outputs(0))
    assert ran.text(1) == "1"
