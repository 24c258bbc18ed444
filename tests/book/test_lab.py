"""The JupyterLab that `layerbook serve` starts: who gets in, what runs in it, and that it ends."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from layerbook.book.serving.lab import Lab, lab
from layerbook.book.serving.serve import serve
from layerbook.book.serving.server import server
from layerbook.errors import LayerbookError

HOSTILE = (
    "c.ServerApp.base_url = '/elsewhere/'\nc.IdentityProvider.token = ''\nraise SystemExit('was read')\n"
)


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with a Jupyter configuration that must not matter, and must not change."""
    home = tmp_path_factory.mktemp("home")
    (home / ".jupyter").mkdir()
    (home / ".jupyter" / "jupyter_server_config.py").write_text(HOSTILE, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("JUPYTER_CONFIG_DIR", str(home / ".jupyter"))
        patch.setenv("JUPYTER_TOKEN", "easy to guess")
        yield home


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="module")
def running(person: Path, folder: Path) -> Iterator[Lab]:
    with lab(folder / "work", folder / "state") as started:
        yield started


def ask(running: Lab, path: str, *, token: str | None = None, host: str | None = None) -> tuple[int, str]:
    address = urlsplit(running.address())
    request = urllib.request.Request(f"http://{address.netloc}/{path}")
    if token is not None:
        request.add_header("Authorization", f"token {token}")
    if host is not None:
        request.add_header("Host", host)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_nobody_gets_in_without_the_token(running: Lab) -> None:
    for token in (None, "", "easy to guess", running.token[:-1]):
        assert ask(running, "api/contents", token=token)[0] == 403, token
    assert ask(running, "api/contents", token=running.token)[0] == 200


def test_it_answers_as_this_machine_only(running: Lab) -> None:
    assert urlsplit(running.address()).hostname == "127.0.0.1"
    assert ask(running, "api/contents", token=running.token, host="evil.example")[0] == 403
    listening = [
        c.laddr.ip for c in psutil.Process(running.process.pid).net_connections("tcp") if c.status == "LISTEN"
    ]
    assert set(listening) == {"127.0.0.1"}


def test_the_token_is_where_only_this_person_can_read_it(running: Lab, folder: Path) -> None:
    running.address()
    assert running.private.stat().st_mode & 0o777 == 0o700
    assert running.token not in " ".join(psutil.Process(running.process.pid).cmdline())
    written = [path for path in folder.rglob("*") if path.is_file()]
    assert written
    assert [path for path in written if running.token in path.read_text("utf-8", "replace")] == []


def test_a_learner_validates_and_has_no_teachers_tools(running: Lab) -> None:
    def status(path: str) -> int:
        return ask(running, path, token=running.token)[0]

    assert json.loads(ask(running, "nbgrader_version?version=0.9.6", token=running.token)[1]) == {
        "success": True
    }
    for path in ("formgrader", "assignments", "courses", "api/terminals", "lsp/status"):
        assert status(path) == 404, path


def test_the_page_asks_nobody_for_news_or_extensions(running: Lab) -> None:
    page = ask(running, "lab", token=running.token)[1]
    config = json.loads(
        page.split('<script id="jupyter-config-data" type="application/json">')[1].split("</script>")[0]
    )
    assert "@jupyterlab/apputils-extension:announcements" in config["disabledExtensions"]
    assert "@jupyterlab/extensionmanager-extension" in config["disabledExtensions"]
    assert {"@jupyter/nbgrader"} <= {e["name"] for e in config["federated_extensions"]}
    assert "@jupyter/nbgrader:validate-assignment" not in config["disabledExtensions"]
    for part in ("assignment-list", "course-list", "create-assignment", "formgrader"):
        assert f"@jupyter/nbgrader:{part}" in config["disabledExtensions"]


def test_the_persons_own_configuration_is_neither_read_nor_changed(running: Lab, person: Path) -> None:
    assert urlsplit(running.address()).path == "/lab"
    files = [path.relative_to(person) for path in person.rglob("*") if path.is_file()]
    assert files == [Path(".jupyter/jupyter_server_config.py")]
    assert (person / files[0]).read_text("utf-8") == HOSTILE


def test_an_address_names_the_file_and_brings_the_token(running: Lab) -> None:
    address = urlsplit(running.address("tiny/my notes.ipynb"))
    assert address.path == "/lab/tree/tiny/my%20notes.ipynb"
    assert address.query == f"token={running.token}"


def test_a_taken_port_is_a_plain_error(tmp_path: Path) -> None:
    with server(tmp_path, 0) as address:
        port = urlsplit(address).port
        wanted = f"Port {port} is taken; choose another one with --lab-port."
        with pytest.raises(LayerbookError, match=wanted), lab(tmp_path / "work", tmp_path / "state", port):
            pass
        arguments = {"rebuild": pytest.fail, "work": tmp_path / "work"}
        with pytest.raises(LayerbookError, match=wanted):
            serve(tmp_path, 0, lab_port=port, **arguments)  # type: ignore[arg-type]
        with pytest.raises(LayerbookError, match=f"Port {port} is taken; choose another one with --port."):
            serve(tmp_path, port, **arguments)  # type: ignore[arg-type]


def test_a_lab_that_does_not_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import os, sys; sys.exit('no libraries, and ' + os.environ['JUPYTER_TOKEN'])", "utf-8"
    )
    monkeypatch.setattr("layerbook.book.serving.lab._PROCESS", program)
    with lab(tmp_path / "work", tmp_path / "state") as failing, pytest.raises(LayerbookError) as raised:
        failing.address()
    assert "JupyterLab has ended." in str(raised.value)
    assert "`layerbook serve --no-lab`" in str(raised.value)
    assert "no libraries, and ..." in str(raised.value)


def test_it_ends_with_its_parent_even_if_that_is_killed(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path; from layerbook.book.serving.lab import lab\n"
        "with lab(Path('work'), Path('state')) as started:\n"
        "    print(started.address(), started.process.pid, flush=True); input()"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        child = psutil.Process(int(parent.stdout.readline().split()[1]))
        os.kill(parent.pid, signal.SIGKILL)
    child.wait(20)
