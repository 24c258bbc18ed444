"""Where things are: the project's folder."""

from __future__ import annotations

from pathlib import Path

from layerbook.errors import UsageError

MARK = Path("exercises") / "exercises.toml"


def find_root(start: Path) -> Path:
    """The project's folder: `start` or the nearest folder above it that has `exercises/exercises.toml`.

    Raises `UsageError` if there is none.
    """
    for folder in (start, *start.parents):
        if (folder / MARK).is_file():
            return folder
    raise UsageError(f"{start} is not in the project: no folder above it has {MARK}. Change to the project.")
