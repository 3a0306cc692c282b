"""What a failed comparison says: both values, where they differ, and what all entries share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from studentkit import assert_close
from studentkit.table import given as as_given

EXPECTED = np.array([[1.0, 2.0, 0.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.5]])


def said(found: object, expected: object, name: str = "the gradient") -> str:
    """Return the sentence of a comparison that fails."""
    with pytest.raises(AssertionError) as caught:
        assert_close(found, expected, name)
    return str(caught.value)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (2 * EXPECTED, "; every entry is 2 times what is expected"),
        (-EXPECTED, "; every entry is -1 times what is expected"),
        (EXPECTED / 3, "; every entry is 0.3333 times what is expected"),
        (EXPECTED + 0.25, "; every entry is 0.25 too large"),
        (EXPECTED - 1, "; every entry is 1 too small"),
        (EXPECTED.T, "; this is the transpose of what is expected"),
    ],
)
def test_what_all_entries_share_is_said(found: np.ndarray, says: str) -> None:
    """A constant ratio or shift, or a transpose."""
    assert said(found, EXPECTED).partition(":\n")[0].endswith(says)
    assert said(found.ravel(), EXPECTED.ravel()).endswith(says) or "transpose" in says


def test_small_matrices_stand_side_by_side() -> None:
    """Entry by entry, with a star at those that differ."""
    assert said(
        np.array([[1, 2, 3], [4, 5, 6]]), np.array([[1, 2, 3], [4, -7.125, 6.0]]), "W1"
    ) == (
        "W1 differs from what is expected (first difference at [1, 1]):\n"
        "yours (* differs)   expected\n"
        "1  2  3                  1      2      3\n"
        "4  5* 6                  4 -7.125      6"
    )


@pytest.mark.parametrize("shape", [(1, 5), (12,), (2, 3, 4), (7, 7)])
def test_other_arrays_are_shown_on_one_line(shape: tuple[int, ...]) -> None:
    """Rows, and what is too large or has more axes."""
    assert "\n" not in said(np.ones(shape), np.zeros(shape))


@pytest.mark.parametrize("found", [EXPECTED**2, 0 * EXPECTED, np.where(EXPECTED > 4, 0, EXPECTED)])
def test_nothing_is_said_where_entries_share_nothing(found: np.ndarray) -> None:
    """One wrong entry, zeros, or something else altogether."""
    sentence = said(found, EXPECTED)
    assert "entry" not in sentence and "transpose" not in sentence


def test_a_single_number_has_no_pattern() -> None:
    """Any number is some multiple of another."""
    assert said(2.0, 1.0, "the counts") == "the counts: 2; expected 1"


@given(st.lists(st.floats(), min_size=2, max_size=5), st.lists(st.floats(), min_size=2, max_size=5))
def test_any_numbers_fail_or_pass(found: list[float], expected: list[float]) -> None:
    """No other exception comes out, whatever the values."""
    try:
        assert_close(np.array(found), np.array(expected[: len(found)]))
    except AssertionError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("value", "text"), [(0.45, "0.45"), (3.0, "3"), (0.1 + 0.2, "0.3"), (8.25, "8.25")]
)
def test_points_are_written_as_given(value: float, text: str) -> None:
    """A course's 0.45 is no 0.4."""
    assert as_given(value) == text
