"""What a learner reads first after a common mistake is written down in `messages/`, for each exercise."""

import importlib
from pathlib import Path

import pytest

from layerbook.exercises import manifest

NAMES = list(manifest.read(Path(__file__).parents[2]))
MESSAGES = {name: importlib.import_module(f"messages.{name}").MESSAGES for name in NAMES}


@pytest.mark.parametrize(("name", "mistake"), [(name, each) for name in NAMES for each in MESSAGES[name]])
def test_what_a_learner_reads_after_the_most_common_mistake(implementations, name, mistake):
    written = [line.strip() for line in MESSAGES[name][mistake].strip().splitlines()]
    assert implementations(name).first_message(mistake) == written
