# %% [markdown]
# # ReLU and pooling: which pixels are heard?
#
# A convolution leaves a feature map: at each place one number, how strongly the filter answered there. Two
# small layers follow. ReLU silences what is below zero, and pooling makes the map smaller. Neither has a
# weight, so neither learns. Yet the filters before them do, and all that they learn from comes back through
# these two layers: backwards, they decide which pixels are heard.
#
# You write four layers, each forward and backward: ReLU, max pooling, average pooling and global average
# pooling. In the last part your functions look at handwritten digits that are moved by one pixel.
#
# Letters used throughout: `N` is the number of images, `C` that of channels, `H` and `W` are height and
# width. All maps have the shape `(N, C, H, W)`, in PyTorch's order.
#
# Write a function, then run the cell of checks below it. A failing check says what it called and what came
# out wrong; if the mistake is a known one, it also says which, and where the book explains it.
#
# A forward function returns two things, the output and a **cache**: whatever its backward function will want
# to know, for example a tuple of arrays and numbers. What is in it is up to you; no check looks inside.

# %% id="setup" kind="setup"
from collections import namedtuple

import numpy as np
from check import ANY, check

Forward = namedtuple("Forward", "output cache")
checked_pairs = {}


def without_cache(result):
    """What a forward function returned, without its cache, which may be anything."""
    is_pair = isinstance(result, tuple | list) and len(result) == 2
    return (result[0], None) if is_pair else result


def forward_then_backward(forward, backward, then=None):
    """A function that runs `forward`, hands its cache to `backward`, and returns what `backward` returns.

    With `then`, `forward` also runs on that, in between: the cache that it gave before has to stay as it was.
    """

    def gradient(x, *, grad_output, **options):
        try:
            result = forward(x.copy(), *options.values())
            if then is not None:
                forward(then.copy(), *options.values())
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
# ## 1. What does ReLU let through?
#
# A feature map has positive numbers where the filter found its feature and negative ones where it found the
# opposite. ReLU keeps the former and puts 0 in the place of the latter. The result is the activation map.


# %% id="relu-forward" kind="solution"
def relu_forward(x):
    """Turn a feature map into an activation map: max(x, 0), number by number.

    Args:
        x: array of shape (N, C, H, W). It is not changed.

    Returns:
        output: array of shape (N, C, H, W).
        cache: anything that relu_backward needs.
    """
    ### BEGIN SOLUTION
    return np.maximum(x, 0.0), x
    ### END SOLUTION


# %% [markdown] kind="hints" of="relu_forward"
# 1. What becomes of 2, of -3, of 0? Each number is decided for itself; its neighbours play no part.
# 2. NumPy has two functions with *max* in their name: one finds the largest number along an axis, the other
#    compares two things place by place. Which one is needed here?
# 3. The second argument of the comparison may be a single number. For the cache, ask what the slope of this
#    function is at each place, and what you must have kept to know it later.

