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
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

MAX_BYTES = 64 * 2**20  # of one message
MAX_JSON = 8 * 2**20  # of its JSON; parsed, it takes some thirty times as much
MAX_DEPTH = 40
LONG_TEXT = 1000  # letters from which on a text travels beside the JSON
MAX_KEYS = 5000  # of a dict, unless they are texts or small: other numbers can be chosen to collide
MAX_DIGITS = 1000
MAX_FIELDS = 50  # of a named tuple
PLAIN_KINDS = "biufcSUmM"  # NumPy's letters for types that hold no objects
AT_ONCE = 2**20  # bytes to send or receive in one call
FEW = 2**16  # bytes to take from the socket where fewer are asked for
HEAD = struct.Struct("!QI")  # bytes of the whole message, bytes of its JSON

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
    packer = _PACK.get(type(value), _pack_rarer)
    return packer(value, blobs, foreign, depth + 1)


def _pack_items(items: Iterable[Any], blobs: list[bytes], foreign: Foreign, depth: int) -> list[Any]:
    return [pack(item, blobs, foreign, depth) for item in items]


def _pack_text(value: str, blobs: list[bytes], foreign: Foreign, depth: int) -> Any:
    return value if len(value) < LONG_TEXT else {"str": _blob(value.encode("utf-8", "surrogatepass"), blobs)}


def _pack_dict(value: dict[Any, Any], blobs: list[bytes], foreign: Foreign, depth: int) -> dict[str, Any]:
    return {"dict": [_pack_items(pair, blobs, foreign, depth + 1) for pair in value.items()]}


def _pack_rarer(value: Any, blobs: list[bytes], foreign: Foreign, depth: int) -> Any:
    """What is of a kind of its own: subclasses of plain types cross as these, the rest as references."""
    if isinstance(value, np.ndarray | np.generic):
        return _pack_array(value, blobs, foreign, depth)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        fields = list(map(str, value._fields))
        return {"named": [type(value).__name__, fields, _pack_items(value, blobs, foreign, depth)]}
    if isinstance(value, dict):
        about = {} if foreign is refuse else foreign(value)
        if "yours" in about:
            return {"ref": about}
        content = _pack_dict(value, blobs, foreign, depth)
        return {"ref": about | {"content": content}} if about else content
    for base in (bool, int, float, str):  # such as an IntEnum
        if isinstance(value, base):
            return pack(base(value), blobs)
    return {"ref": foreign(value)}


def _blob(data: bytes, blobs: list[bytes]) -> int:
    blobs.append(data)
    return len(blobs) - 1


def _digits(value: int) -> str:
    if value.bit_length() > 3 * MAX_DIGITS:
        raise LinkError(f"a whole number of more than {MAX_DIGITS} digits cannot be handed over")
    return str(value)


def _pack_array(
    value: np.ndarray | np.generic, blobs: list[bytes], foreign: Foreign, depth: int
) -> dict[str, Any]:
    array = np.asarray(value)
    if array.dtype.kind not in PLAIN_KINDS:
        raise LinkError(f"an array of type {array.dtype} cannot be handed over; one of numbers or text can")
    axes = _in_memory(array)
    kind = "array" if isinstance(value, np.ndarray) else "scalar"
    blob = _blob(array.transpose(axes).tobytes(), blobs)
    return {kind: [blob, array.dtype.str, array.shape, axes, array.flags.writeable]}


def _in_memory(array: np.ndarray) -> list[int]:
    """The axes of an array from the one whose neighbours lie farthest apart in memory to the nearest."""
    axes = list(range(array.ndim))
    return axes if array.flags.c_contiguous else sorted(axes, key=lambda axis: -abs(array.strides[axis]))


