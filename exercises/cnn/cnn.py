# %% [markdown]
# # A CNN of your own: from single layers to a network that reads digits
#
# A convolutional network is a row of layers, and you know most of them. What is missing is its end: a linear
# layer that gives a score to each class, and a loss that says how wrong the scores are. You write both, put
# the whole network together, forward and backward, and train it on real handwritten digits. No layer is given
# to you, and nothing but NumPy is needed. The chapter *CNN architectures* explains the parts.
#
# Letters used throughout: `N` is the number of images, `C` the number of channels that go into a layer, `H`
# and `W` are height and width. A linear layer reads `D` numbers; `K` is the number of its outputs, and that
# of the filters of a convolution. The weight of a linear layer is `(K, D)`, that of a convolution
# `(K, C, kH, kW)`, and maps are `(N, C, H, W)`.
#
# Write a function, then run the cell of checks below it. A failing check says what it called and what came
# out wrong; if the mistake is a known one, it also says which, and where the book explains it. You may call
# in one function what you have written in another, and from part 6 on you should.
#
# A forward function returns two things, the output and a **cache**: whatever its backward function will want
# to know, for example a tuple of arrays. What is in it is up to you; no check looks inside.

# %% id="setup" kind="setup"
from collections import namedtuple

import numpy as np
from check import ANY, check

Forward = namedtuple("Forward", "output cache")
Gradients = namedtuple("Gradients", "grad_x grad_weight grad_bias")
checked_pairs = {}


def without_cache(result):
    """What a forward function returned, without its cache, which may be anything."""
    is_pair = isinstance(result, tuple | list) and len(result) == 2
    return (result[0], None) if is_pair else result


def some_of(kind, **wanted):
    """What a check expects that looks only at those parts of `kind` that are named in `wanted`."""
    return kind(**dict.fromkeys(kind._fields, ANY) | wanted)


def look_at(name):
    """A view of the three gradients of a layer that leaves only the one called `name`."""

    def view(result):
        if not isinstance(result, tuple | list) or len(result) != len(Gradients._fields):
            return result
        return Gradients(**dict.fromkeys(Gradients._fields) | {name: Gradients(*result)._asdict()[name]})

    return view


def copied(value):
    """A copy of an array, or of a dict of arrays."""
    return {name: copied(part) for name, part in value.items()} if isinstance(value, dict) else value.copy()


def forward_then_backward(forward, backward, then=None):
    """A function that runs `forward`, hands its cache to `backward`, and returns what `backward` returns.

    With `then`, `forward` also runs on that, in between: the cache that it gave before has to stay as it was.
    """

    def gradient(*, grad_output, **forward_arguments):
        try:
            result = forward(*map(copied, forward_arguments.values()))
            if then is not None:
                forward(then.copy(), *map(copied, list(forward_arguments.values())[1:]))
        except NotImplementedError:
            problem = f"{forward.__name__} is not written yet, and the cache comes from it"
            raise RuntimeError(problem) from None
        if not (isinstance(result, tuple | list) and len(result) == 2):
            problem = f"{forward.__name__} should return two values, output and cache"
            raise TypeError(problem)
        return backward(grad_output, result[1])

    gradient.__name__ = backward.__name__
    # One and the same for the same two.
    return checked_pairs.setdefault((forward, backward), gradient) if then is None else gradient


# %% [markdown]
# ## 1. What is one score made of?
#
# A linear layer, also called fully connected, gives each of its outputs a weight for every input, and a bias:
# the output is the sum of all weights times inputs, plus the bias. Row `k` of `weight` holds the weights of
# output `k`, and each row of `x` is one example of the batch.


# %% id="linear-forward" kind="solution"
def linear_forward(x, weight, bias):
    """A linear (fully connected) layer.

    Args:
        x: array of shape (N, D). No argument is changed.
        weight: array of shape (K, D), one row for each output.
        bias: array of shape (K,).

    Returns:
        output: array of shape (N, K).
        cache: anything that linear_backward needs.
    """
    ### BEGIN SOLUTION
    return x @ weight.T + bias, (x, weight)
    ### END SOLUTION


# %% [markdown] kind="hints" of="linear_forward"
# 1. Take one example and one output. Which row of `x`, and which row of `weight`, make that number?
# 2. All of them at once are a matrix product. Write the shapes under each other, `(N, D)` and `(K, D)`: which
#    of the two has to be turned so that the `D` meet?
# 3. Transpose `weight` (a `reshape` would put the weights elsewhere), multiply, and add the bias: NumPy adds
#    an array `(K,)` to every row of `(N, K)`.

