"""Known wrong ways to write the functions of this exercise."""

import numpy as np

from layerbook.misconceptions import misconception


def _pad(x, padding, **options):
    """Each map in a border."""
    border = (padding, padding)
    return np.pad(x, ((0, 0), (0, 0), border, border), **options)


def _size(side, kernel_size, stride=1, padding=0):
    """Number of places along one side."""
    return (side + 2 * padding - kernel_size) // stride + 1


def _shape(x, weight, stride, padding):
    """Shape of the output, (N, K, H_out, W_out)."""
    height, width = (_size(x.shape[axis], weight.shape[axis], stride, padding) for axis in (2, 3))
    return len(x), len(weight), height, width


def _windows(x, kernel_size, stride=1, padding=0):
    """All windows, (N, C, H_out, W_out, kH, kW)."""
    views = np.lib.stride_tricks.sliding_window_view(_pad(x, padding), tuple(kernel_size), axis=(2, 3))
    return views[:, :, ::stride, ::stride]


def _joined(windows):
    """Six axes joined to three: images, the numbers of a window, places."""
    return windows.reshape(len(windows), -1, windows.shape[4] * windows.shape[5])


def _columns(x, kernel_size, stride=1, padding=0):
    """All windows as columns, (N, C * kH * kW, H_out * W_out)."""
    windows = _windows(x, kernel_size, stride, padding)
    return _joined(windows.transpose(0, 1, 4, 5, 2, 3))


def _images(columns, shape, kernel_size, stride=1, padding=0):
    """Columns added to the images, with their border: (N, C, H + 2 * padding, W + 2 * padding)."""
    n, c, image_height, image_width = shape
    kernel_height, kernel_width = kernel_size
    padded = np.zeros((n, c, image_height + 2 * padding, image_width + 2 * padding))
    width = _size(image_width, kernel_width, stride, padding)
    for place in range(columns.shape[2]):
        top, left = place // width * stride, place % width * stride
        window = columns[:, :, place].reshape(n, c, kernel_height, kernel_width)
        padded[:, :, top : top + kernel_height, left : left + kernel_width] += window
    return padded


def _cut(padded, padding):
    """The images without their border."""
    height, width = padded.shape[2:]
    return padded[:, :, padding : height - padding, padding : width - padding]


# output_size


def _places_along(size, kernel_size, stride, padding, exact, shift=0):
    """The right number of places, from which wrong ones are made."""
    room = size + 2 * padding - kernel_size
    if room < 0 or (exact and room % stride):
        raise ValueError("it does not fit")
    return (room + shift) // stride + 1


@misconception(of="output_size", read="convolution.md#size-formula")
def steps_counted(size, kernel_size, stride=1, padding=0, exact=False):
    """The steps are counted, not the places. There is one place more than there are steps between them."""
    return _places_along(size, kernel_size, stride, padding, exact) - 1


@misconception(of="output_size", read="convolution.md#size-formula")
def border_at_one_end(size, kernel_size, stride=1, padding=0, exact=False):
    """The border is counted once. It lies at both ends of the side: add it twice."""
    return _places_along(size + padding, kernel_size, stride, 0, exact)


@misconception(of="output_size", read="convolution.md#padding")
def border_forgotten(size, kernel_size, stride=1, padding=0, exact=False):
    """The padding is not used. The border makes the side longer, at both ends."""
    return _places_along(size, kernel_size, stride, 0, exact)


@misconception(of="output_size", read="convolution.md#padding")
def border_subtracted(size, kernel_size, stride=1, padding=0, exact=False):
    """The border is subtracted. It makes the side longer: add it, at both ends."""
    return _places_along(size, kernel_size, stride, -padding, exact)


@misconception(of="output_size", read="convolution.md#stride")
def stride_forgotten_in_the_size(size, kernel_size, stride=1, padding=0, exact=False):
    """The stride is not used. The filter goes in steps of `stride`, so there are fewer places."""
    return _places_along(size, kernel_size, 1, padding, False)


@misconception(of="output_size", read="convolution.md#size-formula")
def one_added_too_early(size, kernel_size, stride=1, padding=0, exact=False):
    """The 1 is added before the division. Divide by the stride first, then add the one place more."""
    _places_along(size, kernel_size, stride, padding, exact)
    return (size + 2 * padding - kernel_size + 1) // stride


@misconception(of="output_size", read="convolution.md#size-formula")
def filter_takes_no_room(size, kernel_size, stride=1, padding=0, exact=False):
    """The size of the filter is not subtracted. The last window must end within the border, so it begins
    `kernel_size` before.
    """
    return (size + 2 * padding) // stride


@misconception(of="output_size", read="convolution.md#does-not-fit")
def places_not_whole(size, kernel_size, stride=1, padding=0, exact=False):
    """The number of places is not a whole number. `/` keeps the rest as a fraction; a window that does not
    fit entirely is no place, so divide with `//`.
    """
    _places_along(size, kernel_size, stride, padding, exact)
    return (size + 2 * padding - kernel_size) / stride + 1


@misconception(of="output_size", read="convolution.md#does-not-fit")
def places_rounded_up(size, kernel_size, stride=1, padding=0, exact=False):
    """The number of places is rounded up. A window that does not fit entirely is no place: round down."""
    return _places_along(size, kernel_size, stride, padding, exact, shift=stride - 1)


@misconception(of="output_size", read="convolution.md#does-not-fit")
def places_rounded_to_the_nearest(size, kernel_size, stride=1, padding=0, exact=False):
    """The number of places is rounded to the nearest. A window that does not fit entirely is no place, even
    where most of it would fit: round down.
    """
    _places_along(size, kernel_size, stride, padding, exact)
    return round((size + 2 * padding - kernel_size) / stride) + 1


@misconception(of="output_size", read="convolution.md#padding")
def too_large_without_the_border(size, kernel_size, stride=1, padding=0, exact=False):
    """The filter is compared with the image alone. It may be larger than the image if the border gives it
    room.
    """
    if kernel_size > size:
        raise ValueError("the filter is larger than the image")
    return _places_along(size, kernel_size, stride, padding, exact)


@misconception(of="output_size", read="convolution.md#size-formula")
def as_large_is_too_large(size, kernel_size, stride=1, padding=0, exact=False):
    """A filter as large as the image is refused. It has exactly one place."""
    if kernel_size >= size + 2 * padding:
        raise ValueError("the filter is too large")
    return _places_along(size, kernel_size, stride, padding, exact)


@misconception(of="output_size", read="convolution.md#does-not-fit")
def no_place_unnoticed(size, kernel_size, stride=1, padding=0, exact=False):
    """A filter that is too large is not noticed. The formula gives 0 or less then, but there is no such map:
    raise a ValueError.
    """
    if exact and (size + 2 * padding - kernel_size) % stride:
        raise ValueError("it does not fit")
    return _size(size, kernel_size, stride, padding)


@misconception(of="output_size", read="convolution.md#does-not-fit")
def only_zero_places_noticed(size, kernel_size, stride=1, padding=0, exact=False):
    """Only a result of 0 is noticed. If the filter is much too large, the formula gives a negative number:
    that is no place either.
    """
    places = _size(size, kernel_size, stride, padding)
    if places == 0 or (exact and (size + 2 * padding - kernel_size) % stride):
        raise ValueError("it does not fit")
    return places


@misconception(of="output_size", read="convolution.md#does-not-fit")
def rest_unnoticed(size, kernel_size, stride=1, padding=0, exact=False):
    """`exact` is not looked at. Where it is True, a rest that no window reads is an error."""
    return _places_along(size, kernel_size, stride, padding, False)


@misconception(of="output_size", read="convolution.md#does-not-fit")
def rest_always_an_error(size, kernel_size, stride=1, padding=0, exact=False):
    """A rest is always an error. Only where `exact` is True; otherwise round down, as PyTorch does."""
    return _places_along(size, kernel_size, stride, padding, True)


@misconception(of="output_size", read="convolution.md#does-not-fit")
def rest_of_the_whole_side(size, kernel_size, stride=1, padding=0, exact=False):
    """The rest of the whole side is looked at. The filter goes in steps from its first place to the last:
    what counts is the rest of the room that is left beside the filter.
    """
    if exact and (size + 2 * padding) % stride:
        raise ValueError("it does not fit")
    return _places_along(size, kernel_size, stride, padding, False)


@misconception(of="output_size", read="convolution.md#does-not-fit")
def rest_without_the_border(size, kernel_size, stride=1, padding=0, exact=False):
    """The rest is taken without the border. The last window may reach into the border, so it counts too."""
    if exact and (size - kernel_size) % stride:
        raise ValueError("it does not fit")
    return _places_along(size, kernel_size, stride, padding, False)


@misconception(of="output_size", read="convolution.md#does-not-fit")
def none_where_it_does_not_fit(size, kernel_size, stride=1, padding=0, exact=False):
    """`None` is returned where it does not fit. Whoever calls would go on with it; raise a ValueError."""
    try:
        return _places_along(size, kernel_size, stride, padding, exact)
    except ValueError:
        return None


@misconception(of="output_size", read="convolution.md#does-not-fit")
def minus_one_where_it_does_not_fit(size, kernel_size, stride=1, padding=0, exact=False):
    """A number is returned where it does not fit. Whoever calls would compute with it; raise a ValueError."""
    try:
        return _places_along(size, kernel_size, stride, padding, exact)
    except ValueError:
        return -1


@misconception(of="output_size", read="convolution.md#does-not-fit")
def error_without_a_message(size, kernel_size, stride=1, padding=0, exact=False):
    """The ValueError says nothing. Give it a message that tells what does not fit, with the numbers."""
    try:
        return _places_along(size, kernel_size, stride, padding, exact)
    except ValueError:
        raise ValueError from None


@misconception(of="output_size", read="convolution.md#does-not-fit")
def another_error(size, kernel_size, stride=1, padding=0, exact=False):
    """An `assert` stops it. Asserts are for what can never happen; here the caller gave numbers that do not
    fit, so raise a ValueError.
    """
    room = size + 2 * padding - kernel_size
    assert room >= 0
    assert not (exact and room % stride)
    return room // stride + 1


# pad


