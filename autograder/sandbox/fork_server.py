"""The trusted side's hold on a fork server: start it, ask it for workers, end it."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import select
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from autograder.core.errors import AutograderError
from autograder.sandbox import filter as system_call_filter
from autograder.sandbox import runtime, tiers, view
from autograder.sandbox.inside import wire
from autograder.sandbox.tiers import Level, Tier

_log = logging.getLogger(__name__)
_START_SECONDS = 120
_ANSWER_SECONDS = 30
_GOODBYE_SECONDS = 2
_BOOT = (
    "import sys; sys.path[:] = sys.argv[1:]; sys.dont_write_bytecode = True; "
    "from inside.fork_server import main; main()"
)


class ForkServerError(AutograderError):
    """The grader's own machinery failed: never the student's fault."""


@dataclass
class Child:
    """A confined process that awaits its submission."""

    pid: int  # as the fork server numbers it
    pidfd: int
    channel: socket.socket
    output: int  # what it writes to descriptor 1 itself; standard error goes nowhere

    def close(self) -> None:
        """Let go of its descriptors; the process itself is the fork server's to reap."""
        self.channel.close()
        os.close(self.output)
        os.close(self.pidfd)

    def used(self) -> float:
        """Return the processor seconds it has used; 0 where that cannot be told."""
        return self._facts()[1]

    def starved(self) -> float | None:
        """Return the processor seconds it has used, if it could use more right now.

        None where it waits for something else, or nothing is known: it has nobody to blame.
        """
        state, used = self._facts()
        return used if state == "R" else None

    def _facts(self) -> tuple[str, float]:
        try:
            facts = Path(f"/proc/self/fdinfo/{self.pidfd}").read_text(encoding="ascii")
            pid = int(facts.partition("Pid:")[2].split()[0])
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks = int(fields[11]) + int(fields[12])
        except (OSError, ValueError, IndexError):
            return "", 0.0
        return fields[0], ticks / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        """End it at once; its threads go with it, and it cannot have other processes."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)


@dataclass(frozen=True)
class Role:
    """What a fork server's children become, and what that takes."""

    module: str  # as the sandbox knows it; its `run(channel, folder)` is called, confined
    filter: bytes  # the compiled program of system calls
    disk_bytes: int  # all that a child can write
    descriptors: int
    warm: tuple[str, ...] = ()  # modules imported beside `module`
    shown: Mapping[str, Path] = field(default_factory=dict)  # more to see, by its name
    environment: Mapping[str, str] = field(default_factory=dict)


def worker() -> Role:
    """Return the role of answering tests; raises FilterError."""
    return Role(
        "inside.server",
        system_call_filter.compiled(),
        disk_bytes=24 << 20,
        descriptors=64,
        warm=("studentkit.survey", "inside.mistaken", "inside.lending"),
        environment={"MPLBACKEND": "Agg"},
    )


