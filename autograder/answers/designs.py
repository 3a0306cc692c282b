"""Designs, run or tested exactly: units, small networks, a padding and a stride, a proof."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

from studentkit.notation import Reading
from studentkit.notation.tree import Compare, Record, Tree, Tuple

from autograder.answers import scalars
from autograder.answers.evaluate import (
    Activation,
    Budget,
    OverweightError,
    Several,
    Value,
    evaluate,
    is_finite,
)
from autograder.answers.scalars import ONE, ZERO, Scalar

Parameters = Mapping[str, Any]
Vector = tuple[Scalar, ...]

_PLAIN = Activation(False, "")
_INPUTS = tuple(product((ZERO, ONE), repeat=2))
_MAX_UNITS = 50


class FormError(Exception):
    """A design that does not have the parts it should have; the message says which."""


@dataclass(frozen=True)
class FormFinding:
    """Whether a design does what is asked, and what it does instead where that is known."""

    holds: bool
    mistake: str = ""
    hint: str = ""


HOLDS = FormFinding(True)


@dataclass(frozen=True)
class Predicate:
    """A kind of design: the names of its parts, how each is nested, and the exact test."""

    fields: tuple[str, ...]
    levels: tuple[int, ...]  # 0 a number, 1 a list, 2 a list of rows
    test: Callable[[list[Any], Parameters], FormFinding]
    parameters: frozenset[str] = frozenset()


def decide(predicate: str, reading: Reading, parameters: Parameters) -> FormFinding:
    """Tell whether a design satisfies `predicate`; raises FormError, OverweightError, KeyError."""
    if predicate == "four_inequalities":
        return _four_inequalities(reading.tree, parameters)
    kind = PREDICATES[predicate]
    return kind.test(_parts(kind, reading.tree), parameters)


def normal_form(predicate: str, reading: Reading) -> Any:
    """Return what makes two designs the same one, None where there is no such thing."""
    try:
        if predicate == "four_inequalities":
            return reading.tree
        return _parts(PREDICATES[predicate], reading.tree)
    except (FormError, OverweightError):
        return None


def respelled(predicate: str, answer: Any) -> Any:
    """Return a proof's rows [w1, w2, b, ">="] as inequalities; all else as it is."""
    if predicate != "four_inequalities" or type(answer) not in (tuple, list, dict):
        return answer
    if type(answer) is dict:
        return {name: respelled(predicate, [part])[0] for name, part in answer.items()}
    return [_spelled(part) for part in answer]


def _spelled(part: Any) -> Any:
    if type(part) not in (tuple, list):
        return part
    if len(part) == 4 and isinstance(part[3], str) and part[3] in _RELATIONS:
        one, two, three, relation = part
        if all(type(number) in (int, float, Fraction) for number in (one, two, three)):
            return f"({one})*w1 + ({two})*w2 + ({three})*b {relation} 0"
    return [_spelled(inner) for inner in part]


# --- parts


def _parts(kind: Predicate, tree: Tree) -> list[Any]:
    """Return the values of a design's parts, nested as `levels` says."""
    trees = _items(kind.fields, tree)
    made = []
    for name, part, level in zip(kind.fields, trees, kind.levels, strict=True):
        try:
            value = evaluate(part, {}, _PLAIN, Budget())
        except LookupError:
            raise FormError(f"{name} has to be made of numbers") from None
        if not is_finite(value):
            raise FormError(f"{name} holds what is no number")
        made.append(_nested(name, value, level))
    return made


def _items(fields: Sequence[str], tree: Tree) -> list[Tree]:
    if isinstance(tree, Record):
        spelled = {field.lower(): field for field in fields}
        given = {spelled.get(name.lower(), name): part for name, part in tree.items}
        if set(given) != set(fields):
            raise FormError(f"the parts are called {', '.join(fields)}")
        return [given[name] for name in fields]
    if not isinstance(tree, Tuple) or len(tree.items) != len(fields):
        raise FormError(f"{len(fields)} parts are asked for: {', '.join(fields)}")
    return list(tree.items)


