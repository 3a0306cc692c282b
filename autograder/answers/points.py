"""Secret points at which an answer must agree with the reference: all cases, several each."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from studentkit.notation import Reading
from studentkit.notation.tree import Apply, Number, Tree, Tuple

from autograder.answers import scalars
from autograder.answers.evaluate import (
    Activation,
    Budget,
    Several,
    Value,
    entries,
    evaluate,
    is_finite,
    uses_activation,
)
from autograder.answers.questions import Question, QuestionError
from autograder.answers.scalars import Scalar

_PRIMES = (101, 127, 149, 173, 197, 227, 251, 277)
_TRIES = 40  # random points for one that counts
_NEEDED = 4  # points of a case
_FEW = 3  # where there are many cases
_MANY_CASES = 4
_SCALARS = {"real": (-4, 4), "scalar": (-4, 4), "pos": (0, 4), "unit": (0, 1)}
_RELATIVE = scalars.MP.mpf(10) ** -30
_LONG = 15  # significant digits by which a decimal number stands for the nearest double


@dataclass
class Prepared:
    """A question at its points: where it is asked, and what is right there."""

    question: Question
    activation: Activation
    cases: list[int] = field(default_factory=list)  # of each point, its case
    points: list[Mapping[str, Value]] = field(default_factory=list)
    reference: list[Value] = field(default_factory=list)
    _known: dict[int, list[Value]] = field(default_factory=dict)

    def values(self, tree: Tree, budget: Budget | None = None) -> list[Value]:
        """Return the values of `tree` at all points; raises OverweightError."""
        budget = budget or Budget()
        return [evaluate(tree, point, self.activation, budget) for point in self.points]

    def known(self, reading: Reading) -> list[Value]:
        """Return the values of one of the author's own readings, computed once."""
        if id(reading) not in self._known:
            self._known[id(reading)] = self.values(reading.tree)
        return self._known[id(reading)]

    def agreement(self, tree: Tree, values: Sequence[Value], right: Sequence[Value]) -> list[bool]:
        """Tell for each point whether `values`, those of `tree`, are those of `right`."""
        question = self.question
        decimals = question.kind in ("number", "tuple")
        return [
            _same(tree if decimals else None, one, other, question.rtol, _scale(other))
            for one, other in zip(values, right, strict=True)
        ]


@lru_cache(maxsize=1024)
def prepare(question: Question) -> Prepared:
    """Return `question` at its points, the same ones in every run.

    Raises QuestionError where the reference has a value at too few of them.
    """
    trees = [question.reference.tree, *(reading.tree for _, reading in question.defs)]
    trees += [reading.tree for reading in question.accept]
    abstract = question.sigma == "abstract" or (
        question.sigma != "logistic" and any(map(uses_activation, trees))
    )
    prepared = Prepared(question, Activation(abstract, question.seed))
    _check_names(question)
    free = [name for name in question.names.vars if name not in question.names.sizes]
    signed = any(question.names.vars[name] in ("real", "scalar") for name in free)
    needed = _FEW if len(question.cases) >= _MANY_CASES and not signed else _NEEDED
    if not free:
        needed = 1
    chance = random.Random(f"points {question.seed}")
    for number, case in enumerate(question.cases):
        found = 0
        for attempt in range(_TRIES if free else 1):
            point = _point(question, case, chance, found if attempt < 2 * needed else attempt)
            try:
                _define(question, point, prepared.activation)
                value = evaluate(question.reference.tree, point, prepared.activation)
            except LookupError as error:
                raise QuestionError(f"{question.id}: nothing gives a value to {error}") from None
            if not is_finite(value):
                continue
            prepared.cases.append(number)
            prepared.points.append(point)
            prepared.reference.append(value)
            found += 1
            if found == needed:
                break
        if found < needed:
            said = ", ".join(f"{name} = {value}" for name, value in case.items())
            raise QuestionError(
                f"{question.id}: the reference has a real, finite value at {found} of "
                f"{needed} points needed{f' where {said}' if said else ''}"
            )
    return prepared


def same(one: Value, other: Value) -> bool:
    """Tell whether two values of the same shape agree to what 50 digits can tell."""
    return _same(None, one, other, Fraction(0), _scale(other))


