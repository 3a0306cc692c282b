"""The way to and from one worker: frames over a socket, and what it writes to its output."""

from __future__ import annotations

import os
import select
from collections.abc import Callable

from autograder.core.records import Reason
from autograder.sandbox.fork_server import Child
from autograder.sandbox.inside import wire
from autograder.sandbox.inside.wire import WireError

_MAX_RECEIVED = 512 << 20  # bytes of all answers during one test
_MAX_SHOWN = 2000  # bytes of one output


class WorkerGoneError(Exception):
    """The worker has closed the channel: it has ended."""


class ChannelAbuseError(Exception):
    """The worker has to be ended; the reason and the sentence say why."""

    def __init__(self, reason: Reason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason, self.sentence = reason, sentence


class Channel:
    """Sends and receives whole frames, as long as there is time."""

    def __init__(self, child: Child, output_kb: int, seconds_left: Callable[[], float]) -> None:
        """Talk to `child`; `seconds_left()` tells, whenever nothing comes, how long to wait."""
        self.child = child
        self._output_kb, self._seconds_left = output_kb, seconds_left
        self._received = 0  # bytes of the worker's answers in this test
        self._output = bytearray()  # the beginning of what reached descriptor 1 itself
        self._written = 0
        child.channel.setblocking(False)
        self._poller = select.poll()
        self._poller.register(child.channel, select.POLLIN)
        self._poller.register(child.output, select.POLLIN)

    def begin(self) -> None:
        """Count anew: a test begins."""
        self._output.clear()
        self._written = self._received = 0

    def send(self, payload: bytes) -> None:
        """Send one frame; raises WorkerGoneError, ChannelAbuseError, TimeoutError."""
        data = memoryview(wire.frame(payload))
        while data:
            try:
                data = data[self.child.channel.send(data) :]
            except BlockingIOError:
                self._wait(select.POLLOUT)
            except OSError:
                raise WorkerGoneError from None

    def receive(self) -> bytes:
        """Read one frame; whatever follows it was not asked for. Raises as `send` does."""
        inbox = bytearray()
        self._fill(inbox, wire.HEADER_SIZE)
        try:
            size = wire.frame_length(bytes(inbox[: wire.HEADER_SIZE])) + wire.HEADER_SIZE
        except WireError as error:
            raise ChannelAbuseError(Reason.PROTOCOL, str(error)) from None
        self._received += size
        if self._received > _MAX_RECEIVED:
            limit = _MAX_RECEIVED >> 20
            sentence = f"the code answered with more than {limit} MB in one test"
            raise ChannelAbuseError(Reason.OUTPUT, sentence)
        self._fill(inbox, size)
        if len(inbox) > size:
            sentence = "the code wrote to the grader's channel by itself"
            raise ChannelAbuseError(Reason.PROTOCOL, sentence)
        return bytes(memoryview(inbox)[wire.HEADER_SIZE :])

    def take_output(self) -> str:
        """Return what came out of descriptor 1 since the last call."""
        self.drain()
        text = self._output.decode("utf-8", "replace")
        self._output.clear()
        return text

    def drain(self) -> None:
        """Read what the worker has written to its output; raises ChannelAbuseError."""
        while True:
            try:
                part = os.read(self.child.output, 65536)
            except BlockingIOError:
                return
            if not part:
                return
            self._output += part[: _MAX_SHOWN - len(self._output)]
            self._written += len(part)
            if self._written > self._output_kb * 1024:
                sentence = f"the code wrote more than {self._output_kb} kB of output"
                raise ChannelAbuseError(Reason.OUTPUT, sentence)

    def _fill(self, inbox: bytearray, size: int) -> None:
        """Read until `inbox` holds at least `size` bytes."""
        while len(inbox) < size:
            self._wait(select.POLLIN)
            try:
                part = self.child.channel.recv(max(1 << 16, min(size - len(inbox), 1 << 20)))
            except BlockingIOError:
                continue
            except OSError:
                part = b""
            if not part:
                raise WorkerGoneError
            inbox += part

    def _wait(self, event: int) -> None:
        """Wait until the socket is ready, and drain the output meanwhile."""
        socket, output = self.child.channel.fileno(), self.child.output
        self._poller.modify(socket, event)
        while True:
            left = self._seconds_left()
            if left <= 0:
                raise TimeoutError
            ready = dict(self._poller.poll(left * 1000 + 1))
            if output in ready:
                self.drain()
                if not ready[output] & select.POLLIN:
                    self._poller.unregister(output)  # closed by the worker
            if socket in ready:
                return
