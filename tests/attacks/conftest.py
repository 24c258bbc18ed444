"""One warm sandbox and one graded class for all attacks, and the table at the end."""

from __future__ import annotations

import contextlib
import json
import re
import resource
import shutil
import socket
import time
import warnings
from pathlib import Path

import nbformat
import psutil
import pytest
from attack import (
    LIMITS,
    SECRET,
    SOLVED,
    Attack,
    Graded,
    Handed,
    Kit,
    Memory,
    descendants,
    described,
    resident,
    usual,
)
from places import HIDDEN_TEST, fingerprints, made_course, make_outside
from summary import note

import layerbook.exercises.check as check_module
from layerbook.engine.exam import Exam, packed
from layerbook.engine.worker import Worker
from layerbook.grading import grade as grading
from layerbook.grading.results import run_of

LARGEST_OUTPUT = 5 * LIMITS.output  # of one cell, with all that is around the text
SPARE_MEMORY = 300_000_000
LARGEST_FILE = 100_000_000  # no file of a class is larger; a guard for the machine that runs this
PAGES = ("links", "reading", "shadowed", "stale")  # families whose feedback pages are made and read
SLACK = 3  # on a busy machine; what matters is that the time is bounded


@pytest.fixture(autouse=True)
def _counted(request):
    """Have the summary count every attack."""
    attack = getattr(request.node, "callspec", None) and next(
        iter(request.node.callspec.params.values()), None
    )
    if isinstance(attack, Attack | Handed):
        note(request.node, Path(request.node.path).stem.removeprefix("test_"), attack.name)


class Arena:
    """A warm worker in which one attack after another runs, each followed by an honest victim."""

    def __init__(self, worker: Worker, outside: Path) -> None:
        self.worker, self.outside = worker, outside
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.local = socket.socket(socket.AF_UNIX)
        self.local.bind(str(outside / "door"))
        self.local.listen()
        self.local.setblocking(False)
        self.before = fingerprints(outside)
        self.warm_up()

    def warm_up(self) -> None:
        """Start the worker, and note what it has by itself."""
        self.run(Attack("honest", SOLVED))
        self.processes = usual()
        self.base = max(resident(process) for process in psutil.Process().children(recursive=True))

    def run(self, attack: Attack) -> dict:
        """The report of one attack."""
        words = {"OUTSIDE": str(self.outside), "PORT": str(self.listener.getsockname()[1])}
        cells = attack.cells()
        for word, value in words.items():
            cells = [{**c, "source": c["source"].replace(word, value)} for c in cells]
        known = {
            "f | halves": [
                {
                    "of": "f",
                    "name": "zebra-1666",
                    "message": "zebra-1777",
                    "read": "",
                    "outcome": {"value": []},
                }
            ]
        }
        files = {"check.py": Path(check_module.__file__).read_bytes(), "numbers.txt": b"1 2 3\n"}
        return self.worker.run({"cells": cells, "exam": Exam.of(files, packed(known), cells)})

    def hold(self, attack: Attack) -> None:
        """Run an attack and assert that it was contained."""
        start = time.monotonic()
        with Memory(self.base) as memory:
            report = self.run(attack)
        seconds = time.monotonic() - start
        outputs = {outcome["id"]: outcome["outputs"] for outcome in report["cells"]}
        problems = [
            *(f"passed the test {name}" for name in passed(attack, outputs) if name not in attack.passes),
            *(f"{name}: {problem}" for name in outputs for problem in unfit(outputs[name])),
            *self.seen_outside(),
        ]
        if report["end"] not in attack.ends:
            problems.append(f"it ended as {report['end']!r}")
        if attack.says and not re.search(attack.says, json.dumps(outputs["attack"])):
            problems.append(f"it was not really tried: {json.dumps(outputs['attack'])[:2000]}")
        if seconds > SLACK * attack.seconds:
            problems.append(f"it took {seconds:.1f} s")
        if memory.largest > LIMITS.memory + SPARE_MEMORY:
            problems.append(f"{memory.largest / 1e6:.0f} MB were taken")
        left = descendants(self.processes)
        if len(left) > self.processes:
            problems.append(f"more than {self.processes} processes are left: {described(left)}")
        victim = Attack("victim", SOLVED, after="import os\nprint(os.listdir('/dev'), os.listdir('.'))")
        after = self.run(victim)
        right = passed(victim, {outcome["id"]: outcome["outputs"] for outcome in after["cells"]})
        if after["end"] or right != list(victim.tests):
            problems.append(f"the next submission has only {right}, end {after['end']!r}")
        if "leftover" in json.dumps(after):
            problems.append("the next submission sees what this one left")
        if problems:
            self.worker.close()  # the next attack gets a sandbox of its own
            self.warm_up()
        assert not problems, "\n".join(problems)

    def seen_outside(self) -> list[str]:
        """What changed in the folder outside, and who knocked at the door."""
        problems = [] if fingerprints(self.outside) == self.before else ["the folder outside has changed"]
        for door in (self.listener, self.local):
            with contextlib.suppress(BlockingIOError):
                door.accept()[0].close()
                problems.append("a connection reached this machine")
        return problems

    def close(self) -> None:
        """Let go of the doors."""
        self.listener.close()
        self.local.close()


