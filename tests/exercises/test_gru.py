"""The exercise `gru` accepts every right answer and explains the most common wrong ones."""

import numpy as np
import pytest
from answers.gru import (
    NAMES,
    PAIRS,
    SLOW_STYLES,
    STYLES,
    array_step_backward,
    array_step_forward,
    array_step_reset_before,
    loop_parameter_count,
    other_grad_sums,
    other_step_backward,
    other_step_forward,
    squash,
)


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


@pytest.mark.parametrize("mistakes", TWO_MISTAKES)
def test_one_of_two_mistakes_at_once_is_named(exercise, mistakes):
    functions, cell, name = TWO_MISTAKES[mistakes]
    assert f"known mistake  {name}: " in exercise.messages(functions)[cell]


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
    found = exercise.messages(functions).values()
    assert any(f"{name} is not right yet" in message for message in found)
    assert not any("known mistake" in message for message in found)
