"""Pieces of Markdown text."""

import re

_SPECIAL = re.compile(r"[\\`*$~]|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])|&(?=#?\w+;)|\](?=[(\[:]|$)")
_LOOKS_LIKE_A_BLOCK = re.compile(r"#{1,6}\s|[-+]\s|>|\d+(?=[.)]\s)")


def escape(text: str) -> str:
    """`text` as it is, in Markdown; a line break becomes a space."""
    return _SPECIAL.sub(r"\\\g<0>", text.replace("\n", " "))


def code(text: str, language: str = "") -> str:
    """`text` in a fence that is longer than every run of backticks in it."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def indented(marker: str, text: str) -> str:
    """`text` as one item of a list that begins with `marker`."""
    return marker + re.sub(r"\n(?=[^\n])", "\n" + " " * len(marker), text)


def plain(text: str) -> str:
    """A paragraph that its beginning does not turn into a heading, a list or a quotation."""
    return _LOOKS_LIKE_A_BLOCK.sub(_protected, text, count=1) if _LOOKS_LIKE_A_BLOCK.match(text) else text


def _protected(match: re.Match[str]) -> str:
    return f"{match[0]}\\" if match[0].isdigit() else f"\\{match[0]}"


def folded(title: str, body: str) -> str:
    """`body` behind a line that opens it; the empty lines let Jupyter read the Markdown inside."""
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"


def quoted(text: str) -> str:
    """`text` as a quotation."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
