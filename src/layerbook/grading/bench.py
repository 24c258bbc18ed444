"""Time one class through stock nbgrader, through this project, and through the bare cells, in one run.

All three grade the same submissions. nbgrader and this project are timed as the commands that a person types,
start of the programs included; the limit is what nobody can be below, the same cells in one warm interpreter.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import nbformat
import psutil
from IPython.core.pylabtools import print_figure

from layerbook.engine.exam import Unpacked
from layerbook.engine.worker import PROGRAM
from layerbook.exercises import manifest
from layerbook.exercises.check import Checker
from layerbook.exercises.run import check_module
from layerbook.grading.course import Course, make_course, own_programs_first
from layerbook.grading.grade import grade_all
from layerbook.grading.prepare import prepare
from layerbook.grading.release import release
from layerbook.grading.sample import make_class
from layerbook.grading.submission import submissions
from layerbook.grading.task import material_of
from layerbook.grading.workers import WORKERS
from layerbook.project import find_root

# A busy machine is borne: nbgrader waits 4 s for what a cell shows.
STOCK_CONFIG = "c = get_config()\nc.Execute.timeout = c.Execute.iopub_timeout = 120\n"
WRONG_FUNCTIONS = (0, 1, 0, 2, 1, 0, 3, 0)  # of each submission, in turn
STEPS = (100, 1_000, 10_000)  # submissions at which cost and memory are looked at


def bench(root: Path, name: str, count: int) -> dict[str, Any]:
    """Grade `count` different submissions of one exercise each way; seconds, and whether marks agree."""
    with tempfile.TemporaryDirectory() as scratch:
        stock = make_course(Path(scratch) / "stock")
        exercise = manifest.select(root, [name])[0]
        release(exercise, root, stock)
        make_class(exercise, root, stock, [*itertools.islice(itertools.cycle(WRONG_FUNCTIONS), count)])
        ours = [Course(Path(shutil.copytree(stock.root, Path(scratch) / f"ours-{n}"))) for n in (1, 2)]
        (stock.root / "nbgrader_config.py").write_text(STOCK_CONFIG, "utf-8")
        measured = {
            "exercise": name,
            "submissions": count,
            "stock_seconds": _seconds(lambda: _run(["nbgrader", "autograde", name], stock.root)),
            "one_worker_seconds": _seconds(lambda: _grade(root, ours[0], "--workers=1")),
            "all_workers_seconds": _seconds(lambda: _grade(root, ours[1])),
            "workers": os.cpu_count(),
            "limit_seconds": limit(ours[0], name),
        }
        unequal = {
            s: m for s, m in marks(stock, name).items() if any(marks(o, name).get(s) != m for o in ours)
        }
        return measured | {"equal_marks": not unequal, "unequal": sorted(unequal)}


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return round(time.perf_counter() - start, 3)


def _grade(root: Path, course: Course, *options: str) -> None:
    _run(["layerbook.cli", "grade", "--course", str(course.root), *options], root)


def _run(arguments: list[str], folder: Path) -> None:
    with own_programs_first():
        command = [sys.executable, "-m", *arguments]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603


def limit(course: Course, name: str) -> float:
    """Seconds of all cells of all submissions, in this process with everything loaded.

    A notebook's interpreter draws a cell's figures when the cell ends; that is part of executing it.
    """
    material = material_of(course.root / "source" / name, course.hidden_known(name), name)
    known = dict(Unpacked(material.known))
    jobs = []
    for exercise, student in submissions(course, [name]):
        path = course.folder("submitted", student, exercise) / f"{exercise}.ipynb"
        jobs.append(prepare(nbformat.read(path, as_version=4), material.source).cells)

    def run_all(some: list[list[dict[str, str]]]) -> None:
        for cells in some:
            names: dict[str, Any] = {"__name__": "__main__", "display": lambda *things: None}
            with check_module(Checker(known)):
                for cell in cells:
                    with contextlib.suppress(Exception):
                        exec(compile(cell["source"], cell["id"], "exec"), names)  # noqa: S102  our own samples
                    for number in plt.get_fignums():
                        print_figure(plt.figure(number))  # type: ignore[no-untyped-call]
                    plt.close("all")

    with contextlib.chdir(course.root / "source" / name), contextlib.redirect_stdout(io.StringIO()):
        run_all(jobs[:2])  # libraries loaded
        return _seconds(lambda: run_all(jobs))


def marks(course: Course, name: str) -> dict[str, float]:
    """Student to points, as the gradebook has them."""
    with course.gradebook() as gradebook:
        return {s.student.id: s.score for s in gradebook.assignment_submissions(name)}


def growth(course: Course, name: str, count: int) -> list[dict[str, float]]:
    """Grade `count` copies of one reference with one worker; cost and memory at each of `STEPS` up to there.

    CPU seconds of a submission are those since the step before, of driver and worker together, divided by
    what was run meanwhile; marks are recorded many at once, later. Bytes are the worker's, and the driver's.
    """
    released = course.root / "source" / name / f"{name}.ipynb"
    for number in range(count):
        folder = course.folder("submitted", f"s{number:05d}", name)
        folder.mkdir(parents=True)
        shutil.copyfile(released, folder / released.name)
    looks, recorded, here = [], 0, psutil.Process()
    last = (0, 0.0)

    def done(_result: object) -> None:
        nonlocal recorded, last
        recorded += 1
        if recorded == 20:  # everything is warm
            last = (WORKERS.jobs_run(), _cpu(here))
        if recorded in STEPS or recorded == count:
            now = (WORKERS.jobs_run(), _cpu(here))
            looks.append(
                {
                    "submissions": recorded,
                    "cpu_seconds": (now[1] - last[1]) / (now[0] - last[0]),
                    "worker_bytes": _largest(here),
                    "driver_bytes": here.memory_info().rss,
                }
            )
            last = now

    grade_all(course, [name], workers=1, done=done)
    return looks


def _largest(process: psutil.Process) -> int:
    """Bytes of the largest process of a worker below a process, its zygote."""
    sizes = [0]
    for one in process.children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if PROGRAM in one.cmdline():
                sizes.append(one.memory_info().rss)
    return max(sizes)


def _cpu(process: psutil.Process) -> float:
    """CPU seconds of a process and all below it, those that have ended included."""
    total = 0.0
    for one in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.Error):
            times = one.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def main() -> None:
    """Run the benchmark and write `_build/bench.json`, or with `--growth` `_build/growth.json`."""
    parser = argparse.ArgumentParser(prog="python -m layerbook.grading.bench", description=__doc__)
    parser.add_argument("--exercise", default="pooling")
    parser.add_argument("--submissions", type=int, default=120)
    parser.add_argument("--growth", action="store_true", help="cost and memory as the class grows")
    options = parser.parse_args()
    root = find_root(Path.cwd())
    (root / "_build").mkdir(exist_ok=True)
    if options.growth:
        with tempfile.TemporaryDirectory() as scratch:
            course = make_course(Path(scratch) / "course")
            release(manifest.select(root, [options.exercise])[0], root, course)
            looks = growth(course, options.exercise, options.submissions)
        (root / "_build" / "growth.json").write_text(json.dumps(looks, indent=2) + "\n", "utf-8")
        for look in looks:
            print(*(f"{key} {value:,.4g}" for key, value in look.items()), sep="   ")
        return
    measured = bench(root, options.exercise, options.submissions)
    (root / "_build" / "bench.json").write_text(json.dumps(measured, indent=2) + "\n", "utf-8")
    for key, value in measured.items():
        print(f"{key:24} {value}")
    for way in ("one_worker", "all_workers", "limit"):
        print(f"{'stock over ' + way:24} {measured['stock_seconds'] / measured[way + '_seconds']:.1f}")
    for way, workers in (("one_worker", 1), ("all_workers", measured["workers"])):
        over = (measured[way + "_seconds"] * workers - measured["limit_seconds"]) / measured["submissions"]
        print(f"{'overhead ' + way:24} {1000 * over:.0f} ms a submission and worker")


if __name__ == "__main__":
    main()
