"""Outputs are made anew: what a notebook may have stays, everything else does not come along."""

import base64

import pytest

from layerbook.engine import outputs
from layerbook.engine.outputs import Room

IMAGE = base64.b64encode(outputs.PNG + b"x" * 300).decode()
HONEST = [
    {"output_type": "stream", "name": "stdout", "text": "loss 0.5\n"},
    {"output_type": "stream", "name": "stderr", "text": "careful\n"},
    {
        "output_type": "error",
        "ename": "ValueError",
        "evalue": "no",
        "traceback": ["line 1", "ValueError: no"],
    },
    {"output_type": "display_data", "data": {"text/plain": "<Figure>", "image/png": IMAGE}, "metadata": {}},
    {"output_type": "execute_result", "data": {"text/plain": "6"}, "metadata": {}, "execution_count": None},
]


def test_honest_outputs_stay_as_they_are():
    assert Room(1000).clean(HONEST) == HONEST


@pytest.mark.parametrize(
    "given",
    [
        None, 5, "text", {}, [None], [5], [[]], [{}], [{"output_type": "update_display_data"}], [{"output_type": []}],
        [{"output_type": "stream"}], [{"output_type": "stream", "text": 5}], [{"output_type": "display_data"}],
        [{"output_type": "display_data", "data": 5}], [{"output_type": "execute_result", "data": {}}],
        [{"output_type": "execute_result", "data": {"text/plain": ""}}], [{"output_type": "display_data", "data": {"text/html": "<script>"}}],
        [{"output_type": "display_data", "data": {"image/png": '"><script>'}}],
        [{"output_type": "display_data", "data": {"image/png": base64.b64encode(b"<svg onload=x>").decode()}}],
        [{"output_type": "display_data", "data": {"image/png": IMAGE + '"><script>'}}], [{"output_type": "display_data", "data": {"image/png": b"x"}}],
    ],
    ids=repr,
)  # fmt: skip
def test_what_no_notebook_has_is_dropped(given):
    assert Room(1000).clean(given) == []


def test_nothing_comes_along_with_an_output():
    extra = {"output_type": "stream", "name": ["x"], "text": "a", "metadata": {"x": 1}, "transient": {}}
    result = {"output_type": "execute_result", "data": {"text/plain": "a", "text/html": "<b>"}, "metadata": {"isolated": 1}, "execution_count": "7"}  # fmt: skip
    error = {"output_type": "error", "ename": 5, "evalue": None, "traceback": [None, 5, "line"]}
    assert Room(1000).clean([extra, result, error]) == [
        {"output_type": "stream", "name": "stdout", "text": "a"},
        {
            "output_type": "execute_result",
            "data": {"text/plain": "a"},
            "metadata": {},
            "execution_count": None,
        },
        {"output_type": "error", "ename": "", "evalue": "", "traceback": ["", "", "line"]},
    ]


def test_text_that_no_file_can_hold_is_made_one_that_can():
    [stream] = Room(1000).clean([{"output_type": "stream", "name": "stdout", "text": "a\ud800b"}])
    assert stream["text"] == "a?b"


def test_text_is_cut_for_each_cell_and_for_all_together(monkeypatch):
    monkeypatch.setattr(outputs, "MAX_ALL", 250)
    room = Room(100)
    lengths = []
    for _ in range(4):
        cleaned = room.clean([{"output_type": "stream", "name": "stdout", "text": "x" * 90}] * 2)
        lengths.append(sum(output["text"].count("x") for output in cleaned))
    assert lengths == [100, 100, 50, 0]


def test_an_error_is_kept_where_nothing_else_is(monkeypatch):
    monkeypatch.setattr(outputs, "MAX_ALL", 0)
    [error] = Room(0).clean([HONEST[0], HONEST[2]])
    assert (error["ename"], error["evalue"]) == ("ValueError", "no")


def test_a_result_is_kept_after_a_flood():
    kept = Room(100).clean([{"output_type": "stream", "name": "stdout", "text": "x" * 5000}, HONEST[4]])
    assert kept[1] == HONEST[4]


def test_the_number_of_outputs_is_bounded():
    assert len(Room(10**6).clean(HONEST[:1] * 1000)) == outputs.MAX_OUTPUTS


def test_images_are_bounded(monkeypatch):
    monkeypatch.setattr(outputs, "MAX_FIGURES", 3 * len(IMAGE))
    kept = Room(1000).clean([HONEST[3]] * 5)
    assert ["image/png" in output["data"] for output in kept] == [True] * 3 + [False] * 2