_PACK: dict[type, Callable[[Any, list[bytes], Foreign, int], Any]] = {
    type(None): lambda value, *_: value,
    bool: lambda value, *_: value,
    bytearray: lambda value, blobs, *_: {"bytearray": _blob(bytes(value), blobs)},
    bytes: lambda value, blobs, *_: {"bytes": _blob(value, blobs)},
    complex: lambda value, *about: {"complex": _pack_items((value.real, value.imag), *about)},
    dict: _pack_dict,
    float: lambda value, *_: value if math.isfinite(value) else {"f": repr(value)},
    frozenset: lambda value, *about: {"frozenset": _pack_items(value, *about)},
    int: lambda value, *_: value if -(2**53) < value < 2**53 else {"i": _digits(value)},
    list: _pack_items,
    np.ndarray: _pack_array,
    range: lambda value, *about: {"range": _pack_items((value.start, value.stop, value.step), *about)},
    set: lambda value, *about: {"set": _pack_items(value, *about)},
    slice: lambda value, *about: {"slice": _pack_items((value.start, value.stop, value.step), *about)},
    str: _pack_text,
    tuple: lambda value, *about: {"tuple": _pack_items(value, *about)},
    type(...): lambda *_: {"ellipsis": None},
}


def unpack(node: Any, blobs: list[bytes], resolve: Resolve, depth: int = 0) -> Any:
    """The value of what `pack` made. Raises `LinkError` for anything that it could not have made."""
    if depth > MAX_DEPTH:
        raise LinkError("data nested too deep")
    kind = type(node)
    if kind is list:
        return [unpack(item, blobs, resolve, depth + 1) for item in node]
    if kind is not dict:
        return node
    try:
        ((name, body),) = node.items()
        if name == "ref":
            if "content" in body:
                body = body | {"content": unpack(body["content"], blobs, resolve, depth + 1)}
            return resolve(body)
        return _UNPACK[name](body, blobs, resolve, depth + 1)
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


@functools.lru_cache(maxsize=64)
def _plain_type(name: str) -> np.dtype[Any]:
    dtype = np.dtype(name)
    if dtype.kind not in PLAIN_KINDS or dtype.hasobject:
        raise ValueError(name)
    return dtype


def _unpack_array(body: Any, blobs: list[bytes], resolve: Resolve, depth: int) -> np.ndarray:
    blob, name, shape, axes, writeable = body
    dtype, sizes, order = _plain_type(str(name)), [int(size) for size in shape], list(range(len(shape)))
    if min(sizes, default=0) < 0 or sorted(axes) != order:
        raise ValueError(shape)
    array = np.frombuffer(_take(blob, blobs), dtype) if math.prod(sizes) else np.empty(0, dtype)
    if axes == order:
        array = array.reshape(sizes).copy()
    else:
        array = array.reshape([sizes[axis] for axis in axes])
        array = array.transpose([axes.index(axis) for axis in order]).copy(order="K")
    if writeable is not True:
        array.flags.writeable = False
    return array


