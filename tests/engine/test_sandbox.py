"""What a sandboxed process can see and reach, tried from a learner's cell."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from layerbook.engine import sandbox
from layerbook.errors import LayerbookError


@pytest.fixture
def shown(run):
    """`shown(source)` runs a learner's cell and gives what it printed."""

    def show(source):
        ran = run(("learner", source))
        assert not ran.error(0), ran.text(0)
        return ran.text(0)

    return show


def test_nothing_of_home_course_or_host_is_there(shown, tmp_path):
    (tmp_path / "secret.txt").write_text("a secret of the course")
    places = [str(tmp_path), str(tmp_path / "secret.txt"), str(Path.home() / ".profile"), "/etc/passwd", "/etc/shadow", "/sys", "/var", "/run", "/root/.ssh", str(Path(__file__)), str(Path(__file__).parents[2] / "pyproject.toml")]  # fmt: skip
    assert shown(f"import os\nprint([p for p in {places} if os.path.exists(p)])") == "[]\n"


def test_working_folders_hold_the_exercises_files_only(shown):
    assert shown(
        "import os\nprint(os.getcwd(), sorted(os.listdir()), os.listdir('/examiner'), os.listdir('/proc'))"
    ) == ("/learner ['check.py', 'words.txt'] [] []\n")


def test_no_other_process_is_seen_and_ids_say_nothing(shown):
    assert shown("import os\nprint(os.getpid(), os.getppid(), os.getuid(), os.getgid())") == "1 0 1000 1000\n"


def test_the_environment_is_the_sandboxes_own(shown, monkeypatch):
    monkeypatch.setenv("LAYERBOOK_SECRET", "x")
    names = shown("import os\nprint(*sorted(os.environ))").split()
    assert set(names) <= {*sandbox.VARIABLES, "TMPDIR", "PWD", "OLDPWD", "KMP_DUPLICATE_LIB_OK", "KMP_INIT_AT_FORK", "TORCHINDUCTOR_CACHE_DIR", "LC_CTYPE"}  # fmt: skip
    assert shown("import os\nprint(os.environ['HOME'], os.environ['TMPDIR'])") == "/learner /learner\n"


def test_there_is_no_network_not_even_to_this_machine(shown):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        source = f"""
import socket
def connect(address, family=socket.AF_INET):
    with socket.socket(family) as s:
        s.settimeout(1)
        try:
            s.connect(address)
        except OSError as error:
            return type(error).__name__
        return "connected"
print(connect(("127.0.0.1", {port})), connect(("192.0.2.1", 80)), connect("\\0abstract", socket.AF_UNIX), socket.if_nameindex())
"""
        assert shown(source) == "OSError OSError ConnectionRefusedError [(1, 'lo')]\n"


def test_abstract_sockets_of_the_host_are_out_of_reach(shown):
    name = f"\0layerbook-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        source = f"import socket\ntry:\n    socket.socket(socket.AF_UNIX).connect({name!r})\nexcept OSError as e:\n    print(type(e).__name__)\nelse:\n    print('connected')"
        assert shown(source) == "ConnectionRefusedError\n"


def test_only_the_link_is_open_besides_the_standard_streams(shown):
    source = """
import os, stat
kinds = []
for fd in range(200):
    try:
        mode = os.fstat(fd).st_mode
    except OSError:
        continue
    kinds.append("socket" if stat.S_ISSOCK(mode) else "device" if stat.S_ISCHR(mode) else "other")
print(kinds)
"""
    assert shown(source) == "['device', 'device', 'device', 'socket']\n"


def test_signals_reach_nothing_outside(run):
    tries = "import os\nfor pid in (-1, 0, os.getppid(), 2, 3, 4):\n    try:\n        pid and os.kill(pid, 9)\n    except OSError as e:\n        pass"
    ran = run(("learner", tries), ("learner", "x = 1"), ("tests", "assert x == 1"))
    assert ran.error(2) is None
    assert run(("tests", "assert True")).error(0) is None


def test_no_bubblewrap_is_refused_with_what_to_do(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(LayerbookError, match="sudo apt-get install bubblewrap"):
        sandbox.command(["/bin/true"])
    assert "bubblewrap is not installed" in sandbox.works()


def test_a_bubblewrap_that_may_not_is_reported_with_its_reason(monkeypatch, tmp_path):
    refusing = tmp_path / "bwrap"
    refusing.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    refusing.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(refusing))
    assert "cannot make one here: bwrap: No permissions to create new namespace" in sandbox.works()


@pytest.mark.skipif(
    os.getuid() != 0 or not shutil.which("setpriv"), reason="only root can become another user"
)
def test_an_ordinary_user_can_make_a_sandbox_too(monkeypatch):
    if sandbox.works():
        pytest.skip(sandbox.works())
    monkeypatch.setattr(sandbox, "python_folders", list)  # they may lie in root's home
    line = [
        "setpriv",
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        *sandbox.command(["/usr/bin/id", "-u"]),
    ]
    tried = subprocess.run(line, capture_output=True, text=True, cwd="/", timeout=20)
    assert (tried.stdout, tried.stderr) == ("1000\n", "")


def test_python_and_this_package_are_in_it():
    folders = [Path(folder) for folder in sandbox.python_folders()]
    import layerbook

    for path in (Path(sys.prefix), Path(layerbook.__file__).parent):
        assert any(path.is_relative_to(folder) for folder in [*folders, Path("/usr")])
    assert Path("/") not in folders
    assert not any(a != b and a.is_relative_to(b) for a in folders for b in folders)
