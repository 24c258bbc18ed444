"""The execution cache: cells run again when what they import changes, not only when their text does."""

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

import layerbook

IMPORTED_BY_CELLS = ("data.py", "frames.py", "plots.py")


def digest(files: Iterable[Path]) -> str:
    """One hash over names and contents of `files`; a file that is not there counts as such."""
    total = hashlib.sha256()
    for file in files:
        total.update(file.name.encode() + b"\0")
        total.update(file.read_bytes() if file.is_file() else b"missing")
    return total.hexdigest()


def forget_if_changed(cache: Path, current: str) -> bool:
    """Remove the folder `cache` unless it was made under the digest `current`; return whether it was removed.

    The digest stands in a file beside the folder.
    """
    known = cache.with_name(f"{cache.name}.digest")
    if known.is_file() and known.read_text(encoding="ascii") == current:
        return False
    shutil.rmtree(cache, ignore_errors=True)
    known.parent.mkdir(parents=True, exist_ok=True)
    known.write_text(current, encoding="ascii")
    return True


def _outdated(
    app: Sphinx, env: BuildEnvironment, _added: set[str], _changed: set[str], _removed: set[str]
) -> Sequence[str]:
    package = Path(layerbook.__file__).parent
    files = [package / name for name in IMPORTED_BY_CELLS] + [Path(app.srcdir) / "constraints.txt"]
    cache = Path(app.config.nb_execution_cache_path or Path(app.outdir).parent / ".jupyter_cache")
    return sorted(env.found_docs) if forget_if_changed(cache, digest(files)) else []


def register(app: Sphinx) -> None:
    """Look at the cache before the pages are read."""
    app.connect("env-get-outdated", _outdated)
