"""Small systematic changes to the reference: each must cost points, or a test is missing.

The kinds of change are those of mutation testing (DeMillo, Lipton and Sayward, "Hints on test data
selection", Computer 11(4), 1978) that suit array code: an operator swapped, a number off by one, an axis
changed, a term, an option, a transposition or a copy left out, `+=` made `=`, results swapped, a condition
turned round. A change that makes no difference is listed with its reason in the exercise's `equivalent.toml`.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from layerbook.exercises.source import SOLUTION_BEGIN, SOLUTION_END, Cell

OPERATORS: dict[type[cst.BaseBinaryOp], type[cst.BaseBinaryOp]] = {
    cst.Add: cst.Subtract,
    cst.Subtract: cst.Add,
    cst.Multiply: cst.Divide,
    cst.Divide: cst.Multiply,
    cst.FloorDivide: cst.Multiply,
    cst.Modulo: cst.FloorDivide,
    cst.Power: cst.Multiply,
    cst.MatrixMultiply: cst.Multiply,
}
COMPARISONS: dict[type[cst.BaseCompOp], tuple[type[cst.BaseCompOp], ...]] = {
    cst.LessThan: (cst.LessThanEqual, cst.GreaterThan),
    cst.LessThanEqual: (cst.LessThan, cst.GreaterThan),
    cst.GreaterThan: (cst.GreaterThanEqual, cst.LessThan),
    cst.GreaterThanEqual: (cst.GreaterThan, cst.LessThan),
    cst.Equal: (cst.NotEqual,),
    cst.NotEqual: (cst.Equal,),
}
AUGMENTED: dict[type[cst.BaseAugOp], type[cst.BaseAugOp]] = {
    cst.AddAssign: cst.SubtractAssign,
    cst.SubtractAssign: cst.AddAssign,
    cst.MultiplyAssign: cst.DivideAssign,
    cst.DivideAssign: cst.MultiplyAssign,
}
WITH_TERMS = (cst.Add, cst.Subtract, cst.Multiply)
NAMES = {
    "argmax": "argmin",
    "cos": "sin",
    "exp": "expm1",
    "floor": "ceil",
    "max": "min",
    "maximum": "minimum",
    "mean": "sum",
    "ones": "zeros",
    "sum": "mean",
    "tanh": "sin",
    "zeros": "ones",
    "zeros_like": "ones_like",
}
NAMES |= {new: old for old, new in NAMES.items() if new not in NAMES}
LEFT_OUT = {"T", "copy", "swapaxes", "transpose"}  # attributes that may be forgotten


@dataclass(frozen=True)
class Mutant:
    """A solution cell with one change; `change` says which, and is unique in the function."""

    of: str
    change: str
    source: str


def equivalent(folder: Path) -> dict[tuple[str, str], str]:
    """The reason of each listed change that makes no difference, by function and change."""
    path = folder / "equivalent.toml"
    listed = tomllib.loads(path.read_text("utf-8"))["equivalent"] if path.is_file() else []
    return {(each["of"], each["change"]): each["reason"] for each in listed}


def mutants(cell: Cell) -> Iterator[Mutant]:
    """All mutants of one solution cell, in the order of its code."""
    wrapper = MetadataWrapper(cst.parse_module(cell.source))
    lines = cell.source.splitlines()
    first = next(i for i, line in enumerate(lines, 1) if SOLUTION_BEGIN in line)
    last = next(i for i, line in enumerate(lines, 1) if SOLUTION_END in line)
    places = wrapper.resolve(PositionProvider)
    seen: Counter[str] = Counter()
    texts = {cell.source}
    for node in _nodes(wrapper.module):
        if node not in places or not first < places[node].start.line < last:
            continue
        for changed in _changes(node):
            module = wrapper.module.deep_replace(node, changed)
            text = module.code if isinstance(module, cst.Module) else ""
            if text in texts or not _compiles(text):
                continue
            texts.add(text)
            change = _difference(lines, text.splitlines())
            seen[change] += 1
            number = f" (number {seen[change]})" if seen[change] > 1 else ""
            yield Mutant(cell.of, change + number, text)


def _nodes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    yield node
    for child in node.children:
        yield from _nodes(child)


def _compiles(text: str) -> bool:
    try:
        compile(text, "mutant", "exec")
    except SyntaxError:
        return False
    return True


def _difference(old: list[str], new: list[str]) -> str:
    """The lines that differ, before and after, without their comments."""
    lines = [(line[:2], re.sub(r"\s+# .*", "", line[2:]).strip()) for line in difflib.ndiff(old, new)]
    sides = (" ".join(text for sign, text in lines if sign == side) for side in ("- ", "+ "))
    return " -> ".join(side or "(nothing)" for side in sides)


def _changes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """What may stand in the place of one node."""
    if isinstance(node, cst.BinaryOperation):
        if other := OPERATORS.get(type(node.operator)):
            yield node.with_changes(operator=other())
        if isinstance(node.operator, WITH_TERMS):
            yield from (_in_brackets(node.left), _in_brackets(node.right))
    elif isinstance(node, cst.Comparison) and len(node.comparisons) == 1:
        target = node.comparisons[0]
        for comparison in COMPARISONS.get(type(target.operator), ()):
            yield node.with_changes(comparisons=[target.with_changes(operator=comparison())])
    elif isinstance(node, cst.BooleanOperation):
        yield node.with_changes(operator=cst.Or() if isinstance(node.operator, cst.And) else cst.And())
    elif isinstance(node, cst.UnaryOperation):
        yield _in_brackets(node.expression)
    elif isinstance(node, cst.Integer):
        yield from (_in_brackets(cst.parse_expression(str(int(node.value) + step))) for step in (1, -1))
    elif isinstance(node, cst.Float):
        yield cst.Float(repr(float(node.value) + 1.0))
    elif isinstance(node, cst.Name):
        yield from _other_name(node)
    elif isinstance(node, cst.Attribute):
        if node.attr.value == "T":
            yield node.value
    elif isinstance(node, cst.Call):
        yield from _calls(node)
    elif isinstance(node, cst.Slice):
        yield from (node.with_changes(**{end: None}) for end in ("lower", "upper") if getattr(node, end))
    elif isinstance(node, cst.If):
        yield node.with_changes(test=cst.UnaryOperation(cst.Not(), _in_brackets(node.test)))
    elif isinstance(node, cst.SimpleStatementLine):
        yield from _statements(node)


def _in_brackets(expression: cst.BaseExpression) -> cst.BaseExpression:
    if isinstance(expression, cst.Name | cst.Integer | cst.Float | cst.Call | cst.Subscript | cst.Attribute):
        return expression
    return expression.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def _other_name(node: cst.Name) -> Iterator[cst.CSTNode]:
    flipped = {"True": "False", "False": "True"}.get(node.value)
    if flipped:
        yield cst.Name(flipped)


def _calls(node: cst.Call) -> Iterator[cst.CSTNode]:
    for number, argument in enumerate(node.args):
        if argument.keyword:
            yield node.with_changes(args=[*node.args[:number], *node.args[number + 1 :]])
    function = node.func
    name = function.attr if isinstance(function, cst.Attribute) else function
    if isinstance(name, cst.Name) and name.value in NAMES:
        other = cst.Name(NAMES[name.value])
        changed = function.with_changes(attr=other) if isinstance(function, cst.Attribute) else other
        yield node.with_changes(func=changed)
    if isinstance(function, cst.Attribute) and function.attr.value in LEFT_OUT:
        of_module = isinstance(function.value, cst.Name) and function.value.value == "np"
        yield node.args[0].value if of_module and node.args else function.value


def _statements(node: cst.SimpleStatementLine) -> Iterator[cst.CSTNode]:
    (statement,) = node.body if len(node.body) == 1 else (None,)
    if isinstance(statement, cst.AugAssign):
        if other := AUGMENTED.get(type(statement.operator)):
            yield node.with_changes(body=[statement.with_changes(operator=other())])
        plain = cst.Assign([cst.AssignTarget(statement.target)], statement.value)
        yield node.with_changes(body=[plain])
    in_place = isinstance(statement, cst.Assign) and not isinstance(
        statement.targets[0].target, cst.Name | cst.Tuple
    )
    if isinstance(statement, cst.AugAssign | cst.Expr | cst.Raise) or in_place:
        yield node.with_changes(body=[cst.Pass()])
    if isinstance(statement, cst.Return) and isinstance(statement.value, cst.Tuple):
        elements = [element.value for element in statement.value.elements]
        for i in range(len(elements) - 1):
            swapped = [*elements[:i], elements[i + 1], elements[i], *elements[i + 2 :]]
            value = statement.value.with_changes(elements=[cst.Element(e) for e in swapped])
            yield node.with_changes(body=[statement.with_changes(value=value)])
