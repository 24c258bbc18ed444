"""The learner's own copies: what is in them, where they open, and that nothing writes to them again."""

from pathlib import Path

import pytest
from fixture_book import MANIFEST

from layerbook.book.serving.copies import Copies, Copy, working_folder
from layerbook.book.serving.desk import Desk
from layerbook.errors import LayerbookError, UsageError

SHIPPED = ("check.json", "check.py", "corpus.txt", "tiny.ipynb")


class FakeLab:
    def address(self, path: str = "") -> str:
        return f"lab:{path}"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A released exercise, and an empty folder for copies."""
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "exercises.toml").write_text(MANIFEST, "utf-8")
    released = tmp_path / "release" / "tiny"
    released.mkdir(parents=True)
    for name in (*SHIPPED, "solution.py"):
        (released / name).write_text(f"the text of {name}", "utf-8")
    (tmp_path / "work").mkdir()
    return Desk(FakeLab(), Copies(tmp_path / "work", tmp_path, tmp_path / "release"))


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


def change_release(desk: Desk, text: str = "another release") -> None:
    (desk.copies.work.parent / "release" / "tiny" / "tiny.ipynb").write_text(text, "utf-8")


def test_the_first_opening_takes_what_the_release_contains_and_nothing_else(desk: Desk) -> None:
    assert desk.open("tiny").address == "lab:tiny/tiny.ipynb"
    assert texts(desk.copies.work / "tiny") == {name: f"the text of {name}" for name in SHIPPED}
    visible = [path.name for path in desk.copies.work.iterdir() if not path.name.startswith(".")]
    assert visible == ["tiny"]


def test_work_is_there_when_the_exercise_is_opened_again(desk: Desk) -> None:
    desk.open("tiny")
    work = desk.copies.work / "tiny"
    (work / "tiny.ipynb").write_text("my work", "utf-8")
    (work / "check.py").unlink()
    (work / "mine.txt").write_text("mine", "utf-8")
    before = texts(work)
    assert desk.open("tiny").address == "lab:tiny/tiny.ipynb"
    assert texts(work) == before


def test_a_notebook_under_another_name_is_found_in_its_folder(desk: Desk) -> None:
    desk.open("tiny")
    (desk.copies.work / "tiny" / "tiny.ipynb").rename(desk.copies.work / "tiny" / "mine.ipynb")
    assert desk.open("tiny").address == "lab:tiny"
    assert not (desk.copies.work / "tiny" / "tiny.ipynb").exists()


def test_a_newer_release_waits_beside_until_the_learner_takes_it(desk: Desk) -> None:
    desk.open("tiny")
    (desk.copies.work / "tiny" / "tiny.ipynb").write_text("my work", "utf-8")
    before = texts(desk.copies.work / "tiny")
    change_release(desk)
    for _ in range(2):
        page = desk.open("tiny").page
        assert "The exercise has changed since you began it. Your work is as you left it." in page
        assert 'action="/layerbook/open/tiny/tiny"' in page
        assert 'action="/layerbook/open/tiny/tiny-2"' in page
        assert not (desk.copies.work / "tiny-2").exists()
    assert desk.open("tiny", "tiny").address == "lab:tiny/tiny.ipynb"
    assert desk.open("tiny", "tiny-2").address == "lab:tiny-2/tiny.ipynb"
    assert texts(desk.copies.work / "tiny") == before
    assert texts(desk.copies.work / "tiny-2")["tiny.ipynb"] == "another release"
    assert desk.copies.of("tiny") == [Copy("tiny", current=False), Copy("tiny-2", current=True)]
    page = desk.open("tiny").page
    assert "You have several copies of this exercise." in page
    assert "tiny-3" not in page


def test_a_folder_made_by_hand_is_opened_and_left_alone(desk: Desk) -> None:
    own = desk.copies.work / "tiny"
    own.mkdir()
    (own / "tiny.ipynb").write_text("brought along", "utf-8")
    change_release(desk)
    assert desk.open("tiny").address == "lab:tiny/tiny.ipynb"
    assert texts(own) == {"tiny.ipynb": "brought along"}


def test_a_file_in_the_way_stays_and_the_copy_has_another_name(desk: Desk) -> None:
    (desk.copies.work / "tiny").write_text("a file of mine", "utf-8")
    assert desk.open("tiny").address == "lab:tiny-2/tiny.ipynb"
    assert (desk.copies.work / "tiny").read_text("utf-8") == "a file of mine"


@pytest.mark.parametrize("spoiled", ["{", "[1]", "\udcff"])
def test_a_spoiled_record_costs_no_work(desk: Desk, spoiled: str) -> None:
    desk.open("tiny")
    (desk.copies.work / "tiny" / "tiny.ipynb").write_text("my work", "utf-8")
    change_release(desk)
    (desk.copies.work / ".layerbook.json").write_bytes(spoiled.encode("utf-8", "surrogateescape"))
    assert desk.open("tiny").address == "lab:tiny/tiny.ipynb"
    assert (desk.copies.work / "tiny" / "tiny.ipynb").read_text("utf-8") == "my work"


def test_taking_a_copy_leaves_one_that_is_there_alone(desk: Desk) -> None:
    desk.copies.take("tiny", "tiny")
    (desk.copies.work / "tiny" / "tiny.ipynb").write_text("my work", "utf-8")
    desk.copies.take("tiny", "tiny")
    assert (desk.copies.work / "tiny" / "tiny.ipynb").read_text("utf-8") == "my work"


def test_a_copy_that_fails_half_way_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_source: Path, target: Path) -> None:
        target.write_text("half", "utf-8")
        raise OSError("the disk is full")

    monkeypatch.setattr("shutil.copyfile", fail)
    with pytest.raises(OSError, match="the disk is full"):
        desk.open("tiny")
    assert list(desk.copies.work.iterdir()) == []


def test_unknown_names_are_refused(desk: Desk) -> None:
    with pytest.raises(UsageError, match="There is no exercise called `huge`"):
        desk.open("huge")
    for folder in ("tiny-7", "..", "../exercises", "huge"):
        with pytest.raises(UsageError, match="There is no copy"):
            desk.open("tiny", folder)
    assert list(desk.copies.work.iterdir()) == []


def test_an_exercise_that_is_not_released_is_a_plain_error(desk: Desk) -> None:
    (desk.copies.work.parent / "release" / "tiny" / "check.py").unlink()
    with pytest.raises(LayerbookError, match='"tiny" is not released'):
        desk.open("tiny")


def test_the_working_folder_is_beside_the_sources_and_never_among_them(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    assert working_folder(root) == root / "work"
    assert working_folder(root, tmp_path / "elsewhere") == tmp_path / "elsewhere"
    wrong = (root, tmp_path, root / "_build" / "work", root / "exercises", root / "course" / "release")
    for folder in wrong:
        with pytest.raises(UsageError, match="choose one of your own with --work"):
            working_folder(root, folder)
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="is a file; a folder is wanted"):
        working_folder(root, tmp_path / "file")
