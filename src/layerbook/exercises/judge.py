"""Hold an exercise to account: does it score as it should, and does it know its misconceptions?"""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from layerbook import misconceptions
from layerbook.exercises.check import Checker
from layerbook.exercises.compile import Compiled, compile_exercise, copy_data
from layerbook.exercises.manifest import Exercise
from layerbook.exercises.run import CellResult, run, score
from layerbook.exercises.secrets import leaks, secret_lines
from layerbook.exercises.source import Source
from layerbook.misconceptions import Misconception

FEWEST_MISCONCEPTIONS = 4  # of each function
SHARE_NAMED = 0.9


@dataclass
class Verdict:
    """What `layerbook judge` found of one exercise; it holds up if `problems` is empty."""

    exercise: str
    points: int
    functions: int
    misconceptions: int
    caught: int = 0
    named: int = 0
    named_by_visible: int = 0
    mutants: int | None = None  # no mutation step yet
    killed: int | None = None
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)


def judge(exercise: Exercise, root: Path) -> Verdict:
    """Compile the exercise, run everything that is known to be right or wrong, and note what falls short."""
    compiled = compile_exercise(exercise, root)
    wrong = misconceptions.load(exercise.folder / "misconceptions.py")
    verdict = Verdict(exercise.name, compiled.source.points, len(compiled.source.functions), len(wrong))
    verdict.problems += _incomplete(compiled, wrong)
    with tempfile.TemporaryDirectory() as scratch:
        copy_data(exercise, root, Path(scratch))
        _judge_scores(compiled, Path(scratch), verdict)
        _judge_misconceptions(compiled, wrong, Path(scratch), verdict)
    return verdict


def _incomplete(compiled: Compiled, wrong: list[Misconception]) -> Iterator[str]:
    source, exercise = compiled.source, compiled.exercise
    if source.points != exercise.points:
        yield f"the manifest says {exercise.points} points, the tests add up to {source.points}"
    for function in source.functions:
        kinds = {cell.kind for cell in source.cells if cell.of == function}
        yield from (f"`{function}` has no {kind}" for kind in ("hints", "tests") if kind not in kinds)
        count = sum(mistake.of == function for mistake in wrong)
        if count < FEWEST_MISCONCEPTIONS:
            yield f"`{function}` has {count} misconceptions; {FEWEST_MISCONCEPTIONS} are the least"
    shipped = {path.name for path in compiled.assignment.iterdir()}
    extra = shipped - {compiled.notebook.name, "check.py", "check.json", *exercise.data}
    yield from (f"{name} would ship, and is neither notebook nor listed data" for name in sorted(extra))
    texts = [(cell.id, cell.untouched) for cell in source.cells]
    texts.append(("check.json", (compiled.assignment / "check.json").read_text("utf-8")))
    for name, line in leaks(secret_lines(source), texts):
        yield f"{name} gives away: {line}"


def _judge_scores(compiled: Compiled, scratch: Path, verdict: Verdict) -> None:
    source = compiled.source
    stub = replace(source, cells=tuple(replace(c, source=_untouched(c.source, c)) for c in source.cells))
    points = score(run(stub, scratch, Checker(), capstone=True))
    if points:
        verdict.problems.append(f"the untouched notebook scores {points}, not 0")
    start = time.perf_counter()
    results = run(source, scratch, Checker(), capstone=True)
    verdict.seconds = round(time.perf_counter() - start, 2)
    verdict.problems += [f"the reference fails {r.cell.id}: {r.message}" for r in results if not r.passed]
    if verdict.seconds > compiled.exercise.seconds:
        verdict.problems.append(
            f"all cells take {verdict.seconds} s; the manifest says {compiled.exercise.seconds}"
        )


def _untouched(text: str, cell: Any) -> str:
    """A solution cell as released; any other as graded, with its hidden tests."""
    return str(cell.untouched) if cell.kind == "solution" else text


def _judge_misconceptions(
    compiled: Compiled, wrong: list[Misconception], scratch: Path, verdict: Verdict
) -> None:
    checker = Checker(_known(compiled.assignment / "check.json") | _known(compiled.hidden))
    for mistake in wrong:
        graded = _failures(compiled.source, scratch, checker, mistake, hidden=True)
        shown = _failures(compiled.source, scratch, checker, mistake, hidden=False)
        if not any(result.cell.points for result in graded):
            verdict.problems.append(f"`{mistake.name}` loses no points in the tests of `{mistake.of}`")
            continue
        verdict.caught += 1
        verdict.named += _is_named(mistake, graded + shown)
        verdict.named_by_visible += _is_named(mistake, shown)
        if not _is_named(mistake, graded + shown):
            verdict.problems.append(f"`{mistake.name}` is caught, but not named")
    if verdict.named >= SHARE_NAMED * len(wrong):
        verdict.problems = [p for p in verdict.problems if not p.endswith("but not named")]


def _failures(
    source: Source, scratch: Path, checker: Checker, mistake: Misconception, *, hidden: bool
) -> list[CellResult]:
    results = run(source, scratch, checker, replace={mistake.of: mistake.function}, hidden=hidden)
    return [r for r in results if r.cell.kind == "tests" and r.cell.of == mistake.of and not r.passed]


def _is_named(mistake: Misconception, failures: list[CellResult]) -> bool:
    return any(re.search(rf"\b{mistake.name}: ", failure.message) for failure in failures)


def _known(path: Path) -> dict[str, Any]:
    known: dict[str, Any] = json.loads(path.read_text("utf-8"))["known"]
    return known
