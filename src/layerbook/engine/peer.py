"""One side of a conversation over the link: asks for things, and does what it is asked while it waits."""

from __future__ import annotations

import builtins
import inspect
import traceback
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from layerbook.engine.link import Channel, LinkClosed, LinkError, LinkTimeout

LONGEST_TEXT = 4000  # of an exception's message
MISLEADING = (
    StopIteration,
    StopAsyncIteration,
)  # raised in a test's loop, they would end it early and unseen
SPECIAL = ("bool", "delitem", "float", "getitem", "int", "iter", "len", "repr", "setitem", "str")


class RemoteError(Exception):
    """Base of exceptions that came over the link and have no kind of their own on this side."""


class Remote:
    """Stands for a function, class or object of the other side.

    It can be called, indexed, and asked for attributes and text. It cannot be compared or calculated with:
    an object of the learner's could answer yes to everything.
    """

    def __init__(self, peer: Peer, number: int, about: dict[str, Any]) -> None:
        """Stand for the object that the other side keeps under `number`."""
        self.__dict__.update(_peer=peer, _number=number, __name__=str(about.get("name", "object")))
        if isinstance(about.get("parameters"), list):
            self.__dict__["__signature__"] = _signature(about["parameters"])

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it there; arguments that it changes in place change here."""
        value, changed = self._peer.request("call", self, list(args), kwargs)
        for key, new in changed.items():
            _change(args[key] if isinstance(key, int) else kwargs[key], new)
        return value

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._peer.request("get_attribute", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._peer.request("set_attribute", self, name, value)

    def __eq__(self, other: object) -> bool:
        """Whether both stand for the same object; what the other side thinks of equality is no evidence."""
        return isinstance(other, Remote) and other._number == self._number

    def __hash__(self) -> int:
        return hash(self._number)

    def __deepcopy__(self, memo: Any) -> Remote:
        return self


class Original(dict[Any, Any]):
    """A dict of the learner's own kind, as plain data; what goes back to the learner is the original itself.

    Unless it was changed here: then its content goes back.
    """

    def __init__(self, content: Any = (), number: int = 0) -> None:
        """Stand for the object that the other side keeps under `number`."""
        super().__init__(content)
        self.number, self.before = number, dict(self)

    def same(self) -> bool:
        """Whether it holds what it held when it came."""
        return self.keys() == self.before.keys() and all(self[key] is self.before[key] for key in self)


_KINDS = {
    kind.name: kind
    for kind in (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        inspect.Parameter.VAR_POSITIONAL,
        inspect.Parameter.KEYWORD_ONLY,
        inspect.Parameter.VAR_KEYWORD,
    )
}


def _special(name: str) -> Callable[..., Any]:
    def method(self: Remote, *args: Any) -> Any:
        value = self._peer.request("special", self, name, list(args))
        return iter(value) if name == "__iter__" else value

    return method


for _name in SPECIAL:
    setattr(Remote, f"__{_name}__", _special(f"__{_name}__"))


def _signature(parameters: list[Any]) -> inspect.Signature:
    """Names and kinds of parameters; what the defaults are stays on the other side."""
    return inspect.Signature([inspect.Parameter(str(name), _KINDS[kind]) for name, kind in parameters])


def _change(old: Any, new: Any) -> None:
    """Make `old` what `new` is, in place; subclasses of Python's own types cross as these."""
    if isinstance(old, np.ndarray) and isinstance(new, np.ndarray) and old.size == new.size:
        if old.shape != new.shape:
            try:
                old.resize(new.shape, refcheck=False)
            except ValueError:  # it is a part of another one, which has its shape
                raise LinkError("the shape of an argument was changed in place") from None
        old[...] = new
    elif isinstance(old, list | bytearray) and isinstance(new, list | bytearray):
        old[:] = new
    elif (isinstance(old, dict) and isinstance(new, dict)) or (isinstance(old, set) and isinstance(new, set)):
        old.clear()
        old.update(new)
        if isinstance(old, Original):  # its owner did that, so it is still the original
            old.before = dict(old)


