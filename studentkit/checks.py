"""Comparisons that say shape, then dtype, then values; neither NaN nor broadcasting fools them."""

from __future__ import annotations

import numbers
import sys
from collections.abc import Callable
from typing import Any

import numpy as np


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
        raise AssertionError(f"{name} is {_show(array)}; expected {_show(expected)}{place}")


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
