"""ZeroMQ's framing, as far as a kernel may speak it.

A client's libzmq ends a connection for good at the first malformed frame, and its next message then
waits for ever; a grader must not be stopped that way. So the bytes of a kernel are read here first,
by the specification (https://rfc.zeromq.org/spec/23), and no frame is larger than a client bears.
"""

from __future__ import annotations

LARGEST = 16 << 20  # bytes of one frame; parsed as JSON it may take twenty times as much

_GREETING = 64
_MORE, _LONG, _COMMAND = 1, 2, 4
_KINDS = {"iopub": b"XPUB"}  # of the kernel's sockets; all others are routers


class Violation(Exception):
    """These bytes are not what a kernel sends."""


class TooLarge(Violation):
    """A frame of that size is not passed on."""


class Reader:
    """Follows one connection from the kernel's end."""

    def __init__(self, channel: str, encrypted: bool = False) -> None:
        """Follow `channel`; of an `encrypted` one only the sizes can be checked."""
        self._channel, self._encrypted = channel, encrypted
        self._head = b""  # what is known of the greeting, or of a frame's beginning
        self._body = b""  # of a command; messages are counted only
        self._missing = 0  # bytes of the present frame that have not come
        self._flags = 0
        self._greeted = self._ready = self._inside = False

    def feed(self, part: bytes) -> None:
        """Take the next bytes; raises Violation where a client would choke on them."""
        view, at = memoryview(part), 0
        while at < len(view):
            if not self._greeted:
                at = self._greeting(view, at)
            elif self._missing:
                taken = min(self._missing, len(view) - at)
                if self._flags & _COMMAND:
                    self._body += view[at : at + taken]
                self._missing -= taken
                at += taken
                if not self._missing:
                    self._frame_ended()
            else:
                at = self._beginning(view, at)

    def _greeting(self, view: memoryview, at: int) -> int:
        taken = min(_GREETING - len(self._head), len(view) - at)
        self._head += view[at : at + taken]
        if len(self._head) == _GREETING:
            head, self._head = self._head, b""
            if head[0] != 0xFF or head[9] != 0x7F or head[10] != 3:
                raise Violation("the greeting is not ZeroMQ's")
            if head[12:32].rstrip(b"\0") != (b"CURVE" if self._encrypted else b"NULL"):
                raise Violation("the greeting names another mechanism")
            self._greeted = True
        return at + taken

    def _beginning(self, view: memoryview, at: int) -> int:
        self._head += view[at : at + 1]
        flags = self._head[0]
        if flags > 6 or flags in (5,) or (flags & _COMMAND and self._ready and not self._encrypted):
            raise Violation("a frame of a kind that there is not")
        wanted = 9 if flags & _LONG else 2
        if len(self._head) < wanted:
            return at + 1
        size = int.from_bytes(self._head[1:], "big")
        if size > LARGEST:
            raise TooLarge(f"a frame of {size} bytes")
        if flags & _COMMAND and size > 1000:
            raise Violation("a command of that size")
        if not flags & _COMMAND and not self._encrypted:
            if not self._ready:
                raise Violation("a message before the handshake")
            # A heart beats through a REQ socket, which takes an empty first frame only.
            if self._channel == "hb" and not self._inside and (size or not flags & _MORE):
                raise Violation("a heartbeat without its first frame")
        self._flags, self._missing, self._head, self._body = flags, size, b"", b""
        if not size:
            self._frame_ended()
        return at + 1

    def _frame_ended(self) -> None:
        if not self._flags & _COMMAND:
            self._inside = bool(self._flags & _MORE)
        elif not self._encrypted:
            self._command(self._body)

    def _command(self, body: bytes) -> None:
        """Accept READY, with the properties that a kernel's socket has, and nothing else."""
        if body[:6] != b"\x05READY":
            raise Violation("a command that kernels do not send")
        rest, found = body[6:], {}
        while rest:
            size = rest[0]
            name, rest = rest[1 : 1 + size], rest[1 + size :]
            length = int.from_bytes(rest[:4], "big")
            if not name or len(rest) < 4 + length:
                raise Violation("a handshake that is cut off")
            found[name.lower()], rest = rest[4 : 4 + length], rest[4 + length :]
        if found.get(b"socket-type") != _KINDS.get(self._channel, b"ROUTER"):
            raise Violation("a socket of another kind")
        if set(found) - {b"socket-type", b"identity"}:
            raise Violation("a handshake with unknown properties")
        self._ready = True
