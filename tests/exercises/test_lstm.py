"""The exercise `lstm` accepts every right answer and explains the most common wrong ones."""

import numpy as np
import pytest
from answers.lstm import (
    NAMES,
    PAIRS,
    STYLES,
    array_step_backward,
    array_step_forward,
    loop_parameter_count,
    other_step_backward,
    other_step_forward,
)


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
        return [
            value + generator.normal(size=value.shape) if isinstance(value, np.ndarray) else value
            for value in result
        ]

    pair = next((pair for pair in PAIRS if name in pair), ())
    functions = {other: STYLES["array"][other] for other in pair} | {name: wrong}
    found = exercise.messages(functions).values()
    assert any(f"{name} is not right yet" in message for message in found)
    assert not any("known mistake" in message for message in found)
