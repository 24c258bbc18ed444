"""The exercise `bidirectional` accepts every right answer and explains the most common wrong ones."""

import json
import math
from collections import namedtuple

import numpy as np
import pytest

from layerbook.exercises.check import Checker
from layerbook.exercises.run import run

# Plain loops over every number; the caches are lists of what was given. Too slow for the last part.


def loop_reverse_padded(x, lengths):
    turned = np.zeros(x.shape)
    for n, t, d in np.ndindex(x.shape):
        source = lengths[n] - 1 - t if t < lengths[n] else t
        turned[n, t, d] = x[n, source, d]
    return turned


def loop_one_way_forward(x, lengths, weight_ih, weight_hh, bias_ih, bias_hh):
    output = np.zeros((len(x), x.shape[1], len(bias_ih)))
    for n in range(len(x)):
        state = [0.0] * len(bias_ih)
        for t in range(lengths[n]):
            sums = []
            for i in range(len(state)):
                total = bias_ih[i] + bias_hh[i]
                total += sum(weight_ih[i, d] * x[n, t, d] for d in range(x.shape[2]))
                total += sum(weight_hh[i, k] * state[k] for k in range(len(state)))
                sums.append(total)
            state = [math.tanh(value) for value in sums]
            output[n, t] = state
    return output, [x, lengths, weight_ih, weight_hh, output]


def loop_one_way_backward(grad_output, cache):
    x, lengths, weight_ih, weight_hh, output = cache
    h = output.shape[2]
    grads = [np.zeros(shape) for shape in (x.shape, weight_ih.shape, weight_hh.shape, (h,), (h,))]
    for n in range(len(x)):
        carried = np.zeros(h)
        for t in range(lengths[n] - 1, -1, -1):
            at_sum = np.array(
                [
                    (g + c) * (1 - s * s)
                    for g, c, s in zip(grad_output[n, t], carried, output[n, t], strict=True)
                ]
            )
            carried = np.zeros(h)
            for i in range(h):
                grads[0][n, t] += at_sum[i] * weight_ih[i]
                grads[1][i] += at_sum[i] * x[n, t]
                carried += at_sum[i] * weight_hh[i]
                if t > 0:
                    grads[2][i] += at_sum[i] * output[n, t - 1]
                grads[3][i] += at_sum[i]
                grads[4][i] += at_sum[i]
    return grads


def loop_join_directions(states, states_reverse):
    n, t, h = states.shape
    joined = np.zeros((n, t, 2 * h))
    joined[:, :, :h] = states
    joined[:, :, h:] = states_reverse
    return joined


def loop_split_gradient(grad_output):
    h = grad_output.shape[-1] // 2
    return [grad_output[..., :h].copy(), grad_output[..., h:].copy()]


def loop_bidirectional_forward(x, lengths, *weights):
    output, caches = [], []
    for n in range(len(x)):  # each sentence alone, without its padding
        words = x[n : n + 1, : lengths[n]]
        alone = lengths[n : n + 1]
        first, cache = loop_one_way_forward(words, alone, *weights[:4])
        second, cache_reverse = loop_one_way_forward(words[:, ::-1], alone, *weights[4:])
        row = np.zeros((x.shape[1], 2 * first.shape[2]))
        row[: lengths[n]] = np.concatenate([first[0], second[0, ::-1]], axis=1)
        output.append(row)
        caches.append((cache, cache_reverse))
    return np.array(output), [x.shape, lengths, caches]


def loop_bidirectional_backward(grad_output, cache):
    shape, lengths, caches = cache
    h, grad_x, totals = grad_output.shape[2] // 2, np.zeros(shape), None
    for n, (first, second) in enumerate(caches):
        words = grad_output[n : n + 1, : lengths[n]]
        of_x, *parts = loop_one_way_backward(words[:, :, :h], first)
        of_turned, *parts_reverse = loop_one_way_backward(words[:, ::-1, h:], second)
        grad_x[n, : lengths[n]] = of_x[0]
        grad_x[n, : lengths[n]] += of_turned[0, ::-1]
        parts += parts_reverse
        totals = parts if totals is None else [a + b for a, b in zip(totals, parts, strict=True)]
    return [grad_x, *totals]


def loop_sentence_vectors(output, lengths):
    h = output.shape[2] // 2
    return np.array(
        [[*row[length - 1][:h], *row[0][h:]] for row, length in zip(output, lengths, strict=True)]
    )


