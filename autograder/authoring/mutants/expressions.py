"""Changes of expressions: operators, comparisons, constants, arguments, slices."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import libcst as cst

from autograder.authoring.mutants.nodes import Change, keyword_of, moved, text, without, wrapped

_ARITHMETIC: dict[type[cst.BaseBinaryOp], type[cst.BaseBinaryOp]] = {
    cst.Add: cst.Subtract,
    cst.Subtract: cst.Add,
    cst.Multiply: cst.Divide,
    cst.Divide: cst.Multiply,
    cst.FloorDivide: cst.Divide,
    cst.Modulo: cst.FloorDivide,
    cst.Power: cst.Multiply,
    cst.MatrixMultiply: cst.Multiply,
    cst.BitAnd: cst.BitOr,
    cst.BitOr: cst.BitAnd,
}
_ORDERED = (
    cst.Subtract,
    cst.Divide,
    cst.FloorDivide,
    cst.Modulo,
    cst.Power,
    cst.MatrixMultiply,
)
_COMPARED: dict[type[cst.BaseCompOp], tuple[type[cst.BaseCompOp], ...]] = {
    cst.LessThan: (cst.LessThanEqual, cst.GreaterThan),
    cst.LessThanEqual: (cst.LessThan, cst.GreaterThanEqual),
    cst.GreaterThan: (cst.GreaterThanEqual, cst.LessThan),
    cst.GreaterThanEqual: (cst.GreaterThan, cst.LessThanEqual),
    cst.Equal: (cst.NotEqual,),
    cst.NotEqual: (cst.Equal,),
    cst.In: (cst.NotIn,),
    cst.NotIn: (cst.In,),
    cst.Is: (cst.IsNot,),
    cst.IsNot: (cst.Is,),
}
_SYMMETRIC = {"maximum", "minimum", "add", "multiply", "isclose", "allclose", "array_equal"}
_AXES = ("axis", "dim")  # the operators of arrays change those
_KEPT = ("range", "len", "print", "super")  # what comes without these is noticed anywhere


def arithmetic(node: cst.CSTNode, _: cst.CSTNode | None) -> Iterator[Change]:
    """Another operator, swapped operands, one operand alone."""
    if not isinstance(node, cst.BinaryOperation):
        return
    old = node.operator
    sign = text(old)
    replacement = _ARITHMETIC.get(type(old))
    if replacement is not None:
        new = replacement()
        yield f"{sign} becomes {text(new)}", node.with_changes(operator=new)
    if isinstance(old, _ORDERED):
        swapped = node.with_changes(left=wrapped(node.right), right=wrapped(node.left))
        yield f"swaps the operands of {sign}", swapped
    yield f"leaves out {sign} {text(node.right)}", wrapped(node.left)
    yield f"leaves out {text(node.left)} {sign}", wrapped(node.right)


def signs(node: cst.CSTNode, _: cst.CSTNode | None) -> Iterator[Change]:
    """No minus, no `not`."""
    if isinstance(node, cst.UnaryOperation):
        yield f"leaves out {text(node.operator)}", wrapped(node.expression)


def comparisons(node: cst.CSTNode, _: cst.CSTNode | None) -> Iterator[Change]:
    """The border on the other side, or the other direction."""
    if not isinstance(node, cst.Comparison):
        return
    for index, target in enumerate(node.comparisons):
        for replacement in _COMPARED.get(type(target.operator), ()):
            changed = list(node.comparisons)
            changed[index] = target.with_changes(operator=replacement())
            words = f"{text(target.operator)} becomes {text(replacement())}"
            yield words, node.with_changes(comparisons=changed)


def logic(node: cst.CSTNode, _: cst.CSTNode | None) -> Iterator[Change]:
    """`and` for `or`; one side alone; one branch of a conditional expression alone."""
    if isinstance(node, cst.BooleanOperation):
        new = cst.Or() if isinstance(node.operator, cst.And) else cst.And()
        yield f"{text(node.operator)} becomes {text(new)}", node.with_changes(operator=new)
        yield f"leaves out {text(node.right)}", wrapped(node.left)
        yield f"leaves out {text(node.left)}", wrapped(node.right)
    if isinstance(node, cst.IfExp):
        yield f"is always {text(node.body)}", wrapped(node.body)
        yield f"is always {text(node.orelse)}", wrapped(node.orelse)


def constants(node: cst.CSTNode, parent: cst.CSTNode | None) -> Iterator[Change]:
    """Another number, another truth value, an empty string."""
    if isinstance(node, cst.Integer) and keyword_of(parent) not in _AXES:
        value = node.evaluated_value
        for other in (value + 1, value - 1):
            new = cst.parse_expression(str(other))
            yield f"{value} becomes {other}", wrapped(new) if other < 0 else new
    elif isinstance(node, cst.Float):
        double = str(2 * node.evaluated_value or 1.0)
        yield f"{node.value} becomes {double}", cst.Float(double)
    elif isinstance(node, cst.Name) and node.value in ("True", "False"):
        # Without keepdims is what leaving out the argument does.
        if not keyword_of(parent).startswith("keepdim"):
            other_name = "False" if node.value == "True" else "True"
            yield f"{node.value} becomes {other_name}", node.with_changes(value=other_name)
    elif isinstance(node, cst.SimpleString):
        new_string = '"XX"' if not node.evaluated_value else '""'
        yield f"{text(node)} becomes {new_string}", cst.SimpleString(new_string)


def calls(node: cst.CSTNode, parent: cst.CSTNode | None) -> Iterator[Change]:
    """No named argument, swapped arguments, the argument itself, the object itself."""
    if not isinstance(node, cst.Call):
        return
    arguments = list(node.args)
    function = node.func
    name = function.attr.value if isinstance(function, cst.Attribute) else text(function)
    plain = [
        number
        for number, argument in enumerate(arguments)
        if argument.keyword is None and not argument.star
    ]
    for number, argument in enumerate(arguments):
        if argument.keyword is not None:
            rest = without(arguments, number)
            yield f"leaves out {text(argument).rstrip(', ')}", node.with_changes(args=rest)
    if name not in _SYMMETRIC:
        for first, second in pairwise(plain):
            changed = list(arguments)
            changed[first] = arguments[first].with_changes(value=arguments[second].value)
            changed[second] = arguments[second].with_changes(value=arguments[first].value)
            words = f"swaps {text(arguments[first].value)} and {text(arguments[second].value)}"
            yield words, node.with_changes(args=changed)
    if isinstance(parent, cst.Expr) or name in _KEPT:
        return  # a bare call is a statement, and those are left out as a whole
    if len(plain) == 1 and not arguments[0].star:
        yield f"leaves out {text(function)}", wrapped(arguments[0].value)
    if not arguments and isinstance(function, cst.Attribute):
        yield f"leaves out .{name}()", function.value


def ends(node: cst.CSTNode, parent: cst.CSTNode | None) -> Iterator[Change]:
    """Slices and ranges off by one, or without a bound."""
    if isinstance(node, cst.Slice):
        for side in ("lower", "upper"):
            bound = getattr(node, side)
            if bound is None:
                continue
            if not isinstance(bound, cst.Integer):  # constants change those
                for by in (1, -1):
                    words = f"the {side} end of the slice is {by:+d}"
                    yield words, node.with_changes(**{side: moved(bound, by)})
            yield f"leaves out the {side} end of the slice", node.with_changes(**{side: None})
    loop = isinstance(parent, cst.For | cst.CompFor)  # the rounds of loops are changed there
    if isinstance(node, cst.Call) and text(node.func) == "range" and not loop:
        last = 0 if len(node.args) == 1 else 1
        for by in (1, -1):
            changed = list(node.args)
            changed[last] = changed[last].with_changes(value=moved(changed[last].value, by))
            yield f"the end of the range is {by:+d}", node.with_changes(args=changed)


def filters(node: cst.CSTNode, _: cst.CSTNode | None) -> Iterator[Change]:
    """A comprehension that takes everything."""
    if isinstance(node, cst.CompFor) and node.ifs:
        yield f"leaves out {text(node.ifs[0])}", node.with_changes(ifs=node.ifs[1:])


OPERATORS = (arithmetic, signs, comparisons, logic, constants, calls, ends, filters)
