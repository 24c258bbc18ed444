"""A chapter of the real book without a mouse, without scripts, and for those who want nothing to move."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from visits import DESKTOP, PHONE, reader

from browser import needs_chromium

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo"), needs_chromium]

CHAPTER, ANOTHER = "chapters/rnn.html", "chapters/lstm.html"
# -1 if an element comes after the one that has the focus, 1 if before, 0 if it has the focus itself.
SIDE = """(one) => {
  const position = one.compareDocumentPosition(document.activeElement);
  return position === 0 ? 0 : position & (Node.DOCUMENT_POSITION_PRECEDING | Node.DOCUMENT_POSITION_CONTAINS) ? -1 : 1;
}"""
# Opens the answers of every question; tells its id, the number of its texts, and those that cannot be seen.
OPENED = """() => [...document.querySelectorAll("fieldset.lb-quiz")].map((quiz) => {
  quiz.querySelector("summary").click();
  const texts = ":is(.lb-quiz-general, .lb-quiz-why, li[data-right]):not(:empty)";
  const parts = [...quiz.querySelectorAll(`legend, .lb-quiz-answers ${texts}`)];
  return [quiz.id, parts.length, parts.filter((part) => !part.checkVisibility()).map((part) => part.innerText)];
})"""
MOVES = """() => [...document.querySelectorAll("*")].flatMap((one) => {
  const style = getComputedStyle(one);
  const lasting = (times) => times.split(",").some((time) => parseFloat(time) > 0);
  return (style.animationName !== "none" && lasting(style.animationDuration))
    || (style.transitionProperty !== "none" && lasting(style.transitionDuration))
    || style.scrollBehavior === "smooth" ? [`${one.tagName}.${one.className}`] : [];
})"""


def reach(page: Page, wanted: Locator) -> None:
    """Press Tab, or Shift and Tab for what is before, until `wanted` has the focus."""
    wanted.wait_for()
    for _ in range(600):
        side = wanted.evaluate(SIDE)
        if side == 0:
            return
        page.keyboard.press("Tab" if side < 0 else "Shift+Tab")
    pytest.fail(f"no Tab leads to {wanted}")


def press(page: Page, wanted: Locator, *keys: str) -> None:
    reach(page, wanted)
    for key in keys:
        page.keyboard.press(key)


def answer(page: Page, quiz: Locator) -> None:
    """Give the right answer to a question of any kind, read from its explanations, with keys alone."""
    rights = quiz.locator(".lb-quiz-answers li[data-right]").evaluate_all(
        "answers => answers.map(answer => answer.dataset.right === 'true')"
    )
    choices = quiz.locator(".lb-quiz-choice > input")
    kind = quiz.get_attribute("data-quiz-kind")
    if kind == "number":
        reach(page, quiz.locator("input"))
        page.keyboard.type(quiz.get_attribute("data-answer") or "")
    elif kind == "order":
        put_in_order(page, quiz)
    elif kind == "single":
        press(page, choices.first, "Space", *["ArrowDown"] * rights.index(True))
    else:
        for number, right in enumerate(rights):
            if right:
                press(page, choices.nth(number), "Space")
    press(page, quiz.locator("[data-do=check]"), "Enter")


def put_in_order(page: Page, quiz: Locator) -> None:
    items = quiz.locator(".lb-quiz-order > li")
    for place in range(items.count()):
        places = items.evaluate_all("items => items.map(item => Number(item.dataset.place))")
        up = quiz.locator(f"li[data-place='{place}'] [data-move=up]")
        press(page, up, *["Enter"] * (places.index(place) - place))


def test_a_whole_chapters_quiz_is_answered(browser: Browser, address: str) -> None:
    with reader(browser, viewport=DESKTOP) as page:
        page.goto(f"{address}/{CHAPTER}")
        questions = page.locator(".lb-quiz")
        assert questions.count() >= 8
        for quiz in questions.all():
            answer(page, quiz)
            expect(quiz.locator(".lb-quiz-verdict")).to_have_text("Right.")
        kinds = questions.evaluate_all("all => all.map(quiz => quiz.dataset.quizKind)")
        assert set(kinds) == {"single", "multiple", "number", "order"}


def test_frames_are_stepped_through(browser: Browser, address: str) -> None:
    with reader(browser, viewport=DESKTOP) as page:
        page.goto(f"{address}/{CHAPTER}")
        frames = page.locator(".lb-frames").first
        count = frames.locator("figure").count()
        press(page, frames.get_by_label("Next frame"), "Enter", "Space", "ArrowRight", "ArrowLeft")
        expect(frames.locator("output")).to_have_text(f"frame 3 of {count}")
        press(page, frames.get_by_role("slider"), "End")
        expect(frames.locator("output")).to_have_text(f"frame {count} of {count}")
        expect(frames.locator("figure:visible")).to_have_count(1)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_contents_lead_to_another_chapter(browser: Browser, address: str, size: dict[str, int]) -> None:
    with reader(browser, viewport=size) as page:
        page.goto(f"{address}/{CHAPTER}")
        link = page.locator(".bd-sidebar-primary, #pst-primary-sidebar-modal").locator("a[href='lstm.html']")
        if size == PHONE:
            expect(link).to_be_hidden()
            press(page, page.locator(".primary-toggle"), "Enter")
        press(page, link, "Enter")
        expect(page).to_have_url(f"{address}/{ANOTHER}")


def test_a_phones_contents_close_again(browser: Browser, address: str) -> None:
    with reader(browser, viewport=PHONE) as page:
        page.goto(f"{address}/{CHAPTER}")
        toggle, contents = page.locator(".primary-toggle"), page.locator("#pst-primary-sidebar-modal")
        press(page, toggle, "Enter")
        expect(contents).to_be_visible()
        page.keyboard.press("Escape")
        expect(contents).to_be_hidden()
        expect(toggle).to_be_focused()


def test_the_colours_change_by_one_key(browser: Browser, address: str) -> None:
    with reader(browser, viewport=DESKTOP) as page:
        page.goto(f"{address}/{CHAPTER}")
        reach(page, page.locator(".article-header-buttons .theme-switch-button"))
        modes = []
        for _ in range(3):
            page.keyboard.press("Enter")
            modes.append(page.locator("html").get_attribute("data-mode"))
        assert set(modes) == {"light", "dark", "auto"}


def test_the_first_tab_skips_to_the_text(browser: Browser, address: str) -> None:
    with reader(browser, viewport=DESKTOP) as page:
        page.goto(f"{address}/{CHAPTER}")
        page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Skip to main content")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")


def test_without_scripts_all_questions_and_answers_can_be_read(
    browser: Browser, address: str, names: list[str]
) -> None:
    count = 0
    with reader(browser, java_script_enabled=False) as page:
        for name in names:
            page.goto(f"{address}/{name}")
            for question, parts, hidden in page.evaluate(OPENED):
                count += 1
                assert parts >= 2, (name, question)
                assert hidden == [], (name, question)
            assert page.locator(".lb-quiz button:visible").count() == 0
    assert count >= 80


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves_for_those_who_want_that(browser: Browser, address: str, motion: str) -> None:
    with reader(browser, viewport=DESKTOP, reduced_motion=motion) as page:
        page.goto(f"{address}/{CHAPTER}", wait_until="networkidle")
        assert (page.evaluate(MOVES) == []) == (motion == "reduce")


def test_korean_terms_say_their_language(
    site: Path, browser: Browser, address: str, names: list[str]
) -> None:
    """Every Hangul letter of every page is in an element that says so: a screen reader changes its voice."""
    unmarked = """() => {
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
      while (texts.nextNode())
        if (/[\\uac00-\\ud7a3]/.test(texts.currentNode.data)
            && texts.currentNode.parentElement.closest("[lang]").lang !== "ko"
            && !texts.currentNode.parentElement.closest("script, style, template"))
          found.push(texts.currentNode.data.trim());
      return found;
    }"""
    found, marked = {}, 0
    with reader(browser, java_script_enabled=False) as page:
        for name in names:
            page.goto(f"{address}/{name}")
            marked += page.locator("[lang=ko]").count()
            if here := page.evaluate(unmarked):
                found[name] = here
    assert marked > 20
    assert found == {}
