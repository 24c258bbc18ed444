"""The learner's functions, classes and values, as a test sees them."""

import pytest


def test_a_function_with_keywords_and_defaults(passes):
    passes(
        "def f(a, b=2, *rest, c=3, **others):\n    return a, b, rest, c, others",
        """
        assert f(1) == (1, 2, (), 3, {})
        assert f(1, 5, 6, c=7, d=8) == (1, 5, (6,), 7, {"d": 8})
        assert f(b=1, a=2)[:2] == (2, 1)
        """,
    )


def test_a_name_that_a_test_uses_inside_a_function_is_still_the_learners_outside(passes):
    passes(
        "weight = 3",
        """
        def scaled(x):
            weight = 2
            return weight * x
        assert scaled(1) == 2 and weight == 3
        """,
    )


def test_a_dict_of_a_tests_own_kind_is_changed_in_place(passes):
    passes(
        "def step(parameters):\n    parameters['w'] = 1",
        """
        class Parameters(dict):
            pass
        given = Parameters(w=0)
        step(given)
        assert given == {"w": 1}
        """,
    )


def test_a_shape_that_is_changed_in_place_is_a_change(run):
    flat = "def flat(x):\n    x.resize(x.size, refcheck=False)\n    return x.copy()"
    for given in ("np.ones((2, 3))", "np.ones((2, 3)).T"):
        test = f"import numpy as np\ncheck(flat, {given}, expect=np.ones(6), case='flat')"
        kind, message = run(("learner", flat), ("tests", test)).error(1)
        assert kind == "CheckFailed"
        assert "changed input" in message or "changed in place" in message


def test_the_axes_of_an_array_lie_in_memory_as_they_did(passes):
    passes(
        "def strides(x):\n    return x.strides",
        """
        import numpy as np
        x = np.zeros((2, 3, 4, 5))
        for axes in [(0, 1, 2, 3), (3, 2, 1, 0), (0, 2, 1, 3), (2, 0, 3, 1), (1, 0, 2, 3)]:
            assert strides(x.transpose(axes)) == x.transpose(axes).strides, axes
        assert strides(x[:, ::2, ::-1]) == np.copy(x[:, ::2]).strides
        """,
    )


def test_a_cache_of_any_kind_of_dict_comes_back_to_its_owner(passes):
    passes(
        """
        import collections
        class Attributes(dict):
            __getattr__ = dict.__getitem__
        def caches():
            made = [Attributes(x=1.0), collections.OrderedDict(x=1.0), collections.defaultdict(lambda: 2.0, x=1.0)]
            return made
        def use(a, b, c):
            b.move_to_end("x")
            return a.x + b["x"] + c["missing"]
        """,
        """
        import copy
        a, b, c = caches()
        assert a == b == c == {"x": 1.0} and isinstance(c, dict)
        assert use(a, b, c) == 4.0
        assert use(*map(copy.deepcopy, (a, b, c))) == 4.0
        """,
    )


def test_a_cache_that_its_owner_changes_is_still_its_owners(passes):
    passes(
        """
        import collections
        def forward():
            return collections.OrderedDict(first=1.0, second=2.0)
        def backward(cache):
            cache.move_to_end("first")
            cache["calls"] = cache.get("calls", 0) + 1
            return type(cache).__name__
        """,
        """
        cache = forward()
        assert backward(cache) == backward(cache) == backward(cache) == "OrderedDict"
        assert cache == {"first": 1.0, "second": 2.0, "calls": 3}
        """,
    )


def test_a_test_may_change_what_a_dict_of_the_learners_holds(passes):
    passes(
        "import collections\ndef f():\n    return collections.Counter('aab')\ndef g(counts):\n    return counts['a']",
        """
        counts = f()
        assert counts == {"a": 2, "b": 1} and g(counts) == 2
        counts["a"] = 7
        assert g(counts) == 7
        """,
    )


