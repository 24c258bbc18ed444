"""Right answers to the exercise `convolution` in several styles: `STYLES` has them by style and function."""

from collections import namedtuple
from types import SimpleNamespace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

# Plain loops over every number; the cache is what the forward function was given.


def loop_output_size(size, kernel_size, stride=1, padding=0, exact=False):
    places, end = 0, -padding + kernel_size
    while end <= size + padding:
        places, end = places + 1, end + stride
    if places == 0:
        raise ValueError("no place")
    if exact and end - stride != size + padding:
        raise ValueError("a rest")
    return places


def loop_pad(x, padding):
    n, c, height, width = x.shape
    padded = np.zeros((n, c, height + 2 * padding, width + 2 * padding))
    for place in np.ndindex(x.shape):
        padded[(*place[:2], place[2] + padding, place[3] + padding)] = x[place]
    return padded


def loop_pairs(x_shape, weight_shape, stride, padding):
    """Each output number's place, and the places of pixel and weight in each of its products."""
    n, c, height, width = x_shape
    filters, _, kernel_height, kernel_width = weight_shape
    for i in range((height + 2 * padding - kernel_height) // stride + 1):
        for j in range((width + 2 * padding - kernel_width) // stride + 1):
            inside = [
                (channel, i * stride - padding + u, j * stride - padding + v, u, v)
                for channel in range(c)
                for u in range(kernel_height)
                for v in range(kernel_width)
                if 0 <= i * stride - padding + u < height and 0 <= j * stride - padding + v < width
            ]
            for image in range(n):
                for k in range(filters):
                    yield (image, k, i, j), inside


def loop_conv2d_forward(x, weight, bias, stride=1, padding=0):
    pixels, weights, biases, sums = x.tolist(), weight.tolist(), bias.tolist(), {}
    for (n, k, i, j), inside in loop_pairs(x.shape, weight.shape, stride, padding):
        total = biases[k]
        for c, row, column, u, v in inside:
            total += pixels[n][c][row][column] * weights[k][c][u][v]
        sums[n, k, i, j] = total
    output = np.zeros([last + 1 for last in max(sums)])
    for place, total in sums.items():
        output[place] = total
    return output, (x, weight, stride, padding)


def loop_conv2d_backward(grad_output, cache):
    x, weight, stride, padding = cache
    pixels, weights = x.tolist(), weight.tolist()
    grad_x, grad_weight = np.zeros(x.shape).tolist(), np.zeros(weight.shape).tolist()
    grad_bias = np.zeros(len(weight))
    for (n, k, i, j), inside in loop_pairs(x.shape, weight.shape, stride, padding):
        g = float(grad_output[n, k, i, j])
        grad_bias[k] += g
        for c, row, column, u, v in inside:
            grad_weight[k][c][u][v] += g * pixels[n][c][row][column]
            grad_x[n][c][row][column] += g * weights[k][c][u][v]
    return np.array(grad_x), np.array(grad_weight), grad_bias


def loop_im2col(x, kernel_size, stride=1, padding=0):
    n, c, height, width = x.shape
    places = {}
    for (_, _, i, j), inside in loop_pairs((1, c, height, width), (1, c, *kernel_size), stride, padding):
        places[i, j] = inside
    columns = np.zeros((n, c * kernel_size[0] * kernel_size[1], len(places)))
    for place, inside in enumerate(places[key] for key in sorted(places)):
        for channel, row, column, u, v in inside:
            number = (channel * kernel_size[0] + u) * kernel_size[1] + v
            for image in range(n):
                columns[image, number, place] = x[image, channel, row, column]
    return columns


def loop_col2im(columns, shape, kernel_size, stride=1, padding=0):
    n, c, height, width = shape
    images = np.zeros(shape)
    places = loop_pairs((1, c, height, width), (1, c, *kernel_size), stride, padding)
    for place, (_, inside) in enumerate(places):
        for channel, row, column, u, v in inside:
            number = (channel * kernel_size[0] + u) * kernel_size[1] + v
            for image in range(n):
                images[image, channel, row, column] += columns[image, number, place]
    return images


def loop_fast_conv2d_forward(x, weight, bias, stride=1, padding=0):
    columns = loop_im2col(x, weight.shape[2:], stride, padding)
    rows = [np.ravel(one_filter) for one_filter in weight]
    height = loop_output_size(x.shape[2], weight.shape[2], stride, padding)
    output = []
    for image in columns:
        maps = [row @ image + b for row, b in zip(rows, bias, strict=True)]
        output.append([one_map.reshape(height, len(one_map) // height) for one_map in maps])
    return np.array(output), {"columns": columns, "like": x, "weight": weight, "step": (stride, padding)}


def loop_fast_conv2d_backward(grad_output, cache):
    columns, weight = cache["columns"], cache["weight"]
    grad_weight, grad_columns = np.zeros(weight.shape), np.zeros(columns.shape)
    for n in range(len(columns)):
        for k in range(len(weight)):
            flat = grad_output[n, k].ravel()
            grad_weight[k] += (columns[n] @ flat).reshape(weight.shape[1:])
            grad_columns[n] += np.outer(weight[k], flat)
    grad_x = loop_col2im(grad_columns, cache["like"].shape, weight.shape[2:], *cache["step"])
    return grad_x, grad_weight, np.array([grad_output[:, k].sum() for k in range(len(weight))])


def loop_conv1x1(x, weight, bias):
    n, _, height, width = x.shape
    output = np.zeros((n, len(weight), height, width))
    for image, k, i, j in np.ndindex(output.shape):
        output[image, k, i, j] = bias[k] + sum(
            float(w) * float(p) for w, p in zip(weight[k, :, 0, 0], x[image, :, i, j], strict=True)
        )
    return output


# Whole arrays at once: views of windows and einsum; the caches are lists, objects, and views.


def array_output_size(size, kernel_size, stride=1, padding=0, exact=False):
    steps, rest = np.divmod(size + 2 * padding - kernel_size, stride)
    if steps < 0:
        raise ValueError(f"{kernel_size} > {size + 2 * padding}")
    if exact and rest:
        raise ValueError(f"{rest} unread")
    return steps + 1


def array_pad(x, padding):
    return np.pad(x, [(0, 0)] * 2 + [(padding, padding)] * 2)


def array_windows(x, kernel_size, stride, padding):
    views = sliding_window_view(array_pad(x, padding), tuple(kernel_size), (2, 3))
    return views[:, :, ::stride, ::stride]


def array_conv2d_forward(x, weight, bias, stride=1, padding=0):
    windows = array_windows(x, weight.shape[2:], stride, padding)
    output = np.tensordot(windows, weight, ((1, 4, 5), (1, 2, 3))) + bias  # (N, H_out, W_out, K)
    return np.moveaxis(output, -1, 1), [windows, SimpleNamespace(x=x, weight=weight, step=(stride, padding))]


def array_conv2d_backward(grad_output, cache):
    """Of the images by a full convolution: the flipped filters slide over a gradient with gaps and a border."""
    windows, kept = cache
    stride, padding = kept.step
    (n, _, height, width), (filters, _, kernel_height, kernel_width) = kept.x.shape, kept.weight.shape
    gaps = np.zeros(
        (n, filters, height + 2 * padding + kernel_height - 1, width + 2 * padding + kernel_width - 1)
    )
    rows = kernel_height - 1 + stride * np.arange(grad_output.shape[2])
    columns = kernel_width - 1 + stride * np.arange(grad_output.shape[3])
    gaps[:, :, rows[:, None], columns] = grad_output
    views = sliding_window_view(gaps, (kernel_height, kernel_width), (2, 3))
    grad_padded = np.einsum("nkijuv,kcuv->ncij", views, kept.weight[:, :, ::-1, ::-1])
    grad_x = grad_padded[:, :, padding : padding + height, padding : padding + width]
    return grad_x, np.einsum("nkij,ncijuv->kcuv", grad_output, windows), np.einsum("nkij->k", grad_output)


def array_im2col(x, kernel_size, stride=1, padding=0):
    windows = array_windows(x, kernel_size, stride, padding).transpose(0, 1, 4, 5, 2, 3)
    return windows.reshape(len(x), int(np.prod(windows.shape[1:4])), -1)


def array_col2im(columns, shape, kernel_size, stride=1, padding=0):
    """Each pixel's own number goes through im2col; bincount adds up what belongs to it."""
    numbers = np.arange(1, np.prod(shape[1:]) + 1).reshape(1, *shape[1:])
    numbers = array_im2col(numbers, kernel_size, stride, padding).astype(int).ravel()  # 0 for the border
    count = int(np.prod(shape[1:])) + 1
    images = [np.bincount(numbers, image.ravel(), count)[1:] for image in columns]
    return np.array(images).reshape(shape)


def array_fast_conv2d_forward(x, weight, bias, stride=1, padding=0):
    columns = np.hstack(
        array_im2col(x, weight.shape[2:], stride, padding)
    )  # (C * kH * kW, N * H_out * W_out)
    output = np.c_[weight.reshape(len(weight), -1), bias] @ np.r_[columns, np.ones((1, columns.shape[1]))]
    height = array_output_size(x.shape[2], weight.shape[2], stride, padding)
    output = output.reshape(len(weight), len(x), height, -1).swapaxes(0, 1)
    return output, [columns, x.shape, weight, stride, padding]


def array_fast_conv2d_backward(grad_output, cache):
    columns, shape, weight, *step = cache
    grad = grad_output.swapaxes(0, 1).reshape(len(weight), -1)  # (K, N * H_out * W_out)
    grad_columns = np.tensordot(weight.reshape(len(weight), -1), grad, (0, 0))
    grad_columns = np.stack(np.hsplit(grad_columns, shape[0]))
    grad_x = array_col2im(grad_columns, shape, weight.shape[2:], *step)
    return [grad_x, (grad @ columns.T).reshape(weight.shape), grad.sum(1)]


def array_conv1x1(x, weight, bias):
    return np.einsum("kcuv,nchw->nkhw", weight, x) + bias.reshape(1, -1, 1, 1)


# As people write it who have met CS231n before: index arrays, loops over the positions in a window, other
# memory orders, caches as named tuples and functions.

Kept = namedtuple("Kept", "padded weight bias stride padding")


def other_output_size(size, kernel_size, stride=1, padding=0, exact=False):
    starts = range(0, size + 2 * padding - kernel_size + 1, stride)
    if not starts:
        raise ValueError("the filter does not fit")
    if exact and starts[-1] + kernel_size < size + 2 * padding:
        raise ValueError("does not fit exactly")
    return len(starts)


def other_pad(x, padding):
    rows = np.zeros((*x.shape[:2], padding, x.shape[3]))
    x = np.concatenate([rows, x, rows], axis=2)
    columns = np.zeros((*x.shape[:3], padding))
    return np.asfortranarray(np.concatenate([columns, x, columns], axis=3))


def other_slices(u, v, height, width, stride):
    """Everything that the position (u, v) of a window meets."""
    rows = slice(u, u + (height - 1) * stride + 1, stride)
    return ..., rows, slice(v, v + (width - 1) * stride + 1, stride)


def other_conv2d_forward(x, weight, bias, stride=1, padding=0):
    padded = other_pad(x, padding)
    height, width = ((padded.shape[a] - weight.shape[a]) // stride + 1 for a in (2, 3))
    out = np.zeros((len(x), len(weight), height, width), order="F")
    out += bias.reshape(-1, 1, 1)
    for u, v in np.ndindex(weight.shape[2:]):
        seen = padded[other_slices(u, v, height, width, stride)]
        out += np.einsum("nchw,kc->nkhw", seen, weight[:, :, u, v])
    return [out, Kept(padded, weight, bias, stride, padding)]


def other_conv2d_backward(dout, cache):
    (p, w, b, s, pad), dp, dw = cache, np.zeros_like(cache.padded), np.empty_like(cache.weight)
    for u, v in np.ndindex(w.shape[2:]):
        where = other_slices(u, v, *dout.shape[2:], s)
        dw[:, :, u, v] = np.tensordot(dout, p[where], ((0, 2, 3), (0, 2, 3)))
        dp[where] += np.einsum("nkhw,kc->nchw", dout, w[:, :, u, v])
    dx = np.delete(dp, np.r_[:pad, dp.shape[2] - pad : dp.shape[2]], axis=2)
    dx = np.delete(dx, np.r_[:pad, dp.shape[3] - pad : dp.shape[3]], axis=3)
    return dx, dw, dout.sum((0, 2, 3)).reshape(b.shape)


def other_indices(shape, kernel_size, stride, padding):
    """Channel, row and column of every number in the columns, (C * kH * kW, H_out * W_out) together."""
    _, c, height, width = shape
    kernel_height, kernel_width = kernel_size
    out_height = (height + 2 * padding - kernel_height) // stride + 1
    out_width = (width + 2 * padding - kernel_width) // stride + 1
    rows = np.tile(np.repeat(np.arange(kernel_height), kernel_width), c)
    columns = np.tile(np.arange(kernel_width), kernel_height * c)
    top = stride * np.repeat(np.arange(out_height), out_width)
    left = stride * np.tile(np.arange(out_width), out_height)
    channels = np.repeat(np.arange(c), kernel_height * kernel_width)
    return channels[:, None], rows[:, None] + top, columns[:, None] + left


def other_im2col(x, kernel_size, stride=1, padding=0):
    channels, rows, columns = other_indices(x.shape, kernel_size, stride, padding)
    return other_pad(x, padding)[:, channels, rows, columns]


def other_col2im(columns, shape, kernel_size, stride=1, padding=0):
    padded = np.zeros((*shape[:2], shape[2] + 2 * padding, shape[3] + 2 * padding))
    np.add.at(padded, (slice(None), *other_indices(shape, kernel_size, stride, padding)), columns)
    return padded if padding == 0 else padded[:, :, padding:-padding, padding:-padding]


def other_fast_conv2d_forward(x, weight, bias, stride=1, padding=0):
    columns = other_im2col(x, weight.shape[2:], stride, padding).swapaxes(1, 2)  # windows as rows
    output = columns @ weight.reshape(len(weight), -1).T + bias
    size = [(x.shape[a] + 2 * padding - weight.shape[a]) // stride + 1 for a in (2, 3)]

    def back(grad_columns):
        return other_col2im(grad_columns.swapaxes(1, 2), x.shape, weight.shape[2:], stride, padding)

    return output.reshape(len(x), *size, -1).transpose(0, 3, 1, 2), (columns, weight, back)


def other_fast_conv2d_backward(grad_output, cache):
    columns, weight, back = cache
    n, filters = grad_output.shape[:2]
    grad = grad_output.transpose(0, 2, 3, 1).reshape(n, -1, filters)  # (N, H_out * W_out, K)
    grad_weight = np.einsum("nlk,nlr->kr", grad, columns).reshape(weight.shape)
    return back(grad @ weight.reshape(filters, -1)), grad_weight, grad.sum((0, 1))


def other_conv1x1(x, weight, bias):
    return np.moveaxis(np.moveaxis(x, 1, -1) @ weight[..., 0, 0].T + bias, -1, 1)


NAMES = (
    "output_size",
    "pad",
    "conv2d_forward",
    "conv2d_backward",
    "im2col",
    "col2im",
    "fast_conv2d_forward",
    "fast_conv2d_backward",
    "conv1x1",
)
ALONE = (*((name,) for name in ("output_size", "pad", "im2col", "col2im", "conv1x1")), NAMES[2:4], NAMES[6:8])
STYLES = {
    style: {name: globals()[f"{style}_{name}"] for name in NAMES} for style in ("loop", "array", "other")
}
