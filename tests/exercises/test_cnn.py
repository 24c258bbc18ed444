"""The exercise `cnn` accepts every right answer and explains the most common wrong ones."""

from dataclasses import replace

import numpy as np
import pytest
from answers.cnn import (
    COUNTS,
    NAMES,
    PAIRS,
    STYLES,
    array_cnn_backward,
    array_cnn_forward,
    array_conv2d_backward,
    array_conv2d_forward,
    array_output_shapes,
    array_training_step,
)
from sklearn.datasets import load_digits

from layerbook.exercises.check import Checker
from layerbook.exercises.run import run


@pytest.fixture(scope="module")
def exercise(implementations):
    return implementations("cnn")


@pytest.mark.parametrize("style", STYLES)
def test_other_right_implementations_get_full_marks(exercise, style):
    assert exercise.failures(STYLES[style]) == {}


@pytest.mark.parametrize("style", ["array", "other"])
def test_other_right_implementations_read_the_digits(exercise, style):
    assert exercise.failures(STYLES[style], capstone=True) == {}


@pytest.mark.parametrize("style", STYLES)
def test_each_part_works_beside_the_reference(exercise, style):
    for names in (*PAIRS, *((name,) for name in (*COUNTS, "training_step"))):
        assert exercise.failures({name: STYLES[style][name] for name in names}) == {}


def test_other_names_of_the_parameters_get_full_marks(exercise):
    functions = {
        "conv2d_forward": lambda maps, w, b: array_conv2d_forward(maps, w, b),
        "conv2d_backward": lambda dout, saved: array_conv2d_backward(dout, saved),
        "output_shapes": lambda network, size: array_output_shapes(network, size),
        "cnn_forward": lambda x, params: array_cnn_forward(x, params),
        "cnn_backward": lambda *arguments: array_cnn_backward(*arguments),
        "training_step": array_training_step,
    }
    assert exercise.failures(functions) == {}


def test_the_digits_are_those_of_scikit_learn(exercise):
    digits = load_digits()
    lines = (exercise.compiled.assignment / "all_digits.txt").read_text("utf-8").splitlines()
    assert [[int(pixel, base=17) for pixel in line.split()[0]] for line in lines] == digits.data.tolist()
    assert [int(line.split()[1]) for line in lines] == digits.target.tolist()


@pytest.mark.parametrize("seed", range(3))
def test_the_digits_are_read_whatever_the_seed(exercise, seed):
    changed = "generator = np.random.default_rng(1)", f"generator = np.random.default_rng({100 + seed})"
    failures = _with_other_cells(exercise, "train", *changed)
    assert failures == {}


def test_a_network_whose_filters_do_not_learn_fails_the_last_part(exercise):
    def only_biases(grad_output, cache):
        grad_x, grad_weight, grad_bias = array_conv2d_backward(grad_output, cache)
        return grad_x, 0 * grad_weight, grad_bias

    def constant(images, parameters):
        scores, cache = array_cnn_forward(0 * images, parameters)
        return scores, cache

    failures = exercise.failures(
        {"cnn_forward": constant, "cnn_backward": array_cnn_backward, "conv2d_backward": only_biases},
        capstone=True,
    )
    assert "The loss should fall below 0.2" in failures["test-digits"]


def _with_other_cells(exercise, cell_id, old, new):
    """Messages of the cells that fail if one given cell is changed."""
    source = exercise.compiled.source
    assert any(cell.id == cell_id and old in cell.source for cell in source.cells)
    cells = tuple(
        replace(cell, source=cell.source.replace(old, new)) if cell.id == cell_id else cell
        for cell in source.cells
    )
    results = run(replace(source, cells=cells), exercise.compiled.assignment, Checker(), capstone=True)
    return {result.cell.id: result.message for result in results if not result.passed}


def test_a_backward_function_whose_forward_is_not_written_says_so(exercise):
    def unwritten(images, parameters):
        raise NotImplementedError

    failures = exercise.failures({"cnn_forward": unwritten})
    assert "cnn_forward is not written yet" in failures["test-cnn-backward"]


def test_a_missing_cache_is_said_where_it_is_missing(exercise):
    failures = exercise.failures({"flatten_forward": lambda x: x.reshape(len(x), -1)})
    assert "expected 2 values" in failures["test-flatten-forward"]
    assert "flatten_forward should return two values, output and cache" in failures["test-flatten-backward"]


def test_training_that_stopped_says_so(exercise):
    def unwritten(images, labels, parameters, learning_rate):
        raise NotImplementedError

    failures = exercise.failures({"training_step": unwritten}, capstone=True)
    assert "stopped before its end" in failures["test-digits"]


def test_a_missing_gradient_is_named(exercise):
    def without_bias(grad_scores, cache):
        grad_images, gradients = array_cnn_backward(grad_scores, cache)
        del gradients["conv2.bias"]
        return grad_images, gradients

    functions = {"cnn_forward": array_cnn_forward, "cnn_backward": without_bias}
    assert "no 'conv2.bias'" in exercise.failures(functions)["test-cnn-backward"]


def test_gradients_still_to_be_written_may_be_none(exercise):
    def bias_first(grad_output, cache):
        return None, None, grad_output.sum(axis=(0, 2, 3))

    failures = exercise.failures({"conv2d_backward": bias_first})
    assert "test-conv2d-backward-bias" not in failures
    assert "grad_weight: returned None" in failures["test-conv2d-backward-weight"]


@pytest.mark.parametrize("name", NAMES)
def test_random_wrong_numbers_get_no_name(exercise, name):
    generator = np.random.default_rng(0)
    right = STYLES["array"][name]

    def wrong(*arguments, **named):
        return _spoiled(right(*arguments, **named), name, generator)

    pair = next((pair for pair in PAIRS if name in pair), (name,))  # these share the form of the cache
    functions = {other: STYLES["array"][other] for other in pair} | {name: wrong}
    messages = exercise.messages(functions).values()
    assert any(f"{name} is not right yet" in message for message in messages)
    assert not any("known mistake" in message for message in messages)


def _spoiled(result, name, generator):
    """A result with random numbers added, in the form that it has."""
    if isinstance(result, dict):
        return {key: _spoiled(value, name, generator) for key, value in result.items()}
    if name == "output_shapes":
        return [tuple(int(side) + int(generator.integers(40, 90)) for side in shape) for shape in result]
    if isinstance(result, tuple | list) and name.endswith("_forward"):
        return _spoiled(result[0], name, generator), result[1]
    if isinstance(result, tuple | list):
        return tuple(_spoiled(value, name, generator) for value in result)
    return result + generator.normal(size=np.shape(result))