def _nested(name: str, value: Value, level: int) -> Any:
    """Return a part as a number, a vector or a matrix; [[1, 1]] will do for [1, 1] and so on."""
    if type(value) is tuple:
        value = Several(tuple(Several(tuple(row)) for row in value))
    if level == 0:
        while isinstance(value, Several) and len(value.items) == 1:
            value = value.items[0]
        if isinstance(value, Several):
            raise FormError(f"{name} is one number")
        return value
    if not isinstance(value, Several):
        value = Several((value,))
    rows = value.items
    if level == 1:
        if len(rows) == 1 and isinstance(rows[0], Several):
            rows = rows[0].items
        return tuple(_nested(name, row, 0) for row in rows)
    if not any(isinstance(row, Several) for row in rows):
        rows = (value,)  # a flat list is the only row
    if len({len(row.items) if isinstance(row, Several) else 0 for row in rows}) != 1:
        raise FormError(f"the rows of {name} are not equally long")
    return tuple(_nested(name, row, 1) for row in rows)


def _sized(name: str, value: Sequence[Any], size: int) -> None:
    if len(value) != size:
        raise FormError(f"{name} has {len(value)} entries where {size} are needed")


def _sum(weights: Sequence[Scalar], values: Sequence[Scalar], start: Scalar) -> Scalar:
    total = start
    for weight, value in zip(weights, values, strict=True):
        total = scalars.add(total, scalars.mul(weight, value))
    return total


def _above(value: Scalar, bound: Scalar = ZERO) -> int:
    order = scalars.compare(value, bound)
    assert order is not None  # parts are finite
    return order


# --- a convolution's padding and stride


