"""Bounds on how large a constant in an answer can become, so that evaluating it stays cheap."""

from __future__ import annotations

from fractions import Fraction

from studentkit.notation.errors import Unreadable
from studentkit.notation.tree import Apply, Number, Tree, children

MAX_POWER = 1000  # of an exponent that is a number
MAX_BITS = 4000  # of an exact constant
MAX_TOWER = 2  # exponents within exponents
MAX_INSIDE = 10**6  # a number within an exponent


def check_size(tree: Tree) -> None:
    """Raise `Unreadable` where a constant or a tower of powers is beyond all use."""
    _check(tree, 0)


def _check(tree: Tree, height: int) -> Fraction | None:
    """Return the exact value of a rational constant, None for all else; bounded at each step."""
    if height > MAX_TOWER:
        raise Unreadable(f"more than {MAX_TOWER} exponents within exponents")
    value = _value(tree, height)
    if value is not None:
        if _bits(value) > MAX_BITS:
            raise Unreadable("a number here becomes too large")
        if height and abs(value) > MAX_INSIDE:
            raise Unreadable("a number in an exponent is too large")
    return value


def _value(tree: Tree, height: int) -> Fraction | None:
    if isinstance(tree, Number):
        return Fraction(tree.value)
    match tree:
        case Apply("exp" | "sinh" | "cosh", (argument,)):
            _check(argument, height + 1)
            return None
        case Apply("pow", (below, above)):
            # a power of a power grows as an exponent in the exponent does
            raised = isinstance(below, Apply) and below.operator in ("pow", "exp")
            base = _check(below, height + raised)
            return _power(base, _check(above, height + 1))
    values = [_check(part, height) for part in children(tree)]
    found = [value for value in values if value is not None]
    if not isinstance(tree, Apply) or len(found) != len(values):
        return None
    match tree.operator, found:
        case "add", [a, b]:
            return a + b
        case "sub", [a, b]:
            return a - b
        case "mul", [a, b]:
            return a * b
        case "div", [a, b]:
            if b == 0:
                raise Unreadable("this divides by zero")
            return a / b
        case "neg", [a]:
            return -a
        case "transpose", [a]:
            return a
    return None  # any other function of a constant is small, or checked above


def _power(base: Fraction | None, exponent: Fraction | None) -> Fraction | None:
    if exponent is None:
        return None
    if abs(exponent) > MAX_POWER:
        raise Unreadable(f"an exponent beyond {MAX_POWER} is not read")
    if base is None or exponent.denominator != 1:
        return None
    if base == 0 and exponent < 0:
        raise Unreadable("this divides by zero")
    if _bits(base) * abs(exponent) > MAX_BITS:
        raise Unreadable("a number here becomes too large")
    return base ** int(exponent)


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())
