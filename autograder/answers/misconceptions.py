"""Names what was confused in a wrong answer: the question's own mistakes, then general ones.

A hint says where to look. It never contains the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from studentkit.notation import Reading
from studentkit.notation.tree import Apply, Tree

from autograder.answers import scalars
from autograder.answers.designs import Predicate, normal_form
from autograder.answers.evaluate import (
    OverweightError,
    Several,
    Value,
    entries,
    is_finite,
    shape_of,
    transposed,
)
from autograder.answers.points import Prepared, same
from autograder.answers.questions import Question
from autograder.answers.rounding import rounded_too_far


@dataclass(frozen=True)
class Found:
    """A mistake that explains a wrong answer."""

    mistake: str
    hint: str


def diagnose(prepared: Prepared, reading: Reading, values: Sequence[Value]) -> Found | None:
    """Return the mistake that gives exactly these values in every case, or None."""
    return listed(prepared, reading, values) or general(prepared, reading, values)


def listed(prepared: Prepared, reading: Reading, values: Sequence[Value]) -> Found | None:
    """Return the question's own misconception that was met."""
    for one in prepared.question.misconceptions:
        assert one.reading is not None
        known = prepared.known(one.reading)
        agreed = prepared.agreement(reading.tree, values, known)
        undefined = [
            not is_finite(a) and not is_finite(b) and shape_of(a) == shape_of(b)
            for a, b in zip(values, known, strict=True)
        ]
        if any(agreed) and all(a or b for a, b in zip(agreed, undefined, strict=True)):
            return Found(one.id, one.hint)
    return None


def diagnose_design(question: Question, predicate: Predicate, reading: Reading) -> Found | None:
    """Return the listed misconception that is this very design."""
    given = normal_form(predicate, reading)
    for one in question.misconceptions:
        if one.reading is not None and given == normal_form(predicate, one.reading):
            return Found(one.id, one.hint)
    return None


def general(prepared: Prepared, reading: Reading, values: Sequence[Value]) -> Found | None:
    """Return a mistake that can be made in any question."""
    question, right = prepared.question, prepared.reference
    if question.kind in ("number", "tuple"):
        more = rounded_too_far(reading.tree, values[0], right[0], question.rtol)
        return Found("general.rounded", more) if more else _order(values, right)
    if question.kind != "expression" or not all(map(is_finite, values)):
        return None
    for find in (_transpose, _sign, _some_cases, _one_side, _terms, _factor):
        found = find(prepared, values, right)
        if found is not None:
            return found
    return None


def _transpose(prepared: Prepared, values: Sequence[Value], right: Sequence[Value]) -> Found | None:
    if not all(type(value) is tuple for value in (*values, *right)):
        return None
    if _all_same(values, [transposed(value) for value in right]):
        return Found(
            "general.transpose",
            "Your entries are right, but rows and columns have changed places. "
            "Read the convention on the layout again.",
        )
    return None


def _sign(prepared: Prepared, values: Sequence[Value], right: Sequence[Value]) -> Found | None:
    if _all_same(values, [_map(scalars.neg, value) for value in right]):
        return Found("general.sign", "Check the sign of the whole.")
    return None


def _some_cases(
    prepared: Prepared, values: Sequence[Value], right: Sequence[Value]
) -> Found | None:
    """Find answers that hold in some of the enumerated cases."""
    cases = prepared.question.cases
    agreed = prepared.agreement(prepared.question.reference.tree, values, right)
    holds = {
        number: all(ok for ok, case in zip(agreed, prepared.cases, strict=True) if case == number)
        for number in range(len(cases))
    }
    good = {number for number, ok in holds.items() if ok}
    if not good or len(good) == len(cases):
        return None
    if {"i", "j"} <= set(cases[0]):
        diagonal = {number for number, case in enumerate(cases) if case["i"] == case["j"]}
        if good == diagonal:
            return Found(
                "general.only_i_equals_j",
                "This is right only for i = j. Look at i ≠ j on its own.",
            )
        if good == set(holds) - diagonal:
            return Found(
                "general.only_i_differs_from_j",
                "This is right only for i ≠ j. Look at i = j on its own.",
            )
    for name in cases[0]:
        for value in dict.fromkeys(case[name] for case in cases):
            if good == {number for number, case in enumerate(cases) if case[name] == value}:
                return Found(
                    f"general.only_{name}_{value}".replace("/", "_over_").replace("-", "minus_"),
                    f"This is right only for {name} = {value}. Look at the other cases.",
                )
    return None


