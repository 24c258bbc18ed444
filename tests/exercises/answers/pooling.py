"""Right answers to the exercise `pooling` in several styles: `STYLES` has them by style and function."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

# Plain loops over every number; the cache is what the forward function was given.


def loop_relu_forward(x):
    output = [value if value > 0 else 0.0 for value in x.ravel().tolist()]
    return np.array(output).reshape(x.shape), x


def loop_relu_backward(grad_output, cache):
    grad_x = grad_output.copy()
    for place in np.ndindex(cache.shape):
        if cache[place] <= 0:
            grad_x[place] = 0.0
    return grad_x


def loop_windows(shape, kernel_size, stride, padding):
    """Of each output number its place, and the places of its window's numbers that lie in the map."""
    n, c, height, width = shape
    for i in range((height + 2 * padding - kernel_size) // stride + 1):
        for j in range((width + 2 * padding - kernel_size) // stride + 1):
            rows = range(i * stride - padding, i * stride - padding + kernel_size)
            columns = range(j * stride - padding, j * stride - padding + kernel_size)
            inside = [(r, s) for r in rows for s in columns if 0 <= r < height and 0 <= s < width]
            for image in range(n):
                for channel in range(c):
                    yield (image, channel, i, j), [(image, channel, r, s) for r, s in inside]


def loop_max_pool_forward(x, kernel_size, stride, padding=0):
    best = {}
    for place, window in loop_windows(x.shape, kernel_size, stride, padding):
        best[place] = max(float(x[number]) for number in window)
    output = np.zeros([last + 1 for last in max(best)])
    for place, value in best.items():
        output[place] = value
    return output, (x, kernel_size, stride, padding)


def loop_max_pool_backward(grad_output, cache):
    x, kernel_size, stride, padding = cache
    grad_x = np.zeros(x.shape)
    for place, window in loop_windows(x.shape, kernel_size, stride, padding):
        winner = window[0]
        for number in window:
            if x[number] > x[winner]:
                winner = number
        grad_x[winner] += grad_output[place]
    return grad_x


def loop_average_pool_forward(x, kernel_size, stride):
    means = {}
    for place, window in loop_windows(x.shape, kernel_size, stride, 0):
        means[place] = sum(float(x[number]) for number in window) / len(window)
    output = np.zeros([last + 1 for last in max(means)])
    for place, value in means.items():
        output[place] = value
    return output, (x, kernel_size, stride)


def loop_average_pool_backward(grad_output, cache):
    x, kernel_size, stride = cache
    grad_x = np.zeros_like(x)
    for place, window in loop_windows(x.shape, kernel_size, stride, 0):
        for number in window:
            grad_x[number] += grad_output[place] / len(window)
    return grad_x


def loop_global_average_pool_forward(x):
    return np.array([[sum(map(sum, each.tolist())) / each.size for each in image] for image in x]), x


def loop_global_average_pool_backward(grad_output, cache):
    grad_x = np.zeros(cache.shape)
    for n, c, i, j in np.ndindex(cache.shape):
        grad_x[n, c, i, j] = grad_output[n, c] / cache[0, 0].size
    return grad_x


# Whole arrays at once; caches are lists, indices, and views.


def array_relu_forward(x):
    return x * (x > 0), np.sign(x)


def array_relu_backward(grad_output, cache):
    return np.where(cache > 0, grad_output, 0)


def array_windows(x, kernel_size, stride):
    return sliding_window_view(x, (kernel_size, kernel_size), (2, 3))[:, :, ::stride, ::stride]


def array_max_pool_forward(x, kernel_size, stride, padding=0):
    frame = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    inside = np.pad(np.arange(x.size).reshape(x.shape), frame, constant_values=-1)
    padded = np.pad(x, frame, constant_values=x.min() - 1)
    values = array_windows(padded, kernel_size, stride)
    numbers = array_windows(inside, kernel_size, stride).reshape(*values.shape[:4], -1)
    first = values.reshape(numbers.shape).argmax(-1, keepdims=True)
    return values.max((-2, -1)), [np.take_along_axis(numbers, first, -1), x.shape]


def array_max_pool_backward(grad_output, cache):
    numbers, shape = cache
    return np.bincount(numbers.ravel(), grad_output.ravel(), int(np.prod(shape))).reshape(shape)


def array_matrix(size, kernel_size, stride):
    """Which numbers of one side each window covers, (outputs, size)."""
    first = np.arange((size - kernel_size) // stride + 1)[:, None] * stride
    return ((np.arange(size) >= first) & (np.arange(size) < first + kernel_size)).astype(float)


def array_average_pool_forward(x, kernel_size, stride):
    rows, columns = (array_matrix(size, kernel_size, stride) / kernel_size for size in x.shape[2:])
    return np.einsum("ih,nchw,jw->ncij", rows, x, columns), {"rows": rows, "columns": columns}


def array_average_pool_backward(grad_output, cache):
    return cache["rows"].T @ grad_output @ cache["columns"]


def array_global_average_pool_forward(x):
    return np.einsum("nchw->nc", x) / (x.shape[2] * x.shape[3]), x.shape


def array_global_average_pool_backward(grad_output, cache):
    return np.broadcast_to(grad_output[:, :, None, None] / (cache[-1] * cache[-2]), cache)


# As people write it who have met CS231n before: other memory orders, backward through col2im or masks.


def other_relu_forward(x):
    out = x.copy(order="F")
    out[out < 0] = 0
    return [out, {"x": x}]


def other_relu_backward(grad_output, cache):
    dx = np.array(grad_output)
    dx[cache["x"] <= 0] = 0
    return dx


def other_max_pool_forward(x, kernel_size, stride, padding=0):
    size = [(side + 2 * padding - kernel_size) // stride + 1 for side in x.shape[2:]]
    output = np.full((*size, *x.shape[:2]), -np.inf)  # (H_out, W_out, N, C), for the last axes to come first
    where = np.zeros((*size, *x.shape[:2], 2), dtype=int)
    for place in np.ndindex(*size):
        top, left = (max(index * stride - padding, 0) for index in place)
        bottom, right = (index * stride - padding + kernel_size for index in place)
        window = x[:, :, top:bottom, left:right]
        flat = window.reshape(*x.shape[:2], -1).argmax(-1)
        output[place] = window.max((2, 3))
        where[place] = np.stack([top + flat // window.shape[3], left + flat % window.shape[3]], -1)
    return output.transpose(2, 3, 0, 1), {"where": where.transpose(2, 3, 0, 1, 4), "shape": x.shape}


def other_max_pool_backward(grad_output, cache):
    grad_x = np.zeros(cache["shape"])
    n, c = np.indices(grad_output.shape)[:2]
    np.add.at(grad_x, (n, c, cache["where"][..., 0], cache["where"][..., 1]), grad_output)
    return np.asfortranarray(grad_x)


def other_average_pool_forward(x, kernel_size, stride):
    output = 0.0
    rows, columns = ((side - kernel_size) // stride * stride + 1 for side in x.shape[2:])
    for row in range(kernel_size):
        for column in range(kernel_size):
            output = output + x[:, :, row : row + rows : stride, column : column + columns : stride]
    return output / kernel_size**2, (*x.shape, kernel_size, stride)


def other_average_pool_backward(grad_output, cache):
    *shape, kernel_size, stride = cache
    dx = np.zeros(shape)
    rows, columns = ((side - kernel_size) // stride * stride + 1 for side in shape[2:])
    for row in range(kernel_size):
        for column in range(kernel_size):
            dx[:, :, row : row + rows : stride, column : column + columns : stride] += grad_output
    return dx / (kernel_size * kernel_size)


def other_global_average_pool_forward(x):
    return x.reshape(*x.shape[:2], -1).mean(-1), [np.full(x.shape, 1 / x[0, 0].size)]


def other_global_average_pool_backward(grad_output, cache):
    return (cache[0].transpose(2, 3, 0, 1) * grad_output).transpose(2, 3, 0, 1)


NAMES = (
    "relu_forward",
    "relu_backward",
    "max_pool_forward",
    "max_pool_backward",
    "average_pool_forward",
    "average_pool_backward",
    "global_average_pool_forward",
    "global_average_pool_backward",
)
STYLES = {
    style: {name: globals()[f"{style}_{name}"] for name in NAMES} for style in ("loop", "array", "other")
}
