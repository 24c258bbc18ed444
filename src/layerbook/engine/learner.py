"""The learner process: runs the learner's cells and answers the examiner. Nothing in it is trusted."""

from __future__ import annotations

import base64
import contextlib
import io
import os
import re
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from matplotlib_inline.config import InlineBackend
from traitlets.config import Config

from layerbook.engine.limits import Limits
from layerbook.engine.link import Channel, LinkClosed, pack
from layerbook.engine.peer import Peer
from layerbook.exercises import check

CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "__bool__": bool,
    "__float__": float,
    "__int__": int,
    "__len__": len,
    "__repr__": repr,
    "__str__": str,
}
CHECK = Path(check.__file__).read_bytes()
# Signs of a magic, a call of the shell, a question, a pasted prompt, or a cell that begins further right.
# A line by itself may also be a magic without its sign.
MAYBE_IPYTHON = re.compile(r"[%!?]|^[ \t]*(?:[,;/]|In \[|>>>|\.\.\.)|\A\s", re.MULTILINE)
CUT = "\n[the rest of this output was cut]\n"


class LearnerShell(InteractiveShell):
    """IPython's shell without terminal, history or windows."""

    def enable_gui(self, gui: str | None = None) -> None:
        """Figures are drawn inline; there is no event loop to enable."""

    def transform_cell(self, raw_cell: str) -> str:
        """Lines that cannot be IPython's stay as they are; looking closer takes longer than running them."""
        if (
            "\n" in raw_cell.strip()
            and not MAYBE_IPYTHON.search(raw_cell)
            and not self.input_transformers_post
        ):
            return raw_cell if raw_cell.endswith("\n") else f"{raw_cell}\n"
        return str(super().transform_cell(raw_cell))  # type: ignore[no-untyped-call]

    def ask_exit(self) -> None:
        """`exit()` in a cell ends nothing; the cells after it have their turn."""


def make_shell() -> InteractiveShell:
    """The shell in which a submission's cells run, figures inline, no colours and no history."""
    no_file = Config({"HistoryManager": {"enabled": False, "hist_file": ":memory:"}})  # forks would share it
    shell = LearnerShell.instance(colors="nocolor", config=no_file)
    shell.enable_matplotlib("inline")  # type: ignore[no-untyped-call]
    # Matplotlib draws what is open after each cell; later than IPython, which shows and closes all figures.
    plt.uninstall_repl_displayhook()
    plt.install_repl_displayhook()
    # Else every figure is drawn twice, first to find out what of its edges is empty.
    InlineBackend.instance().print_figure_kwargs = {"bbox_inches": None}  # type: ignore[dict-item]
    return shell


def load_check(folder: str) -> types.ModuleType:
    """The module `check.py` as if it lay in `folder`: loaded once, it need not be by each learner process."""
    sys.modules["check"] = module = types.ModuleType("check")  # where its dataclasses look for it
    module.__file__ = str(Path(folder) / "check.py")
    exec(compile(CHECK, "check.py", "exec"), module.__dict__)  # noqa: S102  our own
    return sys.modules.pop("check")


class CappedText(io.StringIO):
    """Text output that keeps no more than so many characters."""

    def __init__(self, room: int) -> None:
        """Keep `room` characters."""
        super().__init__()
        self.room = room

    def write(self, text: str) -> int:
        """Keep what fits."""
        if self.room > 0:
            super().write(text[: self.room])
            if len(text) > self.room:
                super().write(CUT)
        self.room -= len(text)
        return len(text)