def test_a_class_and_its_instances(passes):
    passes(
        """
        class Layer:
            kind = "linear"
            def __init__(self, weight, bias=0.0):
                self.weight, self.bias, self.calls = weight, bias, []
            def forward(self, x, *, scale=1):
                self.calls.append(x.shape)
                return scale * (x @ self.weight + self.bias)
            def __call__(self, x):
                return self.forward(x)
            def __len__(self):
                return len(self.calls)
            def __getitem__(self, place):
                return self.calls[place]
            def __setitem__(self, place, value):
                self.calls[place] = value
            def __iter__(self):
                return iter(self.calls)
            @property
            def size(self):
                return self.weight.size
            @classmethod
            def ones(cls, *shape):
                return cls(np.ones(shape))
            @staticmethod
            def half(x):
                return x / 2
        """,
        """
        layer = Layer(np.eye(2), bias=1.0)
        assert Layer.kind == layer.kind == "linear"
        np.testing.assert_array_equal(layer(np.zeros((3, 2))), np.ones((3, 2)))
        np.testing.assert_array_equal(layer.forward(np.zeros((1, 2)), scale=3), [[3, 3]])
        assert len(layer) == 2 and layer[0] == (3, 2) and layer[-1:] == [(1, 2)] and list(layer) == [(3, 2), (1, 2)]
        layer[0] = "changed"
        assert layer[0] == "changed" and "changed" in layer
        layer.weight = 2 * np.eye(2)
        np.testing.assert_array_equal(layer(np.ones((1, 2))), [[3, 3]])
        layer.bias += 1
        assert layer.bias == 2.0 and layer.size == 4
        assert Layer.ones(2, 3).size == 6 and Layer.half(3) == 1.5
        assert not hasattr(layer, "gradient")
        other = Layer.ones(1, 1)
        assert layer.weight.shape == (2, 2) and other.weight.shape == (1, 1)
        """,
    )


def test_an_instance_goes_back_into_another_function(passes):
    passes(
        "class Node:\n    def __init__(self, value):\n        self.value = value\ndef add(a, b):\n    return Node(a.value + b.value)",
        "total = add(Node(1), Node(2))\nassert total.value == 3 and add(total, total).value == 6",
    )


def test_a_function_that_the_test_passes_in_is_called_back(passes):
    passes(
        """
        def numeric_gradient(function, x, step=1e-6):
            gradient = np.zeros_like(x)
            for place in np.ndindex(x.shape):
                moved = x.copy(); moved[place] += step
                low = x.copy(); low[place] -= step
                gradient[place] = (function(moved) - function(low)) / (2 * step)
            return gradient
        """,
        """
        x = np.arange(6.0).reshape(2, 3)
        np.testing.assert_allclose(numeric_gradient(lambda x: (x ** 3).sum(), x), 3 * x ** 2, atol=1e-6)
        np.testing.assert_allclose(numeric_gradient(np.sum, x), np.ones((2, 3)), atol=1e-6)
        calls = []
        check(numeric_gradient, lambda x: calls.append(1) or float(x @ x), np.array([1.0, 2.0]), expect=np.array([2.0, 4.0]), case="counted")
        assert len(calls) == 4
        """,
    )


def test_exceptions_keep_their_built_in_type_and_message(passes):
    passes(
        """
        class ShapeError(ValueError):
            pass
        def f(kind):
            if kind == "own":
                raise ShapeError(f"expected 2 dimensions, got {kind}")
            if kind == "exit":
                import sys; sys.exit(3)
            return {}[kind] if kind == "key" else np.zeros(2) @ np.zeros(3)
        """,
        """
        for kind, error, words in [("own", ValueError, "expected 2 dimensions, got own"), ("key", KeyError, "key"),
                                   ("mat", ValueError, "matmul"), ("exit", Exception, "3")]:
            try:
                f(kind)
            except error as caught:
                assert words in str(caught), caught
            else:
                raise AssertionError(kind)
        try:
            f("own")
        except Exception as caught:
            assert type(caught).__name__ == "ShapeError"
        assert f.__name__ == "f"  # the process lives on after sys.exit()
        """,
    )


def test_a_test_can_expect_an_exception_with_unittest(passes):
    passes(
        "def f(x):\n    if x < 0:\n        raise ValueError('negative')",
        "import unittest\ncase = unittest.TestCase()\nwith case.assertRaisesRegex(ValueError, 'negative'):\n    f(-1)",
    )


