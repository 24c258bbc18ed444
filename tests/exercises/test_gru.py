"""The exercise `gru` accepts every right answer and explains the most common wrong ones."""

import json
import math
from typing import NamedTuple

import numpy as np
import pytest

from layerbook.exercises.check import Checker
from layerbook.exercises.run import run

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
    H = h.shape[1]  # noqa: N806
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
    H = h_prev.shape[1]  # noqa: N806
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


@pytest.fixture(scope="module")
def exercise(implementations):
    return implementations("gru")


@pytest.mark.parametrize("style", STYLES)
def test_other_right_implementations_get_full_marks(exercise, style):
    assert exercise.failures(STYLES[style]) == {}


@pytest.mark.parametrize("style", [style for style in STYLES if style not in SLOW_STYLES])
def test_other_right_implementations_get_full_marks_in_the_last_part(exercise, style):
    assert exercise.failures(STYLES[style], capstone=True) == {}


@pytest.mark.parametrize("style", STYLES)
def test_each_pair_works_beside_the_reference(exercise, style):
    for pair in PAIRS:
        assert exercise.failures({name: STYLES[style][name] for name in pair}) == {}


def test_other_names_of_the_parameters_get_full_marks(exercise):
    functions = {
        "parameter_count": lambda cell, d, h, with_bias=True: loop_parameter_count(cell, d, h, with_bias),
        "gru_step_forward": lambda *arguments: array_step_forward(*arguments),
        "gru_step_backward": lambda dh, saved: array_step_backward(dh, saved),
        "gru_step_reset_before": lambda *arguments: array_step_reset_before(*arguments),
    }
    assert exercise.failures(functions) == {}


def test_a_backward_function_whose_forward_is_not_written_says_so(exercise):
    def unwritten(*arguments):
        raise NotImplementedError

    failures = exercise.failures({"gru_forward": unwritten})
    assert "gru_forward is not written yet" in failures["test-gru-backward"]


def test_functions_that_do_not_need_a_wrong_one_keep_their_marks(exercise):
    def unwritten(*arguments):
        raise NotImplementedError

    failures = exercise.failures(STYLES["other"] | dict.fromkeys(NAMES[:3], unwritten))
    assert set(failures) == {
        "test-parameter-count",
        "test-gru-step-forward",
        "test-gru-step-forward-reset",
        "test-gru-step-backward",
        "test-gru-step-backward-all",
    }


def test_a_missing_cache_is_said_where_it_is_missing(exercise):
    failures = exercise.failures({"gru_step_forward": lambda *given: array_step_forward(*given)[0]})
    assert "2 values should be returned; got ndarray" in failures["test-gru-step-forward"]
    assert "gru_step_forward should return two values" in failures["test-gru-step-backward"]


def test_a_missing_gradient_is_said_with_their_number(exercise):
    functions = {
        "gru_step_forward": array_step_forward,
        "gru_step_backward": lambda *given: array_step_backward(*given)[:4],
    }
    failures = exercise.failures(functions)
    assert "6 values should be returned; got 4 values" in failures["test-gru-step-backward"]


def test_one_formula_for_both_variants_fails_the_last_part(exercise):
    one_formula = {"gru_step_reset_before": lambda *given: other_step_forward(*given)[0]}
    failures = exercise.failures(STYLES["other"] | one_formula, capstone=True)
    assert "With the wrong formula (reset before)" in failures["test-text-and-formula"]


# Two mistakes at once.


