"""The review of the real book: a reader's week, what is kept, and what happens where nothing can be kept."""

import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from browser import needs_chromium, serving

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo"), needs_chromium]

KEY = "layerbook.review"
CHAPTER, REVIEW = "chapters/rnn.html", "chapters/review.html"
A_DAY, NEW = 15, 5  # as the page says

# Answers a question of any kind, right or wrong, from what the page knows, and presses its button.
ANSWER = """([id, right]) => {
  const quiz = document.getElementById(`quiz-${id}`);
  const answers = [...quiz.querySelectorAll(".lb-quiz-answers li[data-right]")];
  const wanted = (answer) => (answer.dataset.right === "true") === right;
  const kind = quiz.dataset.quizKind;
  if (kind === "number") {
    const value = Number(quiz.dataset.answer) + (right ? 0 : 1000 + Number(quiz.dataset.tolerance));
    quiz.querySelector(".lb-quiz-number > input").value = String(value);
  } else if (kind === "order") {
    const list = quiz.querySelector(".lb-quiz-order");
    const items = [...list.children].sort((a, b) => a.dataset.place - b.dataset.place);
    list.append(...(right ? items : items.reverse()));
  } else {
    const inputs = [...quiz.querySelectorAll(".lb-quiz-choice > input")];
    inputs.forEach((input) => (input.checked = false));
    const chosen = inputs.filter((_, at) => wanted(answers[at]));
    (kind === "single" ? chosen.slice(0, 1) : chosen).forEach((input) => (input.checked = true));
  }
  quiz.querySelector("[data-do=check]").click();
}"""


# Knows what is in sight as soon as the page's own observer, which is older, does.
WATCH = """(ids) => {
  window.inSight = new Set();
  const watch = (id) => new IntersectionObserver(([{ isIntersecting }]) => {
    if (isIntersecting) window.inSight.add(id);
    else window.inSight.delete(id);
  }).observe(document.querySelector(`#quiz-${id} > legend`));
  ids.forEach(watch);
}"""


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with serving(site) as address:
        yield address


@pytest.fixture(scope="module")
def index(site: Path) -> list[dict[str, Any]]:
    """The chapters with their questions, as the book's own scripts get them."""
    text = (site / "_static" / "review" / "index.js").read_text("utf-8")
    return json.loads(text[text.index("{") : text.rindex("}") + 1])["chapters"]


@pytest.fixture(scope="module")
def asked(index: list[dict[str, Any]]) -> list[str]:
    """The ids of the chapter that the reader reads, in their order."""
    return [name for name, _anchor in next(one for one in index if one["page"] == CHAPTER)["questions"]]


def at(page: Page, day: int, hour: int = 9) -> None:
    """Set the clock to an hour of a day of March 2026; the first one is a Sunday."""
    page.clock.set_system_time(f"2026-03-{day:02}T{hour:02}:00:00")


def answer(page: Page, name: str, *, right: bool) -> None:
    page.locator(f"#quiz-{name}").wait_for()  # the review brings it from its chapter
    page.evaluate(ANSWER, [name, right])
    expected = "right" if right else "wrong"
    expect(page.locator(f"#quiz-{name} .lb-quiz-feedback")).to_have_attribute("data-result", expected)


def open_review(page: Page, address: str) -> str:
    """Open the review and return what it says."""
    page.goto(f"{address}/{REVIEW}")
    expect(page.locator(".lb-review-state")).not_to_be_empty()
    return page.locator(".lb-review-state").inner_text()


def take(page: Page, *, wrong: tuple[str, ...] = ()) -> list[str]:
    """Answer all questions of today, in the order in which they come; return their ids."""
    taken: list[str] = []
    button = page.locator("[data-do=next]")
    while button.is_visible():
        button.click()
        question = page.locator(".lb-review-question > .lb-quiz")
        others = "".join(f":not([data-quiz-id={name}])" for name in taken)
        expect(page.locator(f".lb-review-question > .lb-quiz{others}")).to_be_visible()
        taken.append(question.get_attribute("data-quiz-id") or "")
        answer(page, taken[-1], right=taken[-1] not in wrong)
    return taken


