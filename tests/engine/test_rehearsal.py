"""The rehearsal does what it is for, and nobody can tell afterwards that there was one."""

import subprocess
import sys

from layerbook.engine import rehearsal

LOOKS = """
import random, sys, threading, warnings
import matplotlib.pyplot as plt
import numpy as np
from layerbook.engine import learner, rehearsal
shell = learner.make_shell()
def look():
    return (
        sorted(shell.user_ns), sorted(vars(sys)), plt.get_fignums(), plt.rcParams.copy(), warnings.filters[:],
        random.getstate(), str(np.random.get_state()), threading.active_count(), shell.execution_count,
    )
before = look()
rehearsal.rehearse(shell)
assert look() == before
"""


def test_its_cell_runs_and_shows_what_cells_show(run):
    ran = run(("learner", rehearsal.CELL), ("learner", rehearsal.FAILS))
    assert ran.error(0) is None
    assert [sorted(o.get("data", [o["output_type"]])) for o in ran.outputs(0)] == [
        ["stream"],
        ["image/png", "text/plain"],
    ]
    assert ran.error(1) == ("ZeroDivisionError", "division by zero")


def test_it_leaves_nothing():
    subprocess.run([sys.executable, "-c", LOOKS], check=True, capture_output=True)
