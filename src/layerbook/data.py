"""Real text with no download: the docstrings of installed libraries, as sentences of lower-case words."""

from __future__ import annotations

import ast
import importlib.util
import re
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path

DOCSTRINGS = "docstrings.txt"
NOT_PROSE = r"^\s*(>>>|\.\.\.|\$|-{3,}|={3,}).*$|``.*?``|`[^`]*`|:\w+:|\.\. .*$"
MIN_WORDS, MAX_WORDS = 4, 60
PACKAGES = {  # the parts of each package that are written for its users
    "numpy": ("*.py", "*/*.py"),
    "torch": ("*.py", "nn/**/*.py", "optim/*.py", "linalg/*.py", "distributions/*.py", "utils/data/**/*.py"),
}
LEFT_OUT = {"tests", "test", "idlelib", "lib2to3", "site-packages", "_vendor", "pydoc_data", "turtledemo"}


@cache
def docstrings() -> tuple[tuple[str, ...], ...]:
    """Sentences from the docstrings of NumPy, PyTorch and Python's standard library, each a tuple of words.

    Words are lower-case letters only. Source files are read, not imported; files and sentences come in
    a fixed order, so the same versions give the same corpus. A sentence is kept once.
    """
    sentences: dict[tuple[str, ...], None] = {}
    for path in _files():
        for text in _texts(path):
            sentences.update(dict.fromkeys(_sentences(text)))
    return tuple(sentences)


def made(name: str, folder: Path) -> Path | None:
    """The data file `name`, made in `folder` if it is not there yet; None for a name unknown here."""
    if name != DOCSTRINGS:
        return None
    path = folder / name
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(" ".join(words) for words in docstrings()) + "\n", "utf-8")
    return path


def _files() -> Iterator[Path]:
    library = Path(sysconfig.get_paths()["stdlib"])
    yield from sorted(p for p in library.rglob("*.py") if not LEFT_OUT & set(p.relative_to(library).parts))
    for package, patterns in PACKAGES.items():
        spec = importlib.util.find_spec(package)
        if spec and spec.origin:
            root = Path(spec.origin).parent
            found = {path for pattern in patterns for path in root.glob(pattern)}
            yield from sorted(p for p in found if not LEFT_OUT & set(p.relative_to(root).parts))


def _texts(path: Path) -> Iterator[str]:
    """Docstrings, and the long string constants by which PyTorch and NumPy document compiled functions."""
    try:
        tree = ast.parse(path.read_text("utf-8"))
    except (SyntaxError, UnicodeDecodeError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr | ast.Call | ast.Return):
            values = node.args if isinstance(node, ast.Call) else [node.value]
            for value in values:
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and len(value.value) > 80:
                    yield value.value


def _sentences(text: str) -> Iterator[tuple[str, ...]]:
    """Prose only: code examples, signatures, section underlines and formulas are left out."""
    prose = re.sub(NOT_PROSE, " ", text, flags=re.MULTILINE)
    for paragraph in re.split(r"\n\s*\n", prose):
        for sentence in re.split(r"(?<=[.!?:;])\s+", paragraph):
            words = tuple(re.findall(r"[a-z]+(?:'[a-z]+)?", sentence.lower()))
            letters = sum(map(len, words))
            if MIN_WORDS <= len(words) <= MAX_WORDS and letters > 0.7 * len(re.sub(r"\s", "", sentence)):
                yield words
