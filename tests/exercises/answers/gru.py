"""Right answers to the exercise `gru` in several styles: `STYLES` has them by style and function."""

import math
from typing import NamedTuple

import numpy as np

# Plain loops over every number; the caches are dicts.


def loop_parameter_count(kind, input_size, hidden_size, bias=True):
    letters = {"RNN": "h", "GRU": "rzn", "LSTM": "ifgo"}[kind]
    count = 0
    for _ in range(len(letters) * hidden_size):  # one row after the other
        count += input_size + hidden_size
        if bias:
            count += 2
    return count


def loop_sums(n, row, x, weight, bias):
    return bias[row] + sum(x[n, k] * weight[row, k] for k in range(x.shape[1]))


def loop_gate(total):
    return 1.0 / (1.0 + math.exp(-total))


def loop_step_forward(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    size, letters = h_prev.shape[1], {}
    h = np.zeros(h_prev.shape)
    for n, unit in np.ndindex(h.shape):
        from_x = [loop_sums(n, block * size + unit, x, weight_ih, bias_ih) for block in range(3)]
        from_h = [loop_sums(n, block * size + unit, h_prev, weight_hh, bias_hh) for block in range(3)]
        r, z = loop_gate(from_x[0] + from_h[0]), loop_gate(from_x[1] + from_h[1])
        candidate = math.tanh(from_x[2] + r * from_h[2])
        letters[n, unit] = r, z, candidate, from_h[2]
        h[n, unit] = (1 - z) * candidate + z * h_prev[n, unit]
    return h, {"x": x, "h_prev": h_prev, "letters": letters, "ih": weight_ih, "hh": weight_hh}


def loop_step_reset_before(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    batch, size = h_prev.shape
    r, z, h = np.zeros((batch, size)), np.zeros((batch, size)), np.zeros((batch, size))
    for gate, block in ((r, 0), (z, 1)):
        for n, unit in np.ndindex(h.shape):
            row = block * size + unit
            total = loop_sums(n, row, x, weight_ih, bias_ih) + loop_sums(n, row, h_prev, weight_hh, bias_hh)
            gate[n, unit] = loop_gate(total)
    seen = r * h_prev
    for n, unit in np.ndindex(h.shape):
        row = 2 * size + unit
        total = loop_sums(n, row, x, weight_ih, bias_ih) + loop_sums(n, row, seen, weight_hh, bias_hh)
        h[n, unit] = z[n, unit] * h_prev[n, unit] + (1 - z[n, unit]) * math.tanh(total)
    return h


def loop_step_backward(grad_h, cache):
    x, h_prev, weight_ih, weight_hh = cache["x"], cache["h_prev"], cache["ih"], cache["hh"]
    size = h_prev.shape[1]
    grad_x, grad_h_prev = np.zeros(x.shape), np.zeros(h_prev.shape)
    grad_ih, grad_hh = np.zeros(weight_ih.shape), np.zeros(weight_hh.shape)
    bias_ih, bias_hh = np.zeros(3 * size), np.zeros(3 * size)
    for n, unit in np.ndindex(grad_h.shape):
        r, z, candidate, from_h = cache["letters"][n, unit]
        arriving = grad_h[n, unit]
        grad_h_prev[n, unit] += arriving * z
        last = arriving * (1 - z) * (1 - candidate * candidate)
        reset, update = last * from_h * (r - r * r), arriving * (h_prev[n, unit] - candidate) * (z - z * z)
        for block, (slope_x, slope_h) in enumerate(((reset, reset), (update, update), (last, last * r))):
            row = block * size + unit
            bias_ih[row] += slope_x
            bias_hh[row] += slope_h
            for d in range(x.shape[1]):
                grad_x[n, d] += slope_x * weight_ih[row, d]
                grad_ih[row, d] += slope_x * x[n, d]
            for k in range(size):
                grad_h_prev[n, k] += slope_h * weight_hh[row, k]
                grad_hh[row, k] += slope_h * h_prev[n, k]
    return grad_x, grad_h_prev, grad_ih, grad_hh, bias_ih, bias_hh


def loop_forward(x, h0, *parameters):
    output, h, cache = np.zeros((*x.shape[:2], h0.shape[1])), h0, {}
    for t in range(x.shape[1]):
        h, cache[t] = loop_step_forward(x[:, t, :], h, *parameters)
        output[:, t, :] = h
    return output, cache


def loop_backward(grad_output, cache):
    steps = grad_output.shape[1]
    handed, inputs, totals = np.zeros_like(grad_output[:, 0]), [None] * steps, None
    for t in range(steps - 1, -1, -1):
        inputs[t], handed, *parts = loop_step_backward(grad_output[:, t, :] + handed, cache[t])
        if totals is None:
            totals = [part.copy() for part in parts]
        else:
            for total, part in zip(totals, parts, strict=True):
                total += part
    return [np.array(inputs).swapaxes(0, 1), handed, *totals]


# Whole arrays at once with the three blocks as an axis, (N, 3, H); results in other memory orders.


def array_parameter_count(kind, input_size, hidden_size, bias=True):
    blocks = 1 + 2 * (kind != "RNN") + (kind == "LSTM")
    return np.int64(blocks * (hidden_size * input_size + hidden_size**2 + 2 * hidden_size * bias))


def array_step_forward(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    size = h_prev.shape[1]
    blocks_ih, blocks_hh = weight_ih.reshape(3, size, -1), weight_hh.reshape(3, size, size)
    from_x = np.tensordot(x, blocks_ih, axes=(1, 2)) + bias_ih.reshape(3, size)
    from_h = np.tensordot(h_prev, blocks_hh, axes=(1, 2)) + bias_hh.reshape(3, size)
    gates = np.exp(-np.logaddexp(0.0, -(from_x + from_h)[:, :2]))
    r, z = gates.transpose(1, 0, 2)  # views
    n = np.tanh(from_x[:, 2] + r * from_h[:, 2])
    h = np.asfortranarray(n + z * (h_prev - n))
    return [h, (gates, n, from_h[:, 2], x, h_prev, blocks_ih, blocks_hh)]


def array_step_reset_before(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    size = h_prev.shape[1]
    blocks_ih, blocks_hh = weight_ih.reshape(3, size, -1), weight_hh.reshape(3, size, size)
    from_x = np.einsum("nd,ghd->gnh", x, blocks_ih) + (bias_ih + bias_hh).reshape(3, 1, size)
    r, z = np.exp(-np.logaddexp(0.0, -from_x[:2] - np.einsum("nk,ghk->gnh", h_prev, blocks_hh[:2])))
    n = np.tanh(from_x[2] + np.einsum("nk,nk,hk->nh", r, h_prev, blocks_hh[2]))
    return (n.T + z.T * (h_prev - n).T).T


def array_step_backward(grad_h, cache):
    gates, n, from_h, x, h_prev, blocks_ih, blocks_hh = cache
    r, z = gates.transpose(1, 0, 2)
    grad_n = (grad_h - grad_h * z) * (1.0 - n**2)
    grad_gates = gates * (1.0 - gates) * np.stack([grad_n * from_h, grad_h * (h_prev - n)], axis=1)
    grad_from_x = np.concatenate([grad_gates, grad_n[:, None]], axis=1)  # (N, 3, H)
    grad_from_h = grad_from_x.copy()
    grad_from_h[:, 2] *= r
    grad_h_prev = np.tensordot(grad_from_h, blocks_hh, axes=([1, 2], [0, 1]))
    return (
        np.tensordot(grad_from_x, blocks_ih, axes=([1, 2], [0, 1])),
        np.add(grad_h_prev, grad_h * z, order="F"),
        np.tensordot(grad_from_x, x, axes=(0, 0)).reshape(-1, x.shape[1]),
        np.tensordot(grad_from_h, h_prev, axes=(0, 0)).reshape(-1, h_prev.shape[1]),
        np.einsum("ngh->gh", grad_from_x).ravel(),
        np.einsum("ngh->gh", grad_from_h).ravel(),
    )


def array_forward(x, h0, *parameters):
    states, caches = [h0], []
    for x_t in np.moveaxis(x, 1, 0):
        h, cache = array_step_forward(x_t, states[-1], *parameters)
        states.append(h)
        caches.append(cache)
    return np.array(states[1:]).transpose(1, 0, 2), tuple(caches)


def array_backward(grad_output, cache):
    grad_h, everything = grad_output[:, -1], []
    for t in reversed(range(len(cache))):
        gradients = array_step_backward(grad_h, cache[t])
        everything.append(gradients)
        grad_h = gradients[1]
        if t > 0:
            grad_h = grad_h + grad_output[:, t - 1]
    by_argument = list(zip(*everything, strict=True))
    grad_x = np.array(by_argument[0][::-1]).transpose(1, 0, 2)
    return grad_x, grad_h, *(sum(parts) for parts in by_argument[2:])


# As one finds it written elsewhere: input and state joined for the gates, all inputs multiplied at once before
# the loop, the gradients of the weights from one product after it. The layer does not call the step.


class Kept(NamedTuple):
    x: np.ndarray
    h: np.ndarray
    r: np.ndarray
    z: np.ndarray
    n: np.ndarray
    inside: np.ndarray  # the candidate's sum from the hidden state
    weights: tuple


def squash(sums):
    return 1 / (1 + np.exp(-sums))


def other_mix(h, from_x, from_h):
    """One step, given the sums: the new state, and what backward needs."""
    H = h.shape[1]
    r, z = squash(from_x[:, :H] + from_h[:, :H]), squash(from_x[:, H:-H] + from_h[:, H:-H])
    inside = from_h[:, -H:]
    n = np.tanh(from_x[:, -H:] + r * inside)
    return n - z * n + z * h, (h, r, z, n, inside)


def other_grad_sums(dh, h, r, z, n, inside):
    dz, dn = dh * h - dh * n, dh * (1 - z)
    dn = dn * (1 - n * n)
    dr = dn * inside
    gates = np.hstack([dr * r * (1 - r), dz * z * (1 - z)])
    return np.hstack([gates, dn]), np.hstack([gates, dn * r]), dh * z


def other_parameter_count(kind, input_size, hidden_size, bias=True):
    rows = {"RNN": 1, "LSTM": 4}.get(kind, 3) * hidden_size
    shapes = [(rows, input_size), (rows, hidden_size), *([(rows,), (rows,)] if bias else [])]
    return sum(map(math.prod, shapes))


def other_step_forward(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    h, kept = other_mix(h_prev, x.dot(weight_ih.T) + bias_ih, h_prev.dot(weight_hh.T) + bias_hh)
    return h, Kept(x, *kept, (weight_ih, weight_hh))


def other_step_reset_before(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    H = h_prev.shape[1]
    weight, bias = np.hstack([weight_ih, weight_hh]), bias_ih + bias_hh
    gates = squash(np.hstack([x, h_prev]) @ weight[: 2 * H].T + bias[: 2 * H])
    n = np.tanh(np.hstack([x, gates[:, :H] * h_prev]) @ weight[2 * H :].T + bias[2 * H :])
    h = h_prev.copy()
    h *= gates[:, H:]
    h += (1 - gates[:, H:]) * n
    return h


def other_step_backward(dh, kept):
    d_x, d_h, direct = other_grad_sums(dh, kept.h, kept.r, kept.z, kept.n, kept.inside)
    weight_ih, weight_hh = kept.weights
    ones = np.ones(len(dh))
    return d_x @ weight_ih, direct + d_h @ weight_hh, d_x.T @ kept.x, d_h.T @ kept.h, ones @ d_x, ones @ d_h


def other_forward(x, h, weight_ih, weight_hh, bias_ih, bias_hh):
    from_x = x @ weight_ih.T + bias_ih  # (N, T, 3H)
    output, kept = np.empty((*x.shape[:2], h.shape[1])), []
    for t in range(x.shape[1]):
        h, step = other_mix(h, from_x[:, t], h @ weight_hh.T + bias_hh)
        output[:, t] = h
        kept.append(step)
    return output, {"x": x, "kept": kept, "weights": (weight_ih, weight_hh)}


def other_backward(d_output, cache):
    (weight_ih, weight_hh), kept = cache["weights"], cache["kept"]
    d_x = np.zeros((*d_output.shape[:2], len(weight_hh)))
    d_h, carried = np.zeros_like(d_x), 0
    for t in range(len(kept))[::-1]:
        d_x[:, t], d_h[:, t], direct = other_grad_sums(d_output[:, t] + carried, *kept[t])
        carried = direct + d_h[:, t] @ weight_hh
    before = np.stack([step[0] for step in kept], 1)
    return (
        d_x @ weight_ih,
        carried,
        np.tensordot(d_x, cache["x"], ((0, 1), (0, 1))),
        np.tensordot(d_h, before, ((0, 1), (0, 1))),
        d_x.sum((0, 1)),
        d_h.sum((0, 1)),
    )


NAMES = (
    "parameter_count",
    "gru_step_forward",
    "gru_step_backward",
    "gru_forward",
    "gru_backward",
    "gru_step_reset_before",
)
STYLES = {
    style: {name: globals()[f"{style}_{name.removeprefix('gru_')}"] for name in NAMES}
    for style in ("loop", "array", "other")
}
SLOW_STYLES = ("loop",)  # plain loops over every number would train for hours; the exercise says so
PAIRS = (NAMES[1:3], NAMES[3:5])  # forward and backward share the form of the cache
