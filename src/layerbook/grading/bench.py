"""Time one class through stock nbgrader, through this project, and through the bare cells, in one run."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from layerbook.exercises import manifest, source
from layerbook.exercises.check import Checker
from layerbook.exercises.compile import copy_data
from layerbook.exercises.run import run
from layerbook.grading.course import Course, make_course, own_programs_first
from layerbook.grading.grade import grade_all
from layerbook.grading.release import release
from layerbook.grading.submission import hand_in
from layerbook.project import find_root

STOCK_CONFIG = "c = get_config()\nc.Execute.timeout = 120\n"


def bench(root: Path, name: str, submissions: int) -> dict[str, Any]:
    """Grade copies of one exercise's reference; seconds of each way, and whether marks agree."""
    exercise = manifest.select(root, [name])[0]
    with tempfile.TemporaryDirectory() as scratch:
        stock, ours = (make_course(Path(scratch) / way) for way in ("stock", "ours"))
        for course in (stock, ours):
            release(exercise, root, course)
            for number in range(submissions):
                hand_in(course, name, f"s{number:03d}", course.root / "source" / name / f"{name}.ipynb")
        (stock.root / "nbgrader_config.py").write_text(STOCK_CONFIG, "utf-8")
        copy_data(exercise, root, Path(scratch))
        parsed = source.read(exercise.folder)
        run(parsed, Path(scratch), Checker(), capstone=True)  # warm: libraries loaded
        return {
            "exercise": name,
            "submissions": submissions,
            "stock_seconds": _seconds(lambda: _stock(stock, name)),
            "one_worker_seconds": _seconds(lambda: grade_all(ours, [name], workers=1)),
            "all_workers_seconds": _seconds(lambda: grade_all(ours, [name], again=True)),
            "limit_seconds": _seconds(
                lambda: [run(parsed, Path(scratch), Checker(), capstone=True) for _ in range(submissions)]
            ),
            "equal_marks": marks(stock, name) == marks(ours, name),
        }


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return round(time.perf_counter() - start, 2)


def _stock(course: Course, name: str) -> None:
    with own_programs_first():
        command = [sys.executable, "-m", "nbgrader", "autograde", name]
        subprocess.run(command, cwd=course.root, check=True, capture_output=True)  # noqa: S603


def marks(course: Course, name: str) -> dict[str, float]:
    """Student to points, as the gradebook has them."""
    with course.gradebook() as gradebook:
        return {s.student.id: s.score for s in gradebook.assignment_submissions(name)}


def main() -> None:
    """Run the benchmark and write `_build/bench.json`."""
    parser = argparse.ArgumentParser(prog="python -m layerbook.grading.bench", description=__doc__)
    parser.add_argument("--exercise", default="representations")
    parser.add_argument("--submissions", type=int, default=10)
    options = parser.parse_args()
    root = find_root(Path.cwd())
    measured = bench(root, options.exercise, options.submissions)
    (root / "_build").mkdir(exist_ok=True)
    (root / "_build" / "bench.json").write_text(json.dumps(measured, indent=2) + "\n", "utf-8")
    for key, value in measured.items():
        print(f"{key:20} {value}")
    for way in ("one_worker", "all_workers", "limit"):
        print(f"{'stock over ' + way:20} {measured['stock_seconds'] / measured[way + '_seconds']:.1f}")


if __name__ == "__main__":
    main()
