"""The link between examiner and learner: messages of plain data, bounded in size and depth, with a deadline.

Plain data are None, booleans, numbers, strings, bytes, lists, tuples, dicts, sets, ranges, slices, and NumPy
arrays and scalars of plain types. Anything else crosses as a reference, if the sending side chooses so.
Nothing is ever unpickled. What arrives takes memory in proportion to what was sent: the JSON is kept small
(long text travels beside it, like arrays), and each stretch of bytes is used once.
"""

from __future__ import annotations

import collections
import functools
import itertools
import json
import math
import select
import socket
import struct
import time
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

MAX_BYTES = 64 * 2**20  # of one message
MAX_JSON = 8 * 2**20  # of its JSON; parsed, it takes some thirty times as much
MAX_DEPTH = 40
LONG_TEXT = 1000  # letters from which on a text travels beside the JSON
MAX_KEYS = 5000  # of a dict, unless they are texts or small: other numbers can be chosen to collide
MAX_DIGITS = 1000
MAX_FIELDS = 50  # of a named tuple
PLAIN_KINDS = "biufcSUmM"  # NumPy's letters for types that hold no objects
HEAD = struct.Struct("!QI")  # bytes of the whole message, bytes of its JSON

T = TypeVar("T")
Foreign = Callable[[Any], dict[str, Any]]
Resolve = Callable[[dict[str, Any]], Any]


class LinkError(Exception):
    """The other side sent, or was to be sent, what may not cross."""


class LinkClosed(Exception):  # noqa: N818  an end, not a mistake
    """The other side has ended."""


class LinkTimeout(Exception):  # noqa: N818
    """The other side did not answer by the deadline."""


def refuse(value: Any) -> dict[str, Any]:
    """Let nothing but plain data cross."""
    raise LinkError(f"a value of type {type(value).__name__} cannot be handed over; only plain data can")


def pack(value: Any, blobs: list[bytes], foreign: Foreign = refuse, depth: int = 0) -> Any:
    """`value` as JSON; bytes of arrays go to `blobs`, and `foreign` makes references of what is not plain."""
    if depth > MAX_DEPTH:
        raise LinkError(f"data nested deeper than {MAX_DEPTH} cannot be handed over")
    if value is None or type(value) is bool:
        return value
    if type(value) is str:
        return (
            value if len(value) < LONG_TEXT else {"str": _blob(value.encode("utf-8", "surrogatepass"), blobs)}
        )
    if type(value) is int:
        return value if abs(value) < 2**53 else {"i": _digits(value)}
    if type(value) is float:
        return value if math.isfinite(value) else {"f": repr(value)}
    if isinstance(value, np.ndarray | np.generic):
        return _pack_array(value, blobs)

    def inner(items: Any) -> list[Any]:
        return [pack(item, blobs, foreign, depth + 1) for item in items]

    kind = type(value)
    if kind is list:
        return inner(value)
    if kind in (tuple, set, frozenset):
        return {kind.__name__: inner(value)}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {"named": [kind.__name__, list(map(str, value._fields)), inner(value)]}
    if isinstance(value, dict):
        about = foreign(value) if kind is not dict and foreign is not refuse else {}
        if "yours" in about:
            return {"ref": about}
        content = {"dict": [inner(pair) for pair in value.items()]}
        return {"ref": about | {"content": content}} if about else content
    if kind in (bytes, bytearray):
        return {kind.__name__: _blob(bytes(value), blobs)}
    if kind is complex:
        return {"complex": inner((value.real, value.imag))}
    if kind in (range, slice):
        return {kind.__name__: inner((value.start, value.stop, value.step))}
    if value is ...:
        return {"ellipsis": None}
    if isinstance(value, bool | int | float | str):  # subclasses, such as an IntEnum
        return pack(next(b for b in (bool, int, float, str) if isinstance(value, b))(value), blobs)
    return {"ref": foreign(value)}


def _blob(data: bytes, blobs: list[bytes]) -> int:
    blobs.append(data)
    return len(blobs) - 1


def _digits(value: int) -> str:
    if value.bit_length() > 3 * MAX_DIGITS:
        raise LinkError(f"a whole number of more than {MAX_DIGITS} digits cannot be handed over")
    return str(value)


