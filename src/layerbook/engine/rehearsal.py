"""A rehearsal: what learners' cells usually do, done once before there is any.

Libraries load parts of themselves at their first use, such as those for the first figure or the first error
of a cell. And it shows which pages of memory a learner process writes to.
"""

from __future__ import annotations

import socket
import sys
import warnings
from typing import Any

from layerbook.engine.learner import Learner
from layerbook.engine.limits import Limits
from layerbook.engine.link import Channel

CELL = """
import numpy as np
import matplotlib.pyplot as plt

class Layer:
    def __init__(self, size):
        self.size = size

def forward(x, size=2):
    (rows, columns), out = x.shape, np.zeros((len(x), size))
    for row in range(rows):
        for column in range(size):
            window = x[row, column : column + size]
            out[row, column] = max(0.0, window.max())
    return out, (x, size)

def backward(d_out, cache):
    x, size = cache
    d_x = np.zeros_like(x)
    d_x[:, :size] += d_out * (x[:, :size] == x.max(axis=1, keepdims=True))
    return d_x

rng = np.random.default_rng(0)
out, cache = forward(rng.normal(size=(4, 6)))
print(out.shape, f"{backward(out, cache).sum():.3f}", Layer(3).size)
figure, (image, line) = plt.subplots(1, 2, figsize=(4, 2))
image.imshow(out, cmap="gray")
image.text(0, 0, "text", ha="center")
image.axis("off")
line.plot([0, 1], label="line")
line.set(title="title", xlabel="x", ylabel="y")
line.legend()
plt.show()
"""
FAILS = "1 / 0"


def rehearse(shell: Any) -> None:
    """Run a cell that works and one that does not in `shell`, and leave nothing of them there."""
    ours, theirs = socket.socketpair()
    names = set(shell.user_ns)
    with ours, theirs, warnings.catch_warnings():
        learner = Learner(shell, Channel(theirs), Limits())
        for cell in (CELL, FAILS):
            learner.run_cell(cell)
    for name in set(shell.user_ns) - names:
        del shell.user_ns[name]
    for name in ("last_exc", "last_type", "last_value", "last_traceback"):
        vars(sys).pop(name, None)