def loop_layer_sizes(input_size, hidden_size, num_tags):
    def count(inputs):
        total = 0
        for shape in ((hidden_size, inputs), (hidden_size, hidden_size), (hidden_size,), (hidden_size,)) * 2:
            total += math.prod(shape)
        return total

    return hidden_size + hidden_size, count(input_size), count(hidden_size * 2), [num_tags, hidden_size * 2]


# Whole arrays at once, index arrays and dicts; the mask is applied when all is done.


def array_reverse_padded(x, lengths):
    steps = np.arange(x.shape[1])[None]
    index = np.where(steps < lengths[:, None], lengths[:, None] - 1 - steps, steps)
    return np.take_along_axis(x, index[:, :, None], axis=1)


def array_one_way_forward(x, lengths, weight_ih, weight_hh, bias_ih, bias_hh):
    sums = np.einsum("ntd,hd->tnh", x, weight_ih) + (bias_ih + bias_hh)
    states = np.zeros((len(sums) + 1, *sums.shape[1:]))
    for t in range(len(sums)):
        states[t + 1] = np.tanh(sums[t] + np.dot(states[t], weight_hh.T))
    mask = (np.arange(len(sums))[:, None] < lengths)[:, :, None]  # (T, N, 1)
    cache = {"x": x, "states": states, "mask": mask, "weights": (weight_ih, weight_hh)}
    return np.where(mask, states[1:], 0.0).transpose(1, 0, 2), cache


def array_one_way_backward(grad_output, cache):
    states, mask, (weight_ih, weight_hh) = cache["states"], cache["mask"], cache["weights"]
    heard = np.where(mask, grad_output.swapaxes(0, 1), 0.0)
    carried = np.zeros(states[0].shape)
    for t in reversed(range(len(heard))):
        heard[t] = (heard[t] + carried) * (1 - np.square(states[t + 1]))
        carried = heard[t] @ weight_hh
    return (
        np.einsum("tnh,hd->ntd", heard, weight_ih),
        np.einsum("tnh,ntd->hd", heard, cache["x"]),
        np.tensordot(heard, states[:-1], axes=((0, 1), (0, 1))),
        heard.sum((0, 1)),
        np.einsum("tnh->h", heard),
    )


def array_join_directions(states, states_reverse):
    return np.dstack([states, states_reverse])


def array_split_gradient(grad_output):
    return np.split(grad_output, 2, axis=-1)


def array_bidirectional_forward(x, lengths, *weights):
    readings = [(x, weights[:4]), (array_reverse_padded(x, lengths), weights[4:])]
    (states, one), (turned, two) = [array_one_way_forward(batch, lengths, *w) for batch, w in readings]
    cache = {"lengths": lengths, "one": one, "two": two}
    return np.append(states, array_reverse_padded(turned, lengths), axis=2), cache


def array_bidirectional_backward(grad_output, cache):
    first, second = np.split(grad_output, 2, axis=2)
    of_first = array_one_way_backward(first, cache["one"])
    of_second = array_one_way_backward(array_reverse_padded(second, cache["lengths"]), cache["two"])
    grad_x = sum([of_first[0], array_reverse_padded(of_second[0], cache["lengths"])])
    return (grad_x, *of_first[1:], *of_second[1:])


