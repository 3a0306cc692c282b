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

from autograder.notebooks import zmtp

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


async def serve(
    connection: dict[str, Any],
    ends: dict[str, Inner],
    limit: int,
    refuse: Callable[[zmtp.Violation], None],
) -> list[asyncio.Server]:
    """Listen where the client will connect, and relay from then on.

    `refuse` is called when the kernel has said more than `limit` bytes, or what is not ZeroMQ's;
    that is not passed on. Raises OSError where an address cannot be had.
    """
    said = 0
    encrypted = bool(connection.get("curve_publickey"))

    async def kernel_to_client(
        channel: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        nonlocal said
        check = zmtp.Reader(channel, encrypted)
        while part := await reader.read(_PART):
            said += len(part)
            try:
                if said > limit:
                    raise zmtp.TooLarge(f"more than {limit} bytes")
                check.feed(part)
            except zmtp.Violation as violation:
                refuse(violation)
                await asyncio.Event().wait()  # the client's end stays open until all is over
            writer.write(part)
            await writer.drain()

    async def client_to_kernel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while part := await reader.read(_PART):
            writer.write(part)
            await writer.drain()

    def joined(channel: str) -> Callable[..., Any]:
        async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            inside: asyncio.StreamWriter | None = None
            try:
                from_kernel, inside = await asyncio.open_unix_connection(ends[channel].path)
                ways = [
                    asyncio.ensure_future(client_to_kernel(reader, inside)),
                    asyncio.ensure_future(kernel_to_client(channel, from_kernel, writer)),
                ]
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
            except OSError:
                pass  # the kernel has ended, or the client has gone
            finally:
                for stream in (writer, inside):
                    if stream is not None:
                        stream.close()

        return join

    servers = []
    for channel in CHANNELS:
        port = connection[f"{channel}_port"]
        if connection["transport"] == "ipc":
            path = f"{connection['ip']}-{port}"
            mask = os.umask(0o177)
            try:
                server = await asyncio.start_unix_server(joined(channel), path)
            finally:
                os.umask(mask)
        else:
            server = await asyncio.start_server(joined(channel), connection["ip"], port)
        servers.append(server)
    return servers
