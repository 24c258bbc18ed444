"""Right answers to the exercise `comparison` in several styles: `STYLES` has them by style and function."""

import functools
import math
from collections import deque, namedtuple

import numpy as np

# Plain counting: nothing is multiplied that can be counted one by one.


def loop_blocks(kind):
    return len({"RNN": "h", "LSTM": "ifgo", "GRU": "rzn"}[kind])


def loop_recurrent_shapes(kind, N, T, D, H, directions=1):
    units = 0
    for _ in range(loop_blocks(kind)):
        units += H
    return [[N, T, sum(H for _ in range(directions))], [units, D], [units, H]]


def loop_recurrent_parameters(kind, T, D, H, directions=1):
    count = 0
    for _direction in range(directions):
        for _block in range(loop_blocks(kind)):
            for _unit in range(H):
                count += len([*range(D), *range(H), "bias_ih", "bias_hh"])
    return count


def loop_recurrent_multiply_adds(kind, T, D, H, directions=1):
    count = 0
    for _step in range(T):
        for _direction in range(directions):
            for _unit in range(loop_blocks(kind) * H):
                count += D
                count += H
    return count


def loop_convolution_shape(shape, C_out, kernel_size, stride=1, padding=0):
    result = [shape[0], C_out]
    for axis, width in enumerate(kernel_size):
        windows, start = 0, -padding
        while start + width <= shape[2 + axis] + padding:
            windows, start = windows + 1, start + stride
        result.append(windows)
    return tuple(result)


def loop_convolution_numbers(C_in, C_out, kernel_size, output_size):
    parameters = work = 0
    for _filter in range(C_out):
        parameters += 1
        for _channel in range(C_in):
            for _place in np.ndindex(*kernel_size):
                parameters += 1
                work += len(list(np.ndindex(*output_size)))
    return parameters, work


def loop_embedding_numbers(N, T, V, k):
    return sum(k for _word in range(V)), [N, T, k], 0


def loop_pooling_numbers(shape, kernel_size, stride):
    rows = len(range(0, shape[2] - kernel_size + 1, stride))
    columns = len(range(0, shape[3] - kernel_size + 1, stride))
    return [0, [shape[0], shape[1], rows, columns], 0]


def loop_waiting_products(kind, T, layers=1):
    """The longest way through the grid of places and layers."""
    below = [0] * T
    for _ in range(layers):
        if kind == "CNN":
            below = [max(below) + 1] * T
            continue
        forward, backward = [], []
        for t in range(T):
            forward.append(max(below[t], forward[-1] if forward else 0) + 1)
        for t in reversed(range(T)):
            backward.insert(0, max(below[t], backward[0] if backward else 0) + 1)
        both = zip(forward, backward, strict=True)
        below = [max(pair) for pair in both] if kind == "both ways" else forward
    return max(below)


def loop_places_seen(kind, T, t, layers=1, kernel_size=3):
    seen = {t}
    for _ in range(layers):
        for place in sorted(seen):
            if kind == "CNN":
                half = kernel_size // 2
                seen.update(range(max(0, place - half), min(T, place + half + 1)))
            else:
                seen.update(range(T if kind == "both ways" else place + 1))
    return sum(place < t for place in seen), sum(place > t for place in seen)


def loop_field_of_stack(kernel_sizes, strides):
    """From the top down: the places that one number looks at, layer by layer."""
    first, last = 0, 0
    for width, stride in list(zip(kernel_sizes, strides, strict=True))[::-1]:
        first, last = first * stride, last * stride + width - 1
    return last - first + 1


def loop_choose_layer(task):
    if task == "A":
        return "bidirectional LSTM"
    if task == "B":
        return "LSTM, open gate"
    if task == "C":
        return "convolution of 5"
    if task == "D":
        return "embedding"
    if task == "E":
        return "max pooling of 2"
    return "global average pooling"


def loop_reason_for(task):
    reasons = "future", "far back", "near", "names", "roughly where", "no order"
    return reasons["ABCDEF".index(task)]


def loop_wrong_line(snippet):
    lines = {"A": 5, "B": 4}
    lines["C"] = 5
    lines["D"] = 3
    return lines[snippet]


def loop_leaky_states(x, weight_ih, weight_hh, leak):
    N, T, D = x.shape
    H = len(weight_hh)
    states = np.zeros((N, T, H))
    for n, t, i in np.ndindex(N, T, H):
        old = states[n, t - 1] if t else np.zeros(H)
        drive = sum(weight_ih[i, d] * x[n, t, d] for d in range(D))
        drive += sum(weight_hh[i, j] * old[j] for j in range(H))
        states[n, t, i] = leak * old[i] + (1 - leak) * math.tanh(drive)
    return states


def loop_strongest_over_time(states, lengths):
    rows = []
    for row, length in zip(states.tolist(), lengths.tolist(), strict=True):
        rows.append([max(column) for column in zip(*row[:length], strict=True)])
    return np.array(rows)