@misconception(of="pad", read="convolution.md#padding")
def all_axes_padded(x, padding):
    """All four axes get a border. Only rows and columns do; images and channels stay as many as they are."""
    return np.pad(x, padding)


@misconception(of="pad", read="convolution.md#padding")
def first_two_axes_padded(x, padding):
    """The first two axes get the border. They are images and channels; rows and columns come last."""
    return np.pad(x, ((padding, padding), (padding, padding), (0, 0), (0, 0)))


@misconception(of="pad", read="convolution.md#padding")
def axes_padded_as_if_channels_came_last(x, padding):
    """The axes are taken for (N, H, W, C). Here they are (N, C, H, W): rows and columns come last."""
    return np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))


@misconception(of="pad", read="convolution.md#padding")
def padded_on_one_side(x, padding):
    """The border lies below and on the right only. It surrounds the map on all four sides."""
    return np.pad(x, ((0, 0), (0, 0), (0, padding), (0, padding)))


@misconception(of="pad", read="convolution.md#padding")
def only_rows_added(x, padding):
    """The border lies above and below only. Columns are added too, on the left and on the right."""
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (0, 0)))


@misconception(of="pad", read="convolution.md#padding")
def only_columns_added(x, padding):
    """The border lies left and right only. Rows are added too, above and below."""
    return np.pad(x, ((0, 0), (0, 0), (0, 0), (padding, padding)))


@misconception(of="pad", read="convolution.md#padding")
def border_repeats_the_edge(x, padding):
    """The border repeats the last pixels. That is another way to pad; here it holds zeros."""
    return _pad(x, padding, mode="edge")


@misconception(of="pad", read="convolution.md#padding")
def border_of_ones(x, padding):
    """The border holds ones. Here it holds zeros, which add nothing to a sum."""
    return _pad(x, padding, constant_values=1.0)


@misconception(of="pad", read="convolution.md#padding")
def laid_between_minus_padding(x, padding):
    """A border of width 0 fails. The slice `[padding:-padding]` ends before it begins if padding is 0; count
    from the front, up to padding plus the height.
    """
    n, c, height, width = x.shape
    padded = np.zeros((n, c, height + 2 * padding, width + 2 * padding))
    padded[:, :, padding:-padding, padding:-padding] = x
    return padded


@misconception(of="pad", read="convolution.md#padding")
def laid_into_the_corner(x, padding):
    """The map lies in the upper left corner. It lies in the middle, `padding` from each side."""
    return np.pad(x, ((0, 0), (0, 0), (0, 2 * padding), (0, 2 * padding)))


@misconception(of="pad", read="convolution.md#kernel-shape")
def padded_to_a_square(x, padding):
    """The map is taken to be square. Its height and its width need not be the same."""
    n, c, height, width = x.shape
    padded = np.zeros((n, c, height + 2 * padding, height + 2 * padding))
    padded[:, :, padding : padding + height, padding : padding + width] = x
    return padded


@misconception(of="pad", read="convolution.md#kernel-shape")
def padded_height_and_width_swapped(x, padding):
    """Height and width are swapped. In (N, C, H, W) the height comes before the width."""
    n, c, width, height = x.shape
    padded = np.zeros((n, c, height + 2 * padding, width + 2 * padding))
    padded[:, :, padding : padding + height, padding : padding + width] = x
    return padded


@misconception(of="pad", read="convolution.md#padding")
def border_counted_once(x, padding):
    """The border lies above and on the left only. It surrounds the map, so height and width grow by twice the
    padding.
    """
    n, c, height, width = x.shape
    padded = np.zeros((n, c, height + padding, width + padding))
    padded[:, :, padding : padding + height, padding : padding + width] = x
    return padded


@misconception(of="pad", read="convolution.md#padding")
def border_overwrites_pixels(x, padding):
    """The border is written over the outer pixels. It is put around the map, and no pixel is lost."""
    padded = np.zeros_like(x)
    height, width = x.shape[2:]
    inside = (slice(None), slice(None), slice(padding, height - padding), slice(padding, width - padding))
    padded[inside] = x[inside]
    return padded


# conv2d_forward


def _map(x, weight, stride, padding, value):
    """Output of `value(n, k, window)` at every place, and the cache."""
    padded = _pad(x, padding)
    output = np.zeros(_shape(x, weight, stride, padding))
    for n, k, i, j in np.ndindex(output.shape):
        rows = slice(i * stride, i * stride + weight.shape[2])
        columns = slice(j * stride, j * stride + weight.shape[3])
        output[n, k, i, j] = value(n, k, padded[n, :, rows, columns])
    return output, (padded, weight, stride, padding)


def _maps(x, weight, bias, stride=1, padding=0):
    """The right output and cache."""
    return _map(x, weight, stride, padding, lambda n, k, window: np.sum(window * weight[k]) + bias[k])


@misconception(of="conv2d_forward", read="convolution.md#cross-correlation")
def filter_flipped(x, weight, bias, stride=1, padding=0):
    """The filter is flipped. That is the convolution of mathematics; the layer lays the filter on
    as it is.
    """
    flipped = weight[:, :, ::-1, ::-1]
    output, cache = _maps(x, flipped, bias, stride, padding)
    return output, (cache[0], weight, stride, padding)


@misconception(of="conv2d_forward", read="convolution.md#channels-summed")
def bias_left_out(x, weight, bias, stride=1, padding=0):
    """The bias is not added. Each filter has one, and it is added at every place, once."""
    return _maps(x, weight, 0 * bias, stride, padding)


@misconception(of="conv2d_forward", read="convolution.md#channels-summed")
def bias_inside_the_sum(x, weight, bias, stride=1, padding=0):
    """The bias is inside the sum. So it is added once for each product; it comes once, after the sum."""
    return _map(x, weight, stride, padding, lambda n, k, window: np.sum(window * weight[k] + bias[k]))


@misconception(of="conv2d_forward", read="convolution.md#channels-summed")
def bias_for_each_channel(x, weight, bias, stride=1, padding=0):
    """The bias is added for each channel. There is one for the filter, added after the sum over the
    channels.
    """
    return _maps(x, weight, bias * x.shape[1], stride, padding)


@misconception(of="conv2d_forward", read="convolution.md#channels-summed")
def bias_subtracted(x, weight, bias, stride=1, padding=0):
    """The bias is subtracted. It is added."""
    return _maps(x, weight, -bias, stride, padding)


@misconception(of="conv2d_forward", read="convolution.md#number-of-filters")
def first_bias_for_all(x, weight, bias, stride=1, padding=0):
    """All filters get the bias of the first. Each filter has its own."""
    return _maps(x, weight, np.full(len(weight), bias[0]), stride, padding)


@misconception(of="conv2d_forward", read="convolution.md#number-of-filters")
def bias_along_the_columns(x, weight, bias, stride=1, padding=0):
    """The biases are spread along the columns. `output + bias` matches the last axis, which is the width; the
    filters are axis 1, so the bias needs the shape (K, 1, 1).
    """
    output, cache = _maps(x, weight, 0 * bias, stride, padding)
    return output + bias, cache


@misconception(of="conv2d_forward", read="convolution.md#channels-summed")
def only_the_first_channel(x, weight, bias, stride=1, padding=0):
    """Only the first channel is read. A filter has weights for all channels, and the results are added up."""
    return _map(x, weight, stride, padding, lambda n, k, window: np.sum(window[0] * weight[k, 0]) + bias[k])


@misconception(of="conv2d_forward", read="convolution.md#channels-summed")
def only_the_last_channel(x, weight, bias, stride=1, padding=0):
    """Only the last channel is left. `=` in the loop over channels forgets the ones before; their results are
    added up.
    """
    return _map(x, weight, stride, padding, lambda n, k, window: np.sum(window[-1] * weight[k, -1]) + bias[k])


@misconception(of="conv2d_forward", read="convolution.md#channels-summed")
def channels_averaged(x, weight, bias, stride=1, padding=0):
    """The mean of the channels is taken. Their results are added up, and nothing divides."""
    channels = x.shape[1]
    return _map(
        x, weight, stride, padding, lambda n, k, window: np.sum(window * weight[k]) / channels + bias[k]
    )


@misconception(of="conv2d_forward", read="convolution.md#channels-summed")
def products_averaged(x, weight, bias, stride=1, padding=0):
    """The mean of the products is taken. They are added up, and nothing divides."""
    return _map(x, weight, stride, padding, lambda n, k, window: np.mean(window * weight[k]) + bias[k])


@misconception(of="conv2d_forward", read="convolution.md#channels-summed")
def same_slice_for_all_channels(x, weight, bias, stride=1, padding=0):
    """All channels meet the same weights. A filter has a slice of its own for each channel."""
    return _map(x, weight, stride, padding, lambda n, k, window: np.sum(window * weight[k, 0]) + bias[k])


@misconception(of="conv2d_forward", read="convolution.md#channels-summed")
def channels_left_apart(x, weight, bias, stride=1, padding=0):
    """Each channel gives a map of its own. The results of all channels are added up: one filter, one map."""
    windows = _windows(x, weight.shape[2:], stride, padding)
    apart = np.einsum("ncijuv,kcuv->nkcij", windows, weight) + bias[:, None, None, None]
    return apart.reshape(len(x), -1, *apart.shape[3:]), (_pad(x, padding), weight, stride, padding)


@misconception(of="conv2d_forward", read="convolution.md#number-of-filters")
def filters_and_channels_swapped(x, weight, bias, stride=1, padding=0):
    """Filters and channels are swapped. The weight is (K, C, kH, kW): filters first, channels second."""
    swapped = weight.swapaxes(0, 1)
    output, _ = _map(
        x, swapped, stride, padding, lambda n, k, window: np.sum(window * swapped[k]) + bias[k % len(bias)]
    )
    return output, (_pad(x, padding), weight, stride, padding)


@misconception(of="conv2d_forward", read="convolution.md#number-of-filters")
def first_filter_for_all(x, weight, bias, stride=1, padding=0):
    """All maps are made by the first filter. Each filter makes a map of its own."""
    return _map(x, weight, stride, padding, lambda n, k, window: np.sum(window * weight[0]) + bias[k])