def _one_side(prepared: Prepared, values: Sequence[Value], right: Sequence[Value]) -> Found | None:
    """Find answers that hold only where a variable is positive, or only where it is negative."""
    agreed = prepared.agreement(prepared.question.reference.tree, values, right)
    if not any(agreed):
        return None
    for name, kind in prepared.question.names.vars.items():
        if kind not in ("real", "scalar"):
            continue
        positive = [point[name] > 0 for point in prepared.points]
        for side, word in ((True, "positive"), (False, "negative")):
            if agreed == [sign is side for sign in positive]:
                return Found(
                    f"general.only_{word}",
                    f"This is right only for {word} {name}. Look at the other side of 0.",
                )
    return None


def _terms(prepared: Prepared, values: Sequence[Value], right: Sequence[Value]) -> Found | None:
    """Find a term that is missing, or that has the wrong sign."""
    question = prepared.question
    for form in (question.reference, *question.accept):
        terms = top_terms(form.tree)
        if len(terms) < 2:
            continue
        for term in terms:
            try:
                parts = prepared.values(term)
            except OverweightError:
                continue
            if any(shape_of(part) not in ((), shape_of(one)) for part, one in zip(parts, right)):  # noqa: B905
                continue
            less = [_pair(scalars.sub, one, part) for one, part in zip(right, parts, strict=True)]
            if _all_same(values, less):
                return Found("general.missing_term", "A term is missing.")
            turned = [_pair(scalars.sub, one, part) for one, part in zip(less, parts, strict=True)]
            if _all_same(values, turned):
                return Found("general.sign_of_a_term", "Check the sign of each term.")
    return None


def _factor(prepared: Prepared, values: Sequence[Value], right: Sequence[Value]) -> Found | None:
    """Find a constant factor, the same at all points and in all entries."""
    if not prepared.question.names.vars:
        return None
    ratio = None
    for one, other in zip(values, right, strict=True):
        if shape_of(one) != shape_of(other):
            return None
        for a, b in zip(entries(one), entries(other), strict=True):
            if b == 0:
                if not same(a, b):
                    return None
                continue
            found = scalars.div(a, b)
            if found == 0 or (ratio is not None and not same(found, ratio)):
                return None
            ratio = found
    if ratio is None:
        return None
    return Found("general.constant_factor", "Yours differs by a constant factor.")


def _order(values: Sequence[Value], right: Sequence[Value]) -> Found | None:
    """Find the right numbers in another order."""
    for one, other in zip(values, right, strict=True):
        if not (isinstance(one, Several) and isinstance(other, Several)):
            return None
        mine, theirs = list(entries(one)), list(entries(other))
        if len(one.items) != len(other.items) or len(mine) != len(theirs):
            return None
        if not (is_finite(one) and is_finite(other)):
            return None
        pairs = zip(sorted(mine), sorted(theirs), strict=True)
        if not all(same(a, b) for a, b in pairs):
            return None
    return Found(
        "general.order",
        "The numbers are right, their order is not. Read the convention again.",
    )


def top_terms(tree: Tree, minus: bool = False) -> list[Tree]:
    """Return the terms of a sum, each with its sign."""
    match tree:
        case Apply("add" | "sub", (left, right)):
            other = minus != (tree.operator == "sub")
            return [*top_terms(left, minus), *top_terms(right, other)]
        case Apply("neg", (inner,)):
            return top_terms(inner, not minus)
    return [Apply("neg", (tree,)) if minus else tree]


def _map(function: Callable[[Fraction], Fraction], value: Value) -> Value:
    if type(value) is tuple:
        return tuple(tuple(map(function, row)) for row in value)
    return function(value)


def _pair(function: Callable[[Fraction, Fraction], Fraction], one: Value, other: Value) -> Value:
    if type(one) is not tuple:
        return function(one, other)
    grid = other if type(other) is tuple else ((other,) * len(one[0]),) * len(one)
    return tuple(tuple(map(function, row, line)) for row, line in zip(one, grid, strict=True))


def _all_same(values: Sequence[Value], right: Sequence[Value]) -> bool:
    return all(
        shape_of(one) == shape_of(other) and same(one, other)
        for one, other in zip(values, right, strict=True)
    )