def passed(attack: Attack, outputs: dict[str, list]) -> list[str]:
    """The tests that give points: no error, and no partial credit of 0."""
    good = []
    for name in attack.tests:
        results = [
            o["data"]["text/plain"] for o in outputs.get(name, []) if o["output_type"] == "execute_result"
        ]
        error = any(o["output_type"] == "error" for o in outputs.get(name, []))
        if name in outputs and not error and results != ["0"]:
            good.append(name)
    return good


def unfit(outputs: list) -> list[str]:
    """What is wrong with the outputs of one cell: leaks, size, form."""
    text = json.dumps(outputs, default=repr)
    problems = [f"leaked {found}" for found in re.findall(SECRET, text)[:1]]
    if len(text) > LARGEST_OUTPUT:
        problems.append(f"{len(text)} characters of output were kept")
    kinds = {kind for o in outputs if isinstance(o, dict) for kind in o.get("data") or ()}
    problems += [f"output of type {kind}" for kind in kinds - {"text/plain", "image/png"}]
    try:
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("")])
        made.cells[0].outputs = [nbformat.from_dict(output) for output in outputs]
        nbformat.validate(made)
        text.encode()
    except Exception as error:
        problems.append(f"outputs that are none: {type(error).__name__}: {str(error)[:100]}")
    return problems


@pytest.fixture(scope="session")
def arena(tmp_path_factory):
    """The engine, warm, with small limits."""
    outside = make_outside(tmp_path_factory.mktemp("arena") / "outside")
    with Worker(LIMITS) as worker:
        made = Arena(worker, outside)
        yield made
        made.close()


@pytest.fixture(scope="session")
def graded(request, tmp_path_factory):
    """The class: everything handed in by the tests that were collected, and one honest victim."""
    handed = [
        item.callspec.params.get("handed") for item in request.session.items if hasattr(item, "callspec")
    ]
    handed = [h for h in handed if h]
    before = psutil.Process().children(recursive=True)
    root = tmp_path_factory.mktemp("class")
    outside = make_outside(root / "outside")
    course = made_course(root / "project")
    submitted = course.root / "submitted"

    def hand_in(student: str, how) -> None:
        folder = submitted / student / "scaling"
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            path.unlink()
        how(Kit(folder, course, outside))

    def solved(kit: Kit) -> None:
        kit.write(kit.notebook(solved=True))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what hostile notebooks make nbformat say
        for student in ["victim", *(h.folder for h in handed if h.solved_before)]:
            hand_in(student, solved)
        first = {result.student: result.points for result in grading.grade_all(course, workers=2)}
        assert set(first.values()) == {10}, first
        shutil.rmtree(course.root / "autograded" / "victim")  # it is graded again among the others
        for one in handed:
            hand_in(one.folder, one.hand_in)
        watched = [course.root / "source", course.root / "release", submitted, outside]
        contents = [fingerprints(folder) for folder in watched]
        config = (course.root / "nbgrader_config.py").read_bytes()
        start = time.monotonic()
        with no_file_over(LARGEST_FILE):
            results = {result.student: result for result in grading.grade_all(course, workers=2)}
        seconds = time.monotonic() - start
        recorded = {result.student: result.points for result in grading.collect(course)}
    changed = [f.name for f, old in zip(watched, contents, strict=True) if fingerprints(f) != old]
    if config != (course.root / "nbgrader_config.py").read_bytes():
        changed.append("nbgrader_config.py")
    wrong = [s for s, result in results.items() if recorded.get(s) != result.points]
    problems = {
        "changed": changed,
        "recorded otherwise": wrong,
        "left": left(before),
        "leaked": leaks(course),
    }
    return Graded(course, results, seconds, problems)


@contextlib.contextmanager
def no_file_over(size: int):
    """Have writing fail beyond `size` bytes, so that a copy without end does not fill the disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def left(before: list[psutil.Process]) -> list[str]:
    """Processes that were not there before; the sandbox of this process itself is no leftover."""
    known = {process.pid for process in before}
    new = [p for p in psutil.process_iter(["cmdline"]) if "987654" in " ".join(p.info["cmdline"] or [])]
    tree = [p for p in psutil.Process().children(recursive=True) if p.pid not in known]
    return [f"{p.pid} {p.name()}" for p in [*new, *tree] if p.is_running()]


def leaks(course) -> list[str]:
    """Students in whose outputs, or feedback page, hidden tests or other people's secrets are to be read."""
    found = []
    for folder in (course.root / "autograded").iterdir():
        path = folder / "scaling" / "scaling.ipynb"
        if not path.is_file() or run_of(path) is None:
            continue
        cells = json.loads(path.read_text("utf-8"))["cells"]
        text = json.dumps([c.get("outputs") for c in cells])
        if folder.name.startswith(PAGES):
            with contextlib.suppress(Exception), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                course.generate_feedback("scaling", folder.name)
        for step in ("autograded", "feedback"):
            for file in (course.root / step / folder.name).rglob("*"):
                text += file.read_text("utf-8", "replace") if file.is_file() and file != path else ""
        if HIDDEN_TEST in text or re.search(SECRET, text) or "SQLite format" in text:
            found.append(folder.name)
    return found
