"""The exercise `rnn` accepts every right answer and explains the most common wrong ones."""

import json
import math
from collections import namedtuple

import numpy as np
import pytest

from layerbook.exercises.check import Checker
from layerbook.exercises.run import run

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
    x, prev_h, Wx, Wh, next_h = cache  # noqa: N806
    da = grad_output - grad_output * next_h * next_h
    db = np.sum(da, 0)
    return [da.dot(Wx.T), da.dot(Wh.T), x.T.dot(da).T, prev_h.T.dot(da).T, db, db]


def other_rnn_forward(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    N, T, _ = x.shape  # noqa: N806
    h = np.zeros((T, N, weight_hh.shape[0])).transpose(1, 0, 2)
    cache, prev_h = {}, h0
    for t in range(T):
        h[:, t, :], cache[t] = other_rnn_step_forward(
            x[:, t, :], prev_h, weight_ih, weight_hh, bias_ih, bias_hh
        )
        prev_h = h[:, t, :]
    return h, cache


def other_rnn_backward(grad_output, cache):
    N, T, H = grad_output.shape  # noqa: N806
    D = cache[0].x.shape[1]  # noqa: N806
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
    T = len(cache)  # noqa: N806
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


@pytest.fixture(scope="module")
def exercise(implementations):
    return implementations("rnn")


@pytest.mark.parametrize("style", STYLES)
def test_other_right_implementations_get_full_marks(exercise, style):
    assert exercise.failures(STYLES[style]) == {}


@pytest.mark.parametrize("style", ["array", "other", "closure"])
def test_other_right_implementations_learn_the_letters(exercise, style):
    assert exercise.failures(STYLES[style], capstone=True) == {}


@pytest.mark.parametrize("style", STYLES)
def test_each_part_works_beside_the_reference(exercise, style):
    for part in WITH_ONE_CACHE:
        assert exercise.failures({name: STYLES[style][name] for name in part}) == {}


def test_other_names_of_the_parameters_get_full_marks(exercise):
    functions = {
        "rnn_step_forward": lambda inputs, state, w, u, b, c: loop_rnn_step_forward(
            inputs, state, w, u, b, c
        ),
        "rnn_step_backward": lambda dout, saved: loop_rnn_step_backward(dout, saved),
        "rnn_forward": lambda *arguments: loop_rnn_forward(*arguments),
        "rnn_backward": lambda dout, saved: loop_rnn_backward(dout, saved),
        "gradient_norms": lambda dout, saved: loop_gradient_norms(dout, saved),
        "clip_by_norm": lambda grads, bound: loop_clip_by_norm(grads, bound),
    }
    assert exercise.failures(functions) == {}


def test_a_backward_function_whose_forward_is_not_written_says_so(exercise):
    def unwritten(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
        raise NotImplementedError

    failures = exercise.failures({"rnn_forward": unwritten})
    assert "rnn_forward is not written yet" in failures["test-rnn-backward"]
    assert "rnn_forward is not written yet" in failures["test-gradient-norms"]


def test_a_missing_cache_is_said_where_it_is_missing(exercise):
    failures = exercise.failures({"rnn_forward": lambda *arguments: array_rnn_forward(*arguments)[0]})
    assert "expected 2 values" in failures["test-rnn-forward"]
    assert "rnn_forward should return two values, output and cache" in failures["test-rnn-backward"]


def test_a_step_with_wrong_weights_gradients_keeps_the_points_of_the_inputs(exercise):
    def half(grad_output, cache):
        grad_x, grad_h_prev, *of_weights = other_rnn_step_backward(grad_output, cache)
        return grad_x, grad_h_prev, *(2 * gradient for gradient in of_weights)

    functions = STYLES["other"] | {"rnn_step_backward": half}
    assert set(exercise.failures(functions)) == {"test-rnn-step-backward-weights"}


def test_two_mistakes_in_one_function_are_both_named(exercise):
    def wrong(grad_output, cache):
        x, h_prev, weight_ih, weight_hh, h = cache
        at_sum = grad_output * (1 - h**2)
        of_bias = at_sum.mean(axis=0)  # a mean, and below, no turning of weight_hh's gradient
        return at_sum @ weight_ih, at_sum @ weight_hh.T, at_sum.T @ x, at_sum.T @ h_prev, of_bias, of_bias

    compiled = exercise.compiled
    checker = Checker.beside(str(compiled.assignment / "check.py"))
    results = run(
        compiled.source,
        compiled.assignment,
        checker,
        replace={"rnn_step_backward": wrong},
        hidden=False,
    )
    messages = {result.cell.id: result.message for result in results}
    assert "weight_hh_turned_on_the_way_back: " in messages["test-rnn-step-backward"]
    assert "step_biases_averaged: " in messages["test-rnn-step-backward-weights"]


def test_gradients_that_are_never_clipped_fail_the_last_part(exercise):
    functions = {"clip_by_norm": lambda gradients, max_norm: (gradients, array_clip_by_norm(gradients, 1)[1])}
    failures = exercise.failures(functions, capstone=True)
    assert "the RNN should clearly beat the table" in failures["test-next-letter"]


@pytest.mark.parametrize("name", NAMES)
def test_random_wrong_numbers_get_no_name(exercise, name):
    generator = np.random.default_rng(0)
    right = STYLES["array"][name]

    def noisy(value):
        return value + generator.normal(size=np.shape(value))

    def wrong(*arguments):
        result = right(*arguments)
        if name == "gradient_norms":
            return noisy(result)
        if name == "clip_by_norm":
            return [noisy(gradient) for gradient in result[0]], result[1]
        return (noisy(result[0]), result[1]) if name.endswith("forward") else tuple(map(noisy, result))

    functions = STYLES["array"] | {name: wrong}
    compiled, known = exercise.compiled, {}
    for path in (compiled.assignment / "check.json", compiled.hidden):
        known |= json.loads(path.read_text("utf-8"))["known"]
    results = run(compiled.source, compiled.assignment, Checker(known), replace=functions)
    messages = [result.message for result in results if not result.passed]
    assert any(f"{name} is not right yet" in message for message in messages)
    assert not any("known mistake" in message for message in messages)


MESSAGES = {
    "weight_ih_not_turned": """
        rnn_step_forward is not right yet: the input alone
        called with    x (1, 2) float64 = [[0.5, 1. ]], h_prev (1, 2) float64 = [[0., 0.]], weight_ih (2, 2) float64 = [[ 1.  ,  0.5 ], [-2.  ,  0.25]], weight_hh (2, 2) float64 = [[ 2. ,  1. ], [-1. ,  0.5]], bias_ih (2,) float64 = [0., 0.], bias_hh (2,) float64 = [0., 0.]
        wrong values   output: 2 of 2 differ, by 1.66674 at most; the first at [0, 0]: got -0.905148, expected 0.761594
        known mistake  weight_ih_not_turned: `weight_ih` is not transposed. It is (H, D), one row for each value of the state: the product is `x @ weight_ih.T`.
    """,
    "tanh_of_each_part": """
        rnn_step_forward is not right yet: the two biases alone
        called with    x (1, 2) float64 = [[0., 0.]], h_prev (1, 2) float64 = [[0., 0.]], weight_ih (2, 2) float64 = [[ 1.  ,  0.5 ], [-2.  ,  0.25]], weight_hh (2, 2) float64 = [[ 2. ,  1. ], [-1. ,  0.5]], bias_ih (2,) float64 = [ 0.5, -1. ], bias_hh (2,) float64 = [0.25, 0.75]
        wrong values   output: 2 of 2 differ, by 0.118473 at most; the first at [0, 0]: got 0.707036, expected 0.635149
        known mistake  tanh_of_each_part: The tanh is taken of input and state separately. It is taken once, of the whole sum.
    """,
    "step_biases_not_summed": """
        rnn_step_backward is not right yet: three sentences, the biases
        called with    x (3, 1) float64 = [[ 1.5 ], [-0.25], [-0.75]], h_prev (3, 2) float64 = [[-0.5  ,  0.75 ], [ 0.125,  0.375], [ 0.875, -0.875]], weight_ih (2, 1) float64 = [[ 0.3466], [-1.0986]], weight_hh (2, 2) float64 = [[1.3863, 0.6931], [1.0986, 1.0986]], bias_ih (2,) float64 = [ 0.5199, -0.5493], bias_hh (2,) float64 = [-0.1733,  0.824 ], grad_output (3, 2) float64 = [[100.,  10.], [-50.,  20.], [ 25., -20.]]
        wrong shape    grad_bias_ih: got (3, 2), expected (2,)
        known mistake  step_biases_not_summed: The gradients of the biases have a row for each sentence. All sentences use the same bias, so sum over them, axis 0.
    """,
    "slope_left_out": """
        rnn_step_backward is not right yet: the gradient of the input
        called with    x (1, 2) float64 = [[1., 2.]], h_prev (1, 2) float64 = [[ 0.5, -1. ]], weight_ih (2, 2) float64 = [[ 1. , -0.5], [ 0.5,  1.5]], weight_hh (2, 2) float64 = [[ 2. ,  1. ], [-1. ,  0.5]], bias_ih (2,) float64 = [ 0.4431, -3.0986], bias_hh (2,) float64 = [ 0.25, -0.5 ], grad_output (1, 2) float64 = [[ 10., 100.]]
        wrong values   grad_x: 2 of 2 differ, by 94.2 at most; the first at [0, 0]: got 60, expected 24.4
        known mistake  slope_left_out: The slope of tanh is missing. The gradient passes the tanh first, where it is multiplied by 1 - h**2, place by place.
    """,
    "h0_left_out": """
        rnn_forward is not right yet: two sentences of three steps, one number for a state
        called with    x (2, 3, 1) float64 = [[[-0.0034],  [-0.9493],  [ 0.2966]], [[ 0.3493],  [-0.7966],  [ 0.4493]]], h0 (2, 1) float64 = [[ 0.4], [-0.2]], weight_ih (1, 1) float64 = [[2.]], weight_hh (1, 1) float64 = [[0.5]], bias_ih (1,) float64 = [0.75], bias_hh (1,) float64 = [-0.25]
        wrong values   output: 6 of 6 differ, by 0.143289 at most; the first at [0, 0, 0]: got 0.456711, expected 0.6
        known mistake  h0_left_out: The first state is taken to be zero, and `h0` is ignored. It may hold what was read before, and it acts on all states.
    """,
    "nothing_carried_back": """
        rnn_backward is not right yet: a loss at the third of four steps, the gradient of the input
        called with    x (1, 4, 1) float64 = [[[-0.0034],  [-0.9493],  [ 0.2966],  [-0.9493]]], h0 (1, 1) float64 = [[0.4]], weight_ih (1, 1) float64 = [[2.]], weight_hh (1, 1) float64 = [[0.5]], bias_ih (1,) float64 = [0.75], bias_hh (1,) float64 = [-0.25], grad_output (1, 4, 1) float64 = [[[  0.],  [  0.],  [100.],  [  0.]]]
        wrong values   grad_x: 2 of 4 differ, by 23.04 at most; the first at [0, 0, 0]: got 0, expected 7.3728
        known mistake  nothing_carried_back: Each step hears only its own output. What the next step returns for the state before it has to be added, or no step learns what its state was good for later.
    """,
    "sequence_weights_overwritten": """
        rnn_backward is not right yet: weight_ih, used three times
        called with    x (1, 3, 1) float64 = [[[-0.0034],  [-0.9493],  [ 0.2966]]], h0 (1, 1) float64 = [[0.4]], weight_ih (1, 1) float64 = [[2.]], weight_hh (1, 1) float64 = [[0.5]], bias_ih (1,) float64 = [0.75], bias_hh (1,) float64 = [-0.25], grad_output (1, 3, 1) float64 = [[[  0.],  [  0.],  [100.]]]
        wrong values   grad_weight_ih: 1 of 1 differ, by 8.0447 at most; the first at [0, 0]: got -0.0126311, expected 8.03207
        known mistake  sequence_weights_overwritten: The gradients of weights and biases are overwritten at each step, so that only those of step 1 are left. Add them up: `+=`, not `=`.
    """,
    "h0_not_measured": """
        gradient_norms is not right yet: two sentences of two steps, one number for a state
        called with    x (2, 2, 1) float64 = [[[-0.0034],  [-0.9493]], [[ 0.3493],  [-0.7966]]], h0 (2, 1) float64 = [[ 0.4], [-0.2]], weight_ih (1, 1) float64 = [[2.]], weight_hh (1, 1) float64 = [[0.5]], bias_ih (1,) float64 = [0.75], bias_hh (1,) float64 = [-0.25], grad_last (2, 1) float64 = [[-100.], [  50.]]
        wrong shape    got (2, 2), expected (2, 3)
        known mistake  h0_not_measured: `h0` is not measured. There are T + 1 states with it, and its gradient stands in the last column.
    """,
    "clipped_by_value": """
        clip_by_norm is not right yet: two arrays, too long
        called with    gradients = [array([3.]), array([[12., -4.]])], max_norm = 2.6
        wrong values   array_1: 1 of 1 differ, by 2 at most; the first at [0]: got 2.6, expected 0.6
        known mistake  clipped_by_value: Each number is cut for itself. That is clipping by value, which turns the direction; by norm, all are multiplied by the same factor.
    """,
}


@pytest.mark.parametrize("mistake", MESSAGES)
def test_what_a_learner_reads_after_the_most_common_mistake(exercise, mistake):
    written = [line.strip() for line in MESSAGES[mistake].strip().splitlines()]
    assert exercise.first_message(mistake) == written
