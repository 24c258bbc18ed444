"""The book in a browser: by keyboard alone, and without scripts."""

from collections.abc import Iterator

import pytest
from fixture_book import Book
from playwright.sync_api import Browser, Page, expect

from browser import needs_chromium, serving

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def address(book: Book) -> Iterator[str]:
    with serving(book.root / "_build" / "html") as address:
        yield address


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(150):
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"no Tab leads to {selector}")


def press(page: Page, selector: str, *keys: str) -> None:
    tab_to(page, selector)
    for key in keys:
        page.keyboard.press(key)


def test_a_single_choice_is_answered_by_keyboard_and_explained(page: Page, address: str) -> None:
    page.goto(f"{address}/quizzes.html")
    quiz, said = "#quiz-onehot-cosine", page.locator("#quiz-onehot-cosine [role=status]")
    expect(page.locator(f"{quiz} details")).to_be_hidden()
    press(page, f"{quiz} [data-do=check]", "Enter")
    expect(said).to_have_text("Choose an answer first.")
    page.keyboard.press("Shift+Tab")
    press(page, f"{quiz} input", "Space", "Tab", "Enter")
    expect(said).to_contain_text("Not right.")
    expect(said).to_contain_text("Only a vector and itself have that.")
    expect(said).not_to_contain_text("No place holds a 1 in both.")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowDown")
    press(page, f"{quiz} [data-do=check]", "Enter")
    expect(said.locator(".lb-quiz-verdict")).to_have_text("Right.")
    expect(said).to_contain_text("No place holds a 1 in both.")
    expect(page.locator(f"{quiz} summary")).to_be_visible()


def test_several_choices_need_all_that_are_right(page: Page, address: str) -> None:
    page.goto(f"{address}/quizzes.html")
    quiz, said = "#quiz-true-of-embeddings", page.locator("#quiz-true-of-embeddings [role=status]")
    press(page, f"{quiz}-0", "Space")
    press(page, f"{quiz} [data-do=check]", "Enter")
    expect(said.locator(".lb-quiz-verdict")).to_have_text("Not right.")
    expect(said).to_contain_text("Something right is not chosen yet.")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    press(page, f"{quiz}-1", "Space")
    press(page, f"{quiz} [data-do=check]", "Enter")
    expect(said).to_contain_text("By its gradient.")
    expect(said.locator(".lb-quiz-verdict")).to_have_text("Right.")


@pytest.mark.parametrize(
    ("typed", "verdict", "explanation"),
    [
        ("300", "Not right.", "That is the number of words only."),
        ("17", "Not right.", "Not right."),
        ("1,200", "Right.", "300 words with 4 values each."),
        ("many", "Enter a number first.", ""),
    ],
)
def test_a_number_is_checked_with_enter(
    page: Page, address: str, typed: str, verdict: str, explanation: str
) -> None:
    page.goto(f"{address}/quizzes.html")
    tab_to(page, "#quiz-how-many-number")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    said = page.locator("#quiz-how-many [role=status]")
    expect(said.locator(".lb-quiz-verdict")).to_have_text(verdict)
    expect(said).to_contain_text(explanation)


def test_an_order_is_made_with_the_move_buttons_which_keep_the_focus(page: Page, address: str) -> None:
    page.goto(f"{address}/quizzes.html")
    quiz, said = "#quiz-put-in-order", page.locator("#quiz-put-in-order [role=status]")
    press(page, f"{quiz} [data-do=check]", "Enter")
    expect(said).to_contain_text("Not right.")
    for place in (0, 1, 2):  # the first one to the end, then the second, then the third
        page.evaluate("document.activeElement.blur()")
        page.locator("#quiz-from-a-cell summary, #quiz-from-a-cell button").last.focus()
        press(page, f"{quiz}-{place}-down", "Enter", "Enter")
    assert page.evaluate("document.activeElement.id") == "quiz-put-in-order-2-down"
    expect(said).to_contain_text("Now at place 3/3.")
    press(page, f"{quiz} [data-do=check]", "Enter")
    expect(said).to_contain_text("Each step needs the one before.")
    expect(said.locator(".lb-quiz-verdict")).to_have_text("Right.")


