"""The exercise `cnn` accepts every right answer and explains the most common wrong ones."""

import json
from collections import namedtuple
from dataclasses import replace
from math import exp, log, prod

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.datasets import load_digits

from layerbook.exercises.check import Checker
from layerbook.exercises.run import run

# Plain loops; caches are what the forward function was given. Each network calls the layers of its own style.


def loop_linear_forward(x, weight, bias):
    output = np.zeros((len(x), len(weight)))
    for n in range(len(x)):
        for k in range(len(weight)):
            total = bias[k]
            for d in range(x.shape[1]):
                total += x[n, d] * weight[k, d]
            output[n, k] = total
    return output, (x, weight, bias)


def loop_linear_backward(grad_output, cache):
    x, weight, _ = cache
    grad_x, grad_weight, grad_bias = (np.zeros_like(array) for array in cache)
    for n in range(len(x)):
        for k in range(len(weight)):
            grad_bias[k] += grad_output[n, k]
            for d in range(x.shape[1]):
                grad_x[n, d] += grad_output[n, k] * weight[k, d]
                grad_weight[k, d] += grad_output[n, k] * x[n, d]
    return grad_x, grad_weight, grad_bias


def loop_flatten_forward(x):
    n, c, height, width = x.shape
    output = np.zeros((n, c * height * width))
    for place in np.ndindex(x.shape):
        image, channel, i, j = place
        output[image, (channel * height + i) * width + j] = x[place]
    return output, x


def loop_flatten_backward(grad_output, cache):
    grad_x = np.zeros(cache.shape)
    for n in range(len(grad_output)):
        numbers = iter(grad_output[n])
        for place in np.ndindex(cache.shape[1:]):
            grad_x[(n, *place)] = next(numbers)
    return grad_x


def loop_cross_entropy_forward(scores, labels):
    losses = []
    for row, label in zip(scores.tolist(), labels.tolist(), strict=True):
        largest = max(row)
        losses.append(largest + log(sum(exp(score - largest) for score in row)) - row[label])
    return sum(losses) / len(losses), [scores, labels]


def loop_cross_entropy_backward(grad_output, cache):
    scores, labels = cache
    grad_scores = np.zeros(scores.shape)
    for n in range(len(scores)):
        powers = [exp(score - max(scores[n])) for score in scores[n]]
        for k in range(len(powers)):
            grad_scores[n, k] = grad_output * (powers[k] / sum(powers) - (k == labels[n])) / len(scores)
    return grad_scores


def loop_conv2d_forward(x, weight, bias, stride=1, padding=0):  # as learners bring it from another exercise
    rows, columns = weight.shape[2:]
    output = np.zeros((len(x), len(weight), x.shape[2] - rows + 1, x.shape[3] - columns + 1))
    for k in range(len(weight)):
        for i in range(output.shape[2]):
            for j in range(output.shape[3]):
                window = x[:, :, i : i + rows, j : j + columns]
                output[:, k, i, j] = (window * weight[k]).sum(axis=(1, 2, 3)) + bias[k]
    return output, (x, weight, bias, stride, padding)


def loop_conv2d_backward(grad_output, cache):
    x, weight, bias, _, _ = cache
    rows, columns = weight.shape[2:]
    grad_x, grad_weight, grad_bias = np.zeros_like(x), np.zeros_like(weight), np.zeros_like(bias)
    for _, k, i, j in np.ndindex(1, *grad_output.shape[1:]):
        arriving = grad_output[:, k, i, j][:, None, None, None]
        grad_bias[k] += arriving.sum()
        grad_weight[k] += (arriving * x[:, :, i : i + rows, j : j + columns]).sum(axis=0)
        grad_x[:, :, i : i + rows, j : j + columns] += arriving * weight[k]
    return grad_x, grad_weight, grad_bias