class Peer:
    """Requests and replies over one channel; `operations` are what the other side may ask for.

    An operation's exception of kind `catches` goes to the other side, any other ends the conversation.
    """

    def __init__(
        self,
        channel: Channel,
        operations: dict[str, Callable[..., Any]],
        catches: type[BaseException] = Exception,
        *,
        keeps_dicts: bool = False,
    ) -> None:
        """Start with no objects handed out; a dict of a kind of its own is one if this side `keeps_dicts`."""
        self.channel = channel
        self.operations = operations
        self.catches = catches
        self.keeps_dicts = keeps_dicts
        self.objects: dict[int, Any] = {}
        self.deadline: float | None = None
        self.waiting = 0  # requests that have no answer yet

    def request(self, operation: str, *arguments: Any) -> Any:
        """Ask the other side, do what it asks meanwhile, and return or raise what it answers."""
        self.channel.send(["do", operation, list(arguments)], self.hand_out, self.deadline)
        self.waiting += 1
        while True:
            kind, *body = self._receive()
            if kind == "do":
                self._do(*body)
                continue
            self.waiting -= 1
            if kind == "done":
                return body[0]
            raise exception(*body)

    def serve(self) -> None:
        """Do one thing after another that the other side asks for, until it ends."""
        while True:
            kind, *body = self._receive()
            if kind == "do":
                self._do(*body)

    def _receive(self) -> list[Any]:
        message = self.channel.receive(self.take_in, self.deadline)
        if not (isinstance(message, list) and len(message) > 1):
            raise LinkError("a message that is neither request nor reply")
        return message

    def _do(self, operation: str, arguments: list[Any]) -> None:
        try:
            reply = ["done", self.operations[operation](*arguments)]
            self.channel.send(reply, self.hand_out, self.deadline)
        except (LinkClosed, LinkTimeout):
            raise
        except self.catches as error:
            self.channel.send(["raised", *describe(error)], deadline=self.deadline)

    def hand_out(self, value: Any) -> dict[str, Any]:
        """A reference to an object of this side, or the way back for one of the other's."""
        if isinstance(value, Remote):
            return {"yours": value._number}
        if isinstance(value, Original) and value.same():
            return {"yours": value.number}
        if isinstance(value, dict) and not self.keeps_dicts:
            return {}
        if isinstance(value, types.GeneratorType | types.AsyncGeneratorType | types.CoroutineType):
            raise LinkError(f"a {type(value).__name__} was handed over; make it a list or an array")
        number = id(value)
        self.objects[number] = value  # kept, so that the number stays its own
        if isinstance(value, dict):  # which may have attributes of its own that are none
            return {"mine": number, "name": type(value).__name__}
        about = {"mine": number, "name": getattr(value, "__name__", type(value).__name__)}
        try:
            parameters = inspect.signature(value).parameters.values() if callable(value) else None
            about["parameters"] = None if parameters is None else [[p.name, p.kind.name] for p in parameters]
        except (TypeError, ValueError):
            about["parameters"] = None
        return about

    def take_in(self, about: dict[str, Any]) -> Any:
        """The object that a reference from the other side means."""
        if "yours" in about:
            return self.objects[about["yours"]]
        if "content" in about:
            return Original(about["content"], int(about["mine"]))
        name = str(about["name"])
        kind = type(name if name.isidentifier() else "object", (Remote,), {})
        return kind(self, int(about["mine"]), about)


def describe(error: BaseException) -> tuple[str, str, str, str]:
    """An exception as data: its type, the nearest built-in type, its message, and the line that raised it."""
    known = (t.__name__ for t in type(error).__mro__ if vars(builtins).get(t.__name__) is t)
    try:
        message = str(error)[:LONGEST_TEXT]
    except Exception:
        message = "(its message cannot be shown)"
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "ipython-input" in f.filename]
    line = (frames[-1].line or "") if frames else ""
    return type(error).__name__, next(known, "Exception"), message, line.strip()


def exception(name: str, builtin: str, message: str, line: str) -> Exception:
    """The exception that `describe` described, of the same built-in type, to raise on this side."""
    base = vars(builtins).get(str(builtin), RemoteError)
    if not (isinstance(base, type) and issubclass(base, Exception)) or base in MISLEADING:
        base = RemoteError
    kind = type(str(name), (base,), {"__str__": lambda self: str(message), "learner_line": str(line)})
    error: Exception = kind.__new__(kind)  # type: ignore[call-overload]
    error.args = (str(message),)
    return error
