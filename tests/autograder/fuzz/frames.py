"""Frames as a worker sends them, and what a hostile one makes of them."""

from __future__ import annotations

from typing import Any

import msgpack
import numpy as np
from hypothesis import strategies as st

from autograder.sandbox.inside import wire
from autograder.sandbox.inside.wire import Reference, Tensor

_RNG = np.random.default_rng(3)
VALUES: list[Any] = [
    None,
    0.5,
    -7,
    2**70,
    1 - 2j,
    "text",
    "\N{GREEK SMALL LETTER ALPHA}",
    b"bytes",
    [1, [2.5, []], {"a": (1, 2)}],
    {"W1": _RNG.normal(size=(4, 3)), "b1": np.zeros(3, np.float32)},
    {1: "one", (1, 2): "pair", 2.5: None},
    {1, 2, 3},
    frozenset({"a"}),
    (np.arange(3), np.float32(2), np.array(["a", "bc"])),
    slice(1, None, -1),
    Ellipsis,
    Tensor(np.ones((2, 2), np.float32), "float32", True),
    Tensor(np.zeros(2, np.float32), "bfloat16"),
    Reference(3, "object", "Net"),
    list(range(300)),
    [0.1] * 40,
]
PRINTED = [["a line\n", "main.run", "main.py:3"]]
RAISED = ["ValueError", ["ValueError"], "no", [["a.py", 3, "f", "x = 1"]], "code", 0, "", True]
REPLIES: list[bytes] = [
    *(wire.encode([5, "ok", value, [], []]) for value in VALUES),
    wire.encode([5, "ok", None, PRINTED, [0]]),
    wire.encode(
        [
            5,
            "raise",
            RAISED,
            PRINTED,
            [],
        ]
    ),
    wire.encode(["callback", 1, [np.ones(2)], {"x": 1}]),
    wire.encode(["ready"]),
]

_HEADS = [
    bytes([first]) + rest
    for first in (0x90, 0x91, 0x9F, 0xDC, 0xDD, 0x80, 0x81, 0x8F, 0xDE, 0xDF, 0xC7, 0xC8, 0xC9)
    for rest in (b"", b"\xff" * 4, b"\x00\x01", b"\x7f\xff\xff\xff")
]
_BOMBS = [
    b"\x90" * 5000,
    b"\x91" * 5000,
    b"\x81" * 5000,
    b"\xdd\x00\x00\xff\xff" + b"\x90" * 0xFFFF,
    b"\xdd\xff\xff\xff\xff" * 300,
    b"\xdf\x7f\xff\xff\xff" * 300,
    b"\xc7\x01\x05\xc0" * 500,
    msgpack.packb([msgpack.ExtType(5, b"\x91" * 200)]),
]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Return a real frame with some of its bytes changed, cut, repeated or joined to another."""
    frame = bytearray(draw(st.sampled_from(REPLIES)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(len(frame) - 1, 0)))
        kind = draw(st.integers(0, 6))
        if kind == 0 and frame:
            frame[place] = draw(st.integers(0, 255))
        elif kind == 1 and frame:
            frame[place] ^= 1 << draw(st.integers(0, 7))
        elif kind == 2:
            del frame[place : place + draw(st.integers(1, 20))]
        elif kind == 3:
            other = draw(st.sampled_from(REPLIES))
            start = draw(st.integers(0, len(other) - 1))
            frame[place:place] = other[start : start + draw(st.integers(1, 60))]
        elif kind == 4:
            frame[place:place] = draw(st.sampled_from(_HEADS))
        elif kind == 5:
            frame[place:place] = frame[place : place + 40] * draw(st.integers(1, 30))
        else:
            frame[place:place] = draw(st.sampled_from(_BOMBS))
    return bytes(frame)


_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(),
    st.text(max_size=8),
    st.binary(max_size=8),
    st.builds(msgpack.ExtType, st.integers(0, 13), st.binary(max_size=24)),
)
HOSTILE = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.dictionaries(
            st.one_of(st.integers(-5, 5), st.floats(allow_nan=True), st.text(max_size=3)),
            inner,
            max_size=4,
        ),
        st.builds(
            msgpack.ExtType,
            st.sampled_from([5, 8, 9, 10, 4]),
            st.lists(inner, max_size=3).map(lambda items: bytes(msgpack.packb(items))),
        ),
    ),
    max_leaves=20,
).map(lambda value: bytes(msgpack.packb(value)))

VALUE = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**900), 2**900),
        st.floats(allow_nan=False),
        st.complex_numbers(allow_nan=False),
        st.text(max_size=20),
        st.binary(max_size=20),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=6),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.one_of(st.text(max_size=5), st.integers()), inner, max_size=5),
        st.sets(st.one_of(st.integers(), st.text(max_size=4)), max_size=5),
    ),
    max_leaves=30,
)
