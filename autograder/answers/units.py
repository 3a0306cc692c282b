"""Small networks of threshold units and ReLUs, run exactly, and what they are to compute."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import TypeVar

from autograder.answers import scalars
from autograder.answers.scalars import ONE, ZERO, Scalar

Vector = tuple[Scalar, ...]
T = TypeVar("T")


def truth_table(function: Callable[[Vector], T], inputs: int = 2) -> dict[Vector, T]:
    """Return what `function` gives at every input of zeros and ones."""
    return {x: function(x) for x in product((ZERO, ONE), repeat=inputs)}


AND = truth_table(all)
OR = truth_table(any)
XOR = truth_table(lambda x: bool(x[0] != x[1]))


def weighted_sum(weights: Sequence[Scalar], values: Sequence[Scalar], bias: Scalar) -> Scalar:
    """Return what goes into a unit."""
    total = bias
    for weight, value in zip(weights, values, strict=True):
        total = scalars.add(total, scalars.mul(weight, value))
    return total


def order(value: Scalar, bound: Scalar = ZERO) -> int:
    """Return -1, 0 or 1 as a finite `value` is below, at or above `bound`."""
    found = scalars.compare(value, bound)
    assert found is not None  # parts are finite
    return found


def step(value: Scalar) -> Scalar:
    """Return 1 where a threshold unit fires, at 0 and above, and 0 below."""
    return ONE if order(value) >= 0 else ZERO


def layer(
    rows: Sequence[Vector],
    biases: Vector,
    x: Sequence[Scalar],
    activation: Callable[[Scalar], Scalar] = scalars.relu,
) -> list[Scalar]:
    """Return the outputs of a layer of units, one a row of weights."""
    pairs = zip(rows, biases, strict=True)
    return [activation(weighted_sum(row, x, bias)) for row, bias in pairs]
