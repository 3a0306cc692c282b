"""Whatever bytes a worker sends, decoding ends soon, within bounds, with a value or a WireError."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from typing import Any

import frames
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.sandbox.inside import wire
from autograder.sandbox.inside.wire import Reference, WireError

_FUZZ = settings.get_profile("fuzz")
_GROWTH = 2 * wire._ALWAYS_ALLOWED


def decoded(payload: bytes) -> Any:
    """Decode under watch: only declared errors, only so much memory."""
    tracemalloc.start()
    try:
        return wire.decode(payload, lambda reference: reference)
    except WireError as error:
        assert str(error)
        return None
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak <= max(wire.MAX_GROWTH * len(payload), _GROWTH)


@_FUZZ
@given(frames.mutated())
def test_mutated_frames(payload: bytes) -> None:
    """Real frames with bytes changed, cut, repeated and joined."""
    decoded(payload)


@_FUZZ
@given(frames.HOSTILE)
def test_well_formed_nonsense(payload: bytes) -> None:
    """MessagePack that is valid, with extensions that mean nothing."""
    decoded(payload)


@_FUZZ
@given(st.binary(max_size=200))
def test_any_bytes(payload: bytes) -> None:
    """No structure at all."""
    decoded(payload)


@_FUZZ
@given(frames.VALUE)
def test_what_is_encoded_comes_back(value: Any) -> None:
    """Every plain value survives the way there, and is within its own limits."""
    back = wire.decode(wire.encode(value))
    assert back == value and type(back) is type(value)


@pytest.mark.parametrize("number", range(len(frames.VALUES)))
def test_the_corpus_itself_is_readable(number: int) -> None:
    """A corpus that is refused whole would find nothing."""
    found = wire.decode(frames.REPLIES[number])
    assert found[:2] == [5, "ok"]
    assert type(found[2]) is type(frames.VALUES[number])


_EMPTY_LISTS = b"\xdd" + (24 << 20).to_bytes(4, "big") + b"\x90" * (24 << 20)
_DEEP_TUPLES = bytes([0xC0])
for _ in range(70):
    _DEEP_TUPLES = b"\xc9" + len(_DEEP_TUPLES).to_bytes(4, "big") + b"\x05" + _DEEP_TUPLES
_LEVELS = b"\xc9" + (1 << 22).to_bytes(4, "big") + b"\x05\xc6" + ((1 << 22) - 5).to_bytes(4, "big")

BOMBS = {
    "many empty lists": (_EMPTY_LISTS, "1,000,000 items"),
    "a million empty maps": (b"\xdd\x00\x0f\x42\x00" + b"\x80" * 999_936, "more memory"),
    "lists in lists": (b"\x91" * 1000, "64 levels"),
    "maps in maps": (b"\x81\x01" * 1000, "64 levels"),
    "tuples in tuples": (_DEEP_TUPLES, "64 levels"),
    "lengths that are lies": (b"\xdd\x00\x0f\x00\x00" * 200, "ends too early"),
    "huge lengths": (b"\xdd\xff\xff\xff\xff" * 200, "1,000,000 items"),
    "wide letters": (b"\xdb\x01\x00\x00\x00" + b"a" * ((1 << 24) - 4) + "\U0001f600".encode(), ""),
    "nothing": (b"", "ends too early"),
    "two values": (b"\xc0\xc0", "something follows"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_before_anything_is_made_of_it(name: str) -> None:
    """The sentence says which limit, and memory stays within the bound."""
    payload, sentence = BOMBS[name]
    tracemalloc.start()
    try:
        if sentence:
            with pytest.raises(WireError, match=sentence):
                wire.decode(payload)
        else:
            wire.decode(payload)
        assert tracemalloc.get_traced_memory()[1] <= max(8 * len(payload), _GROWTH)
    finally:
        tracemalloc.stop()


_WITHOUT = """
import json, re, sys
from autograder.sandbox.inside import wire
if sys.argv[1] == "off":
    wire.measure = lambda payload: None
def peak():  # of this program only: getrusage counts what its parent had before exec
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
before = peak()
try:
    wire.decode(b"\\xdd" + (6 << 20).to_bytes(4, "big") + b"\\x90" * (6 << 20))
except wire.WireError:
    pass
print(json.dumps((peak() - before) * 1024 / (6 << 20)))
"""


def test_without_the_walk_over_the_headers_memory_explodes() -> None:
    """The guard is what stops it: 6 MB of empty lists become more than 30 times as much."""
    times = {}
    for guard in ("on", "off"):
        command = [sys.executable, "-c", _WITHOUT, guard]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        times[guard] = json.loads(done.stdout)
    assert times["on"] < 9
    assert times["off"] > 30


def _colliding(count: int) -> list[complex]:
    """Return complex numbers of one hash: hash(re) + 1000003 * hash(im), modulo 2**64."""
    return [complex(-1000003 * number, number) for number in range(2, count + 2)]


@pytest.mark.parametrize("make", [dict.fromkeys, set, frozenset])
def test_keys_whose_hashes_collide_are_few(make: Any) -> None:
    """A dict of them takes quadratic time, which no alarm interrupts."""
    numbers = _colliding(5000)
    assert len({hash(number) for number in numbers}) == 1
    wire.decode(wire.encode(make(numbers[:100])))
    with pytest.raises(WireError, match="4096"):
        wire.decode(_by_hand(make, numbers))


def _by_hand(make: Any, numbers: list[complex]) -> bytes:
    items = b"".join(wire.encode(number) for number in numbers)
    if make is dict.fromkeys:
        pairs = b"".join(wire.encode(number) + b"\xc0" for number in numbers)
        return b"\xdf" + len(numbers).to_bytes(4, "big") + pairs
    body = b"\xdd" + len(numbers).to_bytes(4, "big") + items
    code = 8 if make is set else 9
    return b"\xc9" + len(body).to_bytes(4, "big") + bytes([code]) + body


@pytest.mark.parametrize(
    "dtype",
    ["<U3,<f4", "<U99999999999", "O", "<M8[s]", "|V8", "<U0", "<f16", "<U-1", "U3\0", "<U1_0"],
)
def test_other_dtypes_are_refused(dtype: str) -> None:
    """Only numbers and texts of one length."""
    import msgpack

    body = bytes(msgpack.packb([dtype, [0]]))
    with pytest.raises(WireError):
        wire.decode(bytes(msgpack.packb(msgpack.ExtType(2, body))))


def test_shapes_of_nothing_are_bounded() -> None:
    """No bytes, and more places than can be numbered."""
    import msgpack

    body = bytes(msgpack.packb(["<f8", [0, *[1 << 26] * 5]]))
    with pytest.raises(WireError, match="shape"):
        wire.decode(bytes(msgpack.packb(msgpack.ExtType(2, body))))


_SELF: list[Any] = []
_SELF.append(_SELF)
_NEST: list[Any] = []
for _ in range(3000):
    _NEST = [_NEST]


@pytest.mark.parametrize(
    "value",
    [
        _SELF,
        {"self": _SELF},
        (_SELF,),
        _NEST,
        2**9000,
        "\ud800",
        np.array([None]),
        np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]),
        np.ma.masked_all(3),
        np.array(["2026-01-01"], "M8[D]"),
        np.longdouble(1),
        np.array([1], np.longdouble),
        object(),
        Reference,
        {object(): 1},
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_travel_says_so(value: Any) -> None:
    """Encoding ends with bytes or with the one declared error."""
    with pytest.raises(WireError):
        wire.encode(value)