class Parent:
    """A process that forks confined children when it is asked to."""

    tier: Tier

    def __init__(self, control: socket.socket, layers: Sequence[str]) -> None:
        """Speak to it through `control`; its children get `layers`."""
        self._control = control
        self._layers = list(layers)
        self._folder: Path | None = None
        self._data: dict[str, Path] = {}
        self._count = 0
        self._awaited = 0.0  # seconds that the answer to an earlier question may take
        self.asking = False

    def spawn(self, memory_mb: int, cpu_seconds: float, data: str | None = None) -> Child:
        """Fork a child and confine it; raises ForkServerError where that fails.

        It may have so much memory, and compute for so long in all.
        """
        self._count += 1
        order: dict[str, Any] = {
            "memory": memory_mb << 20,
            "cpu_seconds": int(cpu_seconds) + 2,
            "data": str(self._data[data]) if data in self._data else None,
        }
        if self._folder is not None:
            order["folder"] = str(self._folder / f"w{self._count}-{secrets.token_hex(4)}")
            order["uid"] = (1 << 30) + secrets.randbelow(1 << 29)
        elif "mounts" not in self._layers:
            order["folder"] = f"/tmp/w{self._count}-{secrets.token_hex(4)}"
        channel, theirs = socket.socketpair()
        output, output_end = os.pipe()
        try:
            pid, pidfds = self._ask(["spawn", order], [theirs.fileno(), output_end])
        except BaseException:
            channel.close()
            os.close(output)
            raise
        finally:
            theirs.close()
            os.close(output_end)
        os.set_blocking(output, False)
        return Child(pid, pidfds[0], channel, output)

    def reap(self, child: Child) -> tuple[int, bool]:
        """End a worker and wait for it.

        Returns its exit code (negative: the signal) and whether it had filled its disk.
        """
        child.kill()
        (status, overfull), _ = self._ask(["reap", child.pid], [])
        return int(status), bool(overfull)

    def reap_all(self) -> None:
        """End every worker that is left."""
        self._ask(["reap_all"], [])

    def _ask(
        self, message: list[Any], descriptors: list[int], seconds: float = _ANSWER_SECONDS
    ) -> tuple[Any, list[int]]:
        if self._awaited:
            self.wait()
        self._send(message, descriptors, seconds)
        return self._answer(seconds)

    def wait(self) -> None:
        """Wait until it is ready; raises ForkServerError where it cannot become so."""
        seconds, self._awaited = self._awaited, 0.0
        if seconds:
            self._answer(seconds)

    def _send(self, message: list[Any], descriptors: list[int], seconds: float) -> None:
        if self.asking:
            raise ForkServerError("an earlier question to the worker's parent was interrupted")
        payload = wire.frame(wire.encode(message))
        self._control.settimeout(seconds)
        self.asking = True  # stays so where an exception leaves half an answer on the socket
        try:
            socket.send_fds(self._control, [payload[: wire.HEADER_SIZE]], descriptors)
            self._control.sendall(payload[wire.HEADER_SIZE :])
        except (OSError, TimeoutError) as error:
            raise ForkServerError(f"the worker's parent does not answer: {error}") from None

    def _answer(self, seconds: float) -> tuple[Any, list[int]]:
        self._control.settimeout(seconds)
        try:
            header, received, _, _ = socket.recv_fds(self._control, wire.HEADER_SIZE, 4)
            while len(header) < wire.HEADER_SIZE:
                header += self._more(wire.HEADER_SIZE - len(header))
            size = wire.frame_length(header)
            body = b""
            while len(body) < size:
                body += self._more(size - len(body))
        except (OSError, TimeoutError) as error:
            raise ForkServerError(f"the worker's parent does not answer: {error}") from None
        self.asking = False
        answer = wire.decode(body)
        if answer[0] != "ok":
            for descriptor in received:
                os.close(descriptor)
            raise ForkServerError(f"the worker's parent refused: {answer[1]}")
        return (answer[1] if len(answer) > 1 else None), received

    def _more(self, size: int) -> bytes:
        part = self._control.recv(size)
        if not part:
            raise ForkServerError("the worker's parent ended")
        return part

    def branch(self, lent: Mapping[str, Any] | None = None) -> Branch:
        """Fork a parent like this one, as warm and as confined.

        With `lent`, its children answer for the functions in it (see `inside.lending`). It ends
        with the last process that holds it, and with this one. Raises ForkServerError.
        """
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                told = None if lent is None else dict(lent)
                self._ask(["branch", told], [theirs.fileno()], _START_SECONDS)
        except BaseException:
            ours.close()
            raise
        return Branch(self, ours)

    def alive(self) -> bool:
        """Tell whether it still runs."""
        if self._control.fileno() < 0:
            return False
        poller = select.poll()
        poller.register(self._control, select.POLLHUP)
        return not poller.poll(0)

    def close(self) -> None:
        """End it and everything it made."""
        self._control.close()  # it ends by itself at that, and its children with it

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class ForkServer(Parent):
    """A warm parent, confined by `tier`; it shows `packages` and imports `preload`."""

    def __init__(
        self,
        tier: Tier,
        packages: Sequence[str] = ("numpy",),
        preload: Sequence[str] = ("numpy",),
        data: dict[str, Path] | None = None,
        data_mount: str = "data",
        without: frozenset[str] = frozenset(),
        role: Role | None = None,
        wait: bool = True,
    ) -> None:
        """Start it, and `wait` until it is ready or leave that to the first question.

        `data` names folders that children may be given to read; they are workers
        unless they have another `role`.

        `without` leaves layers off, to prove by an attack that each is needed; nothing but
        tests may use it. Raises ForkServerError, or RuntimeMissing for a package.
        """
        if tier.level is Level.D:
            raise ForkServerError("nothing confines student code on this machine")
        role = role or worker()
        shown = runtime.packages(packages) | dict(role.shown)
        ours, theirs = socket.socketpair()
        super().__init__(ours, [layer for layer in tier.layers if layer not in without])
        self.tier = tier
        self._data = dict(data or {})
        try:
            with theirs:
                command, setup, environment = self._plan(shown)
                environment |= role.environment
                self._process = self._start(command, environment, theirs)
            setup |= {
                "preload": list(preload),
                "layers": self._layers,
                "filter": role.filter,
                "module": role.module,
                "warm": list(role.warm),
                "disk": role.disk_bytes,
                "descriptors": role.descriptors,
                "data_mount": data_mount,
            }
            self._send(["setup", setup], [], _START_SECONDS)
            self._awaited = float(_START_SECONDS)
            if wait:
                self.wait()
        except BaseException:
            self.close()
            raise

    def _start(
        self, command: list[str], environment: dict[str, str], theirs: socket.socket
    ) -> subprocess.Popen[bytes]:
        def place_control() -> None:
            if theirs.fileno() == 3:
                os.set_inheritable(3, True)
            else:
                os.dup2(theirs.fileno(), 3)

        try:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=None if _log.isEnabledFor(logging.DEBUG) else subprocess.DEVNULL,
                env=environment,
                pass_fds=(3,) if theirs.fileno() == 3 else (3, theirs.fileno()),
                preexec_fn=place_control,
                start_new_session=True,
            )
        except OSError as error:
            raise ForkServerError(f"the worker's parent could not be started: {error}") from None

    def _plan(self, shown: dict[str, Path]) -> tuple[list[str], dict[str, Any], dict[str, str]]:
        python = runtime.interpreter()
        environment = view.ENVIRONMENT | {"HOME": "/tmp", "MPLCONFIGDIR": "/tmp"}
        standard = [str(python.standard_library), str(python.extensions)]
        boot = [str(python.executable), "-I", "-S", "-B", "-c", _BOOT]
        if self.tier.level is Level.A:
            command = self._bubblewrap(python, shown)
            visible = view.visible(python)
            setup = {"visible": visible, "readable": visible, "outside": "/data/outside"}
            return [*command, *boot, *standard, "/packages"], setup, environment
        self._folder = Path(tempfile.mkdtemp(prefix="autograder-"))
        self._folder.chmod(0o711)
        another = self.tier.level is Level.B  # a user who may not reach everything
        places = [python.standard_library, *shown.values()]
        copies = another and not all(map(runtime.world_readable, places))
        readable = runtime.gather(self._folder / "packages", shown, copies)
        if copies:
            library = {"stdlib": python.standard_library}
            readable += runtime.gather(self._folder / "python", library, copies=True)
            home = self._folder / "python" / "stdlib"
            standard = [str(home), str(home / "lib-dynload")]
        if another and not all(map(runtime.world_readable, self._data.values())):
            runtime.gather(self._folder / "data", self._data, copies=True)
            self._data = {name: self._folder / "data" / name for name in self._data}
        readable += [*standard, "/usr/lib", "/lib", "/etc/ld.so.cache", "/dev/null", "/dev/urandom"]
        (self._folder / "outside").write_text("Nothing outside may be read.\n")
        setup = {
            "visible": [],
            "readable": [path for path in readable if Path(path).exists()],
            "outside": str(self._folder / "outside"),
        }
        environment["HOME"] = environment["MPLCONFIGDIR"] = str(self._folder)
        return [*boot, *standard, str(self._folder / "packages")], setup, environment

    def _bubblewrap(self, python: runtime.Interpreter, shown: dict[str, Path]) -> list[str]:
        program = tiers.bubblewrap()
        if program is None:
            raise ForkServerError("bubblewrap has disappeared")
        command = [program, *tiers.BWRAP_FLAGS, "--size", "16777216", "--tmpfs", "/tmp"]
        command += view.shown(python, shown)
        command += ["--dir", "/data", "--ro-bind", "/dev/null", "/data/outside"]
        for name, path in self._data.items():
            command += ["--ro-bind", str(path), f"/data/{name}"]
        self._data = {name: Path(f"/data/{name}") for name in self._data}
        return [*command, "--proc", "/proc", "--dir", "/mnt", "--remount-ro", "/"]

    def alive(self) -> bool:
        """Tell whether the fork server itself still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the fork server and everything it made."""
        super().close()
        process = getattr(self, "_process", None)
        if process is not None:
            try:
                process.wait(_GOODBYE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


class Branch(Parent):
    """A parent that another one has forked: the same confinement, perhaps other children."""

    def __init__(self, parent: Parent, control: socket.socket) -> None:
        """Take over how `parent` confines; it has made the process at `control`."""
        super().__init__(control, parent._layers)
        self.tier = parent.tier
        self._data = parent._data
        self._folder = parent._folder  # the fork server removes it


def readable_now(*descriptors: int, seconds: float) -> list[int]:
    """Wait up to `seconds` and return those of `descriptors` that have something to read."""
    poller = select.poll()
    for descriptor in descriptors:
        poller.register(descriptor, select.POLLIN)
    return [descriptor for descriptor, _ in poller.poll(max(0.0, seconds) * 1000)]
