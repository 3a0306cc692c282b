"""Comparisons that say shape, then dtype, then values; neither NaN nor broadcasting fools them."""

from __future__ import annotations

import numbers
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

_SMALL = 36  # entries of a matrix that is shown whole


def assert_shape(actual: Any, shape: tuple[int, ...], name: str = "the result") -> None:
    """Fail unless `actual` is a numeric array (or a number, for shape ()) of exactly `shape`."""
    array = _array(actual, name)
    if array.shape != tuple(shape):
        raise AssertionError(f"{name} has shape {array.shape}; expected {tuple(shape)}")


def assert_close(
    actual: Any, expected: Any, name: str = "the result", rtol: float = 1e-6, atol: float = 1e-8
) -> None:
    """Fail unless `actual` has the shape and the values of `expected`, all of them finite."""
    expected = np.asarray(expected)
    assert_shape(actual, expected.shape, name)
    array = _array(actual, name)
    if not np.all(np.isfinite(array)):
        raise AssertionError(f"{name} contains NaN or infinity: {_show(array)}")
    wrong = ~np.isclose(array, expected, rtol=rtol, atol=atol)
    if np.any(wrong):
        where = tuple(int(i) for i in np.argwhere(wrong)[0])
        place = f" (first difference at {list(where)})" if where else ""
        with np.errstate(all="ignore"):
            pattern = _pattern(array, expected)
        if array.ndim == 2 and array.shape[0] > 1 and array.size <= _SMALL:
            table = _side_by_side(array, expected, wrong)
            raise AssertionError(f"{name} differs from what is expected{place}{pattern}:\n{table}")
        shown = f"{name}: {_show(array)}; expected {_show(expected)}{place}{pattern}"
        raise AssertionError(shown)


def _side_by_side(array: np.ndarray, expected: np.ndarray, wrong: np.ndarray) -> str:
    """Return the rows of two matrices next to each other; a star marks what differs."""
    mine = [
        [f"{_number(value)}{'*' if bad else ' '}" for value, bad in zip(row, flags, strict=True)]
        for row, flags in zip(array, wrong, strict=True)
    ]
    theirs = [[_number(value) for value in row] for row in expected]
    left, right = _columns(mine), _columns(theirs)
    width = max(len("yours (* differs)"), len(left[0]))
    rows = zip(["yours (* differs)", *left], ["expected", *right], strict=True)
    return "\n".join(f"{one:{width}}   {other}".rstrip() for one, other in rows)


def _columns(rows: list[list[str]]) -> list[str]:
    width = max(len(cell) for row in rows for cell in row)
    return [" ".join(cell.rjust(width) for cell in row) for row in rows]


def _number(value: Any) -> str:
    return f"{float(value):.5g}"


def _pattern(array: np.ndarray, expected: np.ndarray) -> str:
    """Say what all entries that differ have in common, where there is such a thing."""
    if array.size < 2:
        return ""
    found, wanted = array.astype(float), expected.astype(float)
    if found.ndim == 2 and found.shape[0] == found.shape[1] and np.allclose(found.T, wanted):
        return "; this is the transpose of what is expected"
    shifts = found - wanted
    if np.allclose(shifts, shifts.flat[0], rtol=1e-5, atol=1e-9):
        shift = float(shifts.flat[0])
        return f"; every entry is {abs(shift):.4g} too {'large' if shift > 0 else 'small'}"
    counts = wanted != 0
    ratios = found[counts] / wanted[counts]
    constant = len(ratios) > 1 and np.allclose(ratios, ratios[0], rtol=1e-5)
    if constant and abs(ratios[0]) > 1e-9 and np.allclose(found[~counts], 0, atol=1e-9):
        return f"; every entry is {ratios[0]:.4g} times what is expected"
    return ""


def assert_same(actual: Any, expected: Any, name: str = "the result") -> None:
    """Fail unless `actual` has exactly the shape and values of `expected` (integers, labels)."""
    assert_close(actual, expected, name, rtol=0, atol=0)


def assert_unchanged(
    function: Callable[..., Any], *arguments: Any, name: str = "the function"
) -> Any:
    """Call `function(*arguments)` and fail if it edited an array in place; return its result."""
    before = [np.array(argument, copy=True) for argument in arguments]
    result = function(*arguments)
    for number, (old, new) in enumerate(zip(before, arguments, strict=True), 1):
        if not np.array_equal(old, np.asarray(new), equal_nan=True):
            raise AssertionError(f"{name} changed its argument {number} in place; work on a copy")
    return result


def _array(actual: Any, name: str) -> np.ndarray:
    if isinstance(actual, bool) or not isinstance(
        actual, numbers.Number | np.ndarray | list | tuple
    ):
        torch = sys.modules.get("torch")
        if torch is not None and isinstance(actual, torch.Tensor):
            actual = actual.detach().cpu().numpy()
        elif not isinstance(actual, np.generic):
            what = "None" if actual is None else f"of type {type_name(actual)}"
            raise AssertionError(f"{name} is {what}; expected numbers")
    array = np.asarray(actual)
    if array.dtype == object and all(isinstance(item, numbers.Rational) for item in array.flat):
        array = array.astype(float)  # fractions
    if array.dtype.kind not in "biuf":
        raise AssertionError(f"{name} has dtype {array.dtype}; expected numbers")
    return array


def type_name(thing: Any) -> str:
    """Return the name of a value's type, also of one that stands for a value elsewhere."""
    word = getattr(type(thing), "_word", None)
    return str(word(thing)) if word is not None else type(thing).__name__


def _show(array: np.ndarray) -> str:
    if array.ndim == 0:
        return f"{array.item():.6g}"
    with np.printoptions(precision=5, suppress=True, threshold=12, edgeitems=2):
        return " ".join(str(array).split())