def _check_names(question: Question) -> None:
    given = {*question.names.vars, *question.names.sizes, *(name for name, _ in question.defs)}
    given.update(question.cases[0])
    for name in question.names.names:
        if name not in given:
            raise QuestionError(f"{question.id}: {name} is a name, but nothing gives it a value")


def _point(
    question: Question, case: Mapping[str, Fraction], chance: random.Random, number: int
) -> dict[str, Value]:
    point: dict[str, Value] = {name: Fraction(size) for name, size in question.names.sizes.items()}
    bit = 0
    for name, kind in question.names.vars.items():
        if name in point:
            continue
        shape = question.names.shapes[name]
        below = chance.choice(_PRIMES)
        if shape:
            rows, columns = shape
            point[name] = tuple(
                tuple(_number(chance, below, -4, 4) for _ in range(columns)) for _ in range(rows)
            )
        elif kind in _SCALARS:
            low, high = _SCALARS[kind]
            value = _number(chance, below, low, high)
            if low < 0:  # every combination of signs comes up
                value = abs(value) * (-1 if number >> bit & 1 else 1)
                bit += 1
            point[name] = value
        else:
            raise QuestionError(f"{question.id}: {name} has the unknown kind {kind}")
    point.update(case)
    return point


def _number(chance: random.Random, below: int, low: int, high: int) -> Fraction:
    while True:
        above = chance.randint(low * below + 1, high * below - 1)
        if above % below and abs(above) > 5:
            return Fraction(above, below)


def _define(question: Question, point: dict[str, Value], activation: Activation) -> None:
    for name, reading in question.defs:
        value = evaluate(reading.tree, point, activation)
        if reading.shape != question.names.shapes[name]:
            raise QuestionError(
                f"{question.id}: {name} is declared as {question.names.shapes[name]} and "
                f"defined as {reading.shape}"
            )
        point[name] = value


def _scale(value: Value) -> Scalar:
    """Return how large numbers are here: what is as good as 0 beside them counts as 0."""
    size = max(
        (abs(number) for number in entries(value) if scalars.is_finite(number)),
        key=scalars.wide,
        default=scalars.ONE,
    )
    return size if size != 0 else scalars.ONE


def _same(tree: Tree | None, one: Value, other: Value, rtol: Fraction, scale: Scalar) -> bool:
    if isinstance(one, Several) or isinstance(other, Several):
        if not (isinstance(one, Several) and isinstance(other, Several)):
            return False
        if len(one.items) != len(other.items):
            return False
        trees = tree.items if isinstance(tree, Tuple) else (None,) * len(one.items)
        return all(
            _same(part, a, b, rtol, _scale(b))
            for part, a, b in zip(trees, one.items, other.items, strict=True)
        )
    if type(one) is tuple or type(other) is tuple:
        if type(one) is not type(other) or len(one) != len(other):
            return False
        return all(
            len(row) == len(line)
            and all(_close(a, b, rtol, scale) for a, b in zip(row, line, strict=True))
            for row, line in zip(one, other, strict=True)
        )
    if _close(one, other, rtol, scale):
        return True
    return tree is not None and _stands_for_a_double(tree) and float(one) == float(other)


def _close(one: Scalar, other: Scalar, rtol: Fraction, scale: Scalar) -> bool:
    if not (scalars.is_finite(one) and scalars.is_finite(other)):
        return False
    if type(one) is Fraction and type(other) is Fraction:
        return one == other or (rtol > 0 and abs(one - other) <= rtol * abs(other))
    one, other = scalars.wide(one), scalars.wide(other)
    allowed = _RELATIVE * max(abs(one), abs(other), scalars.wide(scale))
    if rtol:
        allowed = max(allowed, scalars.wide(rtol) * abs(other))
    return bool(abs(one - other) <= allowed)


def typed_number(tree: Tree) -> Number | None:
    """Return the number that was typed, without its sign; None where it is anything else."""
    while isinstance(tree, Apply) and tree.operator == "neg":
        tree = tree.args[0]
    return tree if isinstance(tree, Number) else None


def _stands_for_a_double(tree: Tree) -> bool:
    """Tell whether a number is written with as many digits as Python prints."""
    number = typed_number(tree)
    if number is None:
        return False
    mantissa = number.typed.lower().partition("e")[0]
    if "." not in mantissa or "%" in mantissa:
        return False
    return len(mantissa.replace(".", "").replace("_", "").lstrip("0")) >= _LONG
