"""The exercise `comparison` accepts every right answer and explains the most common wrong ones."""

# ruff: noqa: N803, N806  the letters of the notation page: N, T, D, H

import functools
import math
import re
import warnings
from collections import deque, namedtuple

import nbformat
import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from layerbook.grading.release import learner_versions

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


@pytest.fixture(scope="module")
def exercise(implementations):
    return implementations("comparison")


@pytest.mark.parametrize("style", STYLES)
def test_other_right_implementations_get_full_marks_in_every_part(exercise, style):
    assert exercise.failures(STYLES[style], capstone=True) == {}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", NAMES)
def test_each_function_works_beside_the_reference(exercise, name, style):
    assert exercise.failures({name: STYLES[style][name]}) == {}


@pytest.mark.parametrize(("kind", "directions"), [("RNN", 1), ("RNN", 2), ("LSTM", 1), ("GRU", 2)])
def test_a_counter_of_operations_agrees_on_the_work_of_recurrent_layers(kind, directions):
    layer = getattr(torch.nn, kind)(3, 5, batch_first=True, bidirectional=directions == 2)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the switch itself warns
        with torch.backends.mkldnn.flags(enabled=False), FlopCounterMode(display=False) as counter:
            layer(torch.zeros(1, 7, 3))
    assert counter.get_total_flops() == 2 * loop_recurrent_multiply_adds(kind, 7, 3, 5, directions)


def test_a_counter_of_operations_agrees_on_the_work_of_all_other_layers():
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        torch.nn.Conv2d(4, 3, (3, 5))(torch.zeros(1, 4, 8, 6))
    assert counter.get_total_flops() == 2 * loop_convolution_numbers(4, 3, (3, 5), (6, 2))[1]
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        torch.nn.Embedding(11, 3)(torch.zeros(2, 5, dtype=torch.int64))
        torch.nn.MaxPool2d(3, 2)(torch.zeros(2, 3, 8, 15))
    assert counter.get_total_flops() == 0


# The line that is wrong in each snippet, mended.
MENDED = {
    "A": ("leaky_states", 5, "        drive = x_t @ weight_ih.T + state @ weight_hh.T"),
    "B": ("strongest_over_time", 4, "    kept = np.where(real[:, :, None], states, -np.inf)"),
    "C": ("mean_word_loss", 5, "    return (losses * real).sum() / real.sum()"),
    "D": ("words_to_maps", 3, "    maps = x.swapaxes(1, 2)"),
}


@pytest.mark.parametrize("letter", MENDED)
def test_a_snippet_is_wrong_and_right_with_its_wrong_line_mended(exercise, letter):
    name, number, line = MENDED[letter]
    text = "\n".join(cell.source for cell in exercise.compiled.source.cells if cell.kind == "text")
    lines = re.search(rf"```python\n(def {name}\(.*?)\n```", text, re.DOTALL).group(1).split("\n")
    assert f"test-{name.replace('_', '-')}" in exercise.failures({name: defined(name, lines)})
    assert exercise.failures({name: defined(name, [*lines[: number - 1], line, *lines[number:]])}) == {}
    assert loop_wrong_line(letter) == number


def defined(name, lines):
    namespace = {"np": np}
    exec("\n".join(lines), namespace)
    return namespace[name]


def test_the_text_offers_the_choices_that_are_accepted(exercise):
    text = " ".join(cell.source for cell in exercise.compiled.source.cells if cell.kind == "text").split()
    text = " ".join(text)
    setup = next(cell for cell in exercise.compiled.source.cells if cell.id == "setup-choices").source
    namespace = {"namedtuple": namedtuple, "hashlib": None}
    exec(setup, namespace)
    for task, layers in namespace["LAYERS"].items():
        offered = text.partition(f"**{task}.**")[2].partition("Layers:")[2]
        layer_part, _, rest = offered.partition("Reasons:")
        assert re.findall(r"`\"(.*?)\"`", layer_part) == list(layers)
        assert re.findall(r"`\"(.*?)\"`", rest.partition("**")[0].partition("|")[0]) == list(
            namespace["REASONS"][task]
        )


def test_an_answer_that_is_not_offered_is_told_what_is(exercise):
    failures = exercise.failures({"choose_layer": lambda task: "transformer"})
    assert "'transformer' is none of the choices: 'embedding', 'RNN'," in failures["test-choose-layer"]


