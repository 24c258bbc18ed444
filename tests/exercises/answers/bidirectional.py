"""Right answers to the exercise `bidirectional` in several styles: `STYLES` has them by style and function."""

import math
from collections import namedtuple

import numpy as np

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
    N, T, _ = x.shape
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
    x, lengths, Wx, Wh, h = cache
    dx, dstate = np.zeros_like(x), np.zeros((len(x), len(Wh)))
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(len(Wh))
    for t in range(x.shape[1])[::-1]:
        going = np.flatnonzero(lengths > t)
        da = (grad_output[going, t] + dstate[going]) * (1 + h[going, t]) * (1 - h[going, t])
        dx[going, t] = da @ Wx
        dstate[going] = da @ Wh
        dWx += da.T @ x[going, t]
        if t:
            dWh += da.T @ h[going, t - 1]
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
    H = grad_output.shape[-1] // 2
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
