"""Pictures of the finished pages: small files, each with its size, fetched when a reader comes near."""

import base64
import re
import struct
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

from .svg import smaller, stacked

_FOLDER, _PREFIX = "_images", "figure-"
_FRAMES = re.compile(r'<div class="lb-frames".*?</div>', re.DOTALL)
_IMG = re.compile(r"<img\b[^>]*>")
_NAME = re.compile(rf"\b{_FOLDER}/([^\"'?#\\]+)")
_DATA = "data:image/svg+xml;base64,"
_EAGER = 1  # of a page's pictures, the first is at once in sight
_PER_POINT = 96 / 72  # pixels of CSS


def tidy(page: str, file: Path, site: Path) -> str:
    """The HTML of the page at `file`: its figures become small files of their own, and each says its size.

    A picture without its size would push down what is below it when it comes.
    """
    count = 0
    page = _FRAMES.sub(lambda found: _one_file(found[0], file, site), page)

    def replace(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return _tidy_one(match[0], file, site, lazy=count > _EAGER)

    return _IMG.sub(replace, page)


def _one_file(frames: str, file: Path, site: Path) -> str:
    """The HTML of a sequence of frames with all of them in one file, which is asked for once."""
    addresses = re.findall(rf'\bsrc="({re.escape(_DATA)}[^"]*)"', frames)
    pictures = [base64.b64decode(address.removeprefix(_DATA)) for address in addresses]
    stack = stacked(pictures) if len(pictures) > 1 else None
    if stack is None:
        return frames
    address = _file_of(stack, file, site)
    for number, old in enumerate(addresses, start=1):
        frames = frames.replace(f'src="{old}"', f'src="{address}#frame-{number}"', 1)
    return frames


def _tidy_one(tag: str, file: Path, site: Path, *, lazy: bool) -> str:
    source = re.search(r'\bsrc="([^"]*)"', tag)
    if source is None:
        return tag
    address = source[1]
    if data := _svg_of(address, file, site):
        address = _file_of(data, file, site)
        tag = tag.replace(source[1], address)
    extra = "" if re.search(r"\bwidth=", tag) else _size_of((file.parent / unquote(address)).resolve())
    if lazy and "loading=" not in tag:
        extra += ' loading="lazy"'
    return re.sub(r"\s*(/?)>$", lambda end: f"{extra}{' /' if end[1] else ''}>", tag)


def _svg_of(address: str, file: Path, site: Path) -> bytes | None:
    """What an SVG in the page, or one that Sphinx copied, holds; None if it is neither."""
    if address.startswith(_DATA):
        return base64.b64decode(address.removeprefix(_DATA))
    picture = (file.parent / unquote(address)).resolve()
    copied = picture.parent == site.resolve() / _FOLDER and picture.suffix == ".svg" and picture.is_file()
    return picture.read_bytes() if copied and not picture.name.startswith(_PREFIX) else None


def _file_of(data: bytes, file: Path, site: Path) -> str:
    name = f"{_PREFIX}{sha256(data).hexdigest()[:16]}.svg"
    target = site / _FOLDER / name
    target.parent.mkdir(exist_ok=True)
    if not target.exists():
        target.write_bytes(smaller(data))
    return "../" * (len(file.relative_to(site).parts) - 1) + f"{_FOLDER}/{name}"


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


def forget_unused(site: Path, pages: Iterable[str]) -> None:
    """Remove the pictures that none of the site's `pages` shows, such as those that became smaller ones."""
    shown = {unquote(name) for page in pages for name in _NAME.findall(page)}
    for picture in (site / _FOLDER).glob("*"):
        if picture.name not in shown:
            picture.unlink()
