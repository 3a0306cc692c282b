"""A warm parent: imports the libraries once, then forks one confined child per submission.

It never holds a test, a solution or a submission; those go from the trusted side straight to
the child. Requests are frames on one socket, descriptors travel beside them.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import select
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from . import confine, wire
from .accommodations import install
from .wire import WireError

_CONTROL = 3
_NEW_ROOT = "/mnt"
HOME, SCRATCH = "/home/submission", "/tmp"
_WATCH_SECONDS = 0.1


class ForkingParent:
    """Forks children on request and reports how they ended."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._setup: dict[str, Any] = {}
        self._children: dict[int, str | None] = {}  # pid -> its folder on disk, if any
        self._own_namespace: int | None = None
        self._overfull: set[int] = set()
        self._branches: set[int] = set()

    def serve(self) -> None:
        """Answer until the trusted side is gone."""
        while True:
            # Folders on a real disk have no size limit of their own, unlike a tmpfs.
            watched = [pid for pid, folder in self._children.items() if folder is not None]
            while watched and not select.select([self._control], [], [], _WATCH_SECONDS)[0]:
                self._watch(watched)
            message, descriptors = self._receive()
            if message is None:
                os._exit(0)
            operation, *arguments = message
            try:
                answer, outgoing = getattr(self, f"_do_{operation}")(descriptors, *arguments)
            except (OSError, ImportError, confine.ConfinementError) as error:
                answer, outgoing = ["failed", f"{type(error).__name__}: {error}"], []
            finally:
                for descriptor in descriptors:
                    os.close(descriptor)
            self._send(answer, outgoing)

    def _do_setup(self, _: list[int], setup: dict[str, Any]) -> tuple[Any, list[int]]:
        self._setup = setup
        if any(name.partition(".")[0] == "torchvision" for name in setup["preload"]):
            from studentkit.torchvision_ops import declare_missing_operators

            declare_missing_operators()
        for name in setup["preload"]:
            importlib.import_module(name)
        if "torch" in sys.modules:
            sys.modules["torch"].set_num_threads(1)
            with contextlib.suppress(ImportError):  # it wants sympy
                importlib.import_module("torch._dynamo")  # 1.2 s, by a process's first optimizer
        if "matplotlib.backends.backend_agg" in sys.modules:
            _warm_fonts()
        install()
        for name in ("encodings.idna", setup["module"], *setup["warm"]):
            importlib.import_module(name)  # once, before any fork
        if "namespaces" in setup["layers"]:
            self._own_namespace = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        gc.collect()
        gc.freeze()  # children would otherwise copy every page the collector touches
        return ["ok"], []

    def _do_branch(
        self, descriptors: list[int], lent: dict[str, Any] | None
    ) -> tuple[Any, list[int]]:
        """Fork a parent of the same kind, with the lent functions in it where there are some."""
        self._bury_branches()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._become_branch(descriptors[0], lent, parent)
        self._branches.add(pid)
        return ["ok"], []

    def _become_branch(self, control: int, lent: dict[str, Any] | None, parent: int) -> None:
        """Serve like this one at `control`; never returns."""
        try:
            confine.die_with_parent()
            if os.getppid() != parent:
                os._exit(1)
            own = socket.socket(fileno=os.dup(control))
            self._control.close()
            os.closerange(_CONTROL + 1, own.fileno())
            branch = ForkingParent(own)
            branch._setup = self._setup
            if self._own_namespace is not None:
                branch._own_namespace = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
            if lent is not None:
                branch._setup = self._setup | {"module": "inside.lending"}
                lending = importlib.import_module("inside.lending")
                lending.prepare(lent)
            gc.collect()
            gc.freeze()
            branch.serve()
        finally:
            os._exit(1)

    def _bury_branches(self) -> None:
        """Take note of those that have ended, with the grading processes that asked for them."""
        for pid in list(self._branches):
            if os.waitpid(pid, os.WNOHANG)[0]:
                self._branches.discard(pid)

    def _do_spawn(self, descriptors: list[int], order: dict[str, Any]) -> tuple[Any, list[int]]:
        channel, output = descriptors
        layers = frozenset(self._setup["layers"])
        if "namespaces" in layers:
            confine.unshare(confine.CLONE_NEWPID)
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._child(channel, output, order, layers, parent)
        if self._own_namespace is not None and "namespaces" in layers:
            confine.set_namespace(self._own_namespace, confine.CLONE_NEWPID)
        self._children[pid] = order.get("folder")
        return ["ok", pid], [os.pidfd_open(pid)]

    def _do_reap(self, _: list[int], pid: int) -> tuple[Any, list[int]]:
        if pid not in self._children:
            return ["failed", "no such child"], []
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        folder = self._children.pop(pid)
        overfull = pid in self._overfull
        self._overfull.discard(pid)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        return ["ok", [status, overfull]], []

    def _watch(self, pids: list[int]) -> None:
        """Kill each of these workers that has written more than it may."""
        for pid in pids:
            written = 0
            for folder, _, names in os.walk(self._children[pid] or "", onerror=None):
                for name in names:
                    with contextlib.suppress(OSError):  # removed in the meantime
                        written += Path(folder, name).lstat().st_size
            if written > self._setup["disk"] and pid not in self._overfull:
                self._overfull.add(pid)
                os.kill(pid, signal.SIGKILL)

    def _do_reap_all(self, _: list[int]) -> tuple[Any, list[int]]:
        for pid in list(self._children):
            self._do_reap([], pid)
        for pid in self._branches:
            os.kill(pid, signal.SIGKILL)  # their children die with them
            os.waitpid(pid, 0)
        self._branches.clear()
        return ["ok"], []

    def _child(
        self, channel: int, output: int, order: dict[str, Any], layers: frozenset[str], parent: int
    ) -> None:
        """Become the worker: arrange descriptors, confine, serve. Never returns."""
        try:
            confine.die_with_parent()
            null = os.open(os.devnull, os.O_RDWR)
            channel = os.dup(channel) if channel < 10 else channel
            output = os.dup(output) if output < 10 else output
            for source, target in ((null, 0), (output, 1), (null, 2), (channel, 3)):
                os.dup2(source, target)
            os.closerange(4, 4096)
            try:
                self._confine(order, layers)
            except (OSError, confine.ConfinementError) as error:
                os.write(3, wire.frame(wire.encode(["refused", str(error)])))
                os._exit(3)
            become = importlib.import_module(self._setup["module"])
            become.run(3, order.get("folder") or HOME)
        finally:
            os._exit(4)

    def _confine(self, order: dict[str, Any], layers: frozenset[str]) -> None:
        setup, folder = self._setup, order.get("folder")
        if "namespaces" in layers:
            confine.unshare(
                confine.CLONE_NEWNS
                | confine.CLONE_NEWNET
                | confine.CLONE_NEWIPC
                | confine.CLONE_NEWUTS
                | confine.CLONE_NEWCGROUP
            )
        writable = [folder] if folder else [HOME, SCRATCH]
        readable = list(setup["readable"])
        data = order.get("data")
        if "mounts" in layers:
            binds = [(data, f"{HOME}/{setup['data_mount']}")] if data else []
            os.umask(0o077)
            confine.private_root(_NEW_ROOT, setup["visible"], binds, setup["disk"])
            Path(HOME).mkdir(parents=True, exist_ok=True)
            Path(SCRATCH).mkdir(parents=True, exist_ok=True)
            readable = [*setup["visible"], f"{HOME}/{setup['data_mount']}"]
        elif folder:
            Path(folder).mkdir(mode=0o700)
            if data:
                Path(folder, setup["data_mount"]).symlink_to(data)
                readable.append(data)
            if "uid" in layers:
                os.chown(folder, order["uid"], order["uid"])
            os.environ["TMPDIR"] = folder
        else:
            Path(HOME).mkdir(parents=True, exist_ok=True)
        os.environ["HOME"] = os.environ["MPLCONFIGDIR"] = writable[-1]
        if "limits" in layers:
            processes = 64 if "uid" in layers else None
            confine.limit_resources(
                order["memory"],
                order["cpu_seconds"],
                setup["disk"],
                setup["descriptors"],
                processes,
            )
        confine.no_new_privileges()
        if "uid" in layers:
            confine.become(order["uid"])
        if "capabilities" in layers:
            # Leaving the bounding set needs a capability that tiers B and C do not have.
            confine.drop_capabilities(bounding="namespaces" in layers)
            confine.no_new_privileges()
        confine.die_with_parent()
        if os.getppid() == 0 and "namespaces" not in layers:
            raise confine.ConfinementError("the parent ended")
        if "landlock" in layers:
            confine.landlock(readable, [*writable, os.devnull])
        if "seccomp" in layers:
            confine.filter_system_calls(setup["filter"])
        confine.probe(setup["outside"], layers)
        os.chdir(writable[0])

    def _receive(self) -> tuple[Any, list[int]]:
        header, descriptors, _, _ = socket.recv_fds(self._control, wire.HEADER_SIZE, 4)
        while 0 < len(header) < wire.HEADER_SIZE:
            header += self._control.recv(wire.HEADER_SIZE - len(header))
        if not header:
            return None, []
        size = wire.frame_length(header)
        parts = []
        while size:
            part = self._control.recv(min(size, 1 << 20))
            if not part:
                return None, []
            parts.append(part)
            size -= len(part)
        return wire.decode(b"".join(parts)), descriptors

    def _send(self, answer: Any, descriptors: list[int]) -> None:
        payload = wire.frame(wire.encode(answer))
        socket.send_fds(self._control, [payload[: wire.HEADER_SIZE]], descriptors)
        self._control.sendall(payload[wire.HEADER_SIZE :])
        for descriptor in descriptors:
            os.close(descriptor)


def _warm_fonts() -> None:
    """Draw one figure, so that fonts and caches are loaded once and shared by every child."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure()
    FigureCanvasAgg(figure)
    for axis in figure.subplots(1, 2):
        axis.plot([0, 1], [0, 1], label="warm")
        axis.set_title("warm")
        axis.legend()
    figure.tight_layout()
    figure.canvas.draw()


def main() -> None:
    """Serve on the inherited control socket until it closes."""
    confine.die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the grader, which ends us
    control = socket.socket(fileno=_CONTROL)
    control.setblocking(True)
    try:
        ForkingParent(control).serve()
    except (OSError, WireError):
        os._exit(1)
