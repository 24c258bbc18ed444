"""Right answers to the exercise `lstm` in several styles: `STYLES` has them by style and function."""

import math
from typing import NamedTuple

import numpy as np

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
SLOW_STYLES = ("loop",)  # plain loops over every number would train for hours
PAIRS = (NAMES[1:3], NAMES[3:5])  # forward and backward share the form of the cache
