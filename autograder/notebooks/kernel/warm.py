"""A warm parent of kernels: it imports the libraries once, and every notebook gets a fork of it.

The same fork server as for tests, in every tier, with a filter of system calls that lets a kernel
talk.
"""

from __future__ import annotations

import json
import logging
import socket
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.notebooks.kernel import calls
from autograder.notebooks.kernel.confinement import FEW_ARENAS, Bounds, KernelError, shown_beside
from autograder.sandbox.filter import FilterError
from autograder.sandbox.fork_server import Child, ForkServer, ForkServerError, Role
from autograder.sandbox.inside import wire
from autograder.sandbox.inside.confine import landlock_abi
from autograder.sandbox.runtime import RuntimeMissing
from autograder.sandbox.tiers import Level, Tier

_log = logging.getLogger(__name__)
_START_SECONDS = 30.0
_SIGNALS_SCOPED = 6  # landlock's ABI that keeps signals inside
_ALWAYS = ("ipykernel", "pillow")
_PRELOAD = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.core.logger",
    "IPython.extensions.storemagic",
    "tornado.platform.asyncio",
    "PIL.Image",
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
    "PIL.ImageDraw",
    "PIL.ImageFont",
)
_FIGURES = ("matplotlib.figure", "matplotlib.backends.backend_agg", "matplotlib.font_manager")
# Its import decides about the backend, which needs a running IPython.
_NOT_YET = "matplotlib.pyplot"


class Kernels:
    """Starts confined kernels that show some packages, and perhaps a folder of data."""

    def __init__(
        self,
        tier: Tier,
        packages: Sequence[str] = ("numpy", "matplotlib"),
        preload: Sequence[str] = (),
        data: Path | None = None,
        data_mount: str = "data",
        bounds: Bounds | None = None,
        warm: bool = True,
    ) -> None:
        """Start the parent; raises KernelError where nothing confines, or a package is missing.

        Of `bounds` only the disk's counts here. With `warm` figures are drawn once for every
        kernel; for a single one that takes longer than it saves.
        """
        if tier.level is Level.D:
            raise KernelError(tier.sentence)
        began = time.monotonic()
        modules = [name for name in preload if name != _NOT_YET]
        if warm and "matplotlib" in packages:
            modules += _FIGURES
        alone = bool({"namespaces", "uid"} & set(tier.layers)) or landlock_abi() >= _SIGNALS_SCOPED
        try:
            role = Role(
                "notebook_boot",
                calls.compiled(alone),
                disk_bytes=(bounds or Bounds()).disk_mb << 20,
                descriptors=256,
                shown=shown_beside(),
                environment={"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
                | FEW_ARENAS,
            )
            self._fork_server = ForkServer(
                tier,
                [*_ALWAYS, *packages],
                [*_PRELOAD, *modules],
                {"data": data} if data is not None else None,
                data_mount,
                role=role,
            )
        except (ForkServerError, RuntimeMissing, FilterError) as error:
            raise KernelError(str(error)) from None
        _log.info("parent of kernels started in %.1f s", time.monotonic() - began)

    def kernel(
        self,
        bounds: Bounds,
        files: Mapping[str, bytes],
        connection: dict[str, Any],
        listening: Mapping[str, int],
    ) -> Child:
        """Start a kernel with `files` beside it, which listens on descriptors, by address."""
        told = {"become": "kernel", "connection": connection, "listening": list(listening)}
        child = self._spawn(bounds, told, files, list(listening.values()))
        try:
            answer = child.channel.recv(1)
        except OSError as error:
            raise self._gone(child, str(error)) from None
        if answer != b"1":
            raise self._gone(child, "it ended", answer)
        return child

    def decoder(self, bounds: Bounds, files: Sequence[bytes], output: int) -> Child:
        """Start what writes the pixels of `files` to the descriptor `output`, and then ends."""
        named = {str(number): content for number, content in enumerate(files)}
        return self._spawn(bounds, {"become": "pictures"}, named, [output])

    def _spawn(
        self,
        bounds: Bounds,
        told: dict[str, Any],
        files: Mapping[str, bytes],
        descriptors: list[int],
    ) -> Child:
        try:
            child = self._fork_server.spawn(bounds.memory_mb, bounds.cpu_seconds, "data")
        except ForkServerError as error:
            raise KernelError(str(error)) from None
        setup = told | {"files": [(name, len(content)) for name, content in files.items()]}
        try:
            child.channel.settimeout(_START_SECONDS)
            socket.send_fds(child.channel, [b"!"], descriptors)
            child.channel.sendall(json.dumps(setup).encode() + b"\n")
            for content in files.values():
                child.channel.sendall(content)
        except OSError as error:
            raise self._gone(child, str(error)) from None
        return child

    def _gone(self, child: Child, words: str, begun: bytes = b"") -> KernelError:
        """End a child that did not start; returns the error with its own reason, or `words`."""
        reason = _refusal(child, begun) or words
        _log.info("a child of the parent of kernels did not start: %s", reason)
        self.end(child)
        return KernelError(f"the confined process did not start: {reason}")

    def end(self, child: Child) -> int:
        """End a child and wait for it; returns its exit code, or 128 and the signal's number."""
        try:
            status, _ = self._fork_server.reap(child)
            _log.debug("a child of the parent of kernels ended with %d", status)
        except ForkServerError as error:
            raise KernelError(str(error)) from None
        finally:
            child.close()
        return status if status >= 0 else 128 - status

    def end_all(self) -> None:
        """End what a lost process left running; raises KernelError."""
        try:
            self._fork_server.reap_all()
        except ForkServerError as error:
            raise KernelError(str(error)) from None

    def alive(self) -> bool:
        """Tell whether kernels can be had."""
        return self._fork_server.alive()

    def close(self) -> None:
        """End the parent and every kernel."""
        self._fork_server.close()

    def __enter__(self) -> Kernels:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _refusal(child: Child, begun: bytes) -> str:
    """Return why a child that was not told to go on refused; "" where it said nothing."""
    try:
        child.channel.settimeout(1)
        said = begun
        while part := child.channel.recv(1 << 12):
            said += part
        message = wire.decode(said[wire.HEADER_SIZE :])
    except (OSError, wire.WireError):
        return ""
    return str(message[1]) if isinstance(message, list) and len(message) == 2 else ""