def _padstride(parts: list[Any], parameters: Parameters) -> FormFinding:
    padding, stride = parts
    size, kernel = parameters.get("size", 64), parameters.get("kernel", 3)
    wanted = parameters.get("out", 32)

    def out(padding: int, stride: int) -> int:
        return int((size + 2 * padding - kernel) // stride + 1)

    whole = [type(part) is Fraction and part.denominator == 1 for part in parts]
    if not all(whole):
        return FormFinding(False, "design.no_whole_number", "Padding and stride are whole numbers.")
    if padding < 0 or stride < 1:
        return FormFinding(
            False, "design.out_of_range", "Padding is at least 0, stride at least 1."
        )
    if out(int(padding), int(stride)) == wanted:
        return HOLDS
    if stride >= 0 and padding >= 1 and out(int(stride), int(padding)) == wanted:
        return FormFinding(
            False, "design.swapped", "Padding and stride have changed places; read the form again."
        )
    return FormFinding(
        False, "design.wrong_side", "Put both into the formula and compute the side."
    )


# --- threshold units


def _gate(wanted: Callable[[Scalar, Scalar], bool], other: str) -> Callable[..., FormFinding]:
    def test(parts: list[Any], parameters: Parameters) -> FormFinding:
        weights, bias = parts
        _sized("w", weights, 2)
        sums = {x: _sum(weights, x, bias) for x in _INPUTS}
        fires = {x: _above(value) >= 0 for x, value in sums.items()}
        wrong = [x for x in _INPUTS if fires[x] != wanted(*x)]
        if not wrong:
            return HOLDS
        if all(_above(sums[x]) == 0 for x in wrong):
            return FormFinding(
                False,
                "design.fires_at_zero",
                "Somewhere your sum is exactly 0 where the unit must stay silent. At 0 it fires.",
            )
        if [fires[x] for x in _INPUTS] == [bool(_GATES[other](*x)) for x in _INPUTS]:
            return FormFinding(
                False, "design.other_gate", f"Your unit computes {other.upper()}. Check each row."
            )
        if all(fires[x] for x in wrong):
            return FormFinding(
                False, "design.fires_too_often", "Your unit fires at an input where it must not."
            )
        if not any(fires[x] for x in wrong):
            return FormFinding(
                False, "design.fires_too_rarely", "Your unit is silent where it must fire."
            )
        return FormFinding(False, "design.wrong_table", "Go through the four inputs one by one.")

    return test


def _and(a: Scalar, b: Scalar) -> bool:
    return bool(a and b)


def _or(a: Scalar, b: Scalar) -> bool:
    return bool(a or b)


def _xor(a: Scalar, b: Scalar) -> bool:
    return bool(a != b)


_GATES = {"and": _and, "or": _or, "xor": _xor}


# --- one hidden layer of ReLUs, linear output


def _relu(wanted: Callable[[Scalar, Scalar], bool], units: int) -> Callable[..., FormFinding]:
    def test(parts: list[Any], parameters: Parameters) -> FormFinding:
        weights, biases, outer, bias = parts
        if len(weights) > _MAX_UNITS:
            raise FormError(f"more than {_MAX_UNITS} hidden units")
        for row in weights:
            _sized("a row of W", row, 2)
        _sized("b", biases, len(weights))
        _sized("v", outer, len(weights))
        outputs = {}
        for x in _INPUTS:
            hidden = [
                scalars.relu(_sum(row, x, one)) for row, one in zip(weights, biases, strict=True)
            ]
            outputs[x] = _sum(outer, hidden, bias)
        wrong = []
        for x, output in outputs.items():
            right = _above(output, ONE) >= 0 if wanted(*x) else _above(output) == 0
            if not right:
                wrong.append(x)
        most = int(parameters.get("units", units))
        if not wrong:
            if len(weights) <= most:
                return HOLDS
            return FormFinding(
                False, "design.too_many_units", "It computes it, but fewer hidden units will do."
            )
        if all(wanted(*x) and _above(outputs[x]) > 0 for x in wrong):
            return FormFinding(
                False,
                "design.output_too_small",
                "Your output is positive where it should be, but not as large as is asked.",
            )
        if wrong == [(ZERO, ZERO)]:
            return FormFinding(
                False, "design.not_silent_at_rest", "Compute your output for the input (0, 0)."
            )
        if wrong == [(ONE, ONE)]:
            return FormFinding(
                False, "design.both_inputs", "Compute your output for the input (1, 1)."
            )
        return FormFinding(False, "design.wrong_table", "Go through the four inputs one by one.")

    return test


# --- descending order with threshold units


def _descending(parts: list[Any], parameters: Parameters) -> FormFinding:
    """Exact for real inputs: every hidden unit says that one pair is not descending.

    The region to accept is open with the four facets x_i = x_{i+1}, so each unit has one of them
    as its edge and must be on at the edge; any of them alone must then silence the output.
    """
    rows, biases, outer, bias = parts
    _sized("W1", rows, 4)
    for row in rows:
        _sized("a row of W1", row, 5)
    _sized("b1", biases, 4)
    _sized("w2", outer, 4)
    pairs = sorted(pair for pair in map(_pair_of, rows) if pair is not None)
    holds = (
        pairs == [0, 1, 2, 3]
        and all(_above(one) == 0 for one in biases)
        and _above(bias) >= 0
        and all(_above(scalars.add(one, bias)) < 0 for one in outer)
    )
    if holds:
        return HOLDS

    def says(x: Sequence[int | Fraction]) -> bool:
        given = [Fraction(value) for value in x]
        hidden = [
            ONE if _above(_sum(row, given, one)) >= 0 else ZERO
            for row, one in zip(rows, biases, strict=True)
        ]
        return _above(_sum(outer, hidden, bias)) >= 0

    large = all(says(x) == _is_descending(x) for x in _STRICT)
    ties = all(not says(x) for x in _TIES)
    if large and not ties:
        return FormFinding(
            False,
            "design.ties_accepted",
            "Right where all inputs differ. Try equal neighbours: at 0 a threshold unit fires.",
        )
    if large and ties:
        return FormFinding(
            False,
            "design.small_gap_missed",
            "Right for whole numbers. Real inputs can be as close to each other as one likes.",
        )
    if says((1, 2, 3, 4, 5)) and not says((5, 4, 3, 2, 1)):
        return FormFinding(
            False, "design.opposite_order", "Try 1, 2, 3, 4, 5 and then 5, 4, 3, 2, 1."
        )
    if says((5, 4, 3, 2, 1)) and any(says(x) for x in _ONE_VIOLATION):
        return FormFinding(
            False,
            "design.violation_passes",
            "Try an input with a single pair of neighbours out of order: it passes.",
        )
    return FormFinding(
        False, "design.wrong_order", "Try 5, 4, 3, 2, 1, then exchange two neighbours."
    )


def _pair_of(row: Vector) -> int | None:
    """Return i where the row is c * (e_{i+1} - e_i) with c > 0."""
    places = [place for place, value in enumerate(row) if _above(value) != 0]
    if len(places) != 2 or places[1] != places[0] + 1:
        return None
    first, second = row[places[0]], row[places[1]]
    if _above(second) > 0 and _above(scalars.add(first, second)) == 0:
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


def _four_inequalities(tree: Tree, parameters: Parameters) -> FormFinding:
    """Check a proof that no unit computes XOR: four inequalities and what to add them with."""
    rows_tree, factors_tree = _items(("inequalities", "multipliers"), tree)
    if not isinstance(rows_tree, Tuple) or len(rows_tree.items) != 4:
        raise FormError("four inequalities are asked for")
    rows = [_inequality(row) for row in rows_tree.items]
    factors = _nested("multipliers", evaluate(factors_tree, {}, _PLAIN, Budget()), 1)
    _sized("multipliers", factors, 4)
    if not is_finite(Several(factors)):
        raise FormError("multipliers holds what is no number")
    if not any(_are_those_of_xor(rows, name) for name in _CONVENTIONS):
        return FormFinding(
            False,
            "design.wrong_inequality",
            "One of your inequalities is not what XOR asks at its input, or one input is missing.",
        )
    signs = [_above(factor) for factor in factors]
    turned = [sign * (-1 if row.turned else 1) for sign, row in zip(signs, rows, strict=True)]
    if min(turned) >= 0 or max(turned) <= 0:
        factors = tuple(abs(factor) for factor in factors)  # typed for the sums as they stand
    elif any(sign < 0 for sign in signs):
        return FormFinding(
            False,
            "design.negative_multiplier",
            "Multiplying by a negative number turns an inequality round.",
        )
    left = [_sum(factors, [row.coefficients[k] for row in rows], ZERO) for k in range(3)]
    if any(_above(value) != 0 for value in left):
        return FormFinding(
            False, "design.unknowns_left", "In your sum some of w1, w2 and b do not cancel."
        )
    constant = _above(_sum(factors, [row.constant for row in rows], ZERO))
    strict = any(row.strict and sign != 0 for row, sign in zip(rows, signs, strict=True))
    if constant < 0 or (constant == 0 and strict):
        return HOLDS
    return FormFinding(False, "design.no_contradiction", "What you add up to is no contradiction.")


def _inequality(tree: Tree) -> _Inequality:
    if not isinstance(tree, Compare) or tree.operator not in _RELATIONS:
        raise FormError("an inequality with <, <=, > or >= is asked for")
    turned = _RELATIONS[tree.operator] < 0

    def value(*numbers: int) -> Scalar:
        point = dict(zip(_UNKNOWNS, map(Fraction, numbers), strict=True))
        try:
            sides = [evaluate(side, point, _PLAIN, Budget()) for side in (tree.left, tree.right)]
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
        if value(*point) != _sum(coefficients, [Fraction(number) for number in point], constant):
            raise FormError("an inequality is linear in w1, w2 and b")
    return _Inequality(coefficients, constant, tree.operator in ("<", ">"), turned)


def _are_those_of_xor(rows: Sequence[_Inequality], convention: str) -> bool:
    """Tell whether the rows are the four that XOR asks for, each up to a positive factor."""
    fires, silent = _CONVENTIONS[convention]
    left = list(rows)
    for x in _INPUTS:
        bound, strict = fires if _xor(*x) else silent
        sign = 1 if _xor(*x) else -1
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


def _proof(parts: list[Any], parameters: Parameters) -> FormFinding:
    raise AssertionError("inequalities are no numbers")


_NETWORK = ("W", "b", "v", "c")
PREDICATES = {
    "padstride": Predicate(
        ("padding", "stride"), (0, 0), _padstride, frozenset(("size", "kernel", "out"))
    ),
    "and": Predicate(("w", "b"), (1, 0), _gate(_and, "or")),
    "or": Predicate(("w", "b"), (1, 0), _gate(_or, "and")),
    "relu_or": Predicate(_NETWORK, (2, 1, 1, 0), _relu(_or, 1), frozenset(("units",))),
    "relu_xor": Predicate(_NETWORK, (2, 1, 1, 0), _relu(_xor, 2), frozenset(("units",))),
    "desc": Predicate(("W1", "b1", "w2", "b2"), (2, 1, 1, 0), _descending),
    "four_inequalities": Predicate(("inequalities", "multipliers"), (1, 1), _proof),
}
