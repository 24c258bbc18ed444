"""Known wrong ways to write the functions of this exercise."""

import numpy as np

from layerbook.misconceptions import misconception


def _pad(x, padding, value=-np.inf):
    """Each map in a frame."""
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), constant_values=value)


def _size(x, kernel_size, stride):
    """Height and width of the output."""
    return (x.shape[2] - kernel_size) // stride + 1, (x.shape[3] - kernel_size) // stride + 1


def _windows(x, kernel_size, stride):
    """All windows, (N, C, H_out, W_out, kernel_size, kernel_size)."""
    views = np.lib.stride_tricks.sliding_window_view(x, (kernel_size, kernel_size), axis=(2, 3))
    return views[:, :, ::stride, ::stride]


def _cut(grad_padded, padding):
    """The gradient without the frame."""
    height, width = grad_padded.shape[2:]
    return grad_padded[:, :, padding : height - padding, padding : width - padding]


# relu_forward


@misconception(of="relu_forward", read="pooling.md#relu-activation")
def callers_map_changed(x):
    """The caller's feature map is changed. `x[x < 0] = 0` writes into it; make a new array."""
    x[x < 0] = 0.0
    return x, x


@misconception(of="relu_forward", read="pooling.md#relu-activation")
def signs_dropped(x):
    """Negative numbers become positive. ReLU does not drop the sign: it puts 0 in their place."""
    return np.abs(x), x


@misconception(of="relu_forward", read="pooling.md#relu-activation")
def negatives_kept(x):
    """The wrong half is kept. ReLU is the larger of x and 0: positive numbers stay."""
    return np.minimum(x, 0.0), x


@misconception(of="relu_forward", read="pooling.md#relu-activation")
def maximum_along_an_axis(x):
    """The largest number along an axis is taken. The second argument of `np.max` is an axis; `np.maximum`
    compares place by place.
    """
    return np.max(x, 0), x


@misconception(of="relu_forward", read="pooling.md#relu-activation")
def zeros_and_ones(x):
    """Everything positive becomes 1. That is the slope of ReLU; its output keeps positive numbers as they
    are.
    """
    return (x > 0).astype(float), x


@misconception(of="relu_forward", read="pooling.md#relu-activation")
def positives_picked_out(x):
    """The negative numbers are left out. `x[x > 0]` is a flat list; each number keeps its place."""
    return x[x > 0], x


@misconception(of="relu_forward", read="pooling.md#relu-activation")
def leaky(x):
    """Negative numbers are only made small. That is the leaky variant; ReLU makes them 0."""
    return np.where(x > 0, x, 0.01 * x), x


@misconception(of="relu_forward", read="pooling.md#relu-activation")
def capped_at_one(x):
    """Numbers above 1 are cut to 1. ReLU has no upper end."""
    return np.clip(x, 0.0, 1.0), x


@misconception(of="relu_forward", read="pooling.md#relu-activation")
def relu_without_cache(x):
    """Only the output is returned. A forward function returns two values, output and cache."""
    return np.maximum(x, 0.0)


# relu_backward


@misconception(of="relu_backward", read="pooling.md#relu-activation")
def sign_of_the_gradient(grad_output, cache):
    """The sign of `grad_output` decides what passes. It is the sign of the input that does; a negative
    gradient passes as well.
    """
    return np.maximum(grad_output, 0.0)


@misconception(of="relu_backward", read="pooling.md#relu-activation")
def both_signs_asked(grad_output, cache):
    """Negative gradients are stopped too. Only the sign of the input decides what passes."""
    return np.maximum(grad_output, 0.0) * (cache > 0)


@misconception(of="relu_backward", read="pooling.md#relu-activation")
def zero_passes(grad_output, cache):
    """The gradient passes where the input is exactly 0. There the slope is taken to be 0: ask `> 0`, not `>=
    0`.
    """
    return grad_output * (cache >= 0)


@misconception(of="relu_backward", read="pooling.md#relu-activation")
def slope_only(grad_output, cache):
    """The slope is returned, 0 or 1. The chain rule multiplies it by `grad_output`."""
    return (cache > 0).astype(float)


@misconception(of="relu_backward", read="pooling.md#relu-activation")
def everything_passes(grad_output, cache):
    """Every gradient passes. Where the input was below 0, the slope is 0 and nothing passes. (A mask `output
    >= 0` is true everywhere; ask `> 0`.)
    """
    return grad_output.copy()


@misconception(of="relu_backward", read="pooling.md#relu-activation")
def mask_turned_round(grad_output, cache):
    """The wrong half passes. The gradient goes where the input was above 0."""
    return grad_output * (cache <= 0)


@misconception(of="relu_backward", read="pooling.md#relu-activation")
def callers_gradient_changed(grad_output, cache):
    """The caller's gradient is changed. `grad_output[...] = 0` writes into it; make a new array."""
    grad_output[cache <= 0] = 0.0
    return grad_output


@misconception(of="relu_backward", read="pooling.md#relu-activation")
def leaky_gradient(grad_output, cache):
    """A small slope is left for negative inputs. That is the leaky variant; here the slope is 0."""
    return np.where(cache > 0, grad_output, 0.01 * grad_output)


@misconception(of="relu_backward", read="pooling.md#relu-activation")
def passing_gradients_picked_out(grad_output, cache):
    """The stopped gradients are left out. Each number keeps its place, and the map its shape."""
    return grad_output[cache > 0]


@misconception(of="relu_backward", read="pooling.md#relu-activation")
def times_the_output(grad_output, cache):
    """The gradient is multiplied by the output of ReLU. The slope of ReLU is 1 where the input was above 0,
    not the number itself.
    """
    return grad_output * np.maximum(cache, 0.0)


# max_pool_forward