def test_no_right_answer_is_shown_where_a_wrong_one_is_refused(exercise):
    message = exercise.failures({"wrong_line": lambda snippet: 1})["test-wrong-line-a"]
    assert "is_right: got False, expected True" in message
    assert "5" not in message


def test_a_table_from_a_wrong_formula_sends_to_that_formula(exercise):
    def one_bias(kind, T, D, H, directions=1):
        return loop_recurrent_parameters(kind, T, D, H, directions) - directions * loop_blocks(kind) * H

    message = exercise.failures({"recurrent_parameters": one_bias}, capstone=True)["test-fill-table"]
    assert "RNN: 1312 parameters and 30720 multiply-adds; in the chapter it has 1344 and 30720." in message
    assert "Does a check of part 1 fail?" in message


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda table: list(table.values()), "A dict from names to five numbers is wanted, not a list."),
        (lambda table: table | {"CNN": (*table["CNN"][:3], (3, 3))}, "CNN: there should be five numbers, of"),
        (
            lambda table: table | {"CNN": (10112, 239616, *table["CNN"][2:])},
            "CNN: 10112 parameters and 239616 multiply-adds; in the chapter it has 7008 and 165888.",
        ),
        (
            lambda table: table | {"both ways": (*table["both ways"][:3], 11, 12)},
            "both ways: your own formula says (12, 11) places before and after the middle place, T // 2 = 12.",
        ),
    ],
)
def test_a_wrong_table_is_told_what_is_wrong_with_it(exercise, wrong, told):
    table = {
        "RNN": (1344, 30720, 24, 12, 0),
        "LSTM": (5376, 122880, 24, 12, 0),
        "GRU": (4032, 92160, 24, 12, 0),
        "both ways": (832, 18432, 24, 12, 11),
        "CNN": (7008, 165888, 3, 3, 3),
    }
    message = exercise.failures({"fill_table": lambda T, D, H: wrong(table)}, capstone=True)[
        "test-fill-table"
    ]
    assert told in message


def test_names_that_are_not_a_list_are_told_so(exercise):
    failures = exercise.failures({"can_answer": lambda table, offset: {"both ways"}}, capstone=True)
    assert (
        "A list of names is wanted, in the order of the table; got {'both ways'}."
        in (failures["test-can-answer"])
    )


def test_six_of_the_points_wait_for_a_person(exercise):
    cells = exercise.compiled.source.cells
    by_hand = sum(cell.points for cell in cells if cell.kind == "answer")
    assert (by_hand, sum(cell.points for cell in cells if cell.kind == "tests")) == (6, 34)


def test_model_answers_do_not_ship(exercise, root):
    [folder] = learner_versions([exercise.compiled.exercise], root)
    released = nbformat.read(folder / "comparison.ipynb", as_version=4)
    answers = [cell.source for cell in released.cells if cell.id.startswith("answer-")]
    assert answers == ["YOUR ANSWER HERE"] * 2


