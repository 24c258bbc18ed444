"""Right answers to the exercise `rnn` in several styles: `STYLES` has them by style and function."""

import math
from collections import namedtuple

import numpy as np

# Plain loops over every number; the caches are lists and tuples of what was given. Too slow for the last part.


def loop_rnn_step_forward(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    h = np.zeros(h_prev.shape)
    for n, i in np.ndindex(h.shape):
        total = bias_ih[i] + bias_hh[i]
        for j in range(x.shape[1]):
            total += weight_ih[i, j] * x[n, j]
        for j in range(h.shape[1]):
            total += weight_hh[i, j] * h_prev[n, j]
        h[n, i] = math.tanh(total)
    return h, [x, h_prev, weight_ih, weight_hh, h]


def loop_rnn_step_backward(grad_output, cache):
    x, h_prev, weight_ih, weight_hh, h = cache
    grads = [np.zeros(a.shape) for a in (x, h_prev, weight_ih, weight_hh, h[0], h[0])]
    for n, i in np.ndindex(h.shape):
        at_sum = float(grad_output[n, i]) * (1 - h[n, i]) * (1 + h[n, i])
        for j in range(x.shape[1]):
            grads[0][n, j] += at_sum * weight_ih[i, j]
            grads[2][i, j] += at_sum * x[n, j]
        for j in range(h.shape[1]):
            grads[1][n, j] += at_sum * weight_hh[i, j]
            grads[3][i, j] += at_sum * h_prev[n, j]
        grads[4][i] += at_sum
        grads[5][i] += at_sum
    return grads


def loop_rnn_forward(x, h0, *weights):
    output, saved = np.zeros((*x.shape[:2], h0.shape[1])), []
    for t in range(x.shape[1]):
        before = h0 if t == 0 else output[:, t - 1]
        output[:, t], step = loop_rnn_step_forward(x[:, t], before, *weights)
        saved.append(step)
    return output, (saved, "saved")


def loop_rnn_backward(grad_output, cache):
    saved, _ = cache
    totals, grad_x, arriving = None, [], np.zeros(grad_output[:, 0].shape)
    for t in range(len(saved) - 1, -1, -1):
        arriving = arriving + grad_output[:, t]
        grad_x_t, arriving, *parts = loop_rnn_step_backward(arriving, saved[t])
        grad_x.append(grad_x_t)
        totals = (
            parts if totals is None else [total + part for total, part in zip(totals, parts, strict=True)]
        )
    return [np.array(grad_x[::-1]).transpose(1, 0, 2), arriving, *totals]


def loop_gradient_norms(grad_last, cache):
    columns, travelling = [], grad_last
    for step in [None, *cache[0][::-1]]:
        if step is not None:
            travelling = loop_rnn_step_backward(travelling, step)[1]
        columns.append([math.hypot(*row) for row in travelling.tolist()])
    return np.array(columns).T


def loop_clip_by_norm(gradients, max_norm):
    total = 0.0
    for gradient in gradients:
        for value in gradient.ravel().tolist():
            total += value * value
    norm = math.sqrt(total)
    clipped = []
    for gradient in gradients:
        clipped.append(gradient / norm * max_norm if norm > max_norm else gradient.copy())
    return clipped, norm


# Whole arrays at once, einsum and dicts; the weights' gradients are computed after the loop, for all steps together.


def array_rnn_step_forward(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    both = np.concatenate([x, h_prev], axis=1)  # (N, D + H)
    weight = np.concatenate([weight_ih, weight_hh], axis=1)  # (H, D + H)
    h = np.tanh(np.einsum("nk,hk->nh", both, weight) + (bias_ih + bias_hh))
    return h, {"both": both, "weight": weight, "slope": (1 - h) * (1 + h), "D": x.shape[1]}


def array_rnn_step_backward(grad_output, cache):
    at_sum = grad_output * cache["slope"]
    inputs = np.split(at_sum @ cache["weight"], [cache["D"]], axis=1)
    weights = np.split(np.einsum("nh,nk->hk", at_sum, cache["both"]), [cache["D"]], axis=1)
    return (*inputs, *weights, np.einsum("nh->h", at_sum), np.ones(len(at_sum)) @ at_sum)


def array_rnn_forward(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    from_input = np.einsum("ntd,hd->tnh", x, weight_ih) + bias_ih + bias_hh  # (T, N, H)
    states = np.empty((x.shape[1] + 1, *h0.shape))
    states[0] = h0
    for t, sums in enumerate(from_input):
        states[t + 1] = np.tanh(sums + states[t] @ weight_hh.T)
    return states[1:].transpose(1, 0, 2), {"x": x, "states": states, "weights": (weight_ih, weight_hh)}


def array_rnn_backward(grad_output, cache):
    x, states, (weight_ih, weight_hh) = cache["x"], cache["states"], cache["weights"]
    at_sums = np.zeros(states[1:].shape)  # (T, N, H)
    carried = np.zeros(states[0].shape)
    for t in reversed(range(len(at_sums))):
        at_sums[t] = (grad_output[:, t] + carried) * (1 - np.square(states[t + 1]))
        carried = np.dot(at_sums[t], weight_hh)
    return (
        np.einsum("tnh,hd->ntd", at_sums, weight_ih),
        carried,
        np.einsum("tnh,ntd->hd", at_sums, x),
        np.tensordot(at_sums, states[:-1], axes=((0, 1), (0, 1))),
        at_sums.sum((0, 1)),
        at_sums.sum((0, 1)),
    )


def array_gradient_norms(grad_last, cache):
    states, weight_hh = cache["states"], cache["weights"][1]
    product = np.tile(np.eye(weight_hh.shape[0]), (len(grad_last), 1, 1))  # (N, H, H), of Jacobians
    norms = [np.sqrt((grad_last**2).sum(1))]
    for after in states[:0:-1]:
        product = product @ ((1 - after**2)[:, :, None] * weight_hh)
        norms.append(np.sqrt(np.einsum("ni,nij->nj", grad_last, product).__pow__(2).sum(1)))
    return np.array(norms).T


def array_clip_by_norm(gradients, max_norm):
    together = np.concatenate([gradient.ravel() for gradient in gradients])
    norm = float(np.linalg.norm(together))
    return tuple(min(1.0, max_norm / (norm + 1e-6)) * gradient for gradient in gradients), norm


# As people write it who have met CS231n before; memory in another order, named tuples, `+=` on zeros.

Saved = namedtuple("Saved", "x prev_h Wx Wh next_h")


def other_rnn_step_forward(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    next_h = np.tanh(np.dot(weight_hh, h_prev.T).T + np.dot(weight_ih, x.T).T + (bias_hh + bias_ih))
    return np.asfortranarray(next_h), Saved(x, h_prev, weight_ih.T, weight_hh.T, next_h)


def other_rnn_step_backward(grad_output, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = grad_output - grad_output * next_h * next_h
    db = np.sum(da, 0)
    return [da.dot(Wx.T), da.dot(Wh.T), x.T.dot(da).T, prev_h.T.dot(da).T, db, db]


def other_rnn_forward(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    N, T, _ = x.shape
    h = np.zeros((T, N, weight_hh.shape[0])).transpose(1, 0, 2)
    cache, prev_h = {}, h0
    for t in range(T):
        h[:, t, :], cache[t] = other_rnn_step_forward(
            x[:, t, :], prev_h, weight_ih, weight_hh, bias_ih, bias_hh
        )
        prev_h = h[:, t, :]
    return h, cache


def other_rnn_backward(grad_output, cache):
    N, T, H = grad_output.shape
    D = cache[0].x.shape[1]
    dx, dprev = np.zeros((T, D, N)).transpose(2, 0, 1), np.zeros((N, H))
    totals = [np.zeros((H, D), order="F"), np.zeros((H, H)), np.zeros(H), np.zeros(H)]
    for t in range(T)[::-1]:
        dh = grad_output[:, t, :].copy()
        dh += dprev
        dx[:, t, :], dprev, *parts = other_rnn_step_backward(dh, cache[t])
        for total, part in zip(totals, parts, strict=True):
            total += part
    return (dx, dprev, *totals)


def other_gradient_norms(grad_last, cache):
    T = len(cache)
    norms = np.zeros((T + 1, len(grad_last)))
    norms[0] = np.linalg.norm(grad_last, axis=-1)
    dh = grad_last.copy()
    for d in range(1, T + 1):
        dh = other_rnn_step_backward(dh, cache[T - d])[1]
        norms[d] = np.linalg.norm(dh, axis=-1)
    return norms.T


def other_clip_by_norm(gradients, max_norm):
    squares = 0
    for gradient in gradients:
        squares += np.vdot(gradient, gradient)
    norm = squares**0.5
    if norm <= max_norm:
        return gradients, norm
    return list(map((max_norm / norm).__mul__, gradients)), norm


# The cache is a function that knows how to go back.


def closure_rnn_step_forward(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    h = np.tanh(sum((x @ weight_ih.T, h_prev @ weight_hh.T, bias_ih, bias_hh)))

    def back(gradient):
        at_sum = np.where(True, gradient, 0) * (1 - h * h)
        of_bias = np.add.reduce(at_sum)
        return (
            at_sum @ weight_ih,
            at_sum @ weight_hh,
            (x.T @ at_sum).T,
            (h_prev.T @ at_sum).T,
            of_bias,
            +of_bias,
        )

    return h, back


def closure_rnn_step_backward(grad_output, cache):
    return cache(grad_output)


def closure_rnn_forward(x, h0, *weights):
    states, way_back = [h0], []
    for x_t in np.moveaxis(x, 1, 0):
        for kept, value in zip(
            (states, way_back), closure_rnn_step_forward(x_t, states[-1], *weights), strict=True
        ):
            kept.append(value)
    return np.concatenate([state[:, None] for state in states[1:]], axis=1), way_back


def closure_rnn_backward(grad_output, cache):
    def from_step(t):
        """What comes back from step t and all later ones: the inputs' gradients, and five more."""
        if t == len(cache):
            return [], 0, (0, 0, 0, 0)
        later_x, carried, later = from_step(t + 1)
        of_x, of_state, *own = cache[t](grad_output[:, t] + carried)
        return [of_x, *later_x], of_state, [a + b for a, b in zip(own, later, strict=True)]

    inputs, of_h0, of_weights = from_step(0)
    return np.stack(inputs, 1), of_h0, *of_weights


def closure_gradient_norms(grad_last, cache):
    gradients = [grad_last]
    for back in cache[::-1]:
        gradients += [back(gradients[-1])[1]]
    return np.sqrt(np.square(gradients).sum(-1)).T


def closure_clip_by_norm(gradients, max_norm):
    norm = np.linalg.norm([np.linalg.norm(gradient) for gradient in gradients])
    return [
        gradient * max_norm / max(norm, max_norm) if norm > max_norm else gradient for gradient in gradients
    ], norm


NAMES = (
    "rnn_step_forward",
    "rnn_step_backward",
    "rnn_forward",
    "rnn_backward",
    "gradient_norms",
    "clip_by_norm",
)
WITH_ONE_CACHE = NAMES[:2], NAMES[2:5], NAMES[5:]
SLOW_STYLES = ("loop",)  # in the last part
STYLES = {
    style: {name: globals()[f"{style}_{name}"] for name in NAMES}
    for style in ("loop", "array", "other", "closure")
}