def step_with_two_mistakes(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The shares swapped, and the reset before the product."""
    h, kept = other_step_forward(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    last = 2 * h.shape[1]
    sums = (kept.r * h_prev) @ weight_hh[last:].T + bias_hh[last:]
    n = np.tanh(x @ weight_ih[last:].T + bias_ih[last:] + sums)
    return kept.z * n + (1 - kept.z) * h_prev, kept


def step_with_two_other_mistakes(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The logistic function for the candidate, and bias_hh forgotten."""
    _, kept = other_step_forward(x, h_prev, weight_ih, weight_hh, bias_ih, 0 * bias_hh)
    last = 2 * h_prev.shape[1]
    n = squash(x @ weight_ih[last:].T + bias_ih[last:] + kept.r * kept.inside)
    return (1 - kept.z) * n + kept.z * h_prev, kept


def reset_before_with_two_mistakes(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The shares swapped, and the bias inside the reset."""
    _, kept = other_step_forward(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    last = 2 * h_prev.shape[1]
    sums = (kept.r * h_prev) @ weight_hh[last:].T + kept.r * bias_hh[last:]
    n = np.tanh(x @ weight_ih[last:].T + bias_ih[last:] + sums)
    return kept.z * n + (1 - kept.z) * h_prev


def step_back_with_two_mistakes(grad_h, kept):
    """No direct path, and the wrong sign for the update gate."""
    d_x, d_h, _ = other_grad_sums(grad_h, kept.h, kept.r, kept.z, kept.n, kept.inside)
    size = grad_h.shape[1]
    d_x[:, size : 2 * size] *= -1
    d_h[:, size : 2 * size] *= -1
    weight_ih, weight_hh = kept.weights
    return d_x @ weight_ih, d_h @ weight_hh, d_x.T @ kept.x, d_h.T @ kept.h, d_x.sum(0), d_h.sum(0)


def step_back_with_two_other_mistakes(grad_h, kept):
    """No direct path, and one array of gradients for both sides, without r."""
    d_x, _, _ = other_grad_sums(grad_h, kept.h, kept.r, kept.z, kept.n, kept.inside)
    weight_ih, weight_hh = kept.weights
    return d_x @ weight_ih, d_x @ weight_hh, d_x.T @ kept.x, d_x.T @ kept.h, d_x.sum(0), d_x.sum(0)


def layer_forward_of_steps(x, h, *parameters):
    hidden, caches = [], []
    for t in range(x.shape[1]):
        h, cache = other_step_forward(x[:, t], h, *parameters)
        hidden.append(h)
        caches.append(cache)
    return np.stack(hidden, axis=1), caches


def layer_back_with_two_mistakes(grad_output, cache):
    """The weights' gradients overwritten, and nothing carried."""
    grad_x = np.zeros((*grad_output.shape[:2], cache[0].x.shape[1]))
    for t in reversed(range(len(cache))):
        grad_x[:, t], grad_h, *parts = other_step_backward(grad_output[:, t], cache[t])
    return grad_x, grad_h, *parts


TWO_MISTAKES = {
    "shares and reset": (
        {"gru_step_forward": step_with_two_mistakes},
        "test-gru-step-forward",
        "update_gate_turned_round",
    ),
    "candidate and bias": (
        {"gru_step_forward": step_with_two_other_mistakes},
        "test-gru-step-forward",
        "sigmoid_for_the_candidate",
    ),
    "bias and shares of the other variant": (
        {"gru_step_reset_before": reset_before_with_two_mistakes},
        "test-gru-step-reset-before",
        "shares_swapped",
    ),
    "direct path and sign": (
        {"gru_step_forward": other_step_forward, "gru_step_backward": step_back_with_two_mistakes},
        "test-gru-step-backward",
        "update_gate_with_the_wrong_sign",
    ),
    "direct path and r": (
        {"gru_step_forward": other_step_forward, "gru_step_backward": step_back_with_two_other_mistakes},
        "test-gru-step-backward",
        "reset_not_passed",
    ),
    "weights and what is carried": (
        {"gru_forward": layer_forward_of_steps, "gru_backward": layer_back_with_two_mistakes},
        "test-gru-backward",
        "gradient_not_carried",
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
        if isinstance(result, np.ndarray):
            return result + generator.normal(size=result.shape)
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
        parameter_count is not right yet: a GRU, 2 features, 5 units
        called with    kind = 'GRU', input_size = 2, hidden_size = 5
        wrong value    got 120, expected 135
        known mistake  one_bias_vector: Only one bias vector is counted. PyTorch keeps two in each layer, `bias_ih` and `bias_hh`.
    """,
    "update_gate_turned_round": """
        gru_step_forward is not right yet: the update gate at 0.75, the candidate at 0
        called with    x (1, 1) float64 = [[0.5]], h_prev (1, 1) float64 = [[8.]], weight_ih (3, 1) float64 = [[0.], [0.], [0.]], weight_hh (3, 1) float64 = [[0.], [0.], [0.]], bias_ih (3,) float64 = [-1.3863,  1.0986,  0.    ], bias_hh (3,) float64 = [0., 0., 0.]
        wrong values   1 of 1 differ, by 4 at most; the first at [0, 0]: got 2, expected 6
        known mistake  update_gate_turned_round: z and 1 - z are swapped. In PyTorch's form z is the share of the *old* state, and 1 - z that of the candidate; some papers write it the other way round.
    """,
    "reset_before_the_product": """
        gru_step_forward is not right yet: two units, the reset gate at 0.25 and 0.8; each candidate reads the other unit
        called with    x (1, 1) float64 = [[0.5]], h_prev (1, 2) float64 = [[1.9983, 0.7726]], weight_ih (6, 1) float64 = [[ 0.], [ 0.], [ 0.], [ 0.], [ 1.], [-1.]], weight_hh (6, 2) float64 = [[0.  , 0.  ], [0.  , 0.  ], [0.5 , 0.  ], [0.  , 0.25], [0.  , 1.  ], [1.  , 0.  ]], bias_ih (6,) float64 = [ -1.0986,   1.3863, -40.    , -40.    ,   0.    ,   0.    ], bias_hh (6,) float64 = [0., 0., 0., 0., 0., 0.]
        wrong values   2 of 2 differ, by 0.800434 at most; the first at [0, 0]: got 0.806897, expected 0.6
        known mistake  reset_before_the_product: The reset gate multiplies the old state before the product with the matrix. That is the other layer called GRU; in PyTorch's form r multiplies what the product has made, with its bias.
    """,
    "hidden_bias_outside_the_reset": """
        gru_step_forward is not right yet: the candidate, at 0.6: the reset gate at 0.75, a bias on either side
        called with    x (1, 1) float64 = [[0.5]], h_prev (1, 1) float64 = [[8.]], weight_ih (3, 1) float64 = [[0.], [0.], [0.]], weight_hh (3, 1) float64 = [[0.   ], [0.   ], [0.125]], bias_ih (3,) float64 = [  1.0986, -40.    ,  -0.8069], bias_hh (3,) float64 = [0., 0., 1.]
        wrong values   1 of 1 differ, by 0.136665 at most; the first at [0, 0]: got 0.736665, expected 0.6
        known mistake  hidden_bias_outside_the_reset: The candidate's part of `bias_hh` stands outside the reset. It is added to the product first; the reset gate multiplies both.
    """,
    "reset_after_the_product": """
        gru_step_reset_before is not right yet: two units, the reset gate at 0.25 and 0.8; each candidate reads the other unit
        called with    x (1, 1) float64 = [[0.5]], h_prev (1, 2) float64 = [[4.7726, 0.7483]], weight_ih (6, 1) float64 = [[ 0.], [ 0.], [ 0.], [ 0.], [ 1.], [-1.]], weight_hh (6, 2) float64 = [[0.  , 0.  ], [0.  , 0.  ], [0.5 , 0.  ], [0.  , 0.25], [0.  , 1.  ], [1.  , 0.  ]], bias_ih (6,) float64 = [ -1.0986,   1.3863, -40.    , -40.    ,   0.    ,   0.    ], bias_hh (6,) float64 = [0., 0., 0., 0., 0., 0.]
        wrong values   2 of 2 differ, by 0.397379 at most; the first at [0, 0]: got 0.596094, expected 0.8
        known mistake  reset_after_the_product: The reset gate is applied after the product with the matrix. That is PyTorch's form; here r multiplies the old state, and the matrix comes then.
    """,
    "direct_path_dropped": """
        gru_step_backward is not right yet: gradient of h_prev, directly and through the candidate
        called with    x (1, 1) float64 = [[0.5]], h_prev (1, 1) float64 = [[-1.4]], weight_ih (3, 1) float64 = [[0.], [0.], [0.]], weight_hh (3, 1) float64 = [[0. ], [0. ], [0.5]], bias_ih (3,) float64 = [ 1.0986, -1.3863, -1.5569], bias_hh (3,) float64 = [0. , 0. , 3.7], grad_h (1, 1) float64 = [[10.]]
        wrong values   1 of 1 differ, by 2 at most; the first at [0, 0]: got 1.92, expected 3.92
        known mistake  direct_path_dropped: The direct path is missing. The old state also enters the mixture itself, with the share z: `grad_h` times z comes back to it without any weight.
    """,
    "reset_not_passed": """
        gru_step_backward is not right yet: gradient of bias_hh, block of the candidate
        called with    x (1, 1) float64 = [[0.5]], h_prev (1, 1) float64 = [[-1.4]], weight_ih (3, 1) float64 = [[0.], [0.], [0.]], weight_hh (3, 1) float64 = [[0. ], [0. ], [0.5]], bias_ih (3,) float64 = [ 1.0986, -1.3863, -1.5569], bias_hh (3,) float64 = [0. , 0. , 3.7], grad_h (1, 1) float64 = [[10.]]
        wrong values   1 of 1 differ, by 1.28 at most; the first at [0]: got 5.12, expected 3.84
        2 known mistakes give exactly this result:
        known mistake  reset_not_passed: The candidate's sum from the hidden state gets the gradient without r. It was multiplied by r, so its gradient is too; the one from the input was not.
        known mistake  same_gradient_for_both_biases: `bias_hh` gets the gradient of `bias_ih`. In an LSTM the two are the same; here the candidate's part of `bias_hh` stands inside the reset, so it has the factor r.
    """,
    "state_not_carried": """
        gru_forward is not right yet: two steps, the update gate at 0.75, the candidate at 0.6 and then at -0.8
        called with    x (1, 2, 1) float64 = [[[ 0.6931],  [-1.0986]]], h0 (1, 1) float64 = [[8.]], weight_ih (3, 1) float64 = [[0.], [0.], [1.]], weight_hh (3, 1) float64 = [[0.], [0.], [0.]], bias_ih (3,) float64 = [40.    ,  1.0986,  0.    ], bias_hh (3,) float64 = [0., 0., 0.]
        wrong values   1 of 2 differ, by 1.3875 at most; the first at [0, 1, 0]: got 5.8, expected 4.4125
        known mistake  state_not_carried: Every step begins with `h0`. Each begins with the state that the step before has made.
    """,
    "gradient_not_carried": """
        gru_backward is not right yet: gradient of h0: three steps with an update gate of 0.8; all outputs have a gradient
        called with    x (1, 3, 1) float64 = [[[ 0.5],  [-1. ],  [ 2. ]]], h0 (1, 1) float64 = [[1.5]], weight_ih (3, 1) float64 = [[0.], [0.], [0.]], weight_hh (3, 1) float64 = [[0.], [0.], [0.]], bias_ih (3,) float64 = [-40.    ,   1.3863,   0.    ], bias_hh (3,) float64 = [0., 0., 0.], grad_output (1, 3, 1) float64 = [[[  5.],  [-20.],  [ 10.]]]
        wrong values   1 of 1 differ, by 7.68 at most; the first at [0, 0]: got 4, expected -3.68
        known mistake  gradient_not_carried: No gradient is handed to the step before. The next step used this state too, so a gradient comes back from there.
    """,
    "gradient_of_step_0_only": """
        gru_backward is not right yet: gradient of weight_ih: three steps with an update gate of 0.8
        called with    x (1, 3, 1) float64 = [[[ 0.5],  [-1. ],  [ 2. ]]], h0 (1, 1) float64 = [[1.5]], weight_ih (3, 1) float64 = [[0.], [0.], [0.]], weight_hh (3, 1) float64 = [[0.], [0.], [0.]], bias_ih (3,) float64 = [-40.    ,   1.3863,   0.    ], bias_hh (3,) float64 = [0., 0., 0.], grad_output (1, 3, 1) float64 = [[[ 0.],  [ 0.],  [10.]]]
        wrong values   2 of 3 differ, by 2.4 at most; the first at [1, 0]: got 0.768, expected 2.304
        known mistake  gradient_of_step_0_only: The gradients of the weights are overwritten at each step. `=` keeps those of step 0; all steps use the same weights, so they add up.
    """,
}


@pytest.mark.parametrize("mistake", MESSAGES)
def test_what_a_learner_reads_after_the_most_common_mistake(exercise, mistake):
    written = [line.strip() for line in MESSAGES[mistake].strip().splitlines()]
    assert exercise.first_message(mistake) == written
