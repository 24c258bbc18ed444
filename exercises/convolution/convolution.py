# %% [markdown]
# # Convolution: first with loops, then as one matrix product
#
# In `nn.Conv2d(3, 10, kernel_size=5, stride=1, padding=2)` stand five numbers, and behind it a few lines of
# code. You write them: how large the map becomes, what stands in the border, what a filter computes at each
# place, and how each weight learns from all the places at which it was used.
#
# Then you write the layer a second time. Loops are easy to read and slow. Put the windows beside each other
# as the columns of a matrix, and the whole layer becomes one matrix product. In the last part you lay filters
# on a photograph and measure how much time that saves, and what it costs.
#
# Letters used throughout: `N` is the number of images, `C` the number of channels that go in, `K` the number
# of filters, which is that of the channels that come out. Images are `(N, C, H, W)`, the weight is
# `(K, C, kH, kW)`: filters first, and height before width. A filter need not be square. Stride and padding
# are one number each, the same for rows and columns. And the filter is never flipped.
#
# Write a function, then run the cell of checks below it. A failing check says what it called and what came
# out wrong; if the mistake is a known one, it also says which, and where the book explains it. You may call
# in one function what you have written in another.

# %% id="setup" kind="setup"
from collections import namedtuple

import numpy as np
from check import ANY, check

Forward = namedtuple("Forward", "output cache")
Gradients = namedtuple("Gradients", "grad_x grad_weight grad_bias")
wrapped = {}


def without_cache(result):
    """What a forward function returned, without its cache, which may be anything."""
    is_pair = isinstance(result, tuple | list) and len(result) == 2
    return (result[0], None) if is_pair else result


def only(name):
    """A view of three gradients that looks at the one called `name`."""

    def view(result):
        if not (isinstance(result, tuple | list) and len(result) == 3):
            return result
        parts = zip(Gradients._fields, result, strict=True)
        return tuple(part if field == name else None for field, part in parts)

    return view


def error_of(function):
    """A function that calls `function`, which is output_size, and tells whether it raised a ValueError."""

    def call(size, kernel_size, stride=1, padding=0, exact=False):
        try:
            result = function(size, kernel_size, stride, padding, exact)
        except ValueError as error:
            return "raised ValueError" if str(error) else "raised ValueError without a message"
        return f"returned {result}"

    call.__name__ = function.__name__
    return wrapped.setdefault(function, call)  # one and the same for the same function


def forward_then_backward(forward, backward, then=None):
    """A function that runs `forward`, hands its cache to `backward`, and returns what `backward` returns.

    With `then`, `forward` also runs on that, in between: the cache that it gave before has to stay as it was.
    """

    def gradients(x, weight, bias, *, grad_output, **options):
        try:
            result = forward(x.copy(), weight.copy(), bias.copy(), *options.values())
            if then is not None:
                forward(then.copy(), weight.copy(), bias.copy(), *options.values())
        except NotImplementedError:
            problem = f"{forward.__name__} is not written yet, and the cache comes from it"
            raise RuntimeError(problem) from None
        if not (isinstance(result, tuple | list) and len(result) == 2):
            problem = f"{forward.__name__} should return two values, output and cache"
            raise TypeError(problem)
        return backward(grad_output, result[1])

    gradients.__name__ = backward.__name__
    # One and the same for the same two.
    return wrapped.setdefault((forward, backward), gradients) if then is None else gradients


# %% [markdown]
# ## 1. How many places are there?
#
# Take one side of an image, its height or its width, and a filter that slides along it. The first window
# begins where the border begins, the last one must end where the border ends, at the latest. In between, the
# filter goes in steps of `stride`.
#
# Two things can go wrong. The filter may be larger than the image with its border: then there is no place at
# all. Or the steps do not end exactly at the border's end, and a rest stays unread. PyTorch rounds down then
# and says nothing. Your function does the same, unless it is asked to be `exact`.


# %% id="output-size" kind="solution"
def output_size(size, kernel_size, stride=1, padding=0, exact=False):
    """Count the places of a filter along one side of an image.

    Args:
        size: height or width of the image.
        kernel_size: height or width of the filter, in the same direction.
        stride: how many pixels further the next window begins.
        padding: width of the border, at each end.
        exact: whether a rest at the end, which no window reads, is an error.

    Returns:
        The number of places, a whole number; a window that does not fit entirely is no place.

    Raises:
        ValueError: if the filter is larger than the image with its border; and, where `exact` is True, if a
            rest of the image with its border stays unread. Its message says what does not fit.
    """
    ### BEGIN SOLUTION
    room = size + 2 * padding - kernel_size  # how far the filter can go
    if room < 0:
        raise ValueError(f"a filter of {kernel_size} has no place on {size} with a border of {padding}")
    if exact and room % stride:
        raise ValueError(f"steps of {stride} leave a rest of {size} with a border of {padding}")
    return room // stride + 1
    ### END SOLUTION


# %% [markdown] kind="hints" of="output_size"
# 1. A filter of 3 on a row of 7 pixels: where can it begin? Count the places, then the steps between them.
#    Which of the two is larger, and by how much?
# 2. Work out how far the filter can go from its first place: what is left of the image and both of its
#    borders when the filter has taken its room. The three answers (no place, a rest, how many steps) follow
#    from this one number and the stride.
# 3. It is negative if there is no place. What is left over when it is divided by the stride stays unread. A
#    whole-number division gives the steps, and there is one place more than there are steps.

# %% id="test-output-size" kind="tests" points=1
check(output_size, 7, 3, expect=5, case="7 pixels, a filter of 3")
check(output_size, 7, 3, 2, expect=3, case="stride 2")
check(output_size, 7, 3, 1, 1, expect=7, case="a border of 1")
check(output_size, 7, 3, 3, expect=2, case="a rest of 1")
check(output_size, 8, 3, 3, expect=2, case="a rest of 2, which is almost a step")
check(output_size, 5, 4, 2, 3, expect=4, case="a border, and a rest")
check(output_size, 4, 4, expect=1, case="a filter as large as the image")
check(output_size, 4, 5, 1, 1, expect=2, case="a filter that has room thanks to the border")
### BEGIN HIDDEN TESTS
from check import hidden_check

for size, kernel_size, stride, padding in (
    (1, 1, 1, 0),
    (2, 5, 1, 2),
    (5, 3, 1, 0),
    (5, 2, 2, 1),
    (8, 5, 5, 0),
    (9, 1, 4, 2),
    (11, 4, 3, 1),
    (11, 5, 3, 2),
    (12, 5, 2, 0),
    (13, 13, 2, 0),
    (32, 5, 1, 2),
    (224, 7, 2, 3),
    (227, 11, 4, 0),
):
    starts = range(-padding, size + padding - kernel_size + 1, stride)
    hidden_check(
        output_size,
        size,
        kernel_size,
        stride,
        padding,
        expect=len(starts),
        case=f"size {size}, filter {kernel_size}, stride {stride}, padding {padding}",
    )
### END HIDDEN TESTS

# %% id="test-output-size-fit" kind="tests" points=1 of="output_size"
check(error_of(output_size), 4, 5, expect="raised ValueError", case="a filter larger than the image")
check(error_of(output_size), 3, 9, 2, 1, expect="raised ValueError", case="a filter that is much too large")
check(error_of(output_size), 7, 3, 3, 0, True, expect="raised ValueError", case="exact, and a rest of 1")
check(error_of(output_size), 6, 3, 2, 2, True, expect="raised ValueError", case="exact, border and rest")
check(output_size, 7, 3, 2, 0, True, expect=3, case="exact, and no rest")
check(output_size, 8, 3, 3, 2, True, expect=4, case="exact, and no rest thanks to the border")
### BEGIN HIDDEN TESTS
from check import hidden_check

refused = "raised ValueError"
for size, kernel_size, stride, padding in (
    (1, 2, 1, 0),
    (3, 9, 2, 1),
    (3, 6, 4, 1),
    (5, 8, 3, 1),
    (2, 12, 1, 3),
):
    hidden_check(
        error_of(output_size),
        size,
        kernel_size,
        stride,
        padding,
        expect=refused,
        case=f"no place: size {size}, filter {kernel_size}, stride {stride}, padding {padding}",
    )
for size in (6, 7, 9, 12):
    for kernel_size, stride, padding in ((3, 2, 0), (4, 3, 1), (2, 4, 1), (5, 3, 2)):
        ends = [start + kernel_size for start in range(0, size + 2 * padding - kernel_size + 1, stride)]
        arguments = (size, kernel_size, stride, padding, True)
        case = f"exact: size {size}, filter {kernel_size}, stride {stride}, padding {padding}"
        if ends[-1] == size + 2 * padding:
            hidden_check(output_size, *arguments, expect=len(ends), case=case)
        else:
            hidden_check(error_of(output_size), *arguments, expect=refused, case=case)
### END HIDDEN TESTS

# %% [markdown]
# ## 2. A border of zeros
#
# `padding` puts a border around each map: that many rows above and below it, that many columns on its left
# and on its right. Images and channels get none.


# %% id="pad" kind="solution"
def pad(x, padding):
    """Put a border of zeros around each map.

    Args:
        x: array of shape (N, C, H, W). It is not changed.
        padding: width of the border on each of the four sides; it may be 0.

    Returns:
        Array of shape (N, C, H + 2 * padding, W + 2 * padding).
    """
    ### BEGIN SOLUTION
    border = (padding, padding)
    return np.pad(x, ((0, 0), (0, 0), border, border))
    ### END SOLUTION