def test_an_answer_is_told_to_the_page_for_a_later_review(page: Page, address: str) -> None:
    page.goto(f"{address}/quizzes.html")
    page.evaluate("addEventListener('layerbook:answered', event => { window.told = event.detail })")
    page.check("#quiz-onehot-cosine-1")
    page.click("#quiz-onehot-cosine [data-do=check]")
    expected = {"id": "onehot-cosine", "kind": "single", "rows": ["N1", "N2"], "right": True}
    assert page.evaluate("window.told") == expected


def test_the_answer_can_be_asked_for(page: Page, address: str) -> None:
    page.goto(f"{address}/quizzes.html")
    press(page, "#quiz-onehot-cosine [data-do=show]", "Enter")
    expect(page.get_by_text("No place holds a 1 in both.")).to_be_visible()


def test_frames_are_stepped_through_by_keyboard_without_a_jump(page: Page, address: str) -> None:
    page.goto(f"{address}/pieces.html")
    group = page.locator(".lb-frames")
    height = group.bounding_box()["height"]  # type: ignore[index]
    expect(group.locator("figcaption:visible")).to_have_text("first <one>")
    press(page, ".lb-frames button[aria-label='Next frame']", "Enter")
    expect(group.locator("output")).to_have_text("frame 2 of 3")
    for key, text in (("ArrowRight", "3 of 3"), ("ArrowRight", "3 of 3"), ("ArrowLeft", "2 of 3")):
        page.keyboard.press(key)
        expect(group.locator("output")).to_have_text(f"frame {text}")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Home")
    expect(group.locator("figcaption:visible")).to_have_text("first <one>")
    assert page.get_by_label("Frame", exact=True).get_attribute("aria-valuetext") == "frame 1 of 3"
    assert group.bounding_box()["height"] == height  # type: ignore[index]


def test_print_shows_all_frames_and_no_controls(page: Page, address: str) -> None:
    page.goto(f"{address}/pieces.html")
    page.emulate_media(media="print")
    expect(page.locator(".lb-frames figcaption:visible")).to_have_count(3)
    expect(page.locator(".lb-frames-controls")).to_be_hidden()


@pytest.mark.parametrize("name", ["quizzes", "pieces", "notes"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_the_page_without_scrolling_sideways(
    browser: Browser, address: str, name: str, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": 380, "height": 800}, color_scheme=scheme)
    with context, context.new_page() as page:
        page.goto(f"{address}/{name}.html")
        assert page.evaluate("document.documentElement.scrollWidth") <= 380


def test_transparent_figures_have_no_ground_in_dark_mode(browser: Browser, address: str) -> None:
    with browser.new_context(color_scheme="dark") as context, context.new_page() as page:
        page.goto(f"{address}/pieces.html")
        look = page.locator(".lb-frames img").first.evaluate(
            "image => { const style = getComputedStyle(image); return [style.backgroundColor, style.filter] }"
        )
        assert look == ["rgba(0, 0, 0, 0)", "none"]
        around = page.locator(".text_html").first.evaluate("box => getComputedStyle(box).backgroundColor")
        assert around == "rgba(0, 0, 0, 0)"


@pytest.mark.parametrize("width", [1280, 380])
def test_nothing_moves_when_the_font_of_icons_comes(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{address}/pieces.html", wait_until="networkidle")
    places = """() => [...document.querySelectorAll("body *")].map((one) => {
      const { x, y, width, height } = one.getBoundingClientRect();
      return [one.tagName, one.className, x, y, width, height];
    })"""
    with_font = page.evaluate(places)
    page.add_style_tag(content='[class*="fa-"]::before { font-family: serif !important }')
    assert page.locator('[class*="fa-"]').count() > 5
    assert [pair for pair in zip(page.evaluate(places), with_font, strict=True) if pair[0] != pair[1]] == []


def test_without_scripts_everything_can_be_read(browser: Browser, address: str) -> None:
    with browser.new_context(java_script_enabled=False) as context, context.new_page() as page:
        page.goto(f"{address}/quizzes.html")
        for summary in page.locator(".lb-quiz summary").all():
            summary.click()
        for text in (
            "Only a vector and itself have that.",
            "It takes ids.",
            "It halved one.",
            "First of all.",
        ):
            expect(page.get_by_text(text)).to_be_visible()
        expect(page.locator(".lb-quiz button:visible")).to_have_count(0)
        page.goto(f"{address}/pieces.html")
        expect(page.locator(".lb-frames figcaption:visible")).to_have_count(3)
