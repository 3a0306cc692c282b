"""Whatever a worker answers with, the test ends as one of a submission, with a sentence."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import frames
import numpy as np
import pytest
import studentkit
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.core.manifest import Limits
from autograder.core.records import Reason
from autograder.execution import fault, proxies
from autograder.execution.errors import SubmissionError, WorkerStopped
from autograder.execution.session import Session
from autograder.sandbox.fork_server import Child
from autograder.sandbox.inside import tensors, wire

_FUZZ = settings.get_profile("fuzz")
_NUMBER = 5  # of the request that the frames answer
_LIMITS = Limits(test_seconds=2, submission_seconds=10)


class Scripted:
    """In a fork server's place: a worker that behaves until request 5, then sends `reply`."""

    asking = False

    def __init__(self, reply: bytes) -> None:
        self.reply = reply
        self.threads: list[threading.Thread] = []

    def spawn(self, memory_mb: int, cpu_seconds: float, data: str | None = None) -> Child:
        """Start the worker, which is a thread here."""
        ours, theirs = socket.socketpair()
        thread = threading.Thread(target=self._work, args=(theirs,), daemon=True)
        thread.start()
        self.threads.append(thread)
        output, end = os.pipe()
        os.close(end)
        os.set_blocking(output, False)
        return Child(1, os.pidfd_open(os.getpid()), ours, output)

    def reap(self, child: Child) -> tuple[int, bool]:
        """Tell how it ended."""
        return 3, False

    def _work(self, channel: socket.socket) -> None:
        with channel, channel.makefile("rb") as stream:
            channel.sendall(wire.frame(wire.encode(["ready"])))
            for answered in range(1, _NUMBER + 1):
                size = wire.frame_length(stream.read(wire.HEADER_SIZE))
                stream.read(size)
                payload = wire.encode([answered, "ok", None, [], []])
                channel.sendall(wire.frame(self.reply if answered == _NUMBER else payload))
            while header := stream.read(wire.HEADER_SIZE):  # a callback's answer, and no more
                stream.read(wire.frame_length(header))
                return


@contextmanager
def session_with(reply: bytes) -> Iterator[Session]:
    """Bring a session to the request that `reply` will answer."""
    worker = Scripted(reply)
    session = Session(worker, {"main.py": b""}, _LIMITS)  # type: ignore[arg-type]
    try:
        with proxies.speaking_to(session):
            session.begin(None)
            for _ in range(_NUMBER - 3):  # the first two load the files and begin the test
                session.request("get", ["name", "main", "f"])
            yield session
    finally:
        session.stop()
        for thread in worker.threads:
            thread.join(5)
            assert not thread.is_alive()


def outcome(reply: bytes) -> tuple[Reason | None, str] | None:
    """Run a small test whose one call is answered by `reply`; return how it ended."""
    with session_with(reply) as session:
        try:
            value = session.request("call", ["name", "main", "f"], [np.ones(2)], {})
        except (SubmissionError, WorkerStopped) as found:
            return fault.of(found, session)
        try:
            studentkit.assert_close(tensors.received(value), [1.0, 2.0], "f")
        except Exception as found:
            return fault.of(found, session)
        return None


def check(reply: bytes) -> None:
    """Only the declared ends, each with something to read."""
    found = outcome(reply)
    if found is not None:
        assert found[1].strip()
        assert len(found[1]) < 20_000


@pytest.mark.parametrize("number", range(len(frames.REPLIES)))
def test_real_replies_are_used(number: int) -> None:
    """The seeds themselves: what is not [1, 2] fails the check and is no breach of the protocol."""
    found = outcome(frames.REPLIES[number])
    whole = number < len(frames.VALUES) + 2
    assert found is not None
    assert (found[0] is not Reason.PROTOCOL) == whole, found


def test_the_right_answer_passes() -> None:
    """The harness can tell right from wrong."""
    assert outcome(wire.encode([_NUMBER, "ok", [1.0, 2.0], [], []])) is None


@_FUZZ
@given(frames.mutated())
def test_mutated_replies(reply: bytes) -> None:
    """Real frames with bytes changed, cut, repeated and joined."""
    check(reply)


@_FUZZ
@given(frames.HOSTILE)
def test_hostile_values_in_a_sound_reply(value: bytes) -> None:
    """A reply of the right form around a value of any kind, returned or raised."""
    head, tail = b"\x95\x05\xa2ok", b"\x90\x90"
    check(head + value + tail)
    check(b"\x95\x05\xa5raise" + value + tail)


@_FUZZ
@given(frames.HOSTILE, st.sampled_from(["printed", "changed", "callback", "frames"]))
def test_hostile_parts_of_a_reply(part: bytes, place: str) -> None:
    """What surrounds the value: what was printed, what was changed, a call back, a traceback."""
    raised: list[Any] = [wire.encode(item) for item in frames.RAISED]
    raised[3] = part
    replies = {
        "printed": b"\x95\x05\xa2ok\xc0" + part + b"\x90",
        "changed": b"\x95\x05\xa2ok\xc0\x90" + part,
        "callback": b"\x94\xa8callback\x01" + part + b"\x80",
        "frames": b"\x95\x05\xa5raise"
        + bytes([0x90 + len(raised)])
        + b"".join(raised)
        + b"\x90\x90",
    }
    check(replies[place])