@misconception(of="conv2d_forward", read="convolution.md#number-of-filters")
def filters_summed(x, weight, bias, stride=1, padding=0):
    """The results of all filters are added up. The channels that go in are summed; each filter makes a map of
    its own.
    """
    output, cache = _maps(x, weight, bias, stride, padding)
    return np.broadcast_to(output.sum(axis=1, keepdims=True), output.shape).copy(), cache


@misconception(of="conv2d_forward", read="convolution.md#number-of-filters")
def first_image_for_all(x, weight, bias, stride=1, padding=0):
    """Only the first image is read. The filters slide over each image of the batch."""
    return _maps(np.broadcast_to(x[:1], x.shape), weight, bias, stride, padding)


@misconception(of="conv2d_forward", read="convolution.md#kernel-shape")
def filter_height_and_width_swapped(x, weight, bias, stride=1, padding=0):
    """Height and width of the filter are swapped. The weight is (K, C, kH, kW): height first."""
    _, _, kernel_width, kernel_height = weight.shape
    output, padded = np.zeros(_shape(x, weight, stride, padding)), _pad(x, padding)
    for n, k, i, j in np.ndindex(output.shape):
        rows = slice(i * stride, i * stride + kernel_height)
        columns = slice(j * stride, j * stride + kernel_width)
        output[n, k, i, j] = np.sum(padded[n, :, rows, columns] * weight[k]) + bias[k]
    return output, (padded, weight, stride, padding)


@misconception(of="conv2d_forward", read="convolution.md#convolution-slides")
def window_times_filter_as_matrices(x, weight, bias, stride=1, padding=0):
    """Window and filter are multiplied as matrices. `@` is another product; here each pixel meets the weight
    in its own place, with `*`.
    """
    return _map(x, weight, stride, padding, lambda n, k, window: np.sum(window @ weight[k]) + bias[k])


@misconception(of="conv2d_forward", read="convolution.md#size-formula")
def loops_over_the_input(x, weight, bias, stride=1, padding=0):
    """The loops run over the size of the input. At the lower and right edges the window is cut off; loop over
    the places of the output.
    """
    output, padded = np.zeros((len(x), len(weight), *x.shape[2:])), _pad(x, padding)
    for n, k, i, j in np.ndindex(output.shape):
        rows = slice(i * stride, i * stride + weight.shape[2])
        columns = slice(j * stride, j * stride + weight.shape[3])
        output[n, k, i, j] = np.sum(padded[n, :, rows, columns] * weight[k]) + bias[k]
    return output, (padded, weight, stride, padding)


@misconception(of="conv2d_forward", read="convolution.md#size-formula")
def last_place_missed(x, weight, bias, stride=1, padding=0):
    """The last row and the last column of places are missing. There is one place more than there
    are steps.
    """
    output, cache = _maps(x, weight, bias, stride, padding)
    return output[:, :, :-1, :-1], cache


@misconception(of="conv2d_forward", read="convolution.md#kernel-shape")
def map_taken_for_square(x, weight, bias, stride=1, padding=0):
    """The map is taken to be square. Its width follows from the width of image and filter, not from their
    heights.
    """
    n, filters, height, _ = _shape(x, weight, stride, padding)
    output, padded = np.zeros((n, filters, height, height)), _pad(x, padding)
    for i, j in np.ndindex(height, height):
        rows = slice(i * stride, i * stride + weight.shape[2])
        columns = slice(j * stride, j * stride + weight.shape[3])
        output[:, :, i, j] = np.einsum("ncuv,kcuv->nk", padded[:, :, rows, columns], weight) + bias
    return output, (padded, weight, stride, padding)


@misconception(of="conv2d_forward", read="convolution.md#kernel-shape")
def map_turned(x, weight, bias, stride=1, padding=0):
    """Rows and columns of the map are swapped. The output is (N, K, H_out, W_out), height first."""
    output, cache = _maps(x, weight, bias, stride, padding)
    return output.swapaxes(2, 3), cache


@misconception(of="conv2d_forward", read="convolution.md#number-of-filters")
def filters_last(x, weight, bias, stride=1, padding=0):
    """The filters are the last axis of the output. The output is (N, K, H_out, W_out): channels
    before rows.
    """
    output, cache = _maps(x, weight, bias, stride, padding)
    return output.transpose(0, 2, 3, 1), cache


@misconception(of="conv2d_forward", read="convolution.md#stride")
def stride_forgotten(x, weight, bias, stride=1, padding=0):
    """The windows begin next to each other. The window of output row i begins at row i times the stride."""
    output, (padded, *_) = _maps(x, weight, bias, 1, padding)
    _, _, height, width = _shape(x, weight, stride, padding)
    return output[:, :, :height, :width], (padded, weight, stride, padding)


@misconception(of="conv2d_forward", read="convolution.md#stride")
def stride_only_in_the_loop(x, weight, bias, stride=1, padding=0):
    """The map is as large as with stride 1. With a larger stride there are fewer places."""
    output, (padded, *_) = _maps(x, weight, bias, 1, padding)
    return output, (padded, weight, stride, padding)


@misconception(of="conv2d_forward", read="convolution.md#stride")
def stride_for_columns_only(x, weight, bias, stride=1, padding=0):
    """The stride is used for the columns only. The filter goes down by `stride` rows as well."""
    output, (padded, *_) = _maps(x, weight, bias, 1, padding)
    height = _shape(x, weight, stride, padding)[2]
    return output[:, :, :height, ::stride], (padded, weight, stride, padding)


@misconception(of="conv2d_forward", read="convolution.md#stride")
def stride_for_rows_only(x, weight, bias, stride=1, padding=0):
    """The stride is used for the rows only. The filter goes to the right by `stride` columns as well."""
    output, (padded, *_) = _maps(x, weight, bias, 1, padding)
    width = _shape(x, weight, stride, padding)[3]
    return output[:, :, ::stride, :width], (padded, weight, stride, padding)


@misconception(of="conv2d_forward", read="convolution.md#stride")
def windows_touch(x, weight, bias, stride=1, padding=0):
    """The windows touch. They begin `stride` apart, however large the filter is."""
    output, (padded, *_) = _maps(x, weight, bias, 1, padding)
    return output[:, :, :: weight.shape[2], :: weight.shape[3]], (padded, weight, stride, padding)


@misconception(of="conv2d_forward", read="convolution.md#padding")
def padding_ignored(x, weight, bias, stride=1, padding=0):
    """The padding is not used. Put a border of zeros around the image first."""
    return _maps(x, weight, bias, stride, 0)[0], (_pad(x, padding), weight, stride, padding)


@misconception(of="conv2d_forward", read="convolution.md#padding")
def padding_only_in_the_size(x, weight, bias, stride=1, padding=0):
    """The windows are cut from the image without its border. The size counts the border, so they must be cut
    from the padded image.
    """
    output = np.zeros(_shape(x, weight, stride, padding))
    for n, k, i, j in np.ndindex(output.shape):
        rows = slice(i * stride, i * stride + weight.shape[2])
        columns = slice(j * stride, j * stride + weight.shape[3])
        output[n, k, i, j] = np.sum(x[n, :, rows, columns] * weight[k]) + bias[k]
    return output, (_pad(x, padding), weight, stride, padding)


@misconception(of="conv2d_forward", read="convolution.md#size-formula")
def padded_image_padded_again(x, weight, bias, stride=1, padding=0):
    """The border is counted twice. The size of the padded image already has it: give one of the two to
    output_size, the padded image or the padding.
    """
    padded = _pad(x, padding)
    output = np.zeros(_shape(padded, weight, stride, padding))
    for n, k, i, j in np.ndindex(output.shape):
        rows = slice(i * stride, i * stride + weight.shape[2])
        columns = slice(j * stride, j * stride + weight.shape[3])
        output[n, k, i, j] = np.sum(padded[n, :, rows, columns] * weight[k]) + bias[k]
    return output, (padded, weight, stride, padding)


@misconception(of="conv2d_forward", read="convolution.md#padding")
def border_repeats_the_edge_in_forward(x, weight, bias, stride=1, padding=0):
    """The border repeats the last pixels. Here it holds zeros."""
    output, _ = _maps(_pad(x, padding, mode="edge"), weight, bias, stride)
    return output, (_pad(x, padding), weight, stride, padding)


@misconception(of="conv2d_forward", read="convolution.md#convolution-slides")
def conv_without_cache(x, weight, bias, stride=1, padding=0):
    """Only the output is returned. A forward function returns two values, output and cache."""
    return _maps(x, weight, bias, stride, padding)[0]


# conv2d_backward


def _places(grad_output, weight, stride):
    """All places of all maps: their gradient, image, filter, and the rows and columns of their window."""
    for n, k, i, j in np.ndindex(grad_output.shape):
        rows = slice(i * stride, i * stride + weight.shape[2])
        columns = slice(j * stride, j * stride + weight.shape[3])
        yield grad_output[n, k, i, j], n, k, (rows, columns)


def _backward(grad_output, cache):
    """The right gradients, that of the images with its border."""
    padded, weight, stride, _ = cache
    grad_padded, grad_weight = np.zeros(padded.shape), np.zeros(weight.shape)
    for g, n, k, window in _places(grad_output, weight, stride):
        grad_weight[k] += g * padded[n, :, *window]
        grad_padded[n, :, *window] += g * weight[k]
    return grad_padded, grad_weight, grad_output.sum(axis=(0, 2, 3))


def _with_bias(grad_output, cache, grad_bias):
    """The right gradients, apart from that of the bias."""
    grad_padded, grad_weight, _ = _backward(grad_output, cache)
    return _cut(grad_padded, cache[3]), grad_weight, grad_bias


def _with_weight(grad_output, cache, grad_weight):
    """The right gradients, apart from that of the weight."""
    grad_padded, _, grad_bias = _backward(grad_output, cache)
    return _cut(grad_padded, cache[3]), grad_weight, grad_bias


