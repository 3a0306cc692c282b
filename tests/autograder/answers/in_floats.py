"""The value of a scalar tree in plain floats: a second opinion that shares no code with ours."""

from __future__ import annotations

import math

from studentkit.notation.tree import Apply, Name, Number, Tree

_TWO = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: math.pow(a, b),
    "max": max,
    "min": min,
}
_ONE = {
    "neg": lambda a: -a,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "abs": abs,
    "tanh": math.tanh,
    "sin": math.sin,
    "cos": math.cos,
    "relu": lambda a: max(a, 0.0),
    "sigmoid": lambda a: 1 / (1 + math.exp(-a)),
}


def in_floats(tree: Tree, point: dict[str, float]) -> float | None:
    """Return the value at `point`; None where there is none, or for an operator not known here."""
    try:
        return _value(tree, point)
    except (ArithmeticError, ValueError, KeyError):
        return None


def _value(tree: Tree, point: dict[str, float]) -> float:
    match tree:
        case Number(value):
            return float(value)
        case Name(name):
            return point[name]
        case Apply(operator, (a, b)):
            return _TWO[operator](_value(a, point), _value(b, point))
        case Apply(operator, (a,)):
            return _ONE[operator](_value(a, point))
    raise KeyError(type(tree).__name__)