def loop_output_shapes(layers, shape):
    shapes = []
    for layer in layers:
        if layer["kind"] == "conv" or layer["kind"] == "pool":
            sides = []
            for side in shape[1:]:
                places, first = 0, -layer["padding"]
                while first + layer["kernel_size"] <= side + layer["padding"]:
                    places, first = places + 1, first + layer["stride"]
                sides.append(places)
            shape = [layer["filters"] if layer["kind"] == "conv" else shape[0], *sides]
        if layer["kind"] == "flatten":
            shape = [shape[0] * shape[1] * shape[2]]
        if layer["kind"] == "global average pool":
            shape = [shape[0]]
        if layer["kind"] == "linear":
            shape = [layer["outputs"]]
        shapes.append(shape)
    return shapes


def loop_count_parameters(layers, shape):
    counts = []
    for layer in layers:
        if layer["kind"] == "conv":
            counts.append(layer["filters"] * shape[0] * layer["kernel_size"] ** 2 + layer["filters"])
        elif layer["kind"] == "linear":
            counts.append(layer["outputs"] * shape[0] + layer["outputs"])
        else:
            counts.append(0)
        shape = loop_output_shapes([layer], shape)[0]
    return counts


def loop_count_multiply_adds(layers, shape):
    counts = []
    for layer in layers:
        before, shape = shape, loop_output_shapes([layer], shape)[0]
        count = 0
        if layer["kind"] == "conv":
            count = layer["filters"] * before[0] * layer["kernel_size"] ** 2 * shape[1] * shape[2]
        if layer["kind"] == "linear":
            count = before[0] * shape[0]
        counts.append(count)
    return counts


def loop_cnn_forward(images, parameters):
    caches, values = [], images
    for name in ("conv1", "conv2"):
        values, cache = loop_conv2d_forward(values, parameters[name + ".weight"], parameters[name + ".bias"])
        caches += [cache, values]
        values = np.where(values > 0, values, 0)
    values, cache = loop_flatten_forward(values)
    scores, last = array_linear_forward(values, parameters["fc.weight"], parameters["fc.bias"])
    return scores, [*caches, cache, last]


def loop_cnn_backward(grad_scores, cache):
    caches, gradients = list(cache), {}
    grad, gradients["fc.weight"], gradients["fc.bias"] = array_linear_backward(grad_scores, caches.pop())
    grad = loop_flatten_backward(grad, caches.pop())
    for name in ("conv2", "conv1"):
        grad[caches.pop() <= 0] = 0
        grad, gradients[f"{name}.weight"], gradients[f"{name}.bias"] = loop_conv2d_backward(
            grad, caches.pop()
        )
    return grad, gradients


def loop_training_step(images, labels, parameters, learning_rate):
    scores, cache = loop_cnn_forward(images, parameters)
    loss, loss_cache = loop_cross_entropy_forward(scores, labels)
    gradients = loop_cnn_backward(loop_cross_entropy_backward(1, loss_cache), cache)[1]
    for name in parameters:
        for place in np.ndindex(parameters[name].shape):
            parameters[name][place] -= learning_rate * gradients[name][place]
    return loss


# Whole arrays at once; caches are dicts and views.


def array_linear_forward(x, weight, bias):
    return np.einsum("nd,kd->nk", x, weight) + bias, {"x": x, "w": weight}


def array_linear_backward(grad_output, cache):
    grad_weight = np.einsum("nk,nd->kd", grad_output, cache["x"])
    return np.dot(grad_output, cache["w"]), grad_weight, np.ones(len(grad_output)) @ grad_output


def array_flatten_forward(x):
    return np.stack([image.ravel() for image in x]), {"shape": x.shape}


def array_flatten_backward(grad_output, cache):
    return np.array([row.reshape(cache["shape"][1:]) for row in grad_output])


def array_cross_entropy_forward(scores, labels):
    log_sums = np.logaddexp.reduce(scores, axis=1)  # (N,)
    true = np.take_along_axis(scores, labels[:, None], axis=1)[:, 0]
    return np.mean(log_sums - true), (scores, labels, log_sums)


def array_cross_entropy_backward(grad_output, cache):
    scores, labels, log_sums = cache
    grad_scores = np.exp(scores - log_sums[:, None])
    grad_scores[range(len(labels)), labels] -= 1
    grad_scores *= grad_output / len(labels)
    return grad_scores


