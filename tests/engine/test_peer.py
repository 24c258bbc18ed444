"""Requests, replies and references between two peers in one process; what a hostile peer may answer."""

import inspect
import socket
import threading

import numpy as np
import pytest

from layerbook.engine.link import Channel, LinkClosed, LinkError
from layerbook.engine.peer import Peer, Remote, RemoteError, describe, exception


def special(thing, name, arguments):
    return list(thing) if name == "__iter__" else getattr(thing, name)(*arguments)


@pytest.fixture
def pair():
    """A peer that asks, and one that serves `names` in a thread."""
    ours, theirs = socket.socketpair()
    names = {}
    operations = {
        "call": lambda function, args, kwargs: (function(*args, **kwargs), {}),
        "get_attribute": getattr,
        "get_name": names.__getitem__,
        "set_attribute": setattr,
        "special": special,
    }
    asking = Peer(Channel(ours), {"call": lambda function, args, kwargs: (function(*args, **kwargs), {})})
    serving = Peer(Channel(theirs), operations, catches=BaseException)

    def serve():
        with pytest.raises(LinkClosed):
            serving.serve()

    thread = threading.Thread(target=serve)
    thread.start()
    yield asking, names
    ours.shutdown(socket.SHUT_RDWR)
    thread.join()
    ours.close()
    theirs.close()


@pytest.fixture
def hostile():
    """A peer that asks, and the channel on which a hostile process answers what it likes."""
    ours, theirs = socket.socketpair()
    yield (
        Peer(Channel(ours), {"call": lambda function, args, kwargs: (function(*args, **kwargs), {})}),
        Channel(theirs),
    )
    ours.close()
    theirs.close()


def fetch(pair, value):
    pair[1]["value"] = value
    return pair[0].request("get_name", "value")


def test_a_function_is_called_with_what_it_is_given(pair):
    def function(a, b=2, *rest, c=3, **others):
        return [a, b, rest, c, others]

    remote = fetch(pair, function)
    assert remote.__name__ == "function"
    assert remote(1) == [1, 2, (), 3, {}]
    assert remote(1, 5, 6, c=7, d=8) == [1, 5, (6,), 7, {"d": 8}]


def test_names_and_kinds_of_parameters_are_known(pair):
    def function(a, /, b, *rest, c, **others):
        pass

    parameters = inspect.signature(fetch(pair, function)).parameters.values()
    assert [(p.name, p.kind) for p in parameters] == [
        (p.name, p.kind) for p in inspect.signature(function).parameters.values()
    ]
    assert not inspect.signature(fetch(pair, lambda: None)).parameters


def test_an_object_comes_back_as_itself(pair):
    thing = [len]
    pair[1]["same"] = lambda function: function is len
    assert pair[0].request("get_name", "same")(fetch(pair, thing)[0]) is True


def test_a_callback_may_call_back_in_turn(pair):
    remote = fetch(pair, lambda function, depth: function(depth))

    def down(depth):
        return depth if depth == 0 else 1 + remote(down, depth - 1)

    assert remote(down, 5) == 5
    assert pair[0].waiting == 0


def test_an_exception_in_a_callback_passes_through_the_other_side(pair):
    def failing(x):
        raise ValueError("in the test's own function")

    with pytest.raises(ValueError, match="in the test's own function"):
        fetch(pair, lambda function: function(1))(failing)


def test_the_other_side_cannot_look_into_a_callback(pair):
    for look in (lambda f: f.__globals__, lambda f: f.attribute, lambda f: f[0], lambda f: list(f)):
        with pytest.raises((AttributeError, KeyError)):
            fetch(pair, look)(lambda: "secret")


class CustomError(ValueError):
    pass


class Nameless(BaseException):
    pass