def _with_images(grad_output, cache, grad_x):
    """The right gradients, apart from that of the images."""
    return grad_x, *_backward(grad_output, cache)[1:]


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def bias_gradient_averaged(grad_output, cache):
    """The gradient of the bias is a mean. It is the sum over all places and images, and nothing
    divides it.
    """
    return _with_bias(grad_output, cache, grad_output.mean(axis=(0, 2, 3)))


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def bias_gradient_divided_by_the_images(grad_output, cache):
    """The gradient of the bias is divided by the number of images. Only a loss that is a mean divides by N,
    and that has already happened in `grad_output`.
    """
    return _with_bias(grad_output, cache, grad_output.sum(axis=(0, 2, 3)) / len(grad_output))


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def bias_gradient_for_each_image(grad_output, cache):
    """The gradient of the bias is not summed over the images. The same bias was added in all of them."""
    return _with_bias(grad_output, cache, grad_output.sum(axis=(2, 3)))


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def bias_gradient_of_the_images_only(grad_output, cache):
    """The gradient of the bias is summed over the images only. The same bias was added at every place as
    well: sum over rows and columns too.
    """
    return _with_bias(grad_output, cache, grad_output.sum(axis=0))


@misconception(of="conv2d_backward", read="convolution.md#number-of-filters")
def bias_gradient_one_number(grad_output, cache):
    """The gradient of the bias is one number for all filters. Each filter has a bias of its own, so the axis
    of the filters is not summed.
    """
    return _with_bias(grad_output, cache, grad_output.sum())


@misconception(of="conv2d_backward", read="convolution.md#number-of-filters")
def bias_gradient_of_the_columns(grad_output, cache):
    """The gradient of the bias is summed over the filters. The axes are (N, K, H_out, W_out), and that of the
    filters, the second one, has to stay.
    """
    return _with_bias(grad_output, cache, grad_output.sum(axis=(0, 1, 2)))


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def bias_gradient_of_the_last_place(grad_output, cache):
    """The gradient of the bias is that of the last place. `=` forgets the places before; with `+=` they add
    up.
    """
    return _with_bias(grad_output, cache, grad_output[-1, :, -1, -1])


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def bias_gradient_of_the_last_image(grad_output, cache):
    """The gradient of the bias is that of the last image. `=` in the loop over images forgets those before;
    with `+=` they add up.
    """
    return _with_bias(grad_output, cache, grad_output[-1].sum(axis=(1, 2)))


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def bias_gradient_counts_places(grad_output, cache):
    """The gradient of the bias counts the places. It adds up what `grad_output` says at them."""
    count = grad_output.size / grad_output.shape[1]
    return _with_bias(grad_output, cache, np.full(grad_output.shape[1], count))


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def bias_gradient_keeps_axes(grad_output, cache):
    """The gradient of the bias keeps axes of length 1. It has the shape of the bias, (K,)."""
    return _with_bias(grad_output, cache, grad_output.sum(axis=(0, 2, 3), keepdims=True))


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def weight_gradient_overwritten(grad_output, cache):
    """The gradient of the weight keeps the last place only. `=` forgets the places before; with `+=` they add
    up.
    """
    padded, weight, stride, _ = cache
    grad_weight = np.zeros(weight.shape)
    for g, n, k, window in _places(grad_output, weight, stride):
        grad_weight[k] = g * padded[n, :, *window]
    return _with_weight(grad_output, cache, grad_weight)


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def weight_gradient_of_the_last_image(grad_output, cache):
    """The gradient of the weight is that of the last image. The same filter was used in all of them: add them
    up.
    """
    padded, *rest = cache
    return _with_weight(grad_output, cache, _backward(grad_output[-1:], (padded[-1:], *rest))[1])


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def weight_gradient_averaged_over_the_places(grad_output, cache):
    """The gradient of the weight is a mean over the places. It is a sum; nothing divides by their number."""
    places = grad_output.shape[2] * grad_output.shape[3]
    return _with_weight(grad_output, cache, _backward(grad_output, cache)[1] / places)


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def weight_gradient_divided_by_the_images(grad_output, cache):
    """The gradient of the weight is divided by the number of images. Only a loss that is a mean divides by N,
    and that has already happened in `grad_output`.
    """
    return _with_weight(grad_output, cache, _backward(grad_output, cache)[1] / len(grad_output))


@misconception(of="conv2d_backward", read="convolution.md#cross-correlation")
def weight_gradient_flipped(grad_output, cache):
    """The gradient of the weight is flipped. The filter was laid on as it is, so each weight hears of the
    pixels in its own place of the window.
    """
    return _with_weight(grad_output, cache, _backward(grad_output, cache)[1][:, :, ::-1, ::-1])


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def weight_gradient_from_the_weight(grad_output, cache):
    """The gradient of the weight is made of the weight. The slope of pixel times weight, by the weight, is
    the pixel: multiply by the window.
    """
    _, weight, stride, _ = cache
    grad_weight = np.zeros(weight.shape)
    for g, _, k, _ in _places(grad_output, weight, stride):
        grad_weight[k] += g * weight[k]
    return _with_weight(grad_output, cache, grad_weight)


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def weight_gradient_without_the_gradient(grad_output, cache):
    """The gradient of the weight adds up the windows alone. By the chain rule each window is multiplied by
    what `grad_output` says at its place.
    """
    return _with_weight(grad_output, cache, _backward(np.ones_like(grad_output), cache)[1])


@misconception(of="conv2d_backward", read="convolution.md#number-of-filters")
def weight_gradient_channels_first(grad_output, cache):
    """The gradient of the weight has its first axes swapped. It has the shape of the weight, (K, C, kH, kW):
    filters first.
    """
    return _with_weight(grad_output, cache, _backward(grad_output, cache)[1].swapaxes(0, 1))


@misconception(of="conv2d_backward", read="convolution.md#number-of-filters")
def weight_gradient_of_all_filters(grad_output, cache):
    """All filters get the same gradient. Each filter hears only of its own map."""
    total = np.broadcast_to(grad_output.sum(axis=1, keepdims=True), grad_output.shape)
    return _with_weight(grad_output, cache, _backward(total, cache)[1])


@misconception(of="conv2d_backward", read="convolution.md#channels-summed")
def weight_gradient_of_all_channels(grad_output, cache):
    """The slices of a filter all get the same gradient. Each slice hears only of the channel that it was laid
    on.
    """
    padded, *rest = cache
    total = np.broadcast_to(padded.sum(axis=1, keepdims=True), padded.shape)
    return _with_weight(grad_output, cache, _backward(grad_output, (total, *rest))[1])


@misconception(of="conv2d_backward", read="convolution.md#stride")
def weight_gradient_without_stride(grad_output, cache):
    """The stride is forgotten in the gradient of the weight. The windows are those of the forward pass, which
    begin at row i times the stride.
    """
    padded, weight, _, padding = cache
    return _with_weight(grad_output, cache, _backward(grad_output, (padded, weight, 1, padding))[1])


@misconception(of="conv2d_backward", read="convolution.md#padding")
def weight_gradient_without_border(grad_output, cache):
    """The windows are cut from the images without their border. In the forward pass the filter lay on the
    padded images; keep those.
    """
    padded, weight, stride, padding = cache
    images, grad_weight = _cut(padded, padding), np.zeros(weight.shape)
    for g, n, k, (rows, columns) in _places(grad_output, weight, stride):
        grad_weight[k] += g * images[n, :, rows, columns]
    return _with_weight(grad_output, cache, grad_weight)


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def image_gradient_overwritten(grad_output, cache):
    """Windows that overlap overwrite each other. `=` keeps only what the last one says to a pixel; with `+=`
    it adds up.
    """
    padded, weight, stride, padding = cache
    grad_padded = np.zeros(padded.shape)
    for g, n, k, window in _places(grad_output, weight, stride):
        grad_padded[n, :, *window] = g * weight[k]
    return _with_images(grad_output, cache, _cut(grad_padded, padding))


@misconception(of="conv2d_backward", read="convolution.md#cross-correlation")
def image_gradient_flipped(grad_output, cache):
    """The filter is flipped before it is laid on the gradient of the images. Each pixel of a window hears of
    the weight that it met, in the same place. (A flip belongs to another way, in which the filter slides over
    the padded `grad_output`.)
    """
    padded, weight, *rest = cache
    grad_padded = _backward(grad_output, (padded, weight[:, :, ::-1, ::-1], *rest))[0]
    return _with_images(grad_output, cache, _cut(grad_padded, cache[3]))


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def image_gradient_from_the_pixels(grad_output, cache):
    """The gradient of the images is made of the pixels. The slope of pixel times weight, by the pixel, is the
    weight: multiply by the filter.
    """
    padded, weight, stride, padding = cache
    grad_padded = np.zeros(padded.shape)
    for g, n, _, window in _places(grad_output, weight, stride):
        grad_padded[n, :, *window] += g * padded[n, :, *window]
    return _with_images(grad_output, cache, _cut(grad_padded, padding))


@misconception(of="conv2d_backward", read="convolution.md#number-of-filters")
def image_gradient_of_the_last_filter(grad_output, cache):
    """Only the last filter speaks to the pixels. All filters read the same pixels: add up over the
    filters.
    """
    padded, weight, *rest = cache
    grad_padded = _backward(grad_output[:, -1:], (padded, weight[-1:], *rest))[0]
    return _with_images(grad_output, cache, _cut(grad_padded, cache[3]))


@misconception(of="conv2d_backward", read="convolution.md#number-of-filters")
def image_gradient_from_the_first_filter(grad_output, cache):
    """The pixels hear of the first filter's weights at all maps. Each map was made by a filter of its own."""
    padded, weight, *rest = cache
    first = np.broadcast_to(weight[:1], weight.shape)
    return _with_images(grad_output, cache, _cut(_backward(grad_output, (padded, first, *rest))[0], cache[3]))


