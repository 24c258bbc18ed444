"""Where nbgrader's own pipeline, its command and the formgrader's button, enters the engine."""

from __future__ import annotations

from pathlib import Path

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Enum, Float, Integer

from layerbook.engine.limits import Limits
from layerbook.exercises.compile import GRADER_FILE
from layerbook.grading.policies import Policies
from layerbook.grading.prepare import prepare
from layerbook.grading.submission import came_along, digest
from layerbook.grading.task import (
    EXAMINER,
    LEARNER,
    METADATA,
    Material,
    Settings,
    material_of,
    run_notebook,
)

Resources = dict[str, dict[str, str]]
LIMITS, POLICIES = Limits(), Policies()


class RunSubmission(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """Runs a submission's cells in the sandbox, and the source's tests outside of the learner's process.

    Its options are those of the driver too: limits, policies on marks, and where the tests run.
    """

    cell_seconds = Float(LIMITS.cell_seconds, help="Wall time of one cell.").tag(config=True)
    submission_seconds = Float(LIMITS.submission_seconds, help="Wall time of all cells.").tag(config=True)
    memory = Integer(LIMITS.memory, help="Bytes beyond the libraries loaded.").tag(config=True)
    processes = Integer(LIMITS.processes, help="Processes at the same time.").tag(config=True)
    open_files = Integer(LIMITS.open_files, help="Open files of one process.").tag(config=True)
    file_size = Integer(LIMITS.file_size, help="Bytes of one file.").tag(config=True)
    folder_size = Integer(LIMITS.folder_size, help="Bytes of the private folder.").tag(config=True)
    output = Integer(LIMITS.output, help="Characters kept of one cell's output.").tag(config=True)
    stderr_costs_nothing = Bool(
        POLICIES.stderr_costs_nothing, help="A test in which something is written to stderr can pass."
    ).tag(config=True)
    refuse_partial_credit_out_of_range = Bool(
        POLICIES.refuse_partial_credit_out_of_range, help="Partial credit out of range counts as 0."
    ).tag(config=True)
    second_turn_for_moved_cells = Bool(
        POLICIES.second_turn_for_moved_cells,
        help="Failed tests run again where cells stand in another order.",
    ).tag(config=True)
    tests_in = Enum(
        (EXAMINER, LEARNER),
        EXAMINER,
        help="The process in which tests run: one of their own, or the learner's.",
    ).tag(config=True)

    @property
    def settings(self) -> Settings:
        """The options as one value."""
        limits = Limits(**{name: getattr(self, name) for name in Limits.__dataclass_fields__})
        policies = Policies(**{name: getattr(self, name) for name in Policies.__dataclass_fields__})
        return Settings(limits, policies, self.tests_in)

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Execute `nb`; the outputs that come back are what the marks are read from."""
        root, exercise = _course(self), resources["nbgrader"]["assignment"]
        material = _material(root, exercise)
        earlier = nb.metadata.get(METADATA, {}).get("tampering", [])  # noted by `RestoreCells`
        made = run_notebook(nb, material, self.settings)
        folder = root / "submitted" / resources["nbgrader"]["student"] / exercise
        handed_in = folder / f"{exercise}.ipynb"
        how = made.metadata[METADATA]
        how["tampering"] = [*earlier, *how["tampering"], *came_along(folder, material.files, exercise)]
        how["submitted"] = digest(handed_in.read_bytes())
        return made, resources


class RestoreCells(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """Puts cells and metadata right before nbgrader's own checks of them, which would refuse the notebook."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Rebuild `nb` from the course's source, and note in it what had been changed."""
        prepared = prepare(nb, _material(_course(self), resources["nbgrader"]["assignment"]).source)
        prepared.notebook.metadata[METADATA] = {"tampering": prepared.tampering}
        return prepared.notebook, resources


def _course(preprocessor: NbGraderPreprocessor) -> Path:
    """The course directory: a preprocessor's parent is the exporter, its parent the converter."""
    return Path(preprocessor.parent.parent.coursedir.root)


def _material(root: Path, exercise: str) -> Material:
    return material_of(root / "source" / exercise, root / "grader" / exercise / GRADER_FILE, exercise)
