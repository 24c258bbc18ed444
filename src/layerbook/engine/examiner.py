"""The examiner process: runs the tests, and asks the learner process for everything that is the learner's."""

from __future__ import annotations

import builtins
import contextlib
import io
import marshal
import signal
import sys
import time
import traceback
import types
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from layerbook.engine.exam import Exam, Unpacked, compiled
from layerbook.engine.limits import Limits
from layerbook.engine.link import Channel, LinkClosed, LinkError, LinkTimeout
from layerbook.engine.outputs import Room
from layerbook.engine.peer import Peer, Remote
from layerbook.exercises import check as check_module
from layerbook.exercises.check import Checker

GRACE_SECONDS = 2.0  # for a cell that was told to stop


@dataclass
class CellOutcome:
    """What one cell gave: outputs in the notebook's format, and the seconds it took."""

    id: str
    outputs: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0


@dataclass
class Report:
    """What became of one submission; `end` is empty if all cells had their turn."""

    cells: list[CellOutcome] = field(default_factory=list)
    end: str = ""  # "timed out", "out of memory", "crashed"
    memory: int = 0  # bytes, the most that was seen

    def as_data(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


class CellTimeout(BaseException):
    """A cell ran longer than it may. No `except Exception` of a test swallows it."""


class Names(dict[str, Any]):
    """Globals of the tests: a name that is not here is looked up in the learner process.

    A name that the tests or the setup bind themselves never is, even where they have not come to bind it.
    What is a function or an object there is asked for once a cell, a value each time: a call may change it.
    """

    def __init__(self, peer: Peer, own: set[str]) -> None:
        """Ask `peer` for what is missing and not in `own`."""
        super().__init__(__name__="__main__", __builtins__=builtins, display=lambda *things: None)
        self._peer = peer
        self._own = own
        self._known: dict[str, Remote] = {}

    def forget(self) -> None:
        """Ask again for everything: the learner's code may have bound its names anew."""
        self._known.clear()

    def __missing__(self, name: str) -> Any:
        if name in self._own or hasattr(builtins, name):
            raise KeyError(name)
        if name in self._known:
            return self._known[name]
        try:
            value = self._peer.request("get_name", name)
        except NameError:
            raise KeyError(name) from None
        if isinstance(value, Remote):
            self._known[name] = value
        return value


class Examiner:
    """Runs the cells of one submission in order: the learner's there, the tests here, setup in both."""

    def __init__(
        self,
        channel: Channel,
        job: dict[str, Any],
        exam: Exam,
        limits: Limits,
        interrupt: Any,
        tell: Callable[[dict[str, Any]], object],
    ) -> None:
        """`interrupt(kill)` stops the cell that the learner process is running, or the process itself.

        If the job wants it, `tell` is given `{"cell": outcome}` as soon as a cell has run.
        """
        self.peer = Peer(channel, {"call": _call_back})
        self.names = Names(self.peer, set(exam.bound))
        self.job, self.exam = job, exam
        self.limits = limits
        self.interrupt = interrupt
        self.tell = tell
        self.room = Room(limits.output)
        self.end = time.monotonic() + limits.submission_seconds
        self.learner_lives = True
        self.report = Report()

    def run(self) -> Report:
        """Run everything; a learner process that ends early costs only the tests that need it."""
        checker = Checker(Unpacked(self.exam.known))
        module = types.ModuleType("check")
        module.__dict__.update(vars(check_module), check=checker.check, hidden_check=checker.hidden_check)
        sys.modules["check"] = module
        self._ask("write_files", self.exam.files, seconds=self.limits.cell_seconds)
        for cell in self.job["cells"]:
            start = time.monotonic()
            outcome = CellOutcome(cell["id"])
            seconds = self._seconds_left()
            if seconds <= 0:
                self.report.end = "timed out"
                outcome.outputs = [_error("Timeout", "the submission as a whole took too long", [])]
            else:
                outcome.outputs = self._run_cell(cell, seconds)
            outcome.seconds = round(time.monotonic() - start, 4)
            self.report.cells.append(outcome)
            if self.job.get("tells"):
                self.tell({"cell": asdict(outcome)})
        if self.job.get("again") and not self.report.end:
            self._try_failed_again()
        return self.report

    def _seconds_left(self) -> float:
        """For the next cell."""
        return min(self.limits.cell_seconds, self.end - time.monotonic())

    def _try_failed_again(self) -> None:
        """Run the cells once more where a test failed: its solution may have been moved below it."""
        outcomes = {outcome.id: outcome for outcome in self.report.cells}
        failed = {o.id for o in self.report.cells if any(x["output_type"] == "error" for x in o.outputs)}
        failed &= {cell["id"] for cell in self.job["cells"] if cell["kind"] == "tests"}
        for cell in self.job["cells"]:
            if failed and (cell["kind"] == "learner" or cell["id"] in failed) and self._seconds_left() > 0:
                outcomes[cell["id"]].outputs = self._run_cell(cell, self._seconds_left())

    def _run_cell(self, cell: dict[str, Any], seconds: float) -> list[dict[str, Any]]:
        if cell["kind"] == "tests" and self.job.get("tests_in") == "learner":
            return Room(self.limits.output).clean(self._ask("run_cell", cell["source"], seconds=seconds))
        if cell["kind"] == "tests":
            # Room of its own: however much the learner's cells printed, the test's result is not cut.
            return Room(self.limits.output).clean(self._run_here(cell, seconds))
        outputs = self._ask("run_cell", cell["source"], seconds=seconds)
        if cell["kind"] == "setup":
            outputs = self._run_here(cell, seconds)
        return self.room.clean(outputs)

    def _ask(self, operation: str, argument: Any, *, seconds: float) -> Any:
        """Have the learner process do something long; what it gives, or why it gave nothing."""
        if not self.learner_lives:
            return [_error("LearnerEnded", "the process that runs this notebook had ended", [])]
        self.peer.deadline = time.monotonic() + seconds
        try:
            return self.peer.request(operation, argument)
        except LinkTimeout:
            return self._stop_cell()
        except LinkClosed:
            return self._ended()
        except Exception as error:  # what the learner's process sends is not trusted
            return [_error(type(error).__name__, str(error), [])]

    def _stop_cell(self) -> Any:
        self.report.end = "timed out"
        timeout = [_error("Timeout", "this cell took too long and was stopped", [])]
        if not self.peer.waiting:
            return timeout  # the time went into the test itself; nothing of the learner's is running
        self.interrupt(kill=False)
        self.peer.waiting = 0
        self.peer.deadline = time.monotonic() + GRACE_SECONDS
        try:
            while True:  # the reply to the request that was given up
                kind, *_ = self.peer._receive()
                if kind in ("done", "raised"):
                    break
        except (LinkTimeout, LinkError):
            self.interrupt(kill=True)
            self.learner_lives = False
        except LinkClosed:
            self.learner_lives = False
        return timeout

    def _ended(self) -> Any:
        self.learner_lives = False
        self.report.end = self.report.end or "crashed"
        return [_error("LearnerEnded", "this cell ended the process that runs the notebook", [])]

    def _run_here(self, cell: dict[str, Any], seconds: float) -> list[dict[str, Any]]:
        """Run trusted code in this process."""
        out, err = io.StringIO(), io.StringIO()
        outputs: list[dict[str, Any]] = []
        self.names.forget()
        self.peer.deadline = time.monotonic() + seconds
        try:
            with _alarm(seconds), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                value = self._execute(cell["source"])
                if value is not None:
                    outputs.append(_result(value))
        except (LinkTimeout, CellTimeout):
            outputs = self._stop_cell() if self.learner_lives else [_error("Timeout", "it took too long", [])]
        except LinkClosed:
            outputs = self._ended()
        except BaseException as error:
            outputs = [_error(type(error).__name__, _text(error), _lines(error))]
        if self.job.get("stderr_counts") and self.learner_lives:
            err.write(str(self._ask("stderr_of_calls", "", seconds=GRACE_SECONDS)))
        for name, text in (("stderr", err.getvalue()), ("stdout", out.getvalue())):
            if text:
                outputs.insert(0, {"output_type": "stream", "name": name, "text": text})
        return outputs

    def _execute(self, source: str) -> Any:
        """Run a cell; the value of its last expression, as in a notebook, unless a semicolon hides it."""
        shown, body, ends = marshal.loads(self.exam.code.get(source) or compiled(source))  # noqa: S302
        exec(body, self.names)  # noqa: S102  the course's own tests
        values = [eval(end, self.names) for end in ends]  # noqa: S307
        return values[0] if shown else None


def _call_back(function: Any, args: list[Any], kwargs: dict[str, Any]) -> tuple[Any, dict[Any, Any]]:
    """The learner's code calls a function that a test gave it."""
    if not callable(function):
        raise LinkError("only functions can be called")
    return function(*args, **kwargs), {}


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    def ring(number: int, frame: Any) -> None:
        raise CellTimeout

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _text(error: BaseException) -> str:
    try:
        return str(error)[:4000]
    except Exception:
        return "(its message cannot be shown)"


def _lines(error: BaseException) -> list[str]:
    """What a person reads below the cell: a failed check speaks for itself."""
    if hasattr(error, "_render_traceback_"):
        return list(error._render_traceback_())
    return traceback.format_exception_only(error)


def _result(value: Any) -> dict[str, Any]:
    """A test's value, which may be its partial credit; an object of the learner's has no say in that."""
    data = {"text/plain": object.__repr__(value) if isinstance(value, Remote) else repr(value)[:4000]}
    return {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": None}


def _error(name: str, message: str, lines: list[str]) -> dict[str, Any]:
    shown = lines or [f"{name}: {message}"]
    return {"output_type": "error", "ename": name, "evalue": message, "traceback": shown}
