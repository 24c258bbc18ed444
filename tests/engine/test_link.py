"""The codec and the channel: what crosses comes out as it went in, and nothing else crosses."""

import copy
import json
import math
import pickle
import random
import socket
import struct
import threading
import time
from collections import Counter, namedtuple

import numpy as np
import pytest

from layerbook.engine import link
from layerbook.engine.link import Channel, LinkClosed, LinkError, LinkTimeout, refuse

Pair = namedtuple("Pair", "left right")


@pytest.fixture
def ends():
    """Both ends of a channel."""
    one, other = socket.socketpair()
    yield Channel(one), Channel(other)
    one.close()
    other.close()


@pytest.fixture
def cross(ends):
    """Send a value through a real socket and give what arrives."""

    def send(value):
        sender = threading.Thread(target=ends[0].send, args=(value,))
        sender.start()
        arrived = ends[1].receive(refuse, time.monotonic() + 10)
        sender.join()
        return arrived

    return send


def same(first, second):
    """Equal in value and type, NaN included, arrays with type, order and flags."""
    if type(first) is not type(second):
        return False
    if isinstance(first, np.ndarray):
        flags = first.flags.f_contiguous == second.flags.f_contiguous
        alike = (first.dtype, first.shape, first.flags.writeable) == (
            second.dtype,
            second.shape,
            second.flags.writeable,
        )
        return flags and alike and first.tobytes() == second.tobytes()
    if isinstance(first, np.generic):
        return first.dtype == second.dtype and first.tobytes() == second.tobytes()
    if isinstance(first, list | tuple):
        return len(first) == len(second) and all(map(same, first, second))
    if isinstance(first, dict):
        return same(list(first.items()), list(second.items()))
    if isinstance(first, float | complex):
        return struct.pack("dd", complex(first).real, complex(first).imag) == struct.pack(
            "dd", complex(second).real, complex(second).imag
        )
    return first == second


PLAIN = [
    None, True, False, 0, -1, 2**53 - 1, 2**53, -(2**53), 10**300, -(10**900), 0.1, -0.0, math.inf, -math.inf,
    math.nan, 5e-324, 1j, complex(math.nan, -math.inf), "", "plain", "분포 가설 \U0001f600 \0 \ud800",
    "x" * 5000, "\ud800" * 2000, b"", b"\0\xff", bytearray(b"ab"), [], (), {}, set(), frozenset(), [[], ((),)],
    [1, (2, [3.5, (None,)])], (1,), [1], {1, 2}, frozenset({("a", 1)}), {"a": 1, 2: "b", (3, 4): [5], None: {}},
    {1: {2: {3: math.nan}}}, {"dict": [1], "ref": 2, "array": 3}, range(5), range(9, 0, -2), slice(1, None, -1), ...,
]  # fmt: skip


@pytest.mark.parametrize(
    "value", PLAIN, ids=lambda value: repr(value)[:40].encode("ascii", "replace").decode()
)
def test_plain_values_cross_unchanged(value, cross):
    assert same(cross(value), value)


@pytest.mark.parametrize(
    "dtype",
    ["?", "i1", "u1", "<i2", ">i2", "<u4", "<i8", ">i8", "<u8", "<f2", "<f4", ">f4", "<f8", ">f8", "g", "<c8", ">c16", "S3", "<U4", ">U4", "<M8[ns]", "<M8[D]", "<m8[s]"],
)  # fmt: skip
def test_arrays_of_any_plain_type_cross_unchanged(dtype, cross):
    base = np.arange(24).reshape(2, 3, 4)
    base = base.astype("i8").astype(dtype) if np.dtype(dtype).kind in "mM" else base.astype(dtype)
    wholes = [
        base,
        np.asfortranarray(base),
        base[:, ::2, ::-1],
        base.T,
        base[0, 0, 0],
        base[1, 2, 3:],
        base[:0],
    ]
    for array in [*wholes, base[0, 0, :1].reshape(()), base[:, :0], np.zeros(0, dtype), base[::-1]]:
        arrived = cross(array)
        assert arrived.dtype == array.dtype
        assert arrived.dtype.byteorder == array.dtype.byteorder
        assert arrived.shape == array.shape
        assert type(arrived) is type(array)
        np.testing.assert_array_equal(arrived, array)


@pytest.mark.parametrize("order", ["C", "F"])
def test_the_memory_order_of_an_array_crosses(order, cross):
    assert same(
        cross(np.array([[1.0, 2, 3], [4, 5, 6]], order=order)),
        np.array([[1.0, 2, 3], [4, 5, 6]], order=order),
    )


