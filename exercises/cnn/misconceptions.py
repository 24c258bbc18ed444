"""Known wrong ways to write the functions of this exercise."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from layerbook.misconceptions import misconception

# Right layers, to build wrong ones from.


def _softmax(scores, axis=1):
    """Probabilities along an axis, of scores of any size."""
    powers = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def _log_softmax(scores):
    """Their logarithms, taken safely."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _one_hot(probabilities, labels):
    """1 at the true class of each image."""
    return (np.arange(probabilities.shape[1]) == labels[:, None]).astype(float)


def _windows(x, weight):
    """What a filter sees at all places, (N, C, H_out, W_out, kH, kW)."""
    return sliding_window_view(x, weight.shape[2:], axis=(2, 3))


def _conv(x, weight, bias):
    """Convolution."""
    return np.einsum("nchwij,kcij->nkhw", _windows(x, weight), weight) + bias[:, None, None]


def _conv_gradients(grad_output, cache):
    """Its three gradients."""
    x, weight = cache
    rows, columns = (side - 1 for side in weight.shape[2:])
    framed = np.pad(grad_output, ((0, 0), (0, 0), (rows, rows), (columns, columns)))
    grad_x = np.einsum("nkhwij,kcij->nchw", _windows(framed, weight), weight[:, :, ::-1, ::-1])
    grad_weight = np.einsum("nchwij,nkhw->kcij", _windows(x, weight), grad_output)
    return grad_x, grad_weight, grad_output.sum((0, 2, 3))


def _network(images, parameters, relu_1=lambda x: np.maximum(x, 0.0), relu_2=None, vectors_of=None):
    """Scores and cache of the network; each step may be another one."""
    relu_2, vectors_of = relu_2 or relu_1, vectors_of or (lambda maps: maps.reshape(len(maps), -1))
    conv1, conv2, fc = (
        (parameters[f"{name}.weight"], parameters[f"{name}.bias"]) for name in ("conv1", "conv2", "fc")
    )
    first = _conv(images, *conv1)
    active = relu_1(first)
    second = _conv(active, *conv2)
    maps = relu_2(second)
    vectors = vectors_of(maps)
    cache = (images, conv1[0]), first, (active, conv2[0]), second, maps.shape, (vectors, fc[0])
    return vectors @ fc[0].T + fc[1], cache


def _network_gradients(grad_scores, cache, through_1=None, through_2=None, to_maps=None):
    """Gradients of the images and of all parameters; the way through each ReLU may be another one."""
    conv1_cache, first, conv2_cache, second, shape, (vectors, fc_weight) = cache
    to_maps = to_maps or (lambda grad, shape: grad.reshape(shape))
    grad = to_maps(grad_scores @ fc_weight, shape)
    grad = through_2(grad) if through_2 else grad * (second > 0)
    grad, conv2_weight, conv2_bias = _conv_gradients(grad, conv2_cache)
    grad = through_1(grad) if through_1 else grad * (first > 0)
    grad, conv1_weight, conv1_bias = _conv_gradients(grad, conv1_cache)
    return grad, {
        "conv1.weight": conv1_weight,
        "conv1.bias": conv1_bias,
        "conv2.weight": conv2_weight,
        "conv2.bias": conv2_bias,
        "fc.weight": grad_scores.T @ vectors,
        "fc.bias": grad_scores.sum(axis=0),
    }


def _same(values):
    """Values as they are."""
    return values


def _loss_and_gradients(images, labels, parameters):
    """What one step of training needs."""
    scores, cache = _network(images, parameters)
    loss = -_log_softmax(scores)[np.arange(len(labels)), labels].mean()
    probabilities = _softmax(scores)
    grad_scores = (probabilities - _one_hot(probabilities, labels)) / len(labels)
    return loss, _network_gradients(grad_scores, cache)[1]


def _step(parameters, gradients, learning_rate):
    """Move all parameters that have a gradient."""
    for name, gradient in gradients.items():
        parameters[name] -= learning_rate * gradient


# linear_forward


@misconception(of="linear_forward", read="cnn-architectures.md#fc-as-convolution")
def weight_not_turned(x, weight, bias):
    """The weight is not transposed. Its rows belong to the outputs, so the layer computes x @ weight.T."""
    return x @ weight + bias, (x, weight)


@misconception(of="linear_forward", read="cnn-architectures.md#fc-as-convolution")
def weight_reshaped(x, weight, bias):
    """The weight is reshaped to (D, K). That keeps the order of the numbers and so moves weights to other
    inputs; transpose it.
    """
    return x @ weight.reshape(weight.shape[::-1]) + bias, (x, weight)


@misconception(of="linear_forward", read="cnn-architectures.md#count-parameters")
def linear_bias_forgotten(x, weight, bias):
    """The bias is left out. Each output has one, added after the sum."""
    return x @ weight.T, (x, weight)


@misconception(of="linear_forward", read="cnn-architectures.md#count-parameters")
def bias_for_each_weight(x, weight, bias):
    """The bias is added inside the sum, once for every input. It is added once, after the sum."""
    return x @ weight.T + x.shape[1] * bias, (x, weight)


@misconception(of="linear_forward", read="cnn-architectures.md#count-parameters")
def bias_along_the_examples(x, weight, bias):
    """The biases are spread along the examples. Each output has its own bias, the same for all examples:
    (K,) is added to every row.
    """
    return x @ weight.T + bias[:, None], (x, weight)


@misconception(of="linear_forward", read="cnn-architectures.md#count-parameters")
def one_bias_for_all(x, weight, bias):
    """All outputs get the sum of the biases. Each output has a bias of its own."""
    return x @ weight.T + bias.sum(), (x, weight)


@misconception(of="linear_forward", read="cnn-architectures.md#fc-as-convolution")
def outputs_first(x, weight, bias):
    """The output is (K, N). The examples come first: (N, K)."""
    return weight @ x.T + bias[:, None], (x, weight)


@misconception(of="linear_forward", read="cnn-architectures.md#fc-as-convolution")
def product_place_by_place(x, weight, bias):
    """`*` multiplies place by place. A linear layer is a matrix product: each output is a sum over all
    inputs.
    """
    return x * weight + bias, (x, weight)


@misconception(of="linear_forward", read="cnn-architectures.md#fc-as-convolution")
def mean_of_products(x, weight, bias):
    """The products are averaged. The output is their sum; nothing is divided by D."""
    return x @ weight.T / x.shape[1] + bias, (x, weight)


@misconception(of="linear_forward", read="cnn-architectures.md#the-pattern")
def relu_built_in(x, weight, bias):
    """Negative outputs become 0. ReLU is a layer of its own; the last linear layer gives scores of any
    sign.
    """
    return np.maximum(x @ weight.T + bias, 0.0), (x, weight)


@misconception(of="linear_forward", read="cnn-architectures.md#fc-as-convolution")
def linear_without_cache(x, weight, bias):
    """Only the output is returned. A forward function returns two values, output and cache."""
    return x @ weight.T + bias


# linear_backward


@misconception(of="linear_backward", read="cnn-architectures.md#fc-as-convolution")
def weight_turned_backwards(grad_output, cache):
    """The weight is transposed in `grad_x`. Forward it was transposed, so backwards it is not:
    grad_output @ weight.
    """
    x, weight = cache
    return grad_output @ weight.T, grad_output.T @ x, grad_output.sum(0)


@misconception(of="linear_backward", read="cnn-architectures.md#fc-as-convolution")
def grad_weight_turned(grad_output, cache):
    """The gradient of the weight is (D, K). A gradient has the shape of its array: (K, D), so
    grad_output.T @ x.
    """
    x, weight = cache
    return grad_output @ weight, x.T @ grad_output, grad_output.sum(0)


@misconception(of="linear_backward", read="cnn-architectures.md#fc-as-convolution")
def grad_weight_reshaped(grad_output, cache):
    """The gradient of the weight has the right shape and the wrong order. `reshape` does not turn (D, K)
    round; multiply grad_output.T by x.
    """
    x, weight = cache
    return grad_output @ weight, (x.T @ grad_output).reshape(weight.shape), grad_output.sum(0)


@misconception(of="linear_backward", read="cnn-architectures.md#softmax-cross-entropy")
def gradients_averaged(grad_output, cache):
    """The gradients of weight and bias are divided by N. They are sums over the examples; where the loss is a
    mean, the 1/N is in grad_output already.
    """
    x, weight = cache
    return grad_output @ weight, grad_output.T @ x / len(x), grad_output.mean(0)


@misconception(of="linear_backward", read="cnn-architectures.md#softmax-cross-entropy")
def grad_weight_averaged(grad_output, cache):
    """The gradient of the weight is divided by N. It is a sum over the examples; where the loss is a mean,
    the 1/N is in grad_output already.
    """
    x, weight = cache
    return grad_output @ weight, grad_output.T @ x / len(x), grad_output.sum(0)


@misconception(of="linear_backward", read="cnn-architectures.md#softmax-cross-entropy")
def grad_bias_averaged(grad_output, cache):
    """The gradient of the bias is averaged over the examples. What it hears from all examples adds up."""
    x, weight = cache
    return grad_output @ weight, grad_output.T @ x, grad_output.mean(0)


@misconception(of="linear_backward", read="cnn-architectures.md#fc-as-convolution")
def grad_bias_not_summed(grad_output, cache):
    """The gradient of the bias has a row for every example. The same bias served them all, so the rows are
    added up: (K,).
    """
    x, weight = cache
    return grad_output @ weight, grad_output.T @ x, grad_output.copy()


@misconception(of="linear_backward", read="cnn-architectures.md#fc-as-convolution")
def grad_bias_over_outputs(grad_output, cache):
    """The gradient of the bias is summed over the outputs. Each output has its own bias; sum over the
    examples, axis 0.
    """
    x, weight = cache
    return grad_output @ weight, grad_output.T @ x, grad_output.sum(1)


