"""Behind the button of an exercise card: find or take the learner's copy, and say where it opens."""

from dataclasses import dataclass
from typing import Protocol

from jinja2 import Environment, PackageLoader

from layerbook.book.opener import PATH
from layerbook.errors import UsageError

from .copies import Copies


class Opens(Protocol):
    """A JupyterLab, as far as the desk needs one."""

    def address(self, path: str = "") -> str:
        """The address that opens `path`."""


@dataclass(frozen=True)
class Answer:
    """Either an address to go to or a page to show."""

    address: str = ""
    page: str = ""


@dataclass(frozen=True)
class Desk:
    """Opens exercises in a JupyterLab whose root is the folder of the copies."""

    lab: Opens
    copies: Copies

    def open(self, name: str, folder: str | None = None) -> Answer:
        """Open the learner's copy of the exercise `name`; the first time it is taken from the release.

        Args:
            name: of the exercise.
            folder: one of several copies, or the next one, which is then taken.

        Returns:
            Where the copy opens; or a page that asks which one, if no `folder` is named and there are several
            copies, or the exercise has changed since.

        Raises:
            UsageError: for an unknown exercise or folder.
            LayerbookError: if the exercise is not released, or JupyterLab is not there.
        """
        there = self.copies.of(name)
        following = self.copies.next_folder(name)
        if folder is None and (len(there) > 1 or any(not copy.current for copy in there)):
            new = None if any(copy.current for copy in there) else following
            page = _TEMPLATES.get_template("copies.html")
            return Answer(
                page=page.render(name=name, copies=there, new=new, path=PATH, work=self.copies.work.name)
            )
        folders = [copy.folder for copy in there]
        folder = folder or (folders[0] if folders else following)
        if folder == following:
            self.copies.take(name, folder)
        elif folder not in folders:
            raise UsageError(f"There is no copy of `{name}` called `{folder}`.")
        return Answer(address=self.lab.address(self.copies.to_open(name, folder)))


_TEMPLATES = Environment(loader=PackageLoader("layerbook"), autoescape=True)
