"""The gradebook on a PostgreSQL server, which the test starts on 127.0.0.1."""

import contextlib
import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from layerbook.errors import UsageError
from layerbook.grading import grade as grading

FOUND = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [Path(shutil.which("initdb") or "/")]
BIN = FOUND[-1].parent
USER = "postgres"  # the server refuses to run as root; Debian's package makes this user


def as_user(*command):
    """The command, for a user who is not root."""
    return [*(["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []), *map(str, command)]


@pytest.fixture
def server(tmp_path_factory):
    """The URL of an empty database."""
    if not (BIN / "initdb").is_file():
        pytest.fail("PostgreSQL is not installed; `make test` installs it where it may")
    folder = Path(
        subprocess.run(as_user("mktemp", "-d"), check=True, capture_output=True, text=True).stdout.strip()
    )
    data = folder / "data"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    control = as_user(BIN / "pg_ctl", "-D", data, "-w", "-l", folder / "log")
    subprocess.run(
        as_user(BIN / "initdb", "-D", data, "-A", "trust", "-U", "grader"),
        check=True,
        capture_output=True,
        cwd="/",
    )
    subprocess.run([*control, "-o", options, "start"], check=True, capture_output=True, cwd="/")
    try:
        yield f"postgresql+psycopg://grader@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True, cwd="/")
        with contextlib.suppress(OSError):
            shutil.rmtree(folder)


def test_a_class_is_graded_into_postgresql(small_class, marks, server):
    course = small_class(6)
    (course.root / "gradebook.db").unlink()
    with (course.root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(f"c.CourseDirectory.db_url = {server!r}\n")
    with pytest.raises(
        UsageError, match=r"needs a name for the course: set c\.CourseDirectory\.course_id in "
    ):
        grading.grade_all(course)
    with (course.root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write("c.CourseDirectory.course_id = 'layers'\n")
    course.generate_assignment("scaling")
    grading.grade_all(course, workers=2)
    assert marks(course) == {f"s{n:02d}": ("graded", 10.0 if n % 3 else 0.0) for n in range(6)}
    course.autograde("scaling", "s01")  # nbgrader's own pipeline writes there, too
    assert marks(course)["s01"] == ("graded", 10.0)
    assert not (course.root / "gradebook.db").exists()
