"""Pictures of the finished pages: files of their own, with their size, fetched when a reader comes near."""

import base64
import re
import struct
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

_IMG = re.compile(r"<img\b[^>]*>")
_DATA = "data:image/svg+xml;base64,"
_EAGER = 1  # of a page's pictures, the first is at once in sight
_PER_POINT = 96 / 72  # pixels of CSS


def tidy(page: str, file: Path, site: Path) -> str:
    """The HTML of the page at `file`: pictures inside of it become files, and each says its size.

    A picture without its size would push down what is below it when it comes.
    """
    count = 0

    def replace(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return _tidy_one(match[0], file, site, lazy=count > _EAGER)

    return _IMG.sub(replace, page)


def _tidy_one(tag: str, file: Path, site: Path, *, lazy: bool) -> str:
    source = re.search(r'\bsrc="([^"]*)"', tag)
    if source is None:
        return tag
    address = source[1]
    if address.startswith(_DATA):
        address = _file_of(base64.b64decode(address.removeprefix(_DATA)), file, site)
        tag = tag.replace(source[1], address)
    extra = "" if re.search(r"\bwidth=", tag) else _size_of((file.parent / unquote(address)).resolve())
    if lazy and "loading=" not in tag:
        extra += ' loading="lazy"'
    return re.sub(r"\s*(/?)>$", lambda end: f"{extra}{' /' if end[1] else ''}>", tag)


def _file_of(data: bytes, file: Path, site: Path) -> str:
    name = f"frame-{sha256(data).hexdigest()[:16]}.svg"
    target = site / "_images" / name
    target.parent.mkdir(exist_ok=True)
    if not target.exists():
        target.write_bytes(data)
    return "../" * (len(file.relative_to(site).parts) - 1) + f"_images/{name}"


def _size_of(picture: Path) -> str:
    """The attributes with the size of an SVG or PNG file in pixels of CSS; "" for what is neither."""
    if not picture.is_file():
        return ""
    head = picture.read_bytes()[:2000]
    if head.startswith(b"\x89PNG"):
        width, height = struct.unpack(">II", head[16:24])
        return f' width="{width}" height="{height}"'
    sizes = [
        re.search(rf'\b{name}="([\d.]+)(pt|px)?"', head.decode("utf-8", "replace"))
        for name in ("width", "height")
    ]
    if None in sizes:
        return ""
    pixels = [float(size[1]) * (_PER_POINT if size[2] == "pt" else 1) for size in sizes if size]
    return f' width="{round(pixels[0])}" height="{round(pixels[1])}"'
