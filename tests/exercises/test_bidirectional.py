"""The exercise `bidirectional` accepts every right answer and explains the most common wrong ones."""

import numpy as np
import pytest
from answers.bidirectional import (
    NAMES,
    SLOW_STYLES,
    STYLES,
    WITH_ONE_CACHE,
    array_bidirectional_backward,
    array_bidirectional_forward,
    array_join_directions,
    array_one_way_backward,
    array_one_way_forward,
    array_reverse_padded,
    array_sentence_vectors,
    array_split_gradient,
)

from layerbook.exercises.check import Checker
from layerbook.exercises.run import run


@pytest.fixture(scope="module")
def exercise(implementations):
    return implementations("bidirectional")


@pytest.mark.parametrize("style", STYLES)
def test_other_right_implementations_get_full_marks(exercise, style):
    assert exercise.failures(STYLES[style]) == {}


@pytest.mark.parametrize("style", [style for style in STYLES if style not in SLOW_STYLES])
def test_other_right_implementations_tell_a_from_an(exercise, style):
    assert exercise.failures(STYLES[style], capstone=True) == {}


@pytest.mark.parametrize("style", STYLES)
def test_each_part_works_beside_the_reference(exercise, style):
    for part in WITH_ONE_CACHE:
        assert exercise.failures({name: STYLES[style][name] for name in part}) == {}


def test_other_names_of_the_parameters_get_full_marks(exercise):
    functions = {
        "reverse_padded": lambda batch, sizes: array_reverse_padded(batch, sizes),
        "one_way_forward": lambda batch, sizes, w, u, b, c: array_one_way_forward(batch, sizes, w, u, b, c),
        "one_way_backward": lambda dout, saved: array_one_way_backward(dout, saved),
        "join_directions": lambda left, right: array_join_directions(left, right),
        "split_gradient": lambda dout: array_split_gradient(dout),
        "bidirectional_forward": lambda *arguments: array_bidirectional_forward(*arguments),
        "bidirectional_backward": lambda dout, saved: array_bidirectional_backward(dout, saved),
        "sentence_vectors": lambda states, sizes: array_sentence_vectors(states, sizes),
    }
    assert exercise.failures(functions) == {}


def test_a_backward_function_whose_forward_is_not_written_says_so(exercise):
    def unwritten(x, lengths, *weights):
        raise NotImplementedError

    failures = exercise.failures({"one_way_forward": unwritten})
    assert "one_way_forward is not written yet" in failures["test-one-way-backward"]
    failures = exercise.failures({"bidirectional_forward": unwritten})
    assert "bidirectional_forward is not written yet" in failures["test-bidirectional-backward"]


def test_a_missing_cache_is_said_where_it_is_missing(exercise):
    forward = {"bidirectional_forward": lambda *arguments: array_bidirectional_forward(*arguments)[0]}
    failures = exercise.failures(forward)
    assert "expected 2 values" in failures["test-bidirectional-forward"]
    wanted = "bidirectional_forward should return two values, output and cache"
    assert wanted in failures["test-bidirectional-backward"]


def test_wrong_gradients_of_the_weights_keep_the_points_of_the_input(exercise):
    def half(grad_output, cache):
        grad_x, *of_weights = array_bidirectional_backward(grad_output, cache)
        return grad_x, *(2 * gradient for gradient in of_weights)

    functions = STYLES["array"] | {"bidirectional_backward": half}
    assert set(exercise.failures(functions)) == {"test-bidirectional-backward-weights"}


def test_two_mistakes_in_one_function_are_both_named(exercise):
    def wrong(grad_output, cache):
        first, second = np.split(grad_output, 2, axis=2)
        grad_x, *of_weights = array_one_way_backward(first, cache["one"])
        turned = array_reverse_padded(second, cache["lengths"])
        of_turned, *of_reverse = array_one_way_backward(turned, cache["two"])
        return grad_x + of_turned, *of_reverse, *of_weights  # not turned again; and the wrong order

    compiled = exercise.compiled
    checker = Checker.beside(str(compiled.assignment / "check.py"))
    functions = STYLES["array"] | {"bidirectional_backward": wrong}
    results = run(compiled.source, compiled.assignment, checker, replace=functions, hidden=False)
    messages = {result.cell.id: result.message for result in results}
    assert "input_gradient_not_turned_again: " in messages["test-bidirectional-backward"]
    assert "backward_weights_first: " in messages["test-bidirectional-backward-weights"]


def test_a_layer_that_reads_forward_twice_fails_the_last_part(exercise):
    def forward(x, lengths, *weights):
        first, one = array_one_way_forward(x, lengths, *weights[:4])
        second, two = array_one_way_forward(x, lengths, *weights[4:])
        return np.concatenate([first, second], axis=2), (one, two)

    def backward(grad_output, cache):
        first, second = np.split(grad_output, 2, axis=2)
        of_first = array_one_way_backward(first, cache[0])
        of_second = array_one_way_backward(second, cache[1])
        return of_first[0] + of_second[0], *of_first[1:], *of_second[1:]

    functions = STYLES["array"] | {"bidirectional_forward": forward, "bidirectional_backward": backward}
    failures = exercise.failures(functions, capstone=True)
    assert "more than 85 % should be right; got 50.0%" in failures["test-articles"]


@pytest.mark.parametrize("name", NAMES)
def test_random_wrong_numbers_get_no_name(exercise, name):
    generator = np.random.default_rng(0)
    right = STYLES["array"][name]

    def noisy(value):
        return value + generator.normal(size=np.shape(value))

    def wrong(*arguments, **named):
        result = right(*arguments, **named)
        if name == "layer_sizes":
            return 17, 1234, 4321, (19, 23)
        if name.endswith("forward"):
            return noisy(result[0]), result[1]
        return noisy(result) if isinstance(result, np.ndarray) else tuple(map(noisy, result))

    functions = STYLES["array"] | {name: wrong}
    messages = exercise.messages(functions).values()
    assert any(f"{name} is not right yet" in message for message in messages)
    assert not any("known mistake" in message for message in messages)