def array_conv2d_forward(x, weight, bias):
    windows = sliding_window_view(x, weight.shape[2:], (2, 3))
    product = np.tensordot(windows, weight, ((1, 4, 5), (1, 2, 3))) + bias  # (N, H_out, W_out, K)
    return np.moveaxis(product, -1, 1), {"windows": windows, "weight": weight, "shape": x.shape}


def array_conv2d_backward(grad_output, cache):
    weight = cache["weight"]
    rows, columns = (side - 1 for side in weight.shape[2:])
    framed = np.pad(grad_output, ((0, 0), (0, 0), (rows, rows), (columns, columns)))
    flipped = np.flip(weight, (2, 3)).swapaxes(0, 1)
    grad_x = array_conv2d_forward(framed, flipped, 0.0)[0]
    grad_weight = np.tensordot(grad_output, cache["windows"], ((0, 2, 3), (0, 2, 3)))
    return grad_x, grad_weight, np.einsum("nkij->k", grad_output)


def array_after(layer, shape):
    """The shape after one layer."""
    match layer:
        case {"kind": "conv" | "pool", "kernel_size": size, "stride": stride, "padding": padding}:
            sides = (np.array(shape[1:]) + 2 * padding - size) // stride + 1
            return (layer.get("filters", shape[0]), *sides)
        case {"kind": "flatten"}:
            return (prod(map(int, shape)),)
        case {"kind": "global average pool"}:
            return (shape[0],)
        case {"kind": "linear", "outputs": outputs}:
            return (outputs,)
    return shape


def array_output_shapes(layers, shape):
    return [shape := array_after(layer, shape) for layer in layers]


def array_count_parameters(layers, shape):
    befores = [shape, *array_output_shapes(layers, shape)]
    kinds = np.array([[layer.get("filters", 0), layer.get("outputs", 0)] for layer in layers])
    areas = np.array([layer.get("kernel_size", 0) ** 2 for layer in layers])
    inputs = np.array([before[0] for before in befores[:-1]])
    return kinds[:, 0] * (inputs * areas + 1) + kinds[:, 1] * (inputs + 1)


def array_count_multiply_adds(layers, shape):
    places = [prod(map(int, after[1:])) for after in array_output_shapes(layers, shape)]
    biases = [layer.get("filters", layer.get("outputs", 0)) for layer in layers]
    return (array_count_parameters(layers, shape) - np.array(biases)) * np.array(places)


def array_cnn_forward(images, parameters):
    w1, b1, w2, b2, w3, b3 = (np.asarray(parameters[name]) for name in PARAMETERS)
    first, cache1 = array_conv2d_forward(images, w1, b1)
    second, cache2 = array_conv2d_forward(first.clip(0), w2, b2)
    vectors = second.clip(0).reshape(len(images), -1)
    return vectors @ w3.T + b3, {"1": cache1, "2": cache2, "values": (first, second, vectors), "w": w3}


def array_cnn_backward(grad_scores, cache):
    first, second, vectors = cache["values"]
    grad = (grad_scores @ cache["w"]).reshape(second.shape) * np.heaviside(second, 0)
    grad, w2, b2 = array_conv2d_backward(grad, cache["2"])
    grad, w1, b1 = array_conv2d_backward(grad * np.heaviside(first, 0), cache["1"])
    gradients = (w1, b1, w2, b2, grad_scores.T @ vectors, grad_scores.sum(0))
    return [grad, dict(zip(PARAMETERS, gradients, strict=True))]


def array_training_step(images, labels, parameters, learning_rate):
    scores, cache = array_cnn_forward(images, parameters)
    loss, loss_cache = array_cross_entropy_forward(scores, labels)
    _, gradients = array_cnn_backward(array_cross_entropy_backward(1.0, loss_cache), cache)
    for name, array in parameters.items():
        np.subtract(array, learning_rate * gradients[name], out=array)
    return loss