def log_of(answers: dict[str, list[list[int]]]) -> str:
    return json.dumps({"schema": 1, "answers": answers, "met": {}})


def seed(page: Page, address: str, text: str) -> None:
    """Put a log into the browser's storage, as an earlier visit would have left it."""
    page.goto(f"{address}/{REVIEW}")
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, text])


def stored(page: Page) -> Any:
    return json.loads(page.evaluate("key => localStorage.getItem(key)", KEY) or "null")


def time_of(day: int) -> int:
    """9 o'clock of a day of March 2026, in milliseconds, for a browser in UTC."""
    return 1_772_355_600_000 + (day - 1) * 86_400_000


@pytest.fixture
def reader(browser: Browser) -> Iterator[Page]:
    """A page of a new reader, in UTC, with a clock that a test sets."""
    with browser.new_context(timezone_id="UTC") as context:
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.clock.install(time="2026-03-01T09:00:00")
        yield page


def test_a_readers_week(reader: Page, address: str, asked: list[str]) -> None:
    page, (right, wrong, retried, *_) = reader, asked
    assert open_review(page, address).startswith("Nothing to review yet.")
    expect(page.locator("[data-do=next]")).to_be_hidden()

    at(page, 2)  # a chapter is read: one right, one wrong, and one right only when tried again at once
    page.goto(f"{address}/{CHAPTER}")
    answer(page, right, right=True)
    answer(page, wrong, right=False)
    answer(page, retried, right=False)
    answer(page, retried, right=True)
    assert open_review(page, address).endswith("come on Tuesday, March 3.")

    at(page, 3)  # the wrong ones are back, with what else their sections ask; the right one is not
    open_review(page, address)
    first = take(page)
    assert {wrong, retried} <= set(first[:2])
    assert right not in first
    assert len(first) <= 2 + NEW
    assert open_review(page, address).startswith("Done for today.")

    seen: dict[str, list[int]] = {}
    for day in range(4, 9):
        at(page, day)
        open_review(page, address)
        for name in take(page, wrong=(wrong,)):
            seen.setdefault(name, []).append(day)
    assert seen[right][0] in (4, 5)  # due after two or three days
    assert seen[wrong][1] == seen[wrong][0] + 1  # wrong once more: the next day
    assert len(seen[wrong]) > len(seen[right])


def test_a_question_in_sight_comes_the_next_day_and_one_scrolled_past_does_not(
    reader: Page, address: str, asked: list[str]
) -> None:
    page = reader
    page.clock.pause_at("2026-03-02T10:00:00")
    page.goto(f"{address}/{CHAPTER}")
    page.evaluate(WATCH, asked)
    for name, wait in ((asked[0], 500), (asked[-1], 1500)):
        page.locator(f"#quiz-{name} > legend").scroll_into_view_if_needed()
        page.wait_for_function("name => window.inSight.has(name)", arg=name, polling=50)
        if name != asked[0]:
            page.wait_for_function("name => !window.inSight.has(name)", arg=asked[0], polling=50)
        page.clock.run_for(wait)
    page.wait_for_function("([key]) => localStorage.getItem(key) !== null", arg=[KEY])
    met = stored(page)["met"]
    assert asked[0] not in met
    assert asked[-1] in met
    assert open_review(page, address).endswith("come on Tuesday, March 3.")
    page.clock.pause_at("2026-03-03T00:01:00")
    assert open_review(page, address).startswith("Questions for today: ")


def test_no_more_than_a_days_questions_and_the_rest_waits(
    reader: Page, address: str, index: list[dict[str, Any]]
) -> None:
    ids = [name for chapter in index for name, _anchor in chapter["questions"]]
    many = {name: [[time_of(2), 0, 0]] for name in ids[:30]}
    seed(reader, address, log_of(many))
    at(reader, 5)
    assert open_review(reader, address) == f"Questions for today: {A_DAY}."
    first = take(reader)
    assert len(set(first)) == A_DAY
    assert open_review(reader, address).endswith("come on Friday, March 6.")
    at(reader, 6)
    open_review(reader, address)
    assert not set(take(reader)[:A_DAY]) & set(first)