def test_what_arrives_may_be_written_to_unless_the_original_may_not(cross):
    locked = np.arange(3.0)
    locked.flags.writeable = False
    assert same(cross([np.arange(3.0), locked]), [np.arange(3.0), locked])


def test_a_vocabulary_crosses_in_both_directions(cross):
    words = {f"word {number}": number for number in range(20_000)}
    assert cross(words) == words
    assert cross(dict(enumerate(words))) == dict(enumerate(words))


def test_many_keys_that_could_collide_are_refused(ends):
    keys = [[number * (2**32), 0] for number in range(link.MAX_KEYS + 1)]
    sender = threading.Thread(target=ends[0].end.sendall, args=(frame({"dict": keys}),))
    sender.start()
    with pytest.raises(LinkError):
        ends[1].receive(refuse, time.monotonic() + 5)
    sender.join()


def test_nan_payloads_and_negative_zeros_in_arrays_cross_bit_for_bit(cross):
    array = np.array([np.nan, -np.nan, -0.0, np.inf, np.frombuffer(b"\x01\0\0\0\0\0\xf8\x7f")[0]])
    assert cross(array).tobytes() == array.tobytes()


def test_subclasses_of_plain_types_cross_as_the_plain_type(cross):
    class Flag(int):
        pass

    given = [Flag(3), np.str_("tea"), Counter("aab")]
    assert same(cross(given[0]), 3)
    assert same(cross(given[2]), {"a": 2, "b": 1})
    assert cross(given[1]) == "tea"


def test_a_named_tuple_keeps_its_names(cross):
    made = cross(Pair(1, [2]))
    assert made == (1, [2])
    assert (type(made).__name__, made.left, made.right) == ("Pair", 1, [2])


@pytest.mark.parametrize(
    "body",
    [
        ["P", ["a"] * 51, []],
        ["a b", ["x"], [1]],
        ["P", ["x y"], [1]],
        ["P", ["x"], []],
        ["P", [1], [1]],
        ["P", ["class"], [1]],
    ],
)
def test_a_named_tuple_of_odd_names_is_refused(body):
    with pytest.raises(LinkError):
        link.unpack({"named": body}, [], link.refuse)


class Thing:
    def __reduce__(self):
        raise AssertionError("something tried to pickle this")


REFUSED = [
    Thing(), Thing, lambda: 0, len, np, iter([]), (x for x in ()), np.array([None, 1], object), np.array([Thing()]),
    np.zeros(2, "i4,f8"), np.zeros(2, "V3"), np.zeros(1, "i4,f8")[0], np.dtype("f8"), 10**5000, [1, {"a": (Thing(),)}],
    {Thing(): 1}, memoryview(b"a"),
]  # fmt: skip


@pytest.mark.parametrize("value", REFUSED, ids=lambda value: type(value).__name__)
def test_anything_else_is_refused(value, ends):
    with pytest.raises(LinkError):
        ends[0].send(value)


def test_an_array_of_objects_is_no_reference_either():
    with pytest.raises(LinkError, match="an array of type object cannot be handed over"):
        link.pack(np.array([Thing()]), [], lambda value: {"mine": 1})


def nested(depth, kind=list):
    value = kind()
    for _ in range(depth):
        value = {"a": value} if kind is dict else kind([value])
    return value


@pytest.mark.parametrize("kind", [list, tuple, dict])
def test_depth_is_bounded_on_the_way_out(kind, ends, cross):
    assert cross(nested(15, kind)) == nested(15, kind)
    with pytest.raises(LinkError, match="nested deeper"):
        ends[0].send(nested(link.MAX_DEPTH + 1, kind))


def test_a_list_that_holds_itself_is_refused(ends):
    loop = []
    loop.append(loop)
    with pytest.raises(LinkError, match="nested deeper"):
        ends[0].send(loop)


def test_size_is_bounded_on_the_way_out(ends, monkeypatch):
    monkeypatch.setattr(link, "MAX_BYTES", 10_000)
    with pytest.raises(LinkError, match="are more than the 10000"):
        ends[0].send(np.zeros(10_000, "u1"))
    monkeypatch.setattr(link, "MAX_JSON", 1000)
    with pytest.raises(LinkError, match="too many separate values"):
        ends[0].send(list(range(1000)))


# Frames that no honest sender makes


def frame(node, *blobs, lengths=None, head=None):
    head = (
        json.dumps([node, lengths if lengths is not None else [len(b) for b in blobs]]).encode()
        if head is None
        else head
    )
    body = head + b"".join(blobs)
    return link.HEAD.pack(len(body), len(head)) + body


