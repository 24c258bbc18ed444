"""What makes a submission cheap, seen from inside."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

KERNEL = tuple(map(int, platform.release().split(".")[:2]))
SEES = "import os\nsorted(os.sched_getaffinity(0))"
# Two hundred million bytes in small pieces, as libraries leave them; prints the bytes on large pages before and after.
LARGE_PAGES = """
from pathlib import Path
from layerbook.engine import isolate
pieces = [bytearray(100_000) for _ in range(2_000)]
def large():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("AnonHugePages"))
before, total = large(), sum(map(sum, pieces))
isolate.use_large_pages()
print(before, large(), sum(map(sum, pieces)) == total)
"""


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is only one processor")
def test_examiner_and_learner_share_one_processor(run):
    ran = run(("learner", SEES), ("tests", SEES))
    learner, examiner = eval(ran.text(0), {}), eval(ran.text(1), {})
    assert len(learner) == 1
    assert examiner == learner


def test_memory_goes_on_large_pages_and_is_the_same_memory():
    done = subprocess.run([sys.executable, "-c", LARGE_PAGES], capture_output=True, text=True, check=True)
    before, after, same = done.stdout.split()
    assert same == "True"
    if not Path("/sys/kernel/mm/transparent_hugepage").is_dir() or KERNEL < (6, 1):
        pytest.skip("this kernel cannot do that")
    assert int(after) > int(before) + 50_000  # kB
