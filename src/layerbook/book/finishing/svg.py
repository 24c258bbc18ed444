"""Figures as matplotlib writes them, in fewer bytes.

matplotlib puts pictures into an SVG as PNG with four bytes a pixel, whatever they show. WebP, which browsers
have known since 2020, needs half of that for the same pixels. Photographs came from JPEG files and become
JPEG again.
"""

import base64
import io
import re
from collections.abc import Sequence

from PIL import Image

_PNG = re.compile(rb"data:image/png;base64,([^\"']+)")
_ROOT = re.compile(rb'<svg\b[^>]*?(?P<size>width="[^"]+" height="[^"]+") (?P<box>viewBox="[^"]+")[^>]*>')
_ONE_FRAME = (
    b"<style>.frame{display:none}.frame:target,svg:not(:has(:target))>#frame-1{display:inline}</style>"
)
_METADATA = re.compile(rb"\s*<metadata>.*?</metadata>", re.DOTALL)
_PHOTOGRAPH = 4096  # colours; a map drawn with matplotlib has 256 at most
_QUALITY = 95  # no difference can be seen


def smaller(svg: bytes) -> bytes:
    """The SVG without its metadata, and with each PNG in it as WebP or JPEG if that is smaller."""
    return _PNG.sub(_rewritten, _METADATA.sub(b"", svg))


def stacked(pictures: Sequence[bytes]) -> bytes | None:
    """One SVG with all `pictures`, of which `#frame-1` in its address shows the first, and so on.

    Where two of them use one id, it stands for the same: matplotlib makes ids from what is defined.
    None if the pictures differ in size, or are not as matplotlib writes them.
    """
    roots = [_ROOT.search(picture) for picture in pictures]
    if len({root and (root["size"], root["box"]) for root in roots}) != 1 or roots[0] is None:
        return None
    attributes = b'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    frames = [
        b'<svg id="frame-%d" class="frame" %s>%s' % (number, root["box"], picture[root.end() :])
        for number, (picture, root) in enumerate(zip(pictures, roots, strict=True), start=1)
        if root
    ]
    return b"<svg %s %s %s>%s%s</svg>" % (
        attributes, roots[0]["size"], roots[0]["box"], _ONE_FRAME, b"".join(frames),
    )  # fmt: skip


def _rewritten(found: re.Match[bytes]) -> bytes:
    png = base64.b64decode(found[1])
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    opaque = picture.getchannel("A").getextrema() == (255, 255)
    if opaque and picture.getcolors(_PHOTOGRAPH) is None:
        kind, data = "jpeg", _written(picture.convert("RGB"), "JPEG", quality=_QUALITY, subsampling=0)
    else:
        kind, data = "webp", _written(picture, "WEBP", lossless=True, exact=True, quality=100, method=4)
    if len(data) >= len(png):
        return found[0]
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}".encode()


def _written(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()