@misconception(of="conv2d_backward", read="convolution.md#channels-summed")
def image_gradient_of_all_channels(grad_output, cache):
    """All channels get the same gradient. Each channel met a slice of its own of the filter."""
    padded, weight, *rest = cache
    total = np.broadcast_to(weight.sum(axis=1, keepdims=True), weight.shape)
    return _with_images(grad_output, cache, _cut(_backward(grad_output, (padded, total, *rest))[0], cache[3]))


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def image_gradient_of_all_images(grad_output, cache):
    """All images get the same gradient. The weight is shared by the images, and so is its gradient; a pixel
    belongs to one image only.
    """
    total = np.broadcast_to(grad_output.sum(axis=0, keepdims=True), grad_output.shape)
    return _with_images(grad_output, cache, _cut(_backward(total, cache)[0], cache[3]))


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def image_gradient_averaged(grad_output, cache):
    """Where windows overlap, what they say is averaged. It adds up."""
    padded, weight, *rest = cache
    cover = _backward(np.ones_like(grad_output[:, :1]), (padded, np.ones((1, *weight.shape[1:])), *rest))[0]
    grad_padded = _backward(grad_output, cache)[0] / np.maximum(cover, 1.0)
    return _with_images(grad_output, cache, _cut(grad_padded, cache[3]))


@misconception(of="conv2d_backward", read="convolution.md#stride")
def image_gradient_without_stride(grad_output, cache):
    """The stride is forgotten in the gradient of the images. The windows are those of the forward pass, which
    begin at row i times the stride.
    """
    padded, weight, _, padding = cache
    grad_padded = _backward(grad_output, (padded, weight, 1, padding))[0]
    return _with_images(grad_output, cache, _cut(grad_padded, padding))


@misconception(of="conv2d_backward", read="convolution.md#padding")
def border_left_on(grad_output, cache):
    """The gradient of the images still has its border. It has the shape of the images, (N, C, H, W)."""
    return _backward(grad_output, cache)


@misconception(of="conv2d_backward", read="convolution.md#padding")
def border_cut_with_minus_zero(grad_output, cache):
    """Without padding, nothing is left. The slice `[padding:-padding]` ends before it begins if padding is 0;
    end it at the height minus the padding.
    """
    padding, grad_padded = cache[3], _backward(grad_output, cache)[0]
    return _with_images(grad_output, cache, grad_padded[:, :, padding:-padding, padding:-padding])


@misconception(of="conv2d_backward", read="convolution.md#padding")
def border_cut_at_the_end(grad_output, cache):
    """The border is cut off at one end only. It lies on all four sides; the image begins at row and column
    `padding`.
    """
    padding, grad_padded = cache[3], _backward(grad_output, cache)[0]
    height, width = (side - 2 * padding for side in grad_padded.shape[2:])
    return _with_images(grad_output, cache, grad_padded[:, :, :height, :width])


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def gradients_in_another_order(grad_output, cache):
    """The gradients come in another order. They come in that of the forward function's arguments: images,
    weight, bias.
    """
    grad_padded, grad_weight, grad_bias = _backward(grad_output, cache)
    return grad_weight, grad_bias, _cut(grad_padded, cache[3])


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def bias_before_weight(grad_output, cache):
    """The gradients of weight and bias are exchanged. They come in the order of the forward function's
    arguments: images, weight, bias.
    """
    grad_padded, grad_weight, grad_bias = _backward(grad_output, cache)
    return _cut(grad_padded, cache[3]), grad_bias, grad_weight


@misconception(of="conv2d_backward", read="convolution.md#parameter-sharing")
def only_the_image_gradient(grad_output, cache):
    """Only the gradient of the images is returned. Three are wanted: images, weight, bias."""
    return _cut(_backward(grad_output, cache)[0], cache[3])


# im2col


@misconception(of="im2col", read="convolution.md#convolution-slides")
def windows_as_rows(x, kernel_size, stride=1, padding=0):
    """The windows are the rows. Each window is a column here: (N, C * kH * kW, H_out * W_out)."""
    return _columns(x, kernel_size, stride, padding).swapaxes(1, 2)


@misconception(of="im2col", read="convolution.md#channels-summed")
def channel_changes_fastest(x, kernel_size, stride=1, padding=0):
    """The channel changes fastest. The weight is (K, C, kH, kW), so flatten the windows in its order:
    channel, then row, then column.
    """
    windows = _windows(x, kernel_size, stride, padding).transpose(0, 4, 5, 1, 2, 3)
    return _joined(windows)


@misconception(of="im2col", read="convolution.md#kernel-shape")
def window_flattened_by_columns(x, kernel_size, stride=1, padding=0):
    """The windows are flattened column by column. In the order of the weight a window's row changes slower
    than its column.
    """
    windows = _windows(x, kernel_size, stride, padding).transpose(0, 1, 5, 4, 2, 3)
    return _joined(windows)


@misconception(of="im2col", read="convolution.md#convolution-slides")
def places_counted_by_columns(x, kernel_size, stride=1, padding=0):
    """The places are counted column by column. They are counted in row order, from left to right in the top
    row, then in the next.
    """
    windows = _windows(x, kernel_size, stride, padding).transpose(0, 1, 4, 5, 3, 2)
    return _joined(windows)


@misconception(of="im2col", read="convolution.md#channels-summed")
def reshaped_without_transposing(x, kernel_size, stride=1, padding=0):
    """The shape is right and the numbers are mixed up. A reshape keeps the order of all numbers; the axes of
    the window have to stand before those of the places first.
    """
    windows = _windows(x, kernel_size, stride, padding)
    return windows.reshape(len(x), -1, windows.shape[2] * windows.shape[3])


@misconception(of="im2col", read="convolution.md#cross-correlation")
def windows_flipped(x, kernel_size, stride=1, padding=0):
    """The windows are flipped. Nothing is flipped in the layer; copy them as they are."""
    windows = _windows(x, kernel_size, stride, padding)[..., ::-1, ::-1].transpose(0, 1, 4, 5, 2, 3)
    return _joined(windows)


@misconception(of="im2col", read="convolution.md#kernel-shape")
def window_height_and_width_swapped(x, kernel_size, stride=1, padding=0):
    """Height and width of the windows are swapped. `kernel_size` is (kH, kW): height first."""
    width, height = kernel_size
    padded = _pad(x, padding)
    rows, columns = padded.shape[2] - height, padded.shape[3] - width
    if rows < 0 or columns < 0:
        return np.zeros((len(x), x.shape[1] * width * height, 0))
    return _columns(x, (height, width), stride, padding)


@misconception(of="im2col", read="convolution.md#kernel-shape")
def windows_taken_for_square(x, kernel_size, stride=1, padding=0):
    """The windows are taken to be square. They are kH high and kW wide, which need not be the same."""
    return _columns(x, (kernel_size[0], kernel_size[0]), stride, padding)


@misconception(of="im2col", read="convolution.md#size-formula")
def last_window_missed(x, kernel_size, stride=1, padding=0):
    """The last row and the last column of places are missing. There is one place more than there
    are steps.
    """
    windows = _windows(x, kernel_size, stride, padding)[:, :, :-1, :-1].transpose(0, 1, 4, 5, 2, 3)
    n, c, kernel_height, kernel_width, *places = windows.shape
    return windows.reshape(n, c * kernel_height * kernel_width, np.prod(places))


@misconception(of="im2col", read="convolution.md#stride")
def all_windows_copied(x, kernel_size, stride=1, padding=0):
    """The stride is not used. The windows begin `stride` apart, so there are fewer of them."""
    return _columns(x, kernel_size, 1, padding)


@misconception(of="im2col", read="convolution.md#stride")
def windows_next_to_each_other(x, kernel_size, stride=1, padding=0):
    """As many windows as there should be, but from the wrong places. The window of output row i begins at row
    i times the stride.
    """
    height, width = (_size(x.shape[2 + a], kernel_size[a], stride, padding) for a in (0, 1))
    windows = _windows(x, kernel_size, 1, padding)[:, :, :height, :width].transpose(0, 1, 4, 5, 2, 3)
    return windows.reshape(len(x), -1, height * width)


@misconception(of="im2col", read="convolution.md#stride")
def slice_ends_too_early(x, kernel_size, stride=1, padding=0):
    """A slice ends too early. It begins at the position within the window and takes every `stride`-th number:
    to get as many as there are places, it must end that number times the stride further on.
    """
    (kernel_height, kernel_width), padded = kernel_size, _pad(x, padding)
    height, width = (_size(x.shape[2 + a], kernel_size[a], stride, padding) for a in (0, 1))
    columns = np.empty((*x.shape[:2], kernel_height, kernel_width, height, width))
    for u, v in np.ndindex(kernel_height, kernel_width):
        columns[:, :, u, v] = padded[:, :, u : u + height : stride, v : v + width : stride]
    return columns.reshape(len(x), -1, height * width)


@misconception(of="im2col", read="convolution.md#stride")
def columns_of_windows_that_touch(x, kernel_size, stride=1, padding=0):
    """The windows touch. They begin `stride` apart, however large they are, and may overlap."""
    windows = _windows(x, kernel_size, 1, padding)[:, :, :: kernel_size[0], :: kernel_size[1]]
    windows = windows.transpose(0, 1, 4, 5, 2, 3)
    return _joined(windows)


@misconception(of="im2col", read="convolution.md#padding")
def columns_without_border(x, kernel_size, stride=1, padding=0):
    """The padding is not used. Put a border of zeros around the images first."""
    if any(side < kernel for side, kernel in zip(x.shape[2:], kernel_size, strict=True)):
        return np.zeros((len(x), x.shape[1] * kernel_size[0] * kernel_size[1], 0))
    return _columns(x, kernel_size, stride)


@misconception(of="im2col", read="convolution.md#padding")
def columns_of_repeated_pixels(x, kernel_size, stride=1, padding=0):
    """The border repeats the last pixels. Here it holds zeros."""
    return _columns(_pad(x, padding, mode="edge"), kernel_size, stride)


@misconception(of="im2col", read="convolution.md#number-of-filters")
def images_side_by_side(x, kernel_size, stride=1, padding=0):
    """The columns of all images stand in one matrix. Here each image has a matrix of its own: the first axis
    is N.
    """
    columns = _columns(x, kernel_size, stride, padding)
    return np.concatenate(list(columns), axis=1)


@misconception(of="im2col", read="convolution.md#number-of-filters")
def columns_of_the_first_image(x, kernel_size, stride=1, padding=0):
    """All images get the columns of the first. Each image has its own."""
    columns = _columns(x, kernel_size, stride, padding)
    return np.broadcast_to(columns[:1], columns.shape).copy()


