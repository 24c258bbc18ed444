"""A piece of one page's HTML, made to stand in another page."""

import posixpath
import re
from urllib.parse import urlsplit

from sphinx.util.osutil import relative_uri

_ADDRESS = re.compile(r'(?P<before>\s(?:href|src)=")(?P<to>[^"]*)"')
_FOREIGN_ID = re.compile(r'\sid="(?!quiz-)[^"]*"')


def rebased(fragment: str, here: str, there: str) -> str:
    """The HTML `fragment` of the page `here` with links and pictures as the page `there` must write them.

    Ids other than a question's own are left out, since `there` may have the same.
    """

    def replace(match: re.Match[str]) -> str:
        return f'{match["before"]}{_relative(match["to"], here, there)}"'

    return _FOREIGN_ID.sub("", _ADDRESS.sub(replace, fragment))


def _relative(to: str, here: str, there: str) -> str:
    if urlsplit(to).scheme or to.startswith("//"):
        return to
    path, mark, anchor = to.partition("#")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(here), path)) if path else here
    return relative_uri(there, target) + mark + anchor
