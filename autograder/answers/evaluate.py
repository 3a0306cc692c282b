"""Computes what a typed answer is worth at a point, exactly or to 50 digits, within a budget.

A value is a number (see `scalars`), an array as a tuple of rows, or `Several` of these.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from studentkit.notation.tree import (
    Apply,
    Cases,
    Compare,
    Constant,
    Index,
    Matrix,
    Name,
    Number,
    Record,
    Sum,
    Tree,
    Tuple,
    children,
)

from autograder.answers import scalars
from autograder.answers.scalars import NAN, ONE, ZERO, Scalar

Array: TypeAlias = tuple[tuple[Scalar, ...], ...]
Value: TypeAlias = Any  # Scalar, Array or Several

_COSTLY = frozenset(
    "exp log log2 log10 sqrt sin cos tan sinh cosh tanh softplus sigmoid sigma sigma_prime pow "
    "softmax softmax_rows norm".split()
)
_HOLDS: dict[str, Callable[[int], bool]] = {
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
    "==": lambda order: order == 0,
    "!=": lambda order: order != 0,
}
_MAX_ENTRIES = 64 * 64


class OverweightError(Exception):
    """An answer takes too much work to be evaluated; the message is for whoever typed it."""


@dataclass(frozen=True)
class Several:
    """The values of several answers, in order."""

    items: tuple[Value, ...]


class Budget:
    """Work that one answer may cause: about a microsecond a unit."""

    def __init__(self, units: int = 400_000) -> None:
        self.left = units

    def spend(self, units: int) -> None:
        """Take `units` away; raises OverweightError where none are left."""
        self.left -= units
        if self.left < 0:
            raise OverweightError("this takes too long to compute; write it more simply")


class Activation:
    """What `sigma` and `sigma_prime` mean: the logistic function, or two secret functions.

    Where a question leaves σ open, σ and σ′ are smooth functions that have nothing to do with
    each other, so that no identity of the logistic function holds: only what the chain rule says.
    """

    def __init__(self, abstract: bool, seed: str) -> None:
        self.abstract = abstract
        chance = random.Random(f"activation {seed}")
        self._a = [Fraction(chance.randint(300, 900), 701) for _ in range(8)]

    def value(self, a: Scalar) -> Scalar:
        """Return sigma(a)."""
        if not self.abstract:
            return scalars.sigmoid(a)
        one, two, three, four, *_ = self._a
        inner = scalars.add(scalars.mul(one, a), two)
        return scalars.add(scalars.mul(three, scalars.tanh(inner)), scalars.mul(four, a))

    def slope(self, a: Scalar) -> Scalar:
        """Return sigma_prime(a)."""
        if not self.abstract:
            value = scalars.sigmoid(a)
            return scalars.mul(value, scalars.sub(ONE, value))
        *_, one, two, three, four = self._a
        wave = scalars.ELEMENTWISE["sin"](scalars.add(scalars.mul(one, a), two))
        return scalars.mul(three, scalars.exp(scalars.mul(four, wave)))


def uses_activation(tree: Tree) -> bool:
    """Tell whether `tree` speaks of sigma or sigma_prime."""
    if isinstance(tree, Apply) and tree.operator in ("sigma", "sigma_prime"):
        return True
    return any(map(uses_activation, children(tree)))


def evaluate(
    tree: Tree, point: Mapping[str, Value], activation: Activation, budget: Budget | None = None
) -> Value:
    """Return the value of `tree` where `point` gives the value of every name.

    Raises OverweightError where the budget does not suffice, LookupError for a name without value.
    """
    try:
        return _Evaluator(point, activation, budget or Budget()).value(tree)
    except RecursionError:
        raise OverweightError("this is nested too deeply to be computed") from None


def shape_of(value: Value) -> tuple[int, ...]:
    """Return () for a number, (rows, columns) for an array."""
    return (len(value), len(value[0])) if type(value) is tuple else ()


def entries(value: Value) -> tuple[Scalar, ...]:
    """Return all numbers in a value, row by row."""
    if isinstance(value, Several):
        return tuple(number for item in value.items for number in entries(item))
    if type(value) is tuple:
        return tuple(number for row in value for number in row)
    return (value,)


def is_finite(value: Value) -> bool:
    """Tell whether all numbers in a value are real and finite."""
    return all(map(scalars.is_finite, entries(value)))


def transposed(value: Array) -> Array:
    """Return rows as columns."""
    return tuple(zip(*value, strict=True))


class _Evaluator:
    def __init__(self, point: Mapping[str, Value], activation: Activation, budget: Budget) -> None:
        self.point = dict(point)
        self.budget = budget
        self.elementwise = {
            **scalars.ELEMENTWISE,
            "sigma": activation.value,
            "sigma_prime": activation.slope,
            "not": lambda a: scalars.sub(ONE, a),
        }

    def value(self, tree: Tree) -> Value:
        self.budget.spend(1)
        match tree:
            case Number(value):
                return value
            case Name(name):
                return self.point[name]
            case Apply(operator, args):
                return self.apply(operator, args)
            case Constant(name):
                return +scalars.MP.e if name == "e" else +scalars.MP.pi
            case Index(base, indices):
                return self.entry(base, indices)
            case Sum(index, size, body):
                return self.summed(index, size, body)
            case Compare(operator, left, right):
                holds = _HOLDS[operator]
                return self.pairwise(
                    lambda a, b: _truth(scalars.compare(a, b), holds),
                    self.value(left),
                    self.value(right),
                )
            case Cases(branches, otherwise):
                return self.cases(branches, otherwise)
            case Matrix(rows):
                return _single(tuple(tuple(map(self.value, row)) for row in rows))
            case Tuple(items):
                return Several(tuple(map(self.value, items)))
            case Record(items):
                return Several(tuple(self.value(value) for _, value in items))
        raise AssertionError(tree)

    def apply(self, operator: str, args: tuple[Tree, ...]) -> Value:
        if operator in ("eye", "ones", "zeros"):
            return self.sized(operator, [self.value(arg) for arg in args])
        values = [self.value(arg) for arg in args]
        if any(isinstance(value, Several) for value in values):
            raise OverweightError("nothing can be computed with several answers in brackets")
        size = max(len(value) * len(value[0]) if type(value) is tuple else 1 for value in values)
        self.budget.spend(size * (12 if operator in _COSTLY else 1))
        if operator in self.elementwise:
            return _each(self.elementwise[operator], values[0])
        if operator in ("and", "or"):
            function = scalars.smaller if operator == "and" else scalars.larger
            return self.pairwise(function, *values)
        if operator in scalars.PAIRWISE:
            return self.pairwise(scalars.PAIRWISE[operator], *values)
        if operator == "matmul":
            return self.product(values[0], values[1])
        if operator == "delta":
            return _truth(scalars.compare(values[0], values[1]), _HOLDS["=="])
        return self.whole(operator, values[0])

    def whole(self, operator: str, value: Value) -> Value:
        """Apply a function of one array as a whole."""
        if type(value) is not tuple:
            value = ((value,),)
        numbers = [number for row in value for number in row]
        match operator:
            case "transpose":
                return _single(transposed(value))
            case "trace":
                return self.total([value[k][k] for k in range(min(len(value), len(value[0])))])
            case "diag":
                rows = range(len(numbers))
                return _single(
                    tuple(tuple(numbers[i] if i == j else ZERO for j in rows) for i in rows)
                )
            case "diagonal":
                size = min(len(value), len(value[0]))
                return _single(tuple((value[k][k],) for k in range(size)))
            case "softmax":
                shares = iter(self.softmax(numbers))
                return _single(tuple(tuple(next(shares) for _ in row) for row in value))
            case "softmax_rows":
                return _single(tuple(tuple(self.softmax(list(row))) for row in value))
            case "sum":
                return self.total(numbers)
            case "mean":
                return scalars.div(self.total(numbers), Fraction(len(numbers)))
            case "amax" | "amin":
                choose = scalars.larger if operator == "amax" else scalars.smaller
                best = numbers[0]
                for number in numbers[1:]:
                    best = choose(best, number)
                return best
            case "norm":
                return scalars.sqrt(self.total([scalars.mul(a, a) for a in numbers]))
            case "sum_down" | "mean_down" | "sum_across" | "mean_across":
                down = operator.endswith("down")
                lines = transposed(value) if down else value
                totals = [self.total(list(line)) for line in lines]
                if operator.startswith("mean"):
                    totals = [scalars.div(a, Fraction(len(lines[0]))) for a in totals]
                return _single((tuple(totals),) if down else tuple((a,) for a in totals))
        raise AssertionError(operator)

    def softmax(self, numbers: list[Scalar]) -> list[Scalar]:
        powers = [scalars.exp(number) for number in numbers]
        total = self.total(powers)
        return [scalars.div(one, total) for one in powers]

    def total(self, numbers: list[Scalar]) -> Scalar:
        self.budget.spend(len(numbers))
        result = numbers[0]
        for number in numbers[1:]:
            result = scalars.add(result, number)
        return result

    def product(self, left: Array, right: Array) -> Value:
        if type(left) is not tuple or type(right) is not tuple:
            return self.pairwise(scalars.mul, left, right)
        columns = transposed(right)
        self.budget.spend(len(left) * len(columns) * len(right) * 3)
        rows = []
        for row in left:
            made = []
            for column in columns:
                parts = [scalars.mul(a, b) for a, b in zip(row, column, strict=True)]
                made.append(self.total(parts))
            rows.append(tuple(made))
        return _single(tuple(rows))

    def pairwise(
        self, function: Callable[[Scalar, Scalar], Scalar], left: Value, right: Value
    ) -> Value:
        """Take two values entry by entry; a number, a row or a column repeats."""
        if type(left) is not tuple and type(right) is not tuple:
            return function(left, right)
        rows, columns = _common(shape_of(left), shape_of(right))
        self.budget.spend(rows * columns)
        first, second = _spread(left, rows, columns), _spread(right, rows, columns)
        return tuple(
            tuple(map(function, one, other)) for one, other in zip(first, second, strict=True)
        )

    def sized(self, operator: str, sizes: list[Scalar]) -> Value:
        if any(type(size) is not Fraction or size.denominator != 1 for size in sizes):
            return NAN
        rows = int(sizes[0])
        columns = int(sizes[-1])
        if rows < 1 or columns < 1 or rows * columns > _MAX_ENTRIES:
            raise OverweightError("an array here is too large")
        self.budget.spend(rows * columns)
        if operator == "eye":
            same = tuple(tuple(ONE if i == j else ZERO for j in range(rows)) for i in range(rows))
            return _single(same)
        return _single(((ONE if operator == "ones" else ZERO,) * columns,) * rows)

    def entry(self, base: Tree, indices: tuple[Tree, ...]) -> Value:
        array = self.value(base)
        places = [self.value(index) for index in indices]
        if type(array) is not tuple or any(type(place) is not Fraction for place in places):
            return NAN
        if any(place.denominator != 1 or place < 0 for place in places):
            return NAN
        numbers: Any = array
        if len(places) == 1:
            numbers = entries(array)
        for place in places:
            if place >= len(numbers):
                return NAN
            numbers = numbers[int(place)]
        return numbers

    def summed(self, index: str, size: int, body: Tree) -> Value:
        missing = object()
        before = self.point.get(index, missing)
        total: Value = None
        for number in range(size):
            self.point[index] = Fraction(number)
            value = self.value(body)
            total = value if total is None else self.pairwise(scalars.add, total, value)
        if before is missing:
            self.point.pop(index, None)
        else:
            self.point[index] = before
        return ZERO if total is None else total

    def cases(self, branches: tuple[tuple[Tree, Tree], ...], otherwise: Tree | None) -> Value:
        """Evaluate branches in order; one that cannot apply is not looked at."""
        if not branches:
            return NAN if otherwise is None else self.value(otherwise)
        (condition, value), *rest = branches
        truth = self.value(condition)
        if type(truth) is not tuple:
            if truth == 1:
                return self.value(value)
            return self.cases(tuple(rest), otherwise) if truth == 0 else NAN
        chosen, other = self.value(value), self.cases(tuple(rest), otherwise)
        shape = _common(shape_of(truth), shape_of(chosen))
        rows, columns = _common(shape, shape_of(other))
        self.budget.spend(rows * columns)
        grids = (_spread(grid, rows, columns) for grid in (truth, chosen, other))
        return tuple(
            tuple(
                b if a == 1 else c if a == 0 else NAN
                for a, b, c in zip(one, two, three, strict=True)
            )
            for one, two, three in zip(*grids, strict=True)
        )


def _truth(order: int | None, holds: Callable[[int], bool]) -> Scalar:
    if order is None:
        return NAN
    return ONE if holds(order) else ZERO


def _each(function: Callable[[Scalar], Scalar], value: Value) -> Value:
    if type(value) is tuple:
        return tuple(tuple(map(function, row)) for row in value)
    return function(value)


def _single(value: Array) -> Value:
    return value[0][0] if len(value) == 1 and len(value[0]) == 1 else value


def _common(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, int]:
    rows = max((shape[0] for shape in (a, b) if shape), default=1)
    columns = max((shape[1] for shape in (a, b) if shape), default=1)
    return rows, columns


def _spread(value: Value, rows: int, columns: int) -> Array:
    if type(value) is not tuple:
        return ((value,) * columns,) * rows
    found: Array = value
    if len(found[0]) != columns:
        found = tuple(row * columns for row in found)
    if len(found) != rows:
        found = found * rows
    return found