@misconception(of="im2col", read="convolution.md#convolution-slides")
def axes_not_joined(x, kernel_size, stride=1, padding=0):
    """The axes are not joined yet. The result has three: images, the numbers of a window, the places."""
    return _windows(x, kernel_size, stride, padding).transpose(0, 1, 4, 5, 2, 3).copy()


# col2im


@misconception(of="col2im", read="convolution.md#parameter-sharing")
def copies_overwritten(columns, shape, kernel_size, stride=1, padding=0):
    """Where windows overlap, the last one wins. `=` forgets what the copies before have said; with `+=` it
    adds up.
    """
    n, c, image_height, image_width = shape
    height, width = (_size(shape[2 + a], kernel_size[a], stride, padding) for a in (0, 1))
    padded = np.zeros((n, c, image_height + 2 * padding, image_width + 2 * padding))
    for place, (i, j) in enumerate(np.ndindex(height, width)):
        rows = slice(i * stride, i * stride + kernel_size[0])
        window = columns[:, :, place].reshape(n, c, *kernel_size)
        padded[:, :, rows, j * stride : j * stride + kernel_size[1]] = window
    return _cut(padded, padding)


@misconception(of="col2im", read="convolution.md#parameter-sharing")
def copies_averaged(columns, shape, kernel_size, stride=1, padding=0):
    """Where windows overlap, the mean of the copies is taken. What they say adds up, and nothing divides."""
    cover = _images(np.ones_like(columns), shape, kernel_size, stride, padding)
    return _cut(_images(columns, shape, kernel_size, stride, padding) / np.maximum(cover, 1.0), padding)


@misconception(of="col2im", read="convolution.md#padding")
def images_with_border(columns, shape, kernel_size, stride=1, padding=0):
    """The images still have their border. Cut it off; `shape` is that of the images without it."""
    return _images(columns, shape, kernel_size, stride, padding)


@misconception(of="col2im", read="convolution.md#padding")
def images_cut_with_minus_zero(columns, shape, kernel_size, stride=1, padding=0):
    """Without padding, nothing is left. The slice `[padding:-padding]` ends before it begins if padding is 0;
    end it at padding plus the height.
    """
    return _images(columns, shape, kernel_size, stride, padding)[:, :, padding:-padding, padding:-padding]


@misconception(of="col2im", read="convolution.md#padding")
def images_cut_at_the_end(columns, shape, kernel_size, stride=1, padding=0):
    """The border is cut off at one end only. The image begins at row and column `padding`."""
    return _images(columns, shape, kernel_size, stride, padding)[:, :, : shape[2], : shape[3]]


@misconception(of="col2im", read="convolution.md#padding")
def no_room_for_the_border(columns, shape, kernel_size, stride=1, padding=0):
    """The windows are added to images without a border. Begin with zeros for the padded images, and cut at
    the end.
    """
    n, c, *_ = shape
    height, width = (_size(shape[2 + a], kernel_size[a], stride, padding) for a in (0, 1))
    images = np.zeros(shape)
    for place, (i, j) in enumerate(np.ndindex(height, width)):
        rows = slice(i * stride, i * stride + kernel_size[0])
        window = columns[:, :, place].reshape(n, c, *kernel_size)
        images[:, :, rows, j * stride : j * stride + kernel_size[1]] += window
    return images


def _six_axes(columns, shape, kernel_size, stride, padding):
    """N, C, kH, kW, H_out, W_out."""
    places = (_size(shape[2 + a], kernel_size[a], stride, padding) for a in (0, 1))
    return (*shape[:2], *kernel_size, *places)


@misconception(of="col2im", read="convolution.md#convolution-slides")
def columns_read_as_rows(columns, shape, kernel_size, stride=1, padding=0):
    """The rows are taken for the windows. Each column is a window: (N, C * kH * kW, H_out * W_out)."""
    turned = columns.reshape(columns.shape[0], columns.shape[2], columns.shape[1]).swapaxes(1, 2)
    return _cut(_images(turned, shape, kernel_size, stride, padding), padding)


@misconception(of="col2im", read="convolution.md#channels-summed")
def channel_read_fastest(columns, shape, kernel_size, stride=1, padding=0):
    """The channel is taken to change fastest. As in im2col and in the weight, it changes slowest."""
    n, c, kernel_height, kernel_width, height, width = _six_axes(columns, shape, kernel_size, stride, padding)
    windows = columns.reshape(n, kernel_height, kernel_width, c, height * width).transpose(0, 3, 1, 2, 4)
    return _cut(_images(windows.reshape(columns.shape), shape, kernel_size, stride, padding), padding)


@misconception(of="col2im", read="convolution.md#kernel-shape")
def window_read_by_columns(columns, shape, kernel_size, stride=1, padding=0):
    """The windows are read column by column. In im2col a window's row changes slower than its column."""
    n, c, kernel_height, kernel_width, height, width = _six_axes(columns, shape, kernel_size, stride, padding)
    windows = columns.reshape(n, c, kernel_width, kernel_height, height * width).swapaxes(2, 3)
    return _cut(_images(windows.reshape(columns.shape), shape, kernel_size, stride, padding), padding)


@misconception(of="col2im", read="convolution.md#convolution-slides")
def places_read_by_columns(columns, shape, kernel_size, stride=1, padding=0):
    """The places are read column by column. In im2col they are counted in row order."""
    *_, height, width = _six_axes(columns, shape, kernel_size, stride, padding)
    places = columns.reshape(*columns.shape[:2], width, height).swapaxes(2, 3)
    return _cut(_images(places.reshape(columns.shape), shape, kernel_size, stride, padding), padding)


@misconception(of="col2im", read="convolution.md#cross-correlation")
def windows_flipped_back(columns, shape, kernel_size, stride=1, padding=0):
    """The windows are flipped. Nothing was flipped on the way there, so nothing is on the way back."""
    windows = columns.reshape(*shape[:2], *kernel_size, -1)[:, :, ::-1, ::-1]
    return _cut(_images(windows.reshape(columns.shape), shape, kernel_size, stride, padding), padding)


@misconception(of="col2im", read="convolution.md#stride")
def windows_put_next_to_each_other(columns, shape, kernel_size, stride=1, padding=0):
    """The windows are put next to each other. The window of output row i begins at row i times the stride."""
    n, c, image_height, image_width = shape
    height, width = (_size(shape[2 + a], kernel_size[a], stride, padding) for a in (0, 1))
    padded = np.zeros((n, c, image_height + 2 * padding, image_width + 2 * padding))
    for place, (i, j) in enumerate(np.ndindex(height, width)):
        window = columns[:, :, place].reshape(n, c, *kernel_size)
        padded[:, :, i : i + kernel_size[0], j : j + kernel_size[1]] += window
    return _cut(padded, padding)


@misconception(of="col2im", read="convolution.md#parameter-sharing")
def images_added_up(columns, shape, kernel_size, stride=1, padding=0):
    """All images get the sum over the images. A pixel belongs to one image only."""
    images = _cut(_images(columns, shape, kernel_size, stride, padding), padding)
    return np.broadcast_to(images.sum(axis=0, keepdims=True), images.shape).copy()


@misconception(of="col2im", read="convolution.md#channels-summed")
def channels_added_up(columns, shape, kernel_size, stride=1, padding=0):
    """All channels get the sum over the channels. Each channel has its own part of a column."""
    images = _cut(_images(columns, shape, kernel_size, stride, padding), padding)
    return np.broadcast_to(images.sum(axis=1, keepdims=True), images.shape).copy()


@misconception(of="col2im", read="convolution.md#parameter-sharing")
def only_the_first_window(columns, shape, kernel_size, stride=1, padding=0):
    """Only the first window comes back. Every column is added to its window."""
    first = np.where(np.arange(columns.shape[2]) == 0, columns, 0.0)
    return _cut(_images(first, shape, kernel_size, stride, padding), padding)


@misconception(of="col2im", read="convolution.md#padding")
def images_not_returned(columns, shape, kernel_size, stride=1, padding=0):
    """Nothing is returned. Return the images, without their border."""
    _images(columns, shape, kernel_size, stride, padding)


# fast_conv2d_forward


def _fast(x, weight, bias, stride=1, padding=0):
    """The right flat output, (N, K, H_out * W_out), its shape as maps, and the cache."""
    columns = _columns(x, weight.shape[2:], stride, padding)
    flat = weight.reshape(len(weight), -1) @ columns + bias[:, None]
    return flat, _shape(x, weight, stride, padding), (columns, x.shape, weight, stride, padding)


@misconception(of="fast_conv2d_forward", read="convolution.md#channels-summed")
def fast_bias_left_out(x, weight, bias, stride=1, padding=0):
    """The bias is not added. Each row of the product belongs to a filter, and gets its bias."""
    flat, shape, cache = _fast(x, weight, 0 * bias, stride, padding)
    return flat.reshape(shape), cache


@misconception(of="fast_conv2d_forward", read="convolution.md#number-of-filters")
def fast_bias_along_the_places(x, weight, bias, stride=1, padding=0):
    """The biases are spread along the places. `product + bias` matches the last axis; the filters are the
    axis before it, so the bias needs the shape (K, 1).
    """
    flat, shape, cache = _fast(x, weight, 0 * bias, stride, padding)
    return (flat + bias).reshape(shape), cache


@misconception(of="fast_conv2d_forward", read="convolution.md#number-of-filters")
def fast_first_bias_for_all(x, weight, bias, stride=1, padding=0):
    """All filters get the bias of the first. Each filter has its own."""
    flat, shape, cache = _fast(x, weight, np.full(len(weight), bias[0]), stride, padding)
    return flat.reshape(shape), cache


@misconception(of="fast_conv2d_forward", read="convolution.md#cross-correlation")
def fast_filter_flipped(x, weight, bias, stride=1, padding=0):
    """The filter is flipped. The windows were copied as they are, and the filter is laid on as it is."""
    flat, shape, (columns, *_) = _fast(x, weight[:, :, ::-1, ::-1], bias, stride, padding)
    return flat.reshape(shape), (columns, x.shape, weight, stride, padding)


