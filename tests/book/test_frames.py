"""Figures to step through."""

import matplotlib as mpl
import pytest
from bs4 import BeautifulSoup

mpl.use("agg")
import matplotlib.pyplot as plt
from fixture_book import Book
from matplotlib.figure import Figure

from layerbook.frames import Frames


def figures(count: int) -> list[Figure]:
    made = []
    for end in range(count):
        figure, axes = plt.subplots(figsize=(3, 2))
        axes.plot([0, end])
        made.append(figure)
    return made


def test_every_figure_is_an_image_with_its_caption_as_alternative_text() -> None:
    frames = Frames(figures(2), ["first <one>", "second"], "A line that grows")
    group = BeautifulSoup(frames._repr_html_(), "html.parser").div
    assert group is not None
    assert (group["role"], group["aria-label"]) == ("group", "A line that grows")
    images = group.find_all("img")
    assert [image["alt"] for image in images] == ["first <one>", "second"]
    assert [(image["width"], image["height"]) for image in images] == [("288", "192")] * 2
    assert [caption.get_text() for caption in group.find_all("figcaption")] == ["first <one>", "second"]


def test_the_same_figures_give_the_same_bytes_and_are_closed() -> None:
    one, other = (Frames(figures(2), ["a", "b"], "l")._repr_html_() for _ in range(2))
    assert one == other
    assert plt.get_fignums() == []


@pytest.mark.parametrize("count", [0, 1])
def test_figures_and_captions_must_be_as_many(count: int) -> None:
    with pytest.raises(ValueError, match=f"got {count} figures and 2 captions"):
        Frames(figures(count), ["a", "b"], "l")
    plt.close("all")


def test_the_book_shows_the_group_in_place_of_its_text_form(book: Book) -> None:
    page = book.page("pieces")
    assert len(page.select(".lb-frames > figure > img")) == 3
    assert "Frames('A line" not in page.get_text()
