"""Links, pipes and sockets where files are expected."""

import os
import shutil
import socket
from pathlib import Path

from attack import Handed, hand_in_to_class


def to(target, *, what="scaling.ipynb"):
    def write(kit):
        if what != "scaling.ipynb":
            kit.write(kit.notebook())
        (kit.folder / what).symlink_to(kit.fill(target))

    return write


def folder_of(target):
    def write(kit):
        kit.folder.rmdir()
        kit.folder.symlink_to(kit.fill(target))

    return write


def student_is_a_link(kit):
    shutil.rmtree(kit.folder.parent)
    kit.folder.parent.symlink_to(kit.course.root / "submitted" / "victim")


def pipe(kit):
    os.mkfifo(kit.path)


def pipe_beside(kit):
    kit.write(kit.notebook())
    os.mkfifo(kit.folder / "numbers.csv")


def socket_beside(kit):
    kit.write(kit.notebook())
    here = Path.cwd()
    os.chdir(kit.folder)  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as door:
        door.bind("door")
    os.chdir(here)


def loop(kit):
    kit.path.symlink_to(kit.path)


REFUSED = ("unreadable",)
EITHER = ("graded", "unreadable", "failed")
VICTIM = "COURSE/submitted/victim/scaling"
HANDED = [
    Handed("notebook is another persons", to(f"{VICTIM}/scaling.ipynb"), REFUSED, reason="link"),
    Handed("notebook is the source", to("COURSE/source/scaling/scaling.ipynb"), REFUSED, reason="link"),
    Handed("notebook is a system file", to("/etc/passwd"), REFUSED, reason="link"),
    Handed("notebook is endless", to("/dev/zero"), REFUSED, reason="link"),
    Handed("notebook is a link to itself", loop, REFUSED),
    Handed("folder is another persons", folder_of(VICTIM), REFUSED, reason="link"),
    Handed("folder is the source", folder_of("COURSE/source/scaling"), REFUSED, reason="link"),
    Handed("student is another", student_is_a_link, REFUSED, reason="link"),
    Handed("file beside is a secret", to("OUTSIDE/secret.txt", what="data.txt"), EITHER),
    Handed("file beside is the gradebook", to("COURSE/gradebook.db", what="data.txt"), EITHER),
    Handed("file beside is the source", to("COURSE/source/scaling/scaling.ipynb", what="data.txt"), EITHER),
    Handed("folder beside is elsewhere", to("OUTSIDE", what="data"), EITHER),
    Handed("folder beside is everything", to("/", what="data"), EITHER),
    Handed("file beside is nowhere", to("/nowhere", what="data.txt"), EITHER),
    Handed("file beside is endless", to("/dev/zero", what="data.txt"), EITHER),
    Handed("data of the exercise is a secret", to("OUTSIDE/secret.txt", what="numbers.txt"), EITHER),
    Handed("check of the exercise is a secret", to("OUTSIDE/secret.txt", what="check.py"), EITHER),
    Handed("notebook is a pipe", pipe, REFUSED),
    Handed("a pipe beside", pipe_beside, EITHER),
    Handed("a socket beside", socket_beside, EITHER),
]


@hand_in_to_class("links", HANDED)
def test_links(handed, graded):
    graded.hold(handed)
