"""Tells decimal numbers that are right as far as they go, and do not go far enough."""

from __future__ import annotations

import re
from fractions import Fraction

from studentkit.notation.tree import Tree, Tuple

from autograder.answers import scalars
from autograder.answers.evaluate import Several, Value, is_finite
from autograder.answers.points import typed_number

_TELLING = 2  # significant digits: with fewer a number may be right by chance
_MANTISSA = re.compile(r"\d*\.?\d+", re.ASCII)
_EXPONENT = re.compile(r"[+-]?\d{1,3}", re.ASCII)


def rounded_too_far(tree: Tree, given: Value, right: Value, rtol: Fraction) -> str:
    """Return what to do about an answer `given`, typed as `tree`, that is `right` but for digits
    it leaves out; "" where it is right, or wrong in a digit that it has.
    """
    trees = tree.items if isinstance(tree, Tuple) else (tree,)
    mine = given.items if isinstance(given, Several) else (given,)
    theirs = right.items if isinstance(right, Several) else (right,)
    if not len(trees) == len(mine) == len(theirs):
        return ""
    short = False
    for typed, one, other in zip(trees, mine, theirs, strict=True):
        if any(type(value) in (tuple, Several) or not is_finite(value) for value in (one, other)):
            return ""
        off = abs(scalars.wide(one) - scalars.wide(other))
        if off > scalars.wide(rtol) * abs(scalars.wide(other)):
            digits, unit = _written(typed)
            cut_off = abs(scalars.wide(one)) < abs(scalars.wide(other)) and off < scalars.wide(unit)
            if digits < _TELLING or not (cut_off or 2 * off <= scalars.wide(unit)):
                return ""
            short = True
    if not short:
        return ""
    wanted = f"with {_digits(rtol)} digits or more" if rtol else "exactly, as a fraction if need be"
    what = "numbers are" if isinstance(tree, Tuple) else "number is"
    them = "them" if isinstance(tree, Tuple) else "it"
    return f"Your {what} right as far as the digits go, but rounded too far: give {them} {wanted}."


def _digits(rtol: Fraction) -> int:
    """Return how many significant digits are enough, whatever they are."""
    digits = 1
    while Fraction(1, 2 * 10 ** (digits - 1)) > rtol:
        digits += 1
    return digits


def _written(tree: Tree) -> tuple[int, Fraction]:
    """Return with how many significant digits a number is typed, and what its last is worth."""
    number = typed_number(tree)
    if number is None:
        return 0, Fraction(0)
    mantissa, _, exponent = number.typed.lower().partition("e")
    if not _MANTISSA.fullmatch(mantissa) or not _EXPONENT.fullmatch(exponent or "0"):
        return 0, Fraction(0)
    places = len(mantissa.partition(".")[2]) - int(exponent or 0)
    return len(mantissa.replace(".", "").lstrip("0")), 1 / Fraction(10) ** places