def loop_mean_word_loss(log_shares, targets, lengths):
    losses = []
    for n in range(len(lengths)):
        for t in range(lengths[n]):
            losses.append(-float(log_shares[n, t, targets[n, t]]))
    return sum(losses) / len(losses)


def loop_words_to_maps(x, weight, bias):
    C_out, D, F = weight.shape
    maps = np.zeros((len(x), C_out, x.shape[1] - F + 1))
    for n, c, t in np.ndindex(maps.shape):
        maps[n, c, t] = bias[c] + sum(weight[c, d, f] * x[n, t + f, d] for d in range(D) for f in range(F))
    return maps


# The snippets with one line changed, and formulas written out; whole numbers may come as floats.


def array_recurrent_shapes(kind, N, T, D, H, directions=1):
    rows = H * (1 + 2 * (kind == "GRU") + 3 * (kind == "LSTM"))
    return np.array([N, T, H * directions]), np.array([rows, D]), np.array([rows, H])


def array_recurrent_parameters(kind, T, D, H, directions=1):
    _, weight_ih, weight_hh = array_recurrent_shapes(kind, 1, T, D, H)
    one_way = weight_ih.prod() + weight_hh.prod() + 2 * weight_ih[0]
    return one_way * directions


def array_recurrent_multiply_adds(kind, T, D, H, directions=1):
    _, weight_ih, weight_hh = array_recurrent_shapes(kind, 1, T, D, H)
    return float(T * (weight_ih.prod() + weight_hh.prod()) * directions)


def array_convolution_shape(shape, C_out, kernel_size, stride=1, padding=0):
    sides = (np.array(shape[2:]) + 2 * padding - np.array(kernel_size)) // stride + 1
    return np.concatenate([[shape[0], C_out], sides])


def array_convolution_numbers(C_in, C_out, kernel_size, output_size):
    weight = np.empty((C_out, C_in, *kernel_size))
    return [weight.size + C_out, weight.size * np.empty(output_size).size]


def array_embedding_numbers(N, T, V, k):
    table = np.zeros((V, k))
    return table.size, table[np.zeros((N, T), dtype=int)].shape, 0.0


def array_pooling_numbers(shape, kernel_size, stride):
    return 0, array_convolution_shape(shape, shape[1], (kernel_size, kernel_size), stride), 0


def array_waiting_products(kind, T, layers=1):
    return {"CNN": layers, "both ways": T * layers}.get(kind, T - 1 + layers)