def test_after_a_wrong_answer_a_link_leads_to_the_section(
    reader: Page, address: str, asked: list[str]
) -> None:
    seed(reader, address, log_of({asked[0]: [[time_of(2), 0, 0]]}))
    at(reader, 4)
    open_review(reader, address)
    reader.click("[data-do=next]")
    answer(reader, asked[0], right=False)
    link = reader.locator(".lb-review-again a")
    assert f"{address}/{CHAPTER}#" in link.evaluate("link => link.href")
    link.click()
    expect(reader.locator(f":target #quiz-{asked[0]}")).to_be_attached()


def test_the_contents_say_how_many_are_answered_right_and_nothing_moves(
    reader: Page, address: str, asked: list[str]
) -> None:
    page = reader
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver((list) => list.getEntries().forEach((one) => "
        "{ if (!one.hadRecentInput) window.moved += one.value })).observe({type: 'layout-shift', buffered: true})"
    )
    page.goto(f"{address}/{CHAPTER}")
    item = page.locator(".bd-links .toctree-l1.current")
    expect(item.locator(".lb-progress")).to_have_text(f"0/{len(asked)}")
    answer(page, asked[0], right=True)
    answer(page, asked[1], right=False)
    expect(item.locator(".lb-progress")).to_have_text(f"1/{len(asked)}")
    expect(item).to_contain_text(f"1 of {len(asked)} questions answered right")
    for other in ("chapters/index.html", REVIEW):
        page.goto(f"{address}/{other}", wait_until="load")
        expect(page.locator(".lb-progress", has_text=f"1/{len(asked)}")).to_be_visible()
        assert page.evaluate("window.moved") < 0.001


def test_two_open_tabs_lose_nothing(reader: Page, address: str, asked: list[str]) -> None:
    reader.goto(f"{address}/{CHAPTER}")
    other = reader.context.new_page()
    other.goto(f"{address}/{CHAPTER}")
    answer(reader, asked[0], right=True)
    answer(other, asked[1], right=True)
    answer(reader, asked[2], right=True)
    assert set(stored(other)["answers"]) == set(asked[:3])
    expect(other.locator(".lb-progress", has_text=f"3/{len(asked)}")).to_be_visible()


def export(page: Page, to: Path) -> Path:
    with page.expect_download() as download:
        page.click("[data-do=export]")
    download.value.save_as(to)
    return to


def bring(page: Page, file: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.click("[data-do=import]")
    chooser.value.set_files(file)


def test_answers_go_to_another_browser_and_nothing_there_is_lost(
    browser: Browser, reader: Page, address: str, asked: list[str], tmp_path: Path
) -> None:
    seed(reader, address, log_of({asked[0]: [[time_of(2), 1, 0]], asked[1]: [[time_of(2), 0, 0]]}))
    open_review(reader, address)
    file = export(reader, tmp_path / "answers.json")
    with browser.new_context(timezone_id="UTC") as context, context.new_page() as other:
        own = {asked[1]: [[time_of(1), 1, 0]], asked[2]: [[time_of(1), 1, 1]]}
        seed(other, address, log_of(own))
        open_review(other, address)
        bring(other, file)
        said = other.locator(".lb-review-said")
        expect(said).to_have_text("Answers added: 2. All that was here before is still here.")
        both = [[time_of(1), 1, 0], [time_of(2), 0, 0]]
        assert stored(other)["answers"] == own | {asked[0]: [[time_of(2), 1, 0]], asked[1]: both}
        before = stored(other)
        bring(other, file)
        expect(said).to_have_text("Answers added: 0. All that was here before is still here.")
        assert stored(other) == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not JSON", "This file was not saved by this page. Nothing was changed."),
        ("[1, 2]", "This file was not saved by this page. Nothing was changed."),
        ('{"schema": 1, "answers": {"a": 3}, "met": {}}', "This file was not saved by this page."),
        ('{"schema": 1, "answers": {"__proto__": []}, "met": {}}', "This file was not saved by this page."),
        (
            '{"schema": 1, "answers": {"a": [["x", 1, 1]]}, "met": {}}',
            "This file was not saved by this page.",
        ),
        ('{"schema": 7, "answers": {}}', "This file is from another version of the book."),
    ],
)
def test_a_bad_file_changes_nothing(
    reader: Page, address: str, asked: list[str], tmp_path: Path, text: str, said: str
) -> None:
    seed(reader, address, log_of({asked[0]: [[time_of(2), 1, 0]]}))
    before = stored(reader)
    open_review(reader, address)
    file = tmp_path / "bad.json"
    file.write_text(text, encoding="utf-8")
    bring(reader, file)
    expect(reader.locator(".lb-review-said")).to_contain_text(said)
    assert stored(reader) == before