@misconception(of="linear_backward", read="cnn-architectures.md#fc-as-convolution")
def grad_bias_one_number(grad_output, cache):
    """The gradient of the bias is a single number. Sum over the examples only, axis 0: (K,)."""
    x, weight = cache
    return grad_output @ weight, grad_output.T @ x, grad_output.sum()


@misconception(of="linear_backward", read="cnn-architectures.md#fc-as-convolution")
def grad_bias_keeps_an_axis(grad_output, cache):
    """The gradient of the bias is (1, K). The bias is (K,), and so is its gradient: no `keepdims`."""
    x, weight = cache
    return grad_output @ weight, grad_output.T @ x, grad_output.sum(0, keepdims=True)


@misconception(of="linear_backward", read="cnn-architectures.md#fc-as-convolution")
def grad_bias_of_ones(grad_output, cache):
    """The gradient of the bias is the slope alone, 1 for each output. The chain rule multiplies it by
    grad_output.
    """
    x, weight = cache
    return grad_output @ weight, grad_output.T @ x, np.ones(len(weight))


@misconception(of="linear_backward", read="cnn-architectures.md#fc-as-convolution")
def grad_output_left_out(grad_output, cache):
    """The slopes are returned, without `grad_output`. The chain rule multiplies the slope by the gradient
    that arrives.
    """
    x, weight = cache
    ones = np.ones_like(grad_output)
    return ones @ weight, ones.T @ x, ones.sum(0)


@misconception(of="linear_backward", read="cnn-architectures.md#fc-as-convolution")
def weight_for_input(grad_output, cache):
    """The gradients of input and weight change places. They are returned in the order of the forward
    function's arguments: grad_x, grad_weight, grad_bias.
    """
    x, weight = cache
    return grad_output.T @ x, grad_output @ weight, grad_output.sum(0)


@misconception(of="linear_backward", read="cnn-architectures.md#fc-as-convolution")
def last_example_only(grad_output, cache):
    """Weight and bias hear only the last example of the batch. `=` in a loop over examples overwrites; the
    gradients of all of them add up.
    """
    x, weight = cache
    return grad_output @ weight, np.outer(grad_output[-1], x[-1]), grad_output[-1].copy()


@misconception(of="linear_backward", read="cnn-architectures.md#fc-as-convolution")
def grad_x_only(grad_output, cache):
    """Only one gradient is returned. Three things made the output, and each needs its gradient."""
    _, weight = cache
    return grad_output @ weight


# flatten_forward


@misconception(of="flatten_forward", read="cnn-architectures.md#flatten-order")
def channels_last(x):
    """The channels run fastest. The order is channel by channel, row by row: no axis is moved."""
    return x.transpose(0, 2, 3, 1).reshape(len(x), -1), x.shape


@misconception(of="flatten_forward", read="cnn-architectures.md#flatten-order")
def columns_before_rows(x):
    """Each map is read column by column. It is read row by row, from left to right."""
    return x.swapaxes(2, 3).reshape(len(x), -1), x.shape


@misconception(of="flatten_forward", read="cnn-architectures.md#flatten-order")
def everything_turned_round(x):
    """The first axes run fastest, as with `order="F"`. The last axis runs fastest, which is what `reshape`
    does by itself.
    """
    return x.reshape(len(x), -1, order="F"), x.shape


@misconception(of="flatten_forward", read="cnn-architectures.md#flatten-order")
def images_joined(x):
    """All images become one vector. Each image has its own: (N, C * H * W)."""
    return x.reshape(-1), x.shape


@misconception(of="flatten_forward", read="cnn-architectures.md#flatten-order")
def vectors_as_columns(x):
    """The vectors stand in columns. Each image is one row: (N, C * H * W)."""
    return x.reshape(len(x), -1).T, x.shape


@misconception(of="flatten_forward", read="cnn-architectures.md#flatten-order")
def images_mixed(x):
    """The shape is (C * H * W, N) by `reshape`, which mixes numbers of different images in a row. Each image
    is one row.
    """
    return x.reshape(-1, len(x)), x.shape


@misconception(of="flatten_forward", read="cnn-architectures.md#flatten-order")
def channels_kept_apart(x):
    """The channels keep an axis of their own. They are laid out one after the other in the same vector:
    (N, C * H * W).
    """
    return x.reshape(*x.shape[:2], -1), x.shape


@misconception(of="flatten_forward", read="cnn-architectures.md#classify-by-average")
def averaged_not_flattened(x):
    """Each map is averaged. That is global average pooling; flattening keeps every number."""
    return x.mean(axis=(2, 3)), x.shape


@misconception(of="flatten_forward", read="cnn-architectures.md#flatten-order")
def batch_axis_dropped(x):
    """Only the first image is laid out. All images are, one in each row."""
    return x[0].reshape(1, -1), x.shape


@misconception(of="flatten_forward", read="cnn-architectures.md#flatten-order")
def flatten_without_cache(x):
    """Only the output is returned. A forward function returns two values, output and cache."""
    return x.reshape(len(x), -1)


# flatten_backward


@misconception(of="flatten_backward", read="cnn-architectures.md#flatten-order")
def channels_last_backwards(grad_output, cache):
    """The gradient is read as if the channels had run fastest. It goes back in the order in which the maps
    were laid out: channel by channel, row by row.
    """
    n, c, height, width = cache
    return grad_output.reshape(n, height, width, c).transpose(0, 3, 1, 2)


@misconception(of="flatten_backward", read="cnn-architectures.md#flatten-order")
def columns_first_backwards(grad_output, cache):
    """Each map is filled column by column. It is filled row by row, from left to right."""
    n, c, height, width = cache
    return grad_output.reshape(n, c, width, height).swapaxes(2, 3)


@misconception(of="flatten_backward", read="cnn-architectures.md#flatten-order")
def turned_round_backwards(grad_output, cache):
    """The first axes run fastest, as with `order="F"`. The maps were laid out with the last axis running
    fastest, and the gradient comes back in the same order.
    """
    return grad_output.reshape(cache, order="F")


@misconception(of="flatten_backward", read="cnn-architectures.md#flatten-order")
def left_flat(grad_output, cache):
    """The gradient is left flat. It needs the shape of the maps, (N, C, H, W)."""
    return grad_output.copy()


@misconception(of="flatten_backward", read="cnn-architectures.md#flatten-order")
def height_and_width_exchanged(grad_output, cache):
    """Height and width are exchanged. The gradient has the shape of the maps, (N, C, H, W)."""
    n, c, height, width = cache
    return grad_output.reshape(n, c, width, height)


@misconception(of="flatten_backward", read="cnn-architectures.md#flatten-order")
def slope_for_gradient(grad_output, cache):
    """Ones are returned. The slope is 1, and the chain rule multiplies it by `grad_output`."""
    return np.ones(cache)


@misconception(of="flatten_backward", read="cnn-architectures.md#flatten-order")
def gradient_spread(grad_output, cache):
    """The gradient is divided by the number of places. Each number came from one place, and its gradient
    goes there whole.
    """
    return grad_output.reshape(cache) / grad_output.shape[1]


@misconception(of="flatten_backward", read="cnn-architectures.md#flatten-order")
def maps_returned(grad_output, cache):
    """The gradient has no axis for the images. All of them come back, (N, C, H, W)."""
    return grad_output[0].reshape(cache[1:])


@misconception(of="flatten_backward", read="cnn-architectures.md#flatten-order")
def images_mixed_backwards(grad_output, cache):
    """The numbers of different images are mixed. Row n of the gradient belongs to image n; do not turn it
    round before the reshape.
    """
    return grad_output.T.reshape(cache)


# cross_entropy_forward


def _cross_entropy(scores, labels, loss):
    """A loss with the right cache."""
    return loss, (_softmax(scores), labels)


def _plain_softmax(scores):
    """Softmax as the formula has it, which overflows."""
    with np.errstate(all="ignore"):
        return np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)


