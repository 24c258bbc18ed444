"""A backward function has its forward function's cache, and nothing that a later call of it could change."""

import inspect
from pathlib import Path

import pytest

from layerbook.exercises import manifest
from layerbook.exercises.check import Checker
from layerbook.exercises.run import check_module

NAMES = list(manifest.read(Path(__file__).parents[2]))


def references(source):
    """The exercise's own functions, by name."""
    names = {"__name__": "__main__"}
    with check_module(Checker()):
        for cell in source.cells:
            if cell.kind in ("setup", "solution") and not cell.capstone:
                exec(cell.source, names)
    return {name: names[name] for name in source.functions}


def pair_with_a_memory(forward, backward):
    """Both, as somebody writes them who leaves the last cache in a global variable and takes it from there."""
    left = []

    def leaves(*args, **kwargs):
        result = forward(*args, **kwargs)
        left[:] = [result[-1]]
        return result

    def takes(*args):
        return backward(*args[:-1], left[0])

    return leaves, takes


@pytest.mark.parametrize("name", NAMES)
def test_a_backward_function_that_takes_what_the_last_call_left_is_found_out(name, implementations):
    exercise, missed = implementations(name), []
    functions = references(exercise.compiled.source)
    for backward, function in functions.items():
        forward = backward.replace("_backward", "_forward")
        if "cache" in inspect.signature(function).parameters and forward in functions:
            leaves, takes = pair_with_a_memory(functions[forward], function)
            messages = exercise.messages({forward: leaves, backward: takes}).values()
            if not any(message.startswith(f"{backward} is not right yet: ") for message in messages):
                missed.append(backward)
    assert missed == []