def test_forgetting_everything_asks_first(reader: Page, address: str, asked: list[str]) -> None:
    seed(reader, address, log_of({asked[0]: [[time_of(1), 0, 0]]}))
    at(reader, 4)
    open_review(reader, address)
    reader.once("dialog", lambda dialog: dialog.dismiss())
    reader.click("[data-do=reset]")
    assert stored(reader) is not None
    reader.once("dialog", lambda dialog: dialog.accept())
    reader.click("[data-do=reset]")
    expect(reader.locator(".lb-review-said")).to_have_text("All answers are forgotten.")
    expect(reader.locator(".lb-review-state")).to_contain_text("Nothing to review yet.")
    assert stored(reader) is None


def test_a_log_of_another_version_is_left_as_it_is(
    reader: Page, address: str, asked: list[str], tmp_path: Path
) -> None:
    later = '{"schema": 2, "entries": ["unknown"]}'
    seed(reader, address, later)
    open_review(reader, address)
    expect(reader.get_by_role("alert")).to_contain_text("is from another version of the book")
    assert export(reader, tmp_path / "later.json").read_text("utf-8") == later
    reader.goto(f"{address}/{CHAPTER}")
    answer(reader, asked[0], right=True)
    expect(reader.get_by_role("alert")).to_have_count(1)
    assert reader.evaluate("key => localStorage.getItem(key)", KEY) == later


FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"
FORBIDDEN = """Object.defineProperty(window, "localStorage", {
  configurable: true, get() { throw new DOMException("no", "SecurityError") } })"""


@pytest.mark.parametrize(("stub", "said"), [(FULL, "storage is full"), (FORBIDDEN, "keep nothing")])
def test_where_nothing_can_be_kept_one_notice_says_so_and_the_rest_works(
    reader: Page, address: str, asked: list[str], tmp_path: Path, stub: str, said: str
) -> None:
    page = reader
    page.add_init_script(stub)
    page.goto(f"{address}/{CHAPTER}")
    for name in asked[:2]:
        answer(page, name, right=False)
    expect(page.get_by_role("alert")).to_have_count(1)
    expect(page.get_by_role("alert")).to_contain_text(said)
    answer(page, asked[0], right=True)
    expect(page.locator(".lb-progress", has_text=f"1/{len(asked)}")).to_be_visible()
    mode = page.evaluate("document.documentElement.dataset.mode")
    page.locator("button.theme-switch-button:visible").click()
    expect(page.locator("html")).not_to_have_attribute("data-mode", mode)
    page.keyboard.press("Control+k")
    expect(page.locator("#pst-search-dialog")).to_be_visible()

    open_review(page, address)
    file = tmp_path / "answers.json"
    file.write_text(log_of({asked[0]: [[time_of(1), 0, 0]]}), encoding="utf-8")
    at(page, 4)
    bring(page, file)
    expect(page.locator(".lb-review-said")).to_contain_text("Answers added: 1.")
    assert take(page)[0] == asked[0]
    expect(page.get_by_role("alert")).to_have_count(1)
    assert asked[0] in export(page, tmp_path / "kept.json").read_text("utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_phone_with_and_without_questions(
    browser: Browser, address: str, asked: list[str], scheme: str
) -> None:
    options = {"viewport": {"width": 380, "height": 800}, "color_scheme": scheme, "timezone_id": "UTC"}
    with browser.new_context(**options) as context, context.new_page() as page:
        page.clock.install(time="2026-03-05T09:00:00")
        open_review(page, address)
        assert Axe().run(page).response["violations"] == []
        seed(page, address, log_of({name: [[time_of(2), 0, 0]] for name in asked}))
        open_review(page, address)
        page.click("[data-do=next]")
        answer(page, page.locator(".lb-quiz").get_attribute("data-quiz-id") or "", right=False)
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 380


