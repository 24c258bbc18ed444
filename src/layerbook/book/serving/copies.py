"""The learner's own copies of the exercises: taken from the release once, and never written to again."""

import hashlib
import json
import re
import shutil
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from layerbook.book.card import shipped_files
from layerbook.errors import UsageError
from layerbook.exercises import manifest

FOLDER = "work"  # in the project, if no other one is named
_OTHERS_FOLDERS = ("_build", "chapters", "course", "exercises", "src", "tests")
_RECORD = ".layerbook.json"  # which release each copy was taken from, in the folder of the copies


def working_folder(root: Path, given: Path | None = None) -> Path:
    """The folder of the learner's copies in the project at `root`; `given` names another one.

    Raises UsageError if it is no place for them: copies would mix with sources, or be cleaned away.
    """
    work = (given or root / FOLDER).resolve()
    if root.is_relative_to(work) or any(work.is_relative_to(root / name) for name in _OTHERS_FOLDERS):
        raise UsageError(f"{work} is no folder for copies of exercises; choose one of your own with --work.")
    if work.exists() and not work.is_dir():
        raise UsageError(f"{work} is a file; a folder is wanted. Choose another one with --work.")
    return work


@dataclass(frozen=True)
class Copy:
    """One copy of an exercise."""

    folder: str  # its name
    current: bool  # the release is still the one that it was taken from


class Copies:
    """The folder `work` with copies of the exercises of the project at `root`, one folder a copy.

    The first copy of an exercise has the exercise's name. When the exercise has changed since, the copy stays
    as it is; one of the new release is taken beside it, as NAME-2, only if the learner asks for it. Nothing
    here writes to a file of a copy that is there.
    """

    def __init__(self, work: Path, root: Path, releases: Path) -> None:
        """Work with `work`, which exists; `releases` has a folder for each released exercise."""
        self.work, self._root, self._releases = work, root, releases
        self._lock = threading.Lock()

    def of(self, name: str) -> list[Copy]:
        """The copies that there are of the exercise called `name`, the oldest first.

        A folder that somebody made by hand counts as current: nothing is known against it.

        Raises UsageError for an unknown exercise, LayerbookError if it is not released.
        """
        release, record = _digest(self._files(name)), self._record()
        numbered = re.compile(rf"{re.escape(name)}(?:-(\d+))?")
        found = [
            (int(match[1] or 1), path.name)
            for path in self.work.iterdir()
            if path.is_dir() and (match := numbered.fullmatch(path.name))
        ]
        return [Copy(folder, record.get(folder, release) == release) for _, folder in sorted(found)]

    def next_folder(self, name: str) -> str:
        """The name that another copy of the exercise `name` would have."""
        names = (name if number == 1 else f"{name}-{number}" for number in range(1, 10**6))
        return next(folder for folder in names if not (self.work / folder).exists())

    def take(self, name: str, folder: str) -> None:
        """Copy what the release of `name` contains to `folder`, all of it or nothing.

        If the folder is there, it stays as it is.

        Raises UsageError for an unknown exercise, LayerbookError if it is not released.
        """
        files = self._files(name)
        with self._lock, tempfile.TemporaryDirectory(prefix=".new-", dir=self.work) as scratch:
            if (self.work / folder).exists():
                return
            new = Path(scratch) / folder
            new.mkdir()
            for file in files:
                shutil.copyfile(file, new / file.name)
            self._write_record({**self._record(), folder: _digest(files)})
            new.rename(self.work / folder)

    def to_open(self, name: str, folder: str) -> str:
        """The path in `work` that opens a copy: its notebook, or its folder if the notebook is not there."""
        notebook = f"{folder}/{name}.ipynb"
        return notebook if (self.work / notebook).is_file() else folder

    def _files(self, name: str) -> list[Path]:
        (exercise,) = manifest.select(self._root, [name])
        return shipped_files(self._releases, exercise)

    def _record(self) -> dict[str, str]:
        try:
            record = json.loads((self.work / _RECORD).read_text("utf-8"))
        except (
            OSError,
            ValueError,
        ):  # gone or spoiled: nothing is known of the copies, and they are left alone
            return {}
        return record if isinstance(record, dict) else {}

    def _write_record(self, record: dict[str, str]) -> None:
        new = self.work / f"{_RECORD}.new"
        new.write_text(json.dumps(record, indent=2, sort_keys=True), "utf-8")
        new.replace(self.work / _RECORD)


def _digest(files: list[Path]) -> str:
    parts = (f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()}\n" for file in files)
    return hashlib.sha256("".join(parts).encode()).hexdigest()