# %% id="test-relu-forward" kind="tests" points=1
check(
    relu_forward,
    np.array([[[[-1.0, 2.0], [0.5, -3.0]]]]),  # (N, C, H, W) = (1, 1, 2, 2)
    view=without_cache,
    expect=Forward(output=np.array([[[[0.0, 2.0], [0.5, 0.0]]]]), cache=ANY),
    case="four numbers",
)
check(
    relu_forward,
    np.array([[[[0.0, -0.5, 4.0]]], [[[-2.0, 7.0, -0.25]]]]),  # (2, 1, 1, 3)
    view=without_cache,
    expect=Forward(output=np.array([[[[0.0, 0.0, 4.0]]], [[[0.0, 7.0, 0.0]]]]), cache=ANY),
    case="two images",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(11)
for shape in ((1, 1, 1, 1), (2, 3, 5, 4), (3, 1, 2, 7), (1, 4, 6, 1)):
    x = 3 * generator.normal(size=shape)
    hidden_check(
        relu_forward,
        x,
        view=without_cache,
        expect=Forward(torch.nn.functional.relu(torch.from_numpy(x)).numpy(), ANY),
        case=f"ReLU, shape {shape}",
    )
hidden_check(
    relu_forward,
    np.array([[[[1e-9, -1e-9], [1e5, -1e5]]]]),
    view=without_cache,
    expect=Forward(np.array([[[[1e-9, 0.0], [1e5, 0.0]]]]), ANY),
    case="ReLU of very small and very large numbers",
)
### END HIDDEN TESTS

# %% [markdown]
# The loss tells how it would change with each number of the output: that is `grad_output`. What you return
# is how it changes with each number of the input. Where ReLU let a number through, its slope is 1; where it
# put a 0, its slope is 0. At 0 itself there is no slope, and PyTorch takes 0 there: so do we.
#
# To check a backward function, your forward function runs first, and its cache is handed on. A failing check
# shows the input `x` of the one and the `grad_output` of the other.


# %% id="relu-backward" kind="solution"
def relu_backward(grad_output, cache):
    """Gradient of the loss with respect to the input of ReLU.

    Args:
        grad_output: array of shape (N, C, H, W), the gradient with respect to the output. It is not changed.
        cache: what relu_forward returned.

    Returns:
        grad_x: array of shape (N, C, H, W); where x is exactly 0, it is 0.
    """
    ### BEGIN SOLUTION
    return grad_output * (cache > 0)
    ### END SOLUTION


# %% [markdown] kind="hints" of="relu_backward"
# 1. The chain rule: the gradient at the input is the gradient at the output times the slope in between. Which
#    two values can the slope have?
# 2. The slope depends on the sign of the *input*. The gradient that arrives may be negative as well, and it
#    passes all the same.
# 3. A mask of true and false that says where the input was above 0 counts as 1 and 0 in a product. Make a new
#    array of it; `grad_output` belongs to the caller.

# %% id="test-relu-backward" kind="tests" points=2
check(
    forward_then_backward(relu_forward, relu_backward),
    np.array([[[[-1.0, 2.0], [3.0, -4.0]]]]),
    grad_output=np.array([[[[10.0, 20.0], [-30.0, 40.0]]]]),
    expect=np.array([[[[0.0, 20.0], [-30.0, 0.0]]]]),
    case="gradients of both signs",
)
check(
    forward_then_backward(relu_forward, relu_backward),
    np.array([[[[0.0, 5.0, -1.0]]], [[[0.25, 0.0, 0.0]]]]),
    grad_output=np.array([[[[7.0, -8.0, 9.0]]], [[[6.0, -5.0, 4.0]]]]),
    expect=np.array([[[[0.0, -8.0, 0.0]]], [[[6.0, 0.0, 0.0]]]]),
    case="inputs that are exactly 0",
)
check(
    forward_then_backward(relu_forward, relu_backward, then=np.array([[[[5.0, -6.0], [-7.0, 8.0]]]])),
    np.array([[[[-1.0, 2.0], [3.0, -4.0]]]]),
    grad_output=np.array([[[[10.0, 20.0], [-30.0, 40.0]]]]),
    expect=np.array([[[[0.0, 20.0], [-30.0, 0.0]]]]),
    case="in between, relu_forward ran on another map",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(12)
for shape in ((1, 1, 1, 2), (2, 3, 5, 4), (3, 1, 2, 7), (1, 4, 6, 1)):
    x = np.round(2 * generator.normal(size=shape)) / 2  # some are 0
    grad_output = generator.normal(size=shape)
    tensor = torch.tensor(x, requires_grad=True)
    (torch.nn.functional.relu(tensor) * torch.from_numpy(grad_output)).sum().backward()
    hidden_check(
        forward_then_backward(relu_forward, relu_backward),
        x,
        grad_output=grad_output,
        expect=tensor.grad.numpy(),
        case=f"gradient of ReLU, shape {shape}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 2. Which number speaks for its neighbours?
#
# Max pooling moves a window of `kernel_size` by `kernel_size` over each map and keeps the largest number it
# sees. Neighbouring windows begin `stride` apart: they touch if the stride equals the window's size, overlap
# if it is smaller, and leave gaps if it is larger. Only windows that fit entirely count, so at the lower and
# right edges some rows and columns may stay unseen.
#
# With `padding`, a frame of that width is put around the map first, and windows may reach into it. The frame
# must never win, whatever the map holds. Which number would you fill it with?
#
# The three cells of checks ask for more and more: windows that touch, then all strides, then padding.


# %% id="max-pool-forward" kind="solution"
def max_pool_forward(x, kernel_size, stride, padding=0):
    """Keep the largest number of each window.

    Args:
        x: array of shape (N, C, H, W). It is not changed.
        kernel_size: height and width of a window.
        stride: how many rows, or columns, further the next window begins.
        padding: width of the frame on all four sides of each map, at most half of kernel_size; no number of
            the frame is ever the largest.

    Returns:
        output: array of shape (N, C, H_out, W_out), where
            H_out = (H + 2 * padding - kernel_size) // stride + 1, and W_out likewise.
        cache: anything that max_pool_backward needs.
    """
    ### BEGIN SOLUTION
    frame = (padding, padding)
    padded = np.pad(x, ((0, 0), (0, 0), frame, frame), constant_values=-np.inf)
    height = (padded.shape[2] - kernel_size) // stride + 1
    width = (padded.shape[3] - kernel_size) // stride + 1
    output = np.empty((*x.shape[:2], height, width))
    for i in range(height):
        for j in range(width):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + kernel_size, left : left + kernel_size]
            output[:, :, i, j] = window.max(axis=(2, 3))
    return output, (padded, kernel_size, stride, padding)
    ### END SOLUTION


# %% [markdown] kind="hints" of="max_pool_forward"
# 1. Begin with the place of one output number: which rows and which columns of the map does it look at? Draw
#    a row of seven numbers, with windows of 3 that begin 2 apart.
# 2. How many windows fit in one direction? The first begins at 0, the last must end within the map: that is
#    the formula of the docstring. Two loops over the *output* are enough; all images and channels can be
#    handled at once.
# 3. The window of output row `i` begins at row `i` times the stride and is `kernel_size` rows high. Its
#    maximum is taken over the last two axes only. `np.pad` makes a frame for the axes you choose; a frame of
#    0 would win against negative numbers, one of minus infinity wins against none.

# %% id="test-max-pool-forward" kind="tests" points=2
check(
    max_pool_forward,
    np.array([[[[3.0, 5.0], [1.0, 2.0]]]]),  # (N, C, H, W) = (1, 1, 2, 2)
    2,
    2,
    view=without_cache,
    expect=Forward(output=np.array([[[[5.0]]]]), cache=ANY),
    case="one window",
)
check(
    max_pool_forward,
    np.array([[[[-3.0, -1.0], [-4.0, -2.0]]]]),
    2,
    2,
    view=without_cache,
    expect=Forward(output=np.array([[[[-1.0]]]]), cache=ANY),
    case="one window of negative numbers",
)
check(
    max_pool_forward,
    np.array([[[[1.0, 1.0, 2.0, 4.0], [5.0, 6.0, 7.0, 8.0], [3.0, 2.0, 1.0, 0.0], [1.0, 2.0, 3.0, 4.0]]]]),
    2,
    2,
    view=without_cache,
    expect=Forward(output=np.array([[[[6.0, 8.0], [3.0, 4.0]]]]), cache=ANY),
    case="four windows that touch",
)
check(
    max_pool_forward,
    np.array(
        [
            [
                [[1.0, 2.0, 9.0, 0.0], [4.0, 3.0, 0.0, 8.0]],
                [[-1.0, -2.0, 0.5, -9.0], [-5.0, -3.0, -6.0, 0.0]],
            ],
            [[[0.0, 7.0, 1.0, 1.0], [2.0, 0.0, 1.0, 1.5]], [[6.0, -8.0, 5.0, 4.0], [-7.0, 2.0, 3.0, 2.0]]],
        ]
    ),  # (2, 2, 2, 4)
    2,
    2,
    view=without_cache,
    expect=Forward(
        output=np.array([[[[4.0, 9.0]], [[-1.0, 0.5]]], [[[7.0, 1.5]], [[6.0, 5.0]]]]),  # (2, 2, 1, 2)
        cache=ANY,
    ),
    case="two images with two channels",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(21)
for shape, kernel_size in (((2, 3, 4, 6), 2), ((1, 4, 9, 3), 3), ((3, 2, 4, 12), 4), ((2, 5, 3, 2), 1)):
    x = generator.normal(size=shape) - 1.5  # most are negative
    hidden_check(
        max_pool_forward,
        x,
        kernel_size,
        kernel_size,
        view=without_cache,
        expect=Forward(torch.nn.functional.max_pool2d(torch.from_numpy(x), kernel_size).numpy(), ANY),
        case=f"maximum, shape {shape}, windows of {kernel_size} that touch",
    )
### END HIDDEN TESTS

# %% id="test-max-pool-forward-windows" kind="tests" points=1 of="max_pool_forward"
check(
    max_pool_forward,
    np.array([[[[1.0, 4.0, 9.0], [3.0, 0.0, 8.0], [6.0, 1.0, 7.0]]]]),  # 3 by 3
    2,
    2,
    view=without_cache,
    expect=Forward(output=np.array([[[[4.0]]]]), cache=ANY),
    case="a row and a column left over at the edges",
)
check(
    max_pool_forward,
    np.array([[[[1.0, 4.0, 2.0, 0.0], [3.0, 0.0, 5.0, 1.0], [6.0, 1.0, 0.0, 2.0]]]]),  # 3 by 4
    2,
    1,
    view=without_cache,
    expect=Forward(output=np.array([[[[4.0, 5.0, 5.0], [6.0, 5.0, 5.0]]]]), cache=ANY),
    case="windows that overlap",
)
check(
    max_pool_forward,
    np.array([[[[1.0, 4.0, 9.0, 0.0, 6.0], [3.0, 0.0, 8.0, 2.0, 5.0]]]]),  # 2 by 5
    2,
    3,
    view=without_cache,
    expect=Forward(output=np.array([[[[4.0, 6.0]]]]), cache=ANY),
    case="a gap between the windows",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(22)
for shape, kernel_size, stride in (
    ((2, 3, 7, 5), 2, 2),
    ((1, 4, 6, 9), 3, 2),
    ((3, 2, 5, 8), 2, 1),
    ((2, 1, 8, 12), 3, 4),
    ((1, 2, 11, 6), 4, 3),
    ((2, 3, 3, 6), 3, 1),
    ((1, 3, 5, 7), 1, 2),
):
    x = generator.normal(size=shape) - 1.5
    hidden_check(
        max_pool_forward,
        x,
        kernel_size,
        stride,
        view=without_cache,
        expect=Forward(torch.nn.functional.max_pool2d(torch.from_numpy(x), kernel_size, stride).numpy(), ANY),
        case=f"maximum, shape {shape}, windows of {kernel_size}, stride {stride}",
    )
### END HIDDEN TESTS

# %% id="test-max-pool-forward-padding" kind="tests" points=1 of="max_pool_forward"
check(
    max_pool_forward,
    np.array([[[[-3.0, -1.0], [-4.0, -2.0]]]]),
    2,
    1,
    1,
    view=without_cache,
    expect=Forward(
        output=np.array([[[[-3.0, -1.0, -1.0], [-3.0, -1.0, -1.0], [-4.0, -2.0, -2.0]]]]), cache=ANY
    ),
    case="a frame around negative numbers",
)
check(
    max_pool_forward,
    np.array([[[[1.0, -6.0, 4.0], [-5.0, 3.0, -4.0]]]]),
    3,
    2,
    1,
    view=without_cache,
    expect=Forward(output=np.array([[[[3.0, 4.0]]]]), cache=ANY),
    case="a frame, and windows that overlap",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(23)
for shape, kernel_size, stride, padding in (
    ((2, 3, 6, 7), 3, 2, 1),
    ((1, 2, 5, 4), 2, 2, 1),
    ((2, 4, 7, 9), 4, 3, 2),
    ((3, 1, 4, 6), 3, 1, 1),
    ((1, 3, 5, 8), 5, 4, 2),
):
    x = generator.normal(size=shape) - 1.5
    pooled = torch.nn.functional.max_pool2d(torch.from_numpy(x), kernel_size, stride, padding)
    hidden_check(
        max_pool_forward,
        x,
        kernel_size,
        stride,
        padding,
        view=without_cache,
        expect=Forward(pooled.numpy(), ANY),
        case=f"maximum, shape {shape}, windows of {kernel_size}, stride {stride}, padding {padding}",
    )
x = -np.round(1e15 * (1 + generator.random((2, 3, 4, 4))))
pooled = torch.nn.functional.max_pool2d(torch.from_numpy(x), 2, 2, 1)
hidden_check(
    max_pool_forward,
    x,
    2,
    2,
    1,
    view=without_cache,
    expect=Forward(pooled.numpy(), ANY),
    case="far below 0, with padding",
)
### END HIDDEN TESTS

# %% [markdown]
# ## 3. To whom does the gradient go back?
#
# Only the largest number of a window reached the output. If any other number of the window changed a little,
# the output would stay as it is: so the gradient of the output goes to the largest number alone, whole.
#
# Two questions remain. A number may be the largest of several windows; how much does it get? And two equal
# numbers may both be the largest. Then one of them has to be chosen: we take the **first in row order**, from
# left to right in the top row, then in the next, as PyTorch does.


# %% id="max-pool-backward" kind="solution"
def max_pool_backward(grad_output, cache):
    """Gradient of the loss with respect to the input of max pooling.

    Args:
        grad_output: array of shape (N, C, H_out, W_out), the gradient with respect to the output. It is not
            changed.
        cache: what max_pool_forward returned.

    Returns:
        grad_x: array of shape (N, C, H, W), also where the forward pass had padding. If several numbers of a
            window are the largest, the first of them in row order gets the whole gradient of that window.
    """
    ### BEGIN SOLUTION
    padded, kernel_size, stride, padding = cache
    grad_padded = np.zeros(padded.shape)
    image, channel = np.indices(padded.shape[:2])  # each (N, C)
    for i, j in np.ndindex(grad_output.shape[2:]):
        top, left = i * stride, j * stride
        window = padded[:, :, top : top + kernel_size, left : left + kernel_size]
        first = window.reshape(*image.shape, -1).argmax(axis=2)  # (N, C)
        row, column = np.divmod(first, kernel_size)
        grad_padded[image, channel, top + row, left + column] += grad_output[:, :, i, j]
    height, width = padded.shape[2] - padding, padded.shape[3] - padding
    return grad_padded[:, :, padding:height, padding:width]
    ### END SOLUTION


# %% [markdown] kind="hints" of="max_pool_backward"
# 1. Go over the windows just as the forward pass did. Which single number of each window gets something, and
#    how much of it?
# 2. Begin with zeros in the shape of the (padded) input. A number that wins in two windows is heard twice:
#    what it gets from them adds up. At the end, the frame is taken off again; `a:-a` does not do that for 0.
# 3. `argmax` of a flattened window gives the first of equal numbers, counted row by row; divide by the
#    window's width to get its row, and the remainder is its column. Both count from the corner of the window,
#    not of the map. With a loop over images and channels, you need nothing cleverer.

# %% id="test-max-pool-backward" kind="tests" points=2
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(31)


def max_gradient_by_torch(x, grad_output, kernel_size, stride, padding=0):
    """What automatic differentiation of max pooling gives."""
    tensor = torch.tensor(x, requires_grad=True)
    pooled = torch.nn.functional.max_pool2d(tensor, kernel_size, stride, padding)
    (pooled * torch.from_numpy(grad_output)).sum().backward()
    return tensor.grad.numpy()


### END HIDDEN TESTS
check(
    forward_then_backward(max_pool_forward, max_pool_backward),
    np.array([[[[3.0, 5.0], [2.0, 1.0]]]]),
    kernel_size=2,
    stride=2,
    grad_output=np.array([[[[10.0]]]]),
    expect=np.array([[[[0.0, 10.0], [0.0, 0.0]]]]),
    case="one window",
)
check(
    forward_then_backward(max_pool_forward, max_pool_backward, then=np.array([[[[8.0, 6.0], [7.0, 9.0]]]])),
    np.array([[[[3.0, 5.0], [2.0, 1.0]]]]),
    kernel_size=2,
    stride=2,
    grad_output=np.array([[[[10.0]]]]),
    expect=np.array([[[[0.0, 10.0], [0.0, 0.0]]]]),
    case="in between, max_pool_forward ran on another map",
)
check(
    forward_then_backward(max_pool_forward, max_pool_backward),
    np.array([[[[1.0, 5.0, 2.0, 0.0], [3.0, 2.0, 7.0, 6.0]]]]),
    kernel_size=2,
    stride=2,
    grad_output=np.array([[[[10.0, -20.0]]]]),
    expect=np.array([[[[0.0, 10.0, 0.0, 0.0], [0.0, 0.0, -20.0, 0.0]]]]),
    case="two windows that touch",
)
check(
    forward_then_backward(max_pool_forward, max_pool_backward),
    np.array([[[[1.0, 5.0], [3.0, 2.0]], [[-1.0, -2.0], [-0.5, -4.0]]]]),
    kernel_size=2,
    stride=2,
    grad_output=np.array([[[[10.0]], [[30.0]]]]),
    expect=np.array([[[[0.0, 10.0], [0.0, 0.0]], [[0.0, 0.0], [30.0, 0.0]]]]),
    case="two channels",
)
### BEGIN HIDDEN TESTS
for shape, kernel_size in (((2, 3, 4, 6), 2), ((1, 4, 9, 3), 3), ((3, 2, 4, 12), 4), ((2, 5, 3, 2), 1)):
    x = generator.normal(size=shape) - 1.5
    n, c, height, width = shape
    grad_output = generator.normal(size=(n, c, height // kernel_size, width // kernel_size))
    hidden_check(
        forward_then_backward(max_pool_forward, max_pool_backward),
        x,
        kernel_size=kernel_size,
        stride=kernel_size,
        grad_output=grad_output,
        expect=max_gradient_by_torch(x, grad_output, kernel_size, kernel_size),
        case=f"gradient of the maximum, shape {shape}, windows of {kernel_size} that touch",
    )
### END HIDDEN TESTS

# %% id="test-max-pool-backward-windows" kind="tests" points=2 of="max_pool_backward"
check(
    forward_then_backward(max_pool_forward, max_pool_backward),
    np.array([[[[1.0, 5.0, 2.0], [0.0, 3.0, 9.0]]]]),
    kernel_size=2,
    stride=1,
    grad_output=np.array([[[[10.0, 200.0]]]]),
    expect=np.array([[[[0.0, 10.0, 0.0], [0.0, 0.0, 200.0]]]]),
    case="a number that lies in two windows and is the largest of one",
)
check(
    forward_then_backward(max_pool_forward, max_pool_backward),
    np.array([[[[1.0, 3.0, 2.0], [0.0, 9.0, 4.0]]]]),
    kernel_size=2,
    stride=1,
    grad_output=np.array([[[[10.0, 200.0]]]]),
    expect=np.array([[[[0.0, 0.0, 0.0], [0.0, 210.0, 0.0]]]]),
    case="the largest number of two windows",
)
check(
    forward_then_backward(max_pool_forward, max_pool_backward),
    np.array([[[[1.0, 5.0, 9.0], [3.0, 2.0, 9.0], [9.0, 9.0, 9.0]]]]),
    kernel_size=2,
    stride=2,
    grad_output=np.array([[[[10.0]]]]),
    expect=np.array([[[[0.0, 10.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]]]),
    case="a row and a column that no window saw",
)
check(
    forward_then_backward(max_pool_forward, max_pool_backward),
    np.array([[[[1.0, 4.0], [4.0, 4.0]]]]),
    kernel_size=2,
    stride=2,
    grad_output=np.array([[[[10.0]]]]),
    expect=np.array([[[[0.0, 10.0], [0.0, 0.0]]]]),
    case="three equal numbers, all of them the largest",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(32)
for shape, kernel_size, stride in (
    ((2, 3, 7, 5), 2, 2),
    ((1, 4, 6, 9), 3, 2),
    ((3, 2, 5, 8), 2, 1),
    ((2, 1, 8, 12), 3, 4),
    ((1, 2, 11, 6), 4, 3),
    ((2, 3, 3, 6), 3, 1),
    ((1, 3, 5, 7), 1, 2),
):
    n, c, height, width = shape
    size = (n, c, (height - kernel_size) // stride + 1, (width - kernel_size) // stride + 1)
    grad_output = generator.normal(size=size)
    for kind, x in (
        ("distinct numbers", generator.normal(size=shape) - 1.5),
        ("many equal numbers", generator.integers(-2, 2, size=shape).astype(float)),
    ):
        hidden_check(
            forward_then_backward(max_pool_forward, max_pool_backward),
            x,
            kernel_size=kernel_size,
            stride=stride,
            grad_output=grad_output,
            expect=max_gradient_by_torch(x, grad_output, kernel_size, stride),
            case=f"gradient of the maximum, {kind}, shape {shape}, windows of {kernel_size}, stride {stride}",
        )
### END HIDDEN TESTS

# %% id="test-max-pool-backward-padding" kind="tests" points=1 of="max_pool_backward"
check(
    forward_then_backward(max_pool_forward, max_pool_backward),
    np.array([[[[-3.0, -1.0], [-4.0, -2.0]]]]),
    kernel_size=2,
    stride=2,
    padding=1,
    grad_output=np.array([[[[10.0, 20.0], [30.0, 40.0]]]]),
    expect=np.array([[[[10.0, 20.0], [30.0, 40.0]]]]),
    case="a frame around negative numbers",
)
check(
    forward_then_backward(max_pool_forward, max_pool_backward),
    np.array([[[[1.0, -6.0, 2.0], [-5.0, 3.0, -4.0]]]]),
    kernel_size=3,
    stride=2,
    padding=1,
    grad_output=np.array([[[[10.0, 200.0]]]]),
    expect=np.array([[[[0.0, 0.0, 0.0], [0.0, 210.0, 0.0]]]]),
    case="a frame, and windows that overlap",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(33)
for shape, kernel_size, stride, padding in (
    ((2, 3, 6, 7), 3, 2, 1),
    ((1, 2, 5, 4), 2, 2, 1),
    ((2, 4, 7, 9), 4, 3, 2),
    ((3, 1, 4, 6), 3, 1, 1),
    ((1, 3, 5, 8), 5, 4, 2),
):
    n, c, *sides = shape
    size = (n, c, *((side + 2 * padding - kernel_size) // stride + 1 for side in sides))
    x, grad_output = generator.normal(size=shape) - 1.5, generator.normal(size=size)
    hidden_check(
        forward_then_backward(max_pool_forward, max_pool_backward),
        x,
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        grad_output=grad_output,
        expect=max_gradient_by_torch(x, grad_output, kernel_size, stride, padding),
        case=f"gradient, shape {shape}, windows of {kernel_size}, stride {stride}, padding {padding}",
    )
x, grad_output = np.full((2, 2, 3, 3), -1.0), generator.normal(size=(2, 2, 2, 2))
hidden_check(
    forward_then_backward(max_pool_forward, max_pool_backward),
    x,
    kernel_size=3,
    stride=2,
    padding=1,
    grad_output=grad_output,
    expect=max_gradient_by_torch(x, grad_output, 3, 2, 1),
    case="all numbers equal, with padding",
)
### END HIDDEN TESTS

# %% [markdown]
# ## 4. And if all of them speak?
#
# Average pooling takes the mean of each window instead of its largest number. Windows and strides are as
# before, without padding. Every number of a window now has a part in the output: how large is it?


# %% id="average-pool-forward" kind="solution"
def average_pool_forward(x, kernel_size, stride):
    """Take the mean of each window.

    Args:
        x: array of shape (N, C, H, W). It is not changed.
        kernel_size: height and width of a window.
        stride: how many rows, or columns, further the next window begins.

    Returns:
        output: array of shape (N, C, H_out, W_out), where H_out = (H - kernel_size) // stride + 1, and W_out
            likewise.
        cache: anything that average_pool_backward needs.
    """
    ### BEGIN SOLUTION
    height, width = (np.array(x.shape[2:]) - kernel_size) // stride + 1
    output = np.empty((*x.shape[:2], height, width))
    for i, j in np.ndindex(output.shape[2:]):
        top, left = i * stride, j * stride
        output[:, :, i, j] = x[:, :, top : top + kernel_size, left : left + kernel_size].mean(axis=(2, 3))
    return output, (x.shape, kernel_size, stride)
    ### END SOLUTION


# %% [markdown] kind="hints" of="average_pool_forward"
# 1. What has to change in your max pooling, and what stays as it is?
# 2. How many numbers does a window hold if `kernel_size` is 3? It is the same for every window, because all
#    of them fit, and zeros count like any other number.
# 3. Take the mean over the last two axes of the window. Does the backward function need the numbers of `x`
#    this time, or only their shape?

# %% id="test-average-pool-forward" kind="tests" points=2
check(
    average_pool_forward,
    np.array([[[[1.0, 5.0], [3.0, 11.0]]]]),
    2,
    2,
    view=without_cache,
    expect=Forward(output=np.array([[[[5.0]]]]), cache=ANY),
    case="one window",
)
check(
    average_pool_forward,
    np.array(
        [
            [[[0.0, 6.0], [0.0, 2.0]], [[4.0, 0.0], [-8.0, 0.0]]],
            [[[1.0, 2.0], [4.0, 5.0]], [[3.0, 5.0], [8.0, 0.0]]],
        ]
    ),  # (2, 2, 2, 2)
    2,
    2,
    view=without_cache,
    expect=Forward(output=np.array([[[[2.0]], [[-1.0]]], [[[3.0]], [[4.0]]]]), cache=ANY),  # (2, 2, 1, 1)
    case="two images with two channels",
)
check(
    average_pool_forward,
    np.array([[[[0.0, 4.0, 9.0], [4.0, 0.0, 8.0], [6.0, 1.0, 7.0]]]]),  # 3 by 3
    2,
    2,
    view=without_cache,
    expect=Forward(output=np.array([[[[2.0]]]]), cache=ANY),
    case="a row and a column left over at the edges",
)
check(
    average_pool_forward,
    np.array([[[[0.0, 4.0, 8.0, 0.0], [4.0, 0.0, 4.0, 8.0], [12.0, 0.0, 8.0, 0.0]]]]),  # 3 by 4
    2,
    1,
    view=without_cache,
    expect=Forward(output=np.array([[[[2.0, 4.0, 5.0], [4.0, 3.0, 5.0]]]]), cache=ANY),
    case="windows that overlap",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(41)
for shape, kernel_size, stride in (
    ((2, 3, 4, 6), 2, 2),
    ((2, 3, 7, 5), 2, 2),
    ((1, 4, 6, 9), 3, 2),
    ((3, 2, 5, 8), 2, 1),
    ((2, 1, 8, 12), 3, 4),
    ((1, 2, 11, 6), 4, 3),
    ((1, 3, 5, 7), 1, 2),
):
    x = generator.normal(size=shape) + 0.5
    hidden_check(
        average_pool_forward,
        x,
        kernel_size,
        stride,
        view=without_cache,
        expect=Forward(torch.nn.functional.avg_pool2d(torch.from_numpy(x), kernel_size, stride).numpy(), ANY),
        case=f"mean, shape {shape}, windows of {kernel_size}, stride {stride}",
    )
### END HIDDEN TESTS


# %% id="average-pool-backward" kind="solution"
def average_pool_backward(grad_output, cache):
    """Gradient of the loss with respect to the input of average pooling.

    Args:
        grad_output: array of shape (N, C, H_out, W_out), the gradient with respect to the output. It is not
            changed.
        cache: what average_pool_forward returned.

    Returns:
        grad_x: array of shape (N, C, H, W).
    """
    ### BEGIN SOLUTION
    shape, kernel_size, stride = cache
    grad_x = np.zeros(shape)
    share = grad_output[..., None, None] / kernel_size**2  # (N, C, H_out, W_out, 1, 1)
    for i, j in np.ndindex(grad_output.shape[2:]):
        top, left = i * stride, j * stride
        grad_x[:, :, top : top + kernel_size, left : left + kernel_size] += share[:, :, i, j]
    return grad_x
    ### END SOLUTION


# %% [markdown] kind="hints" of="average_pool_backward"
# 1. If one number of a window of 2 by 2 grows by 1, by how much does the mean grow? That is the slope, and it
#    is the same for all numbers of the window.
# 2. Each window hands an equal share of its gradient to each of its numbers. A number that lies in two
#    windows gets a share from both; one that no window saw gets nothing.
# 3. Begin with zeros in the shape of the input, go over the windows, and add. To add one number for each
#    image and channel to a whole window, it needs two more axes of length 1 at its end.

# %% id="test-average-pool-backward" kind="tests" points=1
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(42)


def mean_gradient_by_torch(x, grad_output, kernel_size, stride):
    """What automatic differentiation of average pooling gives."""
    tensor = torch.tensor(x, requires_grad=True)
    pooled = torch.nn.functional.avg_pool2d(tensor, kernel_size, stride)
    (pooled * torch.from_numpy(grad_output)).sum().backward()
    return tensor.grad.numpy()


### END HIDDEN TESTS
check(
    forward_then_backward(average_pool_forward, average_pool_backward),
    np.array([[[[1.0, 5.0], [3.0, 11.0]]]]),
    kernel_size=2,
    stride=2,
    grad_output=np.array([[[[8.0]]]]),
    expect=np.array([[[[2.0, 2.0], [2.0, 2.0]]]]),
    case="one window",
)
check(
    forward_then_backward(average_pool_forward, average_pool_backward, then=np.ones((1, 2, 2, 4))),
    np.array([[[[1.0, 5.0], [3.0, 11.0]]]]),
    kernel_size=2,
    stride=2,
    grad_output=np.array([[[[8.0]]]]),
    expect=np.array([[[[2.0, 2.0], [2.0, 2.0]]]]),
    case="in between, average_pool_forward ran on maps of another shape",
)
check(
    forward_then_backward(average_pool_forward, average_pool_backward),
    np.array([[[[1.0, 5.0, 0.0, 2.0], [3.0, 11.0, 1.0, 7.0]], [[1.0, 2.0, 3.0, 5.0], [4.0, 5.0, 8.0, 0.0]]]]),
    kernel_size=2,
    stride=2,
    grad_output=np.array([[[[8.0, -4.0]], [[12.0, 0.0]]]]),
    expect=np.array(
        [[[[2.0, 2.0, -1.0, -1.0], [2.0, 2.0, -1.0, -1.0]], [[3.0, 3.0, 0.0, 0.0], [3.0, 3.0, 0.0, 0.0]]]]
    ),
    case="two channels",
)
### BEGIN HIDDEN TESTS
for shape, kernel_size in (((2, 3, 4, 6), 2), ((1, 4, 9, 3), 3), ((3, 2, 4, 12), 4), ((2, 5, 3, 2), 1)):
    n, c, height, width = shape
    x = generator.normal(size=shape)
    grad_output = generator.normal(size=(n, c, height // kernel_size, width // kernel_size))
    hidden_check(
        forward_then_backward(average_pool_forward, average_pool_backward),
        x,
        kernel_size=kernel_size,
        stride=kernel_size,
        grad_output=grad_output,
        expect=mean_gradient_by_torch(x, grad_output, kernel_size, kernel_size),
        case=f"gradient of the mean, shape {shape}, windows of {kernel_size} that touch",
    )
### END HIDDEN TESTS

# %% id="test-average-pool-backward-windows" kind="tests" points=2 of="average_pool_backward"
check(
    forward_then_backward(average_pool_forward, average_pool_backward),
    np.array([[[[1.0, 3.0, 2.0], [0.0, 9.0, 4.0]]]]),
    kernel_size=2,
    stride=1,
    grad_output=np.array([[[[4.0, 40.0]]]]),
    expect=np.array([[[[1.0, 11.0, 10.0], [1.0, 11.0, 10.0]]]]),
    case="windows that overlap",
)
check(
    forward_then_backward(average_pool_forward, average_pool_backward),
    np.array([[[[1.0, 3.0, 2.0], [0.0, 9.0, 4.0], [5.0, 6.0, 7.0]]]]),
    kernel_size=2,
    stride=2,
    grad_output=np.array([[[[8.0]]]]),
    expect=np.array([[[[2.0, 2.0, 0.0], [2.0, 2.0, 0.0], [0.0, 0.0, 0.0]]]]),
    case="a row and a column that no window saw",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(43)
for shape, kernel_size, stride in (
    ((2, 3, 7, 5), 2, 2),
    ((1, 4, 6, 9), 3, 2),
    ((3, 2, 5, 8), 2, 1),
    ((2, 1, 8, 12), 3, 4),
    ((1, 2, 11, 6), 4, 3),
    ((2, 3, 3, 6), 3, 1),
    ((1, 3, 5, 7), 1, 2),
):
    n, c, height, width = shape
    size = (n, c, (height - kernel_size) // stride + 1, (width - kernel_size) // stride + 1)
    x, grad_output = generator.normal(size=shape), generator.normal(size=size)
    hidden_check(
        forward_then_backward(average_pool_forward, average_pool_backward),
        x,
        kernel_size=kernel_size,
        stride=stride,
        grad_output=grad_output,
        expect=mean_gradient_by_torch(x, grad_output, kernel_size, stride),
        case=f"gradient of the mean, shape {shape}, windows of {kernel_size}, stride {stride}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 5. What is left when the window is the whole map?
#
# Global average pooling makes one number of each map: its mean. However large the image was, one number for
# each channel remains, `(N, C)`; a classifier can begin there.


# %% id="global-average-pool-forward" kind="solution"
def global_average_pool_forward(x):
    """Take the mean of each map.

    Args:
        x: array of shape (N, C, H, W). It is not changed.

    Returns:
        output: array of shape (N, C).
        cache: anything that global_average_pool_backward needs.
    """
    ### BEGIN SOLUTION
    return x.mean(axis=(2, 3)), x.shape
    ### END SOLUTION


# %% [markdown] kind="hints" of="global_average_pool_forward"
# 1. How many numbers remain of 10 images with 16 channels of 7 by 7?
# 2. Which axes disappear, and which stay? Images and channels are never mixed.
# 3. A mean may run over several axes at once if they are given together.

# %% id="test-global-average-pool-forward" kind="tests" points=1
check(
    global_average_pool_forward,
    np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 9.0]], [[-6.0, 0.0, 0.0], [0.0, 12.0, 0.0]]]]),  # (1, 2, 2, 3)
    view=without_cache,
    expect=Forward(output=np.array([[4.0, 1.0]]), cache=ANY),
    case="one image, two channels",
)
check(
    global_average_pool_forward,
    np.array([[[[2.0, 6.0]]], [[[-4.0, 1.0]]], [[[0.0, 7.0]]]]),  # (3, 1, 1, 2)
    view=without_cache,
    expect=Forward(output=np.array([[4.0], [-1.5], [3.5]]), cache=ANY),
    case="three images, one channel",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(51)
for shape in ((1, 1, 1, 1), (2, 3, 5, 4), (3, 2, 1, 7), (5, 1, 6, 2)):
    x = generator.normal(size=shape) + 0.5
    pooled = torch.nn.functional.adaptive_avg_pool2d(torch.from_numpy(x), 1)
    hidden_check(
        global_average_pool_forward,
        x,
        view=without_cache,
        expect=Forward(pooled.flatten(1).numpy(), ANY),
        case=f"global mean, shape {shape}",
    )
### END HIDDEN TESTS


# %% id="global-average-pool-backward" kind="solution"
def global_average_pool_backward(grad_output, cache):
    """Gradient of the loss with respect to the input of global average pooling.

    Args:
        grad_output: array of shape (N, C), the gradient with respect to the output. It is not changed.
        cache: what global_average_pool_forward returned.

    Returns:
        grad_x: array of shape (N, C, H, W).
    """
    ### BEGIN SOLUTION
    n, c, height, width = cache
    return np.ones(cache) * grad_output.reshape(n, c, 1, 1) / (height * width)
    ### END SOLUTION


# %% [markdown] kind="hints" of="global_average_pool_backward"
# 1. By how much does the mean of a map of 2 by 3 numbers grow if one of them grows by 1?
# 2. All numbers of a map get the same share of its gradient. How many share it?
# 3. `grad_output` has the shape `(N, C)` and needs two more axes at its end, so that each number can be
#    spread over its own map of height `H` and width `W`.

# %% id="test-global-average-pool-backward" kind="tests" points=1
check(
    forward_then_backward(global_average_pool_forward, global_average_pool_backward),
    np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 9.0]], [[-6.0, 0.0, 0.0], [0.0, 12.0, 0.0]]]]),  # (1, 2, 2, 3)
    grad_output=np.array([[12.0, -6.0]]),
    expect=np.array([[[[2.0, 2.0, 2.0], [2.0, 2.0, 2.0]], [[-1.0, -1.0, -1.0], [-1.0, -1.0, -1.0]]]]),
    case="one image, two channels",
)
check(
    forward_then_backward(global_average_pool_forward, global_average_pool_backward),
    np.array([[[[2.0, 6.0]]], [[[-4.0, 1.0]]], [[[0.0, 7.0]]]]),  # (3, 1, 1, 2)
    grad_output=np.array([[2.0], [-4.0], [10.0]]),
    expect=np.array([[[[1.0, 1.0]]], [[[-2.0, -2.0]]], [[[5.0, 5.0]]]]),
    case="three images, one channel",
)
check(
    forward_then_backward(
        global_average_pool_forward, global_average_pool_backward, then=np.ones((3, 1, 2, 2))
    ),
    np.array([[[[2.0, 6.0]]], [[[-4.0, 1.0]]], [[[0.0, 7.0]]]]),
    grad_output=np.array([[2.0], [-4.0], [10.0]]),
    expect=np.array([[[[1.0, 1.0]]], [[[-2.0, -2.0]]], [[[5.0, 5.0]]]]),
    case="in between, global_average_pool_forward ran on maps of another shape",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(52)
for shape in ((1, 1, 1, 1), (2, 3, 5, 4), (3, 2, 1, 7), (5, 1, 6, 2), (4, 4, 2, 3)):
    x, grad_output = generator.normal(size=shape), generator.normal(size=shape[:2])
    tensor = torch.tensor(x, requires_grad=True)
    pooled = torch.nn.functional.adaptive_avg_pool2d(tensor, 1).flatten(1)
    (pooled * torch.from_numpy(grad_output)).sum().backward()
    hidden_check(
        forward_then_backward(global_average_pool_forward, global_average_pool_backward),
        x,
        grad_output=grad_output,
        expect=tensor.grad.numpy(),
        case=f"gradient of the global mean, shape {shape}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 6. A shift of one pixel, before and after
#
# It is often said that pooling makes a network indifferent to small shifts. Does it? `digits.txt` holds ten
# handwritten digits of 8 by 8 pixels, from the *Optical Recognition of Handwritten Digits* data (E. Alpaydin
# and C. Kaynak, UCI Machine Learning Repository, CC BY 4.0).
#
# The next cell puts each digit on an empty sheet of 12 by 12 pixels, and once more one pixel further to the
# right. A filter of two weights, -1 and 1, answers where the ink gets darker from left to right; that is the
# feature map.

# %% id="digits" kind="setup" capstone=true
import matplotlib.pyplot as plt

digits = np.loadtxt("digits.txt").reshape(10, 1, 8, 8)


def on_a_sheet(shift):
    """The ten digits, each on an empty sheet, `shift` pixels right of the middle: (10, 1, 12, 12)."""
    return np.pad(digits, ((0, 0), (0, 0), (2, 2), (2 + shift, 2 - shift)))


def edges(images):
    """The feature map: how much darker each pixel is than the one on its left, of the same shape."""
    return np.diff(images, axis=3, prepend=0.0)


# %% [markdown]
# Your functions do the rest. How much does each map change when its digit moves? The number is the length of
# the difference, divided by the length of the map before the shift: 0 means that nothing changed. Before
# you run the cell, put the layers in the order that you expect.

# %% id="shift" kind="run" capstone=true
layers = {
    "activation map": lambda activation: activation,
    "max 2 x 2": lambda activation: max_pool_forward(activation, 2, 2)[0],
    "average 2 x 2": lambda activation: average_pool_forward(activation, 2, 2)[0],
    "max 4 x 4": lambda activation: max_pool_forward(activation, 4, 4)[0],
    "average 4 x 4": lambda activation: average_pool_forward(activation, 4, 4)[0],
    "global average": lambda activation: global_average_pool_forward(activation)[0],
}
before, after = (relu_forward(edges(on_a_sheet(shift)))[0] for shift in (0, 1))  # each (10, 1, 12, 12)
changes = {}
for name, layer in layers.items():
    difference = np.linalg.norm((layer(after) - layer(before)).reshape(10, -1), axis=1)  # (10,)
    length = np.linalg.norm(layer(before).reshape(10, -1), axis=1)
    changes[name] = np.mean(difference / length)
    print(f"{name:15} {layer(before)[0].size:4} numbers for each digit, change {changes[name]:.2f}")

# %% [markdown]
# Pooling makes the change smaller, and it does so the more it throws away; only the global average does not
# notice the shift at all. A number that stays in its window changes nothing, but one that crosses into the
# next window changes two. Look at it: in which windows did the 3 change?

# %% id="picture" kind="run" capstone=true
figure, axes = plt.subplots(1, 4, figsize=(8, 2.2))
pooled_before, pooled_after = (max_pool_forward(activation, 2, 2)[0] for activation in (before, after))
for panel, image in zip(axes, (before, after, pooled_before, pooled_after), strict=True):
    panel.imshow(image[3, 0], cmap="gray_r")
    panel.set_axis_off()
for panel, title in zip(axes, ("activation", "shifted", "max 2 x 2", "shifted, max"), strict=True):
    panel.set_title(title, fontsize=9)

# %% [markdown]
# And backwards: if each number of a pooled map asks for a change, how many numbers of the activation map
# hear of it?

# %% id="heard" kind="run" capstone=true
heard = {}
for name, forward, backward in (
    ("max", max_pool_forward, max_pool_backward),
    ("average", average_pool_forward, average_pool_backward),
):
    pooled, cache = forward(before, 2, 2)
    heard[name] = np.mean(backward(np.ones(pooled.shape), cache) != 0)
    print(f"{name:8} {heard[name]:.0%} of the activation map get a gradient")

# %% id="test-shift" kind="tests" points=1 of="max_pool_forward" capstone=true
assert set(changes) >= {"activation map", "max 2 x 2", "max 4 x 4", "global average"}, (
    "First run the cell that measures the changes; it needs all of your forward functions."
)
assert abs(changes["activation map"] - 1.245) < 0.01, (
    f"The activation map itself should change by 1.25; got {changes['activation map']:.3f}."
)
assert abs(changes["max 2 x 2"] - 0.748) < 0.01, (
    f"Max pooling of 2 x 2 should leave a change of 0.75; got {changes['max 2 x 2']:.3f}."
)
assert changes["max 4 x 4"] < changes["max 2 x 2"], "Larger windows should notice less of the shift."
assert changes["global average"] < 1e-9, (
    f"The global average should not notice the shift; got {changes['global average']:.3f}."
)
assert abs(heard["max"] - 0.25) < 1e-9, (
    f"One number of each window of 2 x 2 should get a gradient: 25 %; got {heard['max']:.0%}."
)
assert abs(heard["average"] - 1.0) < 1e-9, (
    f"Average pooling should hand a gradient to every number; got {heard['average']:.0%}."
)

# %% [markdown]
# Many windows lie on empty paper, where all four numbers are 0, and yet one of them gets the gradient: the
# first in row order. What happens to that gradient one layer further back, in ReLU?
