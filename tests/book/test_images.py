"""Pictures of finished pages: one file for the frames of a sequence, sizes, and no file that no page shows."""

import base64
import io
import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

from browser import needs_chromium
from layerbook.book.finishing.images import forget_unused, tidy
from layerbook.book.finishing.svg import smaller, stacked
from layerbook.frames import Frames


def frames(*sizes: tuple[float, float]) -> Frames:
    figures = []
    for number, size in enumerate(sizes):
        figure, ax = plt.subplots(figsize=size)
        ax.imshow([[number, 1], [2, 3]])
        ax.set_title(f"frame {number}")
        figures.append(figure)
    return Frames(figures, [f"caption {number}" for number in range(len(sizes))], "a sequence")


def finished(site: Path, html: str) -> str:
    """The page `site/deep/page.html` with the body `html`, written as it is after a build."""
    file = site / "deep" / "page.html"
    file.parent.mkdir(exist_ok=True)
    page = tidy(html, file, site)
    file.write_text(page, "utf-8")
    return page


def test_the_frames_of_one_sequence_are_in_one_file(tmp_path: Path) -> None:
    page = finished(tmp_path, frames((3, 2), (3, 2), (3, 2))._repr_html_())
    addresses = re.findall(r'src="([^"#]*)#frame-(\d)"', page)
    assert [number for _, number in addresses] == ["1", "2", "3"]
    assert len({address for address, _ in addresses}) == 1
    assert (tmp_path / "deep" / addresses[0][0]).is_file()
    assert "data:" not in page
    assert finished(tmp_path, page) == page


def test_frames_of_different_sizes_are_files_of_their_own(tmp_path: Path) -> None:
    page = finished(tmp_path, frames((3, 2), (2, 2))._repr_html_())
    addresses = re.findall(r'src="([^"]*)"', page)
    assert len(set(addresses)) == 2
    assert all((tmp_path / "deep" / address).is_file() for address in addresses)


@needs_chromium
def test_each_frame_looks_as_it_does_alone(tmp_path: Path, browser: Browser) -> None:
    drawn = frames((3, 2), (3, 2))
    stack = stacked(drawn.images)
    assert stack is not None
    (tmp_path / "stack.svg").write_bytes(smaller(stack))
    alone = [f"data:image/svg+xml;base64,{base64.b64encode(image).decode()}" for image in drawn.images]
    (tmp_path / "page.html").write_text(
        "".join(
            f'<img src="{address}" width="288" height="192" style="display: block">'
            for address in [*alone, "stack.svg#frame-1", "stack.svg#frame-2", "stack.svg"]
        )
    )
    with browser.new_context() as context, context.new_page() as page:
        page.goto((tmp_path / "page.html").as_uri())
        first, second, in_stack_1, in_stack_2, whole = (
            np.asarray(Image.open(io.BytesIO(picture.screenshot())).convert("RGB"), dtype=int)
            for picture in page.locator("img").all()
        )

    def difference(one: np.ndarray, other: np.ndarray) -> int:
        return int(np.abs(one - other).max())

    rounding = 20  # of 255, at edges that lie between two pixels
    assert difference(first, second) > 100
    assert difference(in_stack_1, first) <= rounding
    assert difference(in_stack_2, second) <= rounding
    assert difference(whole, first) <= rounding  # for somebody who opens the file alone


def test_pictures_say_their_size_and_wait_until_a_reader_comes_near(tmp_path: Path) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="30pt" height="15pt" viewBox="0 0 30 15"></svg>'
    images = tmp_path / "_images"
    images.mkdir()
    (images / "a.svg").write_bytes(svg)
    (images / "b.svg").write_bytes(svg)
    page = finished(tmp_path, '<img alt="a" src="../_images/a.svg"><img alt="b" src="../_images/b.svg" />')
    first, second = re.findall("<img[^>]*>", page)
    for tag in (first, second):
        assert 'width="40" height="20"' in tag
    assert "lazy" not in first  # it is in sight at once
    assert 'loading="lazy"' in second
    forget_unused(tmp_path, [page])
    assert len(list(images.iterdir())) == 1  # the two are the same picture, and the names of before are gone


@pytest.mark.parametrize("tag", ["<img>", '<img src="missing.svg">', '<img src="https://a.example/b.png">'])
def test_what_is_no_picture_of_the_site_stays(tmp_path: Path, tag: str) -> None:
    assert finished(tmp_path, tag) == tag