def _unpack_digits(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError("too many digits")
    return int(digits)


def _unpack_items(body: Any, blobs: list[bytes], resolve: Resolve, depth: int) -> list[Any]:
    return [unpack(item, blobs, resolve, depth) for item in body]


def _unpack_complex(body: Any, *about: Any) -> complex:
    real, imaginary = _unpack_items(body, *about)
    if not type(real) is type(imaginary) is float:
        raise TypeError
    return complex(real, imaginary)


def _unpack_named(body: Any, *about: Any) -> tuple[Any, ...]:
    """A named tuple of the same names, so that a cache comes back to its owner as it was."""
    name, fields, items = body
    if len(fields) > MAX_FIELDS or not all(
        type(text) is str and len(text) < LONG_TEXT for text in [name, *fields]
    ):
        raise ValueError("odd names")
    made: tuple[Any, ...] = collections.namedtuple(name, fields)(*_unpack_items(items, *about))
    return made


def _is_text_or_small(key: Any) -> bool:
    return isinstance(key, str) or (type(key) is int and abs(key) < 2**31)


def _unpack_dict(body: Any, blobs: list[bytes], resolve: Resolve, depth: int) -> dict[Any, Any]:
    if len(body) > MAX_KEYS and not all(_is_text_or_small(key) for key, _ in body):
        raise ValueError("too many keys")
    return {unpack(k, blobs, resolve, depth): unpack(v, blobs, resolve, depth) for k, v in body}


_UNPACK: dict[str, Callable[[Any, list[bytes], Resolve, int], Any]] = {
    "array": _unpack_array,
    "bytearray": lambda body, blobs, *_: bytearray(_take(body, blobs)),
    "bytes": lambda body, blobs, *_: _take(body, blobs),
    "complex": _unpack_complex,
    "dict": _unpack_dict,
    "ellipsis": lambda *_: ...,
    "f": lambda body, *_: {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[body],
    "frozenset": lambda *about: frozenset(_unpack_items(*about)),
    "i": lambda body, *_: _unpack_digits(str(body)),
    "named": _unpack_named,
    "range": lambda *about: range(*_unpack_items(*about)),
    "scalar": lambda *about: _unpack_array(*about)[()],
    "set": lambda *about: set(_unpack_items(*about)),
    "slice": lambda *about: slice(*_unpack_items(*about)),
    "str": lambda body, blobs, *_: _take(body, blobs).decode("utf-8", "surrogatepass"),
    "tuple": lambda *about: tuple(_unpack_items(*about)),
}


class Channel:
    """One end of the link: sends and receives whole messages."""

    def __init__(self, end: socket.socket) -> None:
        """Take one end of a connected pair of stream sockets."""
        self.end = end
        self.end.setblocking(True)
        self._arrived = bytearray()  # and not received as a message yet

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
            try:
                rest = rest[self.end.send(rest[:AT_ONCE], self._flags(deadline)) :]
            except BlockingIOError:
                self._wait(deadline, writing=True)
            except OSError:
                raise LinkClosed from None

    def receive(self, resolve: Resolve, deadline: float | None = None) -> Any:
        """Wait for one message until `deadline` (of `time.monotonic`)."""
        self._await(HEAD.size, deadline)
        size, head_size = HEAD.unpack_from(self._arrived)
        if size > MAX_BYTES or head_size > min(size, MAX_JSON):
            raise LinkError("a message larger than allowed")
        self._await(HEAD.size + size, deadline)
        body = bytes(memoryview(self._arrived)[HEAD.size : HEAD.size + size])
        del self._arrived[: HEAD.size + size]
        try:
            node, lengths = json.loads(str(body[:head_size], "utf-8"))
            if any(type(length) is not int or length < 0 for length in lengths):
                raise ValueError(lengths)
            ends = list(itertools.accumulate(lengths, initial=head_size))
            if ends[-1] != size:
                raise ValueError(lengths)
        except (ValueError, TypeError, RecursionError):
            raise LinkError("a message that is not in the link's format") from None
        return unpack(node, [body[start:end] for start, end in itertools.pairwise(ends)], resolve)

    def _await(self, count: int, deadline: float | None) -> None:
        """Return when at least `count` bytes have arrived; those that have at the deadline stay for later."""
        while len(self._arrived) < count:
            if deadline is not None:
                self._wait(deadline)
            try:
                missing = count - len(self._arrived)
                part = self.end.recv(min(max(missing, FEW), AT_ONCE), self._flags(deadline))
            except BlockingIOError:
                continue
            except OSError:
                raise LinkClosed from None
            if not part:
                raise LinkClosed
            self._arrived += part

    def _flags(self, deadline: float | None) -> int:
        return 0 if deadline is None else socket.MSG_DONTWAIT

    def _wait(self, deadline: float | None, *, writing: bool = False) -> None:
        """Return when the socket is ready; raises `LinkTimeout` at the deadline."""
        if deadline is None:
            return
        ends = [self.end]
        left = deadline - time.monotonic()
        if left <= 0 or not any(select.select([] if writing else ends, ends if writing else [], [], left)):
            raise LinkTimeout
