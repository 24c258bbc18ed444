"""Fonts with only the signs that the pages show, small enough to lie in the style sheet.

A font in the style sheet is there when the first line is drawn; one that comes later makes lines wrap anew.
"""

import base64
import io
import logging
import re
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

KOREAN = Path(__file__).parent / "nanum-gothic" / "nanum-gothic-korean-400.woff"
ICONS = "vendor/fontawesome/webfonts/fa-solid-900.ttf"
ICON_FACES = re.compile(r"@font-face\{[^}]*Font Awesome[^}]*\}")
# The faces of KaTeX that formulas of the book need. One of the others is fetched when a formula asks for it.
MATHS = re.compile(
    r"url\((katex/fonts/KaTeX_(?:AMS-Regular|Main-(?:Bold|Regular)|Math-Italic|Size\d-Regular)\.woff)\)"
)

logging.getLogger("fontTools").setLevel(logging.ERROR)  # it remarks on the dates in KaTeX's fonts

_ICON_RULE = re.compile(r'((?:\.fa-[a-z0-9-]+:before,?)+)\{content:"([^"]+)"\}')
_SIGN = re.compile(r'(?:--pst-icon-[\w-]+|content):"(\\f[0-9a-f]{3}|[\ue000-\uf8ff])"')


def inlined(css: str, static: Path, characters: set[str], icons: set[str]) -> str:
    """The style sheet `css` with its fonts in it, and without the rules of icons that no page shows.

    Args:
        css: addresses in it are relative to `static`.
        static: the folder that holds the theme's and KaTeX's fonts.
        characters: those of the pages.
        icons: names of Font Awesome, as `fa-moon`.
    """
    css = MATHS.sub(lambda found: f"url({data(static / found[1], characters)})", css)
    css = _ICON_RULE.sub(lambda rule: rule[0] if icons & set(_names(rule[1])) else "", css)
    return ICON_FACES.sub("", css) + _icon_face(css, static / ICONS) + _korean_face(characters)


def _names(selectors: str) -> list[str]:
    return re.findall(r"fa-[a-z0-9-]+", selectors)


def _icon_face(css: str, font: Path) -> str:
    """A font with the icons that the style sheet names; "" without the theme's icons."""
    if not font.is_file():
        return ""
    signs = {chr(int(sign[1:], 16)) if len(sign) > 1 else sign for sign in _SIGN.findall(css)}
    source = f'src:url({data(font, signs)}) format("woff")'
    return f'\n@font-face{{font-family:"Font Awesome 6 Free";font-style:normal;font-weight:900;{source}}}\n'


def _korean_face(characters: set[str]) -> str:
    """A font for the Korean terms, for machines that have none."""
    hangul = {sign for sign in characters if "\uac00" <= sign <= "\ud7a3"}
    source = f'src:url({data(KOREAN, hangul)}) format("woff")'
    return f'@font-face{{font-family:"lb-korean";{source};unicode-range:U+AC00-D7A3}}\n' if hangul else ""


def data(font: Path, characters: Iterable[str]) -> str:
    """A `data:` address of the font at `font` with only those `characters` that it has."""
    made = subset.Subsetter(subset.Options(layout_features=[], name_IDs=[], hinting=False))
    buffer = io.BytesIO()
    with TTFont(font, recalcTimestamp=False) as whole:
        made.populate(unicodes=sorted(map(ord, characters)))
        made.subset(whole)
        whole.flavor = "woff"
        whole.save(buffer)
    return f"data:font/woff;base64,{base64.b64encode(buffer.getvalue()).decode()}"
