"""The design of `handmade_networks`: threshold units that tell whether inputs descend."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from autograder.answers import scalars
from autograder.answers.designs import (
    HOLDS,
    LIST,
    NUMBER,
    ROWS,
    FormFinding,
    Parameters,
    Predicate,
    fails,
    sized,
)
from autograder.answers.units import Vector, layer, order, step, weighted_sum


def descending(parts: list[Any], parameters: Parameters) -> FormFinding:
    """Exact for real inputs: every hidden unit says that one pair is not descending.

    The region to accept is open with the four facets x_i = x_{i+1}, so each unit has one of them
    as its edge and must be on at the edge; any of them alone must then silence the output.
    """
    rows, biases, outer, bias = parts
    sized("W1", rows, 4)
    for row in rows:
        sized("a row of W1", row, 5)
    sized("b1", biases, 4)
    sized("w2", outer, 4)
    pairs = sorted(pair for pair in map(_pair_of, rows) if pair is not None)
    holds = (
        pairs == [0, 1, 2, 3]
        and all(order(one) == 0 for one in biases)
        and order(bias) >= 0
        and all(order(scalars.add(one, bias)) < 0 for one in outer)
    )
    if holds:
        return HOLDS

    def says(x: Sequence[int | Fraction]) -> bool:
        hidden = layer(rows, biases, [Fraction(value) for value in x], step)
        return order(weighted_sum(outer, hidden, bias)) >= 0

    large = all(says(x) == _is_descending(x) for x in _STRICT)
    ties = all(not says(x) for x in _TIES)
    if large and not ties:
        return fails(
            "design.ties_accepted",
            "Right where all inputs differ. Try equal neighbours: at 0 a threshold unit fires.",
        )
    if large and ties:
        return fails(
            "design.small_gap_missed",
            "Right for whole numbers. Real inputs can be as close to each other as one likes.",
        )
    if says((1, 2, 3, 4, 5)) and not says((5, 4, 3, 2, 1)):
        return fails("design.opposite_order", "Try 1, 2, 3, 4, 5 and then 5, 4, 3, 2, 1.")
    if says((5, 4, 3, 2, 1)) and any(says(x) for x in _ONE_VIOLATION):
        return fails(
            "design.violation_passes",
            "Try an input with a single pair of neighbours out of order: it passes.",
        )
    return fails("design.wrong_order", "Try 5, 4, 3, 2, 1, then exchange two neighbours.")


def _pair_of(row: Vector) -> int | None:
    """Return i where the row is c * (e_{i+1} - e_i) with c > 0."""
    places = [place for place, value in enumerate(row) if order(value) != 0]
    if len(places) != 2 or places[1] != places[0] + 1:
        return None
    first, second = row[places[0]], row[places[1]]
    if order(second) > 0 and order(scalars.add(first, second)) == 0:
        return places[0]
    return None


def _is_descending(x: Sequence[int | Fraction]) -> bool:
    return all(a > b for a, b in pairwise(x))


_STRICT = (
    (5, 4, 3, 2, 1),
    (9, 7, 4, 1, -2),
    (1, 2, 3, 4, 5),
    (4, 5, 3, 2, 1),
    (5, 3, 4, 2, 1),
    (5, 4, 2, 3, 1),
    (5, 4, 3, 1, 2),
    (5, 4, 1, 2, 3),
    (3, 1, 5, 4, 2),
)
_TIES = ((5, 5, 3, 2, 1), (5, 4, 4, 2, 1), (5, 4, 3, 3, 1), (5, 4, 3, 2, 2), (1, 1, 1, 1, 1))
_ONE_VIOLATION = _STRICT[3:7]
PREDICATES = {
    "desc": Predicate({"W1": ROWS, "b1": LIST, "w2": LIST, "b2": NUMBER}, descending),
}
