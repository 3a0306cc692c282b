"""Starts a confined IPython kernel for whoever speaks Jupyter's protocol.

A kernelspec names this module: `python -m autograder.notebooks.kernel -f CONNECTION_FILE`. It stays
outside as the kernel's guard: relays the channels, ends the kernel when its own parent ends, and
exits when the kernel does. No byte of a notebook is executed or interpreted here.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.notebooks.kernel import relay, zmtp
from autograder.notebooks.kernel.confinement import Bounds, KernelError, copied
from autograder.notebooks.kernel.warm import Kernels
from autograder.sandbox import tiers
from autograder.sandbox.fork_server import Child, readable_now

_log = logging.getLogger(__name__)
TALKED_TOO_MUCH = 81  # exit codes beside those of the kernel itself
NO_JUPYTER = 82
NOT_CONFINED = 83


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one kernel until it ends; returns the exit code."""
    options = _options(arguments)
    try:
        return asyncio.run(_run(options))
    except KernelError as error:
        print(f"autograder kernel: {error}", file=sys.stderr)
        return NOT_CONFINED


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="autograder kernel", description=__doc__)
    parser.add_argument("-f", "--connection-file", type=Path, required=True)
    parser.add_argument("--packages", default="numpy", help="distributions, with commas between")
    parser.add_argument("--data", type=Path, help="a folder to show read-only")
    parser.add_argument("--data-mount", default="data", help="where the notebook sees it")
    defaults = Bounds()
    for name in ("memory_mb", "cpu_seconds", "disk_mb", "output_mb"):
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, type=int, default=getattr(defaults, name))
    # Jupyter's clients append options of IPython's own, such as where its history goes.
    return parser.parse_known_args(arguments)[0]


async def _run(options: argparse.Namespace) -> int:
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # interrupts come as messages
    bounds = Bounds(options.memory_mb, options.cpu_seconds, options.disk_mb, options.output_mb)
    outer = _connection(options.connection_file)
    with _kernels(options, bounds) as kernels:
        ends = relay.inner_ends()
        try:
            files = copied(Path.cwd(), options.data_mount)
            child = kernels.kernel(bounds, files, *relay.inside(outer, ends))
        except BaseException:
            for end in ends.values():
                end.close()
            raise
        for end in ends.values():
            end.listening.close()  # so that a client notices when the kernel is gone
        return await _guard(kernels, child, outer, ends, bounds)


def _connection(path: Path) -> dict[str, Any]:
    try:
        connection: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        for channel in relay.CHANNELS:
            connection[f"{channel}_port"] = int(connection[f"{channel}_port"])
        if connection["transport"] not in ("tcp", "ipc"):
            raise KernelError(f"{path}: there is no transport {connection['transport']!r}")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KernelError(f"{path}: no connection file of Jupyter's ({error})") from None
    return connection


def _kernels(options: argparse.Namespace, bounds: Bounds) -> Kernels:
    """Start the parent of one kernel; the folder's own data is shown where no other is given."""
    data = options.data or Path(options.data_mount)
    if options.data is not None and not data.is_dir():
        raise KernelError(f"{data}: there is no such folder of data")
    return Kernels(
        tiers.probe(),
        [name for name in options.packages.split(",") if name],
        data=data.resolve() if data.is_dir() else None,
        data_mount=options.data_mount,
        bounds=bounds,
        warm=False,
    )


async def _guard(
    kernels: Kernels,
    child: Child,
    outer: dict[str, Any],
    ends: dict[str, relay.Inner],
    bounds: Bounds,
) -> int:
    """Relay until the kernel, the client's process or the allowance ends."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[int] = loop.create_future()

    def end(code: int) -> None:
        if not ended.done():
            ended.set_result(code)

    def refuse(violation: zmtp.Violation) -> None:
        end(TALKED_TOO_MUCH if isinstance(violation, zmtp.TooLarge) else NO_JUPYTER)

    loop.add_reader(child.pidfd, end, 0)
    loop.add_signal_handler(signal.SIGTERM, end, 0)
    parent = os.getppid()
    with contextlib.suppress(ProcessLookupError):
        loop.add_reader(os.pidfd_open(parent), end, 0)
    if os.getppid() != parent:
        end(0)  # it ended while we looked
    carrier = relay.Relay(ends, bounds.output_mb << 20, refuse)
    try:
        await carrier.listen(outer)
        code = await ended
    except OSError as error:
        raise KernelError(f"the client's sockets cannot be had: {error}") from None
    finally:
        died_by_itself = bool(readable_now(child.pidfd, seconds=0))
        loop.remove_reader(child.pidfd)
        status = kernels.end(child)
        await carrier.close()
    code = status if code == 0 and died_by_itself else code
    _log.info("the kernel ended with %d", code)
    return code
