"""What a question becomes, and what is refused when the book is built."""

from pathlib import Path

import pytest
from bs4 import Tag
from fixture_book import INDEX, NOTEBOOK, Book, empty_book

KINDS = ("onehot-cosine", "true-of-embeddings", "how-many", "from-a-cell", "put-in-order")


def quiz(book: Book, name: str) -> Tag:
    found = book.page("quizzes").find(id=f"quiz-{name}")
    assert isinstance(found, Tag)
    return found


def test_the_index_knows_where_each_question_stands_and_what_it_asks_for(book: Book) -> None:
    quizzes = book.records["quizzes"]
    assert set(quizzes) == set(KINDS)
    assert quizzes["onehot-cosine"] == ["quizzes", "single", ["N1", "N2"], False, "choices"]
    assert quizzes["true-of-embeddings"] == ["quizzes", "multiple", [], True, "choices"]


@pytest.mark.parametrize("name", KINDS)
def test_a_question_is_a_fieldset_with_a_legend_and_a_name_for_every_control(book: Book, name: str) -> None:
    field = quiz(book, name)
    assert field.name == "fieldset"
    assert field.legend is not None
    assert field.legend.get_text(strip=True)
    for control in field.find_all("input"):
        assert field.find("label", attrs={"for": control["id"]}), control
    for button in field.select("[data-move]"):
        named_by = button["aria-labelledby"].split()
        assert all(field.find(id=one) for one in named_by)
    assert field.select_one('[role="status"][aria-live="polite"]') is not None


def test_choices_keep_their_inline_markup_and_lose_their_marker(book: Book) -> None:
    field = quiz(book, "onehot-cosine")
    assert field.legend is not None
    assert field.legend.find("em")
    assert field.legend.find("code")
    labels = [label.get_text(" ", strip=True) for label in field.select(".lb-quiz-choice label")]
    assert labels[0] == "1"
    assert labels[1].startswith("exactly")
    assert field.select_one(".lb-quiz-choice .katex-mathml") is not None


def test_the_page_holds_the_answer_and_every_explanation_without_scripts(book: Book) -> None:
    answers = quiz(book, "onehot-cosine").find("details")
    assert isinstance(answers, Tag)
    text = answers.get_text(" ", strip=True)
    assert "Only a vector and itself have that." in text
    assert "No place holds a 1 in both." in text
    assert [item["data-right"] for item in answers.select("li")] == ["false", "true"]


def test_a_number_may_come_from_an_executed_cell(book: Book) -> None:
    field = quiz(book, "from-a-cell")
    assert (field["data-answer"], field["data-tolerance"]) == ("0.5", "0.01")
    assert "Right: 0.5" in field.get_text(" ", strip=True)


def test_an_order_is_shown_shuffled_and_explained_in_order(book: Book) -> None:
    field = quiz(book, "put-in-order")
    assert [item["data-place"] for item in field.select(".lb-quiz-order > li")] != ["0", "1", "2"]
    right = [item.p.get_text(strip=True) for item in field.select("details ol > li") if item.p]
    assert right == ["The text is split.", "Words become ids.", "Ids become vectors."]


def test_a_text_builder_writes_the_question_as_well(book: Book) -> None:
    book.build("text")
    assert book.status == 0, book.warnings
    text = (book.root / "_build" / "text" / "quizzes.txt").read_text(encoding="utf-8")
    assert "It needs one-hot vectors." in text


def test_translators_see_choices_without_their_markers(book: Book) -> None:
    book.build("gettext")
    assert book.status == 0, book.warnings
    text = (book.root / "_build" / "gettext" / "quizzes.pot").read_text(encoding="utf-8")
    assert 'msgid "It needs one-hot vectors."' in text
    assert 'msgid "It takes ids."' in text
    assert "[x]" not in text


