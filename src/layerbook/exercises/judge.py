"""Hold an exercise to account: does it score as it should, and does it know its misconceptions?"""

from __future__ import annotations

import re
import signal
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from layerbook import misconceptions
from layerbook.exercises import mutate
from layerbook.exercises.check import Checker
from layerbook.exercises.compile import Compiled, compile_exercise, copy_data
from layerbook.exercises.manifest import Exercise
from layerbook.exercises.run import CellResult, run, score
from layerbook.exercises.secrets import leaks, secret_lines
from layerbook.exercises.source import Source
from layerbook.misconceptions import Misconception

FEWEST_MISCONCEPTIONS = 4  # of each function
SHARE_NAMED = 0.9
MUTANT_SECONDS = 2.0  # beyond ten times what the reference takes, after which a mutant hangs


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
    mutants: int | None = None  # None where they were not asked for
    killed: int | None = None
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)


class Killed(BaseException):
    """A mutant failed a check, or took too long; no `except Exception` of an exercise holds it up."""


class Killer(Checker):
    """A checker whose first failure ends the run."""

    def fail(self, message: str) -> None:
        """End the run."""
        raise Killed(message)


def judge(exercise: Exercise, root: Path, *, with_mutants: bool = False) -> Verdict:
    """Compile the exercise, run everything that is known to be right or wrong, and note what falls short.

    `with_mutants` also runs every small change of the reference, which takes a minute.
    """
    compiled = compile_exercise(exercise, root)
    wrong = misconceptions.load(exercise.folder / "misconceptions.py")
    verdict = Verdict(exercise.name, compiled.source.points, len(compiled.source.functions), len(wrong))
    verdict.problems += _incomplete(compiled, wrong)
    with tempfile.TemporaryDirectory() as scratch:
        copy_data(exercise, root, Path(scratch))
        _judge_scores(compiled, Path(scratch), verdict)
        _judge_misconceptions(compiled, wrong, Path(scratch), verdict)
        if with_mutants:
            _judge_mutants(compiled.source, Path(scratch), verdict)
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
    checker = Checker(compiled.known_mistakes())
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


def _judge_mutants(source: Source, scratch: Path, verdict: Verdict) -> None:
    verdict.mutants = verdict.killed = 0
    unlisted = mutate.equivalent(source.path.parent)
    start = time.perf_counter()
    run(source, scratch, Checker())
    patience = MUTANT_SECONDS + 10 * (time.perf_counter() - start)
    for number, cell in enumerate(source.cells):
        if cell.kind != "solution" or cell.capstone:
            continue
        for mutant in mutate.mutants(cell):
            cells = (*source.cells[:number], replace(cell, source=mutant.source), *source.cells[number + 1 :])
            verdict.mutants += 1
            if _is_killed(replace(source, cells=cells), scratch, patience):
                verdict.killed += 1
            elif unlisted.pop((mutant.of, mutant.change), None) is None:
                verdict.problems.append(f"`{mutant.of}` may be changed unnoticed: {mutant.change}")
    for of, change in unlisted:
        verdict.problems.append(
            f"equivalent.toml lists a change of `{of}` that is noticed or not made: {change}"
        )


def _is_killed(source: Source, scratch: Path, seconds: float) -> bool:
    """Whether the tests of a changed reference notice it."""

    def ring(number: int, frame: Any) -> None:
        raise Killed

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results = run(source, scratch, Killer())
    except Killed:
        return True
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return not all(result.passed for result in results if result.cell.points)


def _failures(
    source: Source, scratch: Path, checker: Checker, mistake: Misconception, *, hidden: bool
) -> list[CellResult]:
    results = run(source, scratch, checker, replace={mistake.of: mistake.function}, hidden=hidden)
    return [r for r in results if r.cell.kind == "tests" and r.cell.of == mistake.of and not r.passed]


def _is_named(mistake: Misconception, failures: list[CellResult]) -> bool:
    return any(re.search(rf"\b{mistake.name}: ", failure.message) for failure in failures)