def _true(values, labels):
    """The number of each row at its label."""
    return values[np.arange(len(labels)), labels]


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def softmax_over_the_images(scores, labels):
    """The softmax runs over axis 0, the images. The probabilities of one image add up to 1 over the classes,
    axis 1.
    """
    with np.errstate(all="ignore"):
        loss = -np.log(_true(_softmax(scores, axis=0), labels)).mean()
    return _cross_entropy(scores, labels, loss)


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def sum_over_everything(scores, labels):
    """The exponentials are divided by their sum over the whole batch. Each image is divided by its own sum,
    over its classes.
    """
    with np.errstate(all="ignore"):
        powers = np.exp(scores - scores.max())
        loss = -np.log(_true(powers / powers.sum(), labels)).mean()
    return _cross_entropy(scores, labels, loss)


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def losses_summed(scores, labels):
    """The losses of the images are added up. The loss is their mean over the batch."""
    return _cross_entropy(scores, labels, -_true(_log_softmax(scores), labels).sum())


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def divided_by_the_classes_too(scores, labels):
    """The mean is over images and classes. Each image has one term, that of its true class: divide by N
    only.
    """
    return _cross_entropy(scores, labels, -_true(_log_softmax(scores), labels).sum() / scores.size)


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def minus_forgotten(scores, labels):
    """The minus sign is missing. The logarithm of a probability is below 0, and the loss is its negative."""
    return _cross_entropy(scores, labels, _true(_log_softmax(scores), labels).mean())


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def logarithm_to_base_two(scores, labels):
    """The logarithm has base 2. The loss is taken with the natural logarithm, `np.log`."""
    return _cross_entropy(scores, labels, -_true(_log_softmax(scores), labels).mean() / np.log(2.0))


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def logarithm_forgotten(scores, labels):
    """What the true class lacks to probability 1 is taken as the loss. Cross-entropy is minus the logarithm
    of that probability.
    """
    return _cross_entropy(scores, labels, 1.0 - _true(_softmax(scores), labels).mean())


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def all_classes_counted(scores, labels):
    """The logarithms of all classes are added up. The loss looks at the true class of each image alone."""
    return _cross_entropy(scores, labels, -_log_softmax(scores).sum(axis=1).mean())


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def labels_as_columns(scores, labels):
    """`p[:, labels]` takes the columns of all labels from every image, N times N numbers. Index with the rows
    as well: `p[np.arange(N), labels]`.
    """
    return _cross_entropy(scores, labels, -_log_softmax(scores)[:, labels].mean())


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def labels_as_rows(scores, labels):
    """`p[labels]` takes the rows of other images. A label is a column: index with rows and columns,
    `p[np.arange(N), labels]`.
    """
    return _cross_entropy(scores, labels, -_log_softmax(scores)[labels].mean())


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def axis_not_kept(scores, labels):
    """The sums are (N,) and are spread along the classes. Keep their axis, (N, 1), with `keepdims=True`, so
    that each row is divided by its own sum.
    """
    with np.errstate(all="ignore"):
        probabilities = np.exp(scores) / np.exp(scores).sum(axis=1)
        return _cross_entropy(scores, labels, -np.log(_true(probabilities, labels)).mean())


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def labels_from_one(scores, labels):
    """The labels are taken to count from 1. They count from 0, as the columns do."""
    return _cross_entropy(scores, labels, -_true(_log_softmax(scores), labels - 1).mean())


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def predicted_class(scores, labels):
    """The probability of the predicted class is used, the largest. The loss asks for that of the true one."""
    return _cross_entropy(scores, labels, -_log_softmax(scores).max(axis=1).mean())


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def no_softmax(scores, labels):
    """The logarithm of the scores is taken. Scores may have any sign; softmax makes probabilities of them
    first.
    """
    with np.errstate(all="ignore"):
        loss = -np.log(_true(scores, labels)).mean()
    return _cross_entropy(scores, labels, loss)


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def scores_without_softmax(scores, labels):
    """The true scores themselves are averaged, without softmax. The other scores matter too: subtract the
    logarithm of the sum of all exponentials.
    """
    return _cross_entropy(scores, labels, -_true(scores, labels).mean())


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def shares_of_scores(scores, labels):
    """The scores are divided by their sum, without the exponential. Softmax takes e to the power of each
    score first.
    """
    with np.errstate(all="ignore"):
        loss = -np.log(_true(scores / scores.sum(axis=1, keepdims=True), labels)).mean()
    return _cross_entropy(scores, labels, loss)


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def a_loss_for_each_image(scores, labels):
    """There is a loss for each image. The loss is one number, the mean of them."""
    return _cross_entropy(scores, labels, -_true(_log_softmax(scores), labels))


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def log_of_the_mean(scores, labels):
    """The probabilities are averaged before the logarithm is taken. Take the logarithm of each, then the
    mean.
    """
    with np.errstate(all="ignore"):
        loss = -np.log(_true(_softmax(scores), labels).mean())
    return _cross_entropy(scores, labels, loss)


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def not_shifted(scores, labels):
    """Large scores overflow: e to the power of 1000 is too large for a float. First subtract from each row
    its largest score, which changes no probability.
    """
    with np.errstate(all="ignore"):
        loss = -np.log(_true(_plain_softmax(scores), labels)).mean()
    return _cross_entropy(scores, labels, loss)


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def not_shifted_sum_of_powers(scores, labels):
    """The logarithm of the sum is taken, but of powers that overflow. First subtract from each row its
    largest score.
    """
    with np.errstate(all="ignore"):
        loss = (np.log(np.exp(scores).sum(axis=1)) - _true(scores, labels)).mean()
    return _cross_entropy(scores, labels, loss)


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def shifted_by_the_largest_of_all(scores, labels):
    """All images are shifted by the same number, the largest score of the batch, and those with small scores
    underflow. Subtract from each row its own largest score.
    """
    with np.errstate(all="ignore"):
        loss = -np.log(_true(_plain_softmax(scores - scores.max()), labels)).mean()
    return _cross_entropy(scores, labels, loss)


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def sum_of_powers_shifted_by_the_largest_of_all(scores, labels):
    """All images are shifted by the same number, the largest score of the batch, and in those with small
    scores all powers become 0. Subtract from each row its own largest score: axis 1.
    """
    shifted = scores - scores.max()
    with np.errstate(all="ignore"):
        loss = -_true(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)), labels).mean()
    return _cross_entropy(scores, labels, loss)


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def logarithm_of_zero(scores, labels):
    """The scores are shifted, but a very small probability is still rounded to 0, and its logarithm is
    infinite. Do not divide: subtract the logarithm of the sum from the shifted scores.
    """
    with np.errstate(all="ignore"):
        loss = -np.log(_true(_softmax(scores), labels)).mean()
    return _cross_entropy(scores, labels, loss)


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def something_small_added(scores, labels):
    """A small number is added to keep the logarithm from 0. Then the loss of a badly wrong image stops at a
    bound; subtract the logarithm of the sum from the shifted scores instead.
    """
    return _cross_entropy(scores, labels, -np.log(_true(_softmax(scores), labels) + 1e-12).mean())


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def callers_scores_shifted(scores, labels):
    """The caller's scores are changed. `scores -= ...` writes into them; make a new array."""
    scores -= scores.max(axis=1, keepdims=True)
    return _cross_entropy(scores, labels, -_true(_log_softmax(scores), labels).mean())


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def probabilities_for_loss(scores, labels):
    """The probabilities are returned instead of the loss. They may go into the cache; the output is one
    number.
    """
    return _cross_entropy(scores, labels, _softmax(scores))


@misconception(of="cross_entropy_forward", read="cnn-architectures.md#softmax-cross-entropy")
def loss_without_cache(scores, labels):
    """Only the loss is returned. A forward function returns two values, output and cache."""
    return -_true(_log_softmax(scores), labels).mean()


# cross_entropy_backward


@misconception(of="cross_entropy_backward", read="cnn-architectures.md#softmax-cross-entropy")
def not_divided_by_the_batch(grad_output, cache):
    """The gradient is that of a sum. The loss is a mean over the batch, so its gradient is divided by N."""
    probabilities, _ = cache
    return grad_output * (probabilities - _one_hot(*cache))


@misconception(of="cross_entropy_backward", read="cnn-architectures.md#softmax-cross-entropy")
def divided_by_all_scores(grad_output, cache):
    """The gradient is divided by N times K. The loss is a mean over the N images only."""
    probabilities, _ = cache
    return grad_output * (probabilities - _one_hot(*cache)) / probabilities.size


@misconception(of="cross_entropy_backward", read="cnn-architectures.md#softmax-cross-entropy")
def divided_by_the_classes(grad_output, cache):
    """The gradient is divided by K. The loss is a mean over the N images, so divide by N."""
    probabilities, _ = cache
    return grad_output * (probabilities - _one_hot(*cache)) / probabilities.shape[1]


@misconception(of="cross_entropy_backward", read="cnn-architectures.md#softmax-cross-entropy")
def gradient_turned_round(grad_output, cache):
    """The sign is turned round. A step goes *against* the gradient; the gradient itself is p less 1 at the
    true class.
    """
    probabilities, labels = cache
    return grad_output * (_one_hot(*cache) - probabilities) / len(labels)


@misconception(of="cross_entropy_backward", read="cnn-architectures.md#softmax-cross-entropy")
def truth_forgotten(grad_output, cache):
    """The probabilities alone are returned. Subtract 1 at the true class of each image."""
    probabilities, labels = cache
    return grad_output * probabilities / len(labels)


@misconception(of="cross_entropy_backward", read="cnn-architectures.md#softmax-cross-entropy")
def true_class_only(grad_output, cache):
    """Only the true class gets a gradient. The other scores take part in the sum below the fraction line, and
    each gets its probability.
    """
    probabilities, labels = cache
    return grad_output * (probabilities - 1.0) * _one_hot(*cache) / len(labels)


@misconception(of="cross_entropy_backward", read="cnn-architectures.md#softmax-cross-entropy")
def one_from_every_column(grad_output, cache):
    """`p[:, labels] -= 1` subtracts from every image at the labels of all. Index with the rows as well:
    `p[np.arange(N), labels] -= 1`.
    """
    probabilities, labels = cache
    grad_scores = probabilities.copy()
    grad_scores[:, labels] -= 1.0
    return grad_output * grad_scores / len(labels)


@misconception(of="cross_entropy_backward", read="cnn-architectures.md#softmax-cross-entropy")
def one_from_everything(grad_output, cache):
    """1 is subtracted from all probabilities. It is subtracted at the true class of each image only."""
    probabilities, labels = cache
    return grad_output * (probabilities - 1.0) / len(labels)


@misconception(of="cross_entropy_backward", read="cnn-architectures.md#softmax-cross-entropy")
def label_subtracted(grad_output, cache):
    """The number of the class is subtracted. Subtract the one-hot vector of the class: 1 at its place, 0
    elsewhere.
    """
    probabilities, labels = cache
    return grad_output * (probabilities - labels[:, None]) / len(labels)


@misconception(of="cross_entropy_backward", read="cnn-architectures.md#softmax-cross-entropy")
def gradient_of_the_probabilities(grad_output, cache):
    """The gradient stops at the probabilities, -1/p. One more step leads through the softmax to the
    scores; together they give p less 1 at the true class.
    """
    probabilities, labels = cache
    with np.errstate(all="ignore"):
        return np.where(_one_hot(*cache) > 0, -grad_output / (probabilities * len(labels)), 0.0)