# %% id="test-linear-forward" kind="tests" points=1
check(
    linear_forward,
    np.array([[1.0, 2.0, 3.0]]),  # (N, D) = (1, 3)
    np.array([[1.0, -1.0, 5.0], [4.0, 0.5, -2.0]]),  # (K, D) = (2, 3)
    np.array([10.0, 20.0]),
    view=without_cache,
    expect=Forward(output=np.array([[24.0, 19.0]]), cache=ANY),
    case="one example, two outputs",
)
check(
    linear_forward,
    np.array([[1.0, 2.0], [3.0, -4.0]]),
    np.array([[5.0, 6.0], [-7.0, 8.0]]),
    np.array([0.5, 0.25]),
    view=without_cache,
    expect=Forward(output=np.array([[17.5, 9.25], [-8.5, -52.75]]), cache=ANY),
    case="as many examples as inputs as outputs",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(11)
for n, d, k in ((1, 1, 1), (2, 5, 3), (4, 3, 7), (6, 2, 1), (3, 3, 3)):
    arrays = generator.normal(size=(n, d)), generator.normal(size=(k, d)), generator.normal(size=k)
    output = torch.nn.functional.linear(*map(torch.from_numpy, arrays))
    hidden_check(
        linear_forward,
        *arrays,
        view=without_cache,
        expect=Forward(output.numpy(), ANY),
        case=f"linear layer, N = {n}, D = {d}, K = {k}",
    )
### END HIDDEN TESTS

# %% [markdown]
# Backwards, `grad_output` says how the loss would change with each output. Three things made the outputs, so
# there are three gradients, each in the shape of its own array: of the input, for the layer before; of weight
# and bias, for the step of training. A weight was used once for every example of the batch, and what it
# hears from all of them adds up.
#
# To check a backward function, your forward function runs first, and its cache is handed on. The first checks
# look at one gradient at a time; until you come to the others, return `None` in their place.


# %% id="linear-backward" kind="solution"
def linear_backward(grad_output, cache):
    """Gradients of the loss with respect to what a linear layer was given.

    Args:
        grad_output: array of shape (N, K), the gradient with respect to the output. It is not changed.
        cache: what linear_forward returned.

    Returns:
        grad_x: array of shape (N, D).
        grad_weight: array of shape (K, D).
        grad_bias: array of shape (K,).
    """
    ### BEGIN SOLUTION
    x, weight = cache
    return grad_output @ weight, grad_output.T @ x, grad_output.sum(axis=0)
    ### END SOLUTION


# %% [markdown] kind="hints" of="linear_backward"
# 1. Output `(n, k)` contains `x[n, d]` times `weight[k, d]`. If that input grows by 1, by how much does the
#    output grow? In which outputs does the input stand, and in which does the weight stand?
# 2. An input stands in all `K` outputs of its own example; a weight, and a bias, in one output of all `N`
#    examples. So the first is a sum over outputs, the other two are sums over examples. Nothing is divided.
# 3. A sum over a common index is a matrix product or a `.sum`. Let the shapes guide you: `(N, D)` from
#    `(N, K)` and `(K, D)`; `(K, D)` from `(N, K)`, turned round, and `(N, D)`; `(K,)` from `(N, K)` alone.

# %% id="test-linear-backward" kind="tests" points=2
linear_gradients = forward_then_backward(linear_forward, linear_backward)
example = {
    "x": np.array([[1.0, 2.0], [3.0, -4.0], [0.0, 7.0]]),  # (N, D) = (3, 2)
    "weight": np.array([[5.0, 6.0], [-7.0, 8.0]]),  # (K, D) = (2, 2)
    "bias": np.array([0.5, 0.25]),
    "grad_output": np.array([[1.0, 10.0], [-2.0, 0.0], [3.0, -1.0]]),  # (N, K)
}
check(
    linear_gradients,
    **example,
    view=look_at("grad_bias"),
    expect=some_of(Gradients, grad_bias=np.array([2.0, 9.0])),
    case="the bias",
)
check(
    linear_gradients,
    **example,
    view=look_at("grad_weight"),
    expect=some_of(Gradients, grad_weight=np.array([[-5.0, 31.0], [10.0, 13.0]])),
    case="the weight",
)
check(
    linear_gradients,
    **example,
    view=look_at("grad_x"),
    expect=some_of(Gradients, grad_x=np.array([[-65.0, 86.0], [-10.0, -12.0], [22.0, 10.0]])),
    case="the input",
)
check(
    forward_then_backward(linear_forward, linear_backward, then=1.0 - example["x"]),
    **example,
    view=look_at("grad_weight"),
    expect=some_of(Gradients, grad_weight=np.array([[-5.0, 31.0], [10.0, 13.0]])),
    case="the weight; in between, linear_forward ran on other examples",
)
check(
    linear_gradients,
    x=np.array([[1.0, 2.0, 4.0]]),
    weight=np.array([[3.0, 0.5, -1.0], [2.0, -2.0, 6.0]]),
    bias=np.array([7.0, -7.0]),
    grad_output=np.array([[10.0, -1.0]]),
    expect=Gradients(
        grad_x=np.array([[28.0, 7.0, -16.0]]),
        grad_weight=np.array([[10.0, 20.0, 40.0], [-1.0, -2.0, -4.0]]),
        grad_bias=np.array([10.0, -1.0]),
    ),
    case="all three, one example",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(12)
for n, d, k in ((1, 1, 1), (2, 5, 3), (4, 3, 7), (6, 2, 1), (3, 3, 3)):
    arrays = generator.normal(size=(n, d)), generator.normal(size=(k, d)), generator.normal(size=k)
    grad_output = generator.normal(size=(n, k))
    tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
    (torch.nn.functional.linear(*tensors) * torch.from_numpy(grad_output)).sum().backward()
    hidden_check(
        forward_then_backward(linear_forward, linear_backward),
        **dict(zip(("x", "weight", "bias"), arrays, strict=True)),
        grad_output=grad_output,
        expect=Gradients(*(tensor.grad.numpy() for tensor in tensors)),
        case=f"gradients of a linear layer, N = {n}, D = {d}, K = {k}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 2. In which order do maps become a vector?
#
# A linear layer reads vectors, a convolution gives maps. Between them, each image is laid out as one vector:
# channel after channel, in a channel row after row, in a row from left to right. The value at channel `c`,
# row `i`, column `j` goes to the place `(c * H + i) * W + j`.


# %% id="flatten-forward" kind="solution"
def flatten_forward(x):
    """Lay out the maps of each image as one vector.

    Args:
        x: array of shape (N, C, H, W). It is not changed.

    Returns:
        output: array of shape (N, C * H * W), channel by channel, row by row.
        cache: anything that flatten_backward needs.
    """
    ### BEGIN SOLUTION
    return x.reshape(len(x), np.prod(x.shape[1:])), x.shape
    ### END SOLUTION


# %% [markdown] kind="hints" of="flatten_forward"
# 1. How many numbers does one image of the shape (3, 4, 5) have? How many rows does the output have, and what
#    is in one row?
# 2. In memory the last axis of an array runs fastest, and that is the order asked for. Only the shape
#    changes.
# 3. `reshape` takes one -1, for "whatever is left over"; the number of images must stay the first axis.

# %% id="test-flatten-forward" kind="tests" points=1
check(
    flatten_forward,
    np.array(
        [[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [[10.0, 20.0, 30.0], [40.0, 50.0, 60.0]]]]
    ),  # (1, 2, 2, 3)
    view=without_cache,
    expect=Forward(
        output=np.array([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0]]), cache=ANY
    ),
    case="one image, two channels",
)
check(
    flatten_forward,
    np.array([[[[1.0, 2.0]], [[3.0, 4.0]]], [[[5.0, 6.0]], [[7.0, 8.0]]], [[[9.0, 0.0]], [[-1.0, -2.0]]]]),
    view=without_cache,
    expect=Forward(
        output=np.array([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], [9.0, 0.0, -1.0, -2.0]]), cache=ANY
    ),
    case="three images",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(21)
for shape in ((1, 1, 1, 1), (2, 3, 5, 4), (4, 1, 2, 3), (3, 2, 1, 7), (2, 2, 2, 2)):
    x = generator.normal(size=shape)
    hidden_check(
        flatten_forward,
        x,
        view=without_cache,
        expect=Forward(torch.from_numpy(x).flatten(1).numpy(), ANY),
        case=f"flatten, shape {shape}",
    )
x = generator.normal(size=(3, 4, 5, 2))
hidden_check(
    flatten_forward,
    x.transpose(3, 2, 0, 1),  # a view whose numbers lie in another order in memory
    view=without_cache,
    expect=Forward(torch.from_numpy(x).permute(3, 2, 0, 1).flatten(1).numpy(), ANY),
    case="flatten, a view",
)
### END HIDDEN TESTS


# %% id="flatten-backward" kind="solution"
def flatten_backward(grad_output, cache):
    """Gradient of the loss with respect to the maps.

    Args:
        grad_output: array of shape (N, C * H * W), the gradient with respect to the vectors. It is not
            changed.
        cache: what flatten_forward returned.

    Returns:
        grad_x: array of shape (N, C, H, W), each number at the place that its value came from.
    """
    ### BEGIN SOLUTION
    return grad_output.reshape(cache)
    ### END SOLUTION


# %% [markdown] kind="hints" of="flatten_backward"
# 1. Flattening only moved numbers. What is the slope of each output by the one number that it came from?
# 2. So every gradient goes back unchanged, to the place from which its value came. No formula is needed, only
#    the shape that the maps had.
# 3. Keep that shape in the cache, and give it to the vectors again, in the very same order.

# %% id="test-flatten-backward" kind="tests" points=1
check(
    forward_then_backward(flatten_forward, flatten_backward),
    x=np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [[10.0, 20.0, 30.0], [40.0, 50.0, 60.0]]]]),
    grad_output=np.array([[0.5, -1.0, 2.0, 7.0, 8.0, 9.0, -0.25, 3.0, -4.0, 6.0, 5.0, 1.0]]),
    expect=np.array([[[[0.5, -1.0, 2.0], [7.0, 8.0, 9.0]], [[-0.25, 3.0, -4.0], [6.0, 5.0, 1.0]]]]),
    case="one image, two channels",
)
check(
    forward_then_backward(flatten_forward, flatten_backward),
    x=np.array([[[[1.0], [2.0]]], [[[3.0], [4.0]]], [[[5.0], [6.0]]]]),  # (3, 1, 2, 1)
    grad_output=np.array([[0.5, -1.0], [2.0, 7.0], [8.0, 9.0]]),
    expect=np.array([[[[0.5], [-1.0]]], [[[2.0], [7.0]]], [[[8.0], [9.0]]]]),
    case="three images",
)
check(
    forward_then_backward(flatten_forward, flatten_backward, then=np.ones((3, 2, 1, 1))),
    x=np.array([[[[1.0], [2.0]]], [[[3.0], [4.0]]], [[[5.0], [6.0]]]]),
    grad_output=np.array([[0.5, -1.0], [2.0, 7.0], [8.0, 9.0]]),
    expect=np.array([[[[0.5], [-1.0]]], [[[2.0], [7.0]]], [[[8.0], [9.0]]]]),
    case="in between, flatten_forward ran on images of another shape",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(22)
for shape in ((1, 1, 1, 1), (2, 3, 5, 4), (4, 1, 2, 3), (3, 2, 1, 7), (2, 2, 2, 2)):
    tensor = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
    grad_output = generator.normal(size=(shape[0], tensor[0].numel()))
    (tensor.flatten(1) * torch.from_numpy(grad_output)).sum().backward()
    hidden_check(
        forward_then_backward(flatten_forward, flatten_backward),
        x=generator.normal(size=shape),
        grad_output=grad_output,
        expect=tensor.grad.numpy(),
        case=f"gradient of flatten, shape {shape}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 3. How wrong are the scores?
#
# Softmax makes probabilities of the scores of one image, and the cross-entropy is $-\ln$ of the probability
# that the true class was given, as the mean over the images of the batch:
#
# $$ p_{nc} = \frac{e^{s_{nc}}}{\sum_j e^{s_{nj}}} \qquad L = -\frac{1}{N} \sum_n \ln p_{n y_n} $$
#
# That is what `torch.nn.functional.cross_entropy` computes: it takes scores, not probabilities. `labels` are
# the numbers of the true classes, counted from 0.
#
# The second cell of checks asks for scores of any size. $e^{1000}$ is too large for a float, and $e^{-1000}$
# is rounded to 0, whose logarithm is of no use; and yet the loss is an ordinary number each time. Adding the
# same number to all scores of *one image* changes nothing. And what is $\ln p$, written as a difference?


# %% id="cross-entropy-forward" kind="solution"
def cross_entropy_forward(scores, labels):
    """Softmax and cross-entropy, the mean over the batch.

    Args:
        scores: array of shape (N, K), of any size. It is not changed.
        labels: integer array of shape (N,), the true classes, from 0 to K - 1.

    Returns:
        loss: a number.
        cache: anything that cross_entropy_backward needs.
    """
    ### BEGIN SOLUTION
    shifted = scores - scores.max(axis=1, keepdims=True)  # (N, K)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    true = log_probabilities[np.arange(len(labels)), labels]  # (N,)
    return -true.mean(), (np.exp(log_probabilities), labels)
    ### END SOLUTION


# %% [markdown] kind="hints" of="cross_entropy_forward"
# 1. Work the first check on paper: the scores are $\ln 1$ and $\ln 3$, so their exponentials are 1 and 3.
#    What are the probabilities, and which of them does the loss look at?
# 2. The sum below the fraction line runs over the classes of one image, axis 1; keep that axis for the
#    division. To pick one number of each row, index with two arrays: the rows `0, 1, ..., N - 1`, and their
#    labels.
# 3. For scores of any size, first subtract from each row its own largest score. Then do not divide and take
#    the logarithm; take the logarithm of the sum instead, and subtract it from the shifted scores.

# %% id="test-cross-entropy-forward" kind="tests" points=2
check(
    cross_entropy_forward,
    np.log(np.array([[1.0, 3.0]])),  # probabilities 1/4 and 3/4
    np.array([1]),
    view=without_cache,
    expect=Forward(output=np.log(4 / 3), cache=ANY),
    case="one image, two classes",
)
check(
    cross_entropy_forward,
    np.log(np.array([[1.0, 2.0, 5.0], [8.0, 6.0, 2.0]])),  # 1/8, 2/8, 5/8 and 4/8, 3/8, 1/8
    np.array([2, 1]),
    view=without_cache,
    expect=Forward(output=(np.log(8 / 5) + np.log(8 / 3)) / 2, cache=ANY),
    case="two images, three classes",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(31)
for n, k in ((1, 2), (5, 3), (2, 7), (4, 4), (9, 10), (3, 1)):
    scores, labels = 2 * generator.normal(size=(n, k)) + 1, generator.integers(k, size=n)
    loss = torch.nn.functional.cross_entropy(torch.from_numpy(scores), torch.from_numpy(labels))
    hidden_check(
        cross_entropy_forward,
        scores,
        labels,
        view=without_cache,
        expect=Forward(loss.item(), ANY),
        case=f"cross-entropy, {n} images, {k} classes",
    )
### END HIDDEN TESTS

# %% id="test-cross-entropy-forward-large" kind="tests" points=1 of="cross_entropy_forward"
check(
    cross_entropy_forward,
    1000.0 + np.log(np.array([[1.0, 3.0]])),
    np.array([0]),
    view=without_cache,
    expect=Forward(output=np.log(4.0), cache=ANY),
    case="scores of 1000 and a little more",
)
check(
    cross_entropy_forward,
    -1000.0 + np.log(np.array([[1.0, 3.0]])),
    np.array([0]),
    view=without_cache,
    expect=Forward(output=np.log(4.0), cache=ANY),
    case="scores of -1000 and a little more",
)
check(
    cross_entropy_forward,
    np.array([[900.0, 900.0], [0.0, 0.0]]),
    np.array([0, 1]),
    view=without_cache,
    expect=Forward(output=np.log(2.0), cache=ANY),
    case="one image with large scores, one with small ones",
)
check(
    cross_entropy_forward,
    np.array([[0.0, 800.0]]),  # the true class has almost no probability, but its logarithm is -800
    np.array([0]),
    view=without_cache,
    expect=Forward(output=800.0, cache=ANY),
    case="as wrong as can be",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(32)
for n, k in ((4, 3), (6, 5), (3, 8)):
    scores = 700 * generator.normal(size=(n, k)) + 500 * generator.normal(size=(n, 1))
    labels = generator.integers(k, size=n)
    loss = torch.nn.functional.cross_entropy(torch.from_numpy(scores), torch.from_numpy(labels))
    hidden_check(
        cross_entropy_forward,
        scores,
        labels,
        view=without_cache,
        expect=Forward(loss.item(), ANY),
        case=f"large scores, {n} images, {k} classes",
    )
### END HIDDEN TESTS

# %% [markdown]
# The loss is one number, so `grad_output` is one number as well. It is 1 if nothing follows the loss; if
# something does, the chain rule multiplies by it as everywhere. The labels are not learned and have no
# gradient.
#
# Which scores should rise if the loss is to fall, and which should sink? Should a score change much if its
# class is predicted rightly already?


# %% id="cross-entropy-backward" kind="solution"
def cross_entropy_backward(grad_output, cache):
    """Gradient of the loss with respect to the scores.

    Args:
        grad_output: a number, the gradient with respect to the mean cross-entropy.
        cache: what cross_entropy_forward returned.

    Returns:
        grad_scores: array of shape (N, K).
    """
    ### BEGIN SOLUTION
    probabilities, labels = cache
    one_hot = np.eye(probabilities.shape[1])[labels]  # (N, K)
    return grad_output * (probabilities - one_hot) / len(labels)
    ### END SOLUTION


# %% [markdown] kind="hints" of="cross_entropy_backward"
# 1. The chapter gives the derivative in one line. If a network is sure and right, $p = 1$ for the true class,
#    what is the gradient of each score?
# 2. It is the probabilities, less 1 at the true class of each image. And the loss is a mean: which factor
#    does that leave?
# 3. Copy the probabilities and subtract 1 at the rows and columns that you used to pick the true class (or
#    subtract a one-hot matrix). Then multiply by `grad_output` and divide by the number of images.

# %% id="test-cross-entropy-backward" kind="tests" points=2
check(
    forward_then_backward(cross_entropy_forward, cross_entropy_backward),
    scores=np.log(np.array([[1.0, 3.0]])),
    labels=np.array([1]),
    grad_output=1.0,
    expect=np.array([[0.25, -0.25]]),
    case="one image, two classes",
)
check(
    forward_then_backward(cross_entropy_forward, cross_entropy_backward, then=np.log(np.array([[7.0, 1.0]]))),
    scores=np.log(np.array([[1.0, 3.0]])),
    labels=np.array([1]),
    grad_output=1.0,
    expect=np.array([[0.25, -0.25]]),
    case="in between, cross_entropy_forward ran on other scores",
)
check(
    forward_then_backward(cross_entropy_forward, cross_entropy_backward),
    scores=np.log(np.array([[1.0, 2.0, 5.0], [8.0, 6.0, 2.0]])),
    labels=np.array([2, 1]),
    grad_output=1.0,
    expect=np.array([[1.0, 2.0, -3.0], [4.0, -5.0, 1.0]]) / 16,
    case="two images, three classes",
)
check(
    forward_then_backward(cross_entropy_forward, cross_entropy_backward),
    scores=np.log(np.array([[1.0, 3.0], [1.0, 3.0], [3.0, 1.0]])),
    labels=np.array([0, 0, 1]),
    grad_output=12.0,
    expect=np.array([[-3.0, 3.0], [-3.0, 3.0], [3.0, -3.0]]),
    case="a gradient of 12 arrives at the loss",
)
check(
    forward_then_backward(cross_entropy_forward, cross_entropy_backward),
    scores=np.array([[0.0, 800.0], [1000.0, 1000.0]]),
    labels=np.array([0, 0]),
    grad_output=1.0,
    expect=np.array([[-0.5, 0.5], [-0.25, 0.25]]),
    case="large scores",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(33)
for n, k, grad_output in ((1, 2, 1.0), (5, 3, -0.5), (2, 7, 3.0), (4, 4, 1.0), (9, 10, 0.25)):
    scores, labels = 2 * generator.normal(size=(n, k)), generator.integers(k, size=n)
    tensor = torch.tensor(scores, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(tensor, torch.from_numpy(labels))
    (grad_output * loss).backward()
    hidden_check(
        forward_then_backward(cross_entropy_forward, cross_entropy_backward),
        scores=scores,
        labels=labels,
        grad_output=grad_output,
        expect=tensor.grad.numpy(),
        case=f"gradient of the cross-entropy, {n} images, {k} classes, grad_output {grad_output}",
    )

scores, labels, slope = generator.normal(size=(3, 4)), np.array([2, 0, 2]), np.zeros((3, 4))
for place in np.ndindex(3, 4):
    around = []
    for change in (1e-5, -1e-5):
        moved = scores.tolist()
        moved[place[0]][place[1]] += change
        sums = [sum(np.exp(score) for score in row) for row in moved]
        around.append(sum(np.log(sums[n]) - moved[n][labels[n]] for n in range(3)) / 3)
    slope[place] = (around[0] - around[1]) / 2e-5
hidden_check(
    forward_then_backward(cross_entropy_forward, cross_entropy_backward),
    scores=scores,
    labels=labels,
    grad_output=1.0,
    expect=slope,
    case="finite differences of the cross-entropy",
)
### END HIDDEN TESTS

# %% [markdown]
# ## 4. Once more: the convolution
#
# The network needs a convolution, and it is to be yours as well. With stride 1 and without padding it is a
# few lines. If you have done the exercise *Convolution*, put your `conv2d_forward` and `conv2d_backward` from
# there here, with whatever they call: stride 1 and padding 0 is what the checks ask for. If not, write them
# now; the filter lies at `H - kH + 1` by `W - kW + 1` places.
#
# One thing is new: you will train with it. Loops over the places, or over the places within a filter, are
# fast enough if each step handles *all* images, channels and filters: the training takes a second or two.
# With a loop over single images and filters it takes the better part of a minute.


# %% id="conv2d-forward" kind="solution"
def conv2d_forward(x, weight, bias):
    """Convolution with stride 1 and without padding.

    Args:
        x: array of shape (N, C, H, W). No argument is changed.
        weight: array of shape (K, C, kH, kW). The filters are not flipped.
        bias: array of shape (K,).

    Returns:
        output: array of shape (N, K, H - kH + 1, W - kW + 1).
        cache: anything that conv2d_backward needs.
    """
    ### BEGIN SOLUTION
    height, width = x.shape[2] - weight.shape[2] + 1, x.shape[3] - weight.shape[3] + 1
    output = np.zeros((len(x), len(weight), height, width)) + bias[:, None, None]
    for i, j in np.ndindex(weight.shape[2:]):
        seen = x[:, :, i : i + height, j : j + width]  # (N, C, H_out, W_out): what weight (i, j) meets
        output += np.tensordot(seen, weight[:, :, i, j], axes=(1, 1)).transpose(0, 3, 1, 2)
    return output, (x, weight)
    ### END SOLUTION


# %% [markdown] kind="hints" of="conv2d_forward"
# 1. Take one place of the output, row `i` and column `j`. Which rows and columns of the maps does the filter
#    lie on there? Which numbers are multiplied, and over which three axes is the sum?
# 2. The window is `(N, C, kH, kW)`, the weight `(K, C, kH, kW)`, and the result for this place is `(N, K)`:
#    for every image and filter a sum over channels, rows and columns. The bias is added once, after the sum.
# 3. Laid out as `(N, C * kH * kW)` and `(K, C * kH * kW)`, window and weight are what your `linear_forward`
#    takes. Write its output to `[:, :, i, j]` of an array of zeros.

# %% id="test-conv2d-forward" kind="tests" points=1
check(
    conv2d_forward,
    np.array([[[[1.0, 2.0], [3.0, 5.0]]]]),  # (N, C, H, W) = (1, 1, 2, 2)
    np.array([[[[2.0, 1.0], [-1.0, 4.0]]]]),  # (K, C, kH, kW) = (1, 1, 2, 2)
    np.array([10.0]),
    view=without_cache,
    expect=Forward(output=np.array([[[[31.0]]]]), cache=ANY),
    case="one place",
)
check(
    conv2d_forward,
    np.array([[[[1.0, 2.0, 0.0, 4.0], [3.0, -1.0, 4.0, 2.0], [0.0, 5.0, 2.0, 1.0]]]]),  # (1, 1, 3, 4)
    np.array([[[[1.0, 2.0], [3.0, -1.0]]]]),
    np.array([10.0]),
    view=without_cache,
    expect=Forward(output=np.array([[[[25.0, 5.0, 28.0], [6.0, 30.0, 23.0]]]]), cache=ANY),
    case="two rows of three places",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(41)
for shape, size in (((1, 1, 4, 6), (2, 3)), ((1, 1, 7, 3), (4, 1)), ((3, 1, 5, 8), (3, 2))):
    arrays = generator.normal(size=shape), generator.normal(size=(1, 1, *size)), generator.normal(size=1)
    hidden_check(
        conv2d_forward,
        *arrays,
        view=without_cache,
        expect=Forward(torch.nn.functional.conv2d(*map(torch.from_numpy, arrays)).numpy(), ANY),
        case=f"one filter of {size}, images {shape}",
    )
### END HIDDEN TESTS

# %% id="test-conv2d-forward-channels" kind="tests" points=1 of="conv2d_forward"
check(
    conv2d_forward,
    np.array([[[[1.0, 2.0, 4.0]], [[3.0, 0.0, -1.0]]]]),  # (1, 2, 1, 3)
    np.array(
        [[[[1.0, 2.0]], [[-1.0, 3.0]]], [[[0.5, -1.0]], [[4.0, 2.0]]], [[[2.0, 0.0]], [[1.0, -2.0]]]]
    ),  # (3, 2, 1, 2)
    np.array([10.0, 20.0, 30.0]),
    view=without_cache,
    expect=Forward(output=np.array([[[[12.0, 17.0]], [[30.5, 15.0]], [[35.0, 36.0]]]]), cache=ANY),
    case="two channels, three filters",
)
check(
    conv2d_forward,
    np.array(
        [[[[1.0, 2.0], [3.0, 4.0], [0.0, -1.0]]], [[[2.0, 0.0], [1.0, 5.0], [-3.0, 3.0]]]]
    ),  # (2, 1, 3, 2)
    np.array([[[[1.0], [-2.0]]]]),  # (1, 1, 2, 1)
    np.array([0.5]),
    view=without_cache,
    expect=Forward(output=np.array([[[[-4.5, -5.5], [3.5, 6.5]]], [[[0.5, -9.5], [7.5, -0.5]]]]), cache=ANY),
    case="two images",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(42)
for shape, filters, size in (
    ((2, 3, 6, 5), 4, (3, 2)),
    ((3, 2, 4, 7), 1, (1, 3)),
    ((1, 4, 5, 4), 2, (5, 4)),
    ((4, 2, 3, 6), 5, (1, 1)),
    ((2, 3, 4, 4), 3, (2, 2)),
):
    arrays = (
        generator.normal(size=shape),
        generator.normal(size=(filters, shape[1], *size)),
        generator.normal(size=filters),
    )
    hidden_check(
        conv2d_forward,
        *arrays,
        view=without_cache,
        expect=Forward(torch.nn.functional.conv2d(*map(torch.from_numpy, arrays)).numpy(), ANY),
        case=f"{filters} filters of {size}, images {shape}",
    )
### END HIDDEN TESTS

# %% [markdown]
# Backwards, every place of the output asks its own window for a change, and its own filter. Windows overlap,
# and a filter is used at every place of every image: all that is asked of the same number adds up.


# %% id="conv2d-backward" kind="solution"
def conv2d_backward(grad_output, cache):
    """Gradients of the loss with respect to what a convolution was given.

    Args:
        grad_output: array of shape (N, K, H - kH + 1, W - kW + 1). It is not changed.
        cache: what conv2d_forward returned.

    Returns:
        grad_x: array of shape (N, C, H, W).
        grad_weight: array of shape (K, C, kH, kW).
        grad_bias: array of shape (K,).
    """
    ### BEGIN SOLUTION
    x, weight = cache
    grad_x, grad_weight = np.zeros(x.shape), np.empty(weight.shape)
    height, width = grad_output.shape[2:]
    for i, j in np.ndindex(weight.shape[2:]):
        rows, columns = slice(i, i + height), slice(j, j + width)
        grad_weight[:, :, i, j] = np.tensordot(
            grad_output, x[:, :, rows, columns], axes=((0, 2, 3), (0, 2, 3))
        )
        asked = np.tensordot(grad_output, weight[:, :, i, j], axes=(1, 0))  # (N, H_out, W_out, C)
        grad_x[:, :, rows, columns] += asked.transpose(0, 3, 1, 2)
    return grad_x, grad_weight, grad_output.sum(axis=(0, 2, 3))
    ### END SOLUTION


# %% [markdown] kind="hints" of="conv2d_backward"
# 1. At one place, image and filter, the output was a dot product of window and filter, plus the bias. If a
#    gradient of 1 arrives there, what does each number of the window get? Each weight? The bias?
# 2. So each place adds (its gradient times the filter) to its window of `grad_x`, and (its gradient times the
#    window) to the gradient of the filter. Begin with zeros, go over the places, and add. The bias gets the
#    sum over images and places.
# 3. At one place `grad_output[:, :, i, j]` is `(N, K)`. With the filters laid out as `(K, C * kH * kW)` and
#    the window as `(N, C * kH * kW)`, the two products are those of your `linear_backward`; give them the
#    shapes of window and filters again.

# %% id="conv2d-examples" kind="setup"
one_place = {
    "x": np.array([[[[1.0, 2.0], [3.0, 5.0]]]]),
    "weight": np.array([[[[2.0, 1.0], [-1.0, 4.0]]]]),
    "bias": np.array([10.0]),
    "grad_output": np.array([[[[3.0]]]]),
}
six_places = {
    "x": np.array([[[[1.0, 2.0, 0.0, 4.0], [3.0, -1.0, 4.0, 2.0], [0.0, 5.0, 2.0, 1.0]]]]),
    "weight": np.array([[[[1.0, 2.0], [3.0, -1.0]]]]),
    "bias": np.array([10.0]),
    "grad_output": np.array([[[[1.0, 10.0, 2.0], [-3.0, 0.0, 5.0]]]]),
}
three_filters = {
    "x": np.array([[[[1.0, 2.0, 4.0]], [[3.0, 0.0, -1.0]]]]),
    "weight": np.array(
        [[[[1.0, 2.0]], [[-1.0, 3.0]]], [[[0.5, -1.0]], [[4.0, 2.0]]], [[[2.0, 0.0]], [[1.0, -2.0]]]]
    ),
    "bias": np.array([10.0, 20.0, 30.0]),
    "grad_output": np.array([[[[1.0, -2.0]], [[3.0, 4.0]], [[-1.0, 5.0]]]]),
}
two_images = {
    "x": np.array([[[[1.0, 2.0], [3.0, 4.0], [0.0, -1.0]]], [[[2.0, 0.0], [1.0, 5.0], [-3.0, 3.0]]]]),
    "weight": np.array([[[[1.0], [-2.0]]]]),
    "bias": np.array([0.5]),
    "grad_output": np.array([[[[1.0, 2.0], [3.0, -4.0]]], [[[5.0, -1.0], [2.0, 6.0]]]]),
}

# %% id="test-conv2d-backward-bias" kind="tests" points=1 of="conv2d_backward"
### BEGIN HIDDEN TESTS
# Above the checks, since later cells use it too, whatever these checks find.
import torch

generator = np.random.default_rng(43)
hidden_examples = {}
for shape, filters, size in (
    ((2, 3, 6, 5), 4, (3, 2)),
    ((3, 2, 4, 7), 1, (1, 3)),
    ((1, 4, 5, 4), 2, (5, 4)),
    ((4, 2, 3, 6), 5, (1, 1)),
    ((2, 3, 4, 4), 3, (2, 2)),
):
    tensors = [
        torch.tensor(generator.normal(size=each), requires_grad=True)
        for each in (shape, (filters, shape[1], *size), filters)
    ]
    output = torch.nn.functional.conv2d(*tensors)
    grad_output = generator.normal(size=output.shape)
    (output * torch.from_numpy(grad_output)).sum().backward()
    arguments = dict(
        zip(("x", "weight", "bias"), (tensor.detach().numpy() for tensor in tensors), strict=True)
    )
    hidden_examples[f"{filters} filters of {size}, images {shape}"] = (
        arguments | {"grad_output": grad_output},
        Gradients(*(tensor.grad.numpy() for tensor in tensors)),
    )
### END HIDDEN TESTS
for example, grad_bias, case in (
    (six_places, [15.0], "the bias of one filter at six places"),
    (three_filters, [-1.0, 7.0, 4.0], "the biases of three filters"),
    (two_images, [14.0], "the bias, two images"),
):
    check(
        forward_then_backward(conv2d_forward, conv2d_backward),
        **example,
        view=look_at("grad_bias"),
        expect=some_of(Gradients, grad_bias=np.array(grad_bias)),
        case=case,
    )
### BEGIN HIDDEN TESTS
from check import hidden_check

for case, (arguments, expected) in hidden_examples.items():
    hidden_check(
        forward_then_backward(conv2d_forward, conv2d_backward),
        **arguments,
        view=look_at("grad_bias"),
        expect=some_of(Gradients, grad_bias=expected.grad_bias),
        case=f"gradient of the bias, {case}",
    )
### END HIDDEN TESTS

# %% id="test-conv2d-backward-weight" kind="tests" points=1 of="conv2d_backward"
for example, grad_weight, case in (
    (one_place, [[[[3.0, 6.0], [9.0, 15.0]]]], "the weight of one filter at one place"),
    (six_places, [[[[32.0, 23.0], [11.0, 33.0]]]], "the weight of one filter at six places"),
    (
        three_filters,
        [[[[-3.0, -6.0]], [[3.0, 2.0]]], [[[11.0, 22.0]], [[9.0, -4.0]]], [[[9.0, 18.0]], [[-3.0, -5.0]]]],
        "the weight of three filters",
    ),
    (two_images, [[[[40.0], [27.0]]]], "the weight, two images"),
):
    check(
        forward_then_backward(conv2d_forward, conv2d_backward),
        **example,
        view=look_at("grad_weight"),
        expect=some_of(Gradients, grad_weight=np.array(grad_weight)),
        case=case,
    )
### BEGIN HIDDEN TESTS
for case, (arguments, expected) in hidden_examples.items():
    hidden_check(
        forward_then_backward(conv2d_forward, conv2d_backward),
        **arguments,
        view=look_at("grad_weight"),
        expect=some_of(Gradients, grad_weight=expected.grad_weight),
        case=f"gradient of the weight, {case}",
    )
### END HIDDEN TESTS

# %% id="test-conv2d-backward" kind="tests" points=1
for example, grad_x, case in (
    (one_place, [[[[6.0, 3.0], [-3.0, 12.0]]]], "the input of one place"),
    (
        six_places,
        [[[[1.0, 12.0, 22.0, 4.0], [0.0, 23.0, 1.0, 8.0], [-9.0, 3.0, 15.0, -5.0]]]],
        "the input, six windows that overlap",
    ),
    (three_filters, [[[[0.5, 9.0, -8.0]], [[10.0, 34.0, -8.0]]]], "the input of three filters"),
):
    check(
        forward_then_backward(conv2d_forward, conv2d_backward),
        **example,
        view=look_at("grad_x"),
        expect=some_of(Gradients, grad_x=np.array(grad_x)),
        case=case,
    )
check(
    forward_then_backward(conv2d_forward, conv2d_backward),
    **two_images,
    expect=Gradients(
        grad_x=np.array(
            [[[[1.0, 2.0], [1.0, -8.0], [-6.0, 8.0]]], [[[5.0, -1.0], [-8.0, 8.0], [-4.0, -12.0]]]]
        ),
        grad_weight=np.array([[[[40.0], [27.0]]]]),
        grad_bias=np.array([14.0]),
    ),
    case="all three, two images",
)
check(
    forward_then_backward(conv2d_forward, conv2d_backward, then=1.0 - two_images["x"]),
    **two_images,
    view=look_at("grad_weight"),
    expect=some_of(Gradients, grad_weight=np.array([[[[40.0], [27.0]]]])),
    case="the weight; in between, conv2d_forward ran on other images",
)
### BEGIN HIDDEN TESTS
for case, (arguments, expected) in hidden_examples.items():
    hidden_check(
        forward_then_backward(conv2d_forward, conv2d_backward),
        **arguments,
        expect=expected,
        case=f"all three gradients, {case}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 5. How large is it, and how much work?
#
# Count before you build. An architecture is described here as a list of layers, each of them a dict; the
# functions of the next cell write them. Three numbers are asked of every layer: the shape of what it gives
# for one image, its parameters (weights and biases), and its multiply-adds.

# %% id="layers" kind="setup"


class Layer(dict):
    """A dict that a message shows as the call that wrote it."""

    def __repr__(self):
        kind, *sizes = self.values()
        return f"{kind.replace(' ', '_')}({', '.join(map(str, sizes))})"


def conv(filters, kernel_size, stride=1, padding=0):
    """A convolution with square filters; height and width are treated alike."""
    sizes = {"kernel_size": kernel_size, "stride": stride, "padding": padding}
    return Layer({"kind": "conv", "filters": filters} | sizes)


def pool(kernel_size, stride, padding=0):
    """Max or average pooling, which are of the same size."""
    return Layer({"kind": "pool", "kernel_size": kernel_size, "stride": stride, "padding": padding})


def relu():
    """ReLU."""
    return Layer({"kind": "relu"})


def flatten():
    """From maps to a vector."""
    return Layer({"kind": "flatten"})


def global_average_pool():
    """One number of each map: (C, H, W) becomes (C,)."""
    return Layer({"kind": "global average pool"})


def linear(outputs):
    """A fully connected layer."""
    return Layer({"kind": "linear", "outputs": outputs})


vgg_16 = []
for block in ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512)):
    for filters in block:
        vgg_16 += [conv(filters, kernel_size=3, padding=1), relu()]
    vgg_16 += [pool(2, stride=2)]
vgg_16 += [flatten(), linear(4096), relu(), linear(4096), relu(), linear(1000)]


def as_lists(shapes):
    """A list of shapes, whatever sequences they are made of; anything else as it is."""
    if isinstance(shapes, np.ndarray):
        return shapes.tolist()
    return [as_lists(shape) for shape in shapes] if isinstance(shapes, tuple | list) else shapes


def as_array(counts):
    """A list of whole numbers as an array; anything else as it is."""
    return np.array(counts) if isinstance(counts, tuple | list) else counts


def total(counts):
    """The sum of a list of whole numbers; anything else as it is."""
    return int(np.sum(counts)) if isinstance(counts, tuple | list | np.ndarray) else counts


for layer in (conv(8, kernel_size=3), pool(2, stride=2), global_average_pool(), linear(10)):
    print(layer, "is", dict(layer))

# %% [markdown]
# A window must lie within the maps, the padding included; if the last step does not fit, rows and columns
# are left over. That holds for convolution and pooling alike.


# %% id="output-shapes" kind="solution"
def output_shapes(layers, shape):
    """The shape that each layer gives.

    Args:
        layers: list of dicts, as written by the functions above.
        shape: the shape of one image, (C, H, W).

    Returns:
        list of tuples, one for each layer: (C, H, W) of its maps, or (D,) of its vector. There is no batch in
        them, and the shape of the image itself is not in the list.
    """
    ### BEGIN SOLUTION
    shapes = []
    for layer in layers:
        if layer["kind"] in ("conv", "pool"):
            spare = 2 * layer["padding"] - layer["kernel_size"]
            height, width = ((side + spare) // layer["stride"] + 1 for side in shape[1:])
            shape = (layer.get("filters", shape[0]), height, width)
        elif layer["kind"] == "flatten":
            shape = (int(np.prod(shape)),)
        elif layer["kind"] == "global average pool":
            shape = shape[:1]
        elif layer["kind"] == "linear":
            shape = (layer["outputs"],)
        shapes.append(shape)
    return shapes
    ### END SOLUTION


# %% [markdown] kind="hints" of="output_shapes"
# 1. Go through the first check by hand. Which of the layers change the number of channels, which change
#    height and width, which change nothing at all?
# 2. Each layer gets the shape that the layer before it gave. So keep one variable for the current shape, let
#    each kind of layer change it, and note it after every layer.
# 3. `(side + 2 * padding - kernel_size) // stride + 1` for height and width; a convolution has as many output
#    channels as filters, pooling keeps the channels; flatten multiplies everything; the global average drops
#    height and width.

# %% id="test-output-shapes" kind="tests" points=2
### BEGIN HIDDEN TESTS
# Above the checks, since later cells use it too, whatever these checks find.
import torch

kinds = {"relu": torch.nn.ReLU, "flatten": torch.nn.Flatten}


def torch_layers(layers):
    """The same layers in PyTorch, as modules that find out the size of their input."""
    for layer in layers:
        sizes = [layer.get(name) for name in ("kernel_size", "stride", "padding")]
        if layer["kind"] == "conv":
            yield torch.nn.LazyConv2d(layer["filters"], *sizes)
        elif layer["kind"] == "pool":
            yield torch.nn.MaxPool2d(*sizes)
        elif layer["kind"] == "global average pool":
            yield torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten())
        elif layer["kind"] == "linear":
            yield torch.nn.LazyLinear(layer["outputs"])
        else:
            yield kinds[layer["kind"]]()


hidden_networks = {  # shape of the image, layers
    "three convolutions": ((3, 17, 12), [conv(5, 3, 2, 1), conv(2, 4, 3, 2), conv(7, 1, 2)]),
    "pooling of all kinds": ((4, 20, 15), [pool(2, 2), pool(3, 1, 1), relu(), pool(3, 2, 1)]),
    "a global average at the end": ((2, 9, 13), [conv(6, 2, 3), relu(), global_average_pool(), linear(4)]),
    "three linear layers": ((3, 6, 5), [pool(2, 3), flatten(), linear(9), relu(), linear(2), linear(5)]),
    "no filters at all": ((2, 3, 4), [flatten(), linear(3)]),
}
measured = {}
for case, (shape, layers) in hidden_networks.items():
    values, rows = torch.zeros(1, *shape), []
    for module in torch_layers(layers):
        values = module(values)
        weights = [parameter.numel() for parameter in module.parameters()]
        places = values.numel() // values.shape[1]
        rows.append((list(values.shape[1:]), sum(weights), weights[0] * places if weights else 0))
    measured[case] = [list(column) for column in zip(*rows, strict=True)]
### END HIDDEN TESTS
check(
    output_shapes,
    [conv(4, kernel_size=3), relu(), pool(2, stride=2), flatten(), linear(10)],
    (1, 8, 12),
    view=as_lists,
    expect=[[4, 6, 10], [4, 6, 10], [4, 3, 5], [60], [10]],
    case="a small network",
)
check(
    output_shapes,
    [conv(6, kernel_size=5, stride=1, padding=2)],
    (3, 9, 11),
    view=as_lists,
    expect=[[6, 9, 11]],
    case="padding that keeps the size",
)
check(
    output_shapes,
    [conv(7, kernel_size=3, stride=2, padding=1), global_average_pool()],
    (2, 8, 11),
    view=as_lists,
    expect=[[7, 4, 6], [7]],
    case="stride 2, and a global average",
)
check(
    output_shapes,
    [pool(3, stride=2)],
    (5, 8, 13),
    view=as_lists,
    expect=[[5, 3, 6]],
    case="windows that overlap, and a row left over",
)
### BEGIN HIDDEN TESTS
from check import hidden_check

for case, (shape, layers) in hidden_networks.items():
    hidden_check(output_shapes, layers, shape, view=as_lists, expect=measured[case][0], case=case)
### END HIDDEN TESTS

# %% [markdown]
# Parameters next. Which kinds of layer have any? And does their number depend on the size of the image?


# %% id="count-parameters" kind="solution"
def count_parameters(layers, shape):
    """How many parameters each layer has, weights and biases.

    Args:
        layers: list of dicts, as for output_shapes.
        shape: the shape of one image, (C, H, W).

    Returns:
        list of whole numbers, one for each layer; 0 for a layer with nothing to learn. Every convolution and
        every linear layer has biases.
    """
    ### BEGIN SOLUTION
    counts = []
    for layer in layers:
        inputs, *_ = shape  # channels, or the numbers of a vector
        count = 0
        if layer["kind"] == "conv":
            count = layer["filters"] * (inputs * layer["kernel_size"] ** 2 + 1)
        elif layer["kind"] == "linear":
            count = layer["outputs"] * (inputs + 1)
        counts.append(count)
        (shape,) = output_shapes([layer], shape)
    return counts
    ### END SOLUTION


# %% [markdown] kind="hints" of="count_parameters"
# 1. How many weights has *one* filter of 3 by 3 on 16 channels? How many biases? And how many filters are
#    there?
# 2. Every filter is as deep as the maps that it reads, every output of a linear layer has a weight for each
#    of its inputs, and each filter or output has one bias. So you need the shape that goes *into* the layer.
# 3. The shapes that go in are the image's, followed by what `output_shapes` gives for all layers but the
#    last. For a convolution use the first number of that shape, for a linear layer its only number.

# %% id="test-count-parameters" kind="tests" points=2
check(
    count_parameters,
    [conv(4, kernel_size=3), relu(), conv(2, kernel_size=5)],
    (3, 12, 9),
    view=as_array,
    expect=np.array([112, 0, 202]),
    case="two convolutions",
)
check(
    count_parameters,
    [pool(2, stride=2), flatten(), linear(10), relu(), linear(5)],
    (3, 8, 4),
    view=as_array,
    expect=np.array([0, 0, 250, 0, 55]),
    case="two linear layers",
)
check(
    count_parameters,
    vgg_16,
    (3, 224, 224),
    view=total,
    expect=138_357_544,
    case="all layers of VGG-16 together",
)
### BEGIN HIDDEN TESTS
from check import hidden_check

for case, (shape, layers) in hidden_networks.items():
    hidden_check(
        count_parameters, layers, shape, view=as_array, expect=np.array(measured[case][1]), case=case
    )
### END HIDDEN TESTS

# %% [markdown]
# And the work: a weight times a value, added to a sum, is one multiply-add. A convolution uses each of its
# weights once at every place of its output. Biases, ReLU and pooling are left out of the count.


# %% id="count-multiply-adds" kind="solution"
def count_multiply_adds(layers, shape):
    """How many multiply-adds each layer needs for one image.

    Args:
        layers: list of dicts, as for output_shapes.
        shape: the shape of one image, (C, H, W).

    Returns:
        list of whole numbers, one for each layer; 0 for a layer without weights. Biases do not count.
    """
    ### BEGIN SOLUTION
    work = []
    for layer in layers:
        inputs, *_ = shape
        (shape,) = output_shapes([layer], shape)
        count = 0
        if layer["kind"] == "conv":
            count = inputs * layer["kernel_size"] ** 2 * int(np.prod(shape))
        elif layer["kind"] == "linear":
            count = inputs * layer["outputs"]
        work.append(count)
    return work
    ### END SOLUTION


# %% [markdown] kind="hints" of="count_multiply_adds"
# 1. One number of the output of a convolution: how many products is it the sum of? How many such numbers are
#    there?
# 2. Biases do not count, so this is not the number of parameters times something. At how many places does a
#    filter lie: as many as the image has pixels, or as the output has?
# 3. For a convolution: channels that go in, times the square of the kernel size, times all three numbers of
#    the shape that comes out. For a linear layer: inputs times outputs.

# %% id="test-count-multiply-adds" kind="tests" points=1
check(
    count_multiply_adds,
    [conv(4, kernel_size=3), relu(), conv(2, kernel_size=2, stride=3)],
    (3, 9, 7),
    view=as_array,
    expect=np.array([3780, 0, 128]),
    case="two convolutions",
)
check(
    count_multiply_adds,
    [pool(2, stride=2), flatten(), linear(10), relu(), linear(5)],
    (3, 8, 4),
    view=as_array,
    expect=np.array([0, 0, 240, 0, 50]),
    case="two linear layers",
)
check(
    count_multiply_adds,
    vgg_16,
    (3, 224, 224),
    view=total,
    expect=15_470_264_320,
    case="all layers of VGG-16 together",
)
### BEGIN HIDDEN TESTS
from check import hidden_check

for case, (shape, layers) in hidden_networks.items():
    hidden_check(
        count_multiply_adds, layers, shape, view=as_array, expect=np.array(measured[case][2]), case=case
    )
### END HIDDEN TESTS

# %% [markdown]
# Now count the network that you are going to build, for digits of 8 by 8 pixels. Before you run the cell,
# guess: which layer has the most parameters, and which does the most work?

# %% id="count-the-network" kind="run"
digit_network = [conv(8, 3), relu(), conv(16, 3), relu(), flatten(), linear(10)]
digit = (1, 8, 8)
counted = (
    output_shapes(digit_network, digit),
    count_parameters(digit_network, digit),
    count_multiply_adds(digit_network, digit),
)
for layer, shape, weights, work in zip(digit_network, *counted, strict=True):
    print(f"{layer['kind']:8} {shape!s:12} {weights:6,} parameters {work:7,} multiply-adds")
print(f"{'':21} {sum(counted[1]):6,} parameters {sum(counted[2]):7,} multiply-adds")

# %% [markdown]
# ## 6. The network
#
# It follows the pattern of the chapter, without pooling: convolution, ReLU, convolution, ReLU, flatten, and a
# linear layer that gives the scores. The softmax is not part of it; it belongs to the loss.
#
# Its parameters are in a dict, under the names that PyTorch would give them. Sizes are in the arrays
# themselves: for the checks, a network with a few whole numbers that you can follow on paper.

# %% id="tiny-network" kind="setup"


class Parameters(dict):
    """A dict of arrays that a message shows in a few words."""

    def __repr__(self):
        return f"a dict of {len(self)} arrays"


tiny_network = Parameters(
    {
        "conv1.weight": np.array([[[[2.0], [-2.0]]], [[[-1.0], [-2.0]]]]),  # (2, 1, 2, 1)
        "conv1.bias": np.array([-1.0, 1.0]),
        "conv2.weight": np.array([[[[-1, -1]], [[2, 0]]], [[[3, -2]], [[1, -1]]]], float),  # (2, 2, 1, 2)
        "conv2.bias": np.array([2.0, 1.0]),
        "fc.weight": np.array([[-1.0, 1.0, 3.0, -2.0], [2.0, 2.0, -1.0, -2.0]]),  # (2, 4)
        "fc.bias": np.array([2.0, -1.0]),
    }
)
tiny_images = np.array([[[[0, 2], [0, -1], [-1, 2]]], [[[-1, -2], [0, 1], [0, -1]]]], float)  # (2, 1, 3, 2)

fields = [name.replace(".", "_") for name in tiny_network]
NetworkGradients = namedtuple("NetworkGradients", ("grad_images", *fields))
Step = namedtuple("Step", ("loss", *fields))


def look_at_layer(layer):
    """A view of what cnn_backward returned that leaves what belongs to `layer` ("" leaves everything)."""

    def view(result):
        if not (isinstance(result, tuple | list) and len(result) == 2 and isinstance(result[1], dict)):
            given = result if isinstance(result, tuple | list) else [result]
            kinds = [type(part).__name__ for part in given]
            problem = f"two values are wanted, grad_images and a dict of the others; got {', '.join(kinds)}"
            raise TypeError(problem)
        parts = {"grad_images": result[0]}
        for name, field in zip(tiny_network, fields, strict=True):
            if field.startswith(layer) and name not in result[1]:
                problem = f"the dict of gradients has no {name!r}"
                raise ValueError(problem)
            parts[field] = result[1].get(name)
        return NetworkGradients(**{f: part if f.startswith(layer) else None for f, part in parts.items()})

    return view


def after_one_step(step):
    """A function that takes a step on a copy of the parameters, and returns the loss and all parameters."""

    def stepped(*, images, labels, parameters, learning_rate):
        moved = copied(parameters)
        loss = step(images, labels, moved, learning_rate)
        return Step(loss, *(moved[name] for name in tiny_network))

    stepped.__name__ = step.__name__
    return checked_pairs.setdefault((step,), stepped)


def loss_alone(result):
    """A view of what after_one_step returned that leaves the loss."""
    return Step(result.loss, *[None] * len(fields))


# %% id="cnn-forward" kind="solution"
def cnn_forward(images, parameters):
    """Scores of all classes: convolution, ReLU, convolution, ReLU, flatten, linear layer.

    Args:
        images: array of shape (N, C, H, W). No argument is changed.
        parameters: dict of arrays "conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "fc.weight" and
            "fc.bias", in the shapes that the layers need.

    Returns:
        scores: array of shape (N, K).
        cache: anything that cnn_backward needs.
    """
    ### BEGIN SOLUTION
    first, conv1_cache = conv2d_forward(images, parameters["conv1.weight"], parameters["conv1.bias"])
    second, conv2_cache = conv2d_forward(
        np.maximum(first, 0.0), parameters["conv2.weight"], parameters["conv2.bias"]
    )
    vectors, flatten_cache = flatten_forward(np.maximum(second, 0.0))
    scores, fc_cache = linear_forward(vectors, parameters["fc.weight"], parameters["fc.bias"])
    return scores, (conv1_cache, first, conv2_cache, second, flatten_cache, fc_cache)
    ### END SOLUTION


# %% [markdown] kind="hints" of="cnn_forward"
# 1. Write down the shape after each layer for `tiny_images`. What does each of your forward functions return
#    besides its output, and who will need that later?
# 2. Each line takes the output of the line before and keeps a cache. ReLU is short enough to write in place.
#    For the way back you need the caches of four layers, and what ReLU has to know, twice.
# 3. Four calls of your functions, with `np.maximum` of 0 after each convolution but not after the linear
#    layer. Return the scores as they are, and a tuple of all that you kept.

# %% id="test-cnn-forward" kind="tests" points=2
### BEGIN HIDDEN TESTS
# Above the checks, since later cells use it too, whatever these checks find.
import torch

functional = torch.nn.functional


def scores_by_torch(images, parameters):
    """The same network in PyTorch; all arguments are tensors."""
    values = images
    for layer in ("conv1", "conv2"):
        values = functional.conv2d(values, parameters[f"{layer}.weight"], parameters[f"{layer}.bias"]).relu()
    return functional.linear(values.flatten(1), parameters["fc.weight"], parameters["fc.bias"])


def random_network(generator, shape, filters, kernels, classes):
    """Random images of `shape`, and random parameters of a network for them."""
    (first, second), channels = filters, shape[1]
    left = [shape[2 + side] - kernels[0][side] - kernels[1][side] + 2 for side in (0, 1)]
    sizes = {
        "conv1.weight": (first, channels, *kernels[0]),
        "conv1.bias": (first,),
        "conv2.weight": (second, first, *kernels[1]),
        "conv2.bias": (second,),
        "fc.weight": (classes, second * left[0] * left[1]),
        "fc.bias": (classes,),
    }
    images = generator.normal(size=shape)
    return images, {name: 0.5 * generator.normal(size=size) for name, size in sizes.items()}


generator = np.random.default_rng(61)
random_networks = {
    f"images {shape}, {filters} filters of {kernels}, {classes} classes": random_network(
        generator, shape, filters, kernels, classes
    )
    for shape, filters, kernels, classes in (
        ((3, 1, 6, 7), (4, 5), ((3, 3), (3, 3)), 10),
        ((2, 3, 7, 5), (5, 2), ((2, 3), (4, 1)), 3),
        ((4, 2, 5, 6), (3, 3), ((1, 2), (3, 2)), 4),
    )
}
### END HIDDEN TESTS
check(
    cnn_forward,
    tiny_images[:1],
    tiny_network,
    view=without_cache,
    expect=Forward(output=np.array([[-5.0, -1.0]]), cache=ANY),
    case="one image",
)
check(
    cnn_forward,
    tiny_images,
    tiny_network,
    view=without_cache,
    expect=Forward(output=np.array([[-5.0, -1.0], [3.0, 11.0]]), cache=ANY),
    case="two images",
)
### BEGIN HIDDEN TESTS
from check import hidden_check

for case, (images, parameters) in random_networks.items():
    tensors = {name: torch.from_numpy(array) for name, array in parameters.items()}
    hidden_check(
        cnn_forward,
        images,
        parameters,
        view=without_cache,
        expect=Forward(scores_by_torch(torch.from_numpy(images), tensors).numpy(), ANY),
        case=case,
    )
### END HIDDEN TESTS

# %% [markdown]
# And back, in the opposite order: each backward function takes the gradient that the layer after it handed
# back, and the cache that its own forward function returned. The slope of ReLU at exactly 0 is taken to be 0,
# as in PyTorch. The gradients of the parameters are collected in a dict, under the same names as the
# parameters.
#
# The checks begin at the end of the network, as you do: first `fc`, then `conv2`, then `conv1` and the
# images.


# %% id="cnn-backward" kind="solution"
def cnn_backward(grad_scores, cache):
    """Gradients of the loss with respect to the images and all parameters.

    Args:
        grad_scores: array of shape (N, K), the gradient with respect to the scores. It is not changed.
        cache: what cnn_forward returned.

    Returns:
        grad_images: array of shape (N, C, H, W).
        grad_parameters: dict of arrays, with the names and shapes of the parameters.
    """
    ### BEGIN SOLUTION
    conv1_cache, first, conv2_cache, second, flatten_cache, fc_cache = cache
    grads = {}
    grad, grads["fc.weight"], grads["fc.bias"] = linear_backward(grad_scores, fc_cache)
    grad = flatten_backward(grad, flatten_cache) * (second > 0)
    grad, grads["conv2.weight"], grads["conv2.bias"] = conv2d_backward(grad, conv2_cache)
    grad = grad * (first > 0)
    grad, grads["conv1.weight"], grads["conv1.bias"] = conv2d_backward(grad, conv1_cache)
    return grad, grads
    ### END SOLUTION


# %% [markdown] kind="hints" of="cnn_backward"
# 1. List the layers of the forward pass from the last to the first. Which function belongs to each, and which
#    of the things in the cache does it want?
# 2. One variable for the gradient that travels back is enough. It goes through the linear layer, takes the
#    shape of the maps again, and then through ReLU and convolution, twice.
# 3. ReLU lets the gradient pass where the output of its own convolution was above 0, and nowhere else, not at
#    0 itself: multiply by that mask before you call `conv2d_backward`. The first return value of each
#    backward function travels on, the other two go into the dict.

# %% id="test-cnn-backward" kind="tests" points=3
cnn_gradients = forward_then_backward(cnn_forward, cnn_backward)
one_image = {"images": tiny_images[1:], "parameters": tiny_network, "grad_output": np.array([[-1.0, 2.0]])}
check(
    cnn_gradients,
    **one_image,
    view=look_at_layer("fc"),
    expect=some_of(
        NetworkGradients,
        fc_weight=np.array([[-6.0, -1.0, -2.0, 0.0], [12.0, 2.0, 4.0, 0.0]]),
        fc_bias=np.array([-1.0, 2.0]),
    ),
    case="the last layer",
)
check(
    forward_then_backward(cnn_forward, cnn_backward, then=1.0 - tiny_images[1:]),
    **one_image,
    view=look_at_layer("fc"),
    expect=some_of(
        NetworkGradients,
        fc_weight=np.array([[-6.0, -1.0, -2.0, 0.0], [12.0, 2.0, 4.0, 0.0]]),
        fc_bias=np.array([-1.0, 2.0]),
    ),
    case="the last layer; in between, cnn_forward ran on another image",
)
check(
    cnn_gradients,
    **one_image,
    view=look_at_layer("conv2"),
    expect=some_of(
        NetworkGradients,
        conv2_weight=np.array([[[[0.0, 9.0]], [[13.0, 11.0]]], [[[0.0, 0.0]], [[-10.0, -5.0]]]]),
        conv2_bias=np.array([8.0, -5.0]),
    ),
    case="the second convolution",
)
check(
    cnn_gradients,
    **one_image,
    view=look_at_layer("conv1"),
    expect=some_of(
        NetworkGradients,
        conv1_weight=np.array([[[[-3.0], [3.0]]], [[[-15.0], [5.0]]]]),
        conv1_bias=np.array([-3.0, 16.0]),
    ),
    case="the first convolution",
)
check(
    cnn_gradients,
    **one_image,
    view=look_at_layer("grad_images"),
    expect=some_of(NetworkGradients, grad_images=np.array([[[[-5.0, -5.0], [-16.0, -16.0], [-12.0, 6.0]]]])),
    case="the image",
)
check(
    cnn_gradients,
    images=tiny_images,
    parameters=tiny_network,
    grad_output=np.array([[-1.0, 1.0], [2.0, 3.0]]),
    view=look_at_layer(""),
    expect=NetworkGradients(
        grad_images=np.array(
            [[[[0.0, 0.0], [-4.0, 0.0], [-2.0, 0.0]]], [[[-11.0, 3.0], [-38.0, -10.0], [-32.0, 16.0]]]]
        ),
        conv1_weight=np.array([[[[-8.0], [9.0]]], [[[-5.0], [-5.0]]]]),
        conv1_bias=np.array([-9.0, 26.0]),
        conv2_weight=np.array([[[[1.0, 24.0]], [[19.0, 20.0]]], [[[0.0, 0.0]], [[6.0, 3.0]]]]),
        conv2_bias=np.array([13.0, 3.0]),
        fc_weight=np.array([[12.0, -5.0, 4.0, -7.0], [18.0, 10.0, 6.0, 7.0]]),
        fc_bias=np.array([1.0, 4.0]),
    ),
    case="everything, two images",
)
check(
    cnn_gradients,
    images=tiny_images[:1],  # with these biases, one value before each ReLU is exactly 0
    parameters=Parameters(
        tiny_network | {"conv1.bias": np.array([-4.0, -2.0]), "conv2.bias": np.array([0.0, 5.0])}
    ),
    grad_output=np.array([[-1.0, 2.0]]),
    view=look_at_layer(""),
    expect=some_of(
        NetworkGradients,
        grad_images=np.array([[[[0.0, 20.0], [0.0, -20.0], [0.0, 0.0]]]]),
        conv1_weight=np.array([[[[20.0], [-10.0]]], [[[0.0], [0.0]]]]),
        conv1_bias=np.array([10.0, 0.0]),
        conv2_weight=np.array([[[[0.0, 0.0]], [[0.0, 0.0]]], [[[0.0, -10.0]], [[0.0, 0.0]]]]),
        conv2_bias=np.array([0.0, -7.0]),
    ),
    case="values of exactly 0",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(62)
for case, (images, parameters) in random_networks.items():
    leaves = [torch.tensor(array, requires_grad=True) for array in (images, *parameters.values())]
    scores = scores_by_torch(leaves[0], dict(zip(parameters, leaves[1:], strict=True)))
    grad_scores = generator.normal(size=scores.shape)
    (scores * torch.from_numpy(grad_scores)).sum().backward()
    hidden_check(
        cnn_gradients,
        images=images,
        parameters=parameters,
        grad_output=grad_scores,
        view=look_at_layer(""),
        expect=NetworkGradients(*(leaf.grad.numpy() for leaf in leaves)),
        case=f"all gradients, {case}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 7. One step of training
#
# Scores, loss, gradients, and a step: every parameter moves against its gradient, by the learning rate times
# the gradient. That is stochastic gradient descent, SGD: the batch is a random part of the images, the step
# is plain.


# %% id="training-step" kind="solution"
def training_step(images, labels, parameters, learning_rate):
    """Take one step of gradient descent on one batch; changes all arrays of `parameters` in place.

    Args:
        images: array of shape (N, C, H, W).
        labels: integer array of shape (N,), the true classes.
        parameters: dict of arrays, as for cnn_forward.
        learning_rate: the size of the step.

    Returns:
        the mean cross-entropy of the batch before the step, a number.
    """
    ### BEGIN SOLUTION
    scores, cache = cnn_forward(images, parameters)
    loss, loss_cache = cross_entropy_forward(scores, labels)
    _, grads = cnn_backward(cross_entropy_backward(1.0, loss_cache), cache)
    for name, grad in grads.items():
        parameters[name] -= learning_rate * grad
    return loss
    ### END SOLUTION


# %% [markdown] kind="hints" of="training_step"
# 1. Two functions lead from the images to the loss, two lead back. In which order, and what does each hand to
#    the next? Which gradient arrives at the loss itself?
# 2. The loss is the mean over the batch already, and so are its gradients: nothing is left to divide by. All
#    gradients belong to the parameters as they were before the step, so compute all of them first.
# 3. Go over the names in the dict of gradients. `parameters[name] -= step` changes the caller's arrays; a new
#    dict, or `array = array - step`, changes nothing that the caller can see.

# %% id="test-training-step" kind="tests" points=3
undecided = Parameters(tiny_network | {"fc.bias": np.array([11.0 + np.log(3.0), 0.0])})
one_step = {
    "images": tiny_images[1:],  # scores log 3 and 0, so probabilities 3/4 and 1/4
    "labels": np.array([0]),
    "parameters": undecided,
    "learning_rate": 0.5,
}
moved = Step(  # each parameter less half of its gradient
    loss=np.log(4 / 3),
    conv1_weight=np.array([[[[2.125], [-2.125]]], [[[0.25], [-2.5]]]]),
    conv1_bias=np.array([-0.875, 0.0]),
    conv2_weight=np.array([[[[-1.0, -1.375]], [[1.125, -0.625]]], [[[3.0, -2.0]], [[2.0, -0.5]]]]),
    conv2_bias=np.array([1.5, 1.5]),
    fc_weight=np.array([[-0.25, 1.125, 3.25, -2.0], [1.25, 1.875, -1.25, -2.0]]),
    fc_bias=np.array([11.125 + np.log(3.0), -0.125]),
)
check(
    after_one_step(training_step),
    **one_step,
    view=loss_alone,
    expect=some_of(Step, loss=moved.loss),
    case="the loss before the step",
)
check(after_one_step(training_step), **one_step, expect=moved, case="one image")
check(
    after_one_step(training_step),
    **one_step | {"images": tiny_images[[1, 1]], "labels": np.array([0, 0])},
    expect=moved,
    case="the same image twice, which changes nothing in the mean",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(63)
for learning_rate, (case, (images, parameters)) in zip(
    (0.1, 0.7, 0.025), random_networks.items(), strict=True
):
    labels = generator.integers(len(parameters["fc.bias"]), size=len(images))
    tensors = {name: torch.tensor(array, requires_grad=True) for name, array in parameters.items()}
    loss = functional.cross_entropy(
        scores_by_torch(torch.from_numpy(images), tensors), torch.from_numpy(labels)
    )
    loss.backward()
    with torch.no_grad():
        stepped = [(tensor - learning_rate * tensor.grad).numpy() for tensor in tensors.values()]
    hidden_check(
        after_one_step(training_step),
        images=images,
        labels=labels,
        parameters=parameters,
        learning_rate=learning_rate,
        expect=Step(loss.item(), *stepped),
        case=f"one step with learning rate {learning_rate}, {case}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 8. Does it read?
#
# `all_digits.txt` holds 1,797 handwritten digits of 8 by 8 pixels, from the *Optical Recognition of
# Handwritten Digits* data (E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, CC BY 4.0). Each line
# is one image, a letter for each pixel: `0` is white, `g`, which stands for 16, is black; then its label.
#
# The images are shuffled; 1,200 are for training, and the network never sees the other 597 until the end.

# %% id="digits" kind="setup" capstone=true
from pathlib import Path

import matplotlib.pyplot as plt

lines = [line.split() for line in Path("all_digits.txt").read_text("utf-8").splitlines()]
ink = np.array([[int(pixel, base=17) for pixel in pixels] for pixels, _ in lines])  # (1797, 64), 0 to 16
images = ink.reshape(-1, 1, 8, 8) / 8 - 1.0  # from -1 to 1
labels = np.array([int(label) for _, label in lines])
shuffled = np.random.default_rng(0).permutation(len(labels))
train_ids, test_ids = shuffled[:1200], shuffled[1200:]


def first_parameters(generator):
    """Random weights, about as large as the next layer needs them; all scores begin at 0."""
    return {
        "conv1.weight": generator.normal(size=(8, 1, 3, 3)) * np.sqrt(2 / 9),
        "conv1.bias": np.zeros(8),
        "conv2.weight": generator.normal(size=(16, 8, 3, 3)) * np.sqrt(2 / 72),
        "conv2.bias": np.zeros(16),
        "fc.weight": np.zeros((10, 256)),
        "fc.bias": np.zeros(10),
    }


# %% [markdown]
# Four times through the training images, in batches of 20; the learning rate falls to zero. Which loss do you
# expect at the very first step, when all scores are 0?

# %% id="train" kind="run" capstone=true
generator = np.random.default_rng(1)
trained = first_parameters(generator)
epochs, batch_size = 4, 20
batches = np.concatenate([generator.permutation(train_ids) for _ in range(epochs)]).reshape(-1, batch_size)
losses = np.zeros(len(batches))
for step, batch in enumerate(batches):
    learning_rate = 0.3 * (1 - step / len(batches))
    losses[step] = training_step(images[batch], labels[batch], trained, learning_rate)
    if (step + 1) % 60 == 0:
        print(f"step {step + 1}: loss {losses[step - 59 : step + 1].mean():.3f}")
print(f"the first step of all: {losses[0]:.3f}")

# %% [markdown]
# And now the images that it has never seen:

# %% id="held-out" kind="run" capstone=true
scores, network_cache = cnn_forward(images[test_ids], trained)
predicted, truth = scores.argmax(axis=1), labels[test_ids]
wrong = np.flatnonzero(predicted != truth)
print(
    f"{np.mean(predicted == truth):.1%} of {len(test_ids)} new images are read rightly; {len(wrong)} are not"
)

# %% [markdown]
# Your backward function can do more than train. `grad_images` of a difference of two scores says how each
# pixel acts on that difference. Below each misread digit: where more ink would have helped the true class
# against the predicted one (blue), and where less ink would have (red).

# %% id="misread" kind="run" capstone=true
classes = np.eye(10)  # row c is the one-hot vector of class c
grad_images, _ = cnn_backward(classes[truth] - classes[predicted], network_cache)
figure, axes = plt.subplots(2, 8, figsize=(8, 2.6), squeeze=False)
for (upper, lower), i in zip(axes.T, wrong, strict=False):
    limit = np.abs(grad_images[i]).max()
    upper.imshow(images[test_ids[i], 0], cmap="gray_r")
    upper.set_title(f"{truth[i]}, read as {predicted[i]}", fontsize=8)
    lower.imshow(grad_images[i, 0], cmap="RdBu", vmin=-limit, vmax=limit)
for panel in axes.flat:
    panel.set_axis_off()

# %% id="test-digits" kind="tests" points=2 of="training_step" capstone=true
loss_of_steps = np.array(losses)
assert loss_of_steps.shape == (240,), "Run the cell that trains first, with its 240 steps."
assert loss_of_steps.all(), "The cell that trains stopped before its end; run it again, and see what it says."
assert abs(loss_of_steps[0] - np.log(10)) < 1e-6, (
    f"With all scores at 0, the first loss should be log 10 = 2.303; got {loss_of_steps[0]:.3f}."
)
assert loss_of_steps[-60:].mean() < 0.2, (
    f"The loss should fall below 0.2; the last 60 steps average {loss_of_steps[-60:].mean():.3f}."
)
held_out_scores, _ = cnn_forward(images[test_ids], trained)
rate = np.mean(np.argmax(held_out_scores, axis=1) == labels[test_ids])
assert rate >= 0.95, f"At least 95 % of the new images should be read rightly; got {rate:.1%}."

# %% [markdown]
# Two questions to go on with. How many of the new images does a linear layer alone read, on the 64 pixels,
# trained in the same way? You have all the functions for it. And the 597 images were chosen at random. The
# chapter tests on the last 597 of the file instead and finds them harder, probably because other people wrote
# them. Put `train_ids, test_ids = np.split(np.arange(1797), [1200])` in a cell of your own, train once more,
# and compare. Take that cell out again before you hand in the notebook.
