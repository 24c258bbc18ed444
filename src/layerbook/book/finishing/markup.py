"""Markup that theme and extensions write and that not everybody can use, put right in the finished pages."""

import re

# A header without words is none. Tables have one in their corner.
_EMPTY_HEADER = re.compile(r'<th class="([^"]*)"><p></p></th>')
# The theme's bar for a whole site, which a book does not have, is a second banner to those who hear the page.
# The theme's script wants the element.
_EMPTY_BANNER = re.compile(r'<header( class="bd-header [^"]*")>\s*</header>')
# An entry of a bibliography is an item of its list, by the rules of today (DPUB-ARIA 1.1).
_ENTRY = ' role="doc-biblioentry"'
# MyST-NB names every folded cell alike, whatever is written on it.
_SUMMARY = '<summary aria-label="Toggle hidden content">'


def usable(page: str) -> str:
    """The HTML of a page with what is known to be wrong put right; what is right stays as it is."""
    page = _EMPTY_BANNER.sub(r"<div\1></div>", page)
    page = _EMPTY_HEADER.sub(r'<td class="\1"></td>', page)
    return page.replace(_ENTRY, ' role="listitem"').replace(_SUMMARY, "<summary>")
