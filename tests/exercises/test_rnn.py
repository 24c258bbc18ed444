"""The exercise `rnn` accepts every right answer and explains the most common wrong ones."""

import numpy as np
import pytest
from answers.rnn import (
    NAMES,
    STYLES,
    WITH_ONE_CACHE,
    array_clip_by_norm,
    array_rnn_forward,
    loop_clip_by_norm,
    loop_gradient_norms,
    loop_rnn_backward,
    loop_rnn_forward,
    loop_rnn_step_backward,
    loop_rnn_step_forward,
    other_rnn_step_backward,
)

from layerbook.exercises.check import Checker
from layerbook.exercises.run import run


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
    messages = exercise.messages(functions).values()
    assert any(f"{name} is not right yet" in message for message in messages)
    assert not any("known mistake" in message for message in messages)
