"""Figures that a reader steps through: no script in the output, and the same bytes each time."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Sequence

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

PIXELS_PER_INCH = 96  # of CSS
NO_METADATA = {"Date": None, "Creator": None}


class Frames:
    """Figures shown one at a time in the book, and one below the other where no script runs.

    Args:
        figures: at least one figure; each is drawn at once and closed.
        captions: one sentence for each figure, which is also its alternative text.
        label: what the sequence shows, for screen readers.

    Raises:
        ValueError: if there is no figure, or not one caption for each.
    """

    def __init__(self, figures: Sequence[Figure], captions: Sequence[str], label: str) -> None:
        """Draw and close the figures."""
        if not figures or len(figures) != len(captions):
            given = f"{len(figures)} figures and {len(captions)} captions"
            raise ValueError(f"expected at least one figure and as many captions, got {given}")
        self.label = label
        self.captions = tuple(captions)
        self.sizes = tuple(_pixels(figure) for figure in figures)
        self.images = tuple(_svg(figure) for figure in figures)

    def __repr__(self) -> str:
        """The label and the number of frames."""
        return f"Frames({self.label!r}, {len(self.images)} frames)"

    def _repr_html_(self) -> str:
        frames = (_frame(*parts) for parts in zip(self.images, self.sizes, self.captions, strict=True))
        label = html.escape(self.label)
        return f'<div class="lb-frames" role="group" aria-label="{label}">{"".join(frames)}</div>'

    def _repr_mimebundle_(self, **_kwargs: object) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": repr(self)}


def _pixels(figure: Figure) -> tuple[int, int]:
    width, height = figure.get_size_inches() * PIXELS_PER_INCH
    return round(width), round(height)


def _svg(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    if figure.get_layout_engine() is None:
        figure.set_layout_engine("constrained")  # all frames have one size, so labels must fit into it
    with mpl.rc_context({"svg.hashsalt": "layerbook"}):
        figure.savefig(buffer, format="svg", transparent=True, metadata=NO_METADATA)
    plt.close(figure)
    return buffer.getvalue()


def _frame(image: bytes, size: tuple[int, int], caption: str) -> str:
    text = html.escape(caption)
    source = f"data:image/svg+xml;base64,{base64.b64encode(image).decode()}"
    picture = f'<img src="{source}" alt="{text}" width="{size[0]}" height="{size[1]}">'
    return f"<figure>{picture}<figcaption>{text}</figcaption></figure>"
