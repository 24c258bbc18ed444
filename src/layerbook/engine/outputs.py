"""Outputs as they go into a notebook: made anew from what a process sent, so that nothing else comes along.

A learner's process could send anything as "its outputs". Of that, text and PNG images are kept, as far as
there is room; no HTML, no scripts, no types that a notebook does not know, no text that no file can hold.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

MAX_OUTPUTS = 100  # of one cell
MAX_FIGURES = 2 * 2**20  # letters of one cell's images
MAX_ALL = 12 * 2**20  # letters of a whole submission; fits into one message of the link
RESULT = 200  # letters of a result that are kept whatever was printed before it: it may be partial credit
CUT = "\n[the rest of this output was cut]\n"
PNG = b"\x89PNG\r\n\x1a\n"


class Room:
    """How much may still be kept: of a cell's text and images, and of the submission's outputs together."""

    def __init__(self, output: int) -> None:
        """Keep `output` letters of the text of each cell."""
        self.output = output
        self.all = MAX_ALL
        self.text = self.images = 0

    def clean(self, outputs: Any) -> list[dict[str, Any]]:
        """Outputs of one cell as a notebook may have them; errors are kept even where text is cut."""
        self.text, self.images = min(self.output, self.all), min(MAX_FIGURES, self.all)
        given = [o for o in outputs if isinstance(o, dict)] if isinstance(outputs, list) else []
        kept = [self._one(output) for output in given[:MAX_OUTPUTS]]
        return [output for output in kept if output]

    def _one(self, output: dict[str, Any]) -> dict[str, Any] | None:
        kind = output.get("output_type")
        if kind == "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            text = self._cut(output.get("text"))
            return {"output_type": "stream", "name": name, "text": text} if text else None
        if kind == "error":
            lines = output.get("traceback")
            told = {"ename": plain(output.get("ename"))[:200], "evalue": plain(output.get("evalue"))[:4000]}
            shown = [self._cut(line) for line in lines] if isinstance(lines, list) else []
            return {"output_type": "error", **told, "traceback": shown or [told["evalue"]]}
        if kind not in ("display_data", "execute_result") or not isinstance(output.get("data"), dict):
            return None
        data = {"text/plain": self._cut(output["data"].get("text/plain"), at_least=RESULT)}
        image = output["data"].get("image/png")
        if is_png(image) and len(image) <= min(self.images, self.all):
            self.images -= len(image)
            self.all -= len(image)
            data["image/png"] = image
        if not any(data.values()):  # nbgrader fails on an empty result
            return None
        kept: dict[str, Any] = {"output_type": kind, "data": data, "metadata": {}}
        return kept | ({"execution_count": None} if kind == "execute_result" else {})

    def _cut(self, text: Any, at_least: int = 0) -> str:
        whole = plain(text)
        room = max(0, min(max(self.text, at_least), self.all))
        self.text -= len(whole)
        self.all -= min(room, len(whole))
        return whole if len(whole) <= room else whole[:room] + (CUT if room else "")


def plain(text: Any) -> str:
    """Text that can be written to any file; "" for what is no text."""
    return text.encode("utf-8", "replace").decode("utf-8") if isinstance(text, str) else ""


def is_png(data: Any) -> bool:
    """Whether this is an image in base64, and nothing else."""
    try:
        return base64.b64decode("".join(data.split("\n")), validate=True).startswith(PNG)
    except (AttributeError, TypeError, ValueError, binascii.Error):
        return False
