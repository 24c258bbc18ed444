"""Which pages a process has for itself after a fork, and how it gets them before it needs them."""

import json
import os
import resource
from pathlib import Path

import numpy as np
import pytest

from layerbook.engine.memory import PAGE, copy_ahead, written

PAGES = 64


def in_a_fork(work):
    """What `work` returns in a child process, by way of JSON."""
    ours, theirs = os.pipe()
    if os.fork() == 0:
        with os.fdopen(theirs, "w") as file:
            json.dump(work(), file)
            file.flush()
            os._exit(0)
    os.close(theirs)
    with os.fdopen(ours) as file:
        found = json.load(file)
    os.wait()
    return found


@pytest.fixture
def memory():
    """An array in memory of its own, which is all written to, and the address of its first whole page."""
    array = np.ones((PAGES + 1) * PAGE, np.uint8)
    start = -(-array.ctypes.data // PAGE) * PAGE
    return array[start - array.ctypes.data :], start


def of(start):
    """Numbers of the pages from `start` on that this process has for itself."""
    addresses = (place for first, size in written() for place in range(first, first + size, PAGE))
    return [(place - start) // PAGE for place in addresses if start <= place < start + PAGES * PAGE]


def test_written_are_the_pages_that_a_process_wrote_to_after_it_was_forked(memory):
    array, start = memory

    def work():
        before = of(start)
        array[[3 * PAGE, 4 * PAGE + 7, 5 * PAGE, 50 * PAGE + 4095]] = 2
        return before, of(start)

    assert in_a_fork(work) == [[], [3, 4, 5, 50]]


def test_what_is_copied_ahead_is_as_it_was_and_faults_no_more(memory):
    array, start = memory

    def work():
        copy_ahead([(start + 10 * PAGE, 30 * PAGE)])
        copied, same = of(start), bool((array == 1).all())
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        array[10 * PAGE : 40 * PAGE : PAGE] = 2
        return copied, same, resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

    copied, same, faults = in_a_fork(work)
    assert copied == list(range(10, 40))
    assert same
    assert faults < 10  # without, thirty and more


def test_memory_that_is_not_there_is_passed_over(memory):
    array, start = memory

    def work():
        copy_ahead([(PAGE, PAGE), (start, PAGE)])
        return of(start), int(array[0])

    assert in_a_fork(work) == [[0], 1]


def test_where_a_process_may_not_read_its_own_table_nothing_is_known(monkeypatch):
    def refused(path, *how, **more):
        raise PermissionError(path)

    monkeypatch.setattr(Path, "open", refused)
    assert written() == []