@misconception(of="cross_entropy_backward", read="cnn-architectures.md#softmax-cross-entropy")
def slope_of_a_single_sigmoid(grad_output, cache):
    """The slope p (1 - p) is multiplied in. That is the slope of one probability by its own score; with the
    logarithm of the loss, p less 1 at the true class is all that is left.
    """
    probabilities, labels = cache
    slope = probabilities * (1.0 - probabilities)
    return grad_output * (probabilities - _one_hot(*cache)) * slope / len(labels)


@misconception(of="cross_entropy_backward", read="cnn-architectures.md#softmax-cross-entropy")
def arriving_gradient_ignored(grad_output, cache):
    """`grad_output` is not used. The chain rule multiplies by it, also if it is a single number."""
    probabilities, labels = cache
    return (probabilities - _one_hot(*cache)) / len(labels)


@misconception(of="cross_entropy_backward", read="cnn-architectures.md#softmax-cross-entropy")
def labels_get_a_gradient(grad_output, cache):
    """Something is returned for the labels as well. They are whole numbers that nobody learns; only the
    scores have a gradient.
    """
    probabilities, labels = cache
    return grad_output * (probabilities - _one_hot(*cache)) / len(labels), None


# conv2d_forward


@misconception(of="conv2d_forward", read="convolution.md#cross-correlation")
def filter_flipped(x, weight, bias):
    """The filter is flipped. What deep learning calls a convolution multiplies window and filter as they
    lie.
    """
    return _conv(x, weight[:, :, ::-1, ::-1], bias), (x, weight)


@misconception(of="conv2d_forward", read="convolution.md#channels-summed")
def conv_bias_forgotten(x, weight, bias):
    """The bias is left out. Each filter has one, added at every place."""
    return _conv(x, weight, 0.0 * bias), (x, weight)


@misconception(of="conv2d_forward", read="convolution.md#channels-summed")
def bias_inside_the_sum(x, weight, bias):
    """The bias is added to every product. It is added once, after the sum over channels, rows and columns."""
    return _conv(x, weight, weight[0].size * bias), (x, weight)


@misconception(of="conv2d_forward", read="convolution.md#channels-summed")
def bias_for_each_channel(x, weight, bias):
    """The bias is added once for each channel. It is added once, after the sum over the channels."""
    return _conv(x, weight, x.shape[1] * bias), (x, weight)


@misconception(of="conv2d_forward", read="convolution.md#channels-summed")
def first_channel_only(x, weight, bias):
    """Only the first channel is read. A filter is as deep as its input: the sum runs over all channels."""
    return _conv(x[:, :1], weight[:, :1], bias), (x, weight)


@misconception(of="conv2d_forward", read="convolution.md#channels-summed")
def channels_averaged(x, weight, bias):
    """The channels are averaged. A filter adds up what it finds in all channels."""
    return _conv(x, weight / x.shape[1], bias), (x, weight)


@misconception(of="conv2d_forward", read="convolution.md#channels-summed")
def window_averaged(x, weight, bias):
    """The products are averaged. The output is their sum, plus the bias."""
    return _conv(x, weight / weight[0].size, bias), (x, weight)


@misconception(of="conv2d_forward", read="convolution.md#size-formula")
def last_place_missing(x, weight, bias):
    """The last row and the last column of places are missing. There are H - kH + 1 by W - kW + 1 places."""
    return _conv(x, weight, bias)[:, :, :-1, :-1], (x, weight)


@misconception(of="conv2d_forward", read="convolution.md#padding")
def size_kept(x, weight, bias):
    """The output is as large as the input. Without padding the filter must lie within the map, at H - kH + 1
    by W - kW + 1 places.
    """
    rows, columns = (side - 1 for side in weight.shape[2:])
    frame = (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2)
    return _conv(np.pad(x, ((0, 0), (0, 0), *frame)), weight, bias), (x, weight)


@misconception(of="conv2d_forward", read="convolution.md#size-formula")
def places_of_the_input(x, weight, bias):
    """The output has a place for every pixel, and those where the filter does not fit are 0. Loop over the
    places of the output, H - kH + 1 by W - kW + 1.
    """
    inner = _conv(x, weight, bias)
    output = np.zeros((*inner.shape[:2], *x.shape[2:]))
    output[:, :, : inner.shape[2], : inner.shape[3]] = inner
    return output, (x, weight)


@misconception(of="conv2d_forward", read="convolution.md#stride")
def filters_side_by_side(x, weight, bias):
    """The filter moves on by its own size. With stride 1 it moves on by one pixel, so windows overlap."""
    rows, columns = weight.shape[2:]
    return _conv(x, weight, bias)[:, :, ::rows, ::columns], (x, weight)


@misconception(of="conv2d_forward", read="convolution.md#kernel-shape")
def rows_and_columns_exchanged(x, weight, bias):
    """Rows and columns are exchanged. The weight is (K, C, kH, kW), the maps are (N, C, H, W): height first
    in both.
    """
    return _conv(x.swapaxes(2, 3), weight, bias).swapaxes(2, 3), (x, weight)


@misconception(of="conv2d_forward", read="convolution.md#kernel-shape")
def filter_turned(x, weight, bias):
    """Each filter is transposed. Row i of a filter lies on row i of its window."""
    return _conv(x, weight.swapaxes(2, 3), bias), (x, weight)


@misconception(of="conv2d_forward", read="convolution.md#number-of-filters")
def filters_and_channels_exchanged(x, weight, bias):
    """The first two axes of the weight are exchanged. It is (K, C, kH, kW): a filter for each output, with as
    many channels as the input.
    """
    return np.einsum("nchwij,ckij->nkhw", _windows(x, weight), weight) + bias[:, None, None], (x, weight)


@misconception(of="conv2d_forward", read="convolution.md#channels-summed")
def window_flattened_otherwise(x, weight, bias):
    """Window and filter are flattened in different orders, and weights meet the wrong numbers. Lay out both
    in the same order, channels first.
    """
    windows = np.moveaxis(_windows(x, weight), 1, -1)  # (N, H_out, W_out, kH, kW, C)
    flat = windows.reshape(*windows.shape[:3], -1) @ weight.reshape(len(weight), -1).T + bias
    return flat.transpose(0, 3, 1, 2), (x, weight)


@misconception(of="conv2d_forward", read="convolution.md#number-of-filters")
def filters_last(x, weight, bias):
    """The output is (N, H, W, K). The channels of the output come second: (N, K, H, W)."""
    return _conv(x, weight, bias).transpose(0, 2, 3, 1), (x, weight)


@misconception(of="conv2d_forward", read="convolution.md#convolution-slides")
def last_number_of_the_filter_overwrites(x, weight, bias):
    """Each number of the filter overwrites the one before. `=` keeps only the last; what all numbers of the
    filter find is added up, with `+=`.
    """
    rows, columns = weight.shape[2:]
    return _conv(x[:, :, rows - 1 :, columns - 1 :], weight[:, :, -1:, -1:], bias), (x, weight)


@misconception(of="conv2d_forward", read="convolution.md#channels-summed")
def last_channel_overwrites(x, weight, bias):
    """Each channel overwrites the one before. `=` keeps only the last; what a filter finds in all channels is
    added up.
    """
    return _conv(x[:, -1:], weight[:, -1:], bias), (x, weight)


@misconception(of="conv2d_forward", read="convolution.md#convolution-slides")
def conv_without_cache(x, weight, bias):
    """Only the output is returned. A forward function returns two values, output and cache."""
    return _conv(x, weight, bias)


# conv2d_backward


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def conv_bias_averaged(grad_output, cache):
    """The gradient of the bias is a mean. The bias is used at every place of every image, and all that
    arrives there adds up.
    """
    grad_x, grad_weight, _ = _conv_gradients(grad_output, cache)
    return grad_x, grad_weight, grad_output.mean((0, 2, 3))


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def conv_bias_averaged_over_images(grad_output, cache):
    """The gradient of the bias is divided by the number of images. It is a sum over images and places."""
    grad_x, grad_weight, grad_bias = _conv_gradients(grad_output, cache)
    return grad_x, grad_weight, grad_bias / len(grad_output)


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def conv_bias_keeps_the_places(grad_output, cache):
    """The gradient of the bias is summed over the images only. One bias serves all places, so sum over these
    as well: (K,).
    """
    grad_x, grad_weight, _ = _conv_gradients(grad_output, cache)
    return grad_x, grad_weight, grad_output.sum(0)


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def conv_bias_keeps_the_images(grad_output, cache):
    """The gradient of the bias has a row for each image. One bias serves all images, so sum over these as
    well: (K,).
    """
    grad_x, grad_weight, _ = _conv_gradients(grad_output, cache)
    return grad_x, grad_weight, grad_output.sum((2, 3))


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def conv_bias_one_number(grad_output, cache):
    """The gradient of the bias is one number. Each filter has its own: sum over images and places only."""
    grad_x, grad_weight, _ = _conv_gradients(grad_output, cache)
    return grad_x, grad_weight, grad_output.sum()


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def conv_bias_counts_places(grad_output, cache):
    """The gradient of the bias counts the places. The chain rule multiplies each by its grad_output."""
    grad_x, grad_weight, _ = _conv_gradients(grad_output, cache)
    return grad_x, grad_weight, np.full(grad_output.shape[1], float(grad_output[:, 0].size))


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def weight_gradient_overwritten(grad_output, cache):
    """Only the last place reaches the gradient of the weight. `=` overwrites; a filter is used at every
    place, and all uses add up.
    """
    grad_x, _, grad_bias = _conv_gradients(grad_output, cache)
    windows = _windows(*cache)[:, :, -1, -1]
    return grad_x, np.einsum("ncij,nk->kcij", windows, grad_output[:, :, -1, -1]), grad_bias


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def weight_gradient_averaged(grad_output, cache):
    """The gradient of the weight is divided by the number of images. It is a sum over images and places."""
    grad_x, grad_weight, grad_bias = _conv_gradients(grad_output, cache)
    return grad_x, grad_weight / len(grad_output), grad_bias


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def weight_gradient_averaged_over_places(grad_output, cache):
    """The gradient of the weight is divided by the number of places. Nothing is divided: all uses of a filter
    add up.
    """
    grad_x, grad_weight, grad_bias = _conv_gradients(grad_output, cache)
    return grad_x, grad_weight / grad_output[0, 0].size, grad_bias


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def last_image_only(grad_output, cache):
    """Only the last image reaches the gradients of weight and bias. `=` in a loop over images overwrites;
    they add up.
    """
    (x, weight), grad_x = cache, _conv_gradients(grad_output, cache)[0]
    return grad_x, *_conv_gradients(grad_output[-1:], (x[-1:], weight))[1:]