PARAMETERS = ("conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "fc.weight", "fc.bias")


# As people write it who have met other courses: im2col, homogeneous coordinates, one-hot matrices, other
# memory orders, named tuples, a dict whose arrays are replaced, and gradients in another order.

Saved = namedtuple("Saved", "columns weight shape")


def other_linear_forward(x, weight, bias):
    extended = np.hstack([x, np.ones((len(x), 1))])
    return np.asfortranarray(extended @ np.vstack([weight.T, bias])), (extended, weight)


def other_linear_backward(grad_output, cache):
    extended, weight = cache
    both = grad_output.T @ extended
    return grad_output.dot(weight), both[:, :-1], both[:, -1]


def other_flatten_forward(x):
    return np.ascontiguousarray(x.transpose(1, 2, 3, 0)).reshape(-1, len(x)).T, tuple(x.shape)


def other_flatten_backward(grad_output, cache):
    n, *shape = cache
    return np.asfortranarray(grad_output.T.reshape(*shape, n).transpose(3, 0, 1, 2))


def other_cross_entropy_forward(scores, labels):
    one_hot = np.zeros_like(scores)
    one_hot[np.arange(len(labels)), labels] = 1
    shifted = (scores.T - scores.max(1)).T
    sums = np.exp(shifted).sum(1, keepdims=True)
    loss = (np.log(sums)[:, 0] - (one_hot * shifted).sum(1)).sum() / len(labels)
    return np.float64(loss), (np.exp(shifted) / sums, one_hot)


def other_cross_entropy_backward(grad_output, cache):
    probabilities, one_hot = cache
    jacobian = np.einsum("nk,kj->nkj", probabilities, np.eye(len(one_hot[0])))
    jacobian = jacobian - probabilities[:, :, None] * probabilities[:, None, :]  # of p by s, (N, K, K)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(one_hot > 0, -one_hot / probabilities, 0.0)
    exact = np.einsum("nk,nkj->nj", np.where(np.isfinite(slope), slope, 0.0), jacobian)
    safe = (probabilities[one_hot > 0] > 1e-12)[:, None]
    return grad_output * np.where(safe, exact, probabilities - one_hot) / len(one_hot)


def other_im2col(x, rows, columns):
    """Windows as rows, (N * H_out * W_out, C * rows * columns)."""
    height, width = x.shape[2] - rows + 1, x.shape[3] - columns + 1
    parts = [x[:, :, i : i + height, j : j + width] for i in range(rows) for j in range(columns)]
    return np.stack(parts, axis=2).transpose(0, 3, 4, 1, 2).reshape(-1, x.shape[1] * rows * columns)


def other_conv2d_forward(x, weight, bias):
    rows, columns = weight.shape[2:]
    windows = other_im2col(x, rows, columns)
    flat = windows @ weight.reshape(len(weight), -1).T + bias
    output = flat.reshape(len(x), x.shape[2] - rows + 1, x.shape[3] - columns + 1, len(weight))
    return output.transpose(0, 3, 1, 2), Saved(windows, weight, x.shape)


def other_conv2d_backward(grad_output, cache):
    k, c, rows, columns = cache.weight.shape
    height, width = grad_output.shape[2:]
    flat = grad_output.transpose(0, 2, 3, 1).reshape(-1, k)
    asked = (flat @ cache.weight.reshape(k, -1)).reshape(-1, height, width, c, rows, columns)
    grad_x = np.zeros(cache.shape)
    for i, j in np.ndindex(height, width):
        grad_x[:, :, i : i + rows, j : j + columns] += asked[:, i, j]
    return [grad_x, (flat.T @ cache.columns).reshape(cache.weight.shape), flat.sum(axis=0)]


def other_output_shapes(layers, shape):
    if not layers:
        return []
    first, *rest = layers
    kind = first["kind"]
    if "kernel_size" in first:
        reach = first["kernel_size"] - 2 * first["padding"]
        height, width = (1 + (side - reach) // first["stride"] for side in shape[1:])
        shape = (first["filters"] if kind == "conv" else shape[0], height, width)
    elif kind != "relu":
        new = {"flatten": np.prod(shape), "global average pool": shape[0], "linear": first.get("outputs")}
        shape = (new[kind],)
    return [shape, *other_output_shapes(rest, shape)]


def other_count_parameters(layers, shape):
    counts = []
    for layer, before in zip(layers, [shape, *other_output_shapes(layers, shape)], strict=False):
        sizes = {"conv": (layer.get("filters"), before[0], *2 * [layer.get("kernel_size")])}
        sizes["linear"] = (layer.get("outputs"), before[0])
        weight = np.zeros(sizes.get(layer["kind"], (0, 0)))
        counts.append(weight.size + len(weight))
    return tuple(counts)


def other_count_multiply_adds(layers, shape):
    shapes = [shape, *other_output_shapes(layers, shape)]
    work = {
        "conv": lambda layer, c, after: c * layer["kernel_size"] ** 2 * int(np.prod(after)),
        "linear": lambda layer, inputs, after: inputs * after[0],
    }
    return [
        work.get(layer["kind"], lambda *_: 0)(layer, shapes[i][0], shapes[i + 1])
        for i, layer in enumerate(layers)
    ]


def other_cnn_forward(images, parameters):
    saved, values = {}, images
    for name in ("conv1", "conv2", "fc"):
        layer = other_conv2d_forward
        if name == "fc":
            values, saved["flatten"] = other_flatten_forward(values)
            layer = other_linear_forward
        values, saved[name] = layer(values, parameters[f"{name}.weight"], parameters[f"{name}.bias"])
        if name != "fc":
            saved[f"{name} passed"] = np.sign(values) > 0
            values = np.maximum(0, values)
    return values, saved


def other_cnn_backward(grad_scores, cache):
    gradients = {}

    def note(name, three):
        grad, gradients[f"{name}.bias"], gradients[f"{name}.weight"] = three[0], three[2], three[1]
        return grad

    grad = other_flatten_backward(
        note("fc", other_linear_backward(grad_scores, cache["fc"])), cache["flatten"]
    )
    for name in ("conv2", "conv1"):
        grad = note(name, other_conv2d_backward(np.where(cache[f"{name} passed"], grad, 0.0), cache[name]))
    return grad, gradients


def other_training_step(images, labels, parameters, learning_rate):
    scores, cache = other_cnn_forward(images, parameters)
    loss, loss_cache = other_cross_entropy_forward(scores, labels)
    gradients = other_cnn_backward(other_cross_entropy_backward(1.0, loss_cache), cache)[1]
    for name in list(parameters):
        parameters[name] = (
            parameters[name] - learning_rate * gradients[name]
        )  # new arrays in the caller's dict
    return float(loss)


LAYERS = ("linear", "flatten", "cross_entropy", "conv2d", "cnn")
PAIRS = [(f"{layer}_forward", f"{layer}_backward") for layer in LAYERS]
COUNTS = ("output_shapes", "count_parameters", "count_multiply_adds")
NAMES = (*(name for pair in PAIRS for name in pair), *COUNTS, "training_step")
STYLES = {
    style: {name: globals()[f"{style}_{name}"] for name in NAMES} for style in ("loop", "array", "other")
}


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
    compiled, known = exercise.compiled, {}
    for path in (compiled.assignment / "check.json", compiled.hidden):
        known |= json.loads(path.read_text("utf-8"))["known"]
    results = run(compiled.source, compiled.assignment, Checker(known), replace=functions)
    messages = [result.message for result in results if not result.passed]
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


MESSAGES = {
    "weight_not_turned": """
        linear_forward is not right yet: one example, two outputs
        called with    x (1, 3) float64 = [[1., 2., 3.]], weight (2, 3) float64 = [[ 1. , -1. ,  5. ], [ 4. ,  0.5, -2. ]], bias (2,) float64 = [10., 20.]
        raised         ValueError: matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (n?,k),(k,m?)->(n?,m?) (size 2 is different from 3)
        in the line    return x @ weight + bias, (x, weight)
        known mistake  weight_not_turned: The weight is not transposed. Its rows belong to the outputs, so the layer computes x @ weight.T.
    """,
    "grad_bias_not_summed": """
        linear_backward is not right yet: the bias
        called with    x (3, 2) float64 = [[ 1.,  2.], [ 3., -4.], [ 0.,  7.]], weight (2, 2) float64 = [[ 5.,  6.], [-7.,  8.]], bias (2,) float64 = [0.5 , 0.25], grad_output (3, 2) float64 = [[ 1., 10.], [-2.,  0.], [ 3., -1.]]
        wrong shape    grad_bias: got (3, 2), expected (2,)
        known mistake  grad_bias_not_summed: The gradient of the bias has a row for every example. The same bias served them all, so the rows are added up: (K,).
    """,
    "channels_last": """
        flatten_forward is not right yet: one image, two channels
        called with    x (1, 2, 2, 3) float64 = [[[[ 1.,  2.,  3.],   [ 4.,  5.,  6.]],  [[10., 20., 30.],   [40., 50., 60.]]]]
        wrong values   output: 10 of 12 differ, by 44 at most; the first at [0, 1]: got 10, expected 2
        known mistake  channels_last: The channels run fastest. The order is channel by channel, row by row: no axis is moved.
    """,
    "channels_last_backwards": """
        flatten_backward is not right yet: one image, two channels
        called with    x (1, 2, 2, 3) float64 = [[[[ 1.,  2.,  3.],   [ 4.,  5.,  6.]],  [[10., 20., 30.],   [40., 50., 60.]]]], grad_output (1, 12) float64 = [[ 0.5 , -1.  ,  2.  ,  7.  ,  8.  ,  9.  , -0.25,  3.  , -4.  ,  6.  ,   5.  ,  1.  ]]
        wrong values   10 of 12 differ, by 13 at most; the first at [0, 0, 0, 1]: got 2, expected -1
        known mistake  channels_last_backwards: The gradient is read as if the channels had run fastest. It goes back in the order in which the maps were laid out: channel by channel, row by row.
    """,
    "losses_summed": """
        cross_entropy_forward is not right yet: two images, three classes
        called with    scores (2, 3) float64 = [[0.    , 0.6931, 1.6094], [2.0794, 1.7918, 0.6931]], labels (2,) int64 = [2, 1]
        wrong value    output: got 1.45083, expected 0.725416
        known mistake  losses_summed: The losses of the images are added up. The loss is their mean over the batch.
    """,
    "not_shifted": """
        cross_entropy_forward is not right yet: scores of 1000 and a little more
        called with    scores (1, 2) float64 = [[1000.    , 1001.0986]], labels (1,) int64 = [0]
        not a number   output: got NaN
        known mistake  not_shifted: Large scores overflow: e to the power of 1000 is too large for a float. First subtract from each row its largest score, which changes no probability.
    """,
    "not_divided_by_the_batch": """
        cross_entropy_backward is not right yet: two images, three classes
        called with    scores (2, 3) float64 = [[0.    , 0.6931, 1.6094], [2.0794, 1.7918, 0.6931]], labels (2,) int64 = [2, 1], grad_output = 1.0
        wrong values   6 of 6 differ, by 0.3125 at most; the first at [0, 0]: got 0.125, expected 0.0625
        known mistake  not_divided_by_the_batch: The gradient is that of a sum. The loss is a mean over the batch, so its gradient is divided by N.
    """,
    "filter_flipped": """
        conv2d_forward is not right yet: one place
        called with    x (1, 1, 2, 2) float64 = [[[[1., 2.],   [3., 5.]]]], weight (1, 1, 2, 2) float64 = [[[[ 2.,  1.],   [-1.,  4.]]]], bias (1,) float64 = [10.]
        wrong values   output: 1 of 1 differ, by 6 at most; the first at [0, 0, 0, 0]: got 25, expected 31
        known mistake  filter_flipped: The filter is flipped. What deep learning calls a convolution multiplies window and filter as they lie.
    """,
    "input_gradient_overwritten": """
        conv2d_backward is not right yet: the input, six windows that overlap
        called with    x (1, 1, 3, 4) float64 = [[[[ 1.,  2.,  0.,  4.],   [ 3., -1.,  4.,  2.],   [ 0.,  5.,  2.,  1.]]]], weight (1, 1, 2, 2) float64 = [[[[ 1.,  2.],   [ 3., -1.]]]], bias (1,) float64 = [10.], grad_output (1, 1, 2, 3) float64 = [[[[ 1., 10.,  2.],   [-3.,  0.,  5.]]]]
        wrong values   grad_x: 7 of 12 differ, by 23 at most; the first at [0, 0, 0, 1]: got 10, expected 12
        known mistake  input_gradient_overwritten: Windows that overlap overwrite each other in `grad_x`. `=` keeps the last; with `+=` they add up.
    """,
    "padding_on_one_side": """
        output_shapes is not right yet: padding that keeps the size
        called with    layers = [conv(6, 5, 1, 2)], shape = (3, 9, 11)
        wrong value    got [[6, 7, 9]], expected [[6, 9, 11]]
        known mistake  padding_on_one_side: The padding is counted once. It lies on both sides, so it adds 2 * padding.
    """,
    "biases_not_counted": """
        count_parameters is not right yet: two convolutions
        called with    layers = [conv(4, 3, 1, 0), relu(), conv(2, 5, 1, 0)], shape = (3, 12, 9)
        wrong values   2 of 3 differ, by 4 at most; the first at [0]: got 108, expected 112
        known mistake  biases_not_counted: The biases are not counted. Each filter, and each output of a linear layer, has one.
    """,
    "places_of_the_map_before": """
        count_multiply_adds is not right yet: two convolutions
        called with    layers = [conv(4, 3, 1, 0), relu(), conv(2, 2, 3, 0)], shape = (3, 9, 7)
        wrong values   2 of 3 differ, by 3024 at most; the first at [0]: got 6804, expected 3780
        known mistake  places_of_the_map_before: The places of the input are counted. A filter is used once at each place of the *output*.
    """,
    "softmax_in_the_network": """
        cnn_forward is not right yet: one image
        called with    images (1, 1, 3, 2) float64 = [[[[ 0.,  2.],   [ 0., -1.],   [-1.,  2.]]]], parameters = a dict of 6 arrays
        wrong values   output: 2 of 2 differ, by 5.01799 at most; the first at [0, 0]: got 0.0179862, expected -5
        known mistake  softmax_in_the_network: Probabilities are returned. The network ends with its scores; the softmax belongs to the loss.
    """,
    "second_relu_passes_everything": """
        cnn_backward is not right yet: the second convolution
        called with    images (1, 1, 3, 2) float64 = [[[[-1., -2.],   [ 0.,  1.],   [ 0., -1.]]]], parameters = a dict of 6 arrays, grad_output (1, 2) float64 = [[-1.,  2.]]
        wrong values   conv2_weight: 3 of 8 differ, by 6 at most; the first at [1, 0, 0, 1]: got -6, expected 0
        known mistake  second_relu_passes_everything: The gradient does not pass through the second ReLU. On its way to the second convolution it is stopped where the output of that convolution was below 0.
    """,
    "step_into_a_new_dict": """
        training_step is not right yet: one image
        called with    images (1, 1, 3, 2) float64 = [[[[-1., -2.],   [ 0.,  1.],   [ 0., -1.]]]], labels (1,) int64 = [0], parameters = a dict of 6 arrays, learning_rate = 0.5
        wrong values   conv1_weight: 4 of 4 differ, by 1.25 at most; the first at [0, 0, 0, 0]: got 2, expected 2.125
        known mistake  step_into_a_new_dict: The new values go into arrays that the caller never sees. `parameters[name] -= ...` changes the caller's.
    """,
    "step_of_the_sum": """
        training_step is not right yet: the same image twice, which changes nothing in the mean
        called with    images (2, 1, 3, 2) float64 = [[[[-1., -2.],   [ 0.,  1.],   [ 0., -1.]]], [[[-1., -2.],   [ 0.,  1.],   [ 0., -1.]]]], labels (2,) int64 = [0, 0], parameters = a dict of 6 arrays, learning_rate = 0.5
        wrong values   conv1_weight: 4 of 4 differ, by 1.25 at most; the first at [0, 0, 0, 0]: got 2.25, expected 2.125
        known mistake  step_of_the_sum: The step is that of the summed loss, N times too large. The loss is a mean over the batch.
    """,
    "sum_of_powers_shifted_by_the_largest_of_all": """
        cross_entropy_forward is not right yet: one image with large scores, one with small ones
        called with    scores (2, 2) float64 = [[900., 900.], [  0.,   0.]], labels (2,) int64 = [0, 1]
        wrong value    output: got -inf, expected 0.693147
        known mistake  sum_of_powers_shifted_by_the_largest_of_all: All images are shifted by the same number, the largest score of the batch, and in those with small scores all powers become 0. Subtract from each row its own largest score: axis 1.
    """,
    "last_number_of_the_filter_overwrites": """
        conv2d_forward is not right yet: one place
        called with    x (1, 1, 2, 2) float64 = [[[[1., 2.],   [3., 5.]]]], weight (1, 1, 2, 2) float64 = [[[[ 2.,  1.],   [-1.,  4.]]]], bias (1,) float64 = [10.]
        wrong values   output: 1 of 1 differ, by 1 at most; the first at [0, 0, 0, 0]: got 30, expected 31
        known mistake  last_number_of_the_filter_overwrites: Each number of the filter overwrites the one before. `=` keeps only the last; what all numbers of the filter find is added up, with `+=`.
    """,
    "input_gradient_overwritten_by_the_filter": """
        conv2d_backward is not right yet: the input, six windows that overlap
        called with    x (1, 1, 3, 4) float64 = [[[[ 1.,  2.,  0.,  4.],   [ 3., -1.,  4.,  2.],   [ 0.,  5.,  2.,  1.]]]], weight (1, 1, 2, 2) float64 = [[[[ 1.,  2.],   [ 3., -1.]]]], bias (1,) float64 = [10.], grad_output (1, 1, 2, 3) float64 = [[[[ 1., 10.,  2.],   [-3.,  0.,  5.]]]]
        wrong values   grad_x: 7 of 12 differ, by 24 at most; the first at [0, 0, 0, 1]: got 2, expected 12
        known mistake  input_gradient_overwritten_by_the_filter: The numbers of the filter overwrite each other's part of `grad_x`. `=` keeps the last; with `+=` they add up.
    """,
    "gradients_only": """
        cnn_backward is not right yet: the last layer
        called with    images (1, 1, 3, 2) float64 = [[[[-1., -2.],   [ 0.,  1.],   [ 0., -1.]]]], parameters = a dict of 6 arrays, grad_output (1, 2) float64 = [[-1.,  2.]]
        raised         TypeError: two values are wanted, grad_images and a dict of the others; got dict
        known mistake  gradients_only: Only the dict is returned. Two values are: the gradient of the images, and the dict.
    """,
    "dict_first": """
        cnn_backward is not right yet: the last layer
        called with    images (1, 1, 3, 2) float64 = [[[[-1., -2.],   [ 0.,  1.],   [ 0., -1.]]]], parameters = a dict of 6 arrays, grad_output (1, 2) float64 = [[-1.,  2.]]
        raised         TypeError: two values are wanted, grad_images and a dict of the others; got dict, ndarray
        known mistake  dict_first: The two values change places. They come in the order of the forward function's arguments: images first, then parameters.
    """,
}


@pytest.mark.parametrize("mistake", MESSAGES)
def test_what_a_learner_reads_after_the_most_common_mistake(exercise, mistake):
    written = [line.strip() for line in MESSAGES[mistake].strip().splitlines()]
    assert exercise.first_message(mistake) == written
