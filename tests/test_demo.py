"""The real project, demo and all: what a newcomer's first command gives, and what must not be in it."""

import json
import re
import subprocess
import sys
import time
import zipfile
from html import unescape
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from layerbook.exercises import manifest, source
from layerbook.exercises.secrets import leaks, secret_lines

SECOND_RUN = 120  # seconds, with ten exercises

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


def run(root, *arguments):
    command = [sys.executable, "-m", "layerbook.cli", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=900)


@pytest.fixture(scope="module")
def pages(site):
    found = [path for path in site.rglob("*.html") if "_static" not in path.parts]
    return {path: BeautifulSoup(path.read_text("utf-8"), "html.parser") for path in found}


def test_the_sample_class_has_mixed_marks_and_named_mistakes(demo):
    done = run(demo, "report", "--course", "_build/demo/course", "--json")
    results = json.loads(done.stdout)
    assert len(results) >= 12
    assert {result["outcome"] for result in results} == {"graded"}
    for name, exercise in manifest.read(demo).items():
        own = [result["tests"] for result in results if result["exercise"] == name]
        points = [sum(test["points"] for test in tests) for tests in own]
        assert min(points) == 0
        tests = [cell for cell in source.read(exercise.folder).cells if cell.kind == "tests"]
        assert max(points) == sum(cell.points for cell in tests)  # a person gives the rest
        assert len(set(points)) >= 3  # full, some, none
        assert any(test["misconceptions"] for tests in own for test in tests)


def test_the_page_that_says_where_to_look_has_no_broken_link(demo):
    page = demo / "_build" / "demo" / "index.html"
    links = [tag["href"] for tag in BeautifulSoup(page.read_text("utf-8"), "html.parser")("a")]
    assert len(links) > 12
    missing = [link for link in links if not (page.parent / link).is_file()]
    assert missing == []


def test_a_second_run_is_quick_and_changes_no_mark(demo):
    before = run(demo, "report", "--course", "_build/demo/course", "--json").stdout
    start = time.monotonic()
    assert run(demo, "demo").returncode == 0
    assert time.monotonic() - start < SECOND_RUN
    assert run(demo, "report", "--course", "_build/demo/course", "--json").stdout == before


def test_no_link_inside_the_book_is_broken(pages):
    anchors = {path.resolve(): {tag["id"] for tag in soup(id=True)} for path, soup in pages.items()}
    broken = []
    for path, soup in pages.items():
        for tag in soup("a", href=True):
            link = urlsplit(tag["href"])
            if link.scheme or link.netloc:
                continue
            target = (path.parent / unquote(link.path)).resolve() if link.path else path.resolve()
            good_anchor = (
                not link.fragment or target not in anchors or unquote(link.fragment) in anchors[target]
            )
            if not target.exists() or not good_anchor:
                broken.append((path.name, tag["href"]))
    assert len(pages) >= 8
    assert broken == []


def test_no_page_loads_anything_from_elsewhere(pages):
    tags = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src"}
    loaded = [
        (path.name, tag[name])
        for path, soup in pages.items()
        for kind, name in tags.items()
        for tag in soup(kind, **{name: True})
        if re.match(r"(https?:)?//", tag[name])
    ]
    assert loaded == []


def texts(folder):
    """Every readable text below a folder, also inside of zips; pages as a reader sees them."""
    for path in folder.rglob("*"):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                yield from (
                    (f"{path}!{n}", archive.read(n).decode("utf-8", "replace")) for n in archive.namelist()
                )
        elif path.suffix == ".html":
            yield str(path), unescape(re.sub(r"<[^>]+>", "", path.read_text("utf-8")))
        elif path.suffix in (".ipynb", ".json"):
            yield str(path), re.sub(r'\\"', '"', path.read_text("utf-8"))
        elif path.suffix in (".js", ".py", ".txt", ".md"):
            yield str(path), path.read_text("utf-8")


@pytest.mark.parametrize("folder", ["_build/html", "course/release"])
def test_no_solution_hidden_test_or_misconception_gets_out(demo, folder):
    seen = list(texts(demo / folder))
    assert any(name.endswith(".ipynb") for name, _ in seen)
    for exercise in manifest.read(demo).values():
        secrets = secret_lines(source.read(exercise.folder))
        assert len(secrets) > 100
        assert list(leaks(secrets, seen)) == []


def test_the_search_for_secrets_finds_one_that_is_there(demo):
    exercise = manifest.read(demo)["embedding"]
    secrets = secret_lines(source.read(exercise.folder))
    seen = list(texts(demo / "course" / "source"))
    assert len(list(leaks(secrets, seen))) > 20


def test_every_statement_of_the_notes_has_its_place(demo, pages):
    page = next(soup for path, soup in pages.items() if path.name == "from-the-notes.html")
    text = page.get_text()
    for row in range(1, 49):
        assert re.search(rf"\bN{row}\b", text), row
    assert "48 of the 48 statements have their place" in text
    assert "Still missing" not in text


def test_the_book_asks_at_least_eighty_questions_and_a_quarter_compare(demo):
    text = "\n".join(path.read_text("utf-8") for path in (demo / "chapters").glob("*.md"))
    questions = re.findall(r"^:::\{quiz\} .*?^:::$", text, flags=re.MULTILINE | re.DOTALL)
    assert len(questions) >= 80
    assert sum(":compares:" in question for question in questions) >= len(questions) / 4


def test_every_figure_has_a_caption_and_a_text_in_its_place(demo, pages):
    for path, soup in pages.items():
        for image in soup.select("article img, main img"):
            assert image.get("alt", "").strip(), (path, image)
            figure = image.find_parent("figure")
            assert figure is not None, (path, image)
            assert figure.find("figcaption") is not None, (path, image)
            assert figure.find("figcaption").get_text().strip(), (path, image)
