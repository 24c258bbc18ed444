"""Odd names of students, folders and files."""

import os

from attack import Handed, hand_in_to_class

EITHER = ("graded", "failed", "unreadable")


def unsolved(kit):
    kit.write(kit.notebook())


def under_another_name(kit):
    (kit.folder / "other.ipynb").write_text("{", "utf-8")


def second_notebook(kit):
    unsolved(kit)
    (kit.folder / "scaling2.ipynb").write_bytes(kit.path.read_bytes())
    (kit.folder / "test.ipynb").write_text("{", "utf-8")


def deep_below(kit):
    unsolved(kit)
    below = kit.folder / "/".join(["d"] * 40)
    below.mkdir(parents=True)
    (below / "x.txt").write_text("x", "utf-8")


def large_beside(kit):
    unsolved(kit)
    with (kit.folder / "data.bin").open("wb") as file:
        file.truncate(50_000_000)


def many_beside(kit):
    unsolved(kit)
    for number in range(300):
        (kit.folder / f"{number}.txt").write_text("x", "utf-8")


NAMES = {
    "a space": "two words",
    "quotes": 'o\'brien "x"',
    "a command": "$(touch x) `id` ; true",
    "a star": "*",
    "a star at the end": "vic*",
    "a question mark": "victi?",
    "a range": "[a-z]ictim",
    "braces": "{victim,other}",
    "dots": "..eve",
    "three dots": "...",
    "a dash": "-rf",
    "a plus": "a+b",
    "a tilde": "~root",
    "a line end": "a\nb",
    "a percent": "%s %(x)s {0} {student_id}",
    "letters of elsewhere": "étudiante-학생",
    "half a character": os.fsdecode(b"caf\xe9"),
    "a long one": "x" * 200,
    "sql": "x'; DROP TABLE student; --",
    "a regular expression": "(?P<x>.*",
    "a backslash": "a\\b",
    "html": "<script>alert(1)<script>",
}
HANDED = [
    *(
        Handed(f"student is called with {what}", unsolved, EITHER, student=name)
        for what, name in NAMES.items()
    ),
    Handed("notebook under another name", under_another_name, ("unreadable",), reason="missing"),
    Handed("further notebooks", second_notebook),
    Handed("folders deep below", deep_below, EITHER),
    Handed("large file beside", large_beside, EITHER),
    Handed("many files beside", many_beside, EITHER),
]


@hand_in_to_class("wrong_place", HANDED)
def test_wrong_place(handed, graded):
    graded.hold(handed)