@misconception(of="max_pool_forward", read="pooling.md#pooling-windows")
def stride_taken_for_the_window(x, kernel_size, stride, padding=0):
    """The windows are as large as the stride. Their height and width is `kernel_size`; the stride only says
    where the next one begins.
    """
    padded = _pad(x, padding)
    height, width = _size(padded, kernel_size, stride)
    output = np.zeros((*x.shape[:2], height, width))
    for i in range(height):
        for j in range(width):
            window = padded[:, :, i * stride : i * stride + stride, j * stride : j * stride + stride]
            output[:, :, i, j] = window.max(axis=(2, 3))
    return output, (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#pooling-windows")
def windows_always_touch(x, kernel_size, stride, padding=0):
    """The next window begins where the last one ended. It begins `stride` further, so windows may overlap or
    leave gaps.
    """
    padded = _pad(x, padding)
    output = _windows(padded, kernel_size, kernel_size).max(axis=(4, 5))
    return output, (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#pooling-windows")
def windows_one_apart(x, kernel_size, stride, padding=0):
    """The windows begin one apart, as if the stride were 1. Window i begins at row i times the stride."""
    padded = _pad(x, padding)
    height, width = _size(padded, kernel_size, stride)
    output = np.zeros((*x.shape[:2], height, width))
    for i in range(height):
        for j in range(width):
            output[:, :, i, j] = padded[:, :, i : i + kernel_size, j : j + kernel_size].max(axis=(2, 3))
    return output, (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#max-pooling")
def mean_for_maximum(x, kernel_size, stride, padding=0):
    """The mean of each window is taken. Max pooling keeps its largest number."""
    padded = _pad(x, padding, 0.0)
    return _windows(padded, kernel_size, stride).mean(axis=(4, 5)), (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#max-pooling")
def smallest_kept(x, kernel_size, stride, padding=0):
    """The smallest number of each window is kept. Max pooling keeps the largest."""
    padded = _pad(x, padding, np.inf)
    return _windows(padded, kernel_size, stride).min(axis=(4, 5)), (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#max-pooling")
def largest_size_kept(x, kernel_size, stride, padding=0):
    """The number that is furthest from 0 is kept. The largest number is asked: -1 is larger than -4."""
    padded = _pad(x, padding, 0.0)
    flat = _windows(padded, kernel_size, stride)
    flat = flat.reshape(*flat.shape[:4], -1)
    output = np.take_along_axis(flat, np.abs(flat).argmax(axis=4)[..., None], axis=4)[..., 0]
    return output, (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#max-pooling")
def search_begins_at_zero(x, kernel_size, stride, padding=0):
    """Windows of negative numbers give 0. The search for the largest begins at 0; begin with the window's
    first number, or with minus infinity.
    """
    padded = _pad(x, padding)
    output = np.maximum(_windows(padded, kernel_size, stride).max(axis=(4, 5)), 0.0)
    return output, (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#max-pooling")
def channels_pooled_too(x, kernel_size, stride, padding=0):
    """The channels are mixed. Each channel is pooled for itself: the maximum runs over the window's rows and
    columns only.
    """
    padded = _pad(x, padding)
    output = _windows(padded, kernel_size, stride).max(axis=(1, 4, 5), keepdims=True)[..., 0, 0]
    return np.repeat(output, x.shape[1], axis=1), (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#max-pooling")
def images_pooled_too(x, kernel_size, stride, padding=0):
    """The images, or images and channels, are mixed. `window.max()` without axes is one number for all of
    them; each map is pooled for itself.
    """
    padded = _pad(x, padding)
    height, width = _size(padded, kernel_size, stride)
    output = np.zeros((*x.shape[:2], height, width))
    for i in range(height):
        for j in range(width):
            top, left = i * stride, j * stride
            output[:, :, i, j] = padded[:, :, top : top + kernel_size, left : left + kernel_size].max()
    return output, (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#max-pooling")
def channels_taken_to_come_last(x, kernel_size, stride, padding=0):
    """The axes are taken for (N, H, W, C). Here they are (N, C, H, W): rows and columns come last."""
    n, height, width, c = x.shape
    size = (height - kernel_size) // stride + 1, (width - kernel_size) // stride + 1
    output = np.zeros((n, max(size[0], 0), max(size[1], 0), c))
    for i in range(size[0]):
        for j in range(size[1]):
            top, left = i * stride, j * stride
            output[:, i, j] = x[:, top : top + kernel_size, left : left + kernel_size].max(axis=(1, 2))
    return output, (_pad(x, padding), kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#pooling-windows")
def one_window_short(x, kernel_size, stride, padding=0):
    """The last window is missing in each direction. From the first to the last there are (H - kernel_size) //
    stride steps, so there is one window more than steps.
    """
    padded = _pad(x, padding)
    output = _windows(padded, kernel_size, stride).max(axis=(4, 5))[:, :, :-1, :-1]
    return output, (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#pooling-windows")
def size_divided_by_the_stride(x, kernel_size, stride, padding=0):
    """The output has H // stride rows, which is right only if windows touch and all fit. The window's size
    counts too: (H - kernel_size) // stride + 1.
    """
    padded = _pad(x, padding)
    height, width = padded.shape[2] // stride, padded.shape[3] // stride
    output = np.zeros((*x.shape[:2], height, width))
    for i in range(height):
        for j in range(width):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + kernel_size, left : left + kernel_size]
            output[:, :, i, j] = window.max(axis=(2, 3))
    return output, (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#pooling-windows")
def windows_begin_anywhere(x, kernel_size, stride, padding=0):
    """A window begins at every `stride`-th row and column, also where it does not fit. Windows that would
    reach over the edge are left out.
    """
    padded = _pad(x, padding)
    rows, columns = range(0, padded.shape[2], stride), range(0, padded.shape[3], stride)
    output = np.zeros((*x.shape[:2], len(rows), len(columns)))
    for i, top in enumerate(rows):
        for j, left in enumerate(columns):
            window = padded[:, :, top : top + kernel_size, left : left + kernel_size]
            output[:, :, i, j] = window.max(axis=(2, 3))
    return output, (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#pooling-windows")
def loops_over_the_input(x, kernel_size, stride, padding=0):
    """The loops run over the rows and columns of the input, and leave the output when they pass its size.
    Loop over the output, and compute where each window begins.
    """
    padded = _pad(x, padding)
    height, width = _size(padded, kernel_size, stride)
    output = np.zeros((*x.shape[:2], height, width))
    for i in range(x.shape[2]):
        for j in range(x.shape[3]):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + kernel_size, left : left + kernel_size]
            output[:, :, i, j] = window.max(axis=(2, 3))
    return output, (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#pooling-windows")
def edges_must_fit(x, kernel_size, stride, padding=0):
    """Maps that the windows do not fill crash it. A reshape into blocks needs sizes that can be divided by
    the window's; the rows and columns left over are to be dropped.
    """
    padded = _pad(x, padding)
    n, c, height, width = padded.shape
    blocks = padded.reshape(n, c, height // kernel_size, kernel_size, width // kernel_size, kernel_size)
    return blocks.max(axis=(3, 5)), (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#pooling-windows")
def height_for_both(x, kernel_size, stride, padding=0):
    """The maps are taken to be square. Rows are counted by H, columns by W."""
    padded = _pad(x, padding)
    height, _ = _size(padded, kernel_size, stride)
    output = np.zeros((*x.shape[:2], height, height))
    for i in range(height):
        for j in range(height):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + kernel_size, left : left + kernel_size]
            output[:, :, i, j] = window.max(axis=(2, 3))
    return output, (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#pooling-windows")
def height_and_width_swapped(x, kernel_size, stride, padding=0):
    """Height and width are swapped in the output. It is (N, C, H_out, W_out)."""
    padded = _pad(x, padding)
    output = _windows(padded, kernel_size, stride).max(axis=(4, 5)).swapaxes(2, 3)
    return output, (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#pooling-windows")
def window_one_short(x, kernel_size, stride, padding=0):
    """The last row and column of each window are missing. A slice leaves out its end, so it ends at the
    beginning plus `kernel_size`, not one before.
    """
    padded = _pad(x, padding)
    inner = _windows(padded, kernel_size, stride)[..., : kernel_size - 1, : kernel_size - 1]
    return inner.max(axis=(4, 5)), (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#pooling-padding")
def zeros_win(x, kernel_size, stride, padding=0):
    """The frame of zeros wins against negative numbers. Pad with minus infinity, which never wins."""
    padded = _pad(x, padding, 0.0)
    return _windows(padded, kernel_size, stride).max(axis=(4, 5)), (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#pooling-padding")
def frame_wins_far_below_zero(x, kernel_size, stride, padding=0):
    """The frame is filled with a number far below 0, and a map may hold smaller ones. Only minus infinity is
    below all.
    """
    padded = _pad(x, padding, -1e9)
    return _windows(padded, kernel_size, stride).max(axis=(4, 5)), (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#pooling-padding")
def padding_forgotten(x, kernel_size, stride, padding=0):
    """The padding is not used. A frame of that width goes around each map before the windows are placed."""
    output = _windows(x, kernel_size, stride).max(axis=(4, 5))
    return output, (_pad(x, padding), kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#pooling-padding")
def frame_on_two_sides(x, kernel_size, stride, padding=0):
    """The frame is on two sides only, below and on the right. It goes around all four."""
    below = ((0, 0), (0, 0), (0, padding), (0, padding))
    padded = np.pad(x, below, constant_values=-np.inf)
    output = _windows(padded, kernel_size, stride).max(axis=(4, 5))
    return output, (_pad(x, padding), kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#pooling-padding")
def frame_around_images_and_channels(x, kernel_size, stride, padding=0):
    """Images and channels are padded as well. `np.pad(x, padding)` pads every axis; give it a pair for each
    axis, (0, 0) for the first two.
    """
    padded = np.pad(x, padding)
    return _windows(padded, kernel_size, stride).max(axis=(4, 5)), (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#pooling-padding")
def edge_repeated_in_the_frame(x, kernel_size, stride, padding=0):
    """The frame repeats numbers of the map, by the modes "edge" or "reflect". It is empty: no number of it is
    ever the largest.
    """
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), mode="reflect")
    return _windows(padded, kernel_size, stride).max(axis=(4, 5)), (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#pooling-padding")
def size_without_padding(x, kernel_size, stride, padding=0):
    """The output's size is computed without the frame, so windows at the lower and right edges are missing.
    The frame makes the map 2 * padding larger.
    """
    padded = _pad(x, padding)
    height, width = _size(x, kernel_size, stride)
    output = _windows(padded, kernel_size, stride).max(axis=(4, 5))[:, :, :height, :width]
    return output, (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#pooling-windows")
def steps_over_the_input(x, kernel_size, stride, padding=0):
    """The loops step over the rows and columns of the input, so they also meet places where no window fits,
    and leave the output. Loop over the output, and compute where each window begins.
    """
    padded = _pad(x, padding)
    height, width = padded.shape[2:]
    output = np.zeros((*x.shape[:2], height // stride, width // stride))
    for top in range(0, height, stride):
        for left in range(0, width, stride):
            window = padded[:, :, top : top + kernel_size, left : left + kernel_size]
            output[:, :, top // stride, left // stride] = window.max(axis=(2, 3))
    return output, (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#pooling-windows")
def size_that_is_no_whole_number(x, kernel_size, stride, padding=0):
    """The output's size is not a whole number. `/` always gives a float, also where nothing is left over; a
    size needs `//`.
    """
    padded = _pad(x, padding)
    height = (padded.shape[2] - kernel_size) / stride + 1
    width = (padded.shape[3] - kernel_size) / stride + 1
    return np.zeros((*x.shape[:2], height, width)), (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#pooling-padding")
def frame_in_the_way(x, kernel_size, stride, padding=0):
    """The padded map does not fit. `np.pad(x, padding)` pads images and channels as well; give `np.pad` a
    pair for each axis, (0, 0) for the first two.
    """
    padded = np.pad(x, padding)
    height, width = _size(_pad(x, padding), kernel_size, stride)
    output = np.zeros((*x.shape[:2], height, width))
    for i in range(height):
        for j in range(width):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + kernel_size, left : left + kernel_size]
            output[:, :, i, j] = window.max(axis=(2, 3))
    return output, (padded, kernel_size, stride, padding)


@misconception(of="max_pool_forward", read="pooling.md#max-pooling")
def max_pool_without_cache(x, kernel_size, stride, padding=0):
    """Only the output is returned. A forward function returns two values, output and cache."""
    return _windows(_pad(x, padding), kernel_size, stride).max(axis=(4, 5))


# max_pool_backward


def _winner(padded, kernel_size, stride, place):
    """Row and column of the first largest number of one window."""
    n, c, i, j = place
    top, left = i * stride, j * stride
    window = padded[n, c, top : top + kernel_size, left : left + kernel_size]
    row, column = divmod(int(window.argmax()), kernel_size)
    return top + row, left + column


@misconception(of="max_pool_backward", read="pooling.md#pooling-gradient-max")
def overwritten_where_windows_overlap(grad_output, cache):
    """Overlapping windows overwrite each other. `=` keeps only the gradient of the last window that a number
    wins; with `+=` they add up.
    """
    padded, kernel_size, stride, padding = cache
    grad_padded = np.zeros(padded.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        row, column = _winner(padded, kernel_size, stride, (n, c, i, j))
        grad_padded[n, c, row, column] = grad_output[n, c, i, j]
    return _cut(grad_padded, padding)


@misconception(of="max_pool_backward", read="pooling.md#pooling-gradient-max")
def whole_window_overwritten(grad_output, cache):
    """Overlapping windows overwrite each other. Assigning mask times gradient to the whole window also puts
    zeros where an earlier window had put a gradient; add instead.
    """
    padded, kernel_size, stride, padding = cache
    grad_padded = np.zeros(padded.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        row, column = _winner(padded, kernel_size, stride, (n, c, i, j))
        top, left = i * stride, j * stride
        grad_padded[n, c, top : top + kernel_size, left : left + kernel_size] = 0.0
        grad_padded[n, c, row, column] = grad_output[n, c, i, j]
    return _cut(grad_padded, padding)


@misconception(of="max_pool_backward", read="pooling.md#pooling-gradient-max")
def all_ties_get_it(grad_output, cache):
    """All of several equal numbers get the gradient. A mask `window == window.max()` is true for each of
    them; only the first in row order gets it.
    """
    padded, kernel_size, stride, padding = cache
    grad_padded = np.zeros(padded.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        here = slice(i * stride, i * stride + kernel_size), slice(j * stride, j * stride + kernel_size)
        window = padded[n, c][here]
        grad_padded[n, c][here] += (window == window.max()) * grad_output[n, c, i, j]
    return _cut(grad_padded, padding)


@misconception(of="max_pool_backward", read="pooling.md#pooling-gradient-max")
def ties_share_it(grad_output, cache):
    """Equal numbers share the gradient. That would be a gradient too, but here, as in PyTorch, the first in
    row order gets all of it.
    """
    padded, kernel_size, stride, padding = cache
    grad_padded = np.zeros(padded.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        here = slice(i * stride, i * stride + kernel_size), slice(j * stride, j * stride + kernel_size)
        mask = padded[n, c][here] == padded[n, c][here].max()
        grad_padded[n, c][here] += mask * grad_output[n, c, i, j] / mask.sum()
    return _cut(grad_padded, padding)


@misconception(of="max_pool_backward", read="pooling.md#pooling-gradient-max")
def last_tie_gets_it(grad_output, cache):
    """The last of several equal numbers gets the gradient. A search with `>=` goes on to equal numbers; the
    first in row order counts, which is a search with `>`.
    """
    padded, kernel_size, stride, padding = cache
    grad_padded = np.zeros(padded.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        top, left = i * stride, j * stride
        window = padded[n, c, top : top + kernel_size, left : left + kernel_size]
        last = window.size - 1 - int(window[::-1, ::-1].argmax())
        grad_padded[n, c, top + last // kernel_size, left + last % kernel_size] += grad_output[n, c, i, j]
    return _cut(grad_padded, padding)


@misconception(of="max_pool_backward", read="pooling.md#pooling-gradient-max")
def first_tie_in_column_order(grad_output, cache):
    """Of several equal numbers, the first in column order gets the gradient. Row order is asked: the top row
    from left to right, then the next.
    """
    padded, kernel_size, stride, padding = cache
    grad_padded = np.zeros(padded.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        top, left = i * stride, j * stride
        window = padded[n, c, top : top + kernel_size, left : left + kernel_size]
        column, row = divmod(int(window.T.argmax()), kernel_size)
        grad_padded[n, c, top + row, left + column] += grad_output[n, c, i, j]
    return _cut(grad_padded, padding)


@misconception(of="max_pool_backward", read="pooling.md#pooling-gradient-max")
def times_the_maximum(grad_output, cache):
    """The gradient is multiplied by the largest number. The output *is* that number, so the slope is 1, not
    the number itself.
    """
    padded, kernel_size, stride, padding = cache
    grad_padded = np.zeros(padded.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        row, column = _winner(padded, kernel_size, stride, (n, c, i, j))
        grad_padded[n, c, row, column] += grad_output[n, c, i, j] * padded[n, c, row, column]
    return _cut(grad_padded, padding)


@misconception(of="max_pool_backward", read="pooling.md#pooling-gradient-max")
def winners_marked(grad_output, cache):
    """The largest numbers are marked with 1. Each gets the gradient of its window instead."""
    padded, kernel_size, stride, padding = cache
    grad_padded = np.zeros(padded.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        row, column = _winner(padded, kernel_size, stride, (n, c, i, j))
        grad_padded[n, c, row, column] += 1.0
    return _cut(grad_padded, padding)


@misconception(of="max_pool_backward", read="pooling.md#pooling-gradient-max")
def whole_window_gets_it(grad_output, cache):
    """Every number of the window gets the gradient. Only the largest reached the output; the others get 0."""
    padded, kernel_size, stride, padding = cache
    grad_padded = np.zeros(padded.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        top, left = i * stride, j * stride
        here = grad_padded[n, c, top : top + kernel_size, left : left + kernel_size]
        here += grad_output[n, c, i, j]
    return _cut(grad_padded, padding)


@misconception(of="max_pool_backward", read="pooling.md#pooling-gradient-max")
def shared_as_in_average_pooling(grad_output, cache):
    """The gradient is shared by the whole window. That is average pooling; here the largest number gets all
    of it.
    """
    padded, kernel_size, stride, padding = cache
    grad_padded = np.zeros(padded.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        top, left = i * stride, j * stride
        here = grad_padded[n, c, top : top + kernel_size, left : left + kernel_size]
        here += grad_output[n, c, i, j] / kernel_size**2
    return _cut(grad_padded, padding)


@misconception(of="max_pool_backward", read="pooling.md#pooling-gradient-max")
def winner_divided_by_the_window(grad_output, cache):
    """The gradient is divided by the numbers of the window. Nothing was averaged: the largest number gets all
    of it.
    """
    padded, kernel_size, stride, padding = cache
    grad_padded = np.zeros(padded.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        row, column = _winner(padded, kernel_size, stride, (n, c, i, j))
        grad_padded[n, c, row, column] += grad_output[n, c, i, j] / kernel_size**2
    return _cut(grad_padded, padding)


@misconception(of="max_pool_backward", read="pooling.md#pooling-gradient-max")
def row_and_column_swapped(grad_output, cache):
    """Row and column of the largest number are swapped. `argmax` counts row by row: divided by the window's
    width it gives the row, and the remainder is the column.
    """
    padded, kernel_size, stride, padding = cache
    grad_padded = np.zeros(padded.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        top, left = i * stride, j * stride
        window = padded[n, c, top : top + kernel_size, left : left + kernel_size]
        column, row = divmod(int(window.argmax()), kernel_size)
        grad_padded[n, c, top + row, left + column] += grad_output[n, c, i, j]
    return _cut(grad_padded, padding)


@misconception(of="max_pool_backward", read="pooling.md#pooling-gradient-max")
def counted_from_the_corner_of_the_map(grad_output, cache):
    """The place in the window is taken for a place in the map. `argmax` counts from the window's corner; add
    where the window begins.
    """
    padded, kernel_size, stride, padding = cache
    grad_padded = np.zeros(padded.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        row, column = _winner(padded, kernel_size, stride, (n, c, i, j))
        grad_padded[n, c, row - i * stride, column - j * stride] += grad_output[n, c, i, j]
    return _cut(grad_padded, padding)


@misconception(of="max_pool_backward", read="pooling.md#pooling-windows")
def windows_touch_backwards(grad_output, cache):
    """The windows of the backward pass begin `kernel_size` apart. They are those of the forward pass: window
    i begins at row i times the stride.
    """
    padded, kernel_size, _, padding = cache
    grad_padded = np.zeros(padded.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        top, left = i * kernel_size, j * kernel_size
        window = padded[n, c, top : top + kernel_size, left : left + kernel_size]
        row, column = divmod(int(window.argmax()), window.shape[1])
        grad_padded[n, c, top + row, left + column] += grad_output[n, c, i, j]
    return _cut(grad_padded, padding)


@misconception(of="max_pool_backward", read="pooling.md#pooling-windows")
def windows_as_large_as_the_stride_backwards(grad_output, cache):
    """The windows of the backward pass are as large as the stride. They are those of the forward pass:
    `kernel_size` high and wide.
    """
    padded, _, stride, padding = cache
    grad_padded = np.zeros(padded.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        top, left = i * stride, j * stride
        window = padded[n, c, top : top + stride, left : left + stride]
        row, column = divmod(int(window.argmax()), window.shape[1])
        grad_padded[n, c, top + row, left + column] += grad_output[n, c, i, j]
    return _cut(grad_padded, padding)


@misconception(of="max_pool_backward", read="pooling.md#pooling-gradient-max")
def one_winner_for_all_channels(grad_output, cache):
    """One largest number is sought in all channels together. Each map has its own, in its own place."""
    padded, kernel_size, stride, padding = cache
    grad_padded = np.zeros(padded.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        top, left = i * stride, j * stride
        window = padded[n, :, top : top + kernel_size, left : left + kernel_size]
        if window[c].max() == window.max():
            row, column = _winner(padded, kernel_size, stride, (n, c, i, j))
            grad_padded[n, c, row, column] += grad_output[n, c, i, j]
    return _cut(grad_padded, padding)


@misconception(of="max_pool_backward", read="pooling.md#pooling-gradient-max")
def left_in_the_output_size(grad_output, cache):
    """The gradient keeps the size of the output. It has that of the input, (N, C, H, W), with zeros where no
    window's largest number is.
    """
    return grad_output.copy()


@misconception(of="max_pool_backward", read="pooling.md#pooling-gradient-max")
def smallest_gets_it(grad_output, cache):
    """The smallest number of the window gets the gradient. The largest one reached the output."""
    padded, kernel_size, stride, padding = cache
    grad_padded = np.zeros(padded.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        row, column = _winner(-padded, kernel_size, stride, (n, c, i, j))
        grad_padded[n, c, row, column] += grad_output[n, c, i, j]
    return _cut(grad_padded, padding)


@misconception(of="max_pool_backward", read="pooling.md#pooling-padding")
def frame_left_on(grad_output, cache):
    """The frame is still there. The gradient has the shape of x, so take the padding off again."""
    padded, kernel_size, stride, _ = cache
    grad_padded = np.zeros(padded.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        row, column = _winner(padded, kernel_size, stride, (n, c, i, j))
        grad_padded[n, c, row, column] += grad_output[n, c, i, j]
    return grad_padded


@misconception(of="max_pool_backward", read="pooling.md#pooling-padding")
def nothing_left_without_padding(grad_output, cache):
    """Without padding nothing is left. `a[0:-0]` is empty, because -0 is 0: cut from `padding` to `padding +
    H`, or only if there is a frame.
    """
    padded, kernel_size, stride, padding = cache
    grad_padded = np.zeros(padded.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        row, column = _winner(padded, kernel_size, stride, (n, c, i, j))
        grad_padded[n, c, row, column] += grad_output[n, c, i, j]
    return grad_padded[:, :, padding:-padding, padding:-padding]


@misconception(of="max_pool_backward", read="pooling.md#pooling-padding")
def frame_cut_on_one_side(grad_output, cache):
    """The gradient is shifted. Cutting it to the first H rows and W columns leaves the upper and left frame
    on; begin at `padding`.
    """
    padded, kernel_size, stride, padding = cache
    grad_padded = np.zeros(padded.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        row, column = _winner(padded, kernel_size, stride, (n, c, i, j))
        grad_padded[n, c, row, column] += grad_output[n, c, i, j]
    height, width = padded.shape[2] - 2 * padding, padded.shape[3] - 2 * padding
    return grad_padded[:, :, :height, :width]


@misconception(of="max_pool_backward", read="pooling.md#pooling-padding")
def zeros_win_backwards(grad_output, cache):
    """The gradient is lost in the frame. With zeros around negative numbers, the frame wins and is then cut
    off; pad with minus infinity here too.
    """
    padded, kernel_size, stride, padding = cache
    padded = np.where(np.isinf(padded), 0.0, padded)
    grad_padded = np.zeros(padded.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        row, column = _winner(padded, kernel_size, stride, (n, c, i, j))
        grad_padded[n, c, row, column] += grad_output[n, c, i, j]
    return _cut(grad_padded, padding)


@misconception(of="max_pool_backward", read="pooling.md#pooling-gradient-max")
def gradient_on_the_wrong_axes(grad_output, cache):
    """The gradient meets the wrong axes. One number for each image and channel, (N, C), is matched with the
    rows and columns of the window; give it two axes of length 1 at its end.
    """
    padded, kernel_size, stride, padding = cache
    grad_padded = np.zeros(padded.shape)
    for i, j in np.ndindex(grad_output.shape[2:]):
        top, left = i * stride, j * stride
        window = padded[:, :, top : top + kernel_size, left : left + kernel_size]
        mask = window == window.max(axis=(2, 3), keepdims=True)
        here = grad_padded[:, :, top : top + kernel_size, left : left + kernel_size]
        here += mask * grad_output[:, :, i, j]
    return _cut(grad_padded, padding)


# average_pool_forward


@misconception(of="average_pool_forward", read="pooling.md#average-pooling")
def summed_only(x, kernel_size, stride):
    """The numbers are summed, and not divided. The mean divides by how many there are."""
    return _windows(x, kernel_size, stride).sum(axis=(4, 5)), (x.shape, kernel_size, stride)


@misconception(of="average_pool_forward", read="pooling.md#average-pooling")
def divided_by_the_side(x, kernel_size, stride):
    """The sum is divided by `kernel_size`. A window holds kernel_size times kernel_size numbers."""
    output = _windows(x, kernel_size, stride).sum(axis=(4, 5)) / kernel_size
    return output, (x.shape, kernel_size, stride)


@misconception(of="average_pool_forward", read="pooling.md#average-pooling")
def divided_by_the_stride(x, kernel_size, stride):
    """The sum is divided by the stride times the stride. How many numbers a window holds depends on its size
    alone.
    """
    output = _windows(x, kernel_size, stride).sum(axis=(4, 5)) / stride**2
    return output, (x.shape, kernel_size, stride)


@misconception(of="average_pool_forward", read="pooling.md#average-pooling")
def zeros_not_counted(x, kernel_size, stride):
    """Zeros are left out of the mean. They are numbers like any other: always divide by kernel_size times
    kernel_size.
    """
    windows = _windows(x, kernel_size, stride)
    output = windows.sum(axis=(4, 5)) / np.maximum((windows != 0).sum(axis=(4, 5)), 1)
    return output, (x.shape, kernel_size, stride)


@misconception(of="average_pool_forward", read="pooling.md#average-pooling")
def maximum_for_mean(x, kernel_size, stride):
    """The largest number of each window is kept. Average pooling takes the mean."""
    return _windows(x, kernel_size, stride).max(axis=(4, 5)), (x.shape, kernel_size, stride)


@misconception(of="average_pool_forward", read="pooling.md#average-pooling")
def middle_for_mean(x, kernel_size, stride):
    """The median of each window is taken. The mean is the sum divided by the count."""
    return np.median(_windows(x, kernel_size, stride), axis=(4, 5)), (x.shape, kernel_size, stride)


@misconception(of="average_pool_forward", read="pooling.md#average-pooling")
def channels_averaged_too(x, kernel_size, stride):
    """The channels are mixed. Each channel has its own mean, over the window's rows and columns only."""
    output = _windows(x, kernel_size, stride).mean(axis=(1, 4, 5), keepdims=True)[..., 0, 0]
    return np.repeat(output, x.shape[1], axis=1), (x.shape, kernel_size, stride)


@misconception(of="average_pool_forward", read="pooling.md#average-pooling")
def one_mean_for_all_maps(x, kernel_size, stride):
    """Images and channels are mixed. `window.mean()` without axes is one number for all of them; each map is
    averaged for itself.
    """
    output = _windows(x, kernel_size, stride).mean(axis=(0, 1, 4, 5))
    return np.broadcast_to(output, (*x.shape[:2], *output.shape)).copy(), (x.shape, kernel_size, stride)


@misconception(of="average_pool_forward", read="pooling.md#pooling-windows")
def averaged_windows_always_touch(x, kernel_size, stride):
    """The next window begins where the last one ended. It begins `stride` further, so windows may overlap or
    leave gaps.
    """
    return _windows(x, kernel_size, kernel_size).mean(axis=(4, 5)), (x.shape, kernel_size, stride)


@misconception(of="average_pool_forward", read="pooling.md#pooling-windows")
def averaged_over_the_stride(x, kernel_size, stride):
    """The windows are as large as the stride. Their height and width is `kernel_size`; the stride only says
    where the next one begins.
    """
    height, width = _size(x, kernel_size, stride)
    output = np.zeros((*x.shape[:2], height, width))
    for i in range(height):
        for j in range(width):
            window = x[:, :, i * stride : i * stride + stride, j * stride : j * stride + stride]
            output[:, :, i, j] = window.mean(axis=(2, 3))
    return output, (x.shape, kernel_size, stride)


@misconception(of="average_pool_forward", read="pooling.md#pooling-windows")
def averaged_edges_must_fit(x, kernel_size, stride):
    """Maps that the windows do not fill crash it. A reshape into blocks needs sizes that can be divided by
    the window's; the rows and columns left over are to be dropped.
    """
    n, c, height, width = x.shape
    blocks = x.reshape(n, c, height // kernel_size, kernel_size, width // kernel_size, kernel_size)
    return blocks.mean(axis=(3, 5)), (x.shape, kernel_size, stride)


@misconception(of="average_pool_forward", read="pooling.md#pooling-windows")
def smaller_windows_at_the_edges(x, kernel_size, stride):
    """Windows that do not fit are averaged over what is left of them. They are left out."""
    rows, columns = range(0, x.shape[2], stride), range(0, x.shape[3], stride)
    output = np.zeros((*x.shape[:2], len(rows), len(columns)))
    for i, top in enumerate(rows):
        for j, left in enumerate(columns):
            window = x[:, :, top : top + kernel_size, left : left + kernel_size]
            output[:, :, i, j] = window.mean(axis=(2, 3))
    return output, (x.shape, kernel_size, stride)


@misconception(of="average_pool_forward", read="pooling.md#pooling-windows")
def averaged_size_that_is_no_whole_number(x, kernel_size, stride):
    """The output's size is not a whole number. `/` always gives a float, also where nothing is left over; a
    size needs `//`.
    """
    height = (x.shape[2] - kernel_size) / stride + 1
    width = (x.shape[3] - kernel_size) / stride + 1
    return np.zeros((*x.shape[:2], height, width)), (x.shape, kernel_size, stride)


@misconception(of="average_pool_forward", read="pooling.md#average-pooling")
def average_pool_without_cache(x, kernel_size, stride):
    """Only the output is returned. A forward function returns two values, output and cache."""
    return _windows(x, kernel_size, stride).mean(axis=(4, 5))


# average_pool_backward


def _spread(grad_output, cache, share, step=None):
    """Each window hands `share` of its gradient to each of its numbers."""
    shape, kernel_size, stride = cache
    step = stride if step is None else step
    grad_x = np.zeros(shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        top, left = i * step, j * step
        here = grad_x[n, c, top : top + kernel_size, left : left + kernel_size]
        here += grad_output[n, c, i, j] * share
    return grad_x


@misconception(of="average_pool_backward", read="pooling.md#pooling-gradient-average")
def share_forgotten(grad_output, cache):
    """Every number gets the whole gradient. The mean divided by the count, so its slope is 1 over the count:
    1 / kernel_size**2.
    """
    return _spread(grad_output, cache, 1.0)


@misconception(of="average_pool_backward", read="pooling.md#pooling-gradient-average")
def shared_by_the_side(grad_output, cache):
    """The gradient is divided by `kernel_size`. A window holds kernel_size times kernel_size numbers."""
    return _spread(grad_output, cache, 1.0 / cache[1])


@misconception(of="average_pool_backward", read="pooling.md#pooling-gradient-average")
def shared_by_the_stride(grad_output, cache):
    """The gradient is divided by the stride times the stride. It is shared by the numbers of a window, of
    which there are kernel_size times kernel_size.
    """
    return _spread(grad_output, cache, 1.0 / cache[2] ** 2)


@misconception(of="average_pool_backward", read="pooling.md#pooling-gradient-average")
def shared_by_the_whole_map(grad_output, cache):
    """The gradient is divided by the numbers of the whole map. Each window shares its own gradient among its
    own numbers.
    """
    return _spread(grad_output, cache, 1.0 / (cache[0][2] * cache[0][3]))


@misconception(of="average_pool_backward", read="pooling.md#pooling-gradient-average")
def shares_overwritten(grad_output, cache):
    """Overlapping windows overwrite each other. `=` keeps only the share of the last window; with `+=` the
    shares add up.
    """
    shape, kernel_size, stride = cache
    grad_x = np.zeros(shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        top, left = i * stride, j * stride
        share = grad_output[n, c, i, j] / kernel_size**2
        grad_x[n, c, top : top + kernel_size, left : left + kernel_size] = share
    return grad_x


@misconception(of="average_pool_backward", read="pooling.md#pooling-gradient-average")
def averaged_over_the_windows(grad_output, cache):
    """Where windows overlap, their shares are averaged. A number that takes part in two outputs is heard
    twice: the shares add up.
    """
    cover = _spread(np.ones_like(grad_output), cache, 1.0)
    return _spread(grad_output, cache, 1.0 / cache[1] ** 2) / np.maximum(cover, 1.0)


@misconception(of="average_pool_backward", read="pooling.md#pooling-gradient-average")
def corner_gets_it(grad_output, cache):
    """Only one number of the window gets the gradient. All of them are in the mean, so all get a share."""
    shape, _, stride = cache
    grad_x = np.zeros(shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        grad_x[n, c, i * stride, j * stride] += grad_output[n, c, i, j]
    return grad_x


@misconception(of="average_pool_backward", read="pooling.md#pooling-windows")
def shares_of_windows_that_touch(grad_output, cache):
    """The windows of the backward pass begin `kernel_size` apart. They are those of the forward pass: window
    i begins at row i times the stride.
    """
    return _spread(grad_output, cache, 1.0 / cache[1] ** 2, step=cache[1])


@misconception(of="average_pool_backward", read="pooling.md#pooling-gradient-average")
def gradient_repeated(grad_output, cache):
    """The gradient is blown up block by block. That fits only if windows touch and fill the map; in general
    each window adds its shares where it lies.
    """
    kernel_size = cache[1]
    blown_up = np.repeat(np.repeat(grad_output, kernel_size, axis=2), kernel_size, axis=3)
    return blown_up / kernel_size**2


@misconception(of="average_pool_backward", read="pooling.md#pooling-gradient-average")
def shares_not_spread(grad_output, cache):
    """The gradient keeps the size of the output. It has that of the input, (N, C, H, W): each number of a
    window gets its share.
    """
    return grad_output / cache[1] ** 2


@misconception(of="average_pool_backward", read="pooling.md#pooling-gradient-average")
def gradients_of_maps_added(grad_output, cache):
    """Each map gets the gradients of all images and channels. Every map has its own."""
    total = np.broadcast_to(grad_output.sum(axis=(0, 1), keepdims=True), grad_output.shape)
    return _spread(total, cache, 1.0 / cache[1] ** 2)


@misconception(of="average_pool_backward", read="pooling.md#pooling-gradient-average")
def shares_on_the_wrong_axes(grad_output, cache):
    """The gradient meets the wrong axes. One number for each image and channel, (N, C), is matched with the
    rows and columns of the window; give it two axes of length 1 at its end.
    """
    shape, kernel_size, stride = cache
    grad_x = np.zeros(shape)
    for i, j in np.ndindex(grad_output.shape[2:]):
        top, left = i * stride, j * stride
        here = grad_x[:, :, top : top + kernel_size, left : left + kernel_size]
        here += grad_output[:, :, i, j] / kernel_size**2
    return grad_x


# global_average_pool_forward


@misconception(of="global_average_pool_forward", read="pooling.md#global-average-pooling")
def one_number_for_all(x):
    """One number is left of everything. The mean runs over rows and columns only; each image and channel
    keeps its own.
    """
    return x.mean(), x.shape


@misconception(of="global_average_pool_forward", read="pooling.md#global-average-pooling")
def one_number_for_each_image(x):
    """The channels are averaged too. Each channel keeps its own mean: the output is (N, C)."""
    return x.mean(axis=(1, 2, 3)), x.shape


@misconception(of="global_average_pool_forward", read="pooling.md#global-average-pooling")
def one_number_for_each_channel(x):
    """The images are averaged too. Each image keeps its own means: the output is (N, C)."""
    return x.mean(axis=(0, 2, 3)), x.shape


@misconception(of="global_average_pool_forward", read="pooling.md#global-average-pooling")
def averaged_over_the_channels(x):
    """The mean runs over the channels. It runs over each map, that is over rows and columns."""
    return x.mean(axis=1), x.shape


@misconception(of="global_average_pool_forward", read="pooling.md#global-average-pooling")
def averaged_over_the_rows_only(x):
    """The mean runs over one axis of the map only. It runs over rows and columns, both."""
    return x.mean(axis=2), x.shape


@misconception(of="global_average_pool_forward", read="pooling.md#global-average-pooling")
def averaged_over_the_columns_only(x):
    """The mean runs over one axis of the map only. It runs over rows and columns, both."""
    return x.mean(axis=3), x.shape


@misconception(of="global_average_pool_forward", read="pooling.md#global-average-pooling")
def averaged_as_if_channels_came_last(x):
    """The axes are taken for (N, H, W, C). Here they are (N, C, H, W): rows and columns come last."""
    return x.mean(axis=(1, 2)), x.shape


@misconception(of="global_average_pool_forward", read="pooling.md#global-average-pooling")
def axes_of_length_one_left(x):
    """Two axes of length 1 are left. Here the output is (N, C), so drop them."""
    return x.mean(axis=(2, 3), keepdims=True), x.shape


@misconception(of="global_average_pool_forward", read="pooling.md#global-average-pooling")
def maps_summed(x):
    """The maps are summed, and not divided. The mean divides by H times W."""
    return x.sum(axis=(2, 3)), x.shape


@misconception(of="global_average_pool_forward", read="pooling.md#global-average-pooling")
def largest_of_each_map(x):
    """The largest number of each map is kept. Global average pooling takes the mean."""
    return x.max(axis=(2, 3)), x.shape


@misconception(of="global_average_pool_forward", read="pooling.md#global-average-pooling")
def channels_before_images(x):
    """Images and channels are swapped. The output is (N, C)."""
    return x.mean(axis=(2, 3)).T, x.shape


@misconception(of="global_average_pool_forward", read="pooling.md#global-average-pooling")
def global_average_pool_without_cache(x):
    """Only the output is returned. A forward function returns two values, output and cache."""
    return x.mean(axis=(2, 3))


# global_average_pool_backward


@misconception(of="global_average_pool_backward", read="pooling.md#pooling-gradient-average")
def global_share_forgotten(grad_output, cache):
    """Every number gets the whole gradient. The mean divided by H times W, so each gets that share of it."""
    return np.ones(cache) * grad_output[:, :, None, None]


@misconception(of="global_average_pool_backward", read="pooling.md#pooling-gradient-average")
def shared_by_a_square(grad_output, cache):
    """The maps are taken to be square. A map has H times W numbers, not H times H."""
    return np.ones(cache) * grad_output[:, :, None, None] / cache[2] ** 2


@misconception(of="global_average_pool_backward", read="pooling.md#pooling-gradient-average")
def shared_by_the_channels_too(grad_output, cache):
    """The gradient is divided by the number of channels too. Each channel has a mean of its own, over H times
    W numbers.
    """
    return np.ones(cache) * grad_output[:, :, None, None] / np.prod(cache[1:])


@misconception(of="global_average_pool_backward", read="pooling.md#pooling-gradient-average")
def shared_by_the_images_too(grad_output, cache):
    """The gradient is divided by the number of images too. Only a loss that is a mean divides by N, and that
    has already happened in `grad_output`.
    """
    return np.ones(cache) * grad_output[:, :, None, None] / (cache[0] * cache[2] * cache[3])


@misconception(of="global_average_pool_backward", read="pooling.md#pooling-gradient-average")
def not_spread_over_the_map(grad_output, cache):
    """Each map has one number only. Every number of a map gets the share: the gradient is (N, C, H, W)."""
    return grad_output[:, :, None, None] / (cache[2] * cache[3])


@misconception(of="global_average_pool_backward", read="pooling.md#pooling-gradient-average")
def not_spread_at_all(grad_output, cache):
    """The gradient keeps the size of the output. It has that of the input, (N, C, H, W): every number of a
    map gets the share.
    """
    return grad_output / (cache[2] * cache[3])


@misconception(of="global_average_pool_backward", read="pooling.md#pooling-gradient-average")
def spread_along_the_wrong_axes(grad_output, cache):
    """The gradient meets the wrong axes. Without new axes at its end, (N, C) is matched with (H, W); give it
    two of length 1.
    """
    return np.ones(cache) * grad_output / (cache[2] * cache[3])


@misconception(of="global_average_pool_backward", read="pooling.md#pooling-gradient-average")
def first_number_gets_it(grad_output, cache):
    """One number of each map gets the gradient. All of them are in the mean, so all get a share."""
    grad_x = np.zeros(cache)
    grad_x[:, :, 0, 0] = grad_output
    return grad_x


@misconception(of="global_average_pool_backward", read="pooling.md#pooling-gradient-average")
def multiplied_by_the_count(grad_output, cache):
    """The gradient is multiplied by H times W. The mean divides, and so does its slope."""
    return np.ones(cache) * grad_output[:, :, None, None] * (cache[2] * cache[3])
