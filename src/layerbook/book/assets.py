"""Style sheets, scripts and icons of the finished pages: one file each, with nothing that no page uses.

A page as the theme leaves it asks for about 25 files, 1.5 MB of icons among them. What all pages share goes
into `book.css` and `book.js`; what one page needs for itself, such as the search index, stays as it is.
"""

import base64
import io
import posixpath
import re
from hashlib import sha256
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

# In the order in which the theme and the extensions load them.
STYLES = (
    "basic.css", "styles/pydata-sphinx-theme.css", "pygments.css", "styles/sphinx-book-theme.css",
    "togglebutton.css", "copybutton.css", "mystnb.*.css", "layerbook.css", "previews.css", "review.css",
    "sphinx-design.min.css", "katex/katex.min.css", "katex-math.css",
)  # fmt: skip
SCRIPTS = (
    "doctools.js", "sphinx_highlight.js", "clipboard.min.js", "copybutton.js", "scripts/sphinx-book-theme.js",
    "quiz.js", "frames.js", "progress.js", "previews.js", "keys.js", "togglebutton.js", "design-tabs.js",
    "scripts/bootstrap.js", "scripts/pydata-sphinx-theme.js",
)  # fmt: skip
OPTIONS = "documentation_options.js"  # a few words that a script in the page changes at once
DROPPED = ("styles/theme.css", "scripts/fontawesome.js")  # an import of basic.css; every icon that there is
ICONS = "vendor/fontawesome/webfonts/fa-solid-900.ttf"
ICON_FACES = re.compile(r"@font-face\{[^}]*Font Awesome[^}]*\}")

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
        icons = _icon_face(self.static / ICONS, styles, self._icon_names(site))
        self.css = self._write("book.css", ICON_FACES.sub("", styles) + icons)
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

    def _icon_names(self, site: Path) -> set[str]:
        texts = [path.read_text("utf-8") for path in site.rglob("*.html")] + [*map(self._text, self.scripts)]
        return {name for text in texts for name in re.findall(r"\bfa-[a-z0-9-]+", text)}

    def _write(self, name: str, text: str) -> str:
        (self.static / name).write_text(text, "utf-8")
        return f"{name}?v={sha256(text.encode()).hexdigest()[:8]}"

    def use_in(self, page: str) -> str:
        """A page's HTML with its links to the shared files in the place of those to their parts.

        A page that has them already stays as it is.
        """
        shared = {*self.styles, *DROPPED, *self.scripts}
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


def _icon_face(font: Path, styles: str, names: set[str]) -> str:
    """A font with only the icons that pages use, inside of the style sheet; "" without the theme's icons."""
    if not font.is_file():
        return ""
    codes = {name: int(code, 16) for name, code in _icon_codes(styles)}
    wanted = sorted({codes[name] for name in names if name in codes})
    options = subset.Options(layout_features=[], name_IDs=[], notdef_outline=True, flavor="woff")
    made = subset.Subsetter(options)
    with TTFont(font, recalcTimestamp=False) as whole:
        made.populate(unicodes=wanted)
        made.subset(whole)
        whole.flavor = "woff"
        buffer = io.BytesIO()
        whole.save(buffer)
    data = base64.b64encode(buffer.getvalue()).decode()
    source = f'src:url(data:font/woff;base64,{data}) format("woff")'
    return f'\n@font-face{{font-family:"Font Awesome 6 Free";font-style:normal;font-weight:900;{source}}}\n'


def _icon_codes(styles: str) -> list[tuple[str, str]]:
    found = re.findall(r'((?:\.fa-[a-z0-9-]+:before,?)+)\{content:"\\([0-9a-f]+)"', styles)
    return [(name, code) for many, code in found for name in re.findall(r"fa-[a-z0-9-]+", many)]
