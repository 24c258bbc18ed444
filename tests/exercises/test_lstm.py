"""The exercise `lstm` accepts every right answer and explains the most common wrong ones."""

import json
import math
from typing import NamedTuple

import numpy as np
import pytest

from layerbook.exercises.check import Checker
from layerbook.exercises.run import run

# Plain loops over every number; the caches are dicts.


def loop_parameter_count(input_size, hidden_size, num_layers=1, bias=True):
    count = 0
    for layer in range(num_layers):
        for _ in range(4 * hidden_size):  # one row after the other
            count += (hidden_size if layer else input_size) + hidden_size
            if bias:
                count += 2
    return count


def loop_step_forward(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    size, letters = h_prev.shape[1], {}
    h, c = np.zeros(h_prev.shape), np.zeros(c_prev.shape)
    for n, unit in np.ndindex(h.shape):
        for number, name in enumerate("ifgo"):
            row = number * size + unit
            total = bias_ih[row] + bias_hh[row]
            total += sum(x[n, d] * weight_ih[row, d] for d in range(x.shape[1]))
            total += sum(h_prev[n, k] * weight_hh[row, k] for k in range(size))
            letters[name, n, unit] = math.tanh(total) if name == "g" else 1.0 / (1.0 + math.exp(-total))
        i, f, g, o = (letters[name, n, unit] for name in "ifgo")
        c[n, unit] = f * c_prev[n, unit] + i * g
        h[n, unit] = o * math.tanh(c[n, unit])
    weights = {"ih": weight_ih, "hh": weight_hh}
    return h, c, {"x": x, "h_prev": h_prev, "c_prev": c_prev, "c": c, "letters": letters, "weights": weights}


def loop_step_backward(grad_h, grad_c, cache):
    x, h_prev, c_prev, letters = cache["x"], cache["h_prev"], cache["c_prev"], cache["letters"]
    weight_ih, weight_hh = cache["weights"]["ih"], cache["weights"]["hh"]
    size = h_prev.shape[1]
    grad_x, grad_h_prev, grad_c_prev = (np.zeros(array.shape) for array in (x, h_prev, c_prev))
    grad_ih, grad_hh, grad_bias = np.zeros(weight_ih.shape), np.zeros(weight_hh.shape), np.zeros(4 * size)
    for n, unit in np.ndindex(grad_h.shape):
        i, f, g, o = (letters[name, n, unit] for name in "ifgo")
        shown = math.tanh(cache["c"][n, unit])
        total = grad_c[n, unit] + grad_h[n, unit] * o / math.cosh(cache["c"][n, unit]) ** 2
        grad_c_prev[n, unit] = total * f
        slopes = (
            total * g * (i - i * i),
            total * c_prev[n, unit] * (f - f * f),
            total * i * (1.0 - g * g),
            grad_h[n, unit] * shown * (o - o * o),
        )
        for number, slope in enumerate(slopes):
            row = number * size + unit
            grad_bias[row] += slope
            for d in range(x.shape[1]):
                grad_x[n, d] += slope * weight_ih[row, d]
                grad_ih[row, d] += slope * x[n, d]
            for k in range(size):
                grad_h_prev[n, k] += slope * weight_hh[row, k]
                grad_hh[row, k] += slope * h_prev[n, k]
    return grad_x, grad_h_prev, grad_c_prev, grad_ih, grad_hh, grad_bias, grad_bias


def loop_forward(x, h0, c0, *parameters):
    output, states, cache = np.zeros((*x.shape[:2], h0.shape[1])), (h0, c0), {}
    for t in range(x.shape[1]):
        *states, cache[t] = loop_step_forward(x[:, t, :], *states, *parameters)
        output[:, t, :] = states[0]
    return output, states[1], cache


def loop_backward(grad_output, grad_c_n, cache):
    steps = grad_output.shape[1]
    handed_h, handed_c, inputs = 0.0 * grad_c_n, grad_c_n, [None] * steps
    totals = None
    for t in range(steps - 1, -1, -1):
        inputs[t], handed_h, handed_c, *parts = loop_step_backward(
            grad_output[:, t, :] + handed_h, handed_c, cache[t]
        )
        if totals is None:
            totals = [part.copy() for part in parts]
        else:
            for total, part in zip(totals, parts, strict=True):
                total += part
    return [np.array(inputs).swapaxes(0, 1), handed_h, handed_c, *totals]


# Whole arrays at once with the four blocks as an axis, (N, 4, H); results in other memory orders.


def array_parameter_count(input_size, hidden_size, num_layers=1, bias=True):
    first = 4 * hidden_size * input_size
    others = (2 * num_layers - 1) * 4 * hidden_size**2
    return np.int64(first + others + 8 * hidden_size * num_layers * bias)


def array_step_forward(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    size = h_prev.shape[1]
    blocks_ih, blocks_hh = weight_ih.reshape(4, size, -1), weight_hh.reshape(4, size, size)
    sums = np.einsum("nd,ghd->ngh", x, blocks_ih) + np.einsum("nk,ghk->ngh", h_prev, blocks_hh)
    sums = sums + (bias_ih + bias_hh).reshape(4, size)
    letters = np.exp(-np.logaddexp(0.0, -sums))
    letters[:, 2] = np.tanh(sums[:, 2])
    i, f, g, o = letters.transpose(1, 0, 2)  # views
    c = np.asfortranarray(f * c_prev + i * g)
    h = (o.T * np.tanh(c.T)).T
    return [h, c, (letters, x, h_prev, c_prev, c, blocks_ih, blocks_hh)]


def array_step_backward(grad_h, grad_c, cache):
    letters, x, h_prev, c_prev, c, blocks_ih, blocks_hh = cache
    i, f, g, o = letters.transpose(1, 0, 2)
    total = grad_c + grad_h * o * (1.0 - np.tanh(c) ** 2)
    slopes = letters * (1.0 - letters)
    slopes[:, 2] = 1.0 - g**2
    factors = np.stack([total * g, total * c_prev, total * i, grad_h * np.tanh(c)], axis=1)
    grad_sums = slopes * factors  # (N, 4, H)
    grad_bias = np.einsum("ngh->gh", grad_sums).ravel()
    return (
        np.einsum("ngh,ghd->nd", grad_sums, blocks_ih),
        np.tensordot(grad_sums, blocks_hh, axes=([1, 2], [0, 1])),
        np.multiply(total, f, order="F"),
        np.einsum("ngh,nd->ghd", grad_sums, x).reshape(-1, x.shape[1]),
        np.einsum("ngh,nk->ghk", grad_sums, h_prev).reshape(-1, h_prev.shape[1]),
        grad_bias,
        np.array(grad_bias),
    )


def array_forward(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    states, caches = [(h0, c0)], []
    for x_t in np.moveaxis(x, 1, 0):
        h, c, cache = array_step_forward(x_t, *states[-1], weight_ih, weight_hh, bias_ih, bias_hh)
        states.append((h, c))
        caches.append(cache)
    hidden = np.array([h for h, _ in states[1:]])  # (T, N, H)
    return hidden.transpose(1, 0, 2), states[-1][1], tuple(caches)


def array_backward(grad_output, grad_c_n, cache):
    grad_h, grad_c = grad_output[:, -1], grad_c_n
    everything = []
    for t in reversed(range(len(cache))):
        gradients = array_step_backward(grad_h, grad_c, cache[t])
        everything.append(gradients)
        grad_h, grad_c = gradients[1], gradients[2]
        if t > 0:
            grad_h = grad_h + grad_output[:, t - 1]
    by_argument = list(zip(*everything, strict=True))
    grad_x = np.array(by_argument[0][::-1]).transpose(1, 0, 2)
    return grad_x, grad_h, grad_c, *(sum(parts) for parts in by_argument[3:])


# As one finds it written elsewhere: input and state joined, all inputs multiplied at once before the loop, the
# gradients of the weights from one product after it. The layer does not call the step.


class Kept(NamedTuple):
    joined: np.ndarray  # (N, D + H)
    letters: list
    c_prev: np.ndarray
    c: np.ndarray
    weight: np.ndarray  # (4H, D + H)


def other_squash(sums):
    i, f, g, o = (sums[..., part : part + sums.shape[-1] // 4] for part in other_parts(sums))
    return [1 / (1 + np.exp(-i)), 1 / (1 + np.exp(-f)), np.tanh(g), 1 / (1 + np.exp(-o))]


def other_parts(sums):
    return range(0, sums.shape[-1], sums.shape[-1] // 4)


def other_grad_sums(grad_h, grad_c, letters, c_prev, c):
    (i, f, g, o), tanh_c = letters, np.tanh(c)
    d_o = grad_h * tanh_c
    grad_c = grad_c + (1 - tanh_c * tanh_c) * o * grad_h
    d_i, d_f, d_g = grad_c * g, grad_c * c_prev, grad_c * i
    d_sums = np.hstack([d_i * i * (1 - i), d_f * f * (1 - f), d_g * (1 - g * g), d_o * o * (1 - o)])
    return d_sums, f * grad_c


def other_parameter_count(input_size, hidden_size, num_layers=1, bias=True):
    if num_layers == 0:
        return 0
    shapes = [(4 * hidden_size, input_size), (4 * hidden_size, hidden_size)]
    shapes += [(4 * hidden_size,), (4 * hidden_size,)] if bias else []
    return sum(map(math.prod, shapes)) + other_parameter_count(hidden_size, hidden_size, num_layers - 1, bias)


def other_step_forward(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    joined, weight = np.hstack([x, h_prev]), np.hstack([weight_ih, weight_hh])
    letters = other_squash(joined.dot(weight.T) + bias_ih + bias_hh)
    i, f, g, o = letters
    c = c_prev.copy()
    c *= f
    c += i * g
    return o * np.tanh(c), c, Kept(joined, letters, c_prev, c, weight)


def other_step_backward(dh, dc, kept):
    d_sums, dc_prev = other_grad_sums(dh, dc, kept.letters, kept.c_prev, kept.c)
    d_joined, d_weight = d_sums @ kept.weight, d_sums.T @ kept.joined
    features = kept.joined.shape[1] - dh.shape[1]
    d_bias = np.ones(len(dh)) @ d_sums
    return (
        d_joined[:, :features],
        d_joined[:, features:],
        dc_prev,
        d_weight[:, :features],
        d_weight[:, features:],
        d_bias,
        d_bias,
    )


def other_forward(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    from_input = x @ weight_ih.T + (bias_ih + bias_hh)  # (N, T, 4H)
    hidden, cells, letters = [h0], [c0], []
    for t in range(x.shape[1]):
        i, f, g, o = step = other_squash(from_input[:, t] + hidden[-1] @ weight_hh.T)
        letters.append(step)
        cells.append(f * cells[-1] + i * g)
        hidden.append(o * np.tanh(cells[-1]))
    cache = {"x": x, "weights": (weight_ih, weight_hh), "hidden": hidden, "cells": cells, "letters": letters}
    return np.stack(hidden[1:], 1), cells[-1], cache


def other_backward(d_output, dc, cache):
    weight_ih, weight_hh = cache["weights"]
    dh, all_sums = 0, np.zeros((*d_output.shape[:2], len(weight_hh)))
    for t in range(d_output.shape[1])[::-1]:
        all_sums[:, t], dc = other_grad_sums(
            d_output[:, t] + dh, dc, cache["letters"][t], cache["cells"][t], cache["cells"][t + 1]
        )
        dh = all_sums[:, t] @ weight_hh
    d_bias = all_sums.sum((0, 1))
    before = np.stack(cache["hidden"][:-1], 1)
    return (
        all_sums @ weight_ih,
        dh,
        dc,
        np.tensordot(all_sums, cache["x"], ((0, 1), (0, 1))),
        np.tensordot(all_sums, before, ((0, 1), (0, 1))),
        d_bias,
        d_bias,
    )


NAMES = ("parameter_count", "lstm_step_forward", "lstm_step_backward", "lstm_forward", "lstm_backward")
STYLES = {
    style: {name: globals()[f"{style}_{name.removeprefix('lstm_')}"] for name in NAMES}
    for style in ("loop", "array", "other")
}
PAIRS = (NAMES[1:3], NAMES[3:5])  # forward and backward share the form of the cache


@pytest.fixture(scope="module")
def exercise(implementations):
    return implementations("lstm")


@pytest.mark.parametrize("style", STYLES)
def test_other_right_implementations_get_full_marks(exercise, style):
    assert exercise.failures(STYLES[style]) == {}


def test_another_right_implementation_gets_full_marks_in_the_last_part(exercise):
    assert exercise.failures(STYLES["other"], capstone=True) == {}


@pytest.mark.parametrize("style", STYLES)
def test_each_pair_works_beside_the_reference(exercise, style):
    for pair in PAIRS:
        assert exercise.failures({name: STYLES[style][name] for name in pair}) == {}


def test_other_names_of_the_parameters_get_full_marks(exercise):
    functions = {
        "parameter_count": lambda d, h, layers=1, with_bias=True: loop_parameter_count(
            d, h, layers, with_bias
        ),
        "lstm_step_forward": lambda *arguments: array_step_forward(*arguments),
        "lstm_step_backward": lambda dh, dc, saved: array_step_backward(dh, dc, saved),
    }
    assert exercise.failures(functions) == {}


def test_a_backward_function_whose_forward_is_not_written_says_so(exercise):
    def unwritten(*arguments):
        raise NotImplementedError

    failures = exercise.failures({"lstm_forward": unwritten})
    assert "lstm_forward is not written yet" in failures["test-lstm-backward"]


def test_a_missing_cache_is_said_where_it_is_missing(exercise):
    failures = exercise.failures({"lstm_step_forward": lambda *given: array_step_forward(*given)[:2]})
    assert "3 values should be returned; got 2 values" in failures["test-lstm-step-forward"]
    assert "lstm_step_forward should return three values" in failures["test-lstm-step-backward"]


def test_a_missing_gradient_is_said_with_their_number(exercise):
    failures = exercise.failures(
        {
            "lstm_step_forward": array_step_forward,
            "lstm_step_backward": lambda *given: array_step_backward(*given)[:5],
        }
    )
    assert "7 values should be returned; got 5 values" in failures["test-lstm-step-backward"]


def test_a_cut_additive_path_fails_the_last_part(exercise):
    def cut(grad_h, grad_c, cache):
        gradients = list(array_step_backward(grad_h, grad_c, cache))
        gradients[2] = 0.3 * gradients[2]
        return gradients

    functions = {"lstm_step_forward": array_step_forward, "lstm_step_backward": cut}
    failures = exercise.failures(
        functions | {name: STYLES["other"][name] for name in PAIRS[1]}, capstone=True
    )
    assert "more than a fifth of the gradient should be left" in failures["test-text-and-reach"]


def step_with_two_mistakes(x, h_prev, c_prev, *parameters):
    """The old cell state times 1 - f, and no tanh at the output."""
    _, _, cache = other_step_forward(x, h_prev, c_prev, *parameters)
    i, f, g, o = cache.letters
    c = (1 - f) * c_prev + i * g
    return o * c, c, cache


def step_with_two_other_mistakes(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The logistic function for the candidate, and bias_hh forgotten."""
    i, f, g, o = np.split(1 / (1 + np.exp(-(x @ weight_ih.T + bias_ih + h_prev @ weight_hh.T))), 4, axis=1)
    c = f * c_prev + i * g
    return o * np.tanh(c), c, None


def step_back_with_two_mistakes(grad_h, grad_c, cache):
    """No slope of the forget gate, and the tanh's slope forgotten where the two gradients meet."""
    _, f, _, o = cache.letters
    total = grad_c + grad_h * o
    right = other_step_backward(grad_h, (total - grad_h * o * (1 - np.tanh(cache.c) ** 2)), cache)
    bias = right[5].copy()
    bias[f.shape[1] : 2 * f.shape[1]] = (total * cache.c_prev).sum(axis=0)
    return *right[:5], bias, bias


def layer_back_with_two_mistakes(grad_output, grad_c_n, cache):
    """The weights' gradients overwritten, and nothing carried along the cell states."""
    grad_h, grad_x = 0.0, np.zeros((*grad_output.shape[:2], cache[0].joined.shape[1] - grad_output.shape[2]))
    grad_c = grad_c_n
    for t in reversed(range(len(cache))):
        grad_x[:, t], grad_h, last, *parts = other_step_backward(grad_output[:, t] + grad_h, grad_c, cache[t])
        grad_c = np.zeros_like(grad_c_n)
    return grad_x, grad_h, last, *parts


def layer_forward_of_steps(x, h, c, *parameters):
    hidden, caches = [], []
    for t in range(x.shape[1]):
        h, c, cache = other_step_forward(x[:, t], h, c, *parameters)
        hidden.append(h)
        caches.append(cache)
    return np.stack(hidden, axis=1), c, caches


TWO_MISTAKES = {
    "forget gate and output": (
        {"lstm_step_forward": step_with_two_mistakes},
        "test-lstm-step-forward",
        "forget_gate_turned_round",
    ),
    "candidate and bias": (
        {"lstm_step_forward": step_with_two_other_mistakes},
        "test-lstm-step-forward",
        "sigmoid_for_the_candidate",
    ),
    "forget gate's slope and the tanh's": (
        {"lstm_step_forward": other_step_forward, "lstm_step_backward": step_back_with_two_mistakes},
        "test-lstm-step-backward",
        "tanh_slope_of_the_cell_state_forgotten",
    ),
    "weights and cell states": (
        {"lstm_forward": layer_forward_of_steps, "lstm_backward": layer_back_with_two_mistakes},
        "test-lstm-backward",
        "cell_gradient_not_carried",
    ),
}


def known_mistakes(exercise):
    compiled, known = exercise.compiled, {}
    for path in (compiled.assignment / "check.json", compiled.hidden):
        known |= json.loads(path.read_text("utf-8"))["known"]
    return known


def messages(exercise, functions):
    """All messages of failing cells by the cell's id, with the known mistakes at hand."""
    compiled = exercise.compiled
    checker = Checker(known_mistakes(exercise))
    results = run(compiled.source, compiled.assignment, checker, replace=functions)
    return {result.cell.id: result.message for result in results if not result.passed}


@pytest.mark.parametrize("mistakes", TWO_MISTAKES)
def test_one_of_two_mistakes_at_once_is_named(exercise, mistakes):
    functions, cell, name = TWO_MISTAKES[mistakes]
    assert f"known mistake  {name}: " in messages(exercise, functions)[cell]


@pytest.mark.parametrize("name", NAMES)
def test_random_wrong_numbers_get_no_name(exercise, name):
    generator = np.random.default_rng(0)
    right = STYLES["array"][name]

    def wrong(*arguments):
        result = right(*arguments)
        if name == "parameter_count":
            return result + int(generator.integers(1000, 2000))
        return [
            value + generator.normal(size=value.shape) if isinstance(value, np.ndarray) else value
            for value in result
        ]

    pair = next((pair for pair in PAIRS if name in pair), ())
    functions = {other: STYLES["array"][other] for other in pair} | {name: wrong}
    found = messages(exercise, functions).values()
    assert any(f"{name} is not right yet" in message for message in found)
    assert not any("known mistake" in message for message in found)


MESSAGES = {
    "one_bias_vector": """
        parameter_count is not right yet: 2 features, 3 units
        called with    input_size = 2, hidden_size = 3
        wrong value    got 72, expected 84
        known mistake  one_bias_vector: Only one bias vector is counted. PyTorch keeps two for each LSTM, `bias_ih` and `bias_hh`.
    """,
    "candidate_last": """
        lstm_step_forward is not right yet: cell state: input gate at 0.75, candidate at 0.6
        called with    x (1, 1) float64 = [[0.5]], h_prev (1, 1) float64 = [[-0.75]], c_prev (1, 1) float64 = [[8.]], weight_ih (4, 1) float64 = [[0.], [0.], [0.], [0.]], weight_hh (4, 1) float64 = [[0.], [0.], [0.], [0.]], bias_ih (4,) float64 = [  1.0986, -40.    ,   0.6931,  -1.0986], bias_hh (4,) float64 = [0., 0., 0., 0.]
        wrong values   1 of 1 differ, by 1.05 at most; the first at [0, 0]: got -0.6, expected 0.45
        known mistake  candidate_last: The blocks are read in the order i, f, o, g. Here the candidate is the third: i, f, g, o.
    """,
    "cell_state_shown_without_tanh": """
        lstm_step_forward is not right yet: hidden state: output gate at 0.25, tanh of the cell state at 0.8
        called with    x (1, 1) float64 = [[0.5]], h_prev (1, 1) float64 = [[-0.75]], c_prev (1, 1) float64 = [[1.0986]], weight_ih (4, 1) float64 = [[0.], [0.], [0.], [0.]], weight_hh (4, 1) float64 = [[0.], [0.], [0.], [0.]], bias_ih (4,) float64 = [-40.    ,  40.    ,  -1.0986,  -1.0986], bias_hh (4,) float64 = [0., 0., 0., 0.]
        wrong values   1 of 1 differ, by 0.0746531 at most; the first at [0, 0]: got 0.274653, expected 0.2
        known mistake  cell_state_shown_without_tanh: The tanh at the output is forgotten. The hidden state is o times the tanh of the new cell state.
    """,
    "tanh_slope_of_the_cell_state_forgotten": """
        lstm_step_backward is not right yet: gradient of bias_ih, block of the candidate; only grad_h arrives
        called with    x (1, 1) float64 = [[0.5]], h_prev (1, 1) float64 = [[0.]], c_prev (1, 1) float64 = [[0.8108]], weight_ih (4, 1) float64 = [[0.], [0.], [0.], [0.]], weight_hh (4, 1) float64 = [[ 2. ], [-1. ], [ 0.5], [ 3. ]], bias_ih (4,) float64 = [ 1.0986,  1.3863,  0.6931, -1.0986], bias_hh (4,) float64 = [0., 0., 0., 0.], grad_h (1, 1) float64 = [[10.]], grad_c (1, 1) float64 = [[0.]]
        wrong values   1 of 1 differ, by 0.768 at most; the first at [0]: got 1.2, expected 0.432
        known mistake  tanh_slope_of_the_cell_state_forgotten: The slope of the tanh is missing on the way from the hidden state to the cell state. It is 1 - tanh(c)**2.
    """,
    "slope_of_the_forget_gate_forgotten": """
        lstm_step_backward is not right yet: gradient of bias_ih, block of the forget gate; only grad_c arrives
        called with    x (1, 1) float64 = [[0.5]], h_prev (1, 1) float64 = [[0.]], c_prev (1, 1) float64 = [[0.8108]], weight_ih (4, 1) float64 = [[0.], [0.], [0.], [0.]], weight_hh (4, 1) float64 = [[ 2. ], [-1. ], [ 0.5], [ 3. ]], bias_ih (4,) float64 = [ 1.0986,  1.3863,  0.6931, -1.0986], bias_hh (4,) float64 = [0., 0., 0., 0.], grad_h (1, 1) float64 = [[0.]], grad_c (1, 1) float64 = [[-4.]]
        wrong values   1 of 1 differ, by 2.72417 at most; the first at [0]: got -3.24306, expected -0.51889
        known mistake  slope_of_the_forget_gate_forgotten: The slope of the forget gate is missing. From the gate to its sum there is one more factor, f * (1 - f).
    """,
    "cell_state_not_carried": """
        lstm_forward is not right yet: hidden states: two steps, forget gate 0.25
        called with    x (1, 2, 1) float64 = [[[0.5],  [0.5]]], h0 (1, 1) float64 = [[-0.75]], c0 (1, 1) float64 = [[17.5778]], weight_ih (4, 1) float64 = [[0.], [0.], [0.], [0.]], weight_hh (4, 1) float64 = [[0.], [0.], [0.], [0.]], bias_ih (4,) float64 = [-40.    ,  -1.0986,   0.    ,  -1.0986], bias_hh (4,) float64 = [0., 0., 0., 0.]
        wrong values   1 of 2 differ, by 0.0499238 at most; the first at [0, 1, 0]: got 0.249924, expected 0.2
        2 known mistakes give exactly this result:
        known mistake  cell_state_not_carried: Every step begins with `c0`. Each begins with the cell state that the step before has made.
        known mistake  no_state_carried: Every step begins with `h0` and `c0`. Each begins with the two states that the step before has made.
    """,
    "hidden_gradient_not_carried": """
        lstm_backward is not right yet: gradient of h0: two steps; only the last output has a gradient
        called with    x (1, 2, 1) float64 = [[[ 0.5],  [-1. ]]], h0 (1, 1) float64 = [[0.75]], c0 (1, 1) float64 = [[-0.8]], weight_ih (4, 1) float64 = [[ 0.5 ], [-1.  ], [ 1.5 ], [ 0.25]], weight_hh (4, 1) float64 = [[ 1. ], [-0.5], [ 2. ], [ 1.5]], bias_ih (4,) float64 = [ 0.2,  1. , -0.3,  0.6], bias_hh (4,) float64 = [ 0.4,  0.5, -0.6,  0.7], grad_output (1, 2, 1) float64 = [[[ 0.],  [10.]]], grad_c_n (1, 1) float64 = [[0.]]
        wrong values   1 of 1 differ, by 1.13118 at most; the first at [0, 0]: got 3.8651, expected 2.73392
        known mistake  hidden_gradient_not_carried: The gradient of the hidden state is not handed to the step before. The next step's sums saw this hidden state, so a gradient comes back from there too.
    """,
    "gradient_of_step_0_only": """
        lstm_backward is not right yet: gradient of weight_ih: three steps; only grad_c_n arrives
        called with    x (1, 3, 1) float64 = [[[0.5],  [0.5],  [0.5]]], h0 (1, 1) float64 = [[-0.75]], c0 (1, 1) float64 = [[1.]], weight_ih (4, 1) float64 = [[0.], [0.], [0.], [0.]], weight_hh (4, 1) float64 = [[0.], [0.], [0.], [0.]], bias_ih (4,) float64 = [ 1.0986,  1.3863,  0.6931, -1.0986], bias_hh (4,) float64 = [0., 0., 0., 0.], grad_output (1, 3, 1) float64 = [[[0.],  [0.],  [0.]]], grad_c_n (1, 1) float64 = [[10.]]
        wrong values   3 of 4 differ, by 4.32 at most; the first at [0, 0]: got 0.36, expected 1.3725
        known mistake  gradient_of_step_0_only: The gradients of the weights are overwritten at each step. `=` keeps those of step 0; all steps use the same weights, so they add up.
    """,
}


@pytest.mark.parametrize("mistake", MESSAGES)
def test_what_a_learner_reads_after_the_most_common_mistake(exercise, mistake):
    written = [line.strip() for line in MESSAGES[mistake].strip().splitlines()]
    assert exercise.first_message(mistake) == written
