"""The exercise `representations` accepts every right answer and explains the most common wrong ones."""

import numpy as np
import pytest
from answers.representations import NAMES, STYLES, guarded_cosine


@pytest.mark.parametrize("style", STYLES)
def test_accepts_each_function_written_another_way(implementations, style):
    exercise = implementations("representations")
    assert exercise.compiled.source.functions == NAMES
    for name, function in STYLES[style].items():
        assert exercise.failures({name: function}) == {}


@pytest.mark.parametrize("style", ["array", "guarded"])
def test_accepts_all_functions_written_another_way_on_the_real_text(implementations, style):
    assert implementations("representations").failures(STYLES[style], capstone=True) == {}


def test_the_capstone_notices_vectors_without_meaning(implementations):
    functions = {"cooccurrence": lambda sentences, num_words, window: np.eye(num_words)}
    assert "test-capstone" in implementations("representations").failures(functions, capstone=True)


def test_a_sum_of_zero_is_no_vector_of_zeros(implementations):
    def cosine(a, b):
        return guarded_cosine(a, b) if a.sum() and b.sum() else 0.0

    failures = implementations("representations").failures({"cosine_similarity": cosine})
    assert "test-cosine-similarity-zero" in failures
