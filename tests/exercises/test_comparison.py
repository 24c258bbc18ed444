"""The exercise `comparison` accepts every right answer and explains the most common wrong ones."""

import re
import warnings
from collections import namedtuple

import nbformat
import numpy as np
import pytest
import torch
from answers.comparison import (
    NAMES,
    STYLES,
    loop_blocks,
    loop_convolution_numbers,
    loop_recurrent_multiply_adds,
    loop_recurrent_parameters,
    loop_wrong_line,
)
from torch.utils.flop_counter import FlopCounterMode

from layerbook.grading.release import learner_versions


@pytest.fixture(scope="module")
def exercise(implementations):
    return implementations("comparison")


@pytest.mark.parametrize("style", STYLES)
def test_other_right_implementations_get_full_marks_in_every_part(exercise, style):
    assert exercise.failures(STYLES[style], capstone=True) == {}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", NAMES)
def test_each_function_works_beside_the_reference(exercise, name, style):
    assert exercise.failures({name: STYLES[style][name]}) == {}


@pytest.mark.parametrize(("kind", "directions"), [("RNN", 1), ("RNN", 2), ("LSTM", 1), ("GRU", 2)])
def test_a_counter_of_operations_agrees_on_the_work_of_recurrent_layers(kind, directions):
    layer = getattr(torch.nn, kind)(3, 5, batch_first=True, bidirectional=directions == 2)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the switch itself warns
        with torch.backends.mkldnn.flags(enabled=False), FlopCounterMode(display=False) as counter:
            layer(torch.zeros(1, 7, 3))
    assert counter.get_total_flops() == 2 * loop_recurrent_multiply_adds(kind, 7, 3, 5, directions)


def test_a_counter_of_operations_agrees_on_the_work_of_all_other_layers():
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        torch.nn.Conv2d(4, 3, (3, 5))(torch.zeros(1, 4, 8, 6))
    assert counter.get_total_flops() == 2 * loop_convolution_numbers(4, 3, (3, 5), (6, 2))[1]
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        torch.nn.Embedding(11, 3)(torch.zeros(2, 5, dtype=torch.int64))
        torch.nn.MaxPool2d(3, 2)(torch.zeros(2, 3, 8, 15))
    assert counter.get_total_flops() == 0


# The line that is wrong in each snippet, mended.
MENDED = {
    "A": ("leaky_states", 5, "        drive = x_t @ weight_ih.T + state @ weight_hh.T"),
    "B": ("strongest_over_time", 4, "    kept = np.where(real[:, :, None], states, -np.inf)"),
    "C": ("mean_word_loss", 5, "    return (losses * real).sum() / real.sum()"),
    "D": ("words_to_maps", 3, "    maps = x.swapaxes(1, 2)"),
}


@pytest.mark.parametrize("letter", MENDED)
def test_a_snippet_is_wrong_and_right_with_its_wrong_line_mended(exercise, letter):
    name, number, line = MENDED[letter]
    text = "\n".join(cell.source for cell in exercise.compiled.source.cells if cell.kind == "text")
    lines = re.search(rf"```python\n(def {name}\(.*?)\n```", text, re.DOTALL).group(1).split("\n")
    assert f"test-{name.replace('_', '-')}" in exercise.failures({name: defined(name, lines)})
    assert exercise.failures({name: defined(name, [*lines[: number - 1], line, *lines[number:]])}) == {}
    assert loop_wrong_line(letter) == number


def defined(name, lines):
    namespace = {"np": np}
    exec("\n".join(lines), namespace)
    return namespace[name]


def test_the_text_offers_the_choices_that_are_accepted(exercise):
    text = " ".join(cell.source for cell in exercise.compiled.source.cells if cell.kind == "text").split()
    text = " ".join(text)
    setup = next(cell for cell in exercise.compiled.source.cells if cell.id == "setup-choices").source
    namespace = {"namedtuple": namedtuple, "hashlib": None}
    exec(setup, namespace)
    for task, layers in namespace["LAYERS"].items():
        offered = text.partition(f"**{task}.**")[2].partition("Layers:")[2]
        layer_part, _, rest = offered.partition("Reasons:")
        assert re.findall(r"`\"(.*?)\"`", layer_part) == list(layers)
        assert re.findall(r"`\"(.*?)\"`", rest.partition("**")[0].partition("|")[0]) == list(
            namespace["REASONS"][task]
        )


def test_an_answer_that_is_not_offered_is_told_what_is(exercise):
    failures = exercise.failures({"choose_layer": lambda task: "transformer"})
    assert "'transformer' is none of the choices: 'embedding', 'RNN'," in failures["test-choose-layer"]


def test_no_right_answer_is_shown_where_a_wrong_one_is_refused(exercise):
    message = exercise.failures({"wrong_line": lambda snippet: 1})["test-wrong-line-a"]
    assert "is_right: got False, expected True" in message
    assert "5" not in message


def test_a_table_from_a_wrong_formula_sends_to_that_formula(exercise):
    def one_bias(kind, T, D, H, directions=1):
        return loop_recurrent_parameters(kind, T, D, H, directions) - directions * loop_blocks(kind) * H

    message = exercise.failures({"recurrent_parameters": one_bias}, capstone=True)["test-fill-table"]
    assert "RNN: 1312 parameters and 30720 multiply-adds; in the chapter it has 1344 and 30720." in message
    assert "Does a check of part 1 fail?" in message


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda table: list(table.values()), "A dict from names to five numbers is wanted, not a list."),
        (lambda table: table | {"CNN": (*table["CNN"][:3], (3, 3))}, "CNN: there should be five numbers, of"),
        (
            lambda table: table | {"CNN": (10112, 239616, *table["CNN"][2:])},
            "CNN: 10112 parameters and 239616 multiply-adds; in the chapter it has 7008 and 165888.",
        ),
        (
            lambda table: table | {"both ways": (*table["both ways"][:3], 11, 12)},
            "both ways: your own formula says (12, 11) places before and after the middle place, T // 2 = 12.",
        ),
    ],
)
def test_a_wrong_table_is_told_what_is_wrong_with_it(exercise, wrong, told):
    table = {
        "RNN": (1344, 30720, 24, 12, 0),
        "LSTM": (5376, 122880, 24, 12, 0),
        "GRU": (4032, 92160, 24, 12, 0),
        "both ways": (832, 18432, 24, 12, 11),
        "CNN": (7008, 165888, 3, 3, 3),
    }
    message = exercise.failures({"fill_table": lambda T, D, H: wrong(table)}, capstone=True)[
        "test-fill-table"
    ]
    assert told in message


def test_names_that_are_not_a_list_are_told_so(exercise):
    failures = exercise.failures({"can_answer": lambda table, offset: {"both ways"}}, capstone=True)
    assert (
        "A list of names is wanted, in the order of the table; got {'both ways'}."
        in (failures["test-can-answer"])
    )


def test_six_of_the_points_wait_for_a_person(exercise):
    cells = exercise.compiled.source.cells
    by_hand = sum(cell.points for cell in cells if cell.kind == "answer")
    assert (by_hand, sum(cell.points for cell in cells if cell.kind == "tests")) == (6, 34)


def test_model_answers_do_not_ship(exercise, root):
    [folder] = learner_versions([exercise.compiled.exercise], root)
    released = nbformat.read(folder / "comparison.ipynb", as_version=4)
    answers = [cell.source for cell in released.cells if cell.id.startswith("answer-")]
    assert answers == ["YOUR ANSWER HERE"] * 2
