"""Figures of the book: one style, light in bytes, legible on a light and on a dark page."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from matplotlib_inline.backend_inline import set_matplotlib_formats

from layerbook.frames import Frames

__all__ = ["Frames", "bars", "curves", "heatmap", "style", "word_map"]

SIDES = (
    (4, 3, "left"),
    (4, -9, "left"),
    (-4, 3, "right"),
    (-4, -9, "right"),
    (0, 7, "center"),
    (0, -13, "center"),
)
INK = "#7d8590"  # grey that reads on white and on near-black
LUMINANCE, MIDDLE = (0.2126, 0.7152, 0.0722), 0.45  # of a cell under its number
COLORS = ("#2f81c7", "#d9730d", "#2a9d6f", "#c0529b", "#8a6fd1", "#a08217")


def style() -> None:
    """Set the book's style for all figures that follow: transparent SVG, grey ink, fixed colours."""
    set_matplotlib_formats("svg")
    plt.rcParams.update(
        {
            "axes.edgecolor": INK,
            "axes.labelcolor": INK,
            "axes.prop_cycle": cycler(color=COLORS),
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.titlecolor": INK,
            "axes.titlesize": "medium",
            "figure.dpi": 100,
            "figure.facecolor": "none",
            "axes.facecolor": "none",
            "figure.figsize": (6.4, 3.2),
            "font.size": 10,
            "legend.frameon": False,
            "legend.labelcolor": INK,
            "savefig.facecolor": "none",
            "savefig.transparent": True,
            "svg.fonttype": "path",
            "svg.hashsalt": "layerbook",
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
        }
    )


def heatmap(
    values: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    digits: int | None = None,
    ax: Axes | None = None,
) -> Figure:
    """A matrix (rows, columns) as coloured cells; with `digits`, each value is written in its cell."""
    values = np.asarray(values)
    if ax is None:
        _, ax = plt.subplots(figsize=(0.62 * len(columns) + 1.6, 0.38 * len(rows) + 1.0))
    limit = float(np.abs(values).max()) or 1.0
    image = ax.imshow(values, cmap="PuOr", vmin=-limit, vmax=limit, aspect="auto")
    ax.set_xticks(range(len(columns)), columns, rotation=45, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(rows)), rows)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    if digits is not None:
        for (i, j), value in np.ndenumerate(values):
            light = float(np.dot(image.to_rgba(np.array([[value]]))[0, 0, :3], LUMINANCE)) > MIDDLE
            ink = "black" if light else "white"
            ax.text(j, i, f"{value:.{digits}f}", ha="center", va="center", fontsize=8, color=ink)
    return _figure(ax)


def bars(labels: Sequence[str], values: Sequence[float], *, xlabel: str, ax: Axes | None = None) -> Figure:
    """Horizontal bars, the first on top, each with its value."""
    if ax is None:
        _, ax = plt.subplots(figsize=(6.4, 0.32 * len(labels) + 0.9))
    drawn = ax.barh(range(len(labels)), values)
    ax.bar_label(drawn, fmt="{:.3g}", padding=3)
    ax.set_yticks(range(len(labels)), labels)
    ax.invert_yaxis()
    ax.set_xlabel(xlabel)
    return _figure(ax)


def curves(
    x: Sequence[float], lines: dict[str, Sequence[float]], *, xlabel: str, ylabel: str, log: str = ""
) -> Figure:
    """Lines over a shared x, named in the legend; `log` is "", "x", "y" or "xy"."""
    figure, ax = plt.subplots()
    for name, y in lines.items():
        ax.plot(x, y, label=name, marker="o" if len(x) < 20 else "", markersize=4)
    if "x" in log:
        ax.set_xscale("log")
    if "y" in log:
        ax.set_yscale("log")
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if len(lines) > 1:
        ax.legend()
    return figure


def _figure(ax: Axes) -> Figure:
    figure = ax.get_figure(root=True)
    assert figure is not None  # noqa: S101  only axes that were removed have none
    return figure


def word_map(points: np.ndarray, groups: dict[str, Sequence[str]]) -> Figure:
    """Words at their points (total words, 2), one colour a group, in the order of `groups`."""
    figure, ax = plt.subplots(figsize=(6.4, 4.6))
    labels: list[tuple[str, np.ndarray, str]] = []
    start = 0
    for number, (name, words) in enumerate(groups.items()):
        part = points[start : start + len(words)]
        start += len(words)
        color = COLORS[number % len(COLORS)]
        ax.scatter(part[:, 0], part[:, 1], s=14, color=color, label=name)
        labels += [(word, point, color) for word, point in zip(words, part, strict=True)]
    ax.set_xticks([])
    ax.set_yticks([])
    ax.margins(0.08)
    ax.legend(loc="best", fontsize=8)
    _place_labels(ax, labels)
    return figure


def _place_labels(ax: Axes, labels: list[tuple[str, np.ndarray, str]]) -> None:
    """Write each label beside its point, on the side where it overlaps least with those before it."""
    _figure(ax).canvas.draw()
    taken = [legend.get_window_extent() for legend in [ax.get_legend()] if legend]
    for word, (x, y), color in labels:
        text = ax.annotate(word, (x, y), (0, 0), textcoords="offset points", fontsize=9, color=color)
        boxes = []
        for dx, dy, side in SIDES:
            text.set(position=(dx, dy), ha=side)
            box = text.get_window_extent()
            boxes.append((sum(_overlap(box, other) for other in taken), dx, dy, side, box))
        _, dx, dy, side, box = min(boxes, key=lambda entry: entry[0])
        text.set(position=(dx, dy), ha=side)
        taken.append(box)


def _overlap(one: Bbox, other: Bbox) -> float:
    common = Bbox.intersection(one, other)
    return float(common.width * common.height) if common is not None else 0.0