def test_what_a_function_changes_in_place_comes_back_changed(passes):
    passes(
        """
        def change(array, items, table, chosen, raw, *, weight):
            array += 1; items.append(4); table["new"] = 1; chosen.add(2); raw.extend(b"!"); weight[:, 0] = 0
        def look(array):
            return array.sum()
        """,
        """
        array, items, table, chosen, raw, weight = np.arange(3.0), [1], {"old": 0}, {1}, bytearray(b"a"), np.ones((2, 2), order="F")
        alias, view = array, np.arange(6.0)
        change(array, items, table, chosen, raw, weight=weight)
        assert alias.tolist() == [1, 2, 3] and items == [1, 4] and table == {"old": 0, "new": 1} and chosen == {1, 2} and raw == b"a!"
        assert weight.tolist() == [[0, 1], [0, 1]] and weight.flags.f_contiguous
        change(view[::2], [], {}, set(), bytearray(), weight=np.ones((1, 1)))
        assert view.tolist() == [1, 1, 3, 3, 5, 5]
        assert look(array) == 6 and array.tolist() == [1, 2, 3]
        """,
    )


def test_arrays_arrive_with_their_type_order_and_flags(passes):
    passes(
        "def about(x):\n    return str(x.dtype), x.shape, x.flags.c_contiguous, x.flags.f_contiguous, x.flags.writeable\ndef same(x):\n    return x",
        """
        locked = np.arange(4.0); locked.flags.writeable = False
        big = np.arange(3, dtype=">i4")
        for x in [np.arange(6.0).reshape(2, 3), np.asfortranarray(np.arange(6).reshape(2, 3)), np.array(3.5), np.zeros((0, 3), "f4"),
                  np.array([True, False]), big, np.array(["a", "bc"]), np.array(["2026-11-23"], "M8[D]"), locked, np.ones(2, complex)]:
            assert about(x) == (str(x.dtype), x.shape, x.flags.c_contiguous, x.flags.f_contiguous, x.flags.writeable), x
            back = same(x)
            assert back.dtype == x.dtype and back.shape == x.shape and (back == x).all()
        assert type(same(np.float32(1.5))) is np.float32 and type(same((1, [2]))) is tuple
        """,
    )


def test_writing_to_a_read_only_array_fails_where_the_learner_does_it(run):
    ran = run(
        ("learner", "def f(x):\n    x[0] = 1\n    return x"),
        ("tests", "x = np.zeros(2); x.flags.writeable = False\ncheck(f, x.view(), expect=x, case='a')\nf(x)"),
    )
    assert ran.error(1)[0] in ("ValueError", "CheckFailed")
    assert "read-only" in ran.error(1)[1] or "changed in place" in ran.error(1)[1]
    ran = run(
        ("learner", "def f(x):\n    x[0] = 1"), ("tests", "x = np.zeros(2); x.flags.writeable = False\nf(x)")
    )
    assert ran.error(1) == ("ValueError", "assignment destination is read-only")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def f(x):\n    yield x", "a generator was handed over; make it a list or an array"),
        ("def f(x):\n    return np.array([x, None])", "an array of type object cannot be handed over"),
    ],
)
def test_what_cannot_be_handed_over_is_refused_with_what_to_do(source, words, run):
    ran = run(("learner", source), ("tests", "f(1)"), ("tests", "check(f, 1, expect=1, case='a')"))
    assert words in ran.error(1)[1]
    assert words in ran.error(2)[1]


def test_variables_of_the_learner_are_seen_as_plain_data(passes):
    passes(
        "losses = [3.0, 2.0]\nweight = np.eye(2)\nsettings = dict(rate=0.1)",
        "assert losses[-1] < losses[0]\nassert weight.trace() == 2\nassert settings == {'rate': 0.1}",
    )


def test_a_name_that_nobody_defined_is_a_name_error(run):
    ran = run(("learner", "x = 1"), ("tests", "solution(1)"))
    assert ran.error(1) == ("NameError", "name 'solution' is not defined")


def test_a_learners_function_called_like_a_built_in_does_not_reach_the_tests(passes):
    passes(
        "def sum(*a):\n    return 0\ndef abs(x):\n    return 0", "assert sum([1, 2]) == 3 and abs(-1) == 1"
    )


def test_changing_numpy_in_the_learners_process_changes_nothing_in_the_tests(run):
    ran = run(
        (
            "learner",
            "np.testing.assert_allclose = np.allclose = lambda *a, **k: True\ndef f(x):\n    return x",
        ),
        ("tests", "np.testing.assert_allclose(f(1.0), 2.0)"),
    )
    assert ran.error(1)[0] == "AssertionError"
