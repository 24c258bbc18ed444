"""The exercise `pooling` accepts every right answer and explains the most common wrong ones."""

import json

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from layerbook.exercises.check import Checker
from layerbook.exercises.run import run

# Plain loops over every number; the cache is what the forward function was given.


def loop_relu_forward(x):
    output = [value if value > 0 else 0.0 for value in x.ravel().tolist()]
    return np.array(output).reshape(x.shape), x


def loop_relu_backward(grad_output, cache):
    grad_x = grad_output.copy()
    for place in np.ndindex(cache.shape):
        if cache[place] <= 0:
            grad_x[place] = 0.0
    return grad_x


def loop_windows(shape, kernel_size, stride, padding):
    """Of each output number its place, and the places of its window's numbers that lie in the map."""
    n, c, height, width = shape
    for i in range((height + 2 * padding - kernel_size) // stride + 1):
        for j in range((width + 2 * padding - kernel_size) // stride + 1):
            rows = range(i * stride - padding, i * stride - padding + kernel_size)
            columns = range(j * stride - padding, j * stride - padding + kernel_size)
            inside = [(r, s) for r in rows for s in columns if 0 <= r < height and 0 <= s < width]
            for image in range(n):
                for channel in range(c):
                    yield (image, channel, i, j), [(image, channel, r, s) for r, s in inside]


def loop_max_pool_forward(x, kernel_size, stride, padding=0):
    best = {}
    for place, window in loop_windows(x.shape, kernel_size, stride, padding):
        best[place] = max(float(x[number]) for number in window)
    output = np.zeros([last + 1 for last in max(best)])
    for place, value in best.items():
        output[place] = value
    return output, (x, kernel_size, stride, padding)


def loop_max_pool_backward(grad_output, cache):
    x, kernel_size, stride, padding = cache
    grad_x = np.zeros(x.shape)
    for place, window in loop_windows(x.shape, kernel_size, stride, padding):
        winner = window[0]
        for number in window:
            if x[number] > x[winner]:
                winner = number
        grad_x[winner] += grad_output[place]
    return grad_x


def loop_average_pool_forward(x, kernel_size, stride):
    means = {}
    for place, window in loop_windows(x.shape, kernel_size, stride, 0):
        means[place] = sum(float(x[number]) for number in window) / len(window)
    output = np.zeros([last + 1 for last in max(means)])
    for place, value in means.items():
        output[place] = value
    return output, (x, kernel_size, stride)


def loop_average_pool_backward(grad_output, cache):
    x, kernel_size, stride = cache
    grad_x = np.zeros_like(x)
    for place, window in loop_windows(x.shape, kernel_size, stride, 0):
        for number in window:
            grad_x[number] += grad_output[place] / len(window)
    return grad_x


def loop_global_average_pool_forward(x):
    return np.array([[sum(map(sum, each.tolist())) / each.size for each in image] for image in x]), x


def loop_global_average_pool_backward(grad_output, cache):
    grad_x = np.zeros(cache.shape)
    for n, c, i, j in np.ndindex(cache.shape):
        grad_x[n, c, i, j] = grad_output[n, c] / cache[0, 0].size
    return grad_x


# Whole arrays at once; caches are lists, indices, and views.


def array_relu_forward(x):
    return x * (x > 0), np.sign(x)


def array_relu_backward(grad_output, cache):
    return np.where(cache > 0, grad_output, 0)


def array_windows(x, kernel_size, stride):
    return sliding_window_view(x, (kernel_size, kernel_size), (2, 3))[:, :, ::stride, ::stride]


def array_max_pool_forward(x, kernel_size, stride, padding=0):
    frame = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    inside = np.pad(np.arange(x.size).reshape(x.shape), frame, constant_values=-1)
    padded = np.pad(x, frame, constant_values=x.min() - 1)
    values = array_windows(padded, kernel_size, stride)
    numbers = array_windows(inside, kernel_size, stride).reshape(*values.shape[:4], -1)
    first = values.reshape(numbers.shape).argmax(-1, keepdims=True)
    return values.max((-2, -1)), [np.take_along_axis(numbers, first, -1), x.shape]


def array_max_pool_backward(grad_output, cache):
    numbers, shape = cache
    return np.bincount(numbers.ravel(), grad_output.ravel(), int(np.prod(shape))).reshape(shape)


def array_matrix(size, kernel_size, stride):
    """Which numbers of one side each window covers, (outputs, size)."""
    first = np.arange((size - kernel_size) // stride + 1)[:, None] * stride
    return ((np.arange(size) >= first) & (np.arange(size) < first + kernel_size)).astype(float)


def array_average_pool_forward(x, kernel_size, stride):
    rows, columns = (array_matrix(size, kernel_size, stride) / kernel_size for size in x.shape[2:])
    return np.einsum("ih,nchw,jw->ncij", rows, x, columns), {"rows": rows, "columns": columns}


def array_average_pool_backward(grad_output, cache):
    return cache["rows"].T @ grad_output @ cache["columns"]


def array_global_average_pool_forward(x):
    return np.einsum("nchw->nc", x) / (x.shape[2] * x.shape[3]), x.shape


def array_global_average_pool_backward(grad_output, cache):
    return np.broadcast_to(grad_output[:, :, None, None] / (cache[-1] * cache[-2]), cache)


# As people write it who have met CS231n before: other memory orders, backward through col2im or masks.


def other_relu_forward(x):
    out = x.copy(order="F")
    out[out < 0] = 0
    return [out, {"x": x}]


def other_relu_backward(grad_output, cache):
    dx = np.array(grad_output)
    dx[cache["x"] <= 0] = 0
    return dx


def other_max_pool_forward(x, kernel_size, stride, padding=0):
    size = [(side + 2 * padding - kernel_size) // stride + 1 for side in x.shape[2:]]
    output = np.full((*size, *x.shape[:2]), -np.inf)  # (H_out, W_out, N, C), for the last axes to come first
    where = np.zeros((*size, *x.shape[:2], 2), dtype=int)
    for place in np.ndindex(*size):
        top, left = (max(index * stride - padding, 0) for index in place)
        bottom, right = (index * stride - padding + kernel_size for index in place)
        window = x[:, :, top:bottom, left:right]
        flat = window.reshape(*x.shape[:2], -1).argmax(-1)
        output[place] = window.max((2, 3))
        where[place] = np.stack([top + flat // window.shape[3], left + flat % window.shape[3]], -1)
    return output.transpose(2, 3, 0, 1), {"where": where.transpose(2, 3, 0, 1, 4), "shape": x.shape}


def other_max_pool_backward(grad_output, cache):
    grad_x = np.zeros(cache["shape"])
    n, c = np.indices(grad_output.shape)[:2]
    np.add.at(grad_x, (n, c, cache["where"][..., 0], cache["where"][..., 1]), grad_output)
    return np.asfortranarray(grad_x)


def other_average_pool_forward(x, kernel_size, stride):
    output = 0.0
    rows, columns = ((side - kernel_size) // stride * stride + 1 for side in x.shape[2:])
    for row in range(kernel_size):
        for column in range(kernel_size):
            output = output + x[:, :, row : row + rows : stride, column : column + columns : stride]
    return output / kernel_size**2, (*x.shape, kernel_size, stride)


def other_average_pool_backward(grad_output, cache):
    *shape, kernel_size, stride = cache
    dx = np.zeros(shape)
    rows, columns = ((side - kernel_size) // stride * stride + 1 for side in shape[2:])
    for row in range(kernel_size):
        for column in range(kernel_size):
            dx[:, :, row : row + rows : stride, column : column + columns : stride] += grad_output
    return dx / (kernel_size * kernel_size)


def other_global_average_pool_forward(x):
    return x.reshape(*x.shape[:2], -1).mean(-1), [np.full(x.shape, 1 / x[0, 0].size)]


def other_global_average_pool_backward(grad_output, cache):
    return (cache[0].transpose(2, 3, 0, 1) * grad_output).transpose(2, 3, 0, 1)


NAMES = (
    "relu_forward",
    "relu_backward",
    "max_pool_forward",
    "max_pool_backward",
    "average_pool_forward",
    "average_pool_backward",
    "global_average_pool_forward",
    "global_average_pool_backward",
)
STYLES = {
    style: {name: globals()[f"{style}_{name}"] for name in NAMES} for style in ("loop", "array", "other")
}


@pytest.fixture(scope="module")
def exercise(implementations):
    return implementations("pooling")


@pytest.mark.parametrize("style", STYLES)
def test_other_right_implementations_get_full_marks_in_every_part(exercise, style):
    assert exercise.failures(STYLES[style], capstone=True) == {}


@pytest.mark.parametrize("style", STYLES)
def test_each_layer_works_beside_the_reference(exercise, style):
    for pair in (NAMES[i : i + 2] for i in range(0, len(NAMES), 2)):
        assert exercise.failures({name: STYLES[style][name] for name in pair}) == {}


def test_other_names_of_the_parameters_get_full_marks(exercise):
    functions = {
        "max_pool_forward": lambda feature_map, k, s, p=0: loop_max_pool_forward(feature_map, k, s, p),
        "max_pool_backward": lambda dout, saved: loop_max_pool_backward(dout, saved),
        "average_pool_forward": lambda feature_map, k, s: loop_average_pool_forward(feature_map, k, s),
        "average_pool_backward": lambda *arguments: loop_average_pool_backward(*arguments),
    }
    assert exercise.failures(functions) == {}


def test_a_backward_function_whose_forward_is_not_written_says_so(exercise):
    def unwritten(x, kernel_size, stride, padding=0):
        raise NotImplementedError

    failures = exercise.failures({"max_pool_forward": unwritten})
    assert "max_pool_forward is not written yet" in failures["test-max-pool-backward"]


def test_a_missing_cache_is_said_where_it_is_missing(exercise):
    failures = exercise.failures({"relu_forward": lambda x: np.maximum(x, 0.0)})
    assert "expected 2 values" in failures["test-relu-forward"]
    assert "relu_forward should return two values, output and cache" in failures["test-relu-backward"]


def test_pooling_that_is_moved_by_one_pixel_fails_the_last_part(exercise):
    def shifted(x, kernel_size, stride, padding=0):
        return loop_max_pool_forward(np.roll(x, 1, axis=3), kernel_size, stride, padding)

    failures = exercise.failures({"max_pool_forward": shifted}, capstone=True)
    assert "should leave a change of 0.75" in failures["test-shift"]


@pytest.mark.parametrize("name", NAMES)
def test_random_wrong_numbers_get_no_name(exercise, name):
    generator = np.random.default_rng(0)
    right = STYLES["array"][name]

    def wrong(*arguments):
        result = right(*arguments)
        if name.endswith("backward"):
            return result + generator.normal(size=result.shape)
        return result[0] + generator.normal(size=result[0].shape), result[1]

    pair = NAMES[NAMES.index(name) // 2 * 2 :][:2]  # forward and backward share the form of the cache
    functions = {other: STYLES["array"][other] for other in pair} | {name: wrong}
    compiled, known = exercise.compiled, {}
    for path in (compiled.assignment / "check.json", compiled.hidden):
        known |= json.loads(path.read_text("utf-8"))["known"]
    results = run(compiled.source, compiled.assignment, Checker(known), replace=functions)
    messages = [result.message for result in results if not result.passed]
    assert any(f"{name} is not right yet" in message for message in messages)
    assert not any("known mistake" in message for message in messages)


MESSAGES = {
    "callers_map_changed": """
        relu_forward is not right yet: four numbers
        called with    x (1, 1, 2, 2) float64 = [[[[-1. ,  2. ],   [ 0.5, -3. ]]]]
        changed input  the argument `x` was changed in place; work on a copy of it
        known mistake  callers_map_changed: The caller's feature map is changed. `x[x < 0] = 0` writes into it; make a new array.
    """,
    "sign_of_the_gradient": """
        relu_backward is not right yet: gradients of both signs
        called with    x (1, 1, 2, 2) float64 = [[[[-1.,  2.],   [ 3., -4.]]]], grad_output (1, 1, 2, 2) float64 = [[[[ 10.,  20.],   [-30.,  40.]]]]
        wrong values   3 of 4 differ, by 40 at most; the first at [0, 0, 0, 0]: got 10, expected 0
        known mistake  sign_of_the_gradient: The sign of `grad_output` decides what passes. It is the sign of the input that does; a negative gradient passes as well.
    """,
    "zeros_win": """
        max_pool_forward is not right yet: a frame around negative numbers
        called with    x (1, 1, 2, 2) float64 = [[[[-3., -1.],   [-4., -2.]]]], kernel_size = 2, stride = 1, padding = 1
        wrong values   output: 8 of 9 differ, by 4 at most; the first at [0, 0, 0, 0]: got 0, expected -3
        known mistake  zeros_win: The frame of zeros wins against negative numbers. Pad with minus infinity, which never wins.
    """,
    "overwritten_where_windows_overlap": """
        max_pool_backward is not right yet: the largest number of two windows
        called with    x (1, 1, 2, 3) float64 = [[[[1., 3., 2.],   [0., 9., 4.]]]], kernel_size = 2, stride = 1, grad_output (1, 1, 1, 2) float64 = [[[[ 10., 200.]]]]
        wrong values   1 of 6 differ, by 10 at most; the first at [0, 0, 1, 1]: got 200, expected 210
        known mistake  overwritten_where_windows_overlap: Overlapping windows overwrite each other. `=` keeps only the gradient of the last window that a number wins; with `+=` they add up.
    """,
    "divided_by_the_side": """
        average_pool_forward is not right yet: one window
        called with    x (1, 1, 2, 2) float64 = [[[[ 1.,  5.],   [ 3., 11.]]]], kernel_size = 2, stride = 2
        wrong values   output: 1 of 1 differ, by 5 at most; the first at [0, 0, 0, 0]: got 10, expected 5
        known mistake  divided_by_the_side: The sum is divided by `kernel_size`. A window holds kernel_size times kernel_size numbers.
    """,
    "share_forgotten": """
        average_pool_backward is not right yet: one window
        called with    x (1, 1, 2, 2) float64 = [[[[ 1.,  5.],   [ 3., 11.]]]], kernel_size = 2, stride = 2, grad_output (1, 1, 1, 1) float64 = [[[[8.]]]]
        wrong values   4 of 4 differ, by 6 at most; the first at [0, 0, 0, 0]: got 8, expected 2
        known mistake  share_forgotten: Every number gets the whole gradient. The mean divided by the count, so its slope is 1 over the count: 1 / kernel_size**2.
    """,
    "axes_of_length_one_left": """
        global_average_pool_forward is not right yet: one image, two channels
        called with    x (1, 2, 2, 3) float64 = [[[[ 1.,  2.,  3.],   [ 4.,  5.,  9.]],  [[-6.,  0.,  0.],   [ 0., 12.,  0.]]]]
        wrong shape    output: got (1, 2, 1, 1), expected (1, 2)
        known mistake  axes_of_length_one_left: Two axes of length 1 are left. Here the output is (N, C), so drop them.
    """,
    "global_share_forgotten": """
        global_average_pool_backward is not right yet: one image, two channels
        called with    x (1, 2, 2, 3) float64 = [[[[ 1.,  2.,  3.],   [ 4.,  5.,  9.]],  [[-6.,  0.,  0.],   [ 0., 12.,  0.]]]], grad_output (1, 2) float64 = [[12., -6.]]
        wrong values   12 of 12 differ, by 10 at most; the first at [0, 0, 0, 0]: got 12, expected 2
        known mistake  global_share_forgotten: Every number gets the whole gradient. The mean divided by H times W, so each gets that share of it.
    """,
}


@pytest.mark.parametrize("mistake", MESSAGES)
def test_what_a_learner_reads_after_the_most_common_mistake(exercise, mistake):
    written = [line.strip() for line in MESSAGES[mistake].strip().splitlines()]
    assert exercise.first_message(mistake) == written