def array_sentence_vectors(output, lengths):
    n, _, features = output.shape
    ends = np.where(np.arange(features) < features // 2, lengths[:, None] - 1, 0)  # (N, 2H)
    return output[np.arange(n)[:, None], ends, np.arange(features)]


def array_layer_sizes(input_size, hidden_size, num_tags):
    d = np.array([input_size, 2 * hidden_size])
    counts = 2 * (hidden_size * d + hidden_size**2 + 2 * hidden_size)
    return 2 * hidden_size, counts[0], counts[1], (num_tags, 2 * hidden_size)


# As people write it who know PyTorch's packing: only the sentences that go on take part in a step.

Saved = namedtuple("Saved", "x lengths Wx Wh h")


def other_reverse_padded(x, lengths):
    rows = [np.concatenate((row[:k][::-1], row[k:])) for row, k in zip(x, lengths, strict=True)]
    return np.asfortranarray(np.stack(rows))


def other_one_way_forward(x, lengths, weight_ih, weight_hh, bias_ih, bias_hh):
    N, T, _ = x.shape  # noqa: N806
    h = np.zeros((T, N, len(weight_hh))).transpose(1, 0, 2)
    state = np.zeros((N, len(weight_hh)))
    for t in range(T):
        going = np.flatnonzero(lengths > t)
        new = x[going, t].dot(weight_ih.T) + bias_ih
        new += state[going].dot(weight_hh.T) + bias_hh
        state[going] = np.tanh(new)
        h[going, t] = state[going]
    return h, Saved(x, lengths, weight_ih, weight_hh, h)


def other_one_way_backward(grad_output, cache):
    x, lengths, Wx, Wh, h = cache  # noqa: N806
    dx, dstate = np.zeros_like(x), np.zeros((len(x), len(Wh)))
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(len(Wh))  # noqa: N806
    for t in range(x.shape[1])[::-1]:
        going = np.flatnonzero(lengths > t)
        da = (grad_output[going, t] + dstate[going]) * (1 + h[going, t]) * (1 - h[going, t])
        dx[going, t] = da @ Wx
        dstate[going] = da @ Wh
        dWx += da.T @ x[going, t]  # noqa: N806
        if t:
            dWh += da.T @ h[going, t - 1]  # noqa: N806
        db += da.sum(0)
    return [dx, dWx, dWh, db, db.copy()]


def other_join_directions(states, states_reverse):
    return np.moveaxis(np.concatenate((states.T, states_reverse.T)), 0, 2).swapaxes(0, 1)


def other_split_gradient(grad_output):
    both = grad_output.reshape(*grad_output.shape[:2], 2, -1)
    return both[:, :, 0], both[:, :, 1]


def other_bidirectional_forward(
    x, lengths, w_ih, w_hh, b_ih, b_hh, w_ih_reverse, w_hh_reverse, b_ih_reverse, b_hh_reverse
):
    ahead, one = other_one_way_forward(x, lengths, w_ih, w_hh, b_ih, b_hh)
    turned = other_reverse_padded(x, lengths)
    back, two = other_one_way_forward(turned, lengths, w_ih_reverse, w_hh_reverse, b_ih_reverse, b_hh_reverse)
    return np.concatenate((ahead, other_reverse_padded(back, lengths)), -1), (one, two)


def other_bidirectional_backward(grad_output, cache):
    one, two = cache
    H = grad_output.shape[-1] // 2  # noqa: N806
    grads = other_one_way_backward(grad_output[..., :H], one)
    turned = other_reverse_padded(grad_output[..., H:], two.lengths)
    dx, *others = other_one_way_backward(turned, two)
    grads[0] += other_reverse_padded(dx, two.lengths)
    return grads + others


def other_sentence_vectors(output, lengths):
    first, second = np.array_split(output, 2, axis=2)
    last = np.take_along_axis(first, (lengths - 1).reshape(-1, 1, 1), axis=1)
    return np.hstack((last[:, 0], second[:, 0]))


def other_layer_sizes(input_size, hidden_size, num_tags):
    sizes = [hidden_size * (n + hidden_size) + 2 * hidden_size for n in (input_size, hidden_size << 1)]
    return [hidden_size << 1, sizes[0] << 1, sizes[1] << 1, (num_tags, hidden_size << 1)]


# The cache is a function that knows how to go back; the backward direction reads from the right by itself.


def closure_reverse_padded(x, lengths):
    turned = +x
    for row, source, length in zip(turned, x, map(int, lengths), strict=True):
        row[:length] = np.flip(source[:length], axis=0)
    return turned


def _read(x, lengths, order, weight_ih, weight_hh, bias_ih, bias_hh):
    """The states when positions are visited in this order, and the way back."""
    words = np.arange(x.shape[1]) < lengths[:, None]
    states, befores = np.zeros((*words.shape, len(bias_ih))), np.zeros((*words.shape, len(bias_ih)))
    h = np.zeros((len(x), len(bias_ih)))
    for t in order:
        befores[:, t] = h
        new = np.tanh(sum((x[:, t] @ weight_ih.T, h @ weight_hh.T, bias_ih, bias_hh)))
        h = states[:, t] = np.where(words[:, t, None], new, 0)

    def back(gradient):
        at_sums, carried = np.zeros_like(states), 0
        for t in reversed(order):
            arrived = np.where(words[:, t, None], gradient[:, t] + carried, 0)
            at_sums[:, t] = arrived * (1 - states[:, t] ** 2)
            carried = at_sums[:, t] @ weight_hh
        flat = at_sums.reshape(-1, len(bias_ih))
        of_hh = flat.T @ befores.reshape(len(flat), -1)
        of_bias = np.ones(len(flat)) @ flat
        return at_sums @ weight_ih, flat.T @ x.reshape(len(flat), -1), of_hh, of_bias, +of_bias

    return states, back


def closure_one_way_forward(x, lengths, *weights):
    return _read(x, lengths, range(x.shape[1]), *weights)


def closure_one_way_backward(grad_output, cache):
    return cache(grad_output)


def closure_join_directions(states, states_reverse):
    return np.r_["-1", states, states_reverse]


def closure_split_gradient(grad_output):
    h = int(grad_output.shape[2] / 2)
    return tuple(grad_output[:, :, start : start + h] for start in (0, h))


def closure_bidirectional_forward(x, lengths, *weights):
    steps = range(x.shape[1])
    first, first_back = _read(x, lengths, steps, *weights[:4])
    second, second_back = _read(x, lengths, steps[::-1], *weights[4:])

    def back(gradient):
        h = first.shape[2]
        of_first, of_second = first_back(gradient[:, :, :h]), second_back(gradient[:, :, h:])
        return of_first[0] + of_second[0], *of_first[1:], *of_second[1:]

    return np.concatenate([first, second], axis=2), back


def closure_bidirectional_backward(grad_output, cache):
    return cache(grad_output)


def closure_sentence_vectors(output, lengths):
    h = output.shape[2] // 2
    last = np.arange(output.shape[1]) == lengths[:, None] - 1
    return np.concatenate([np.einsum("nt,nth->nh", last, output[:, :, :h]), output[:, 0, h:]], axis=1)


def closure_layer_sizes(input_size, hidden_size, num_tags):
    features = hidden_size * 2
    own = hidden_size * hidden_size * 2 + hidden_size * 4
    return features, own + features * input_size, own + features * features, (num_tags, features)


NAMES = (
    "reverse_padded",
    "one_way_forward",
    "one_way_backward",
    "join_directions",
    "split_gradient",
    "bidirectional_forward",
    "bidirectional_backward",
    "sentence_vectors",
    "layer_sizes",
)
WITH_ONE_CACHE = NAMES[:1], NAMES[1:3], NAMES[3:4], NAMES[4:5], NAMES[5:7], NAMES[7:8], NAMES[8:]
SLOW_STYLES = ("loop",)  # in the last part; the exercise says so
STYLES = {
    style: {name: globals()[f"{style}_{name}"] for name in NAMES}
    for style in ("loop", "array", "other", "closure")
}


@pytest.fixture(scope="module")
def exercise(implementations):
    return implementations("bidirectional")


@pytest.mark.parametrize("style", STYLES)
def test_other_right_implementations_get_full_marks(exercise, style):
    assert exercise.failures(STYLES[style]) == {}


@pytest.mark.parametrize("style", [style for style in STYLES if style not in SLOW_STYLES])
def test_other_right_implementations_tell_a_from_an(exercise, style):
    assert exercise.failures(STYLES[style], capstone=True) == {}


@pytest.mark.parametrize("style", STYLES)
def test_each_part_works_beside_the_reference(exercise, style):
    for part in WITH_ONE_CACHE:
        assert exercise.failures({name: STYLES[style][name] for name in part}) == {}


def test_other_names_of_the_parameters_get_full_marks(exercise):
    functions = {
        "reverse_padded": lambda batch, sizes: array_reverse_padded(batch, sizes),
        "one_way_forward": lambda batch, sizes, w, u, b, c: array_one_way_forward(batch, sizes, w, u, b, c),
        "one_way_backward": lambda dout, saved: array_one_way_backward(dout, saved),
        "join_directions": lambda left, right: array_join_directions(left, right),
        "split_gradient": lambda dout: array_split_gradient(dout),
        "bidirectional_forward": lambda *arguments: array_bidirectional_forward(*arguments),
        "bidirectional_backward": lambda dout, saved: array_bidirectional_backward(dout, saved),
        "sentence_vectors": lambda states, sizes: array_sentence_vectors(states, sizes),
    }
    assert exercise.failures(functions) == {}


def test_a_backward_function_whose_forward_is_not_written_says_so(exercise):
    def unwritten(x, lengths, *weights):
        raise NotImplementedError

    failures = exercise.failures({"one_way_forward": unwritten})
    assert "one_way_forward is not written yet" in failures["test-one-way-backward"]
    failures = exercise.failures({"bidirectional_forward": unwritten})
    assert "bidirectional_forward is not written yet" in failures["test-bidirectional-backward"]


def test_a_missing_cache_is_said_where_it_is_missing(exercise):
    forward = {"bidirectional_forward": lambda *arguments: array_bidirectional_forward(*arguments)[0]}
    failures = exercise.failures(forward)
    assert "expected 2 values" in failures["test-bidirectional-forward"]
    wanted = "bidirectional_forward should return two values, output and cache"
    assert wanted in failures["test-bidirectional-backward"]


def test_wrong_gradients_of_the_weights_keep_the_points_of_the_input(exercise):
    def half(grad_output, cache):
        grad_x, *of_weights = array_bidirectional_backward(grad_output, cache)
        return grad_x, *(2 * gradient for gradient in of_weights)

    functions = STYLES["array"] | {"bidirectional_backward": half}
    assert set(exercise.failures(functions)) == {"test-bidirectional-backward-weights"}


def test_two_mistakes_in_one_function_are_both_named(exercise):
    def wrong(grad_output, cache):
        first, second = np.split(grad_output, 2, axis=2)
        grad_x, *of_weights = array_one_way_backward(first, cache["one"])
        turned = array_reverse_padded(second, cache["lengths"])
        of_turned, *of_reverse = array_one_way_backward(turned, cache["two"])
        return grad_x + of_turned, *of_reverse, *of_weights  # not turned again; and the wrong order

    compiled = exercise.compiled
    checker = Checker.beside(str(compiled.assignment / "check.py"))
    functions = STYLES["array"] | {"bidirectional_backward": wrong}
    results = run(compiled.source, compiled.assignment, checker, replace=functions, hidden=False)
    messages = {result.cell.id: result.message for result in results}
    assert "input_gradient_not_turned_again: " in messages["test-bidirectional-backward"]
    assert "backward_weights_first: " in messages["test-bidirectional-backward-weights"]


def test_a_layer_that_reads_forward_twice_fails_the_last_part(exercise):
    def forward(x, lengths, *weights):
        first, one = array_one_way_forward(x, lengths, *weights[:4])
        second, two = array_one_way_forward(x, lengths, *weights[4:])
        return np.concatenate([first, second], axis=2), (one, two)

    def backward(grad_output, cache):
        first, second = np.split(grad_output, 2, axis=2)
        of_first = array_one_way_backward(first, cache[0])
        of_second = array_one_way_backward(second, cache[1])
        return of_first[0] + of_second[0], *of_first[1:], *of_second[1:]

    functions = STYLES["array"] | {"bidirectional_forward": forward, "bidirectional_backward": backward}
    failures = exercise.failures(functions, capstone=True)
    assert "more than 85 % should be right; got 50.0%" in failures["test-articles"]


@pytest.mark.parametrize("name", NAMES)
def test_random_wrong_numbers_get_no_name(exercise, name):
    generator = np.random.default_rng(0)
    right = STYLES["array"][name]

    def noisy(value):
        return value + generator.normal(size=np.shape(value))

    def wrong(*arguments, **named):
        result = right(*arguments, **named)
        if name == "layer_sizes":
            return 17, 1234, 4321, (19, 23)
        if name.endswith("forward"):
            return noisy(result[0]), result[1]
        return noisy(result) if isinstance(result, np.ndarray) else tuple(map(noisy, result))

    functions = STYLES["array"] | {name: wrong}
    compiled, known = exercise.compiled, {}
    for path in (compiled.assignment / "check.json", compiled.hidden):
        known |= json.loads(path.read_text("utf-8"))["known"]
    results = run(compiled.source, compiled.assignment, Checker(known), replace=functions)
    messages = [result.message for result in results if not result.passed]
    assert any(f"{name} is not right yet" in message for message in messages)
    assert not any("known mistake" in message for message in messages)


MESSAGES = {
    "whole_row_turned": """
        reverse_padded is not right yet: three words and two places of padding
        called with    x (1, 5, 1) float64 = [[[ 1.],  [ 2.],  [ 3.],  [-7.],  [-8.]]], lengths (1,) int64 = [3]
        wrong values   5 of 5 differ, by 11 at most; the first at [0, 0, 0]: got -8, expected 3
        known mistake  whole_row_turned: The whole row is turned, so the padding comes first. Only the words are turned, each sentence within its own length.
    """,
    "states_at_the_padding": """
        one_way_forward is not right yet: the first of two sentences is shorter
        called with    x (2, 4, 1) float64 = [[[-0.6972],  [ 5.2863],  [ 7.    ],  [-8.    ]], [[ 0.1137],  [ 1.1028],  [ 5.2863],  [-2.4972]]], lengths (2,) int64 = [2, 4], weight_ih (1, 1) float64 = [[-0.5]], weight_hh (1, 1) float64 = [[1.5]], bias_ih (1,) float64 = [0.25], bias_hh (1,) float64 = [0.5]
        wrong values   output: 2 of 8 differ, by 0.99865 at most; the first at [0, 2, 0]: got -0.99865, expected 0
        known mistake  states_at_the_padding: The padding has states. After its last word a sentence has none, and the output holds zeros there.
    """,
    "one_way_weights_overwritten": """
        one_way_backward is not right yet: weight_ih, used three times
        called with    x (1, 3, 1) float64 = [[[0.1137],  [1.1028],  [5.2863]]], lengths (1,) int64 = [3], weight_ih (1, 1) float64 = [[-0.5]], weight_hh (1, 1) float64 = [[1.5]], bias_ih (1,) float64 = [0.25], bias_hh (1,) float64 = [0.5], grad_output (1, 3, 1) float64 = [[[  0.],  [  0.],  [100.]]]
        wrong values   grad_weight_ih: 1 of 1 differ, by 376.435 at most; the first at [0, 0]: got 3.77248, expected 380.207
        known mistake  one_way_weights_overwritten: The gradients of weights and biases are those of the first position alone. They add up over all words: `+=`, not `=`.
    """,
    "padding_hears_the_loss": """
        one_way_backward is not right yet: the first of two sentences is shorter, the gradient of the input
        called with    x (2, 3, 1) float64 = [[[-0.6972],  [ 5.2863],  [ 7.    ]], [[ 0.1137],  [ 1.1028],  [ 5.2863]]], lengths (2,) int64 = [2, 3], weight_ih (1, 1) float64 = [[-0.5]], weight_hh (1, 1) float64 = [[1.5]], bias_ih (1,) float64 = [0.25], bias_hh (1,) float64 = [0.5], grad_output (2, 3, 1) float64 = [[[  30.],  [  40.],  [1000.]], [[  10.],  [ -20.],  [ 100.]]]
        wrong values   grad_x: 3 of 6 differ, by 500 at most; the first at [0, 0, 0]: got -271.512, expected -12.312
        known mistake  padding_hears_the_loss: What stands in `grad_output` at the padding reaches the words. The output was zero there whatever went in; make the gradient at the sum zero at the padding.
    """,
    "joined_along_time": """
        join_directions is not right yet: one sentence of three words
        called with    states (1, 3, 1) float64 = [[[1.],  [2.],  [3.]]], states_reverse (1, 3, 1) float64 = [[[-4.],  [-5.],  [-6.]]]
        wrong shape    got (1, 6, 1), expected (1, 3, 2)
        known mistake  joined_along_time: The two are joined along the words, (N, 2 * T, H). Each word gets both states: join along the last axis.
    """,
    "halves_exchanged": """
        split_gradient is not right yet: one sentence of three words
        called with    grad_output (1, 3, 2) float64 = [[[ 1., -4.],  [ 2., -5.],  [ 3., -6.]]]
        wrong values   grad_states: 3 of 3 differ, by 9 at most; the first at [0, 0, 0]: got -4, expected 1
        known mistake  halves_exchanged: The two halves are exchanged. The forward direction's numbers stood first, and so does its gradient.
    """,
    "not_turned_again": """
        bidirectional_forward is not right yet: one sentence of two words
        called with    x (1, 2, 1) float64 = [[[0.6931],  [0.7986]]], lengths (1,) int64 = [2], argument 3 (1, 1) float64 = [[1.]], argument 4 (1, 1) float64 = [[0.5]], argument 5 (1,) float64 = [0.75], argument 6 (1,) float64 = [-0.75], argument 7 (1, 1) float64 = [[-1.]], argument 8 (1, 1) float64 = [[0.8516]], argument 9 (1,) float64 = [-0.0945], argument 10 (1,) float64 = [0.2]
        wrong values   output: 2 of 4 differ, by 0.2 at most; the first at [0, 0, 1]: got -0.6, expected -0.8
        known mistake  not_turned_again: The states of the backward direction are not turned again. Its first state belongs to the *last* word; before joining they are turned, each sentence within its length.
    """,
    "whole_rows_turned": """
        bidirectional_forward is not right yet: three sentences of two, three and one words
        called with    x (3, 3, 1) float64 = [[[ 0.5 ],  [-1.  ],  [ 7.  ]], [[-1.5 ],  [ 0.25],  [ 1.  ]], [[ 0.75],  [ 8.  ],  [ 9.  ]]], lengths (3,) int64 = [2, 3, 1], argument 3 (2, 1) float64 = [[ 0.5 ], [-0.75]], argument 4 (2, 2) float64 = [[ 0.5 ,  1.5 ], [-1.  ,  0.25]], argument 5 (2,) float64 = [ 0.25, -0.5 ], argument 6 (2,) float64 = [-0.4,  0.1], argument 7 (2, 1) float64 = [[-1.25 ], [ 0.375]], argument 8 (2, 2) float64 = [[ 0.75, -0.5 ], [ 1.25, -1.5 ]], argument 9 (2,) float64 = [0.5 , 0.25], argument 10 (2,) float64 = [ 0.125, -0.75 ]
        wrong values   output: 6 of 36 differ, by 0.590435 at most; the first at [0, 0, 2]: got 0.727042, expected 0.788512
        known mistake  whole_rows_turned: Whole rows are turned, so the backward direction reads the padding first. Turn each sentence within its own length, with `reverse_padded`.
    """,
    "only_the_backward_input_gradient": """
        bidirectional_backward is not right yet: a loss of the forward direction at the middle word
        called with    x (1, 3, 1) float64 = [[[ 0.5],  [-1. ],  [ 2. ]]], lengths (1,) int64 = [3], weight_ih (2, 1) float64 = [[ 0.5 ], [-0.75]], weight_hh (2, 2) float64 = [[ 0.5 ,  1.5 ], [-1.  ,  0.25]], bias_ih (2,) float64 = [ 0.25, -0.5 ], bias_hh (2,) float64 = [-0.4,  0.1], weight_ih_reverse (2, 1) float64 = [[-1.25 ], [ 0.375]], weight_hh_reverse (2, 2) float64 = [[ 0.75, -0.5 ], [ 1.25, -1.5 ]], bias_ih_reverse (2,) float64 = [0.5 , 0.25], bias_hh_reverse (2,) float64 = [ 0.125, -0.75 ], grad_output (1, 3, 4) float64 = [[[  0.,   0.,   0.,   0.],  [ 10., -20.,   0.,   0.],  [  0.,   0.,   0.,   0.]]]
        wrong values   grad_x: 2 of 3 differ, by 15.673 at most; the first at [0, 0, 0]: got 0, expected 11.3401
        known mistake  only_the_backward_input_gradient: The input gets the gradient of the backward direction only. It was read twice, and the gradients of both readings add up: `+=`, not `=`.
    """,
    "input_gradient_not_turned_again": """
        bidirectional_backward is not right yet: a loss of the backward direction at the first word
        called with    x (1, 3, 1) float64 = [[[ 0.5],  [-1. ],  [ 2. ]]], lengths (1,) int64 = [3], weight_ih (2, 1) float64 = [[ 0.5 ], [-0.75]], weight_hh (2, 2) float64 = [[ 0.5 ,  1.5 ], [-1.  ,  0.25]], bias_ih (2,) float64 = [ 0.25, -0.5 ], bias_hh (2,) float64 = [-0.4,  0.1], weight_ih_reverse (2, 1) float64 = [[-1.25 ], [ 0.375]], weight_hh_reverse (2, 2) float64 = [[ 0.75, -0.5 ], [ 1.25, -1.5 ]], bias_ih_reverse (2,) float64 = [0.5 , 0.25], bias_hh_reverse (2,) float64 = [ 0.125, -0.75 ], grad_output (1, 3, 4) float64 = [[[ 0.,  0., 30., 40.],  [ 0.,  0.,  0.,  0.],  [ 0.,  0.,  0.,  0.]]]
        wrong values   grad_x: 2 of 3 differ, by 12.2334 at most; the first at [0, 0, 0]: got -0.97045, expected -13.2038
        known mistake  input_gradient_not_turned_again: The gradient of the turned input is added as it is. It is in the order of the turned sentence: turn it again first.
    """,
    "output_at_the_last_word": """
        sentence_vectors is not right yet: two words and two places of padding, one number for a state
        called with    output (1, 4, 2) float64 = [[[111., 112.],  [121., 122.],  [131., 132.],  [141., 142.]]], lengths (1,) int64 = [2]
        wrong values   1 of 2 differ, by 10 at most; the first at [0, 1]: got 122, expected 112
        known mistake  output_at_the_last_word: The whole output at the last word is taken. The forward direction ends there, but the backward one has just begun; it ends at position 0.
    """,
    "hidden_size_doubled": """
        layer_sizes is not right yet: D = 3, H = 4: the parameters
        called with    input_size = 3, hidden_size = 4, num_tags = 5
        wrong value    parameters: got 104, expected 72
        known mistake  hidden_size_doubled: The parameters are those of one direction with 2 * H units. The directions never see each other's state, so `weight_hh` stays (H, H), twice.
    """,
    "words_and_numbers_turned": """
        reverse_padded is not right yet: three sentences of two, four and one words
        called with    x (3, 4, 2) float64, lengths (3,) int64 = [2, 4, 1]
        wrong values   14 of 24 differ, by 1 at most; the first at [0, 0, 0]: got 122, expected 121
        known mistake  words_and_numbers_turned: The numbers of each word are turned as well. A word moves as a whole; its own numbers stay in order.
    """,
    "padding_made_zero_too_late": """
        one_way_backward is not right yet: the first of two sentences is shorter, the gradient of the input
        called with    x (2, 3, 1) float64 = [[[-0.6972],  [ 5.2863],  [ 7.    ]], [[ 0.1137],  [ 1.1028],  [ 5.2863]]], lengths (2,) int64 = [2, 3], weight_ih (1, 1) float64 = [[-0.5]], weight_hh (1, 1) float64 = [[1.5]], bias_ih (1,) float64 = [0.25], bias_hh (1,) float64 = [0.5], grad_output (2, 3, 1) float64 = [[[  30.],  [  40.],  [1000.]], [[  10.],  [ -20.],  [ 100.]]]
        wrong values   grad_x: 2 of 6 differ, by 480 at most; the first at [0, 0, 0]: got -271.512, expected -12.312
        known mistake  padding_made_zero_too_late: The gradient at the padding is made zero when all is done. By then it has been carried on to the words; make it zero at each position, before it is carried on.
    """,
    "only_the_states_turned_by_length": """
        bidirectional_forward is not right yet: three sentences of two, three and one words
        called with    x (3, 3, 1) float64 = [[[ 0.5 ],  [-1.  ],  [ 7.  ]], [[-1.5 ],  [ 0.25],  [ 1.  ]], [[ 0.75],  [ 8.  ],  [ 9.  ]]], lengths (3,) int64 = [2, 3, 1], argument 3 (2, 1) float64 = [[ 0.5 ], [-0.75]], argument 4 (2, 2) float64 = [[ 0.5 ,  1.5 ], [-1.  ,  0.25]], argument 5 (2,) float64 = [ 0.25, -0.5 ], argument 6 (2,) float64 = [-0.4,  0.1], argument 7 (2, 1) float64 = [[-1.25 ], [ 0.375]], argument 8 (2, 2) float64 = [[ 0.75, -0.5 ], [ 1.25, -1.5 ]], argument 9 (2,) float64 = [0.5 , 0.25], argument 10 (2,) float64 = [ 0.125, -0.75 ]
        wrong values   output: 6 of 36 differ, by 1.95766 at most; the first at [0, 0, 2]: got 0.564262, expected 0.788512
        known mistake  only_the_states_turned_by_length: Whole rows of the input are turned, so the second reading begins with the padding. Turn the input as the states are turned, within the lengths, with `reverse_padded`.
    """,
    "mean_of_the_words": """
        sentence_vectors is not right yet: two words and two places of padding, one number for a state
        called with    output (1, 4, 2) float64 = [[[111., 112.],  [121., 122.],  [131., 132.],  [141., 142.]]], lengths (1,) int64 = [2]
        wrong values   2 of 2 differ, by 5 at most; the first at [0, 0]: got 116, expected 121
        known mistake  mean_of_the_words: The mean over all words is taken. It is in use too, but here the two final states are asked.
    """,
    "positions_of_all_beside_one": """
        sentence_vectors is not right yet: two words and two places of padding, one number for a state
        called with    output (1, 4, 2) float64 = [[[111., 112.],  [121., 122.],  [131., 132.],  [141., 142.]]], lengths (1,) int64 = [2]
        raised         ValueError: all the input arrays must have same number of dimensions, but the array at index 0 has 3 dimension(s) and the array at index 1 has 2 dimension(s)
        in the line    return np.concatenate([first[:, lengths - 1], second[:, 0]], axis=1)
        known mistake  positions_of_all_beside_one: Each sentence gets the positions of all: `output[:, lengths - 1]` keeps the axis of positions, and does not fit beside `output[:, 0]`. Index with `np.arange(N)` and the positions together.
    """,
    "linear_weight_turned": """
        layer_sizes is not right yet: D = 3, H = 4, five tags: the weight of a linear layer
        called with    input_size = 3, hidden_size = 4, num_tags = 5
        wrong value    linear_shape_out: got 8, expected 5
        known mistake  linear_weight_turned: The shape of the linear layer's weight is (in, out). It is (out, in), a row for each tag.
    """,
}


@pytest.mark.parametrize("mistake", MESSAGES)
def test_what_a_learner_reads_after_the_most_common_mistake(exercise, mistake):
    written = [line.strip() for line in MESSAGES[mistake].strip().splitlines()]
    assert exercise.first_message(mistake) == written
