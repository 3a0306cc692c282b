"""The designs of `mlp_from_scratch`: threshold units, and a proof that none computes XOR."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from studentkit.notation.tree import Compare, Tree, Tuple

from autograder.answers.designs import (
    AS_READ,
    HOLDS,
    LIST,
    NUMBER,
    FormError,
    FormFinding,
    Parameters,
    Predicate,
    fails,
    sized,
    value_at,
)
from autograder.answers.scalars import ONE, ZERO, Scalar
from autograder.answers.units import AND, OR, XOR, Vector, order, truth_table, weighted_sum

# --- threshold units


def unit(
    wanted: dict[Vector, bool], other: dict[Vector, bool], name: str
) -> Callable[[list[Any], Parameters], FormFinding]:
    """Return the test for a unit that fires where it is `wanted`; `other` is called `name`."""

    def test(parts: list[Any], parameters: Parameters) -> FormFinding:
        weights, bias = parts
        sized("w", weights, 2)
        sums = truth_table(lambda x: weighted_sum(weights, x, bias))
        fires = {x: order(value) >= 0 for x, value in sums.items()}
        wrong = [x for x in fires if fires[x] != wanted[x]]
        if not wrong:
            return HOLDS
        if all(order(sums[x]) == 0 for x in wrong):
            return fails(
                "design.fires_at_zero",
                "Somewhere your sum is exactly 0 where the unit must stay silent. At 0 it fires.",
            )
        if fires == other:
            return fails("design.other_gate", f"Your unit computes {name}. Check each row.")
        if all(fires[x] for x in wrong):
            return fails("design.fires_too_often", "Your unit fires at an input where it must not.")
        if not any(fires[x] for x in wrong):
            return fails("design.fires_too_rarely", "Your unit is silent where it must fire.")
        return fails("design.wrong_table", "Go through the four inputs one by one.")

    return test


# --- why no threshold unit computes XOR

_RELATIONS = {">=": 1, "≥": 1, ">": 1, "<=": -1, "≤": -1, "<": -1}
_UNKNOWNS = ("w1", "w2", "b")
# the ways to say "fires" and "is silent": (bound, strict) for each
_CONVENTIONS: dict[str, tuple[tuple[int, bool], tuple[int, bool]]] = {
    "fires at 0": ((0, False), (0, True)),
    "fires above 0": ((0, True), (0, False)),
    "at least 1": ((1, False), (0, False)),
}


@dataclass(frozen=True)
class _Inequality:
    """coefficients · (w1, w2, b) + constant >= 0, or > 0 where `strict`."""

    coefficients: Vector
    constant: Scalar
    strict: bool
    turned: bool  # it was typed with < or <=


def four_inequalities(parts: list[Any], parameters: Parameters) -> FormFinding:
    """Check a proof that no unit computes XOR: four inequalities and what to add them with."""
    typed, factors = parts
    if not isinstance(typed, Tuple) or len(typed.items) != 4:
        raise FormError("four inequalities are asked for")
    rows = [_inequality(row) for row in typed.items]
    sized("multipliers", factors, 4)
    if not any(_are_those_of_xor(rows, name) for name in _CONVENTIONS):
        return fails(
            "design.wrong_inequality",
            "One of your inequalities is not what XOR asks at its input, or one input is missing.",
        )
    signs = [order(factor) for factor in factors]
    turned = [sign * (-1 if row.turned else 1) for sign, row in zip(signs, rows, strict=True)]
    if min(turned) >= 0 or max(turned) <= 0:
        factors = tuple(abs(factor) for factor in factors)  # typed for the sums as they stand
    elif any(sign < 0 for sign in signs):
        return fails(
            "design.negative_multiplier",
            "Multiplying by a negative number turns an inequality round.",
        )
    left = [weighted_sum(factors, [row.coefficients[k] for row in rows], ZERO) for k in range(3)]
    if any(order(value) != 0 for value in left):
        return fails("design.unknowns_left", "In your sum some of w1, w2 and b do not cancel.")
    constant = order(weighted_sum(factors, [row.constant for row in rows], ZERO))
    strict = any(row.strict and sign != 0 for row, sign in zip(rows, signs, strict=True))
    if constant < 0 or (constant == 0 and strict):
        return HOLDS
    return fails("design.no_contradiction", "What you add up to is no contradiction.")


def _inequality(tree: Tree) -> _Inequality:
    if not isinstance(tree, Compare) or tree.operator not in _RELATIONS:
        raise FormError("an inequality with <, <=, > or >= is asked for")
    turned = _RELATIONS[tree.operator] < 0

    def value(*numbers: int) -> Scalar:
        point = dict(zip(_UNKNOWNS, map(Fraction, numbers), strict=True))
        try:
            sides = [value_at(side, point) for side in (tree.left, tree.right)]
        except LookupError:
            raise FormError("an inequality is in w1, w2 and b only") from None
        if any(type(side) is not Fraction for side in sides):
            raise FormError("an inequality is linear in w1, w2 and b")
        difference = sides[0] - sides[1]
        return -difference if turned else difference

    constant = value(0, 0, 0)
    coefficients = (
        value(1, 0, 0) - constant,
        value(0, 1, 0) - constant,
        value(0, 0, 1) - constant,
    )
    for point in ((3, -7, 11), (-13, 5, 2), (17, 19, -23)):
        if value(*point) != weighted_sum(coefficients, [*map(Fraction, point)], constant):
            raise FormError("an inequality is linear in w1, w2 and b")
    return _Inequality(coefficients, constant, tree.operator in ("<", ">"), turned)


def _are_those_of_xor(rows: Sequence[_Inequality], convention: str) -> bool:
    """Tell whether the rows are the four that XOR asks for, each up to a positive factor."""
    fires, silent = _CONVENTIONS[convention]
    left = list(rows)
    for x, on in XOR.items():
        bound, strict = fires if on else silent
        sign = 1 if on else -1
        wanted = (*(sign * value for value in (*x, ONE)), Fraction(-sign * bound))
        found = [
            row
            for row in left
            if row.strict is strict and _proportional((*row.coefficients, row.constant), wanted)
        ]
        if not found:
            return False
        left.remove(found[0])
    return True


def _proportional(given: Sequence[Scalar], wanted: Sequence[Scalar]) -> bool:
    """Tell whether given = c * wanted with c > 0."""
    place = next(place for place, value in enumerate(wanted) if value != 0)
    factor = given[place] / wanted[place]
    return factor > 0 and all(a == factor * b for a, b in zip(given, wanted, strict=True))


def respelled(answer: Any) -> Any:
    """Return a proof's rows [w1, w2, b, ">="] as inequalities; all else as it is."""
    if type(answer) is dict:
        return {name: _spelled(part) for name, part in answer.items()}
    if type(answer) in (tuple, list):
        return [_spelled(part) for part in answer]
    return answer


def _spelled(part: Any) -> Any:
    if type(part) not in (tuple, list):
        return part
    if len(part) == 4 and isinstance(part[3], str) and part[3] in _RELATIONS:
        one, two, three, relation = part
        if all(type(number) in (int, float, Fraction) for number in (one, two, three)):
            return f"({one})*w1 + ({two})*w2 + ({three})*b {relation} 0"
    return [_spelled(inner) for inner in part]


PREDICATES = {
    "and": Predicate({"w": LIST, "b": NUMBER}, unit(AND, OR, "OR")),
    "or": Predicate({"w": LIST, "b": NUMBER}, unit(OR, AND, "AND")),
    "four_inequalities": Predicate(
        {"inequalities": AS_READ, "multipliers": LIST}, four_inequalities, respell=respelled
    ),
}
