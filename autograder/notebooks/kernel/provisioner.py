"""Gives a Jupyter client a confined kernel that is a fork of a warm parent.

Jupyter calls who starts and ends kernels a provisioner. The relay between client and kernel runs in
the client's own event loop: both are on the trusted side.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase

from autograder.notebooks.kernel import kernelspec, relay, zmtp
from autograder.notebooks.kernel.confinement import Bounds
from autograder.notebooks.kernel.main import NO_JUPYTER, TALKED_TOO_MUCH
from autograder.notebooks.kernel.warm import Kernels
from autograder.sandbox.fork_server import Child, readable_now

_LOOK_SECONDS = 0.05
_SEND_MILLISECONDS = 2000  # a message that nobody takes would otherwise wait for ever


def manager_of(
    kernels: Kernels, bounds: Bounds, files: Mapping[str, bytes], place: Path
) -> AsyncKernelManager:
    """Return what starts a kernel with `files` beside it; its sockets go to the folder `place`."""
    context = zmq.asyncio.Context()
    context.setsockopt(zmq.SNDTIMEO, _SEND_MILLISECONDS)
    manager = AsyncKernelManager(
        kernel_name=kernelspec.NAME,
        kernel_spec_manager=kernelspec.OneSpec(kernelspec.spec(())),
        transport="ipc",
        ip=str(place / "s"),
        connection_file=str(place / "connection.json"),
        context=context,
    )
    manager.provisioner = _Forked(parent=manager, kernel_spec=manager.kernel_spec)
    manager.provisioner.prepare(kernels, bounds, files)
    return manager


class _Forked(KernelProvisionerBase):
    """One kernel; `prepare` must be called before it is launched."""

    _kernels: Kernels
    _bounds: Bounds
    _files: Mapping[str, bytes]
    _child: Child | None = None
    _relay: relay.Relay | None = None
    _code: int | None = None

    def prepare(self, kernels: Kernels, bounds: Bounds, files: Mapping[str, bytes]) -> None:
        """Take what the kernel is made of: its parent, its bounds, the files beside it."""
        self._kernels, self._bounds, self._files = kernels, bounds, files

    @property
    def _manager(self) -> AsyncKernelManager:
        assert isinstance(self.parent, AsyncKernelManager)
        return self.parent

    @property
    def has_process(self) -> bool:
        """Whether a kernel was started and not cleaned up yet."""
        return self._relay is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Write the client's connection file, which gives its sockets their numbers."""
        self._manager.write_connection_file()
        self.connection_info = self._manager.get_connection_info()
        return dict(await super().pre_launch(cmd=[], **kwargs))

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start the kernel and the relay; raises KernelError."""
        del cmd, kwargs
        outer = json.loads(Path(self._manager.connection_file).read_text(encoding="utf-8"))
        ends = relay.inner_ends()
        try:
            connection, listening = relay.inside(outer, ends)
            self._child = self._kernels.kernel(self._bounds, self._files, connection, listening)
        except BaseException:
            for end in ends.values():
                end.close()
            raise
        for end in ends.values():
            end.listening.close()  # so that a client notices when the kernel is gone
        self._relay = relay.Relay(ends, self._bounds.output_mb << 20, self._refuse)
        await self._relay.listen(outer)
        return self.connection_info

    def _refuse(self, violation: zmtp.Violation) -> None:
        self._end(TALKED_TOO_MUCH if isinstance(violation, zmtp.TooLarge) else NO_JUPYTER)

    def _end(self, code: int | None = None) -> None:
        if self._child is not None:
            child, self._child = self._child, None
            ended = self._kernels.end(child)
            self._code = ended if code is None else code

    async def poll(self) -> int | None:
        """Return the exit code, or 128 and the number of a signal; None while it runs."""
        if self._child is not None and readable_now(self._child.pidfd, seconds=0):
            self._end()
        return self._code

    async def wait(self) -> int | None:
        """Wait for its end."""
        while await self.poll() is None and self._child is not None:
            await asyncio.sleep(_LOOK_SECONDS)
        return self._code

    async def send_signal(self, signum: int) -> None:
        """Do nothing: interrupts are messages, and nothing else is asked of it."""

    async def kill(self, restart: bool = False) -> None:
        """End it at once."""
        del restart
        self._end()

    async def terminate(self, restart: bool = False) -> None:
        """End it at once: nothing in it deserves a farewell."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Let go of everything."""
        self._end()
        if self._relay is not None:
            await self._relay.close()
            self._relay = None
