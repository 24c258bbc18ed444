"""Dependencies run one way: what each part of the project may import."""

import ast
import re
from pathlib import Path

import jupytext
import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "layerbook"
PUBLIC = {"layerbook.data", "layerbook.misconceptions", "layerbook.plots"}


def imports(text, package=""):
    """Full names of the modules that Python code imports; relative ones are resolved in `package`."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(filter(None, [package if node.level else "", node.module or ""]))
            found |= {f"{base}.{name.name}" for name in node.names}
    return found


def modules(folder):
    for path in sorted(folder.rglob("*.py")):
        package = ".".join(path.relative_to(ROOT / "src").parent.parts)
        yield path, imports(path.read_text("utf-8"), package)


@pytest.mark.parametrize(
    ("room", "never"),
    [
        ("engine", r"layerbook\.(grading|book|demo|cli)"),
        ("grading", r"layerbook\.(book|demo|cli)"),
        ("book", r"layerbook\.(engine|grading|demo|cli)"),
        ("exercises", r"layerbook\.(engine|grading|book|demo|cli)"),
        (".", r"tests\b"),
    ],
)
def test_a_room_imports_only_from_below(room, never):
    seen = list(modules(PACKAGE / room))
    assert seen
    wrong = [(path.name, name) for path, names in seen for name in names if re.match(never, name)]
    assert wrong == []


def test_the_rule_sees_a_relative_import():
    assert imports("from ..grading import grade", "layerbook.book") == {"layerbook.book.grading.grade"}
    assert imports("from . import quiz", "layerbook.book") == {"layerbook.book.quiz"}


def code_of_chapters():
    for path in sorted((ROOT / "chapters").glob("*.md")):
        notebook = jupytext.read(path, fmt="md:myst")
        cells = [c.source for c in notebook.cells if c.cell_type == "code"]
        yield path, "\n".join(re.sub(r"^[%!].*$", "", cell, flags=re.MULTILINE) for cell in cells)


def test_chapters_and_exercises_use_public_names_only():
    wrong = []
    texts = list(code_of_chapters()) + [(p, p.read_text("utf-8")) for p in ROOT.glob("exercises/*/*.py")]
    assert len(texts) > 6
    for path, text in texts:
        names = {name for name in imports(text) if name.startswith("layerbook")}
        wrong += [(path.name, n) for n in names if not any(f"{n}.".startswith(f"{p}.") for p in PUBLIC)]
    assert wrong == []


def test_released_code_needs_numpy_and_matplotlib_only():
    """The visible part of an exercise imports nothing else that is not in the standard library."""
    standard = {"hashlib", "collections", "itertools", "math", "pathlib", "time"}
    allowed = {"numpy", "matplotlib", "check"} | standard
    for path in ROOT.glob("exercises/*/[!m]*.py"):
        visible = re.sub(
            r"### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS", "", path.read_text("utf-8"), flags=re.DOTALL
        )
        assert {name.split(".")[0] for name in imports(visible)} <= allowed, path.name