EIGHT = struct.pack("d", 1.0)
MALFORMED = {
    "object array": frame({"array": [0, "|O", [1], [0], True]}, EIGHT),
    "hidden objects": frame({"array": [0, "i4,O", [1], [0], True]}, EIGHT + b"1234"),
    "record array": frame({"array": [0, "i4,i4", [1], [0], True]}, EIGHT),
    "object scalar": frame({"scalar": [0, "|O8", [], [], True]}, EIGHT),
    "void": frame({"array": [0, "V8", [1], [0], True]}, EIGHT),
    "no such type": frame({"array": [0, "no such type", [1], [0], True]}, EIGHT),
    "shape too large": frame({"array": [0, "<f8", [2], [0], True]}, EIGHT),
    "shape too small": frame({"array": [0, "<f8", [1], [0], True]}, EIGHT * 2),
    "negative shape": frame({"array": [0, "<f8", [-1], [0], True]}, EIGHT),
    "infinite shape": frame({"array": [0, "<f8", [math.inf], [0], True]}, EIGHT),
    "shape of text": frame({"array": [0, "<f8", "x", [0], True]}, EIGHT),
    "too many dimensions": frame({"array": [0, "<f8", [1] * 100, list(range(100)), True]}, EIGHT),
    "huge empty": frame({"array": [0, "<f8", [0, 2**62, 2**62], [0, 1, 2], True]}),
    "unknown order": frame({"array": [0, "<f8", [1], "K", True]}, EIGHT),
    "an axis twice": frame({"array": [0, "<f8", [1, 1], [0, 0], True]}, EIGHT),
    "an axis too many": frame({"array": [0, "<f8", [1], [0, 1], True]}, EIGHT),
    "missing bytes": frame({"array": [1, "<f8", [1], [0], True]}, EIGHT),
    "bytes from the end": frame({"array": [-1, "<f8", [1], [0], True]}, EIGHT),
    "the same bytes twice": frame([{"array": [0, "<f8", [1], [0], True]}] * 2, EIGHT),
    "bytes number true": frame([{"bytes": 0}, {"bytes": True}], b"a", b"b"),
    "two kinds": frame({"tuple": [], "set": []}),
    "no kind": frame({}),
    "unknown kind": frame({"pickle": "gASVCgAAAAAAAACMBmJ1aWx0aW5z"}),
    "a reference": frame({"ref": {"mine": 1}}),
    "set of lists": frame({"set": [[]]}),
    "dict of lists": frame({"dict": [[[], 1]]}),
    "dict of one": frame({"dict": [[1]]}),
    "digits of text": frame({"i": "12x"}),
    "too many digits": frame({"i": "9" * 6000}),
    "float of text": frame({"f": "1.0"}),
    "complex of text": frame({"complex": ["1j", "2"]}),
    "no zero step": frame({"range": [0, 1, 0]}),
    "text that is none": frame({"str": 0}, b"\xff\xfe"),
    "deep lists": frame(nested(60)),
    "deeper lists": frame(None, head=b"[" * 100_000),
    "deep dicts": frame(None, head=b'[{"tuple":' * 15_000),
    "no json": frame(None, head=b"\x80\x04K\x01."),
    "pickled": frame(None, head=pickle.dumps([1, []])),
    "not a pair": frame(None, head=b"[1]"),
    "text": frame(None, head=b'"ab"'),
    "lengths that are no numbers": frame(None, lengths=["8"]),
    "lengths that go back": frame([{"bytes": 0}, {"bytes": 2}], b"x" * 8, lengths=[8, -8, 8]),
    "lengths beyond": frame({"bytes": 0}, b"x", lengths=[100]),
    "bytes left over": frame(None, b"xx", lengths=[1]),
    "a length that is true": frame({"bytes": 0}, b"x", lengths=[True]),
    "larger than allowed": link.HEAD.pack(link.MAX_BYTES + 1, 2) + b"[]",
    "head larger than allowed": link.HEAD.pack(link.MAX_BYTES, link.MAX_JSON + 1),
    "head larger than the whole": link.HEAD.pack(2, 3) + b"[1]",
    "a number of 5000 digits": frame(None, head=b"[" + b"9" * 5000 + b",[]]"),
}  # fmt: skip


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_frames_are_refused(name, ends, monkeypatch):
    monkeypatch.setattr(pickle, "loads", lambda *_: pytest.fail("unpickled"))
    ends[0].end.sendall(MALFORMED[name])
    ends[0].end.close()
    with pytest.raises(LinkError):
        ends[1].receive(refuse, time.monotonic() + 5)