@misconception(of="conv2d_backward", read="convolution.md#cross-correlation")
def weight_gradient_flipped(grad_output, cache):
    """The gradient of the weight is flipped. Weight (i, j) met pixel (i, j) of each window; nothing is turned
    round.
    """
    grad_x, grad_weight, grad_bias = _conv_gradients(grad_output, cache)
    return grad_x, grad_weight[:, :, ::-1, ::-1].copy(), grad_bias


@misconception(of="conv2d_backward", read="convolution.md#number-of-filters")
def weight_gradient_channels_first(grad_output, cache):
    """The gradient of the weight is (C, K, kH, kW). A gradient has the shape of its array: filters first."""
    grad_x, grad_weight, grad_bias = _conv_gradients(grad_output, cache)
    return grad_x, grad_weight.swapaxes(0, 1), grad_bias


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def window_summed_without_gradient(grad_output, cache):
    """The gradient of the weight is the sum of the windows. Each window is multiplied by the gradient of its
    place first.
    """
    grad_x, grad_weight, grad_bias = _conv_gradients(grad_output, cache)
    summed = _windows(*cache).sum((0, 2, 3))
    return grad_x, np.broadcast_to(summed, grad_weight.shape), grad_bias


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def input_gradient_overwritten(grad_output, cache):
    """Windows that overlap overwrite each other in `grad_x`. `=` keeps the last; with `+=` they add up."""
    _, grad_weight, grad_bias = _conv_gradients(grad_output, cache)
    x, weight = cache
    grad_x = np.zeros(x.shape)
    rows, columns = weight.shape[2:]
    for i, j in np.ndindex(grad_output.shape[2:]):
        asked = np.einsum("nk,kcij->ncij", grad_output[:, :, i, j], weight)
        grad_x[:, :, i : i + rows, j : j + columns] = asked
    return grad_x, grad_weight, grad_bias


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def input_gradient_overwritten_by_the_filter(grad_output, cache):
    """The numbers of the filter overwrite each other's part of `grad_x`. `=` keeps the last; with `+=` they
    add up.
    """
    _, grad_weight, grad_bias = _conv_gradients(grad_output, cache)
    x, weight = cache
    grad_x = np.zeros(x.shape)
    rows, columns = grad_output.shape[2:]
    for i, j in np.ndindex(weight.shape[2:]):
        asked = np.einsum("nkhw,kc->nchw", grad_output, weight[:, :, i, j])
        grad_x[:, :, i : i + rows, j : j + columns] = asked
    return grad_x, grad_weight, grad_bias


@misconception(of="conv2d_backward", read="convolution.md#cross-correlation")
def input_gradient_not_flipped(grad_output, cache):
    """The gradient of the input is computed with the filter as it lies. If you slide the filter over the
    framed `grad_output`, it has to be flipped; if you add the filter to the window of each place, it has not.
    """
    _, grad_weight, grad_bias = _conv_gradients(grad_output, cache)
    x, weight = cache
    return _conv_gradients(grad_output, (x, weight[:, :, ::-1, ::-1]))[0], grad_weight, grad_bias


@misconception(of="conv2d_backward", read="convolution.md#number-of-filters")
def input_hears_the_last_filter(grad_output, cache):
    """The input hears only one filter, the last. All filters read the same window, and what they ask for adds
    up.
    """
    _, grad_weight, grad_bias = _conv_gradients(grad_output, cache)
    x, weight = cache
    return _conv_gradients(grad_output[:, -1:], (x, weight[-1:]))[0], grad_weight, grad_bias


@misconception(of="conv2d_backward", read="convolution.md#number-of-filters")
def input_gradient_averaged_over_filters(grad_output, cache):
    """The gradient of the input is averaged over the filters. What all filters ask for adds up."""
    grad_x, grad_weight, grad_bias = _conv_gradients(grad_output, cache)
    return grad_x / grad_output.shape[1], grad_weight, grad_bias


@misconception(of="conv2d_backward", read="convolution.md#convolution-slides")
def filter_asked_without_gradient(grad_output, cache):
    """The filters are added up in `grad_x` without `grad_output`. The chain rule multiplies each by the
    gradient of its place.
    """
    _, grad_weight, grad_bias = _conv_gradients(grad_output, cache)
    return _conv_gradients(np.ones_like(grad_output), cache)[0], grad_weight, grad_bias


@misconception(of="conv2d_backward", read="convolution.md#size-formula")
def input_gradient_too_small(grad_output, cache):
    """`grad_x` has the size of the output. It has the shape of the input, and each place of the output adds
    to a whole window of it.
    """
    _, grad_weight, grad_bias = _conv_gradients(grad_output, cache)
    summed = np.einsum("nkhw,kcij->nchw", grad_output, cache[1])
    return summed, grad_weight, grad_bias


# output_shapes


