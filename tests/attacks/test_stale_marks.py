"""A second attempt after full marks: whatever becomes of it, the old marks are not its own."""

import os

from attack import Handed, changed, code, hand_in_to_class, text
from test_metadata import drop_tests


def again(name, how, *outcomes, reason=""):
    return Handed(f"again {name}", how, outcomes or ("graded",), reason=reason, solved_before=True)


def nothing(kit):
    """The folder is there, the notebook is gone."""


def unsolved_with_an_old_date(kit):
    kit.write(kit.notebook())
    os.utime(kit.path, (1_000_000_000, 1_000_000_000))


def schema(version):
    return changed(lambda nb: [c.metadata.nbgrader.update(schema_version=version) for c in nb.cells
                               if "nbgrader" in c.metadata])  # fmt: skip


def link(kit):
    kit.path.symlink_to(kit.folder.parent.parent / "victim" / "scaling" / "scaling.ipynb")


HANDED = [
    again("not JSON", text("{"), "unreadable", reason="not JSON"),
    again("empty", text(""), "unreadable", reason="not JSON"),
    again("gone", nothing, "unreadable", reason="missing"),
    again("a link", link, "unreadable", reason="link"),
    again("without tests", changed(drop_tests)),
    again("untouched", changed(lambda nb: None)),
    again("with an old date", unsolved_with_an_old_date),
    again("that ends its process", code("import os\nos._exit(0)"), "crashed"),
    again("that aborts", code("import os\nos.abort()"), "crashed"),
    again("that never ends", code("while True: pass"), "timed out"),
    again(
        "that takes all memory",
        code("x = [bytearray(10**8) for _ in range(99)]"),
        "graded",
        "out of memory",
        "timed out",
    ),
    again("with a schema of the future", schema(99), "graded", "failed"),
    again("with a schema of the past", schema(0), "graded", "failed"),
    again("with odd outputs", code("print('\\ud800')"), "graded", "failed"),
]


@hand_in_to_class("stale_marks", HANDED)
def test_stale_marks(handed, graded):
    graded.hold(handed)