def _pack_array(value: np.ndarray | np.generic, blobs: list[bytes]) -> dict[str, Any]:
    array = np.asarray(value)
    if array.dtype.kind not in PLAIN_KINDS:
        raise LinkError(f"an array of type {array.dtype} cannot be handed over; one of numbers or text can")
    axes = _in_memory(array)
    kind = "array" if isinstance(value, np.ndarray) else "scalar"
    blob = _blob(array.transpose(axes).tobytes(), blobs)
    return {kind: [blob, array.dtype.str, list(array.shape), axes, array.flags.writeable]}


def _in_memory(array: np.ndarray) -> list[int]:
    """The axes of an array from the one whose neighbours lie farthest apart in memory to the nearest."""
    axes = list(range(array.ndim))
    return axes if array.flags.c_contiguous else sorted(axes, key=lambda axis: -abs(array.strides[axis]))


def unpack(node: Any, blobs: list[bytes], resolve: Resolve, depth: int = 0) -> Any:
    """The value of what `pack` made. Raises `LinkError` for anything that it could not have made."""
    if depth > MAX_DEPTH:
        raise LinkError("data nested too deep")
    if not isinstance(node, list | dict):
        return node
    if isinstance(node, list):
        return [unpack(item, blobs, resolve, depth + 1) for item in node]
    try:
        ((kind, body),) = node.items()
        if kind == "ref" and "content" in body:
            return resolve(body | {"content": unpack(body["content"], blobs, resolve, depth + 1)})
        if kind == "ref":
            return resolve(body)
        return _UNPACK[kind](body, blobs, lambda item: unpack(item, blobs, resolve, depth + 1))
    except LinkError:
        raise
    except Exception as error:  # many kinds: dtypes, shapes, keys that cannot be hashed, infinite sizes ...
        raise LinkError(f"malformed data: {type(error).__name__}") from None


def _take(blob: Any, blobs: list[bytes]) -> bytes:
    """Bytes that are used up with this: a reference to the same ones again finds none."""
    if type(blob) is not int or blob < 0:
        raise ValueError(blob)
    data, blobs[blob] = blobs[blob], b""
    return data


def _unpack_array(body: Any, blobs: list[bytes], inner: Any) -> np.ndarray:
    blob, name, shape, axes, writeable = body
    dtype, sizes = np.dtype(str(name)), [int(size) for size in shape]
    if (
        dtype.kind not in PLAIN_KINDS
        or dtype.hasobject
        or sorted(axes) != list(range(len(sizes)))
        or min(sizes, default=0) < 0
    ):
        raise ValueError(name)
    array = np.frombuffer(_take(blob, blobs), dtype) if math.prod(sizes) else np.empty(0, dtype)
    array = array.reshape([sizes[axis] for axis in axes])
    array = array.transpose([axes.index(axis) for axis in range(array.ndim)]).copy(order="K")
    array.flags.writeable = writeable is True
    return array