def test_axe_finds_nothing_with_the_numbers_in_the_contents(
    browser: Browser, address: str, asked: list[str]
) -> None:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context, context.new_page() as page:
        page.goto(f"{address}/{REVIEW}")
        expect(page.locator(".lb-progress").first).to_be_visible()
        assert Axe().run(page).response["violations"] == []


def press_until(page: Page, key: str, selector: str) -> None:
    for _ in range(150):
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press(key)
    pytest.fail(f"{key} does not lead to {selector}")


def test_the_keyboard_alone_is_enough(reader: Page, address: str, asked: list[str]) -> None:
    page = reader
    seed(page, address, log_of({name: [[time_of(2), 0, 0]] for name in asked[:2]}))
    at(page, 4)
    open_review(page, address)
    press_until(page, "Tab", "[data-do=next]")
    page.keyboard.press("Enter")
    expect(page.locator(".lb-review-question > .lb-quiz")).to_be_focused()
    press_until(page, "Tab", ".lb-quiz [data-do=show]")
    page.keyboard.press("Enter")
    expect(page.locator(".lb-review-again")).to_be_visible()
    press_until(page, "Tab", "[data-do=next]")
    page.keyboard.press("Enter")
    expect(page.locator(".lb-review-state")).to_contain_text("Question 2 of 2")
    for name in ("export", "import", "reset"):
        press_until(page, "Tab", f"[data-do={name}]")


def test_without_scripts_the_page_says_what_it_is_for(
    browser: Browser, address: str, index: list[dict[str, Any]]
) -> None:
    with browser.new_context(java_script_enabled=False) as context, context.new_page() as page:
        page.goto(f"{address}/{REVIEW}")
        expect(page.get_by_text("That needs JavaScript, which is off.")).to_be_visible()
        expect(page.locator(".lb-review-plain a:visible")).to_have_count(len(index))
        expect(page.locator(".lb-review button:visible")).to_have_count(0)


def test_a_book_opened_from_a_folder_reviews_as_well(browser: Browser, site: Path, asked: list[str]) -> None:
    with browser.new_context(timezone_id="UTC") as context, context.new_page() as page:
        page.clock.install(time="2026-03-05T09:00:00")
        folder = site.as_uri()
        seed(page, folder, log_of({asked[0]: [[time_of(2), 0, 0]]}))
        assert open_review(page, folder) == "Questions for today: 1."
        assert take(page) == [asked[0]]
        page.evaluate("localStorage.clear()")


def test_the_deck_has_all_questions_of_the_book(
    page: Page, address: str, index: list[dict[str, Any]], tmp_path: Path
) -> None:
    open_review(page, address)
    with page.expect_download() as download:
        page.get_by_text("questions as an Anki deck").click()
    download.value.save_as(tmp_path / "deck.apkg")
    with (
        zipfile.ZipFile(tmp_path / "deck.apkg") as archive,
        closing(sqlite3.connect(":memory:")) as connection,
    ):
        connection.deserialize(archive.read("collection.anki2"))
        fields = [row[0] for row in connection.execute("SELECT flds FROM notes")]
    ids = [name for chapter in index for name, _anchor in chapter["questions"]]
    assert [text.split("\x1f")[0] for text in fields] == ids
    assert len(ids) > 100
    assert sum(r"\(" in text for text in fields) > 10