@misconception(of="fast_conv2d_forward", read="convolution.md#channels-summed")
def fast_weight_flattened_in_another_order(x, weight, bias, stride=1, padding=0):
    """The weight is flattened in another order than the windows. In both the channel changes slowest, then
    the row, then the column: a plain reshape of (K, C, kH, kW).
    """
    columns = _columns(x, weight.shape[2:], stride, padding)
    matrix = weight.transpose(0, 2, 3, 1).reshape(len(weight), -1)
    output = matrix @ columns + bias[:, None]
    return output.reshape(_shape(x, weight, stride, padding)), (columns, x.shape, weight, stride, padding)


@misconception(of="fast_conv2d_forward", read="convolution.md#number-of-filters")
def fast_weight_reshaped_to_columns(x, weight, bias, stride=1, padding=0):
    """The filters are mixed up. A reshape to (C * kH * kW, K) keeps the order of all numbers, so its columns
    are no filters; reshape to one row for each filter.
    """
    columns = _columns(x, weight.shape[2:], stride, padding)
    output = weight.reshape(-1, len(weight)).T @ columns + bias[:, None]
    return output.reshape(_shape(x, weight, stride, padding)), (columns, x.shape, weight, stride, padding)


@misconception(of="fast_conv2d_forward", read="convolution.md#number-of-filters")
def fast_factors_exchanged(x, weight, bias, stride=1, padding=0):
    """The matrices stand the wrong way round. (K, C * kH * kW) times (N, C * kH * kW, H_out * W_out): the
    axes that meet must be the same, so the weight stands on the left.
    """
    columns = _columns(x, weight.shape[2:], stride, padding)
    output = columns @ weight.reshape(len(weight), -1) + bias[:, None]
    return output.reshape(_shape(x, weight, stride, padding)), (columns, x.shape, weight, stride, padding)


@misconception(of="fast_conv2d_forward", read="convolution.md#number-of-filters")
def fast_places_before_filters(x, weight, bias, stride=1, padding=0):
    """The shape is right and the maps are mixed up. The product has the places before the filters here; swap
    the two axes, then reshape.
    """
    flat, shape, cache = _fast(x, weight, bias, stride, padding)
    return flat.swapaxes(1, 2).reshape(shape), cache


@misconception(of="fast_conv2d_forward", read="convolution.md#number-of-filters")
def fast_filters_last(x, weight, bias, stride=1, padding=0):
    """The filters are the last axis of the output. The output is (N, K, H_out, W_out): channels
    before rows.
    """
    flat, shape, cache = _fast(x, weight, bias, stride, padding)
    return flat.reshape(shape).transpose(0, 2, 3, 1), cache


@misconception(of="fast_conv2d_forward", read="convolution.md#kernel-shape")
def fast_width_before_height(x, weight, bias, stride=1, padding=0):
    """The places are given a width before a height. The output is (N, K, H_out, W_out), height first."""
    flat, (n, filters, height, width), cache = _fast(x, weight, bias, stride, padding)
    return flat.reshape(n, filters, width, height), cache


@misconception(of="fast_conv2d_forward", read="convolution.md#number-of-filters")
def fast_maps_left_flat(x, weight, bias, stride=1, padding=0):
    """The maps are still flat. Give the last axis back its rows and columns: (N, K, H_out, W_out)."""
    flat, _, cache = _fast(x, weight, bias, stride, padding)
    return flat, cache


@misconception(of="fast_conv2d_forward", read="convolution.md#stride")
def fast_stride_not_handed_on(x, weight, bias, stride=1, padding=0):
    """The stride is not handed on. `im2col` needs it, and so does the size of the map."""
    flat, shape, _ = _fast(x, weight, bias, 1, padding)
    return flat.reshape(shape), _fast(x, weight, bias, stride, padding)[2]


@misconception(of="fast_conv2d_forward", read="convolution.md#padding")
def fast_padding_not_handed_on(x, weight, bias, stride=1, padding=0):
    """The padding is not handed on. `im2col` needs it, and so does the size of the map."""
    sides = zip(x.shape[2:], weight.shape[2:], strict=True)
    if any(side < kernel for side, kernel in sides):
        raise ValueError("the filter is larger than the image")
    flat, shape, _ = _fast(x, weight, bias, stride, 0)
    return flat.reshape(shape), _fast(x, weight, bias, stride, padding)[2]


@misconception(of="fast_conv2d_forward", read="convolution.md#number-of-filters")
def fast_first_image_only(x, weight, bias, stride=1, padding=0):
    """All images get the maps of the first. Multiply the columns of each image."""
    flat, shape, cache = _fast(x, weight, bias, stride, padding)
    return np.broadcast_to(flat[:1], flat.shape).reshape(shape), cache


@misconception(of="fast_conv2d_forward", read="convolution.md#convolution-slides")
def fast_conv_without_cache(x, weight, bias, stride=1, padding=0):
    """Only the output is returned. A forward function returns two values, output and cache."""
    flat, shape, _ = _fast(x, weight, bias, stride, padding)
    return flat.reshape(shape)


# fast_conv2d_backward


def _fast_backward(grad_output, cache):
    """The right gradients."""
    columns, shape, weight, stride, padding = cache
    grad = grad_output.reshape(*grad_output.shape[:2], -1)  # (N, K, H_out * W_out)
    grad_weight = np.einsum("nkp,nrp->kr", grad, columns).reshape(weight.shape)
    grad_columns = np.einsum("nkp,kr->nrp", grad, weight.reshape(len(weight), -1))
    grad_x = _cut(_images(grad_columns, shape, weight.shape[2:], stride, padding), padding)
    return grad_x, grad_weight, grad.sum(axis=(0, 2))


@misconception(of="fast_conv2d_backward", read="convolution.md#parameter-sharing")
def fast_bias_gradient_averaged(grad_output, cache):
    """The gradient of the bias is a mean. It is the sum over all places and images, and nothing
    divides it.
    """
    grad_x, grad_weight, _ = _fast_backward(grad_output, cache)
    return grad_x, grad_weight, grad_output.mean(axis=(0, 2, 3))


@misconception(of="fast_conv2d_backward", read="convolution.md#parameter-sharing")
def fast_bias_gradient_for_each_image(grad_output, cache):
    """The gradient of the bias is not summed over the images. The same bias was added in all of them."""
    grad_x, grad_weight, _ = _fast_backward(grad_output, cache)
    return grad_x, grad_weight, grad_output.sum(axis=(2, 3))


@misconception(of="fast_conv2d_backward", read="convolution.md#parameter-sharing")
def fast_weight_gradient_averaged(grad_output, cache):
    """The mean over the images is taken. The same filter was used in all of them: add them up."""
    grad_x, grad_weight, grad_bias = _fast_backward(grad_output, cache)
    return grad_x, grad_weight / len(grad_output), grad_bias


@misconception(of="fast_conv2d_backward", read="convolution.md#parameter-sharing")
def fast_weight_gradient_for_each_image(grad_output, cache):
    """The gradient of the weight is not summed over the images. The product has a matrix for each image; the
    same filter was used in all of them.
    """
    columns, _, weight, *_ = cache
    grad_x, _, grad_bias = _fast_backward(grad_output, cache)
    grad = grad_output.reshape(*grad_output.shape[:2], -1)
    each = np.einsum("nkp,nrp->nkr", grad, columns).reshape(len(grad), *weight.shape)
    return grad_x, each, grad_bias


@misconception(of="fast_conv2d_backward", read="convolution.md#parameter-sharing")
def fast_weight_gradient_of_the_last_image(grad_output, cache):
    """The gradient of the weight is that of the last image. The same filter was used in all of them: add them
    up.
    """
    columns, _, weight, *_ = cache
    grad_x, _, grad_bias = _fast_backward(grad_output, cache)
    grad = grad_output.reshape(*grad_output.shape[:2], -1)
    return grad_x, (grad[-1] @ columns[-1].T).reshape(weight.shape), grad_bias


@misconception(of="fast_conv2d_backward", read="convolution.md#parameter-sharing")
def fast_columns_reshaped_instead_of_transposed(grad_output, cache):
    """The columns are reshaped where they should be transposed. A reshape keeps the order of all numbers, so
    they meet the wrong places; swap the last two axes.
    """
    columns, _, weight, *_ = cache
    grad_x, _, grad_bias = _fast_backward(grad_output, cache)
    grad = grad_output.reshape(*grad_output.shape[:2], -1)
    turned = columns.reshape(columns.shape[0], columns.shape[2], columns.shape[1])
    return grad_x, (grad @ turned).sum(axis=0).reshape(weight.shape), grad_bias


@misconception(of="fast_conv2d_backward", read="convolution.md#parameter-sharing")
def fast_columns_not_transposed(grad_output, cache):
    """The columns are not transposed. In the gradient of the weight the places have to meet: (N, K, H_out *
    W_out) times (N, H_out * W_out, C * kH * kW).
    """
    columns, _, weight, *_ = cache
    grad_x, _, grad_bias = _fast_backward(grad_output, cache)
    grad = grad_output.reshape(*grad_output.shape[:2], -1)
    return grad_x, (grad @ columns).sum(axis=0).reshape(weight.shape), grad_bias


@misconception(of="fast_conv2d_backward", read="convolution.md#number-of-filters")
def fast_weight_gradient_left_flat(grad_output, cache):
    """The gradient of the weight is still flat. It has the shape of the weight, (K, C, kH, kW)."""
    grad_x, grad_weight, grad_bias = _fast_backward(grad_output, cache)
    return grad_x, grad_weight.reshape(len(grad_weight), -1), grad_bias


@misconception(of="fast_conv2d_backward", read="convolution.md#channels-summed")
def fast_weight_gradient_in_another_order(grad_output, cache):
    """The gradient of the weight is unfolded in another order. In the columns the channel changes slowest, so
    a plain reshape gives (K, C, kH, kW).
    """
    grad_x, grad_weight, grad_bias = _fast_backward(grad_output, cache)
    filters, channels, height, width = grad_weight.shape
    other = grad_weight.reshape(filters, height, width, channels).transpose(0, 3, 1, 2)
    return grad_x, other, grad_bias


