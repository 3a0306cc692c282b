"""Values survive the wire; malformed bytes make a WireError and nothing else."""

from __future__ import annotations

import contextlib
import math
import struct

import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autograder.sandbox.inside import wire
from autograder.sandbox.inside.wire import Reference, WireError

_DTYPES = st.sampled_from(["?", "i1", "i4", "i8", "u1", "u8", "f4", "f8", "c16"])
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(1 << 200), 1 << 200),
    st.floats(),
    st.complex_numbers(),
    st.fractions(),
    st.text(),
    st.binary(),
)
_VALUES = st.recursive(
    _SCALARS | arrays.arrays(_DTYPES, arrays.array_shapes(min_dims=0, min_side=0)),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text() | st.integers(0, 9), inner, max_size=4)
    ),
    max_leaves=10,
)


def _same(left: object, right: object) -> bool:
    if type(left) is not type(right):
        return False
    if isinstance(left, np.ndarray):
        same = left.dtype == right.dtype and left.shape == right.shape
        return bool(same and left.tobytes() == right.tobytes())
    if isinstance(left, float):
        return struct.pack("d", left) == struct.pack("d", right) or math.isnan(left)
    if isinstance(left, complex):
        return _same(left.real, right.real) and _same(left.imag, right.imag)
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(_same, left, right))
    if isinstance(left, dict):
        return list(left) == list(right) and all(_same(left[key], right[key]) for key in left)
    return left == right


@given(_VALUES)
def test_a_value_comes_back_as_it_was(value: object) -> None:
    """Type, dtype, shape and bits are the same on the other side."""
    assert _same(wire.decode(wire.encode(value)), value)


@given(arrays.arrays(_DTYPES, arrays.array_shapes()))
def test_a_received_array_is_read_only(array: np.ndarray) -> None:
    """Editing what was read from a worker fails loudly instead of doing nothing."""
    received = wire.decode(wire.encode(array))
    with pytest.raises(ValueError, match="read-only"):
        received[...] = 0


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_arbitrary_bytes_make_a_value_or_a_wire_error(payload: bytes) -> None:
    """No other exception can come out of hostile bytes."""
    with contextlib.suppress(WireError):
        wire.decode(payload)


@settings(max_examples=300)
@given(_VALUES, st.data())
def test_a_flipped_byte_makes_a_value_or_a_wire_error(value: object, data: st.DataObject) -> None:
    """Nor out of nearly right ones."""
    payload = bytearray(wire.encode(value))
    payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(WireError):
        wire.decode(bytes(payload))


def _array_bytes(dtype: object, shape: object, data: bytes) -> bytes:
    return msgpack.packb(msgpack.ExtType(2, msgpack.packb([dtype, shape]) + data))


@pytest.mark.parametrize(
    "payload",
    [
        _array_bytes("|O", [1], bytes(8)),
        _array_bytes("<f8", [-1], bytes(8)),
        _array_bytes("<f8", [2], bytes(8)),
        _array_bytes("<f8", [1 << 40, 0], b""),
        _array_bytes("<f8", [1] * 40, bytes(8)),
        _array_bytes("<f8", "1", bytes(8)),
        _array_bytes("<M8[s]", [1], bytes(8)),
        _array_bytes("<U0", [1000000], b""),
        _array_bytes([["a", "<f8"]], [1], bytes(8)),
        msgpack.packb(msgpack.ExtType(99, b"")),
        msgpack.packb(msgpack.ExtType(4, msgpack.packb([1, "list"]))),
        msgpack.packb(msgpack.ExtType(4, msgpack.packb([True, "list", ""]))),
        msgpack.packb(msgpack.ExtType(6, bytes(5000))),
        msgpack.packb(msgpack.ExtType(12, msgpack.packb([1, 0]))),
        msgpack.packb(msgpack.ExtType(12, msgpack.packb([1.5, 2]))),
        msgpack.packb(msgpack.ExtType(12, msgpack.packb([1]))),
        msgpack.packb({b"k": {}})[:-1],
        b"",
        b"\x91" * 5000 + b"\x01",
    ],
)
def test_a_malformed_value_is_refused(payload: bytes) -> None:
    """Types outside the list, lying shapes, wrong lengths and deep nesting are refused."""
    with pytest.raises(WireError):
        wire.decode(payload)


def test_tuples_cannot_be_nested_without_end() -> None:
    """Each level costs a call here, so the depth is bounded."""
    payload = msgpack.packb([])
    for _ in range(500):
        payload = msgpack.packb(msgpack.ExtType(5, payload if payload[0] == 0x91 else b"\x90"))
        payload = b"\x91" + payload
    with pytest.raises(WireError):
        wire.decode(payload)


def test_an_object_cannot_travel_by_accident() -> None:
    """What is no base type needs somebody who makes a reference of it."""
    with pytest.raises(WireError, match="object cannot travel"):
        wire.encode([object()])
    encoded = wire.encode([object()], lambda thing: Reference(7, "object", "object"))
    assert wire.decode(encoded) == [Reference(7, "object", "object")]


def test_a_subclass_never_passes_as_its_base() -> None:
    """A float that is equal to everything is an object, not a number."""

    class Lie(float):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = float.__hash__

    with pytest.raises(WireError):
        wire.encode(Lie(1))


def test_an_edit_in_place_shows() -> None:
    """With `arrays`, decode gives copies to work on and keeps what they were."""
    pairs: list[tuple[np.ndarray, np.ndarray]] = []
    received = wire.decode(wire.encode((np.arange(3.0), [np.ones(2)])), None, pairs)
    received[1][0][0] = 5
    assert [bool(np.array_equal(*pair)) for pair in pairs] == [True, False]


def test_a_frame_over_the_limit_is_refused_at_its_header() -> None:
    """A length of 2 GB costs nothing to refuse."""
    with pytest.raises(WireError, match="over the limit"):
        wire.frame_length(struct.pack("!I", 2_000_000_000))
