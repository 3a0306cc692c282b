"""ZeroMQ's framing is followed byte by byte, and what a client would choke on is refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.notebooks.kernel.zmtp import LARGEST, Reader, TooLarge, Violation

GREETING = b"\xff" + bytes(7) + b"\x01\x7f\x03\x01" + b"NULL".ljust(20, b"\0") + bytes(32)


def ready(kind: bytes = b"ROUTER", **more: bytes) -> bytes:
    body = b"\x05READY"
    for name, value in {"Socket-Type": kind, **more}.items():
        body += bytes([len(name)]) + name.encode() + len(value).to_bytes(4, "big") + value
    return b"\x04" + bytes([len(body)]) + body


def message(*parts: bytes) -> bytes:
    framed = b""
    for number, part in enumerate(parts):
        more = number + 1 < len(parts)
        head = bytes([more, len(part)]) if len(part) < 256 else None
        framed += head or bytes([2 + more]) + len(part).to_bytes(8, "big")
        framed += part
    return framed


def feed(channel: str, *parts: bytes) -> None:
    reader = Reader(channel)
    for part in parts:
        reader.feed(part)


@given(st.lists(st.lists(st.binary(max_size=600), min_size=1, max_size=5)), st.data())
@settings(max_examples=60, deadline=None)
def test_messages_pass_wherever_they_are_cut(
    messages: list[list[bytes]], data: st.DataObject
) -> None:
    """TCP cuts a stream anywhere."""
    stream = GREETING + ready(b"XPUB") + b"".join(message(*parts) for parts in messages)
    reader, at = Reader("iopub"), 0
    while at < len(stream):
        step = data.draw(st.integers(1, 200))
        reader.feed(stream[at : at + step])
        at += step


@pytest.mark.parametrize(
    ("channel", "parts"),
    [
        ("shell", [b"HTTP/1.1 200 OK" + bytes(64)]),
        ("shell", [GREETING.replace(b"NULL", b"PLAI")]),
        ("shell", [GREETING, message(b"before the handshake")]),
        ("shell", [GREETING, ready(b"PUB")]),
        ("iopub", [GREETING, ready(b"ROUTER")]),
        ("shell", [GREETING, ready(b"ROUTER", Evil=b"1")]),
        ("shell", [GREETING, b"\x04\x0a\x05READY\x04abc"]),
        ("shell", [GREETING, b"\x04\x06\x05ERROR"]),
        ("shell", [GREETING, ready(), ready()]),
        ("shell", [GREETING, ready(), b"\x07\x00"]),
        ("hb", [GREETING, ready(), message(b"no empty frame first")]),
        ("hb", [GREETING, ready(), message(b"x", b"y")]),
    ],
)
def test_what_no_kernel_sends_is_refused(channel: str, parts: list[bytes]) -> None:
    """Each of these would end the client's connection for good."""
    with pytest.raises(Violation):
        feed(channel, *parts)


def test_a_heart_beats() -> None:
    """An empty frame, then what was asked."""
    feed("hb", GREETING, ready(), message(b"", b"ping"), message(b"", b"ping"))


def test_a_frame_that_is_too_large_is_refused_at_its_head() -> None:
    """Before a single byte of it has come."""
    with pytest.raises(TooLarge):
        feed("iopub", GREETING, ready(b"XPUB"), b"\x02" + (LARGEST + 1).to_bytes(8, "big"))


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_nothing_makes_it_fail_otherwise(noise: bytes) -> None:
    """Noise is refused or passed, and raises nothing else."""
    for start in (b"", GREETING, GREETING + ready()):
        with contextlib.suppress(Violation):
            feed("shell", start, noise)