class Learner:
    """An IPython shell that the examiner drives."""

    def __init__(
        self, shell: InteractiveShell, channel: Channel, limits: Limits, check: types.ModuleType | None = None
    ) -> None:
        """Run cells in `shell`; `check` is `check.py` of the folder to work in, if that is loaded already."""
        self.shell = shell
        self.check = check
        self.limits = limits
        self.stderr = CappedText(limits.output)
        self.peer = Peer(
            channel,
            {
                "call": self.call,
                "get_attribute": getattr,
                "get_name": self.get_name,
                "run_cell": self.run_cell,
                "set_attribute": setattr,
                "special": self.special,
                "stderr_of_calls": self.stderr_of_calls,
                "write_files": self.write_files,
            },
            catches=BaseException,  # `sys.exit()` in a function, or the interrupt that ends an endless one
            keeps_dicts=True,
        )

    def serve(self) -> None:
        """Answer until the examiner ends."""
        with contextlib.suppress(LinkClosed):
            self.peer.serve()

    def write_files(self, files: dict[str, bytes]) -> None:
        """Put the exercise's data into the working folder."""
        for name, content in files.items():
            with open(name, "wb") as file:  # noqa: PTH123
                file.write(content)
        if self.check and files.get("check.py") == CHECK:
            sys.modules["check"] = self.check

    def run_cell(self, source: str) -> list[dict[str, Any]]:
        """Run one cell; returns its outputs in the notebook's format, cut to what may be kept."""
        outputs: list[dict[str, Any]] = []
        with self._captured(outputs) as error:
            self.shell.run_cell(source, store_history=False)  # type: ignore[no-untyped-call]
        return outputs + error

    @contextlib.contextmanager
    def _captured(self, outputs: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
        out, err = CappedText(self.limits.output), CappedText(self.limits.output)
        error: list[dict[str, Any]] = []

        def show_error(kind: type, value: BaseException, lines: list[str]) -> None:
            error.append(_error(kind.__name__, value, lines))

        def publish(data: dict[str, Any], metadata: Any = None, **_ignored: Any) -> None:
            outputs.append({"output_type": "display_data", "data": _texts(data), "metadata": {}})

        self.shell._showtraceback = show_error  # type: ignore[method-assign, assignment]
        self.shell.display_pub.publish = publish  # type: ignore[method-assign, assignment]
        trap = self.shell.display_trap
        before, trap.hook = trap.hook, lambda value=None: self._show_result(value, outputs)
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                yield error
        finally:
            trap.hook = before
        for name, text in (("stdout", out.getvalue()), ("stderr", err.getvalue())):
            if text:
                outputs.insert(0, {"output_type": "stream", "name": name, "text": text})

    def _show_result(self, value: Any, outputs: list[dict[str, Any]]) -> None:
        if value is not None:
            data, _ = self.shell.display_formatter.format(value)  # type: ignore[union-attr]
            result = {"output_type": "execute_result", "data": _texts(data), "metadata": {}}
            outputs.append({**result, "execution_count": None})

    def get_name(self, name: str) -> Any:
        """The value of a global name of the learner's."""
        if name not in self.shell.user_ns:
            raise NameError(f"name {name!r} is not defined")
        return self.shell.user_ns[name]

    def call(self, function: Any, args: list[Any], kwargs: dict[str, Any]) -> tuple[Any, dict[Any, Any]]:
        """Call a function; returns its value, and the arguments that it changed in place."""
        given: dict[Any, Any] = {**dict(enumerate(args)), **kwargs}
        mutable: dict[Any, Any] = {
            k: v for k, v in given.items() if isinstance(v, np.ndarray | list | dict | set | bytearray)
        }
        before = {key: self._image(value) for key, value in mutable.items()}
        with contextlib.redirect_stderr(self.stderr):
            value = function(*args, **kwargs)
        return value, {k: v for k, v in mutable.items() if self._image(v) != before[k]}

    def stderr_of_calls(self, _nothing: str) -> str:
        """Whether functions that tests called wrote to stderr since this was asked last, in a few words."""
        wrote = bool(self.stderr.getvalue())
        self.stderr = CappedText(self.limits.output)
        return "the notebook's functions wrote to stderr\n" if wrote else ""

    def _image(self, value: Any) -> tuple[Any, ...]:
        """What is equal before and after a call exactly if the value did not change."""
        if type(value) is np.ndarray and not value.dtype.hasobject:
            return value.dtype, value.shape, value.strides, value.flags.writeable, value.tobytes()
        blobs: list[bytes] = []
        return repr(pack(value, blobs, self.peer.hand_out)), blobs

    def special(self, thing: Any, name: str, arguments: list[Any]) -> Any:
        """Call a special method, such as `__getitem__`, by way of its operator."""
        if name == "__iter__":
            return list(thing)
        return CONVERSIONS[name](thing) if name in CONVERSIONS else getattr(thing, name)(*arguments)


def _texts(data: dict[str, Any]) -> dict[str, str]:
    """The parts of a display that a notebook can show to a person: text and PNG images."""
    kept = {k: v for k, v in data.items() if k in ("text/plain", "image/png") and isinstance(v, str | bytes)}
    return {k: v if isinstance(v, str) else _base64(v) for k, v in kept.items()}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _error(name: str, value: BaseException, lines: list[str]) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": str(value)[:4000], "traceback": lines[-60:]}


def silence_file_descriptors() -> None:
    """Let what is written past `sys.stdout`, and what is read from the keyboard, go nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
