"""Replies are compared by what they mean: rounding is no difference, everything else is."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autograder.core.mistakes import Mistake
from autograder.core.records import Call, Outcome, Status
from autograder.grading.diagnosis import replies
from autograder.grading.diagnosis.library import Replies
from autograder.grading.diagnosis.naming import explain
from autograder.grading.diagnosis.replies import Weight, canonical
from autograder.sandbox.inside import wire

# Numbers that people write down and simple formulas give; any of them may come out of rounding.
SIMPLE = st.fractions(min_value=-100000, max_value=100000, max_denominator=4000).map(float)


@given(SIMPLE, st.integers(min_value=-8, max_value=8))
def test_rounding_of_simple_numbers_is_no_difference(value: float, steps: int) -> None:
    """A number whose last binary digits differ, as after another order of operations, is equal."""
    other = value
    for _ in range(abs(steps)):
        other = math.nextafter(other, math.inf if steps > 0 else -math.inf)
    assert canonical(value) == canonical(other)


@given(
    arrays.arrays(np.float64, arrays.array_shapes(max_side=4), elements=st.floats(-50, 50)),
    st.floats(2e-4, 1.0),
)
def test_another_value_is_a_difference(array: np.ndarray, step: float) -> None:
    """One element that differs by more than a cell makes another reply."""
    other = array.copy()
    other.flat[0] += step
    assert canonical(array) != canonical(other)


@given(arrays.arrays(np.float64, (2, 3), elements=st.floats(-1e9, 1e9)))
def test_shape_counts_and_type_does_not(array: np.ndarray) -> None:
    """(2, 3) is not (6,); a float is a zero-dimensional array; NaN equals NaN, 0.0 equals -0.0."""
    assert canonical(array) != canonical(array.ravel())
    assert canonical(float(array[0, 0])) == canonical(np.array(array[0, 0]))
    assert canonical(float("nan")) == canonical(-float("nan"))
    assert canonical(0.0) == canonical(-0.0) == canonical(0)
    assert canonical(1e300) != canonical(-1e300)
    assert canonical(float("inf")) != canonical(-float("inf"))


def reply(status: str, value: object, changed: tuple[str, ...] = ()) -> Call:
    """Return a call that got this reply."""
    return Call("f", wire.encode([1, status, value, [], []]), changed)


def test_replies_weigh_by_how_few_errors_give_them() -> None:
    """Exceptions and None say nothing, zeros and NaN little, numbers and shapes much."""
    right = [reply("ok", np.array([0.25, 0.75]))]
    raised = ["ValueError", ["ValueError", "Exception"], "shapes", []]
    assert replies.weight([reply("raise", raised)], right) is Weight.NOTHING
    assert replies.weight([reply("ok", None)], right) is Weight.NOTHING
    assert replies.weight([reply("ok", np.zeros(2))], right) is Weight.LITTLE
    assert replies.weight([reply("ok", np.array([np.nan, 1]))], right) is Weight.LITTLE
    assert replies.weight([reply("ok", np.array([[0.25, 0.75]]))], right) is Weight.MUCH
    assert replies.weight([reply("ok", np.array([0.5, 0.5]))], right) is Weight.MUCH
    assert replies.weight([reply("ok", np.array([0.25, 0.75]), ("0",))], right) is Weight.MUCH


def test_a_forged_or_broken_reply_is_no_reason_to_fail() -> None:
    """Bytes that are no message still have a digest, and weigh nothing."""
    broken = Call("f", b"\xc1\xff", ())
    outcome = Outcome("t", "a", "A.", Status.FAILED, True, calls=(broken,))
    assert replies.digest(outcome)
    assert replies.weight([broken], [reply("ok", 1.5)]) is Weight.NOTHING
    assert not replies.unfinished([broken])


def entry(name: str, says: Weight = Weight.MUCH, **failed: str) -> Replies:
    """Return a mistake that gives these replies."""
    return Replies(Mistake(name, "f", "a", "A hint."), "a", failed, dict.fromkeys(failed, says), {})


def test_a_mistake_is_named_where_its_replies_appear() -> None:
    """Two mistakes that show in different tests are both named; what fits nothing is not."""
    entries = [entry("one", t1="x", t2="y"), entry("two", t3="z"), entry("three", t4="w")]
    failed = {"t1": "x", "t2": "y", "t3": "z", "t5": "?"}
    named = explain(failed, {"t4"}, entries)
    assert named == {"t1": "one", "t2": "one", "t3": "two"}


def test_a_mistake_is_not_there_if_a_test_passes_that_it_fails() -> None:
    """Replies that agree in one test do not matter when another test rules the mistake out."""
    assert explain({"t1": "x"}, {"t2"}, [entry("one", t1="x", t2="y")]) == {}


def test_two_that_explain_equally_well_are_both_left_out() -> None:
    """A guess is worse than silence."""
    assert explain({"t1": "x"}, set(), [entry("one", t1="x"), entry("two", t1="x")]) == {}


def test_replies_that_say_little_must_explain_everything() -> None:
    """A zero counts only where all failures of the task fit; an exception never does."""
    little = entry("one", Weight.LITTLE, t1="x")
    assert explain({"t1": "x"}, set(), [little]) == {"t1": "one"}
    assert explain({"t1": "x", "t2": "y"}, set(), [little]) == {}
    assert explain({"t1": "x"}, set(), [entry("one", Weight.NOTHING, t1="x")]) == {}
