"""Designs: whatever satisfies the exact test is right, whatever does not is not."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations, product
from typing import Any

import numpy as np
import pytest
from asked import PROOF, ask
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.answers.judge import judge

SMALL = st.fractions(min_value=-4, max_value=4, max_denominator=4)
CORNERS = list(product((0, 1), repeat=2))


def design(predicate: str, reference: str, **parameters: Any) -> Any:
    """Return a question of this predicate."""
    return ask(reference, "design", key={"predicate": predicate, "parameters": parameters})


AND, OR = design("and", "([1,1],-1.5)"), design("or", "([1,1],-0.5)")
RELU_OR = design("relu_or", "([[1,1]],[0],[1],0)")
RELU_XOR = design("relu_xor", "([[1,-1],[-1,1]],[0,0],[1,1],0)")
PADDING = design("padstride", "(1,2)")
ORDER = "([[-1,1,0,0,0],[0,-1,1,0,0],[0,0,-1,1,0],[0,0,0,-1,1]],[0,0,0,0],[-1,-1,-1,-1],0)"
DESCENDING = design("desc", ORDER)


@settings(deadline=None, max_examples=200)
@given(st.tuples(SMALL, SMALL), SMALL)
def test_a_threshold_unit_is_right_if_its_table_is(
    w: tuple[Fraction, Fraction], b: Fraction
) -> None:
    """It fires where w·x + b >= 0; all that counts is the truth table."""
    fires = {x: float(w[0] * x[0] + w[1] * x[1] + b) >= 0 for x in CORNERS}
    for question, gate in ((AND, all), (OR, any)):
        right = all(fires[x] == bool(gate(x)) for x in CORNERS)
        verdict = judge(question, (list(w), b))
        assert verdict.verdict == ("correct" if right else "wrong")
        assert right or verdict.mistake


def test_and_with_bias_minus_one_is_wrong() -> None:
    """At a single 1 the sum is exactly 0, and at 0 the unit fires."""
    assert judge(AND, "([1,1],-1)").mistake == "design.fires_at_zero"
    assert judge(OR, "([1,1],0)").mistake == "design.fires_at_zero"
    assert judge(AND, "([1,1],-2)").verdict == "correct"
    assert judge(OR, "([1,1],-1)").verdict == "correct"


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.tuples(SMALL, SMALL, SMALL, SMALL), min_size=1, max_size=3),
    st.sampled_from([Fraction(0), Fraction(1, 2)]),
)
def test_a_relu_network_is_right_if_its_outputs_are(units: list[Any], c: Fraction) -> None:
    """0 where the function is false, at least 1 where it is true, no more units than needed."""
    W = [list(unit[:2]) for unit in units]
    b, v = [unit[2] for unit in units], [unit[3] for unit in units]
    out = {
        x: c
        + sum(
            max(row[0] * x[0] + row[1] * x[1] + one, 0) * k
            for row, one, k in zip(W, b, v, strict=True)
        )
        for x in CORNERS
    }
    for question, most, true in ((RELU_OR, 1, any), (RELU_XOR, 2, lambda x: x[0] != x[1])):
        right = len(W) <= most and all(out[x] >= 1 if true(x) else out[x] == 0 for x in CORNERS)
        assert judge(question, (W, b, v, c)).verdict == ("correct" if right else "wrong")


@given(
    st.fractions(min_value=1, max_value=9, max_denominator=40),
    st.fractions(min_value=1, max_value=9, max_denominator=40),
    st.fractions(min_value=-9, max_value=0, max_denominator=40),
)
@settings(deadline=None, max_examples=60)
def test_the_family_of_or_networks_is_accepted(w1: Fraction, w2: Fraction, b: Fraction) -> None:
    """One unit with b <= 0 and w_i + b >= 1 computes OR."""
    right = w1 + b >= 1 and w2 + b >= 1
    assert judge(RELU_OR, ([[w1, w2]], [b], [1], 0)).verdict == ("correct" if right else "wrong")


def test_padding_and_stride_by_the_formula() -> None:
    """Every pair of whole numbers that gives a side of 32, and no other."""
    for padding, stride in product(range(-1, 40), range(8)):
        right = padding >= 0 and stride >= 1 and (64 + 2 * padding - 3) // stride + 1 == 32
        assert judge(PADDING, (padding, stride)).verdict == ("correct" if right else "wrong")
    assert judge(PADDING, (1.5, 2)).mistake == "design.no_whole_number"
    assert judge(PADDING, "(2, 1)").mistake == "design.swapped"
    other = design("padstride", "(0,1)", size=20, kernel=8, out=13)
    assert judge(other, (0, 1)).verdict == "correct"


def run_descending(parts: Any, x: Any) -> bool:
    """Run such a network with plain fractions."""
    W, b, w2, b2 = parts
    hidden = [
        int(sum(Fraction(w) * v for w, v in zip(row, x, strict=True)) + Fraction(one) >= 0)
        for row, one in zip(W, b, strict=True)
    ]
    return sum(Fraction(k) * h for k, h in zip(w2, hidden, strict=True)) + Fraction(b2) >= 0


@settings(deadline=None, max_examples=25)
@given(
    st.permutations(range(4)),
    st.lists(
        st.fractions(min_value=Fraction(1, 8), max_value=5, max_denominator=40),
        min_size=4,
        max_size=4,
    ),
    st.fractions(min_value=0, max_value=2, max_denominator=40),
    st.lists(
        st.fractions(min_value=Fraction(1, 8), max_value=3, max_denominator=40),
        min_size=4,
        max_size=4,
    ),
)
def test_every_accepted_order_network_is_right(
    order: list[int], scales: list[Fraction], b2: Fraction, extra: list[Fraction]
) -> None:
    """The whole family passes; each member is right for all small integers and small gaps."""
    W = [[Fraction(0)] * 5 for _ in range(4)]
    for row, pair, c in zip(W, order, scales, strict=True):
        row[pair], row[pair + 1] = -c, c
    parts = (W, [0] * 4, [-b2 - one for one in extra], b2)
    assert judge(DESCENDING, parts).verdict == "correct"
    tiny = Fraction(1, 10**12)
    inputs = [*product(range(3), repeat=5), *permutations(range(5))]
    inputs += [(4, 3, 2, 1, 1 - tiny), (4, 3, 2, 2 - tiny, 2), (4, 4 - tiny, 3, 2, 1)]
    for x in inputs:
        wanted = all(x[k] > x[k + 1] for k in range(4))
        assert run_descending(parts, x) == wanted


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        ({"b1": [-1e-9] * 4, "W": 1, "w2": [1] * 4, "b2": -4}, "design.small_gap_missed"),
        ({"W": 1, "w2": [1] * 4, "b2": -4}, "design.ties_accepted"),
        ({"W": 1}, "design.opposite_order"),
        ({"b2": 1}, "design.violation_passes"),
        ({"b2": -0.5}, "design.wrong_order"),
        ({"w2": [-1, -1, -1, 1]}, "design.violation_passes"),
    ],
)
def test_wrong_order_networks_are_told_apart(change: dict[str, Any], mistake: str) -> None:
    """Ties, small gaps, the opposite order and a violation that passes."""
    sign = change.get("W", -1)
    W = [[sign * ((k == i) - (k == i + 1)) for k in range(5)] for i in range(4)]
    parts = (W, change.get("b1", [0] * 4), change.get("w2", [-1] * 4), change.get("b2", 0))
    verdict = judge(DESCENDING, parts)
    assert (verdict.verdict, verdict.mistake) == ("wrong", mistake)


@pytest.mark.parametrize(
    "answer",
    [
        "1",
        "(1, 2, 3)",
        "([1,1,1],-1)",
        "([1],-1)",
        "([1,1],[-1,1])",
        {"w": [1, 1]},
        {"a": 1, "b": 2},
        (np.zeros((2, 2)), 1),
    ],
)
def test_a_design_of_another_form_is_unreadable(answer: Any) -> None:
    """It costs nothing, and the form is said."""
    verdict = judge(AND, answer)
    assert verdict.verdict == "unreadable"
    assert verdict.message


ROWS = ("b < 0", "w2 + b >= 0", "w1 + b >= 0", "w1 + w2 + b < 0")
XOR = ask(f"(({', '.join(ROWS)}), (1, 1, 1, 1))", "design", **PROOF)


@pytest.mark.parametrize(
    "answer",
    [
        (ROWS, (1, 1, 1, 1)),
        (ROWS, (2, 2, 2, 2)),
        (ROWS, (1, -1, -1, 1)),
        (ROWS, (-1, 1, 1, -1)),
        (("0 > b", "2*w2 >= -2*b", "w1 >= -b", "-w1 - w2 > b"), (2, 1, 2, 2)),
        (([0, 0, 1, "<"], [0, 1, 1, ">="], [1, 0, 1, ">="], [1, 1, 1, "<"]), [1, 1, 1, 1]),
        (("b <= 0", "w2 + b > 0", "w1 + b > 0", "w1 + w2 + b <= 0"), (1, 1, 1, 1)),
        (("b <= 0", "w2 + b >= 1", "w1 + b >= 1", "w1 + w2 + b <= 0"), (1, 1, 1, 1)),
        f"(({', '.join(reversed(ROWS))}), (1, 1, 1, 1))",
        {"inequalities": list(ROWS), "multipliers": [1, 1, 1, 1]},
    ],
)
def test_a_proof_that_xor_is_out_of_reach_is_verified(answer: Any) -> None:
    """Any scaling, order, direction and notation, in each of the usual conventions."""
    verdict = judge(XOR, answer)
    assert verdict.verdict == "correct", verdict


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (
            (("b < 0", "w2 + b >= 0", "w1 + b >= 0", "w1 + w2 + b >= 0"), (1, 1, 1, 1)),
            "design.wrong_inequality",
        ),
        (((ROWS[0], ROWS[1], ROWS[1], ROWS[3]), (1, 1, 1, 1)), "design.wrong_inequality"),
        ((("b <= 0", *ROWS[1:]), (1, 1, 1, 1)), "design.wrong_inequality"),
        (
            (("b <= 0", ROWS[1], ROWS[2], "w1 + w2 + b <= 0"), (1, 1, 1, 1)),
            "design.wrong_inequality",
        ),
        ((ROWS, (1, 1, 1, 0)), "design.unknowns_left"),
        ((ROWS, (1, 1, 2, 1)), "design.unknowns_left"),
        ((ROWS, (-1, -1, -1, -1)), "design.negative_multiplier"),
        ((ROWS, (0, 0, 0, 0)), "design.no_contradiction"),
    ],
)
def test_a_proof_that_does_not_prove_is_refused(answer: Any, mistake: str) -> None:
    """The inequalities are those of XOR, and their sum contradicts."""
    verdict = judge(XOR, answer)
    assert (verdict.verdict, verdict.mistake) == ("wrong", mistake)


@pytest.mark.parametrize(
    "answer",
    [
        (ROWS, (1, 1, 1)),
        (ROWS[:3], (1, 1, 1)),
        (("b*b < 0", *ROWS[1:]), (1, 1, 1, 1)),
        (("b = 0", *ROWS[1:]), (1, 1, 1, 1)),
        "1",
        (("sin(b) < 0", *ROWS[1:]), (1, 1, 1, 1)),
        (ROWS, ("w1", 1, 1, 1)),
    ],
)
def test_what_is_no_proof_at_all_is_unreadable(answer: Any) -> None:
    """Four linear inequalities and four numbers."""
    assert judge(XOR, answer).verdict == "unreadable"
