"""Each chapter as a PDF, printed from its finished page by the Chromium of the system.

Chromium writes the tags of the page's structure, its language and an outline of its headings. A page is
printed again only when it, its style or a picture has changed.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from posixpath import basename
from urllib.parse import unquote, urljoin, urlsplit

from layerbook.errors import LayerbookError

FOLDER = "pdf"
LINKS = "LAYERBOOK_PDF_LINKS"  # set for the build whose pages link to PDFs
HOW_TO_GET = "No PDFs of the chapters: Chromium was not found (Debian: apt install chromium)."
PROGRAMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
AT_ONCE = 2  # each Chromium keeps about one core busy
_OPTIONS = (
    "--headless",
    "--no-sandbox",  # root has none, nor has a container; it reads only pages that were just built here
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
)
_SECONDS = 180
_LOADED = re.compile(r'\b(?:src|href)="([^"#]+)"')
_LINK = re.compile(r'(<a\b[^>]*?) href="(?!#)([^"]*)"')
_CANONICAL = re.compile(r'<link rel="canonical" href="([^"]*)"')
_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
_PRINTED = {".css", ".svg", ".png", ".jpg", ".jpeg", ".webp", ".gif"}


def pdf_uri(docname: str) -> str:
    """Where the PDF of a page is, from the top of the site."""
    return f"{FOLDER}/{basename(docname)}.pdf"


def find_chromium() -> str | None:
    """The Chromium or Chrome of this system; None if there is none."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def linked_pages(site: Path) -> dict[Path, Path]:
    """The pages of a built book that offer a PDF, and where each PDF goes."""
    found = {}
    for page in sorted(site.rglob("*.html")):
        target = site / pdf_uri(page.stem)
        if f'{pdf_uri(page.stem)}"' in page.read_text(encoding="utf-8"):
            found[page] = target
    return found


def printable(text: str) -> str:
    """A page without scripts and without links that would lead to a folder of the machine that prints it.

    Links to other pages stay if the book has an address of its own (Sphinx's `html_baseurl`).
    All pictures load, as nobody scrolls to them.
    """
    here = _CANONICAL.search(text)

    def lead(link: re.Match[str]) -> str:
        address = urljoin(here[1], link[2]) if here else link[2]
        return f'{link[1]} href="{address}"' if urlsplit(address).scheme else link[1]

    return _LINK.sub(lead, _SCRIPT.sub("", text)).replace(' loading="lazy"', "")


def digest(page: Path) -> str:
    """One hash over what is printed of a page, the styles and pictures that it names, and the options."""
    text = printable(page.read_text(encoding="utf-8"))
    total = hashlib.sha256("\0".join(_OPTIONS).encode())
    total.update(text.encode())
    for address in sorted(set(_LOADED.findall(text))):
        file = page.parent / unquote(urlsplit(address).path)
        if file.suffix in _PRINTED and not urlsplit(address).scheme and file.is_file():
            total.update(file.read_bytes())
    return total.hexdigest()


class Printer:
    """Prints the pages of one site.

    Args:
        site: the folder of the finished pages.
        known: the file that keeps what each PDF was made from.
        chromium: the program.
    """

    def __init__(self, site: Path, known: Path, chromium: str) -> None:
        """Find out which PDFs are missing or out of date, and remove those of no page."""
        self.chromium, self.known = chromium, known
        pages = linked_pages(site)
        before = _read(known)
        self.digests = {target.name: digest(page) for page, target in pages.items()}
        self.done = {name: before.get(name) for name in self.digests}
        self.todo = {
            page: target
            for page, target in pages.items()
            if not target.is_file() or self.done[target.name] != self.digests[target.name]
        }
        for file in (site / FOLDER).glob("*.pdf"):
            if file not in pages.values():
                file.unlink()

    def run(self) -> Iterator[str]:
        """Print what is to do, a few at a time, and yield the name of each PDF once it is there.

        Raises LayerbookError, in one sentence, if Chromium fails.
        """
        with ThreadPoolExecutor(min(AT_ONCE, os.cpu_count() or 1)) as pool:
            work = self.known.parent
            jobs = {
                pool.submit(print_page, self.chromium, page, target, work): target
                for page, target in self.todo.items()
            }
            try:
                for job in as_completed(jobs):
                    job.result()
                    name = jobs[job].name
                    self.done[name] = self.digests[name]
                    self.known.write_text(json.dumps(self.done, indent=1), encoding="utf-8")
                    yield name
            finally:
                pool.shutdown(cancel_futures=True)


def _read(known: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(known.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # missing, or cut off while it was written
        return {}
    return found


def print_page(chromium: str, page: Path, target: Path, work: Path) -> None:
    """Print the file `page` into the PDF `target`, with what lasts only that long in the folder `work`.

    Raises LayerbookError if Chromium fails.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    # Not the system's folder for such things, where a Chromium that is a snap may not write.
    with tempfile.TemporaryDirectory(dir=work, prefix="printing-") as folder:
        made = Path(folder) / target.name
        options = [*_OPTIONS, f"--user-data-dir={folder}/profile", f"--print-to-pdf={made}"]
        copy = page.with_name(f"{page.stem}.printing.html")  # beside the page, for its styles and pictures
        copy.write_text(printable(page.read_text(encoding="utf-8")), encoding="utf-8")
        try:
            problem = _run([chromium, *options, copy.absolute().as_uri()])
        finally:
            copy.unlink()
        if problem or not made.is_file() or not made.read_bytes().startswith(b"%PDF"):
            raise LayerbookError(
                f"The PDF of {page.name} could not be made: {chromium} {problem or 'wrote none'}. "
                f'Try it by hand: "{chromium} --headless --print-to-pdf {page}".'
            )
        made.replace(target)


def _run(command: Sequence[str]) -> str:
    """What went wrong with the command; nothing if it ended well."""
    try:
        done = subprocess.run(  # noqa: S603 (the system's Chromium, with our own pages)
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return f"did not end within {_SECONDS} seconds"
    except OSError as error:
        return f"did not start ({error.strerror})"
    return f"ended with status {done.returncode}" if done.returncode else ""


def works(chromium: str, work: Path) -> bool:
    """Whether the program can print a page at all; it may be there and not be able to start."""
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work, prefix="printing-") as folder:
        page = Path(folder) / "page.html"
        page.write_text("<!doctype html><title>A page</title>", encoding="utf-8")
        try:
            print_page(chromium, page, Path(folder) / "page.pdf", Path(folder))
        except LayerbookError:
            return False
    return True
