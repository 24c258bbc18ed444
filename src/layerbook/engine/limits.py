"""What a submission may use; every number can be set in the course's `nbgrader_config.py`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds of one submission; bytes, seconds and counts."""

    cell_seconds: float = 60.0  # wall time of one cell, tests included
    submission_seconds: float = 180.0  # wall time of all cells
    memory: int = 2 * 2**30  # beyond the libraries that are loaded already
    processes: int = 64
    open_files: int = 128
    file_size: int = 32 * 2**20
    folder_size: int = 64 * 2**20  # of its private /tmp
    output: int = 100_000  # characters kept of one cell's text