# %% [markdown] kind="hints" of="pad"
# 1. Which of the four axes of `(N, C, H, W)` grow, and by how much does each of them grow?
# 2. Two ways lead there. `np.pad` takes a pair for each axis, how many before and how many after. Or begin
#    with an array of zeros that is large enough, and lay `x` into its middle.
# 3. For the second way, `x` fills the rows from `padding` up to `padding` plus the height, and the columns
#    likewise. An end such as `-padding` would do for 1, and fail for 0.

# %% id="test-pad" kind="tests" points=1
check(
    pad,
    np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]]),  # (N, C, H, W) = (1, 1, 2, 3)
    1,
    expect=np.array(
        [
            [
                [
                    [0.0, 0.0, 0.0, 0.0, 0.0],
                    [0.0, 1.0, 2.0, 3.0, 0.0],
                    [0.0, 4.0, 5.0, 6.0, 0.0],
                    [0.0, 0.0, 0.0, 0.0, 0.0],
                ]
            ]
        ]
    ),
    case="a border of 1",
)
check(pad, np.array([[[[1.0, 2.0]]]]), 0, expect=np.array([[[[1.0, 2.0]]]]), case="no border")
check(
    pad,
    np.array([[[[5.0]], [[-6.0]]]]),  # (1, 2, 1, 1)
    2,
    expect=np.array(
        [
            [
                [
                    [0.0, 0.0, 0.0, 0.0, 0.0],
                    [0.0, 0.0, 0.0, 0.0, 0.0],
                    [0.0, 0.0, 5.0, 0.0, 0.0],
                    [0.0, 0.0, 0.0, 0.0, 0.0],
                    [0.0, 0.0, 0.0, 0.0, 0.0],
                ],
                [
                    [0.0, 0.0, 0.0, 0.0, 0.0],
                    [0.0, 0.0, 0.0, 0.0, 0.0],
                    [0.0, 0.0, -6.0, 0.0, 0.0],
                    [0.0, 0.0, 0.0, 0.0, 0.0],
                    [0.0, 0.0, 0.0, 0.0, 0.0],
                ],
            ]
        ]
    ),
    case="two channels, a border of 2",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(11)
for shape, padding in (((2, 3, 4, 5), 1), ((3, 1, 2, 6), 3), ((1, 4, 5, 1), 2), ((2, 2, 3, 4), 0)):
    x = generator.normal(size=shape)
    hidden_check(
        pad,
        x,
        padding,
        expect=torch.nn.functional.pad(torch.from_numpy(x), [padding] * 4).numpy(),
        case=f"border of {padding} around {shape}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 3. What does a filter compute at one place?
#
# Lay the filter on its window, multiply place by place, add everything up, all channels included, and add the
# bias of the filter once. That is one number of the map. Each filter makes one map.
#
# A forward function returns two things, the output and a **cache**: whatever its backward function will want
# to know, for example a tuple of arrays and numbers. What is in it is up to you; no check looks inside. And
# loops are welcome: here they should be clear, the speed comes later.
#
# The three cells of checks ask for more and more: one filter on one channel; several images, channels and
# filters; stride and padding.


# %% id="conv2d-forward" kind="solution"
def conv2d_forward(x, weight, bias, stride=1, padding=0):
    """Slide filters over images.

    Args:
        x: array of shape (N, C, H, W). It is not changed.
        weight: array of shape (K, C, kH, kW), one filter after another. It is not changed.
        bias: array of shape (K,), one number for each filter. It is not changed.
        stride: how many rows, or columns, further the next window begins.
        padding: width of the border of zeros on all four sides.

    Returns:
        output: array of shape (N, K, H_out, W_out); the height is output_size(H, kH, stride, padding), the
            width likewise.
        cache: anything that conv2d_backward needs.
    """
    ### BEGIN SOLUTION
    filters, _, kernel_height, kernel_width = weight.shape
    height = output_size(x.shape[2], kernel_height, stride, padding)
    width = output_size(x.shape[3], kernel_width, stride, padding)
    padded = pad(x, padding)
    output = np.empty((len(x), filters, height, width))
    for n, k, i, j in np.ndindex(output.shape):
        top, left = i * stride, j * stride
        window = padded[n, :, top : top + kernel_height, left : left + kernel_width]  # (C, kH, kW)
        output[n, k, i, j] = np.sum(window * weight[k]) + bias[k]
    return output, (padded, weight, stride, padding)
    ### END SOLUTION


# %% [markdown] kind="hints" of="conv2d_forward"
# 1. For one number of the output, at image `n`, filter `k`, row `i` and column `j`: which part of the padded
#    image is its window, and what is the shape of that part? The same as of one filter?
# 2. Make room for the output first; the loops run over *its* four axes. The height of the window comes from
#    the filter's height, its beginning from the row and the stride.
# 3. Take from image `n` all channels, the rows from `i` times the stride on, as many as the filter is high,
#    and the columns likewise. The product of window and filter `k`, place by place, is summed to one number;
#    then comes the bias of filter `k`, outside the sum.

# %% id="test-conv2d-forward" kind="tests" points=2
check(
    conv2d_forward,
    np.array([[[[3.0, -1.0], [2.0, 5.0], [1.0, 4.0], [6.0, -2.0]]]]),  # (N, C, H, W) = (1, 1, 4, 2)
    np.array([[[[1.0, 2.0], [-3.0, 4.0], [-5.0, 6.0], [2.0, 7.0]]]]),  # (K, C, kH, kW) = (1, 1, 4, 2)
    np.array([7.0]),
    view=without_cache,
    expect=Forward(output=np.array([[[[39.0]]]]), cache=ANY),
    case="one place",
)
check(
    conv2d_forward,
    np.array([[[[1.0, 4.0, 2.0, 0.5], [3.0, 5.0, -2.0, 6.0], [-1.0, 2.0, 7.0, 3.0]]]]),  # (1, 1, 3, 4)
    np.array([[[[2.0, -1.0], [3.0, 1.0]]]]),
    np.array([10.0]),
    view=without_cache,
    expect=Forward(output=np.array([[[[22.0, 29.0, 13.5], [10.0, 35.0, 24.0]]]]), cache=ANY),
    case="a filter slides",
)
check(
    conv2d_forward,
    np.array([[[[1.0, 4.0, 2.0], [3.0, 5.0, -2.0]]]]),
    np.array([[[[2.0], [-3.0]]]]),  # (1, 1, 2, 1)
    np.array([0.5]),
    view=without_cache,
    expect=Forward(output=np.array([[[[-6.5, -6.5, 10.5]]]]), cache=ANY),
    case="a filter that is higher than wide",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(21)
for height, width, *kernel_size in ((5, 7, 3, 2), (4, 6, 1, 3), (6, 3, 4, 3), (3, 4, 3, 4), (2, 5, 1, 1)):
    x = generator.normal(size=(1, 1, height, width))
    weight, bias = generator.normal(size=(1, 1, *kernel_size)), generator.normal(size=1) + 2
    output = torch.nn.functional.conv2d(*map(torch.from_numpy, (x, weight, bias)))
    hidden_check(
        conv2d_forward,
        x,
        weight,
        bias,
        view=without_cache,
        expect=Forward(output.numpy(), ANY),
        case=f"one filter of {kernel_size[0]} by {kernel_size[1]} on {height} by {width}",
    )
### END HIDDEN TESTS

# %% id="test-conv2d-forward-channels" kind="tests" points=1 of="conv2d_forward"
check(
    conv2d_forward,
    np.array([[[[1.0, 2.0, 5.0]], [[4.0, -3.0, 2.0]]]]),  # (1, 2, 1, 3)
    np.array([[[[2.0, 3.0]], [[10.0, 20.0]]]]),  # (1, 2, 1, 2)
    np.array([7.0]),
    view=without_cache,
    expect=Forward(output=np.array([[[[-5.0, 36.0]]]]), cache=ANY),
    case="two channels",
)
check(
    conv2d_forward,
    np.array([[[[1.0, 2.0, 5.0]]]]),  # (1, 1, 1, 3)
    np.array([[[[2.0, 3.0]]], [[[-4.0, 10.0]]]]),  # (2, 1, 1, 2)
    np.array([100.0, -200.0]),
    view=without_cache,
    expect=Forward(output=np.array([[[[108.0, 119.0]], [[-184.0, -158.0]]]]), cache=ANY),
    case="two filters",
)
check(
    conv2d_forward,
    np.array([[[[1.0], [2.0]]], [[[4.0], [-3.0]]], [[[0.5], [6.0]]]]),  # (3, 1, 2, 1)
    np.array([[[[2.0], [5.0]]]]),
    np.array([0.5]),
    view=without_cache,
    expect=Forward(output=np.array([[[[12.5]]], [[[-6.5]]], [[[31.5]]]]), cache=ANY),
    case="three images",
)
check(
    conv2d_forward,
    np.array([[[[1.0, 2.0]], [[3.0, -4.0]]], [[[5.0, -6.0]], [[7.0, 8.0]]]]),  # (2, 2, 1, 2)
    np.array([[[[1.0]], [[2.0]]], [[[-3.0]], [[4.0]]], [[[0.5]], [[6.0]]]]),  # (3, 2, 1, 1)
    np.array([10.0, 20.0, 30.0]),
    view=without_cache,
    expect=Forward(
        output=np.array(
            [
                [[[17.0, 4.0]], [[29.0, -2.0]], [[48.5, 7.0]]],
                [[[29.0, 20.0]], [[33.0, 70.0]], [[74.5, 75.0]]],
            ]
        ),  # (2, 3, 1, 2)
        cache=ANY,
    ),
    case="two images, two channels, three filters",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(22)
for shape, filters, *kernel_size in (
    ((2, 3, 4, 6), 4, 2, 3),
    ((3, 2, 5, 4), 1, 3, 2),
    ((1, 4, 3, 5), 2, 3, 4),
    ((2, 2, 3, 4), 2, 2, 2),
):
    x, weight = generator.normal(size=shape), generator.normal(size=(filters, shape[1], *kernel_size))
    bias = generator.normal(size=filters) + 2
    output = torch.nn.functional.conv2d(*map(torch.from_numpy, (x, weight, bias)))
    hidden_check(
        conv2d_forward,
        x,
        weight,
        bias,
        view=without_cache,
        expect=Forward(output.numpy(), ANY),
        case=f"images {shape}, weight {weight.shape}",
    )
### END HIDDEN TESTS

# %% id="test-conv2d-forward-stride" kind="tests" points=1 of="conv2d_forward"
check(
    conv2d_forward,
    np.array([[[[1.0, 4.0, 2.0, 8.0], [5.0, 7.0, -3.0, 6.0], [9.0, 3.0, -2.0, 5.0]]]]),
    np.array([[[[2.0, -1.0]]]]),
    np.array([1.0]),
    2,
    view=without_cache,
    expect=Forward(output=np.array([[[[-1.0, -3.0], [16.0, -8.0]]]]), cache=ANY),
    case="stride 2",
)
check(
    conv2d_forward,
    np.array([[[[1.0, 4.0, 2.0, 8.0, 5.0, 7.0, -3.0, 6.0]]]]),  # (1, 1, 1, 8)
    np.array([[[[2.0, -1.0]]]]),
    np.array([1.0]),
    3,
    view=without_cache,
    expect=Forward(output=np.array([[[[-1.0, 12.0, -11.0]]]]), cache=ANY),
    case="stride 3",
)
check(
    conv2d_forward,
    np.array([[[[1.0, 4.0], [2.0, 8.0], [5.0, 7.0], [-3.0, 6.0]]]]),  # (1, 1, 4, 2)
    np.array([[[[2.0]]]]),
    np.array([1.0]),
    2,
    view=without_cache,
    expect=Forward(output=np.array([[[[3.0], [11.0]]]]), cache=ANY),
    case="stride 2, and a row and a column that no window reads",
)
check(
    conv2d_forward,
    np.array([[[[2.0, -1.0, 3.0], [4.0, 5.0, 1.0]]]]),
    np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [-7.0, 8.0, 9.0]]]]),
    np.array([10.0]),
    1,
    1,
    view=without_cache,
    expect=Forward(output=np.array([[[[91.0, 52.0, -6.0], [61.0, 66.0, 40.0]]]]), cache=ANY),
    case="padding 1",
)
check(
    conv2d_forward,
    np.array([[[[2.0, -1.0, 3.0, 6.0], [4.0, 5.0, 1.0, -2.0], [7.0, 3.0, 8.0, 9.0]]]]),
    np.array([[[[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]]]]),
    np.array([10.0]),
    2,
    1,
    view=without_cache,
    expect=Forward(output=np.array([[[[26.0, -15.0], [34.0, 5.0]]]]), cache=ANY),
    case="stride 2 and padding 1",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(23)
for shape, filters, *kernel_size, stride, padding in (
    ((2, 3, 5, 7), 2, 3, 2, 2, 0),
    ((1, 2, 4, 6), 3, 2, 3, 1, 1),
    ((2, 1, 6, 5), 2, 3, 1, 2, 1),
    ((1, 3, 7, 8), 2, 2, 4, 3, 2),
    ((3, 2, 1, 2), 2, 3, 5, 2, 2),
):
    x, weight = generator.normal(size=shape), generator.normal(size=(filters, shape[1], *kernel_size))
    bias = generator.normal(size=filters) + 2
    output = torch.nn.functional.conv2d(*map(torch.from_numpy, (x, weight, bias)), stride, padding)
    hidden_check(
        conv2d_forward,
        x,
        weight,
        bias,
        stride,
        padding,
        view=without_cache,
        expect=Forward(output.numpy(), ANY),
        case=f"images {shape}, weight {weight.shape}, stride {stride}, padding {padding}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 4. How does a shared weight learn?
#
# Look at one place again. Its output was a sum of products, pixel times weight, plus the bias. So if
# `grad_output` has the number g there, each weight gets g times the pixel that it met, each pixel gets g
# times the weight that it met, and the bias gets g. A weight meets a pixel at every place and in every image;
# a pixel lies in several windows, under several filters. All these parts **add up**, and nothing divides
# them.
#
# To check a backward function, your forward function runs first, and its cache is handed on. The checks look
# at one gradient at a time, the easiest first; you may return `None` in place of those that you have not
# written yet. The gradients 1, 10, 100 in the examples let you see in each digit of the result which
# place it came from.


# %% id="conv2d-backward" kind="solution"
def conv2d_backward(grad_output, cache):
    """Gradients of the loss with respect to images, filters and biases.

    Args:
        grad_output: array of shape (N, K, H_out, W_out), the gradient with respect to the output. It is not
            changed.
        cache: what conv2d_forward returned.

    Returns:
        grad_x: array of shape (N, C, H, W), without the border.
        grad_weight: array of shape (K, C, kH, kW).
        grad_bias: array of shape (K,).
    """
    ### BEGIN SOLUTION
    padded, weight, stride, padding = cache
    grad_padded, grad_weight = np.zeros(padded.shape), np.zeros(weight.shape)
    for n, k, i, j in np.ndindex(grad_output.shape):
        rows = slice(i * stride, i * stride + weight.shape[2])
        columns = slice(j * stride, j * stride + weight.shape[3])
        grad_weight[k] += grad_output[n, k, i, j] * padded[n, :, rows, columns]
        grad_padded[n, :, rows, columns] += grad_output[n, k, i, j] * weight[k]
    height, width = padded.shape[2] - padding, padded.shape[3] - padding
    grad_x = grad_padded[:, :, padding:height, padding:width]
    return grad_x, grad_weight, grad_output.sum(axis=(0, 2, 3))
    ### END SOLUTION


# %% [markdown] kind="hints" of="conv2d_backward"
# 1. At how many places was the bias of one filter added? Which axes of `grad_output` run over these places,
#    and which one over the filters?
# 2. For the other two, go over the same places as in the forward pass, and find the same window again. Begin
#    with zeros in the shape of the weight and in that of the *padded* images, and add at each place what it
#    has to say.
# 3. At image `n`, filter `k`, row `i`, column `j`: filter `k` of the weight's gradient grows by that number
#    of `grad_output` times the window; the window in the images' gradient grows by the same number times
#    filter `k`. At the end the border comes off, also where its width is 0.

# %% id="test-conv2d-backward-bias" kind="tests" points=1 of="conv2d_backward"
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(31)


def gradients_by_torch(x, weight, bias, grad_output, stride, padding, wanted=Gradients._fields):
    """What automatic differentiation of the convolution gives, of those gradients that are wanted."""
    tensors = [torch.tensor(values, requires_grad=True) for values in (x, weight, bias)]
    (torch.nn.functional.conv2d(*tensors, stride, padding) * torch.from_numpy(grad_output)).sum().backward()
    named = zip(Gradients._fields, tensors, strict=True)
    return Gradients(*(tensor.grad.numpy() if name in wanted else ANY for name, tensor in named))


def hidden_example(shape, filters, kernel_height, kernel_width, stride, padding):
    """Random images, weight, bias and gradient of the output."""
    height = len(range(0, shape[2] + 2 * padding - kernel_height + 1, stride))
    width = len(range(0, shape[3] + 2 * padding - kernel_width + 1, stride))
    shapes = (shape, (filters, shape[1], kernel_height, kernel_width), (filters,))
    x, weight, bias = (generator.normal(size=each) for each in shapes)
    return x, weight, bias, generator.normal(size=(shape[0], filters, height, width)) + 0.5


HIDDEN_SIZES = (
    ((1, 1, 3, 5), 1, 2, 3, 1, 0),
    ((2, 3, 4, 5), 4, 2, 3, 1, 0),
    ((3, 2, 5, 7), 1, 3, 2, 2, 0),
    ((1, 2, 4, 6), 3, 2, 3, 1, 1),
    ((2, 1, 6, 5), 2, 3, 1, 2, 1),
    ((1, 3, 7, 8), 2, 2, 4, 3, 2),
    ((2, 2, 1, 2), 3, 3, 5, 2, 2),
)
### END HIDDEN TESTS
check(
    forward_then_backward(conv2d_forward, conv2d_backward),
    np.array([[[[1.0, 2.0, 4.0], [3.0, 5.0, -1.0]]]]),
    np.array([[[[2.0, -3.0]]]]),
    np.array([7.0]),
    grad_output=np.array([[[[1.0, 10.0], [100.0, -2.0]]]]),  # (N, K, H_out, W_out) = (1, 1, 2, 2)
    view=only("grad_bias"),
    expect=Gradients(grad_x=ANY, grad_weight=ANY, grad_bias=np.array([109.0])),
    case="gradient of the bias, four places",
)
check(
    forward_then_backward(conv2d_forward, conv2d_backward),
    np.array([[[[1.0], [2.0]]], [[[4.0], [-3.0]]], [[[6.0], [9.0]]]]),  # (3, 1, 2, 1)
    np.array([[[[2.0]]], [[[5.0]]]]),  # (2, 1, 1, 1)
    np.array([7.0, 8.0]),
    grad_output=np.array(
        [
            [[[1.0], [10.0]], [[4.0], [-40.0]]],
            [[[2.0], [20.0]], [[5.0], [50.0]]],
            [[[3.0], [30.0]], [[6.0], [60.0]]],
        ]
    ),  # (3, 2, 2, 1)
    view=only("grad_bias"),
    expect=Gradients(grad_x=ANY, grad_weight=ANY, grad_bias=np.array([66.0, 85.0])),
    case="gradient of the bias, three images and two filters",
)
### BEGIN HIDDEN TESTS
for sizes in HIDDEN_SIZES:
    x, weight, bias, grad_output = hidden_example(*sizes)
    stride, padding = sizes[-2:]
    example = f"x {x.shape}, weight {weight.shape}, stride {stride}, padding {padding}"
    hidden_check(
        forward_then_backward(conv2d_forward, conv2d_backward),
        x,
        weight,
        bias,
        stride=stride,
        padding=padding,
        grad_output=grad_output,
        view=only("grad_bias"),
        expect=gradients_by_torch(x, weight, bias, grad_output, stride, padding, ["grad_bias"]),
        case=f"gradient of the bias, {example}",
    )
### END HIDDEN TESTS

# %% id="test-conv2d-backward-weight" kind="tests" points=2 of="conv2d_backward"
check(
    forward_then_backward(conv2d_forward, conv2d_backward),
    np.array([[[[3.0, -1.0, 2.0], [5.0, 1.0, 4.0]]]]),
    np.array([[[[1.0, 2.0, -3.0], [4.0, -5.0, 6.0]]]]),
    np.array([7.0]),
    grad_output=np.array([[[[10.0]]]]),
    view=only("grad_weight"),
    expect=Gradients(ANY, grad_weight=np.array([[[[30.0, -10.0, 20.0], [50.0, 10.0, 40.0]]]]), grad_bias=ANY),
    case="gradient of the weight, one place",
)
check(
    forward_then_backward(conv2d_forward, conv2d_backward),
    np.array([[[[1.0, 2.0, 5.0], [4.0, 7.0, 3.0]]]]),
    np.array([[[[6.0, 8.0], [9.0, 3.0]]]]),
    np.array([7.0]),
    grad_output=np.array([[[[1.0, 10.0]]]]),
    view=only("grad_weight"),
    expect=Gradients(ANY, grad_weight=np.array([[[[21.0, 52.0], [74.0, 37.0]]]]), grad_bias=ANY),
    case="gradient of the weight, two places",
)
check(
    forward_then_backward(conv2d_forward, conv2d_backward),
    np.array([[[[1.0], [2.0]]], [[[4.0], [3.0]]]]),  # (2, 1, 2, 1)
    np.array([[[[6.0], [8.0]]]]),
    np.array([7.0]),
    grad_output=np.array([[[[1.0]]], [[[10.0]]]]),
    view=only("grad_weight"),
    expect=Gradients(ANY, grad_weight=np.array([[[[41.0], [32.0]]]]), grad_bias=ANY),
    case="gradient of the weight, two images",
)
check(
    forward_then_backward(
        conv2d_forward, conv2d_backward, then=np.array([[[[5.0], [-6.0]]], [[[-7.0], [8.0]]]])
    ),
    np.array([[[[1.0], [2.0]]], [[[4.0], [3.0]]]]),
    np.array([[[[6.0], [8.0]]]]),
    np.array([7.0]),
    grad_output=np.array([[[[1.0]]], [[[10.0]]]]),
    view=only("grad_weight"),
    expect=Gradients(ANY, grad_weight=np.array([[[[41.0], [32.0]]]]), grad_bias=ANY),
    case="gradient of the weight; in between, conv2d_forward ran on other images",
)
check(
    forward_then_backward(conv2d_forward, conv2d_backward),
    np.array([[[[1.0, 2.0]], [[4.0, 3.0]], [[5.0, 7.0]]]]),  # (1, 3, 1, 2)
    np.array([[[[6.0]], [[8.0]], [[9.0]]], [[[2.0]], [[1.0]], [[3.0]]]]),  # (2, 3, 1, 1)
    np.array([7.0, -8.0]),
    grad_output=np.array([[[[1.0, 10.0]], [[100.0, 1000.0]]]]),  # (1, 2, 1, 2)
    view=only("grad_weight"),
    expect=Gradients(
        grad_x=ANY,
        grad_weight=np.array([[[[21.0]], [[34.0]], [[75.0]]], [[[2100.0]], [[3400.0]], [[7500.0]]]]),
        grad_bias=ANY,
    ),
    case="gradient of the weight, three channels and two filters",
)
check(
    forward_then_backward(conv2d_forward, conv2d_backward),
    np.array([[[[1.0, 4.0, 2.0, 8.0, 5.0, 7.0]]]]),  # (1, 1, 1, 6)
    np.array([[[[6.0, 8.0]]]]),
    np.array([7.0]),
    stride=3,
    grad_output=np.array([[[[1.0, 10.0]]]]),
    view=only("grad_weight"),
    expect=Gradients(ANY, grad_weight=np.array([[[[81.0, 54.0]]]]), grad_bias=ANY),
    case="gradient of the weight, stride 3",
)
check(
    forward_then_backward(conv2d_forward, conv2d_backward),
    np.array([[[[2.0, 1.0], [3.0, 5.0]]]]),
    np.array([[[[1.0, 4.0, 6.0], [7.0, 9.0, 2.0], [3.0, 8.0, 5.0]]]]),
    np.array([7.0]),
    stride=1,
    padding=1,
    grad_output=np.array([[[[1.0, 10.0], [100.0, 1000.0]]]]),
    view=only("grad_weight"),
    expect=Gradients(
        grad_x=ANY,
        grad_weight=np.array([[[[2000.0, 1200.0, 100.0], [3020.0, 5312.0, 501.0], [30.0, 53.0, 5.0]]]]),
        grad_bias=ANY,
    ),
    case="gradient of the weight, padding 1",
)
### BEGIN HIDDEN TESTS
for sizes in HIDDEN_SIZES:
    x, weight, bias, grad_output = hidden_example(*sizes)
    stride, padding = sizes[-2:]
    example = f"x {x.shape}, weight {weight.shape}, stride {stride}, padding {padding}"
    hidden_check(
        forward_then_backward(conv2d_forward, conv2d_backward),
        x,
        weight,
        bias,
        stride=stride,
        padding=padding,
        grad_output=grad_output,
        view=only("grad_weight"),
        expect=gradients_by_torch(x, weight, bias, grad_output, stride, padding, ["grad_weight"]),
        case=f"gradient of the weight, {example}",
    )
### END HIDDEN TESTS

# %% id="test-conv2d-backward-input" kind="tests" points=2 of="conv2d_backward"
check(
    forward_then_backward(conv2d_forward, conv2d_backward),
    np.array([[[[3.0, -1.0, 2.0], [5.0, 1.0, 4.0]]]]),
    np.array([[[[1.0, 2.0, -3.0], [4.0, -5.0, 6.0]]]]),
    np.array([7.0]),
    grad_output=np.array([[[[10.0]]]]),
    view=only("grad_x"),
    expect=Gradients(
        grad_x=np.array([[[[10.0, 20.0, -30.0], [40.0, -50.0, 60.0]]]]), grad_weight=ANY, grad_bias=ANY
    ),
    case="gradient of the images, one place",
)
check(
    forward_then_backward(conv2d_forward, conv2d_backward),
    np.array([[[[1.0, 2.0, 5.0], [4.0, 7.0, 3.0]]]]),
    np.array([[[[6.0, 8.0], [9.0, 3.0]]]]),
    np.array([7.0]),
    grad_output=np.array([[[[1.0, 10.0]]]]),
    view=only("grad_x"),
    expect=Gradients(
        grad_x=np.array([[[[6.0, 68.0, 80.0], [9.0, 93.0, 30.0]]]]), grad_weight=ANY, grad_bias=ANY
    ),
    case="gradient of the images, two windows that overlap",
)
check(
    forward_then_backward(conv2d_forward, conv2d_backward),
    np.array([[[[1.0, 2.0]], [[4.0, 3.0]], [[5.0, 7.0]]]]),  # (1, 3, 1, 2)
    np.array([[[[6.0]], [[8.0]], [[9.0]]], [[[2.0]], [[1.0]], [[3.0]]]]),  # (2, 3, 1, 1)
    np.array([7.0, -8.0]),
    grad_output=np.array([[[[1.0, 10.0]], [[100.0, 1000.0]]]]),
    view=only("grad_x"),
    expect=Gradients(
        grad_x=np.array([[[[206.0, 2060.0]], [[108.0, 1080.0]], [[309.0, 3090.0]]]]),
        grad_weight=ANY,
        grad_bias=ANY,
    ),
    case="gradient of the images, three channels and two filters",
)
check(
    forward_then_backward(conv2d_forward, conv2d_backward),
    np.array([[[[1.0], [2.0]]], [[[4.0], [3.0]]]]),  # (2, 1, 2, 1)
    np.array([[[[6.0], [8.0]]]]),
    np.array([7.0]),
    grad_output=np.array([[[[1.0]]], [[[10.0]]]]),
    view=only("grad_x"),
    expect=Gradients(grad_x=np.array([[[[6.0], [8.0]]], [[[60.0], [80.0]]]]), grad_weight=ANY, grad_bias=ANY),
    case="gradient of the images, two images",
)
check(
    forward_then_backward(conv2d_forward, conv2d_backward),
    np.array([[[[1.0, 4.0, 2.0, 8.0, 5.0, 7.0]]]]),
    np.array([[[[6.0, 8.0]]]]),
    np.array([7.0]),
    stride=3,
    grad_output=np.array([[[[1.0, 10.0]]]]),
    view=only("grad_x"),
    expect=Gradients(grad_x=np.array([[[[6.0, 8.0, 0.0, 60.0, 80.0, 0.0]]]]), grad_weight=ANY, grad_bias=ANY),
    case="gradient of the images, stride 3",
)
check(
    forward_then_backward(conv2d_forward, conv2d_backward),
    np.array([[[[2.0, 1.0], [3.0, 5.0]]]]),
    np.array([[[[1.0, 4.0, 6.0], [7.0, 9.0, 2.0], [3.0, 8.0, 5.0]]]]),
    np.array([7.0]),
    stride=1,
    padding=1,
    grad_output=np.array([[[[1.0, 10.0], [100.0, 1000.0]]]]),
    view=only("grad_x"),
    expect=Gradients(
        grad_x=np.array([[[[1479.0, 4692.0], [7938.0, 9285.0]]]]), grad_weight=ANY, grad_bias=ANY
    ),
    case="gradient of the images, padding 1",
)
### BEGIN HIDDEN TESTS
for sizes in HIDDEN_SIZES:
    x, weight, bias, grad_output = hidden_example(*sizes)
    stride, padding = sizes[-2:]
    example = f"x {x.shape}, weight {weight.shape}, stride {stride}, padding {padding}"
    hidden_check(
        forward_then_backward(conv2d_forward, conv2d_backward),
        x,
        weight,
        bias,
        stride=stride,
        padding=padding,
        grad_output=grad_output,
        view=only("grad_x"),
        expect=gradients_by_torch(x, weight, bias, grad_output, stride, padding, ["grad_x"]),
        case=f"gradient of the images, {example}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 5. Windows as columns
#
# Your loops come back to Python for every number of the output. Instead, copy each window once, flattened, as
# one **column** of a matrix. Then a filter that is flattened in the same order as the windows needs only a
# product with this matrix. The copying has a name of its own, `im2col`: from image to columns.
#
# In which order are the numbers of a window flattened? In that of the weight: the channel changes slowest,
# then the row, then the column. And the windows? The places too are counted row by row. So for each image we
# get a matrix of `C * kH * kW` rows and `H_out * W_out` columns. It is what PyTorch calls `unfold`.
#
# For example, the windows of 1 by 2 of the map
# ```
# 1 2 3
# 4 5 6
# ```
# are (1, 2), (2, 3), (4, 5), (5, 6). Each of them is a column:
# ```
# 1 2 4 5
# 2 3 5 6
# ```
# Read the rows of this matrix too: the first has the first number of every window, the second the second one.


# %% id="im2col" kind="solution"
def im2col(x, kernel_size, stride=1, padding=0):
    """Copy each window into a column.

    Args:
        x: array of shape (N, C, H, W). It is not changed.
        kernel_size: height and width of a window, a pair (kH, kW).
        stride: how many rows, or columns, further the next window begins.
        padding: width of the border of zeros on all four sides.

    Returns:
        Array of shape (N, C * kH * kW, H_out * W_out). Within a column, the channel changes slowest, then the
        row of the window, then its column; the places are in row order.
    """
    ### BEGIN SOLUTION
    n, c = x.shape[:2]
    kernel_height, kernel_width = kernel_size
    height = output_size(x.shape[2], kernel_height, stride, padding)
    width = output_size(x.shape[3], kernel_width, stride, padding)
    padded = pad(x, padding)
    columns = np.empty((n, c, kernel_height, kernel_width, height, width))
    for u, v in np.ndindex(kernel_height, kernel_width):
        rows = slice(u, u + height * stride, stride)
        columns[:, :, u, v] = padded[:, :, rows, v : v + width * stride : stride]
    return columns.reshape(n, c * kernel_height * kernel_width, height * width)
    ### END SOLUTION


# %% [markdown] kind="hints" of="im2col"
# 1. In the example above, what are the shapes of `x` and of the result? Write the result down for windows of
#    2 by 1. Which axis tells the place, and which the position within the window?
# 2. Two ways lead there. Loop over the places, and put each window, flattened, into its column. Or loop over
#    the positions within a window, few as they are: the numbers that all windows have at one position lie in
#    the padded image `stride` apart, and one slice takes them all.
# 3. For the second way, begin with an empty array of the six axes `(N, C, kH, kW, H_out, W_out)`. At position
#    `(u, v)` belong the rows from `u` on, as many as there are places, each `stride` after the last, and the
#    columns from `v` on. At the end, a reshape joins the three axes of the window and the two of the places.

# %% id="test-im2col" kind="tests" points=2
check(
    im2col,
    np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]]),  # (N, C, H, W) = (1, 1, 2, 3)
    (1, 2),
    expect=np.array([[[1.0, 2.0, 4.0, 5.0], [2.0, 3.0, 5.0, 6.0]]]),  # (1, 2, 4)
    case="the four windows of the example",
)
check(
    im2col,
    np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]]),
    (2, 3),
    expect=np.array([[[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]]]),  # (1, 6, 1)
    case="one window",
)
check(
    im2col,
    np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]]]),
    (2, 2),
    expect=np.array(
        [[[1.0, 2.0, 4.0, 5.0], [2.0, 3.0, 5.0, 6.0], [4.0, 5.0, 7.0, 8.0], [5.0, 6.0, 8.0, 9.0]]]
    ),
    case="four square windows",
)
check(
    im2col,
    np.array(
        [[[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [[10.0, 20.0], [30.0, 40.0], [50.0, 60.0]]]]
    ),  # (1, 2, 3, 2)
    (2, 2),
    expect=np.array(
        [
            [
                [1.0, 3.0],
                [2.0, 4.0],
                [3.0, 5.0],
                [4.0, 6.0],
                [10.0, 30.0],
                [20.0, 40.0],
                [30.0, 50.0],
                [40.0, 60.0],
            ]
        ]
    ),
    case="two channels",
)
check(
    im2col,
    np.array([[[[1.0, 2.0, 3.0]]], [[[4.0, 5.0, 6.0]]]]),  # (2, 1, 1, 3)
    (1, 2),
    expect=np.array([[[1.0, 2.0], [2.0, 3.0]], [[4.0, 5.0], [5.0, 6.0]]]),
    case="two images",
)
check(
    im2col,
    np.array([[[[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]]]]),
    (1, 2),
    3,
    expect=np.array([[[1.0, 4.0], [2.0, 5.0]]]),
    case="windows that begin 3 apart, and a rest",
)
check(
    im2col,
    np.array([[[[1.0, 2.0], [3.0, 4.0]]]]),
    (3, 2),
    2,
    1,
    expect=np.array([[[0.0, 0.0], [0.0, 0.0], [0.0, 2.0], [1.0, 0.0], [0.0, 4.0], [3.0, 0.0]]]),
    case="a border of 1, stride 2",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(41)
for shape, *kernel_size, stride, padding in (
    ((2, 3, 4, 6), 2, 3, 1, 0),
    ((1, 2, 5, 7), 3, 2, 2, 0),
    ((3, 1, 4, 5), 2, 3, 1, 1),
    ((2, 4, 6, 5), 3, 1, 2, 1),
    ((1, 3, 7, 8), 2, 4, 3, 2),
    ((2, 2, 1, 2), 3, 5, 2, 2),
    ((1, 2, 9, 7), 2, 1, 4, 0),
):
    x = generator.normal(size=shape)
    columns = torch.nn.functional.unfold(torch.from_numpy(x), kernel_size, padding=padding, stride=stride)
    hidden_check(
        im2col,
        x,
        tuple(kernel_size),
        stride,
        padding,
        expect=columns.numpy(),
        case=f"columns of {shape}, windows {kernel_size}, stride {stride}, padding {padding}",
    )
### END HIDDEN TESTS

# %% [markdown]
# The gradients come back as columns too, and must find the way to their pixels: `col2im`, from columns to
# image. A pixel that lies in several windows was copied several times, so what all its copies have to say
# is added up. So it does not undo `im2col`: pixels of several windows come back as a sum.


# %% id="col2im" kind="solution"
def col2im(columns, shape, kernel_size, stride=1, padding=0):
    """Add each column to the window that it belongs to.

    Args:
        columns: array of shape (N, C * kH * kW, H_out * W_out), in the order of im2col. It is not changed.
        shape: shape of the images, (N, C, H, W), without the border.
        kernel_size: height and width of a window, a pair (kH, kW).
        stride: how many rows, or columns, further the next window begins.
        padding: width of the border on all four sides.

    Returns:
        Array of shape (N, C, H, W): each pixel is the sum of all its places in the columns, and 0 if it has
        none. What fell on the border is left out.
    """
    ### BEGIN SOLUTION
    n, c, image_height, image_width = shape
    kernel_height, kernel_width = kernel_size
    height = output_size(image_height, kernel_height, stride, padding)
    width = output_size(image_width, kernel_width, stride, padding)
    columns = columns.reshape(n, c, kernel_height, kernel_width, height, width)
    padded = pad(np.zeros(shape), padding)
    for u, v in np.ndindex(kernel_height, kernel_width):
        rows = slice(u, u + height * stride, stride)
        padded[:, :, rows, v : v + width * stride : stride] += columns[:, :, u, v]
    return padded[:, :, padding : padding + image_height, padding : padding + image_width]
    ### END SOLUTION


# %% [markdown] kind="hints" of="col2im"
# 1. Take the columns (1, 2) and (30, 40), two windows of 1 by 2 that lie side by side on a row of three
#    pixels. Which pixels get which numbers? One of them gets two.
# 2. Write the loop of your `im2col` again and exchange the two sides of the assignment. Which sign has to
#    stand between them now, and what must be there before the loop begins?
# 3. Begin with zeros that are as large as the images with their border, and take the columns apart into the
#    six axes again (or take one column at a time, in the shape of its window). Add to the places from which
#    they were copied. Then cut the border off, in a way that works for a width of 0 as well.

# %% id="test-col2im" kind="tests" points=2
check(
    col2im,
    np.array([[[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]]]),  # (N, C * kH * kW, H_out * W_out) = (1, 6, 1)
    (1, 1, 2, 3),
    (2, 3),
    expect=np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]]),
    case="one window",
)
check(
    col2im,
    np.array([[[1.0, 30.0], [2.0, 40.0]]]),  # (1, 2, 2)
    (1, 1, 1, 3),
    (1, 2),
    expect=np.array([[[[1.0, 32.0, 40.0]]]]),
    case="two windows that overlap",
)
check(
    col2im,
    np.array([[[1.0, 2.0, 3.0, 4.0], [10.0, 20.0, 30.0, 40.0]]]),  # (1, 2, 4)
    (1, 1, 2, 3),
    (1, 2),
    expect=np.array([[[[1.0, 12.0, 20.0], [3.0, 34.0, 40.0]]]]),
    case="two rows of two windows",
)
check(
    col2im,
    np.array([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [10.0, 20.0, 30.0], [40.0, 50.0, 60.0]]]),  # (1, 4, 3)
    (1, 2, 4, 1),
    (2, 1),
    expect=np.array([[[[1.0], [6.0], [8.0], [6.0]], [[10.0], [60.0], [80.0], [60.0]]]]),
    case="two channels",
)
check(
    col2im,
    np.array([[[1.0, 2.0]], [[3.0, 4.0]], [[5.0, 6.0]]]),  # (3, 1, 2)
    (3, 1, 1, 2),
    (1, 1),
    expect=np.array([[[[1.0, 2.0]]], [[[3.0, 4.0]]], [[[5.0, 6.0]]]]),
    case="three images",
)
check(
    col2im,
    np.array([[[1.0, 2.0], [10.0, 20.0]]]),
    (1, 1, 1, 6),
    (1, 2),
    3,
    expect=np.array([[[[1.0, 10.0, 0.0, 2.0, 20.0, 0.0]]]]),
    case="a gap between the windows, and a rest",
)
check(
    col2im,
    np.array([[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0], [9.0, 10.0], [11.0, 12.0]]]),  # (1, 6, 2)
    (1, 1, 2, 2),
    (3, 2),
    2,
    1,
    expect=np.array([[[[7.0, 6.0], [11.0, 10.0]]]]),
    case="a border of 1, stride 2",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(42)
