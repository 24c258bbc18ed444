"""The exercise `pooling` accepts every right answer and explains the most common wrong ones."""

import numpy as np
import pytest
from answers.pooling import (
    NAMES,
    STYLES,
    loop_average_pool_backward,
    loop_average_pool_forward,
    loop_max_pool_backward,
    loop_max_pool_forward,
)


@pytest.fixture(scope="module")
def exercise(implementations):
    return implementations("pooling")


@pytest.mark.parametrize("style", STYLES)
def test_other_right_implementations_get_full_marks_in_every_part(exercise, style):
    assert exercise.failures(STYLES[style], capstone=True) == {}


@pytest.mark.parametrize("style", STYLES)
def test_each_layer_works_beside_the_reference(exercise, style):
    for pair in (NAMES[i : i + 2] for i in range(0, len(NAMES), 2)):
        assert exercise.failures({name: STYLES[style][name] for name in pair}) == {}


def test_other_names_of_the_parameters_get_full_marks(exercise):
    functions = {
        "max_pool_forward": lambda feature_map, k, s, p=0: loop_max_pool_forward(feature_map, k, s, p),
        "max_pool_backward": lambda dout, saved: loop_max_pool_backward(dout, saved),
        "average_pool_forward": lambda feature_map, k, s: loop_average_pool_forward(feature_map, k, s),
        "average_pool_backward": lambda *arguments: loop_average_pool_backward(*arguments),
    }
    assert exercise.failures(functions) == {}


def test_a_backward_function_whose_forward_is_not_written_says_so(exercise):
    def unwritten(x, kernel_size, stride, padding=0):
        raise NotImplementedError

    failures = exercise.failures({"max_pool_forward": unwritten})
    assert "max_pool_forward is not written yet" in failures["test-max-pool-backward"]


def test_a_missing_cache_is_said_where_it_is_missing(exercise):
    failures = exercise.failures({"relu_forward": lambda x: np.maximum(x, 0.0)})
    assert "expected 2 values" in failures["test-relu-forward"]
    assert "relu_forward should return two values, output and cache" in failures["test-relu-backward"]


def test_pooling_that_is_moved_by_one_pixel_fails_the_last_part(exercise):
    def shifted(x, kernel_size, stride, padding=0):
        return loop_max_pool_forward(np.roll(x, 1, axis=3), kernel_size, stride, padding)

    failures = exercise.failures({"max_pool_forward": shifted}, capstone=True)
    assert "should leave a change of 0.75" in failures["test-shift"]


@pytest.mark.parametrize("name", NAMES)
def test_random_wrong_numbers_get_no_name(exercise, name):
    generator = np.random.default_rng(0)
    right = STYLES["array"][name]

    def wrong(*arguments):
        result = right(*arguments)
        if name.endswith("backward"):
            return result + generator.normal(size=result.shape)
        return result[0] + generator.normal(size=result[0].shape), result[1]

    pair = NAMES[NAMES.index(name) // 2 * 2 :][:2]  # forward and backward share the form of the cache
    functions = {other: STYLES["array"][other] for other in pair} | {name: wrong}
    messages = exercise.messages(functions).values()
    assert any(f"{name} is not right yet" in message for message in messages)
    assert not any("known mistake" in message for message in messages)
