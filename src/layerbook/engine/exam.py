"""An exam: what all submissions of one exercise are examined with, apart from the cells themselves.

A worker is sent it once; the processes that examine later submissions have it from the start.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import hashlib
import json
import marshal
import symtable
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from layerbook.engine.link import pack

WANTS_EXAM = {"wants": "exam"}  # the answer to a job whose exam the worker does not have


@dataclass(frozen=True)
class Exam:
    """Files of the exercise, and what spares an examiner work that is the same each time."""

    files: dict[str, bytes]  # name to content, for both working folders
    known: dict[str, bytes]  # `packed`: what known mistakes return
    bound: list[str]  # global names that tests and setup bind themselves
    code: dict[str, bytes]  # tests and setup, compiled, by their source; without those that are not Python

    @classmethod
    def of(cls, files: dict[str, bytes], known: dict[str, bytes], cells: Iterable[dict[str, Any]]) -> Exam:
        """The exam of an exercise that has these `cells` (kind, source)."""
        trusted = [cell["source"] for cell in cells if cell["kind"] != "learner"]
        code = {}
        for source in trusted:
            with contextlib.suppress(SyntaxError, ValueError):
                code[source] = compiled(source)
        return cls(files, known, sorted(set().union(*map(bound_names, trusted))), code)

    @functools.cached_property
    def key(self) -> str:
        """The same for exams that are the same. Raises `LinkError` if there is more in it than plain data."""
        blobs: list[bytes] = []
        text = json.dumps(pack(self.as_data(), blobs))
        return hashlib.sha256(b"".join([text.encode(), *blobs])).hexdigest()

    def as_data(self) -> dict[str, Any]:
        """As plain data, of which `Exam(**data)` makes it again."""
        return {"files": self.files, "known": self.known, "bound": self.bound, "code": self.code}


def bound_names(source: str) -> set[str]:
    """Global names that a cell binds, also by `global` in a function; none if it is not Python."""
    try:
        table = symtable.symtable(source, "<tests>", "exec")
    except SyntaxError:
        return set()
    return set(_globals_bound(table))


def _globals_bound(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        is_global = table.get_type() == "module" or symbol.is_declared_global()
        if is_global and (symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _globals_bound(inner)


def packed(known: Mapping[str, Any]) -> dict[str, bytes]:
    """What known mistakes return, as an exam's `known`: each case by itself, as only failed ones are read."""
    return {case: zlib.compress(json.dumps(outcomes).encode()) for case, outcomes in known.items()}


class Unpacked(Mapping[str, Any]):
    """What `packed` was given; a case is unpacked when a check first asks for it."""

    def __init__(self, known: dict[str, bytes]) -> None:
        """Read from what `packed` made."""
        self._known = known
        self._read: dict[str, Any] = {}

    def __getitem__(self, case: str) -> Any:
        if case not in self._read:
            self._read[case] = json.loads(zlib.decompress(self._known[case]))
        return self._read[case]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def compiled(source: str) -> bytes:
    """A cell of tests or setup, compiled, for the version of Python that does it. Raises `SyntaxError`."""
    tree = ast.parse(source, "<tests>")
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    shown = isinstance(last, ast.Expr) and not source.rstrip().endswith(";")
    ends = [compile(ast.Expression(last.value), "<tests>", "eval")] if isinstance(last, ast.Expr) else []
    return marshal.dumps((shown, compile(tree, "<tests>", "exec"), ends))
