"""Formulas without scripts and without other hosts."""

import subprocess
import sys
from pathlib import Path

import pytest
import sphinxcontrib.katex as katex
from fixture_book import Book, empty_book

from layerbook.book import STATIC
from layerbook.formulas import GuardedServer

LATE = """
import socket, sys, time
with socket.socket(socket.AF_UNIX) as late:
    late.bind(sys.argv[1])
    time.sleep(0.5)
    late.listen()
    late.accept()[0].close()
"""
KILLED = """
import os, signal
import sphinxcontrib.katex as katex
from layerbook import formulas
formulas.use_own_node()
katex.render_latex("x")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_formulas_are_rendered_in_the_page(book: Book) -> None:
    page = book.page("quizzes")
    assert page.select_one("legend .katex-html") is not None
    assert page.select_one("legend math annotation").get_text() == "\\cos"  # type: ignore[union-attr]


def test_the_style_sheet_is_of_the_katex_that_renders_and_names_only_fonts_at_hand() -> None:
    style = (STATIC / "katex" / "katex.min.css").read_text(encoding="utf-8")
    assert f'content:"{katex.katex_version}"' in style
    named = {part.split(")")[0] for part in style.split("url(")[1:]}
    assert named == {f"fonts/{file.name}" for file in (STATIC / "katex" / "fonts").iterdir()}


def test_no_page_asks_another_host_for_anything(book: Book) -> None:
    for name in ("index", "quizzes", "pieces", "notes"):
        page = book.page(name)
        addresses = [tag.get("src") or tag.get("href") for tag in page.find_all(["script", "link", "img"])]
        assert not [address for address in addresses if address and "//" in str(address).split("data:")[0]]


def test_a_formula_that_katex_cannot_read_fails_the_build(tmp_path: Path) -> None:
    book = empty_book(tmp_path)
    book.write("index.md", "# A\n\nHere $\\frac{1$ and more.\n")
    book.build()
    assert book.status != 0
    assert "index.md:3: ERROR: formula: " in book.warnings


def test_a_server_that_listens_late_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "katex.sock"
    command = [sys.executable, "-c", LATE, str(place)]
    monkeypatch.setattr(GuardedServer, "build_command", lambda **_where: command)
    process, connection = GuardedServer.start_server_process(tmp_path, 60)
    connection.close()
    with process:
        process.communicate(timeout=60)
    assert process.returncode == 0


def test_a_server_that_ends_at_once_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GuardedServer, "build_command", lambda **_where: [sys.executable, "-c", ""])
    with pytest.raises(katex.KaTeXError):
        GuardedServer.start_server_process(tmp_path, 60)


def test_a_killed_build_leaves_no_server_behind() -> None:
    killed = subprocess.Popen([sys.executable, "-c", KILLED], stderr=subprocess.PIPE)
    with killed:
        # The server inherits stderr: reading it ends only when the server has ended too.
        _, errors = killed.communicate(timeout=120)
    assert (killed.returncode, errors) == (-9, b"")
