"""Carries bytes between a Jupyter client and a kernel that has no network and no files of ours.

The client's end is whatever its connection file says, TCP or unix sockets. The kernel's end are
unix sockets that listen before it starts; it inherits them, and their names are gone from the disk
by then. What the kernel says is counted and its framing is checked, since no client bounds what it
stores, and a malformed frame would stop it.
"""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.notebooks.kernel import zmtp

CHANNELS = ("shell", "iopub", "stdin", "control", "hb")
_PART = 1 << 16


@dataclass(frozen=True)
class Inner:
    """The kernel's end of one channel."""

    listening: socket.socket
    place: int  # O_PATH descriptor of the socket, by which it is reached without a name

    @property
    def path(self) -> str:
        """Return a path that leads to the socket, for this process only."""
        return f"/proc/self/fd/{self.place}"

    def close(self) -> None:
        """Let go of it."""
        self.listening.close()
        os.close(self.place)


def inner_ends() -> dict[str, Inner]:
    """Make a listening unix socket for each channel; none of them has a name afterwards."""
    ends = {}
    with tempfile.TemporaryDirectory(prefix="autograder-kernel-") as folder:
        for channel in CHANNELS:
            path = Path(folder, channel)
            listening = socket.socket(socket.AF_UNIX)
            listening.bind(str(path))
            listening.listen(16)
            ends[channel] = Inner(listening, os.open(path, os.O_PATH | os.O_CLOEXEC))
    return ends


def inside(
    connection: dict[str, Any], ends: dict[str, Inner]
) -> tuple[dict[str, Any], dict[str, int]]:
    """Return the connection as the kernel gets it, and by address the descriptors to listen on.

    The key stays the client's; of its addresses the kernel learns none.
    """
    told = connection | {"transport": "ipc", "ip": "/handed-in"}
    told |= {f"{name}_port": number for number, name in enumerate(ends, 1)}
    listening = {
        f"ipc:///handed-in-{number}": end.listening.fileno()
        for number, end in enumerate(ends.values(), 1)
    }
    return told, listening


class Relay:
    """Carries a kernel's channels from `ends` to wherever its client will connect."""

    def __init__(
        self, ends: dict[str, Inner], limit: int, refuse: Callable[[zmtp.Violation], None]
    ) -> None:
        """Take the kernel's ends, which are closed with this.

        `refuse` is called when the kernel has said more than `limit` bytes, or what is not
        ZeroMQ's; that is not passed on.
        """
        self._ends, self._limit, self._refuse = ends, limit, refuse
        self._said = 0
        self._encrypted = False
        self._servers: list[asyncio.Server] = []
        self._joins: set[asyncio.Task[Any]] = set()

    async def listen(self, connection: dict[str, Any]) -> None:
        """Listen where the client will connect; raises OSError where an address is taken."""
        self._encrypted = bool(connection.get("curve_publickey"))
        for channel in CHANNELS:
            port = connection[f"{channel}_port"]
            if connection["transport"] == "ipc":
                path = f"{connection['ip']}-{port}"
                mask = os.umask(0o177)
                try:
                    server = await asyncio.start_unix_server(self._joined(channel), path)
                finally:
                    os.umask(mask)
            else:
                server = await asyncio.start_server(self._joined(channel), connection["ip"], port)
            self._servers.append(server)

    async def close(self) -> None:
        """Stop at once."""
        for server in self._servers:
            server.close()
        for join in self._joins:
            join.cancel()
        await asyncio.gather(*self._joins, return_exceptions=True)
        for end in self._ends.values():
            end.close()

    def _joined(self, channel: str) -> Callable[..., Any]:
        async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._joins.add(task)
            inside: asyncio.StreamWriter | None = None
            ways: list[asyncio.Task[None]] = []
            try:
                path = self._ends[channel].path
                from_kernel, inside = await asyncio.open_unix_connection(path)
                ways = [
                    asyncio.ensure_future(_carry(reader, inside)),
                    asyncio.ensure_future(self._carry_checked(channel, from_kernel, writer)),
                ]
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            except OSError:
                pass  # the kernel has ended, or the client has gone
            except asyncio.CancelledError:
                pass  # all of it is over; asyncio's servers would report a cancelled handler
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
                for stream in (writer, inside):
                    if stream is not None:
                        stream.close()
                self._joins.discard(task)

        return join

    async def _carry_checked(
        self, channel: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        check = zmtp.Reader(channel, self._encrypted)
        while part := await reader.read(_PART):
            self._said += len(part)
            try:
                if self._said > self._limit:
                    raise zmtp.TooLarge(f"more than {self._limit} bytes")
                check.feed(part)
            except zmtp.Violation as violation:
                self._refuse(violation)
                await asyncio.Event().wait()  # the client's end stays open until all is over
            writer.write(part)
            await writer.drain()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while part := await reader.read(_PART):
        writer.write(part)
        await writer.drain()