MESSAGES = {
    "gates_in_the_output": """
        recurrent_shapes is not right yet: an LSTM
        called with    kind = 'LSTM', N = 7, T = 6, D = 5, H = 2
        wrong value    output: got '(7, 6, 8)', expected '(7, 6, 2)'
        known mistake  gates_in_the_output: The output has a block for each gate. Gates work inside; what leaves the layer is one state of H numbers in each direction.
    """,
    "second_bias_forgotten": """
        recurrent_parameters is not right yet: an RNN, 3 features in and 4 units
        called with    kind = 'RNN', T = 5, D = 3, H = 4
        wrong value    got 32, expected 36
        known mistake  second_bias_forgotten: One bias is counted. PyTorch has two, `bias_ih` and `bias_hh`: 2 numbers for each unit of each block.
    """,
    "as_many_units_as_gate_rows": """
        recurrent_parameters is not right yet: an LSTM, 3 features in and 5 units
        called with    kind = 'LSTM', T = 7, D = 3, H = 5
        wrong value    got 500, expected 200
        known mistake  as_many_units_as_gate_rows: The gates are counted as more units of an RNN. Then each row would hear all 4 H (3 H in a GRU) of them; each block has H rows and hears the H numbers of the old state.
    """,
    "work_of_as_many_units_as_gate_rows": """
        recurrent_multiply_adds is not right yet: an LSTM, 7 steps
        called with    kind = 'LSTM', T = 7, D = 3, H = 5
        wrong value    got 3220, expected 1120
        known mistake  work_of_as_many_units_as_gate_rows: The gates are counted as more units of an RNN. Then each row would multiply 4 H (3 H in a GRU) old states; each block has H rows and multiplies the H numbers of the old state.
    """,
    "biases_multiplied": """
        recurrent_multiply_adds is not right yet: an RNN, 5 steps, 3 features in and 4 units
        called with    kind = 'RNN', T = 5, D = 3, H = 4
        wrong value    got 180, expected 140
        known mistake  biases_multiplied: The biases are counted. A bias is added; nothing is multiplied by it.
    """,
    "first_window_forgotten": """
        convolution_shape is not right yet: a row of 7, windows of 3
        called with    shape = (2, 3, 7), C_out = 5, kernel_size = (3,)
        wrong value    got '(2, 5, 4)', expected '(2, 5, 5)'
        known mistake  first_window_forgotten: The first window is not counted. Divide what is left after it by the stride, and add 1.
    """,
    "filter_taken_for_square": """
        convolution_shape is not right yet: an image of 9 by 13, filters of 3 by 4, stride 2, padding 1
        called with    shape = (2, 6, 9, 13), C_out = 4, kernel_size = (3, 4), stride = 2, padding = 1
        wrong value    got '(2, 4, 5, 7)', expected '(2, 4, 5, 6)'
        known mistake  filter_taken_for_square: The filter is taken for a square. Each direction has its own number in `kernel_size`.
    """,
    "padded_at_one_end": """
        convolution_shape is not right yet: an image of 9 by 13, filters of 3 by 4, stride 2, padding 1
        called with    shape = (2, 6, 9, 13), C_out = 4, kernel_size = (3, 4), stride = 2, padding = 1
        wrong value    got '(2, 4, 4, 6)', expected '(2, 4, 5, 6)'
        known mistake  padded_at_one_end: The padding is counted once. It is put at both ends: 2 times padding.
    """,
    "filters_look_at_one_channel": """
        convolution_numbers is not right yet: one dimension: 3 channels, 5 filters of 2, 7 places
        called with    C_in = 3, C_out = 5, kernel_size = (2,), output_size = (7,)
        wrong value    parameters: got 15, expected 35
        known mistake  filters_look_at_one_channel: A filter is counted for one channel. It reaches through all channels and has weights for each.
    """,
    "one_hot_product_counted": """
        embedding_numbers is not right yet: 2 sentences of 5 words, 11 words in the vocabulary, 3 numbers for each
        called with    N = 2, T = 5, V = 11, k = 3
        wrong value    multiply_adds: got 330, expected 0
        known mistake  one_hot_product_counted: The product with one-hot vectors is counted. It would give the same output, but the layer copies rows and multiplies nothing.
    """,
    "window_of_weights": """
        pooling_numbers is not right yet: maps of 8 by 15, windows of 3, stride 2
        called with    shape = (2, 3, 8, 15), kernel_size = 3, stride = 2
        wrong value    parameters: got 9, expected 0
        known mistake  window_of_weights: The window is counted as weights. Pooling has none: it takes the largest number as it is.
    """,
    "layer_after_layer": """
        waiting_products is not right yet: 3 layers of an RNN on 7 places
        called with    kind = 'RNN', T = 7, layers = 3
        wrong value    got 21, expected 9
        known mistake  layer_after_layer: The second layer begins when the first has finished. In one direction it can begin after the first step: it needs only the output of its own place and its own old state.
    """,
    "recurrent_layers_side_by_side": """
        waiting_products is not right yet: 3 layers of an RNN on 7 places
        called with    kind = 'RNN', T = 7, layers = 3
        wrong value    got 7, expected 9
        known mistake  recurrent_layers_side_by_side: A stack of recurrent layers is counted like one layer. At the last place the second layer still needs what the first has just given there, the third what the second has: each layer adds a product.
    """,
    "whole_window_to_each_side": """
        places_seen is not right yet: one layer, windows of 5
        called with    kind = 'CNN', T = 20, t = 9, layers = 1, kernel_size = 5
        wrong value    before: got 5, expected 2
        known mistake  whole_window_to_each_side: A window reaches its whole size to each side. A centred window of 5 has 2 places on either side of its own.
    """,
    "strides_ignored": """
        field_of_stack is not right yet: the same, begun 2 and 3 apart
        called with    kernel_sizes = [3, 4], strides = [2, 3]
        wrong value    got 6, expected 9
        known mistake  strides_ignored: The strides are ignored. After a stride of 2, neighbouring numbers lie 2 places of the input apart, and a window above adds twice as much.
    """,
    "both_ways_while_typing": """
        choose_layer is not right yet: task B
        called with    task = 'B'
        wrong value    is_right: got False, expected True
        known mistake  both_ways_while_typing: `"bidirectional LSTM"` for task B. The second direction would begin with words that nobody has typed yet.
    """,
    "near_in_sentences": """
        reason_for is not right yet: task A
        called with    task = 'A'
        wrong value    is_right: got False, expected True
        known mistake  near_in_sentences: `"near"` for task A. It is not true of the task: ten places away is not near.
    """,
    "loop_over_the_examples": """
        wrong_line is not right yet: snippet A
        called with    snippet = 'A'
        wrong value    is_right: got False, expected True
        known mistake  loop_over_the_examples: Line 4 is right: x is (N, T, D), so with its first two axes exchanged it is read step by step.
    """,
    "snippet_a_as_found": """
        leaky_states is not right yet: two units that hear each other
        called with    x (1, 2, 1) float64 = [[[2.],  [0.]]], weight_ih (2, 1) float64 = [[1.], [0.]], weight_hh (2, 2) float64 = [[ 0., -1.], [ 3.,  0.]], leak = 0.5
        wrong values   1 of 4 differ, by 0.671381 at most; the first at [0, 1, 1]: got -0.223927, expected 0.447454
        known mistake  snippet_a_as_found: The states meet `weight_hh` the wrong way round: unit i hears what unit j should hear of it. A row of states meets a weight of the shape (out, in) transposed.
    """,
    "new_part_in_full": """
        leaky_states is not right yet: two units that hear each other
        called with    x (1, 2, 1) float64 = [[[2.],  [0.]]], weight_ih (2, 1) float64 = [[1.], [0.]], weight_hh (2, 2) float64 = [[ 0., -1.], [ 3.,  0.]], leak = 0.5
        wrong values   3 of 4 differ, by 0.546413 at most; the first at [0, 0, 0]: got 0.964028, expected 0.482014
        known mistake  new_part_in_full: The new part is added in full. What the old state keeps, the new part does not get: its share is `1 - leak`.
    """,
    "snippet_b_as_found": """
        strongest_over_time is not right yet: negative states, and two places that are filled up
        called with    states (1, 4, 1) float64 = [[[-3.],  [-1.],  [ 9.],  [ 7.]]], lengths (1,) int64 = [2]
        wrong values   1 of 1 differ, by 1 at most; the first at [0, 0]: got 0, expected -1
        known mistake  snippet_b_as_found: Zeros win where all real states are negative. A place that does not count must be filled with something that never wins: minus infinity.
    """,
    "last_word_left_out": """
        strongest_over_time is not right yet: negative states, and two places that are filled up
        called with    states (1, 4, 1) float64 = [[[-3.],  [-1.],  [ 9.],  [ 7.]]], lengths (1,) int64 = [2]
        wrong values   1 of 1 differ, by 2 at most; the first at [0, 0]: got -3, expected -1
        known mistake  last_word_left_out: The last word does not take part. A sentence of 2 words has the places 0 and 1, and a slice ends before its second number.
    """,
    "snippet_c_as_found": """
        mean_word_loss is not right yet: one sentence of two words, one place filled up
        called with    log_shares (1, 3, 2) float64 = [[[-2.  , -0.5 ],  [-3.  , -7.  ],  [-0.25, -5.  ]]], targets (1, 3) int64 = [[0, 1, 0]], lengths (1,) int64 = [2]
        wrong value    got 3, expected 4.5
        known mistake  snippet_c_as_found: The sum is divided by the number of all places, filled ones included. Divide by the number of real words.
    """,
    "snippet_d_as_found": """
        words_to_maps is not right yet: a filter that looks at the first feature only
        called with    x (1, 3, 2) float64 = [[[ 1., 10.],  [ 2., 20.],  [ 3., 30.]]], weight (1, 2, 2) float64 = [[[1., 4.],  [0., 0.]]], bias (1,) float64 = [0.5]
        wrong values   2 of 2 differ, by 32 at most; the first at [0, 0, 0]: got 41.5, expected 9.5
        known mistake  snippet_d_as_found: `reshape` lays the numbers out anew and mixes words with features. Exchange the last two axes instead.
    """,
}


@pytest.mark.parametrize("mistake", MESSAGES)
def test_what_a_learner_reads_after_the_most_common_mistake(exercise, mistake):
    written = [line.strip() for line in MESSAGES[mistake].strip().splitlines()]
    assert exercise.first_message(mistake) == written