def _shapes(layers, shape, **other):
    """The right shapes; `other` maps a kind of layer to another rule, given the layer and its input."""

    def windowed(layer, shape):
        reach = [side + 2 * layer["padding"] - layer["kernel_size"] for side in shape[1:]]
        sides = [distance // layer["stride"] + 1 for distance in reach]
        return (layer.get("filters", shape[0]), *sides)

    rules = {
        "conv": windowed,
        "pool": windowed,
        "relu": lambda layer, shape: shape,
        "flatten": lambda layer, shape: (int(np.prod(shape)),),
        "global average pool": lambda layer, shape: shape[:1],
        "linear": lambda layer, shape: (layer["outputs"],),
    } | {kind.replace("_", " "): rule for kind, rule in other.items()}
    shapes = []
    for layer in layers:
        shape = rules[layer["kind"]](layer, shape)
        shapes.append(shape)
    return shapes


def _by_formula(formula):
    """Convolution and pooling with another formula of (side, kernel_size, stride, padding)."""

    def rule(layer, shape):
        sizes = layer["kernel_size"], layer["stride"], layer["padding"]
        return (layer.get("filters", shape[0]), *(formula(side, *sizes) for side in shape[1:]))

    return {"conv": rule, "pool": rule}


@misconception(of="output_shapes", read="convolution.md#size-formula")
def one_place_too_few(layers, shape):
    """The + 1 of the size formula is missing. From the first place to the last there are that many steps, and
    one place more than steps.
    """
    return _shapes(layers, shape, **_by_formula(lambda side, k, s, p: (side + 2 * p - k) // s))


@misconception(of="output_shapes", read="convolution.md#padding")
def padding_on_one_side(layers, shape):
    """The padding is counted once. It lies on both sides, so it adds 2 * padding."""
    return _shapes(layers, shape, **_by_formula(lambda side, k, s, p: (side + p - k) // s + 1))


@misconception(of="output_shapes", read="convolution.md#padding")
def padding_left_out(layers, shape):
    """The padding is left out. It adds 2 * padding to each side."""
    return _shapes(layers, shape, **_by_formula(lambda side, k, s, p: (side - k) // s + 1))


@misconception(of="output_shapes", read="convolution.md#stride")
def stride_left_out(layers, shape):
    """The stride is left out. Divide by it, rounded down, before you add 1."""
    return _shapes(layers, shape, **_by_formula(lambda side, k, s, p: side + 2 * p - k + 1))


@misconception(of="output_shapes", read="convolution.md#size-formula")
def size_by_stride_alone(layers, shape):
    """The side is divided by the stride, as if every window fitted. The size of the kernel counts too."""
    return _shapes(layers, shape, **_by_formula(lambda side, k, s, p: (side + 2 * p) // s))


@misconception(of="output_shapes", read="convolution.md#size-formula")
def one_added_before_the_stride(layers, shape):
    """1 is added before the division by the stride. Divide the distance first, then add 1."""
    return _shapes(layers, shape, **_by_formula(lambda side, k, s, p: (side + 2 * p - k + 1) // s))


@misconception(of="output_shapes", read="convolution.md#does-not-fit")
def rounded_up(layers, shape):
    """The number of steps is rounded up. A window that does not fit entirely is left out: round down."""
    return _shapes(layers, shape, **_by_formula(lambda side, k, s, p: -(-(side + 2 * p - k) // s) + 1))


@misconception(of="output_shapes", read="pooling.md#pooling-windows")
def pooling_windows_touch(layers, shape):
    """Pooling windows are taken to touch. The stride says where the next one begins, and it need not be the
    size of the window.
    """

    def rule(layer, shape):
        return (shape[0], *((side + 2 * layer["padding"]) // layer["kernel_size"] for side in shape[1:]))

    return _shapes(layers, shape, pool=rule)


@misconception(of="output_shapes", read="convolution.md#number-of-filters")
def channels_of_the_image_kept(layers, shape):
    """The channels stay as they were. A convolution gives as many channels as it has filters."""

    def rule(layer, before):
        return before[:1] + _shapes([layer], before)[0][1:]

    return _shapes(layers, shape, conv=rule)


@misconception(of="output_shapes", read="convolution.md#number-of-filters")
def channels_times_filters(layers, shape):
    """A map is counted for every pair of channel and filter. A filter reads all channels and gives one."""

    def rule(layer, before):
        after = _shapes([layer], before)[0]
        return (before[0] * after[0], *after[1:])

    return _shapes(layers, shape, conv=rule)


@misconception(of="output_shapes", read="cnn-architectures.md#flatten-order")
def flattened_without_channels(layers, shape):
    """The flat vector is counted without the channels. It holds all of them: C * H * W numbers."""
    return _shapes(layers, shape, flatten=lambda layer, shape: (shape[1] * shape[2],))


@misconception(of="output_shapes", read="pooling.md#global-average-pooling")
def averages_as_maps(layers, shape):
    """The global average is left as a map of 1 by 1. Here it is a vector with one number for each channel,
    (C,).
    """
    return _shapes(layers, shape, global_average_pool=lambda layer, shape: (shape[0], 1, 1))


@misconception(of="output_shapes", read="convolution.md#size-formula")
def height_for_width(layers, shape):
    """Maps are taken to be square. Height and width are computed each by itself."""
    return _shapes(layers, (shape[0], shape[1], shape[1]))


@misconception(of="output_shapes", read="convolution.md#number-of-filters")
def channels_at_the_end(layers, shape):
    """The channels come last. Shapes are (C, H, W), the channels first."""
    return [after[1:] + after[:1] for after in _shapes(layers, shape)]


@misconception(of="output_shapes", read="cnn-architectures.md#the-pattern")
def every_layer_reads_the_image(layers, shape):
    """Every layer is given the shape of the image. It reads what the layer before it gave."""
    return [_shapes([layer], shape)[0] for layer in layers]


@misconception(of="output_shapes", read="cnn-architectures.md#the-pattern")
def image_listed_first(layers, shape):
    """The list begins with the image. It has one shape for each layer, that of its output."""
    return [shape, *_shapes(layers, shape)]


@misconception(of="output_shapes", read="cnn-architectures.md#the-pattern")
def inputs_listed(layers, shape):
    """What goes into each layer is listed. The list holds what comes out of it."""
    return [shape, *_shapes(layers, shape)[:-1]]


@misconception(of="output_shapes", read="cnn-architectures.md#the-pattern")
def last_shape_only(layers, shape):
    """Only the last shape is returned. The list has one for each layer."""
    return _shapes(layers, shape)[-1]


@misconception(of="output_shapes", read="pooling.md#relu-activation")
def relu_not_listed(layers, shape):
    """ReLU has no entry. It changes no shape, but it is a layer, and the list has one for each."""
    shapes = _shapes(layers, shape)
    return [after for layer, after in zip(layers, shapes, strict=True) if layer["kind"] != "relu"]


# count_parameters and count_multiply_adds


def _counts(layers, shape, of_conv, of_linear, other=lambda layer, before: 0):
    """Counts by the layer, the shape before it, and the shape after it."""
    after = _shapes(layers, shape)
    counts = []
    for layer, come, go in zip(layers, [shape, *after[:-1]], after, strict=True):
        if layer["kind"] == "conv":
            counts.append(of_conv(layer["filters"], come, layer["kernel_size"], go))
        elif layer["kind"] == "linear":
            counts.append(of_linear(layer["outputs"], come[0]))
        else:
            counts.append(other(layer, come))
    return counts


def _conv_parameters(filters, before, kernel_size, after):
    """The right count."""
    return filters * (before[0] * kernel_size**2 + 1)


def _linear_parameters(outputs, inputs):
    """The right count."""
    return outputs * (inputs + 1)


@misconception(of="count_parameters", read="cnn-architectures.md#count-parameters")
def biases_not_counted(layers, shape):
    """The biases are not counted. Each filter, and each output of a linear layer, has one."""
    return _counts(layers, shape, lambda k, c, f, _: k * c[0] * f**2, lambda k, d: k * d)


@misconception(of="count_parameters", read="cnn-architectures.md#count-parameters")
def one_bias_for_the_layer(layers, shape):
    """One bias is counted for the whole layer. Each filter, and each output of a linear layer, has one."""
    return _counts(layers, shape, lambda k, c, f, _: k * c[0] * f**2 + 1, lambda k, d: k * d + 1)


@misconception(of="count_parameters", read="cnn-architectures.md#count-parameters")
def a_bias_for_each_channel(layers, shape):
    """A bias is counted for every channel of every filter. A filter has one bias, added after the sum over
    the channels.
    """
    return _counts(layers, shape, lambda k, c, f, _: k * c[0] * (f**2 + 1), _linear_parameters)


@misconception(of="count_parameters", read="cnn-architectures.md#count-parameters")
def a_bias_for_each_input(layers, shape):
    """The biases of a linear layer are counted by its inputs. It has one for each output."""
    return _counts(layers, shape, _conv_parameters, lambda k, d: k * d + d)


@misconception(of="count_parameters", read="convolution.md#channels-summed")
def filters_without_depth(layers, shape):
    """The channels that go in are left out. A filter is as deep as the maps that it reads."""
    return _counts(layers, shape, lambda k, c, f, _: k * (f**2 + 1), _linear_parameters)


@misconception(of="count_parameters", read="convolution.md#channels-summed")
def depth_of_the_image(layers, shape):
    """Every filter is counted as deep as the image. It is as deep as what the layer before it gave."""
    return _counts(layers, shape, lambda k, c, f, _: k * (shape[0] * f**2 + 1), _linear_parameters)


@misconception(of="count_parameters", read="cnn-architectures.md#count-parameters")
def kernel_not_squared(layers, shape):
    """The kernel size is not squared. A filter of size F has F times F weights for each channel."""
    return _counts(layers, shape, lambda k, c, f, _: k * (c[0] * f + 1), _linear_parameters)


@misconception(of="count_parameters", read="cnn-architectures.md#count-parameters")
def one_filter_counted(layers, shape):
    """One filter is counted. The layer has as many as it gives channels."""
    return _counts(layers, shape, lambda k, c, f, _: c[0] * f**2 + 1, _linear_parameters)


@misconception(of="count_parameters", read="convolution.md#parameter-sharing")
def weights_for_each_place(layers, shape):
    """A filter is counted once for every place. The same weights are used at all places."""
    return _counts(
        layers,
        shape,
        lambda k, c, f, after: k * (c[0] * f**2 + 1) * after[1] * after[2],
        _linear_parameters,
    )


@misconception(of="count_parameters", read="cnn-architectures.md#count-parameters")
def linear_reads_channels(layers, shape):
    """The first linear layer is counted as if it read channels. After flatten it has a weight for each of the
    C * H * W numbers.
    """
    channels = [shape[0]]

    def of_linear(outputs, inputs):
        come, channels[0] = channels[0], outputs
        return outputs * (come + 1)

    def of_conv(filters, before, kernel_size, after):
        channels[0] = filters
        return _conv_parameters(filters, before, kernel_size, after)

    return _counts(layers, shape, of_conv, of_linear)


@misconception(of="count_parameters", read="cnn-architectures.md#count-parameters")
def pooling_learns(layers, shape):
    """Pooling is counted as if its window had weights. It has nothing to learn."""

    def other(layer, before):
        return layer["kernel_size"] ** 2 if layer["kind"] == "pool" else 0

    return _counts(layers, shape, _conv_parameters, _linear_parameters, other)


@misconception(of="count_parameters", read="cnn-architectures.md#count-parameters")
def layers_without_weights_not_listed(layers, shape):
    """Layers without parameters have no entry. The list has one for each layer; theirs is 0."""
    return [count for count in _counts(layers, shape, _conv_parameters, _linear_parameters) if count]


@misconception(of="count_parameters", read="cnn-architectures.md#count-parameters")
def everything_added_up(layers, shape):
    """Only the sum is returned. The list has one number for each layer."""
    return sum(_counts(layers, shape, _conv_parameters, _linear_parameters))


@misconception(of="count_parameters", read="cnn-architectures.md#count-parameters")
def added_up_so_far(layers, shape):
    """Each number contains those before it. Count every layer by itself."""
    return np.cumsum(_counts(layers, shape, _conv_parameters, _linear_parameters)).tolist()


def _conv_work(filters, before, kernel_size, after):
    """The right count."""
    return filters * before[0] * kernel_size**2 * after[1] * after[2]


def _linear_work(outputs, inputs):
    """The right count."""
    return outputs * inputs


@misconception(of="count_multiply_adds", read="cnn-architectures.md#count-multiply-adds")
def places_of_the_map_before(layers, shape):
    """The places of the input are counted. A filter is used once at each place of the *output*."""
    return _counts(layers, shape, lambda k, c, f, _: k * c[0] * f**2 * c[1] * c[2], _linear_work)


@misconception(of="count_multiply_adds", read="cnn-architectures.md#count-multiply-adds")
def places_forgotten(layers, shape):
    """The weights are counted, not their uses. A convolution uses each at every place of its output."""
    return _counts(layers, shape, lambda k, c, f, _: k * c[0] * f**2, _linear_work)


@misconception(of="count_multiply_adds", read="cnn-architectures.md#count-multiply-adds")
def biases_counted(layers, shape):
    """The biases are counted as well. A multiply-add is a weight times a value; biases are left out."""
    return _counts(
        layers,
        shape,
        lambda k, c, f, after: k * (c[0] * f**2 + 1) * after[1] * after[2],
        lambda k, d: k * (d + 1),
    )


@misconception(of="count_multiply_adds", read="cnn-architectures.md#count-multiply-adds")
def counted_twice(layers, shape):
    """Multiplication and addition are counted as two. One multiply-add is both together."""
    return [2 * count for count in _counts(layers, shape, _conv_work, _linear_work)]


@misconception(of="count_multiply_adds", read="cnn-architectures.md#count-multiply-adds")
def work_of_one_filter(layers, shape):
    """The work of one filter is counted. Each of the filters does the same."""
    return _counts(layers, shape, lambda k, c, f, after: c[0] * f**2 * after[1] * after[2], _linear_work)


@misconception(of="count_multiply_adds", read="convolution.md#channels-summed")
def work_on_one_channel(layers, shape):
    """The channels that go in are left out. At each place a filter multiplies in all of them."""
    return _counts(layers, shape, lambda k, c, f, after: k * f**2 * after[1] * after[2], _linear_work)


@misconception(of="count_multiply_adds", read="cnn-architectures.md#count-multiply-adds")
def work_of_a_row(layers, shape):
    """The kernel size is not squared. A filter of size F has F times F weights for each channel."""
    return _counts(layers, shape, lambda k, c, f, after: k * c[0] * f * after[1] * after[2], _linear_work)


@misconception(of="count_multiply_adds", read="cnn-architectures.md#count-multiply-adds")
def width_forgotten(layers, shape):
    """Only the rows of places are counted. There are H times W places."""
    return _counts(layers, shape, lambda k, c, f, after: k * c[0] * f**2 * after[1], _linear_work)


@misconception(of="count_multiply_adds", read="cnn-architectures.md#count-multiply-adds")
def outputs_counted(layers, shape):
    """The numbers of the output are counted. Each of them is a sum of many products."""
    return _counts(layers, shape, lambda k, c, f, after: k * after[1] * after[2], lambda k, d: k)


@misconception(of="count_multiply_adds", read="cnn-architectures.md#count-multiply-adds")
def pooling_counted(layers, shape):
    """Pooling is counted as well. It has no weights, so it has no multiply-adds."""

    def other(layer, before):
        if layer["kind"] != "pool":
            return 0
        return int(np.prod(_shapes([layer], before)[0])) * layer["kernel_size"] ** 2

    return _counts(layers, shape, _conv_work, _linear_work, other)


@misconception(of="count_multiply_adds", read="cnn-architectures.md#count-multiply-adds")
def work_added_up(layers, shape):
    """Only the sum is returned. The list has one number for each layer."""
    return sum(_counts(layers, shape, _conv_work, _linear_work))


@misconception(of="count_multiply_adds", read="cnn-architectures.md#count-multiply-adds")
def idle_layers_not_listed(layers, shape):
    """Layers without weights have no entry. The list has one for each layer; theirs is 0."""
    return [count for count in _counts(layers, shape, _conv_work, _linear_work) if count]


# cnn_forward


@misconception(of="cnn_forward", read="cnn-architectures.md#the-pattern")
def first_relu_forgotten(images, parameters):
    """The first ReLU is missing. There is one after each convolution."""
    return _network(images, parameters, _same, lambda x: np.maximum(x, 0.0))


@misconception(of="cnn_forward", read="cnn-architectures.md#the-pattern")
def second_relu_forgotten(images, parameters):
    """The second ReLU is missing. There is one after each convolution, also before flatten."""
    return _network(images, parameters, relu_2=_same)


@misconception(of="cnn_forward", read="cnn-architectures.md#the-pattern")
def no_relu_at_all(images, parameters):
    """There is no ReLU. Without it the three layers together are no more than one linear layer."""
    return _network(images, parameters, _same)


@misconception(of="cnn_forward", read="cnn-architectures.md#softmax-cross-entropy")
def relu_on_the_scores(images, parameters):
    """Negative scores become 0. Scores may have any sign; there is no ReLU after the last layer."""
    scores, cache = _network(images, parameters)
    return np.maximum(scores, 0.0), cache


@misconception(of="cnn_forward", read="cnn-architectures.md#softmax-cross-entropy")
def softmax_in_the_network(images, parameters):
    """Probabilities are returned. The network ends with its scores; the softmax belongs to the loss."""
    scores, cache = _network(images, parameters)
    return _softmax(scores), cache


@misconception(of="cnn_forward", read="cnn-architectures.md#the-pattern")
def relu_before_the_convolution(images, parameters):
    """ReLU stands before each convolution. It comes after: convolution, ReLU, convolution, ReLU."""
    return _network(np.maximum(images, 0.0), parameters, relu_2=_same)


@misconception(of="cnn_forward", read="cnn-architectures.md#the-pattern")
def sign_dropped(images, parameters):
    """Negative values become positive. ReLU puts 0 in their place."""
    return _network(images, parameters, np.abs)


@misconception(of="cnn_forward", read="cnn-architectures.md#the-pattern")
def second_convolution_reads_the_images(images, parameters):
    """The second convolution is given the images. It reads the maps of the first, after ReLU."""
    conv1 = parameters["conv1.weight"]
    second = _conv(images, parameters["conv2.weight"], parameters["conv2.bias"])
    return _network(images, parameters)[0] * second.mean(), (images, conv1)


@misconception(of="cnn_forward", read="cnn-architectures.md#the-pattern")
def first_filters_used_twice(images, parameters):
    """The second convolution is given the parameters of the first. Each has its own in the dict."""
    return _network(
        images,
        parameters | {"conv2.weight": parameters["conv1.weight"], "conv2.bias": parameters["conv1.bias"]},
    )


@misconception(of="cnn_forward", read="cnn-architectures.md#count-parameters")
def biases_forgotten(images, parameters):
    """The biases are left out. All three layers with weights have them."""
    weights = {n: array if n.endswith("weight") else 0.0 * array for n, array in parameters.items()}
    return _network(images, weights)


@misconception(of="cnn_forward", read="cnn-architectures.md#flatten-order")
def laid_out_channels_last(images, parameters):
    """The maps are laid out with the channels running fastest. Each weight of the last layer belongs to one
    place of the vector: channel by channel, row by row.
    """
    return _network(
        images, parameters, vectors_of=lambda maps: maps.transpose(0, 2, 3, 1).reshape(len(maps), -1)
    )


@misconception(of="cnn_forward", read="cnn-architectures.md#the-pattern")
def maps_not_flattened(images, parameters):
    """The last layer is given maps. Flatten lays them out as vectors first."""
    return _network(images, parameters, vectors_of=_same)


@misconception(of="cnn_forward", read="cnn-architectures.md#softmax-cross-entropy")
def class_predicted(images, parameters):
    """The predicted class is returned. The loss needs all scores, (N, K)."""
    scores, cache = _network(images, parameters)
    return scores.argmax(axis=1), cache


@misconception(of="cnn_forward", read="cnn-architectures.md#the-pattern")
def scores_without_cache(images, parameters):
    """Only the scores are returned. A forward function returns two values, output and cache."""
    return _network(images, parameters)[0]


# cnn_backward


@misconception(of="cnn_backward", read="pooling.md#relu-activation")
def second_relu_passes_everything(grad_scores, cache):
    """The gradient does not pass through the second ReLU. On its way to the second convolution it is stopped
    where the output of that convolution was below 0.
    """
    return _network_gradients(grad_scores, cache, through_2=_same)


@misconception(of="cnn_backward", read="pooling.md#relu-activation")
def first_relu_passes_everything(grad_scores, cache):
    """The gradient does not pass through the first ReLU. On its way to the first convolution it is stopped
    where the output of that convolution was below 0.
    """
    return _network_gradients(grad_scores, cache, through_1=_same)


@misconception(of="cnn_backward", read="pooling.md#relu-activation")
def zero_passes(grad_scores, cache):
    """The gradient passes where a value was exactly 0. There the slope of ReLU is taken to be 0: ask `> 0`,
    not `>= 0`.
    """
    first, second = cache[1], cache[3]
    return _network_gradients(
        grad_scores, cache, through_1=lambda g: g * (first >= 0), through_2=lambda g: g * (second >= 0)
    )


@misconception(of="cnn_backward", read="pooling.md#relu-activation")
def relu_of_the_gradient(grad_scores, cache):
    """ReLU is applied to the gradient. What passes is decided by the sign of the values on the way forward;
    negative gradients pass as well.
    """
    return _network_gradients(
        grad_scores, cache, through_1=lambda g: np.maximum(g, 0.0), through_2=lambda g: np.maximum(g, 0.0)
    )


@misconception(of="cnn_backward", read="pooling.md#relu-activation")
def times_the_activation(grad_scores, cache):
    """The gradient is multiplied by the output of ReLU. The slope of ReLU is 1 where it let something
    through, not the value itself.
    """
    active, maps = cache[2][0], cache[5][0].reshape(cache[4])
    return _network_gradients(
        grad_scores, cache, through_1=lambda g: g * active, through_2=lambda g: g * maps
    )


@misconception(of="cnn_backward", read="pooling.md#relu-activation")
def masks_exchanged(grad_scores, cache):
    """The masks of the two ReLUs are exchanged. On the way back the second comes first."""
    return _network_gradients(
        grad_scores, cache, through_1=lambda g: g * (cache[3] > 0), through_2=lambda g: g * (cache[1] > 0)
    )


@misconception(of="cnn_backward", read="cnn-architectures.md#flatten-order")
def maps_filled_channels_last(grad_scores, cache):
    """The gradient is given back to the maps as if the channels had run fastest. It goes back in the order in
    which they were laid out.
    """

    def to_maps(grad, shape):
        n, c, height, width = shape
        return grad.reshape(n, height, width, c).transpose(0, 3, 1, 2)

    return _network_gradients(grad_scores, cache, to_maps=to_maps)


@misconception(of="cnn_backward", read="cnn-architectures.md#flatten-order")
def not_given_the_shape_of_maps(grad_scores, cache):
    """The convolution is handed a flat gradient. It needs the shape of the maps again first."""
    return _network_gradients(
        grad_scores, cache, through_2=lambda g: g.reshape(len(g), -1), to_maps=lambda g, shape: g
    )


@misconception(of="cnn_backward", read="cnn-architectures.md#softmax-cross-entropy")
def divided_by_the_batch_again(grad_scores, cache):
    """The gradients of the parameters are divided by the number of images. The mean belongs to the loss, and
    its 1/N is in grad_scores already.
    """
    grad_images, gradients = _network_gradients(grad_scores, cache)
    return grad_images, {name: gradient / len(grad_scores) for name, gradient in gradients.items()}


@misconception(of="cnn_backward", read="cnn-architectures.md#the-pattern")
def gradients_only(grad_scores, cache):
    """Only the dict is returned. Two values are: the gradient of the images, and the dict."""
    return _network_gradients(grad_scores, cache)[1]


@misconception(of="cnn_backward", read="cnn-architectures.md#the-pattern")
def dict_first(grad_scores, cache):
    """The two values change places. They come in the order of the forward function's arguments: images first,
    then parameters.
    """
    return _network_gradients(grad_scores, cache)[::-1]


@misconception(of="cnn_backward", read="cnn-architectures.md#count-parameters")
def biases_without_gradient(grad_scores, cache):
    """The biases have no gradient in the dict. They learn like the weights."""
    grad_images, gradients = _network_gradients(grad_scores, cache)
    return grad_images, {name: array for name, array in gradients.items() if name.endswith("weight")}


@misconception(of="cnn_backward", read="cnn-architectures.md#the-pattern")
def names_of_the_convolutions_exchanged(grad_scores, cache):
    """The gradients of the two convolutions change places. On the way back the second comes first; it belongs
    under "conv2".
    """
    grad_images, gradients = _network_gradients(grad_scores, cache)
    new = {"conv1": "conv2", "conv2": "conv1", "fc": "fc"}
    parts = ((name.split("."), gradient) for name, gradient in gradients.items())
    return grad_images, {f"{new[layer]}.{kind}": gradient for (layer, kind), gradient in parts}


@misconception(of="cnn_backward", read="cnn-architectures.md#the-pattern")
def weight_and_bias_exchanged(grad_scores, cache):
    """The gradients of weight and bias change places. A backward function returns three: of its input, its
    weight, its bias.
    """
    grad_images, gradients = _network_gradients(grad_scores, cache)
    new = {"weight": "bias", "bias": "weight"}
    parts = ((name.split("."), gradient) for name, gradient in gradients.items())
    return grad_images, {f"{layer}.{new[kind]}": gradient for (layer, kind), gradient in parts}


@misconception(of="cnn_backward", read="cnn-architectures.md#the-pattern")
def stopped_before_the_images(grad_scores, cache):
    """The gradient of the first maps is returned for that of the images. It has one more convolution to
    pass.
    """
    _, gradients = _network_gradients(grad_scores, cache)
    _, first, conv2_cache, second, shape, (_, fc_weight) = cache
    grad, _, _ = _conv_gradients((grad_scores @ fc_weight).reshape(shape) * (second > 0), conv2_cache)
    return grad * (first > 0), gradients


@misconception(of="cnn_backward", read="cnn-architectures.md#the-pattern")
def last_layer_alone(grad_scores, cache):
    """Only the last layer has gradients. The gradient travels on through flatten, ReLU and both
    convolutions.
    """
    grad_images, gradients = _network_gradients(grad_scores, cache)
    return grad_images, {name: array for name, array in gradients.items() if name.startswith("fc")}


# training_step


@misconception(of="training_step", read="cnn-architectures.md#softmax-cross-entropy")
def uphill(images, labels, parameters, learning_rate):
    """The parameters move along the gradient, and the loss grows. A step goes against it: subtract."""
    loss, gradients = _loss_and_gradients(images, labels, parameters)
    _step(parameters, gradients, -learning_rate)
    return loss


@misconception(of="training_step", read="cnn-architectures.md#cnn-on-digits")
def step_into_a_new_dict(images, labels, parameters, learning_rate):
    """The new values go into arrays that the caller never sees. `parameters[name] -= ...` changes the
    caller's.
    """
    loss, gradients = _loss_and_gradients(images, labels, parameters)
    parameters = {name: array - learning_rate * gradients[name] for name, array in parameters.items()}
    return loss


@misconception(of="training_step", read="cnn-architectures.md#count-parameters")
def biases_stay(images, labels, parameters, learning_rate):
    """The biases do not move. They are parameters too."""
    loss, gradients = _loss_and_gradients(images, labels, parameters)
    _step(parameters, {n: g for n, g in gradients.items() if n.endswith("weight")}, learning_rate)
    return loss


@misconception(of="training_step", read="cnn-architectures.md#cnn-on-digits")
def only_the_last_layer_moves(images, labels, parameters, learning_rate):
    """Only the last layer moves. The filters are to learn as well."""
    loss, gradients = _loss_and_gradients(images, labels, parameters)
    _step(parameters, {n: g for n, g in gradients.items() if n.startswith("fc")}, learning_rate)
    return loss


@misconception(of="training_step", read="cnn-architectures.md#cnn-on-digits")
def only_the_filters_move(images, labels, parameters, learning_rate):
    """The last layer does not move. All parameters of the dict do."""
    loss, gradients = _loss_and_gradients(images, labels, parameters)
    _step(parameters, {n: g for n, g in gradients.items() if n.startswith("conv")}, learning_rate)
    return loss


@misconception(of="training_step", read="cnn-architectures.md#cnn-on-digits")
def loss_after_the_step(images, labels, parameters, learning_rate):
    """The loss after the step is returned. It is the one before the step, from which the gradients came."""
    _, gradients = _loss_and_gradients(images, labels, parameters)
    _step(parameters, gradients, learning_rate)
    return _loss_and_gradients(images, labels, parameters)[0]


@misconception(of="training_step", read="cnn-architectures.md#cnn-on-digits")
def learning_rate_left_out(images, labels, parameters, learning_rate):
    """The whole gradient is subtracted. The step is the learning rate times the gradient."""
    loss, gradients = _loss_and_gradients(images, labels, parameters)
    _step(parameters, gradients, 1.0)
    return loss


@misconception(of="training_step", read="cnn-architectures.md#softmax-cross-entropy")
def step_divided_by_the_batch(images, labels, parameters, learning_rate):
    """The step is divided by the number of images. The loss is their mean already, and so is its gradient."""
    loss, gradients = _loss_and_gradients(images, labels, parameters)
    _step(parameters, gradients, learning_rate / len(images))
    return loss


@misconception(of="training_step", read="cnn-architectures.md#softmax-cross-entropy")
def step_of_the_sum(images, labels, parameters, learning_rate):
    """The step is that of the summed loss, N times too large. The loss is a mean over the batch."""
    loss, gradients = _loss_and_gradients(images, labels, parameters)
    _step(parameters, gradients, learning_rate * len(images))
    return loss


@misconception(of="training_step", read="cnn-architectures.md#softmax-cross-entropy")
def loss_handed_back(images, labels, parameters, learning_rate):
    """The loss itself is handed to the backward function as the gradient that arrives. The gradient of the
    loss with respect to itself is 1.
    """
    loss, gradients = _loss_and_gradients(images, labels, parameters)
    _step(parameters, gradients, learning_rate * loss)
    return loss


@misconception(of="training_step", read="cnn-architectures.md#cnn-on-digits")
def image_after_image(images, labels, parameters, learning_rate):
    """There is a step for each image. One step is taken for the whole batch, with the gradient of the mean
    loss.
    """
    losses = []
    for n in range(len(images)):
        loss, gradients = _loss_and_gradients(images[n : n + 1], labels[n : n + 1], parameters)
        _step(parameters, gradients, learning_rate / len(images))
        losses.append(loss)
    return np.mean(losses)


@misconception(of="training_step", read="cnn-architectures.md#cnn-on-digits")
def moved_before_the_way_back(images, labels, parameters, learning_rate):
    """The last layer moves before the gradient has passed it, so the others get gradients of another network.
    Compute all gradients first, then move.
    """
    loss, gradients = _loss_and_gradients(images, labels, parameters)
    scores, cache = _network(images, parameters)
    probabilities = _softmax(scores)
    _step(parameters, {n: g for n, g in gradients.items() if n.startswith("fc")}, learning_rate)
    cache = (*cache[:5], (cache[5][0], parameters["fc.weight"]))
    grad_scores = (probabilities - _one_hot(probabilities, labels)) / len(labels)
    _, others = _network_gradients(grad_scores, cache)
    _step(parameters, {n: g for n, g in others.items() if n.startswith("conv")}, learning_rate)
    return loss


@misconception(of="training_step", read="cnn-architectures.md#cnn-on-digits")
def loss_kept_back(images, labels, parameters, learning_rate):
    """Nothing is returned. The loss before the step is wanted, to watch the training."""
    _, gradients = _loss_and_gradients(images, labels, parameters)
    _step(parameters, gradients, learning_rate)


@misconception(of="training_step", read="cnn-architectures.md#cnn-on-digits")
def parameters_returned(images, labels, parameters, learning_rate):
    """The parameters are returned. They change in place; what is returned is the loss before the step."""
    _, gradients = _loss_and_gradients(images, labels, parameters)
    _step(parameters, gradients, learning_rate)
    return parameters


@misconception(of="training_step", read="cnn-architectures.md#cnn-on-digits")
def sign_of_the_gradient_only(images, labels, parameters, learning_rate):
    """Every parameter moves by the learning rate, whatever its gradient. The step is in proportion to the
    gradient.
    """
    loss, gradients = _loss_and_gradients(images, labels, parameters)
    _step(parameters, {n: np.sign(g) for n, g in gradients.items()}, learning_rate)
    return loss
