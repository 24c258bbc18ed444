"""Right answers to the exercise `cnn` in several styles: `STYLES` has them by style and function."""

from collections import namedtuple
from math import exp, log, prod

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

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
