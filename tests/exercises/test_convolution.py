"""The exercise `convolution` accepts every right answer and explains the most common wrong ones."""

import numpy as np
import pytest
from answers.convolution import (
    ALONE,
    NAMES,
    STYLES,
    array_col2im,
    array_conv1x1,
    array_conv2d_backward,
    array_conv2d_forward,
    array_fast_conv2d_backward,
    array_fast_conv2d_forward,
    array_im2col,
    array_output_size,
    array_pad,
    loop_conv2d_forward,
)
from sklearn.datasets import load_sample_image


@pytest.fixture(scope="module")
def exercise(implementations):
    return implementations("convolution")


@pytest.mark.parametrize("style", STYLES)
def test_other_right_implementations_get_full_marks_in_every_part(exercise, style):
    assert exercise.failures(STYLES[style], capstone=True) == {}


@pytest.mark.parametrize("names", ALONE, ids=" and ".join)
@pytest.mark.parametrize("style", STYLES)
def test_each_function_works_beside_the_reference(exercise, style, names):
    assert exercise.failures({name: STYLES[style][name] for name in names}) == {}


def test_other_names_of_the_parameters_get_full_marks(exercise):
    functions = {
        "output_size": lambda n, k, s=1, p=0, strict=False: array_output_size(n, k, s, p, strict),
        "pad": lambda images, width: array_pad(images, width),
        "conv2d_forward": lambda images, w, b, s=1, p=0: array_conv2d_forward(images, w, b, s, p),
        "conv2d_backward": lambda dout, saved: array_conv2d_backward(dout, saved),
        "im2col": lambda images, k, s=1, p=0: array_im2col(images, k, s, p),
        "col2im": lambda *arguments: array_col2im(*arguments),
        "fast_conv2d_forward": lambda images, w, b, s=1, p=0: array_fast_conv2d_forward(images, w, b, s, p),
        "fast_conv2d_backward": lambda *arguments: array_fast_conv2d_backward(*arguments),
        "conv1x1": lambda images, w, b: array_conv1x1(images, w, b),
    }
    assert exercise.failures(functions) == {}


def test_gradients_can_be_written_one_after_another(exercise):
    def only_the_bias(grad_output, cache):
        return None, None, grad_output.sum(axis=(0, 2, 3))

    failures = exercise.failures({"conv2d_backward": only_the_bias})
    assert failures.keys() == {"test-conv2d-backward-weight", "test-conv2d-backward-input"}
    assert "grad_weight: returned None" in failures["test-conv2d-backward-weight"]


def test_a_backward_function_whose_forward_is_not_written_says_so(exercise):
    def unwritten(x, weight, bias, stride=1, padding=0):
        raise NotImplementedError

    failures = exercise.failures({"conv2d_forward": unwritten})
    assert "conv2d_forward is not written yet" in failures["test-conv2d-backward-bias"]


def test_a_missing_cache_is_said_where_it_is_missing(exercise):
    failures = exercise.failures({"conv2d_forward": lambda *given: array_conv2d_forward(*given)[0]})
    assert "expected 2 values" in failures["test-conv2d-forward"]
    assert "conv2d_forward should return two values" in failures["test-conv2d-backward-bias"]


def test_a_stub_that_still_stands_is_not_taken_for_a_refusal(exercise):
    def unwritten(size, kernel_size, stride=1, padding=0, exact=False):
        raise NotImplementedError

    failures = exercise.failures({"output_size": unwritten})
    assert "output_size is not written yet" in failures["test-output-size-fit"]


def test_loops_in_the_place_of_the_product_are_too_slow_for_the_last_part(exercise):
    def slow(*given):
        return loop_conv2d_forward(*given)[0], array_fast_conv2d_forward(*given)[1]

    failures = exercise.failures(STYLES["array"] | {"fast_conv2d_forward": slow}, capstone=True)
    assert failures.keys() == {"test-photo"}
    assert "should take much less time" in failures["test-photo"]


def test_maps_that_are_moved_by_one_pixel_fail_the_last_part(exercise):
    def shifted(x, weight, bias, stride=1, padding=0):
        output, cache = array_fast_conv2d_forward(x, weight, bias, stride, padding)
        return np.roll(output, 1, axis=2), cache

    failures = exercise.failures(STYLES["array"] | {"fast_conv2d_forward": shifted}, capstone=True)
    assert "Loops and im2col should give the same" in failures["test-photo"]


def test_the_photograph_is_the_part_of_the_chapter_at_half_its_size(root):
    tower = load_sample_image("china.jpg")[130:258, 85:213].astype(float)  # (H, W, C)
    halved = (tower[::2, ::2] + tower[::2, 1::2] + tower[1::2, ::2] + tower[1::2, 1::2]) / 4
    shipped = np.loadtxt(root / "exercises" / "convolution" / "tower.txt").reshape(3, 64, 64)
    np.testing.assert_array_equal(shipped, np.round(halved).transpose(2, 0, 1))


@pytest.mark.parametrize("name", NAMES)
def test_random_wrong_numbers_get_no_name(exercise, name):
    generator = np.random.default_rng(0)
    right = STYLES["array"][name]

    def noisy(values):
        return values + generator.normal(size=np.shape(values)) if name != "output_size" else values + 17

    def wrong(*arguments):
        result = right(*arguments)
        if name.endswith("backward"):
            return [noisy(gradient) for gradient in result]
        return (noisy(result[0]), result[1]) if name.endswith("forward") else noisy(result)

    together = next(names for names in ALONE if name in names)  # forward and backward share a cache
    functions = {other: STYLES["array"][other] for other in together} | {name: wrong}
    own = {cell.id for cell in exercise.compiled.source.cells if cell.of == name}
    messages = [message for cell, message in exercise.messages(functions).items() if cell in own]
    assert any(f"{name} is not right yet" in message for message in messages)
    assert not any("known mistake" in message for message in messages)
