"""Files that are no notebooks."""

import io
import zipfile

from attack import Handed, hand_in_to_class, text

REFUSED = ("unreadable",)


def archive():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("scaling.ipynb", bytes(1_000_000))
    return content.getvalue()


def huge(kit):
    with kit.path.open("wb") as file:
        file.truncate(500_000_000)


def folder(kit):
    kit.path.mkdir()


def locked(kit):
    kit.write(kit.notebook())
    kit.path.chmod(0)


def huge_output(kit):
    notebook = kit.notebook()
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 30_000_000}
    notebook.cells[-1].outputs = [output]
    kit.write(notebook)


CELLS = '{"cells": %s, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
HANDED = [
    Handed("not JSON", text("hello"), REFUSED, reason="not JSON"),
    Handed("empty", text(""), REFUSED, reason="not JSON"),
    Handed("cut off", text('{"cells": [{"cell_type": "co'), REFUSED, reason="not JSON"),
    Handed("nested deep", text("[" * 200_000 + "]" * 200_000), REFUSED),
    Handed("nested deep in a cell", text(CELLS % ('[{"a":' * 100_000 + "1" + "}]" * 100_000)), REFUSED),
    Handed("cells are text", text(CELLS % '"x"'), REFUSED, reason="cells"),
    Handed("cells are nothing", text(CELLS % "null"), REFUSED, reason="cells"),
    Handed("cells hold numbers", text(CELLS % "[1, 2]"), REFUSED),
    Handed("cells hold lists", text(CELLS % "[[], {}]"), REFUSED),
    Handed("a list", text("[]"), REFUSED),
    Handed("a number", text("7"), REFUSED),
    Handed("a giant number", text("9" * 1_000_000), REFUSED),
    Handed("nothing", text("null"), REFUSED),
    Handed("not UTF-8", text(b"\xff\xfe\x00\x80"), REFUSED),
    Handed("with a byte order mark", text(b"\xef\xbb\xbf{}"), REFUSED),
    Handed("zeros", text(bytes(1000)), REFUSED),
    Handed("an archive", text(archive()), REFUSED),
    Handed("500 MB", huge, REFUSED, reason="MB"),
    Handed("outputs of 30 MB", huge_output, REFUSED, reason="MB"),
    Handed("a folder", folder, REFUSED),
    Handed("no cells", text(CELLS % "[]")),
    Handed("not to be read", locked, ("graded", *REFUSED, "failed")),
]  # fmt: skip


@hand_in_to_class("malformed", HANDED)
def test_malformed(handed, graded):
    graded.hold(handed)
