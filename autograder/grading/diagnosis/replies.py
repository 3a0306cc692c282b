"""What a submission replied during one test, as a short digest that rounding does not change.

Two ways to write the same wrong formula differ in their last digits, so numbers are sorted into
cells of 1e-4 (in logarithm, where they are large). No boundary of a cell is a number that
anybody would write down: a value that is exactly 0.25 lies well inside its cell, and the
rounding of two programs cannot put it into different ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from enum import IntEnum
from typing import Any

import numpy as np

from autograder.core.records import Call, Outcome
from autograder.sandbox.inside import wire
from autograder.sandbox.inside.wire import Reference, Tensor, WireError

_CELL = 1e-4
_OFFSET = 0.3819660112501051  # keeps the boundaries off every simple fraction
_LARGE = 97.31085372940717  # from here on cells are relative, again off simple numbers
_PLAIN = frozenset({bool, int, float})
_UNTOLD = (0.0, 1.0, -1.0)  # values that many mistakes give


def digest(outcome: Outcome) -> str:
    """Return what the submission replied during `outcome`'s test; equal for equal replies."""
    return _hashed([*map(_token, outcome.calls), f"end {outcome.reason or ''}"])


class Weight(IntEnum):
    """How much a wrong reply says about what was done wrong."""

    NOTHING = 0  # an exception or None: all kinds of errors end so
    LITTLE = 1  # some value, such as zero, one, NaN or a list for an array
    MUCH = 2  # a number that few errors give, another shape, or an argument edited in place


def weight(calls: Sequence[Call], expected: Sequence[Call]) -> Weight:
    """Weigh the first reply in which `calls` leave the `expected` ones."""
    for mine, right in zip(calls, expected, strict=False):
        if _token(mine) == _token(right):
            continue
        if mine.changed != right.changed:
            return Weight.MUCH
        status, value = _answer(mine)
        if status != "ok" or value is None:
            return Weight.NOTHING
        return Weight.MUCH if _telling(value) else Weight.LITTLE
    return Weight.NOTHING


def unfinished(calls: Sequence[Call]) -> bool:
    """Tell whether the last call ended where the skeleton says that something is to be written."""
    if not calls:
        return False
    status, value = _answer(calls[-1])
    return status == "raise" and isinstance(value, list) and value[:1] == ["NotImplementedError"]


def _telling(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return any(map(_telling, value))
    if isinstance(value, Tensor):
        value = value.array
    if isinstance(value, bool | str | bytes) or value is None or isinstance(value, Reference):
        return False
    array = np.asarray(value)
    if array.dtype.kind not in "iufc":
        return False
    return bool(np.any(np.isfinite(array) & ~np.isin(array, _UNTOLD)))


def _answer(call: Call) -> tuple[str, Any]:
    try:
        message = wire.decode(call.reply)
        return str(message[1]), message[2]
    except (WireError, IndexError, TypeError, MemoryError):
        return "unreadable", None


def _token(call: Call) -> str:
    status, value = _answer(call)
    if status == "raise":
        value = value[0] if isinstance(value, list) and value else ""
    try:
        told = canonical(value)
    except Exception as error:  # a value that cannot be written is like no other one
        told = f"unreadable {type(error).__name__}"
    return f"{call.target} {status} {told} {','.join(call.changed)}"


def canonical(value: Any) -> str:
    """Write a value so that equal values up to rounding are equal texts."""
    if isinstance(value, Tensor):
        value = value.array
    if isinstance(value, bool | int | float | complex | np.ndarray | np.generic):
        return _numbers(np.asarray(value))
    if isinstance(value, tuple | list):
        left, right = "()" if isinstance(value, tuple) else "[]"
        return left + (_row(value) or ",".join(map(canonical, value))) + right
    if isinstance(value, dict):
        items = (f"{canonical(key)}:{canonical(item)}" for key, item in value.items())
        return "{" + ",".join(items) + "}"
    if isinstance(value, Reference):
        return f"<{value.kind} {value.type_name}>"
    if isinstance(value, set | frozenset):
        return "{" + ",".join(sorted(map(canonical, value))) + "}"
    return repr(value)


def _row(values: Sequence[Any]) -> str:
    """Write many plain numbers at once; "" where they are something else."""
    if len(values) < 2 or not all(type(value) in _PLAIN for value in values):
        return ""
    try:
        return _numbers(np.array(values, dtype=np.float64))
    except OverflowError:  # a whole number of more than 300 digits
        return ""


def _numbers(array: np.ndarray) -> str:
    if array.dtype.kind not in "biufc":
        return _hashed([str(array.shape), *map(repr, array.ravel().tolist())])
    if array.dtype.kind == "c":
        return _numbers(array.real) + "+i" + _numbers(array.imag)
    with np.errstate(all="ignore"):
        values = array.astype(np.float64)
        small = np.floor(values / _CELL + _OFFSET)
        scale = np.log(np.abs(values) / _LARGE) / _CELL + _OFFSET
        large = np.sign(values) * (np.floor(scale) + 2 * _LARGE / _CELL)
        cells = np.where(np.abs(values) < _LARGE, small, large) + 0.0  # no negative zero
    cells = np.where(np.isnan(values), np.nan, cells)  # one NaN, whatever its bits
    return f"{array.shape}{_hashed([cells.astype('<f8').tobytes().hex()])}"


def _hashed(parts: Sequence[str]) -> str:
    found = hashlib.blake2b(digest_size=10)
    for part in parts:
        found.update(part.encode("utf-8", "replace") + b"\0")
    return found.hexdigest()
