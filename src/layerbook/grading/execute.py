"""How a submission is run: the one interface between nbgrader's pipeline and what executes the cells."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.preprocessors import Execute

from layerbook.exercises.check import HIDDEN_VARIABLE
from layerbook.exercises.compile import GRADER_FILE


@contextlib.contextmanager
def environment(values: dict[str, str]) -> Iterator[None]:
    """Set environment variables for a while; what stood there before comes back."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


class RunSubmission(Execute):  # type: ignore[misc]  # nbgrader has no types
    """Runs a notebook's cells in a fresh kernel, with what known mistakes return in hidden checks at hand."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Take nbgrader's settings; the kernel keeps no history and logs errors only."""
        super().__init__(*args, **kwargs)
        self.extra_arguments = ["--HistoryManager.hist_file=:memory:", "--IPKernelApp.log_level=40"]

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, dict[str, str]], **kwargs: object
    ) -> tuple[NotebookNode, dict[str, dict[str, str]]]:
        """Execute `nb`; its outputs are what the marks are read from."""
        root = Path(self.parent.config.CourseDirectory.root)
        hidden = root / "grader" / resources["nbgrader"]["assignment"] / GRADER_FILE
        with environment({HIDDEN_VARIABLE: str(hidden)}):
            done: tuple[NotebookNode, dict[str, dict[str, str]]] = super().preprocess(nb, resources, **kwargs)
        return done
