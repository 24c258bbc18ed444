"""Numbers and orders of questions."""

import pytest

from layerbook.book.questions.quiz_body import QuizError, parse_number, shuffled


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("128", 128),
        ("1,024", 1024),
        ("-0.5", -0.5),
        ("\N{MINUS SIGN}2", -2),
        ("np.float64(0.25)", 0.25),
        ("array(3)", 3),
        ("tensor(1.5000, dtype=torch.float64)", 1.5),
        ("1e-3", 0.001),
    ],
)
def test_a_number_is_read_as_a_cell_or_a_person_writes_it(text: str, number: float) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize("text", ["", "a lot", "np.array([1, 2])", "1 or 2"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(QuizError, match="is not a number"):
        parse_number(text)


@pytest.mark.parametrize("count", [3, 4, 7])
def test_an_order_is_shuffled_the_same_way_each_time_and_never_right(count: int) -> None:
    for seed in (f"quiz-{number}" for number in range(50)):
        order = shuffled(count, seed)
        assert order == shuffled(count, seed)
        assert sorted(order) == list(range(count)) != order
