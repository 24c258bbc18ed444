"""What a page carries along of the things that its links lead to."""

import pytest
from bs4 import Tag
from fixture_book import Book


def preview(book: Book, address: str) -> Tag:
    found = book.page("links").find("template", attrs={"data-lb-preview": address})
    assert isinstance(found, Tag)
    return found


@pytest.mark.parametrize("term", ["loss", "error"])
def test_a_term_brings_its_definition_with_formulas(linked: Book, term: str) -> None:
    shown = preview(linked, f"words.html#term-{term}")
    assert shown.get_text().startswith("손실. A number that says how wrong")
    assert shown.select_one("em, i") is not None
    assert shown.select_one(".katex math") is not None


def test_a_formula_and_a_figure_bring_their_numbers(linked: Book) -> None:
    assert preview(linked, "words.html#equation-first").get_text().strip().startswith("(1)")
    figure = preview(linked, "words.html#fig-dot")
    assert figure.get_text(" ", strip=True) == "Fig. 1 A dot on another page."
    image = figure.find("img")
    assert isinstance(image, Tag)
    assert (linked.root / "_build" / "html" / str(image["src"])).is_file()


def test_previews_have_no_links_and_no_ids_and_stand_once(linked: Book) -> None:
    templates = linked.page("links")("template")
    addresses = [template["data-lb-preview"] for template in templates]
    assert len(addresses) == len(set(addresses)) == 4
    assert [template(["a", "button"]) + template(id=True) for template in templates] == [[]] * 4