@misconception(of="fast_conv2d_backward", read="convolution.md#number-of-filters")
def fast_gradient_flattened_in_another_order(grad_output, cache):
    """`grad_output` is flattened in another order than the product. The filters stay an axis of their own,
    before the places: a plain reshape to (N, K, H_out * W_out).
    """
    other = grad_output.transpose(0, 2, 3, 1).reshape(grad_output.shape)
    grad_x, grad_weight, _ = _fast_backward(other, cache)
    return grad_x, grad_weight, grad_output.sum(axis=(0, 2, 3))


@misconception(of="fast_conv2d_backward", read="convolution.md#number-of-filters")
def fast_weight_not_transposed(grad_output, cache):
    """The weight is not transposed. In the gradient of the columns the filters have to meet: (C * kH * kW, K)
    times (N, K, H_out * W_out).
    """
    _, shape, weight, stride, padding = cache
    _, grad_weight, grad_bias = _fast_backward(grad_output, cache)
    grad = grad_output.reshape(*grad_output.shape[:2], -1)
    grad_columns = weight.reshape(len(weight), -1) @ grad
    grad_x = _cut(_images(grad_columns, shape, weight.shape[2:], stride, padding), padding)
    return grad_x, grad_weight, grad_bias


@misconception(of="fast_conv2d_backward", read="convolution.md#number-of-filters")
def fast_weight_reshaped_instead_of_transposed(grad_output, cache):
    """The weight is reshaped where it should be transposed. A reshape to (C * kH * kW, K) keeps the order of
    all numbers; flatten it to one row for each filter, then transpose.
    """
    _, shape, weight, stride, padding = cache
    _, grad_weight, grad_bias = _fast_backward(grad_output, cache)
    grad = grad_output.reshape(*grad_output.shape[:2], -1)
    grad_columns = weight.reshape(-1, len(weight)) @ grad
    grad_x = _cut(_images(grad_columns, shape, weight.shape[2:], stride, padding), padding)
    return grad_x, grad_weight, grad_bias


@misconception(of="fast_conv2d_backward", read="convolution.md#stride")
def fast_gradient_columns_returned(grad_output, cache):
    """The gradient of the columns is returned. Each pixel was copied into several columns; `col2im` adds them
    up again, in the shape of the images.
    """
    weight = cache[2]
    _, grad_weight, grad_bias = _fast_backward(grad_output, cache)
    grad = grad_output.reshape(*grad_output.shape[:2], -1)
    return weight.reshape(len(weight), -1).T @ grad, grad_weight, grad_bias


@misconception(of="fast_conv2d_backward", read="convolution.md#cross-correlation")
def fast_image_gradient_flipped(grad_output, cache):
    """The filter is flipped on the way back. It was laid on as it is, so nothing is flipped."""
    columns, shape, weight, *rest = cache
    _, grad_weight, grad_bias = _fast_backward(grad_output, cache)
    grad_x = _fast_backward(grad_output, (columns, shape, weight[:, :, ::-1, ::-1], *rest))[0]
    return grad_x, grad_weight, grad_bias


@misconception(of="fast_conv2d_backward", read="convolution.md#stride")
def fast_windows_put_next_to_each_other(grad_output, cache):
    """The stride is not used on the way back. `col2im` needs the same stride as `im2col`, or the windows come
    to lie at wrong places.
    """
    _, shape, weight, _, padding = cache
    _, grad_weight, grad_bias = _fast_backward(grad_output, cache)
    (n, c, height, width), kernel_size = shape, weight.shape[2:]
    grad_padded = np.zeros((n, c, height + 2 * padding, width + 2 * padding))
    for i, j in np.ndindex(grad_output.shape[2:]):
        window = np.einsum("nk,kcuv->ncuv", grad_output[:, :, i, j], weight)
        grad_padded[:, :, i : i + kernel_size[0], j : j + kernel_size[1]] += window
    return _cut(grad_padded, padding), grad_weight, grad_bias


@misconception(of="fast_conv2d_backward", read="convolution.md#padding")
def fast_border_left_on(grad_output, cache):
    """The gradient of the images still has its border. It has the shape of the images, (N, C, H, W)."""
    _, grad_weight, grad_bias = _fast_backward(grad_output, cache)
    _, shape, weight, stride, padding = cache
    grad = grad_output.reshape(*grad_output.shape[:2], -1)
    grad_columns = weight.reshape(len(weight), -1).T @ grad
    return _images(grad_columns, shape, weight.shape[2:], stride, padding), grad_weight, grad_bias


@misconception(of="fast_conv2d_backward", read="convolution.md#parameter-sharing")
def fast_gradients_in_another_order(grad_output, cache):
    """The gradients come in another order. They come in that of the forward function's arguments: images,
    weight, bias.
    """
    grad_x, grad_weight, grad_bias = _fast_backward(grad_output, cache)
    return grad_weight, grad_bias, grad_x


@misconception(of="fast_conv2d_backward", read="convolution.md#parameter-sharing")
def fast_bias_before_weight(grad_output, cache):
    """The gradients of weight and bias are exchanged. They come in the order of the forward function's
    arguments: images, weight, bias.
    """
    grad_x, grad_weight, grad_bias = _fast_backward(grad_output, cache)
    return grad_x, grad_bias, grad_weight


@misconception(of="fast_conv2d_backward", read="convolution.md#parameter-sharing")
def fast_only_the_image_gradient(grad_output, cache):
    """Only the gradient of the images is returned. Three are wanted: images, weight, bias."""
    return _fast_backward(grad_output, cache)[0]


# conv1x1


def _mix(x, matrix, bias):
    """A matrix (K, C) at each pixel."""
    return np.einsum("kc,nchw->nkhw", matrix, x) + bias[:, None, None]


@misconception(of="conv1x1", read="cnn-architectures.md#one-by-one-convolution")
def mixed_without_bias(x, weight, bias):
    """The bias is not added. Each filter has one, and it is added at every pixel."""
    return _mix(x, weight[:, :, 0, 0], 0 * bias)


@misconception(of="conv1x1", read="cnn-architectures.md#one-by-one-convolution")
def bias_along_the_pixels(x, weight, bias):
    """The biases are spread along the pixels. `product + bias` matches the last axis; the filters are the
    axis before it, so the bias needs the shape (K, 1).
    """
    n, c, height, width = x.shape
    output = weight[:, :, 0, 0] @ x.reshape(n, c, -1) + bias
    return output.reshape(n, -1, height, width)


@misconception(of="conv1x1", read="cnn-architectures.md#one-by-one-convolution")
def bias_for_each_channel_mixed(x, weight, bias):
    """The bias is added once for each channel. It is added once, after the sum over the channels."""
    return _mix(x, weight[:, :, 0, 0], bias * x.shape[1])


@misconception(of="conv1x1", read="cnn-architectures.md#one-by-one-convolution")
def filters_and_channels_exchanged(x, weight, bias):
    """Filters and channels are exchanged. The weight is (K, C, 1, 1), so without its last axes it is (K, C)
    and stands on the left as it is.
    """
    n, c, height, width = x.shape
    output = weight[:, :, 0, 0].T @ x.reshape(n, c, -1) + bias[:, None]
    return output.reshape(n, -1, height, width)


@misconception(of="conv1x1", read="cnn-architectures.md#one-by-one-convolution")
def all_four_axes_multiplied(x, weight, bias):
    """The weight still has four axes. `@` multiplies the last two, which are 1 by 1 there; drop them, so that
    (K, C) is multiplied.
    """
    n, c, height, width = x.shape
    return (weight @ x.reshape(n, c, -1) + bias[:, None]).reshape(n, -1, height, width)


@misconception(of="conv1x1", read="cnn-architectures.md#one-by-one-convolution")
def mixed_channels_averaged(x, weight, bias):
    """The mean over the channels is taken. It is a sum, and nothing divides."""
    return _mix(x, weight[:, :, 0, 0] / x.shape[1], bias)


@misconception(of="conv1x1", read="cnn-architectures.md#one-by-one-convolution")
def pixels_and_channels_scrambled(x, weight, bias):
    """Channels and pixels are mixed up. A reshape to (N, H * W, C) keeps the order of all numbers; the
    channels are in front, so flatten to (N, C, H * W).
    """
    n, c, height, width = x.shape
    output = x.reshape(n, -1, c) @ weight[:, :, 0, 0].T + bias  # (N, H * W, K)
    return output.swapaxes(1, 2).reshape(n, -1, height, width)


@misconception(of="conv1x1", read="cnn-architectures.md#one-by-one-convolution")
def mixed_maps_scrambled(x, weight, bias):
    """The shape is right and the maps are mixed up. The product has the pixels before the filters here; swap
    the two axes, then reshape.
    """
    output = _mix(x, weight[:, :, 0, 0], bias)
    return output.transpose(0, 2, 3, 1).reshape(output.shape)


@misconception(of="conv1x1", read="cnn-architectures.md#one-by-one-convolution")
def mixed_channels_last(x, weight, bias):
    """The channels are the last axis of the result. It is (N, K, H, W): channels before rows."""
    return _mix(x, weight[:, :, 0, 0], bias).transpose(0, 2, 3, 1)


@misconception(of="conv1x1", read="cnn-architectures.md#one-by-one-convolution")
def pixels_left_flat(x, weight, bias):
    """The pixels are still flat. Give the last axis back its rows and columns: (N, K, H, W)."""
    output = _mix(x, weight[:, :, 0, 0], bias)
    return output.reshape(*output.shape[:2], -1)


@misconception(of="conv1x1", read="cnn-architectures.md#one-by-one-convolution")
def mixed_width_before_height(x, weight, bias):
    """The pixels are given a width before a height. The result is (N, K, H, W), height first."""
    n, _, height, width = x.shape
    return _mix(x, weight[:, :, 0, 0], bias).reshape(n, -1, width, height)


@misconception(of="conv1x1", read="cnn-architectures.md#one-by-one-convolution")
def first_image_mixed(x, weight, bias):
    """All images get the mixture of the first. Mix the channels of each image."""
    return _mix(np.broadcast_to(x[:1], x.shape), weight[:, :, 0, 0], bias)


@misconception(of="conv1x1", read="cnn-architectures.md#one-by-one-convolution")
def mixture_with_cache(x, weight, bias):
    """A cache is returned as well. This function has no backward, so it returns the output alone."""
    return _mix(x, weight[:, :, 0, 0], bias), (x, weight)