CHOICES = "Which?\n\n- [x] a\n\n  Why.\n- [ ] b\n\n  Why not."
ORDER = "In order?\n\n1. a\n2. b\n3. c\n\nWhy."
BAD = {
    # name: (options, body, message)
    "two-right": (
        ":kind: single",
        CHOICES.replace("[ ]", "[x]"),
        "needs one right choice of two or more; 2 of 2",
    ),
    "one-choice": (
        ":kind: single",
        "Which?\n\n- [x] a\n\n  Why.",
        "needs one right choice of two or more; 1 of 1",
    ),
    "all-right": (":kind: multiple", CHOICES.replace("[ ]", "[x]"), "needs a right and a wrong choice"),
    "none-right": (":kind: multiple", CHOICES.replace("[x]", "[ ]"), "needs a right and a wrong choice"),
    "unexplained": (
        ":kind: single",
        CHOICES.replace("\n\n  Why not.", ""),
        'the choice "b" has no explanation',
    ),
    "unmarked": (":kind: single", CHOICES.replace("[ ] b", "b"), 'the choice "b" must begin with [x] or [ ]'),
    "no-list": (":kind: single", "Which?", "a bulleted list of choices is missing"),
    "no-question": (":kind: single", "- [x] a\n\n  Why.", "must begin with the question"),
    "no-kind": ("", CHOICES, 'unknown kind ""'),
    "odd-kind": (":kind: essay", CHOICES, 'unknown kind "essay"'),
    "Not_Kebab": (":kind: single", CHOICES, "needs an id in kebab-case"),
    "unknown-row": (":kind: single\n:rows: N1 N99", CHOICES, 'asks for the row "N99"'),
    "odd-option": (":kind: single\n:answer: 3", CHOICES, "the option answer is for the kind number only"),
    "no-answer": (":kind: number", "How many?\n\nWhy.", "exactly one of the options answer and answer-from"),
    "both": (
        ":kind: number\n:answer: 1\n:answer-from: half",
        "How many?\n\nWhy.",
        "exactly one of the options",
    ),
    "no-key": (
        ":kind: number\n:answer-from: nothing",
        "How many?\n\nWhy.",
        'no executed cell of this page glues "nothing"',
    ),
    "no-tolerance": (
        ":kind: number\n:answer-from: half",
        "How many?\n\nWhy.",
        "is 0.5, which needs the option tolerance",
    ),
    "no-number": (":kind: number\n:answer: many", "How many?\n\nWhy.", '"many" is not a number'),
    "wrong-is-right": (
        ":kind: number\n:answer: 64\n:tolerance: 1",
        "How many?\n\n- 65\n\n  Why not.\n\nWhy.",
        'the anticipated wrong number "65" is within the tolerance',
    ),
    "no-reason": (
        ":kind: number\n:answer: 64",
        "How many?\n\n- 65\n\n  Why not.",
        "explains the right number, is missing",
    ),
    "short-order": (
        ":kind: order",
        ORDER.replace("3. c\n", ""),
        "order needs at least three items; there are 2",
    ),
    "no-order-reason": (
        ":kind: order",
        ORDER.replace("\n\nWhy.", ""),
        "which explains the order, is missing",
    ),
}


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The lines of one strict build of a page of bad questions, by the line on which each question begins."""
    book = empty_book(tmp_path_factory.mktemp("bad"))
    text = NOTEBOOK + '# Bad\n\n```{code-cell} python\nfrom myst_nb import glue\nglue("half", 0.5)\n```\n\n'
    starts = {}
    for name, (options, body, _message) in BAD.items():
        starts[name] = text.count("\n") + 1
        text += ":::{quiz} " + name + f"\n{options}\n\n{body}\n:::\n\n"
    book.write("index.md", text)
    book.build()
    assert book.status != 0
    return {
        name: line
        for name, start in starts.items()
        for line in book.warnings.splitlines()
        if f"index.md:{start}: " in line
    }


@pytest.mark.parametrize("name", BAD)
def test_a_bad_question_fails_the_build_with_its_file_and_line(refused: dict[str, str], name: str) -> None:
    assert f'quiz "{name}": ' in refused[name]
    assert BAD[name][2] in refused[name]


def test_an_id_stands_once_in_the_book_also_in_a_second_build(tmp_path: Path) -> None:
    book = empty_book(tmp_path)
    page = "# Page\n\n:::{quiz} same-id\n:kind: single\n" + CHOICES + "\n:::\n"
    book.write("index.md", INDEX.replace("quizzes\npieces\nnotes", "one\ntwo"))
    book.write("one.md", page)
    book.write("two.md", page.replace("same-id", "another-id"))
    book.build()
    assert book.status == 0, book.warnings
    book.write("two.md", page)
    for _attempt in range(2):
        book.build()
        assert book.status != 0
        assert 'two.md:3: ERROR: quiz "same-id": this id is already taken at' in book.warnings
        assert "one.md:3; every id stands once" in book.warnings
    book.write("two.md", "# Page\n")
    book.build()
    assert book.status == 0, book.warnings