for shape, *kernel_size, stride, padding in (
    ((2, 3, 4, 6), 2, 3, 1, 0),
    ((1, 2, 5, 7), 3, 2, 2, 0),
    ((3, 1, 4, 5), 2, 3, 1, 1),
    ((2, 4, 6, 5), 3, 1, 2, 1),
    ((1, 3, 7, 8), 2, 4, 3, 2),
    ((2, 2, 1, 2), 3, 5, 2, 2),
    ((1, 2, 9, 7), 2, 1, 4, 0),
):
    options = {"padding": padding, "stride": stride}
    unfolded = torch.nn.functional.unfold(torch.zeros(shape), kernel_size, **options)
    columns = generator.normal(size=tuple(unfolded.shape))
    images = torch.nn.functional.fold(torch.from_numpy(columns), shape[2:], kernel_size, **options)
    hidden_check(
        col2im,
        columns,
        shape,
        tuple(kernel_size),
        stride,
        padding,
        expect=images.numpy(),
        case=f"images {shape}, windows {kernel_size}, stride {stride}, padding {padding}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 6. The whole layer in one product
#
# The filters, flattened, are the rows of a matrix, `(K, C * kH * kW)`. The windows are the columns of another
# one. Their product has one row for each filter and one column for each place: all the maps, flattened.


# %% id="fast-conv2d-forward" kind="solution"
def fast_conv2d_forward(x, weight, bias, stride=1, padding=0):
    """Slide filters over images, by im2col and a matrix product.

    Args:
        x: array of shape (N, C, H, W). It is not changed.
        weight: array of shape (K, C, kH, kW). It is not changed.
        bias: array of shape (K,). It is not changed.
        stride: how many rows, or columns, further the next window begins.
        padding: width of the border of zeros on all four sides.

    Returns:
        output: array of shape (N, K, H_out, W_out), the same as from conv2d_forward.
        cache: anything that fast_conv2d_backward needs.
    """
    ### BEGIN SOLUTION
    filters, _, kernel_height, kernel_width = weight.shape
    height = output_size(x.shape[2], kernel_height, stride, padding)
    width = output_size(x.shape[3], kernel_width, stride, padding)
    columns = im2col(x, (kernel_height, kernel_width), stride, padding)  # (N, C * kH * kW, H_out * W_out)
    output = weight.reshape(filters, -1) @ columns + bias[:, np.newaxis]  # (N, K, H_out * W_out)
    return output.reshape(len(x), filters, height, width), (columns, x.shape, weight, stride, padding)
    ### END SOLUTION


# %% [markdown] kind="hints" of="fast_conv2d_forward"
# 1. Write the shapes of the two matrices beside each other. Which of them stands on the left, so that the
#    axes that meet are the same?
# 2. `@` multiplies the matrices of each image if there is an axis of images in front; the other factor may be
#    a single matrix. Each bias belongs to a row of the product.
# 3. Flatten the weight to one row for each filter. Multiply it by the columns, and add the bias with a
#    second axis of length 1. What remains to do is to give the last axis back its height and its width.

# %% id="test-fast-conv2d-forward" kind="tests" points=1
check(
    fast_conv2d_forward,
    np.array([[[[1.0, 4.0, 2.0, 0.5], [3.0, 5.0, -2.0, 6.0], [-1.0, 2.0, 7.0, 3.0]]]]),
    np.array([[[[2.0, -1.0], [3.0, 1.0]]]]),
    np.array([10.0]),
    view=without_cache,
    expect=Forward(output=np.array([[[[22.0, 29.0, 13.5], [10.0, 35.0, 24.0]]]]), cache=ANY),
    case="one filter, two rows of places",
)
check(
    fast_conv2d_forward,
    np.array([[[[1.0, 2.0, 5.0]], [[4.0, -3.0, 2.0]]]]),
    np.array([[[[2.0, 3.0]], [[10.0, 20.0]]]]),
    np.array([7.0]),
    view=without_cache,
    expect=Forward(output=np.array([[[[-5.0, 36.0]]]]), cache=ANY),
    case="two channels",
)
check(
    fast_conv2d_forward,
    np.array([[[[1.0, 2.0, 3.0, -4.0]]], [[[5.0, -6.0, 7.0, 8.0]]]]),  # (2, 1, 1, 4)
    np.array([[[[1.0, 2.0]]], [[[-3.0, 4.0]]], [[[0.5, 6.0]]]]),  # (3, 1, 1, 2)
    np.array([10.0, 20.0, 30.0]),
    2,
    view=without_cache,
    expect=Forward(
        output=np.array(
            [
                [[[15.0, 5.0]], [[25.0, -5.0]], [[42.5, 7.5]]],
                [[[3.0, 33.0]], [[-19.0, 31.0]], [[-3.5, 81.5]]],
            ]
        ),  # (2, 3, 1, 2)
        cache=ANY,
    ),
    case="two images, three filters, stride 2",
)
check(
    fast_conv2d_forward,
    np.array([[[[2.0, -1.0, 3.0, 6.0], [4.0, 5.0, 1.0, -2.0], [7.0, 3.0, 8.0, 9.0]]]]),
    np.array([[[[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]]]]),
    np.array([10.0]),
    2,
    1,
    view=without_cache,
    expect=Forward(output=np.array([[[[26.0, -15.0], [34.0, 5.0]]]]), cache=ANY),
    case="stride 2 and padding 1",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(51)
for shape, filters, *kernel_size, stride, padding in (
    ((2, 3, 4, 6), 4, 2, 3, 1, 0),
    ((2, 3, 5, 7), 2, 3, 2, 2, 0),
    ((1, 2, 4, 6), 3, 2, 3, 1, 1),
    ((2, 1, 6, 5), 2, 3, 1, 2, 1),
    ((1, 3, 7, 8), 2, 2, 4, 3, 2),
    ((3, 2, 1, 2), 2, 3, 5, 2, 2),
):
    x, weight = generator.normal(size=shape), generator.normal(size=(filters, shape[1], *kernel_size))
    bias = generator.normal(size=filters) + 2
    output = torch.nn.functional.conv2d(*map(torch.from_numpy, (x, weight, bias)), stride, padding)
    hidden_check(
        fast_conv2d_forward,
        x,
        weight,
        bias,
        stride,
        padding,
        view=without_cache,
        expect=Forward(output.numpy(), ANY),
        case=f"images {shape}, weight {weight.shape}, stride {stride}, padding {padding}",
    )
### END HIDDEN TESTS

# %% [markdown]
# Backwards, each product of matrices becomes two: one gives the gradient of the weight, the other that of the
# columns, and `col2im` brings the latter home. The shapes alone almost tell which matrices to multiply.


# %% id="fast-conv2d-backward" kind="solution"
def fast_conv2d_backward(grad_output, cache):
    """Gradients of the loss with respect to images, filters and biases, by matrix products and col2im.

    Args:
        grad_output: array of shape (N, K, H_out, W_out), the gradient with respect to the output. It is not
            changed.
        cache: what fast_conv2d_forward returned.

    Returns:
        grad_x: array of shape (N, C, H, W), without the border.
        grad_weight: array of shape (K, C, kH, kW).
        grad_bias: array of shape (K,).
    """
    ### BEGIN SOLUTION
    columns, shape, weight, stride, padding = cache
    grad = grad_output.reshape(*grad_output.shape[:2], -1)  # (N, K, H_out * W_out)
    grad_weight = (grad @ columns.transpose(0, 2, 1)).sum(axis=0).reshape(weight.shape)
    grad_columns = weight.reshape(len(weight), -1).T @ grad  # (N, C * kH * kW, H_out * W_out)
    grad_x = col2im(grad_columns, shape, weight.shape[2:], stride, padding)
    return grad_x, grad_weight, grad.sum(axis=(0, 2))
    ### END SOLUTION


# %% [markdown] kind="hints" of="fast_conv2d_backward"
# 1. Flatten `grad_output` to the shape of the product, `(N, K, H_out * W_out)`. Over which of these axes is
#    the gradient of the weight a sum, and over which that of the columns?
# 2. For the weight, the places have to meet: the flattened gradient of each image times its columns, these
#    transposed. For the columns, the filters have to meet: the flattened weight, transposed, times the
#    gradient.
# 3. The first product has one matrix for each image; add the images up, and give the sum the weight's shape.
#    The second is a gradient in the shape of the columns, which `col2im` adds to its pixels. The bias is as
#    it was in your first backward function.

# %% id="test-fast-conv2d-backward" kind="tests" points=1
check(
    forward_then_backward(fast_conv2d_forward, fast_conv2d_backward),
    np.array([[[[1.0], [2.0], [7.0]]], [[[4.0], [-3.0], [6.0]]]]),  # (2, 1, 3, 1)
    np.array([[[[2.0]]], [[[5.0]]]]),
    np.array([7.0, 8.0]),
    grad_output=np.array(
        [[[[1.0], [10.0], [5.0]], [[4.0], [-40.0], [3.0]]], [[[2.0], [20.0], [9.0]], [[5.0], [50.0], [7.0]]]]
    ),  # (2, 2, 3, 1)
    view=only("grad_bias"),
    expect=Gradients(grad_x=ANY, grad_weight=ANY, grad_bias=np.array([47.0, 29.0])),
    case="gradient of the bias, two images and two filters",
)
check(
    forward_then_backward(fast_conv2d_forward, fast_conv2d_backward),
    np.array([[[[1.0, 2.0, 5.0], [4.0, 7.0, 3.0]]]]),
    np.array([[[[6.0, 8.0], [9.0, 3.0]]]]),
    np.array([7.0]),
    grad_output=np.array([[[[1.0, 10.0]]]]),
    view=only("grad_weight"),
    expect=Gradients(ANY, grad_weight=np.array([[[[21.0, 52.0], [74.0, 37.0]]]]), grad_bias=ANY),
    case="gradient of the weight, two places",
)
check(
    forward_then_backward(
        fast_conv2d_forward, fast_conv2d_backward, then=np.array([[[[9.0, -8.0, 0.0], [-2.0, 1.0, 6.0]]]])
    ),
    np.array([[[[1.0, 2.0, 5.0], [4.0, 7.0, 3.0]]]]),
    np.array([[[[6.0, 8.0], [9.0, 3.0]]]]),
    np.array([7.0]),
    grad_output=np.array([[[[1.0, 10.0]]]]),
    view=only("grad_weight"),
    expect=Gradients(ANY, grad_weight=np.array([[[[21.0, 52.0], [74.0, 37.0]]]]), grad_bias=ANY),
    case="gradient of the weight; in between, fast_conv2d_forward ran on another image",
)
check(
    forward_then_backward(fast_conv2d_forward, fast_conv2d_backward),
    np.array([[[[1.0, 5.0]], [[2.0, 6.0]]], [[[4.0, 8.0]], [[3.0, 7.0]]]]),  # (2, 2, 1, 2)
    np.array([[[[6.0, 1.0]], [[8.0, 4.0]]], [[[2.0, 7.0]], [[9.0, 3.0]]], [[[5.0, 2.0]], [[3.0, 6.0]]]]),
    np.array([7.0, 8.0, 9.0]),
    grad_output=np.array([[[[1.0]], [[10.0]], [[0.5]]], [[[100.0]], [[-2.0]], [[3.0]]]]),  # (2, 3, 1, 1)
    view=only("grad_weight"),
    expect=Gradients(
        grad_x=ANY,
        grad_weight=np.array(
            [
                [[[401.0, 805.0]], [[302.0, 706.0]]],
                [[[2.0, 34.0]], [[14.0, 46.0]]],
                [[[12.5, 26.5]], [[10.0, 24.0]]],
            ]
        ),  # (3, 2, 1, 2)
        grad_bias=ANY,
    ),
    case="gradient of the weight, two images, two channels, three filters",
)
check(
    forward_then_backward(fast_conv2d_forward, fast_conv2d_backward),
    np.array([[[[1.0, 2.0, 5.0], [4.0, 7.0, 3.0]]]]),
    np.array([[[[6.0, 8.0], [9.0, 3.0]]]]),
    np.array([7.0]),
    grad_output=np.array([[[[1.0, 10.0]]]]),
    view=only("grad_x"),
    expect=Gradients(
        grad_x=np.array([[[[6.0, 68.0, 80.0], [9.0, 93.0, 30.0]]]]), grad_weight=ANY, grad_bias=ANY
    ),
    case="gradient of the images, two windows that overlap",
)
check(
    forward_then_backward(fast_conv2d_forward, fast_conv2d_backward),
    np.array([[[[1.0, 2.0]], [[4.0, 3.0]], [[5.0, 7.0]]]]),
    np.array([[[[6.0]], [[8.0]], [[9.0]]], [[[2.0]], [[1.0]], [[3.0]]]]),
    np.array([7.0, -8.0]),
    grad_output=np.array([[[[1.0, 10.0]], [[100.0, 1000.0]]]]),
    view=only("grad_x"),
    expect=Gradients(
        grad_x=np.array([[[[206.0, 2060.0]], [[108.0, 1080.0]], [[309.0, 3090.0]]]]),
        grad_weight=ANY,
        grad_bias=ANY,
    ),
    case="gradient of the images, three channels and two filters",
)
check(
    forward_then_backward(fast_conv2d_forward, fast_conv2d_backward),
    np.array([[[[2.0, 1.0, 4.0], [3.0, 5.0, 6.0]]]]),  # (1, 1, 2, 3)
    np.array([[[[1.0, 4.0], [7.0, 9.0], [3.0, 8.0]]]]),  # (1, 1, 3, 2)
    np.array([7.0]),
    stride=2,
    padding=1,
    grad_output=np.array([[[[1.0, 10.0]]]]),  # (1, 1, 1, 2)
    view=only("grad_x"),
    expect=Gradients(
        grad_x=np.array([[[[9.0, 70.0, 90.0], [8.0, 30.0, 80.0]]]]), grad_weight=ANY, grad_bias=ANY
    ),
    case="gradient of the images, stride 2 and padding 1",
)
### BEGIN HIDDEN TESTS
for sizes in HIDDEN_SIZES:
    x, weight, bias, grad_output = hidden_example(*sizes)
    stride, padding = sizes[-2:]
    example = f"x {x.shape}, weight {weight.shape}, stride {stride}, padding {padding}"
    hidden_check(
        forward_then_backward(fast_conv2d_forward, fast_conv2d_backward),
        x,
        weight,
        bias,
        stride=stride,
        padding=padding,
        grad_output=grad_output,
        expect=gradients_by_torch(x, weight, bias, grad_output, stride, padding),
        case=f"all gradients, {example}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 7. And if a filter sees one pixel only?
#
# A filter of 1 by 1 has no neighbours to look at. At each pixel it takes a weighted sum of the channels, the
# same everywhere. The windows *are* the pixels, so nothing has to be copied: flatten the maps, and multiply.


# %% id="conv1x1" kind="solution"
def conv1x1(x, weight, bias):
    """Mix the channels at each pixel, by a matrix product.

    Args:
        x: array of shape (N, C, H, W). It is not changed.
        weight: array of shape (K, C, 1, 1). It is not changed.
        bias: array of shape (K,). It is not changed.

    Returns:
        Array of shape (N, K, H, W). There is no cache this time.
    """
    ### BEGIN SOLUTION
    n, c, height, width = x.shape
    output = weight.reshape(len(weight), c) @ x.reshape(n, c, height * width)  # (N, K, H * W)
    return (output + bias[:, np.newaxis]).reshape(n, len(weight), height, width)
    ### END SOLUTION


# %% [markdown] kind="hints" of="conv1x1"
# 1. At one pixel, `C` numbers go in and `K` come out. Which layer does that, and what is the shape of its
#    weight?
# 2. Drop the two axes of length 1 from the weight, and join the rows and columns of the maps into one axis.
#    Which of the two matrices stands on the left?
# 3. `(K, C)` times `(N, C, H * W)` gives `(N, K, H * W)`. The bias needs an axis for the pixels; the result
#    needs its rows and columns back.

# %% id="test-conv1x1" kind="tests" points=1
check(
    conv1x1,
    np.array([[[[1.0, 2.0, 4.0]], [[3.0, -5.0, 0.5]], [[6.0, 4.0, 7.0]]]]),  # (1, 3, 1, 3)
    np.array([[[[1.0]], [[10.0]], [[100.0]]], [[[2.0]], [[-3.0]], [[4.0]]]]),  # (2, 3, 1, 1)
    np.array([0.5, 10.0]),
    expect=np.array([[[[631.5, 352.5, 709.5]], [[27.0, 45.0, 44.5]]]]),
    case="three channels, two filters",
)
check(
    conv1x1,
    np.array([[[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 9.0]]]]),  # (1, 2, 2, 2)
    np.array([[[[1.0]], [[10.0]]], [[[-2.0]], [[3.0]]]]),  # (2, 2, 1, 1)
    np.array([100.0, -200.0]),
    expect=np.array([[[[151.0, 162.0], [173.0, 194.0]], [[-187.0, -186.0], [-185.0, -181.0]]]]),
    case="two channels, two filters",
)
check(
    conv1x1,
    np.array([[[[1.0], [2.0]]], [[[4.0], [-3.0]]]]),  # (2, 1, 2, 1)
    np.array([[[[2.0]]], [[[5.0]]], [[[10.0]]]]),  # (3, 1, 1, 1)
    np.array([1.0, 20.0, 300.0]),
    expect=np.array(
        [
            [[[3.0], [5.0]], [[25.0], [30.0]], [[310.0], [320.0]]],
            [[[9.0], [-5.0]], [[40.0], [5.0]], [[340.0], [270.0]]],
        ]
    ),  # (2, 3, 2, 1)
    case="two images, three filters",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(61)
for shape, filters in (
    ((1, 1, 1, 1), 1),
    ((2, 3, 4, 5), 2),
    ((3, 2, 1, 6), 4),
    ((1, 4, 5, 2), 4),
    ((4, 3, 2, 3), 3),
):
    x, weight = generator.normal(size=shape), generator.normal(size=(filters, shape[1], 1, 1))
    bias = generator.normal(size=filters) + 2
    hidden_check(
        conv1x1,
        x,
        weight,
        bias,
        expect=torch.nn.functional.conv2d(*map(torch.from_numpy, (x, weight, bias))).numpy(),
        case=f"images {shape}, {filters} filters of 1 by 1",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 8. A photograph, and a clock
#
# `tower.txt` is a part of the photograph that the chapter works on: *china.jpg* by Flickr user danielbuechele
# (CC BY 2.0), as scikit-learn ships it; here it is cut out and shrunk to 64 by 64 pixels. Its numbers go from
# 0 to 255, first all of red, then green, then blue.

# %% id="photo" kind="setup" capstone=true
import time

import matplotlib.pyplot as plt

photo = np.loadtxt("tower.txt").reshape(1, 3, 64, 64) / 255  # (N, C, H, W), from 0 to 1


def seconds_of(function, *arguments, repeats=1):
    """What `function(*arguments)` returns, and the seconds of its shortest run."""
    runs = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = function(*arguments)
        runs.append(time.perf_counter() - start)
    return result, min(runs)


def one_by_one(pairs):
    """Add up `pairs` products, one after another."""
    numbers, total = np.linspace(0.0, 1.0, pairs), 0.0
    for place in range(pairs):
        total += numbers[place] * numbers[-place]
    return total


# %% [markdown]
# First colours. A convolution of 1 by 1 with positive weights makes a grey picture. Then four filters of 3 by
# 3 on all three channels. Three of them treat the channels alike: one answers where bright stands beside
# dark, one where bright lies above dark, and one takes the mean. The last one asks how much redder a place is
# than it is green and blue. Which parts of the tower will stand out in which map?

# %% id="filters" kind="run" capstone=true
grey = conv1x1(photo, np.array([[[[0.3]], [[0.6]], [[0.1]]]]), np.zeros(1))  # (1, 1, 64, 64)

alike = np.ones((3, 1, 1)) / 3  # for the three channels
side_by_side = alike * np.array([[1.0, 0.0, -1.0]] * 3)  # (C, kH, kW)
bank = np.stack(
    [
        side_by_side,
        side_by_side.transpose(0, 2, 1),
        alike * np.full((3, 3), 1 / 9),
        np.array([1.0, -0.5, -0.5]).reshape(3, 1, 1) * np.full((3, 3), 1 / 9),
    ]
)  # (K, C, kH, kW)
maps = fast_conv2d_forward(photo, bank, np.zeros(4), 1, 1)[0]  # (1, 4, 64, 64)

figure, axes = plt.subplots(2, 3, figsize=(7, 5))
axes[0, 0].imshow(photo[0].transpose(1, 2, 0))
axes[0, 1].imshow(grey[0, 0], cmap="gray")
for panel, answers in zip(axes.flat[2:], maps[0], strict=True):
    limit = np.abs(answers).max()
    panel.imshow(answers, cmap="PuOr", vmin=-limit, vmax=limit)
titles = ("photo", "grey", "bright beside dark", "bright above dark", "mean", "red")
for panel, title in zip(axes.flat, titles, strict=True):
    panel.set_title(title, fontsize=9)
    panel.set_axis_off()

# %% [markdown]
# Purple is positive and orange negative. The two edge filters find different edges in the same pixels. And
# look at the left and right rim of the first of them. The photograph has no edge there; what does the filter
# see?
#
# Now the clock. 32 filters of 3 by 3 on the photograph are 3.5 million products. Three ways to work them out:
# one product after another in Python, only to know how long that takes (a tenth of them is timed, and counted
# ten times); your loops; and your matrix product. All three take the same number of multiplications. Guess
# the times before you run the cell. (It takes a second, or half a minute, as your loops are written.)

# %% id="clock" kind="run" capstone=true
generator = np.random.default_rng(0)
many, biases = generator.normal(size=(32, 3, 3, 3)), generator.normal(size=32)
grad_maps = generator.normal(size=(1, 32, 64, 64))

seconds = {}
_, tenth = seconds_of(one_by_one, grad_maps.size * many[0].size // 10)
seconds["one by one"] = 10 * tenth
(slow_maps, cache), seconds["loops"] = seconds_of(conv2d_forward, photo, many, biases, 1, 1)
slow_gradients, seconds["loops, backward"] = seconds_of(conv2d_backward, grad_maps, cache)
(fast_maps, cache), seconds["im2col"] = seconds_of(fast_conv2d_forward, photo, many, biases, 1, 1, repeats=3)
fast_gradients, seconds["im2col, backward"] = seconds_of(fast_conv2d_backward, grad_maps, cache, repeats=3)

for name, time_taken in seconds.items():
    print(f"{name:17} {1000 * time_taken:8.1f} ms")
print(f"im2col is {seconds['loops'] / seconds['im2col']:.0f} times as fast as your loops,")
print(f"backward {seconds['loops, backward'] / seconds['im2col, backward']:.0f} times.")

pairs = zip((slow_maps, *slow_gradients), (fast_maps, *fast_gradients), strict=True)
disagreement = max(np.abs(slow - fast).max() for slow, fast in pairs)
print(f"The two ways differ by {disagreement:.0e} at most.")
print(f"numbers in the photo: {photo.size:,}, in its columns: {im2col(photo, (3, 3), 1, 1).size:,}")

# %% id="test-photo" kind="tests" points=1 of="fast_conv2d_forward" capstone=true
try:
    measured = (grey, bank, maps, seconds, disagreement)
except NameError as missing:
    raise AssertionError(f"{missing}: first run the two cells above; they need all functions.") from None
assert grey.shape == (1, 1, 64, 64), f"The grey picture should be (1, 1, 64, 64); got {grey.shape}."
assert abs(grey.mean() - 0.279) < 0.002, (
    f"The grey picture should have the mean 0.279; got {grey.mean():.3f}. Look at conv1x1 again."
)
assert maps.shape == (1, 4, 64, 64), f"The four maps should be (1, 4, 64, 64); got {maps.shape}."
strength = np.abs(maps[0, :, :, 2:62]).mean(axis=2)  # of each filter, in each row
assert strength[0, 35:42].mean() > 5 * strength[1, 35:42].mean(), (
    "Where the columns stand, rows 35 to 41, the filter for bright beside dark should answer most."
)
assert strength[1, 52:56].mean() > 2 * strength[0, 52:56].mean(), (
    "Where the beams lie, rows 52 to 55, the filter for bright above dark should answer most."
)
assert maps[0, 3, 44:52, 2:62].mean() > 0.05 > maps[0, 3, 20:34, 2:8].mean(), (
    "The red columns should stand out in the last map, and the sky should not."
)
assert disagreement < 1e-9, f"Loops and im2col should give the same; they differ by {disagreement:.1e}."
assert 3 * seconds["im2col"] < seconds["one by one"], (
    "A matrix product should take much less time than its products one after another; "
    f"got {seconds['im2col']:.3f} s and {seconds['one by one']:.3f} s. "
    "Does fast_conv2d_forward still go over all places and filters?"
)
### BEGIN HIDDEN TESTS
import torch

picture = torch.from_numpy(photo)
mixed = torch.tensordot(torch.tensor([0.3, 0.6, 0.1], dtype=torch.float64), picture[0], 1)
assert np.allclose(grey[0, 0], mixed.numpy()), "The grey picture is not the right mixture of the colours."
expected = torch.nn.functional.conv2d(picture, torch.from_numpy(bank), padding=1)
assert np.allclose(maps, expected.numpy()), "The four maps are not those of the four filters."
### END HIDDEN TESTS

# %% [markdown]
# The columns hold 9 times as many numbers as the photograph: a pixel is copied into each of the 9 windows
# that it lies in. That is the price of the speed: memory. Libraries therefore have other ways as well, and
# choose by the sizes which one to take.
#
# How does the speed-up change with filters of 1 by 1, with only one filter, with a smaller photograph? Change
# the sizes in the cell, and guess first.
