"""What the operators share: a node's text, and parentheses where a new place needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import libcst as cst

Change = tuple[str, cst.CSTNode]  # what is done, in words; what replaces the node
Operator = Callable[[cst.CSTNode, cst.CSTNode | None], Iterator[Change]]  # of a node, its parent

_COMPOSITE = (
    cst.BinaryOperation,
    cst.BooleanOperation,
    cst.Comparison,
    cst.UnaryOperation,
    cst.IfExp,
    cst.Lambda,
    cst.NamedExpr,
    cst.Tuple,
)
_LONGEST = 40


def text(node: cst.CSTNode) -> str:
    """Return the code of `node` on one line, shortened."""
    code = " ".join(cst.Module(body=[]).code_for_node(node).split())
    return code if len(code) <= _LONGEST else f"{code[: _LONGEST - 1]}…"


def wrapped(node: cst.BaseExpression) -> cst.BaseExpression:
    """Return `node` so that it can be an operand anywhere."""
    if isinstance(node, _COMPOSITE) and not node.lpar:
        return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return node


def moved(node: cst.BaseExpression, by: int) -> cst.BaseExpression:
    """Return `node + 1` or `node - 1`."""
    operator = cst.Add() if by > 0 else cst.Subtract()
    return cst.BinaryOperation(wrapped(node), operator, cst.Integer(str(abs(by))))


def keyword_of(parent: cst.CSTNode | None) -> str:
    """Return "axis" where the parent of a value is the argument `axis=…`; "" for any other."""
    if isinstance(parent, cst.Arg) and parent.keyword is not None:
        return parent.keyword.value
    return ""


def without(arguments: list[cst.Arg], index: int) -> list[cst.Arg]:
    """Return the arguments but one, with no comma left over at the end."""
    rest = [*arguments[:index], *arguments[index + 1 :]]
    if rest and index == len(rest):
        rest[-1] = rest[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return rest