@pytest.mark.parametrize(
    ("error", "base", "name", "message"),
    [
        (ValueError("bad shape (3,)"), ValueError, "ValueError", "bad shape (3,)"),
        (CustomError("own kind"), ValueError, "CustomError", "own kind"),
        (KeyError("key"), KeyError, "KeyError", "'key'"),
        (OSError(2, "none"), OSError, "FileNotFoundError", "[Errno 2] none"),
        (UnicodeDecodeError("utf-8", b"a", 0, 1, "why"), UnicodeDecodeError, "UnicodeDecodeError", "'utf-8' codec can't decode byte 0x61 in position 0: why"),
        (SyntaxError("odd"), SyntaxError, "SyntaxError", "odd"),
        (np.linalg.LinAlgError("singular"), ValueError, "LinAlgError", "singular"),
        (NotImplementedError(), NotImplementedError, "NotImplementedError", ""),
        (SystemExit(3), RemoteError, "SystemExit", "3"),
        (KeyboardInterrupt(), RemoteError, "KeyboardInterrupt", ""),
        (Nameless("x"), RemoteError, "Nameless", "x"),
        (StopIteration("end"), RemoteError, "StopIteration", "end"),
        (ValueError("x" * 10_000), ValueError, "ValueError", "x" * 4000),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)  # fmt: skip
def test_an_exception_keeps_its_kind_and_its_message(error, base, name, message, pair):
    def raising():
        raise error

    with pytest.raises(base) as caught:
        fetch(pair, raising)()
    assert type(caught.value).__name__ == name
    assert str(caught.value) == message


def test_an_exception_whose_text_fails_is_told_nevertheless(pair):
    class SilentError(TypeError):
        def __str__(self):
            raise RuntimeError

    def raising():
        raise SilentError

    with pytest.raises(TypeError, match="cannot be shown"):
        fetch(pair, raising)()


def test_a_remote_stop_iteration_does_not_end_a_loop_of_the_test(pair):
    def raising(x):
        raise StopIteration

    with pytest.raises(RemoteError):
        list(map(fetch(pair, raising), [1, 2]))


@pytest.mark.parametrize(
    "answer",
    [lambda: (x for x in ()), lambda: np.array([None]), lambda: [1, (x for x in ())], lambda: 10**5000],
)
def test_what_cannot_cross_is_an_error_and_the_conversation_goes_on(answer, pair):
    with pytest.raises(Exception, match="handed over"):
        fetch(pair, answer)()
    assert fetch(pair, lambda: 3)() == 3


def test_a_generator_is_refused_with_what_to_do(pair):
    def function():
        yield 1

    with pytest.raises(Exception, match="a generator was handed over; make it a list or an array"):
        fetch(pair, function)()


class Vector:
    """An object of the learner's."""

    size = 3

    def __init__(self, *values):
        self.values = list(values)

    def scaled(self, by=2):
        return Vector(*[by * value for value in self.values])

    def __len__(self):
        return len(self.values)

    def __getitem__(self, key):
        return self.values[key]

    def __setitem__(self, key, value):
        self.values[key] = value

    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return 0

    __hash__ = object.__hash__

    def __repr__(self):
        return "1.0"


def test_an_object_is_used_through_its_reference(pair):
    vector = fetch(pair, Vector)(1.0, 2.0, 3.0)
    assert isinstance(vector, Remote)
    assert vector.values == [1, 2, 3]
    assert vector.scaled(by=3).values == [3, 6, 9]
    assert vector.size == 3
    vector.size = 4
    assert vector.size == 4
    assert (len(vector), vector[1], vector[-2:], list(vector)) == (3, 2, [2, 3], [1, 2, 3])
    vector[0] = 7
    assert vector[0] == 7
    assert 7 in vector
    assert not hasattr(vector, "no_such")
    assert not hasattr(vector, "__dict__of_theirs__")


def test_an_object_of_the_other_side_equals_and_calculates_nothing(pair):
    vector = fetch(pair, Vector)(1.0)
    assert vector != 1
    assert vector != [1.0]
    assert fetch(pair, Vector) == fetch(pair, Vector)
    with pytest.raises(TypeError):
        vector - 1
    with pytest.raises(TypeError):
        abs(vector)
    with pytest.raises(TypeError):
        vector < 2  # noqa: B015


@pytest.mark.parametrize(
    "answer",
    [
        ["done"], ["raised"], ["raised", 1], "done", 5, None, {}, [], ["raised", "A\0", "ValueError", "", ""],
        ["raised", "E", "BaseException", "", ""], ["raised", "E", "__import__", "", ""], ["raised", [], {}, 1, 2],
        ["raised", "E", "ExceptionGroup", "", ""], ["raised", "StopIteration", "StopIteration", "", ""], ["other", 1],
        ["raised", "E", "exit", "", ""],
    ],
    ids=repr,
)  # fmt: skip
def test_a_hostile_answer_is_an_ordinary_exception(answer, hostile):
    peer, other = hostile
    other.send(answer)
    with pytest.raises(Exception) as caught:  # noqa: PT011
        peer.request("get_name", "f")
    assert not isinstance(caught.value, StopIteration)


@pytest.mark.parametrize(
    "reference",
    [
        {}, [], 5, None, {"yours": 1}, {"yours": []}, {"mine": "x", "name": "f"}, {"mine": 1}, {"mine": 1e999, "name": "f"},
        {"mine": 1, "name": "f", "parameters": [1]}, {"mine": 1, "name": "f", "parameters": [["a", "NONE"]]},
        {"mine": 1, "name": "f", "parameters": [["a b", "VAR_KEYWORD"]]},
    ],
    ids=repr,
)  # fmt: skip
def test_a_reference_to_nothing_is_refused(reference, hostile):
    peer, _ = hostile
    with pytest.raises((LinkError, KeyError, TypeError, ValueError, OverflowError)):
        peer.take_in(reference)


@pytest.mark.parametrize(
    "request_",
    [["do", "open", ["/etc/passwd"]], ["do", "call", [print]], ["do", "call", [1, [], {}]], ["do", 1, [1]]],
)
def test_a_hostile_request_gets_an_error_and_nothing_else(request_, hostile):
    peer, other = hostile
    other.send(request_, lambda value: {"yours": id(value)})
    other.send(["done", "the answer"])
    try:
        assert peer.request("get_name", "f") == "the answer"
    except LinkError:  # a reference to what was never handed out
        return
    other.receive(lambda reference: None)
    assert other.receive(lambda reference: None)[0] == "raised"


@pytest.mark.parametrize("changed", [{5: [1]}, {"other": [1]}, {0: [1]}, [], None, {0: np.zeros(9)}])
def test_a_hostile_report_of_changes_changes_nothing_else(changed, hostile):
    peer, other = hostile
    function = peer.take_in({"mine": 1, "name": "f"})
    array = np.ones(3)
    other.send(["done", (0, changed)])
    try:
        function(array)
    except Exception as error:
        assert isinstance(error, (IndexError, KeyError, AttributeError, TypeError))  # noqa: PT017
    assert array.tolist() == [1, 1, 1]


def test_description_and_exception_are_each_others_inverse():
    error = exception(*describe(CustomError("own")))
    assert describe(error)[:3] == ("CustomError", "ValueError", "own")
    assert error.learner_line == ""


def test_a_cache_that_is_a_named_tuple_comes_back_as_one(passes):
    passes(
        """
        from collections import namedtuple
        Cache = namedtuple("Cache", "x total")
        def forward(x):
            return x * 2, Cache(x, x.sum())
        def backward(grad_output, cache):
            return grad_output * 2 + 0 * cache.total * cache.x
        """,
        """
        out, cache = forward(np.ones(3))
        assert backward(np.ones(3), cache).tolist() == [2, 2, 2]
        """,
    )
