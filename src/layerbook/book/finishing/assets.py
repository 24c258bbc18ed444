"""Style sheets, scripts and icons of the finished pages: one file each, with nothing that no page uses.

A page as the theme leaves it asks for about 25 files, 1.5 MB of icons among them. What all pages share goes
into `book.css` and `book.js`; what one page needs for itself, such as the search index, stays as it is.
"""

import posixpath
import re
from hashlib import sha256
from pathlib import Path

from . import fonts

# In the order in which the theme and the extensions load them.
STYLES = (
    "basic.css", "styles/pydata-sphinx-theme.css", "pygments.css", "styles/sphinx-book-theme.css",
    "copybutton.css", "mystnb.*.css", "layerbook.css", "page.css", "previews.css", "review.css",
    "hand.css", "sphinx-design.min.css", "katex/katex.min.css", "katex-math.css",
)  # fmt: skip
# A script that fails ends all that follow; progress.js is first, because it makes storage safe to use.
SCRIPTS = (
    "progress.js", "doctools.js", "sphinx_highlight.js", "clipboard.min.js", "copybutton.js",
    "scripts/sphinx-book-theme.js", "quiz.js", "frames.js", "previews.js", "keys.js", "hand.js",
    "scripts/bootstrap.js", "scripts/pydata-sphinx-theme.js",
)  # fmt: skip
OPTIONS = "documentation_options.js"  # a few words that a script in the page changes at once
# An import of basic.css, every icon that there is, and what no page has: tabs.
DROPPED = ("styles/theme.css", "scripts/fontawesome.js", "design-tabs.js")

ASCII = set(map(chr, range(32, 127)))

_ICON = re.compile(r"\bfa-[a-z0-9-]+")
_LINK = re.compile(r'[ \t]*<link\b[^>]*\bhref="(?P<to>[^"?#]*_static/[^"?#]+)[^"]*"[^>]*/?>\n?')
_SCRIPT = re.compile(r'[ \t]*<script\b[^>]*\bsrc="(?P<to>[^"?#]*_static/[^"?#]+)[^"]*"[^>]*>\s*</script>\n?')
_URL = re.compile(r"url\((?!data:|[\"']?data:)[\"']?([^)\"']+)[\"']?\)")


class Assets:
    """The shared files of one built book; makes them, and has pages use them."""

    def __init__(self, site: Path) -> None:
        """Write `book.css` and `book.js` from what lies in the site's `_static`."""
        self.static = site / "_static"
        self.styles = [name for pattern in STYLES for name in self._found(pattern)]
        self.scripts = [name for name in SCRIPTS if (self.static / name).is_file()]
        styles = "\n".join(self._style(name) for name in self.styles)
        texts = [path.read_text("utf-8") for path in site.rglob("*.html")]
        icons = {name for text in [*texts, *map(self._text, self.scripts)] for name in _ICON.findall(text)}
        characters = ASCII.union(*texts)
        self.css = self._write("book.css", fonts.inlined(styles, self.static, characters, icons))
        # The first line keeps a file's "use strict" from being that of all others.
        self.js = self._write("book.js", ";\n" + "\n;\n".join(self._text(name) for name in self.scripts))

    def _found(self, pattern: str) -> list[str]:
        return sorted(path.relative_to(self.static).as_posix() for path in self.static.glob(pattern))

    def _text(self, name: str) -> str:
        text = (self.static / name).read_text("utf-8")
        return re.sub(r"^/[/*]# sourceMappingURL=.*$", "", text, flags=re.MULTILINE)

    def _style(self, name: str) -> str:
        folder = posixpath.dirname(name)
        return _URL.sub(
            lambda m: f"url({posixpath.normpath(posixpath.join(folder, m[1]))})", self._text(name)
        )

    def _write(self, name: str, text: str) -> str:
        (self.static / name).write_text(text, "utf-8")
        return f"{name}?v={sha256(text.encode()).hexdigest()[:8]}"

    def use_in(self, page: str) -> str:
        """A page's HTML with its links to the shared files in the place of those to their parts.

        A page that has them already, from an earlier build, gets the names of today's.
        """
        shared = {*self.styles, *DROPPED, *self.scripts, "book.css", "book.js"}
        found: dict[str, str] = {}

        def replace(match: re.Match[str]) -> str:
            to = match["to"]
            up, _, name = to.rpartition("_static/")
            if name == OPTIONS:
                return f"<script>{self._text(OPTIONS)}</script>\n"
            if name not in shared:
                return match[0]
            kind = "css" if name.endswith(".css") else "js"
            if kind in found:
                return ""
            found[kind] = up
            if kind == "css":
                return f'<link rel="stylesheet" href="{up}_static/{self.css}" />\n'
            # Deferred scripts run in their order: first the shared ones, then those of the page.
            return f'<script defer src="{up}_static/{self.js}"></script>\n'

        page = re.sub(r'[ \t]*<link\b[^>]*rel="preload"[^>]*as="script"[^>]*>\n?', "", page)
        return _SCRIPT.sub(replace, _LINK.sub(replace, page))