def array_places_seen(kind, T, t, layers=1, kernel_size=3):
    half = {"CNN": layers * (kernel_size - 1) // 2}.get(kind, T)
    ahead = half if kind in ("CNN", "both ways") else 0
    return np.minimum(half, t), np.minimum(ahead, T - t - 1)


def array_field_of_stack(kernel_sizes, strides):
    steps = np.cumprod([1, *strides])[: len(kernel_sizes)]
    return 1 + (np.array(kernel_sizes, dtype=int) - 1) @ steps.astype(int)


ARRAY_ANSWERS = {
    "A": ("bidirectional LSTM", "future", 5),
    "B": ("LSTM, open gate", "far back", 4),
    "C": ("convolution of 5", "near", 5),
    "D": ("embedding", "names", 3),
    "E": ("max pooling of 2", "roughly where", None),
    "F": ("global average pooling", "no order", None),
}


def array_choose_layer(task):
    return ARRAY_ANSWERS[task][0]


def array_reason_for(task):
    return ARRAY_ANSWERS[task][1]


def array_wrong_line(snippet):
    return np.int64(ARRAY_ANSWERS[snippet][2])


def array_leaky_states(x, weight_ih, weight_hh, leak):
    state = np.zeros((x.shape[0], weight_hh.shape[0]))
    states = []
    for t in range(x.shape[1]):
        drive = x[:, t] @ weight_ih.T + state @ weight_hh.T
        state = leak * state + (1 - leak) * np.tanh(drive)
        states.append(state)
    return np.stack(states, axis=1)


def array_strongest_over_time(states, lengths):
    real = np.arange(states.shape[1]) < lengths[:, None]
    return states.max(axis=1, where=real[:, :, None], initial=-np.inf)


def array_mean_word_loss(log_shares, targets, lengths):
    rows, places = np.indices(targets.shape)
    losses = -log_shares[rows, places, targets]
    real = places < lengths[:, None]
    return (losses * real).sum() / real.sum()


def array_words_to_maps(x, weight, bias):
    maps = x.transpose(0, 2, 1)
    windows = np.lib.stride_tricks.sliding_window_view(maps, weight.shape[2], axis=2)
    return np.einsum("ndtf,cdf->nct", windows, weight) + bias[:, None]


# Other ways: records, recursion, generators, other memory orders and einsum.

Size = namedtuple("Size", "output weight_ih weight_hh")


def other_recurrent_shapes(kind, N, T, D, H, directions=1):
    rows = H if kind == "RNN" else 3 * H if kind == "GRU" else 4 * H
    return Size(weight_hh=(rows, H), weight_ih=(rows, D), output=(N, T, H if directions == 1 else 2 * H))


def other_recurrent_parameters(kind, T, D, H, directions=1):
    if directions == 2:
        return 2 * other_recurrent_parameters(kind, T, D, H)
    if kind != "RNN":
        return (3 if kind == "GRU" else 4) * other_recurrent_parameters("RNN", T, D, H)
    return D * H + H * H + H + H


def other_recurrent_multiply_adds(kind, T, D, H, directions=1):
    (rows, _), _ = other_recurrent_shapes(kind, 1, T, D, H)[1:]
    return T * (other_recurrent_parameters(kind, T, D, H, directions) - 2 * rows * directions)


def other_convolution_shape(shape, C_out, kernel_size, stride=1, padding=0):
    def side(before, width):
        return math.floor((before - width + 2 * padding) / stride) + 1

    return [shape[0], C_out, *map(side, shape[2:], kernel_size)]


def other_convolution_numbers(C_in, C_out, kernel_size, output_size):
    multiply = functools.partial(functools.reduce, lambda a, b: a * b)
    one_filter = multiply(kernel_size, C_in)
    return C_out * (one_filter + 1), C_out * one_filter * multiply(output_size)


def other_embedding_numbers(N, T, V, k):
    return np.array(V * k), np.array((N, T, k)), np.zeros((), dtype=int)


def other_pooling_numbers(shape, kernel_size, stride):
    N, C, *sides = shape
    return 0.0, (N, C, *((side - kernel_size + stride) // stride for side in sides)), 0.0


def other_waiting_products(kind, T, layers=1):
    """Layer by layer: a recursion from the top."""
    if layers == 0:
        return 0
    if layers == 1:
        return 1 if kind == "CNN" else T
    added = {"CNN": 1, "both ways": T}.get(kind, 1)
    return added + other_waiting_products(kind, T, layers - 1)


def other_places_seen(kind, T, t, layers=1, kernel_size=3):
    if kind == "CNN":
        first = max(0, t - layers * (kernel_size // 2))
        end = min(T, t + layers * (kernel_size // 2) + 1)
    else:
        first, end = 0, T if kind == "both ways" else t + 1
    return [t - first, end - t - 1]


def other_field_of_stack(kernel_sizes, strides):
    layers = deque(zip(kernel_sizes, strides, strict=True))
    if not layers:
        return 1
    width, stride = layers.popleft()
    above = other_field_of_stack([w for w, _ in layers], [s for _, s in layers])
    return (above - 1) * stride + width


def other_choose_layer(task):
    return loop_choose_layer(task)


def other_reason_for(task):
    return str(np.array(["future", "far back", "near", "names", "roughly where", "no order"])[ord(task) - 65])


def other_wrong_line(snippet):
    return float({"A": 5, "B": 4, "C": 5, "D": 3}[snippet])


def other_leaky_states(x, weight_ih, weight_hh, leak):
    driven = np.einsum("ntd,hd->tnh", x, weight_ih)
    state, states = 0.0 * driven[0], []
    for drive in driven:
        state = state + (1 - leak) * (np.tanh(drive + np.einsum("ij,nj->ni", weight_hh, state)) - state)
        states.append(state)
    return np.array(states).transpose(1, 0, 2)


def other_strongest_over_time(states, lengths):
    best = np.asfortranarray(states[:, 0])
    for t in range(1, states.shape[1]):
        best = np.where((t < lengths)[:, None], np.maximum(best, states[:, t]), best)
    return best


def other_mean_word_loss(log_shares, targets, lengths):
    real = np.arange(targets.shape[1]) < lengths[:, None]
    one_hot = np.eye(log_shares.shape[2])[targets]
    return np.average(-(one_hot * log_shares).sum(-1), weights=real)


def other_words_to_maps(x, weight, bias):
    width = weight.shape[2]
    parts = (x[:, f : x.shape[1] - width + 1 + f] @ weight[:, :, f].T for f in range(width))
    return (sum(parts) + bias).swapaxes(1, 2)


NAMES = (
    "recurrent_shapes",
    "recurrent_parameters",
    "recurrent_multiply_adds",
    "convolution_shape",
    "convolution_numbers",
    "embedding_numbers",
    "pooling_numbers",
    "waiting_products",
    "places_seen",
    "field_of_stack",
    "choose_layer",
    "reason_for",
    "wrong_line",
    "leaky_states",
    "strongest_over_time",
    "mean_word_loss",
    "words_to_maps",
)
STYLES = {
    style: {name: globals()[f"{style}_{name}"] for name in NAMES} for style in ("loop", "array", "other")
}
