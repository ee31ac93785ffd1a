"""The `when` expressions of a flow: `site == "lyon" and answer.profile.age >= 18`.

A condition is parsed once, when the flow is loaded, and only what is listed here is let through: comparisons, `in`,
`and`, `or`, `not`, dotted names, text, whole numbers, and lists of those. Nothing is ever evaluated by Python.

Invariant: a condition always has an answer. A name without a value (nobody answered yet) equals nothing, is below and
above nothing and in no list; two things that cannot be compared are not equal and neither comes first.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

LONGEST = 500
DEEPEST = 10

_ALLOWED = 'names such as answer.profile.age, "text", whole numbers, == != < <= > >= in, and, or, not'
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")


class ConditionError(ValueError):
    """The text is no condition; the message says what was found and what is allowed."""


@dataclass(frozen=True)
class Condition:
    """A parsed condition. `names` are the dotted names it reads; the linter checks that each of them exists."""

    text: str
    names: frozenset[str]
    _tree: ast.expr = field(repr=False, compare=False)

    def holds(self, values: Mapping[str, object]) -> bool:
        """Whether the condition is true of `values`, keyed by dotted name. It never fails."""
        return _truth(self._tree, values)


def parse(text: str) -> Condition:
    """The condition written in `text`, at most 500 characters and 10 levels deep. ConditionError otherwise."""
    if len(text) > LONGEST:
        raise ConditionError(f"a condition has at most {LONGEST} characters, found {len(text)}; split the step instead")
    if "\\" in text:
        raise ConditionError("found a backslash; text in a condition stands between quotes, as it is")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python finds odd in `1or 2` is no news to an organiser
            tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise ConditionError(
            f'{text!r} is not a condition; write for example site == "lyon"; allowed are {_ALLOWED}'
        ) from error
    names: set[str] = set()
    _check(tree, names, 1)
    return Condition(text, frozenset(names), tree)


def _check(node: ast.expr, names: set[str], depth: int) -> None:
    if depth > DEEPEST:
        raise ConditionError(f"the condition is nested more than {DEEPEST} levels deep; split the step instead")
    match node:
        case ast.BoolOp(values=parts):
            for part in parts:
                _check(part, names, depth + 1)
        case ast.UnaryOp(op=ast.Not(), operand=part):
            _check(part, names, depth + 1)
        case ast.Compare(left=left, ops=ops, comparators=others):
            for op, other in zip(ops, others, strict=True):
                if isinstance(op, ast.Is | ast.IsNot):
                    raise ConditionError(f'found "is" in {ast.unparse(node)!r}; write == or !=')
                if isinstance(op, ast.In | ast.NotIn) and isinstance(other, ast.Constant | ast.UnaryOp):
                    raise ConditionError(f'after "in" comes a list such as ("a", "b"), found {ast.unparse(other)!r}')
            for part in (left, *others):
                _check_value(part, names)
        case ast.Attribute() | ast.Name():
            _check_value(node, names)
        case _:
            raise ConditionError(f"found {_shown(node)}, which says neither yes nor no; allowed are {_ALLOWED}")


def _check_value(node: ast.expr, names: set[str]) -> None:
    if isinstance(node, ast.Tuple | ast.List):
        for part in node.elts:
            if _literal(part) is None:
                raise ConditionError(f"a list holds text and whole numbers only, found {_shown(part)}")
    elif isinstance(node, ast.Attribute | ast.Name):
        names.add(_dotted(node))
    elif _literal(node) is None:
        raise ConditionError(f"found {_shown(node)}; allowed are {_ALLOWED}")


def _shown(node: ast.expr) -> str:
    hint = " (a name has no hyphen: write _)" if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) else ""
    return repr(ast.unparse(node)) + hint


def _literal(node: ast.expr) -> str | int | None:
    """The text or whole number that the node is, else None."""
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=str() | int() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)) if not isinstance(value, bool):
            return -value
    return None


def _dotted(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        raise ConditionError(
            f"found {_shown(node)} before a dot; a name is words with dots, such as answer.profile.age"
        )
    return ".".join((node.id, *reversed(parts)))


def _truth(node: ast.expr, values: Mapping[str, object]) -> bool:
    match node:
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(_truth(part, values) for part in parts)
        case ast.BoolOp(values=parts):
            return any(_truth(part, values) for part in parts)
        case ast.UnaryOp(operand=part):
            return not _truth(part, values)
        case ast.Compare(left=left, ops=ops, comparators=others):
            row = [_value(part, values) for part in (left, *others)]
            return all(_compare(op, a, b) for op, a, b in zip(ops, row, row[1:], strict=False))
    return bool(_value(node, values))


def _value(node: ast.expr, values: Mapping[str, object]) -> object:
    if isinstance(node, ast.Tuple | ast.List):
        return tuple(_literal(part) for part in node.elts)
    literal = _literal(node)
    return values.get(_dotted(node)) if literal is None else literal


def _compare(op: ast.cmpop, a: object, b: object) -> bool:
    match op:
        case ast.Eq():
            return _equal(a, b)
        case ast.NotEq():
            return not _equal(a, b)
        case ast.In():
            return _contains(b, a)
        case ast.NotIn():
            return not _contains(b, a)
    order = _order(a, b)
    match op:
        case ast.Lt():
            return order == -1
        case ast.LtE():
            return order in (-1, 0)
        case ast.Gt():
            return order == 1
        case _:
            return order in (1, 0)


def _number(value: object) -> Fraction | None:
    """Numbers that people typed are kept as text, so "34" is a number too."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Fraction):
        return Fraction(value)
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < 100:
        return Fraction(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Fraction(value)
    return None


def _order(a: object, b: object) -> int | None:
    """-1, 0 or 1 as a comes before, with or after b; None when they cannot be compared."""
    if isinstance(a, str) and isinstance(b, str):
        return (a > b) - (a < b)
    x, y = _number(a), _number(b)
    return None if x is None or y is None else (x > y) - (x < y)


def _equal(a: object, b: object) -> bool:
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(_equal(x, y) for x, y in zip(a, b, strict=True))
    order = _order(a, b)
    return order == 0 if order is not None else isinstance(a, bool) and a is b


def _contains(container: object, value: object) -> bool:
    """A single answer is a list of one: `"a" in answer.q1` works for one choice and for many."""
    if isinstance(container, Collection) and not isinstance(container, str | bytes):
        return any(_equal(part, value) for part in container)
    return _equal(container, value)
