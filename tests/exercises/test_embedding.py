"""The exercise `embedding` accepts every right answer and explains the most common wrong ones."""

import math

import pytest
from answers.embedding import STYLES, loop_pairs, other_loss, other_pairs, other_step


@pytest.fixture(scope="module")
def exercise(implementations):
    return implementations("embedding")


@pytest.mark.parametrize("style", STYLES)
def test_other_right_implementations_get_full_marks(exercise, style):
    assert exercise.failures(STYLES[style]) == {}


@pytest.mark.parametrize("style", STYLES)
def test_each_right_implementation_works_beside_the_reference(exercise, style):
    for name, function in STYLES[style].items():
        assert exercise.failures({name: function}) == {}


def test_slow_right_implementation_passes_the_last_part(exercise):
    functions = {
        "skip_gram_pairs": other_pairs,
        "negative_sampling_loss": other_loss,
        "training_step": other_step,
    }
    assert exercise.failures(functions, capstone=True) == {}


def test_training_that_learns_nothing_fails_the_last_part(exercise):
    def no_step(weight_in, weight_out, center, context, negatives, learning_rate):
        return 6 * math.log(2)

    assert "below 2.9" in exercise.failures({"training_step": no_step}, capstone=True)["test-trained-vectors"]


def test_a_function_that_hides_its_signature_gets_full_marks(exercise):
    for name, function in STYLES["loop"].items():
        hidden = lambda *args, _function=function, **kwargs: _function(*args, **kwargs)  # noqa: E731
        assert exercise.failures({name: hidden}) == {}


def test_pairs_that_are_not_whole_numbers_are_wrong(exercise):
    failures = exercise.failures(
        {"skip_gram_pairs": lambda ids, window: [(a + 0.5, b) for a, b in loop_pairs(ids, window)]}
    )
    assert "test-skip-gram-pairs" in failures
