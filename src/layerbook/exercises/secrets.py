"""What must never reach a learner: lines of solutions, hidden tests and misconceptions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from layerbook.exercises.source import HIDDEN_BEGIN, HIDDEN_END, SOLUTION_BEGIN, SOLUTION_END, Source

SHORTEST = 25  # a shorter line, such as `return output`, is no secret


def secret_lines(source: Source) -> set[str]:
    """Lines of code, without indentation, that stand in no part of the exercise that learners see."""
    everything = "\n".join(cell.source for cell in source.cells)
    regions = re.findall(rf"{SOLUTION_BEGIN}(.*?){SOLUTION_END}", everything, flags=re.DOTALL)
    regions += re.findall(rf"{HIDDEN_BEGIN}(.*?){HIDDEN_END}", everything, flags=re.DOTALL)
    regions.append(_code_of_misconceptions(source.path.with_name("misconceptions.py")))
    public = {line.strip() for cell in source.cells for line in cell.untouched.splitlines()}
    lines = {line.strip() for region in regions for line in region.splitlines()}
    return {line for line in lines - public if len(line) >= SHORTEST and _is_code(line)}


def _code_of_misconceptions(path: Path) -> str:
    """Their code without docstrings, which learners are meant to read, and without the file's head."""
    if not path.is_file():
        return ""
    text = re.sub(r'""".*?"""', "", path.read_text("utf-8"), flags=re.DOTALL)
    return "\n".join(line for line in text.splitlines() if not re.match(r"import |from |@", line))


def _is_code(line: str) -> bool:
    return not line.startswith("#") and bool(re.search(r"[=()\[\]]", line))


def leaks(secrets: Iterable[str], texts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield (name, secret line) for every named text in which a secret stands."""
    wanted = list(secrets)
    for name, text in texts:
        yield from ((name, secret) for secret in wanted if secret in text)
