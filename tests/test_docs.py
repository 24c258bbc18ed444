"""What README, CONTRIBUTING and the Makefile promise is there."""

import re
import subprocess
import sys
from pathlib import Path

from layerbook.exercises import manifest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_the_message_in_the_readme_is_what_a_learner_reads(implementations):
    shown = re.search(r"```\n(embedding_backward is not right yet.*?)```", README, flags=re.DOTALL)
    lines = [line.strip() for line in shown.group(1).strip().splitlines()]
    assert implementations("embedding").first_message("last_write_wins")[: len(lines)] == lines


def test_every_command_in_the_readme_exists():
    used = set(re.findall(r"layerbook (\w+)", README))
    assert len(used) >= 5
    done = subprocess.run(
        [sys.executable, "-m", "layerbook.cli", "--help"], capture_output=True, text=True, timeout=60
    )
    assert all(re.search(rf"\b{command}\b", done.stdout) for command in used)


def test_every_make_target_is_there_and_explained():
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    targets = set(re.findall(r"^make (\w+) ", done.stdout, flags=re.MULTILINE))
    assert targets == {"demo", "test", "thorough", "serve", "lint", "bench", "growth", "clean", "help"}
    assert set(re.findall(r"`make (\w+)`", README)) <= targets


def test_every_file_that_the_documents_name_exists():
    for document in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"):
        text = (ROOT / document).read_text("utf-8")
        named = re.findall(r"`((?:src|tests|chapters|exercises)/[\w./-]+)`", text)
        named += re.findall(r"\]\((?!http)([\w./-]+)\)", text)
        missing = [
            name
            for name in named
            if not (ROOT / name).exists()
            and name.upper() != name
            and "NAME" not in name
            and "TOPIC" not in name
        ]
        assert missing == [], document


def test_the_ci_script_calls_the_readmes_test_command():
    assert "make test" in README
    assert "\nmake test\n" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_every_exercise_is_in_the_changelog():
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert all(f"`{name}`" in changes for name in manifest.read(ROOT))