def _unpack_digits(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError("too many digits")
    return int(digits)


def _unpack_complex(body: Any, blobs: list[bytes], inner: Any) -> complex:
    real, imaginary = map(inner, body)
    if not type(real) is type(imaginary) is float:
        raise TypeError
    return complex(real, imaginary)


def _unpack_named(body: Any, blobs: list[bytes], inner: Any) -> tuple[Any, ...]:
    """A named tuple of the same names, so that a cache comes back to its owner as it was."""
    name, fields, items = body
    if len(fields) > MAX_FIELDS or not all(
        type(text) is str and len(text) < LONG_TEXT for text in [name, *fields]
    ):
        raise ValueError("odd names")
    made: tuple[Any, ...] = collections.namedtuple(name, fields)(*map(inner, items))
    return made


def _is_text_or_small(key: Any) -> bool:
    return isinstance(key, str) or (type(key) is int and abs(key) < 2**31)


def _unpack_dict(body: Any, blobs: list[bytes], inner: Any) -> dict[Any, Any]:
    if len(body) > MAX_KEYS and not all(_is_text_or_small(key) for key, _ in body):
        raise ValueError("too many keys")
    return {inner(key): inner(value) for key, value in body}


_UNPACK: dict[str, Callable[[Any, list[bytes], Any], Any]] = {
    "array": _unpack_array,
    "bytearray": lambda body, blobs, inner: bytearray(_take(body, blobs)),
    "bytes": lambda body, blobs, inner: _take(body, blobs),
    "complex": _unpack_complex,
    "dict": _unpack_dict,
    "ellipsis": lambda body, blobs, inner: ...,
    "f": lambda body, blobs, inner: {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[body],
    "frozenset": lambda body, blobs, inner: frozenset(map(inner, body)),
    "i": lambda body, blobs, inner: _unpack_digits(str(body)),
    "named": _unpack_named,
    "range": lambda body, blobs, inner: range(*map(inner, body)),
    "scalar": lambda body, blobs, inner: _unpack_array(body, blobs, inner)[()],
    "set": lambda body, blobs, inner: set(map(inner, body)),
    "slice": lambda body, blobs, inner: slice(*map(inner, body)),
    "str": lambda body, blobs, inner: _take(body, blobs).decode("utf-8", "surrogatepass"),
    "tuple": lambda body, blobs, inner: tuple(map(inner, body)),
}


class Channel:
    """One end of the link: sends and receives whole messages."""

    def __init__(self, end: socket.socket) -> None:
        """Take one end of a connected pair of stream sockets."""
        self.end = end
        self.end.setblocking(True)

    def send(self, message: Any, foreign: Foreign = refuse, deadline: float | None = None) -> None:
        """Send one message until `deadline`; raises `LinkError` if it is too large to be sent."""
        blobs: list[bytes] = []
        head = json.dumps([pack(message, blobs, foreign), [len(blob) for blob in blobs]]).encode()
        size = len(head) + sum(map(len, blobs))
        if size > MAX_BYTES:
            raise LinkError(f"{size} bytes are more than the {MAX_BYTES} that can be handed over at once")
        if len(head) > MAX_JSON:
            raise LinkError("too many separate values to be handed over at once; use an array")
        rest = memoryview(b"".join([HEAD.pack(size, len(head)), head, *blobs]))
        while rest:
            sent = self._at_once(deadline, functools.partial(self.end.send, rest[: 2**20]))
            if sent is None:
                self._wait(deadline, writing=True)
            else:
                rest = rest[sent:]

    def receive(self, resolve: Resolve, deadline: float | None = None) -> Any:
        """Wait for one message until `deadline` (of `time.monotonic`)."""
        size, head_size = HEAD.unpack(self._exactly(HEAD.size, deadline))
        if size > MAX_BYTES or head_size > min(size, MAX_JSON):
            raise LinkError("a message larger than allowed")
        body = self._exactly(size, deadline)
        try:
            node, lengths = json.loads(body[:head_size])
            if any(type(length) is not int or length < 0 for length in lengths):
                raise ValueError(lengths)
            ends = list(itertools.accumulate(lengths, initial=head_size))
            if ends[-1] != size:
                raise ValueError(lengths)
        except (ValueError, TypeError, RecursionError):
            raise LinkError("a message that is not in the link's format") from None
        return unpack(node, [body[start:end] for start, end in itertools.pairwise(ends)], resolve)

    def _exactly(self, count: int, deadline: float | None) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            size = min(count - len(parts), 2**20)
            part = self._at_once(deadline, functools.partial(self.end.recv, size))
            if part is None:
                self._wait(deadline)
            elif not part:
                raise LinkClosed
            else:
                parts += part
        return bytes(parts)

    def _at_once(self, deadline: float | None, work: Callable[[int], T]) -> T | None:
        """Send or receive with the socket's flags for `deadline`; None if the socket is not ready for it."""
        try:
            return work(0 if deadline is None else socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None
        except OSError:
            raise LinkClosed from None

    def _wait(self, deadline: float | None, *, writing: bool = False) -> None:
        """Return when the socket is ready; raises `LinkTimeout` at the deadline."""
        if deadline is None:
            return
        ends = [self.end]
        left = deadline - time.monotonic()
        if left <= 0 or not any(select.select([] if writing else ends, ends if writing else [], [], left)):
            raise LinkTimeout