def test_random_and_mutated_frames_do_no_harm():
    """Whatever comes: data, or one of the link's own exceptions, soon, and with no more memory than was sent."""
    random_source = random.Random(20261123)
    honest = []
    for value in [*PLAIN, [np.arange(6.0).reshape(2, 3), "x" * 1500, {"k": np.array(["a", "bc"])}]]:
        blobs = []
        node = link.pack(copy.deepcopy(value), blobs)
        honest.append(frame(node, *blobs))
    outcomes = Counter()
    for number in range(6000):
        data = bytearray(random_source.choice(honest))
        if number % 4 == 0:
            data = bytearray(random_source.randbytes(random_source.randrange(1, 80)))
            if number % 8 == 0:  # one that gets past the head
                data = bytearray(frame(None, head=bytes(data)))
        else:
            for _ in range(random_source.randrange(1, 4)):
                place = random_source.randrange(len(data))
                action = random_source.randrange(3)
                if action == 0:
                    data[place] = random_source.randrange(256)
                elif action == 1:
                    data[place : place + 1] = random_source.choice(
                        [b"9", b"-", b"[", b'"', b"{", b"null", b"1e999", b""]
                    )
                elif len(data) > link.HEAD.size:
                    del data[max(place, link.HEAD.size) :]
            if (
                number % 2 and len(data) > link.HEAD.size
            ):  # a size that fits, so that the content is looked at
                old_head = link.HEAD.unpack(data[: link.HEAD.size])[1]
                rest = len(data) - link.HEAD.size
                data[: link.HEAD.size] = link.HEAD.pack(rest, min(old_head, rest))
        outcomes[outcome_of(bytes(data))] += 1
    assert outcomes["data"] > 100  # the fuzz is not all noise
    assert outcomes["LinkError"] > 1000
    assert set(outcomes) <= {"data", "LinkError", "LinkClosed"}


def outcome_of(data):
    one, other = socket.socketpair()
    with one, other:
        one.sendall(data)
        one.shutdown(socket.SHUT_WR)
        start = time.monotonic()
        try:
            Channel(other).receive(refuse, start + 1)
        except (LinkError, LinkClosed, LinkTimeout) as error:
            return type(error).__name__
        finally:
            assert time.monotonic() - start < 1
        return "data"


# Time


def test_the_deadline_of_a_receive_is_honoured(ends):
    start = time.monotonic()
    with pytest.raises(LinkTimeout):
        ends[1].receive(refuse, start + 0.1)
    assert 0.1 <= time.monotonic() - start < 0.5


def test_what_came_before_the_deadline_of_a_receive_is_not_lost(ends):
    message = frame([1, 2, "tea"])
    for half in (5, 20):  # within the head, and within the rest
        ends[0].end.sendall(message[:half])
        with pytest.raises(LinkTimeout):
            ends[1].receive(refuse, time.monotonic() + 0.05)
        ends[0].end.sendall(message[half:])
        assert ends[1].receive(refuse, time.monotonic() + 1) == [1, 2, "tea"]


def test_messages_that_arrive_together_are_received_one_by_one(ends):
    ends[0].end.sendall(b"".join(frame(number) for number in range(5)))
    assert [ends[1].receive(refuse, time.monotonic() + 1) for _ in range(5)] == [0, 1, 2, 3, 4]


def test_a_sender_that_trickles_does_not_put_the_deadline_off(ends):
    def trickle():
        for byte in frame("a" * 500):
            time.sleep(0.01)
            try:
                ends[0].end.sendall(bytes([byte]))
            except OSError:
                return

    thread = threading.Thread(target=trickle)
    thread.start()
    start = time.monotonic()
    with pytest.raises(LinkTimeout):
        ends[1].receive(refuse, start + 0.2)
    assert time.monotonic() - start < 0.6
    ends[1].end.close()
    thread.join()


def test_a_receiver_that_does_not_read_does_not_hold_a_sender_beyond_the_deadline(ends):
    start = time.monotonic()
    with pytest.raises(LinkTimeout):
        ends[0].send(np.zeros(10_000_000, "u1"), deadline=start + 0.2)
    assert 0.2 <= time.monotonic() - start < 1


def test_large_messages_cross_with_and_without_a_deadline(ends):
    array = np.arange(3_000_000.0)
    for deadline in (None, time.monotonic() + 10):
        sender = threading.Thread(target=ends[0].send, args=(array,), kwargs={"deadline": deadline})
        sender.start()
        np.testing.assert_array_equal(ends[1].receive(refuse, time.monotonic() + 10), array)
        sender.join()


def test_an_end_that_was_closed_says_so(ends):
    ends[0].end.close()
    with pytest.raises(LinkClosed):
        ends[1].receive(refuse)
    with pytest.raises(LinkClosed):
        ends[1].send(np.zeros(1_000_000))
    with pytest.raises(LinkClosed):
        ends[0].send(1)
