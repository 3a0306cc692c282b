"""A course on disk with something to steal, and real kernels in a student's folder of it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from autograder.notebooks.kernel import kernelspec
from autograder.notebooks.kernel.confinement import Bounds
from autograder.notebooks.kernel.warm import Kernels
from autograder.sandbox import tiers

PLAIN = {
    "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    "display_name": "plain",
    "language": "python",
}
SECRET = "SECRET-OF-THE-COURSE"


def missing(words: str) -> None:
    """Leave a test out where this machine cannot run it; CI has to."""
    if os.environ.get("CI"):
        pytest.fail(words)
    pytest.skip(words)


@pytest.fixture(scope="session")
def level() -> tiers.Level:
    """The best that this machine offers."""
    return tiers.probe().level


@pytest.fixture(autouse=True)
def bubblewrap(request: pytest.FixtureRequest, level: tiers.Level) -> None:
    if request.node.get_closest_marker("bubblewrap") and level is not tiers.Level.A:
        missing("needs bubblewrap and user namespaces")


_BELOW = [pytest.param(level, marks=pytest.mark.slow) for level in "BC"]


@pytest.fixture(scope="module", params=["A", *_BELOW])
def tier(request: pytest.FixtureRequest) -> tiers.Tier:
    """Each tier that confines, as far as this machine offers it."""
    found = tiers.probe(tiers.Level(request.param))
    if found.level != request.param:
        missing(f"no tier {request.param} here: {found.sentence}")
    return found


@pytest.fixture(scope="module")
def kernels(tier: tiers.Tier) -> Iterator[Kernels]:
    """A warm parent of kernels with numpy and matplotlib."""
    with Kernels(tier) as parent:
        yield parent


@pytest.fixture(scope="module")
def some_kernels(level: tiers.Level) -> Iterator[Kernels]:
    """The same in the best tier only, for what no tier has a part in."""
    with Kernels(tiers.probe(level)) as parent:
        yield parent


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """An nbgrader course; alice's folder is where the kernel runs."""
    for name in ("source/ps1/ps1.ipynb", "autograded/bob/ps1/ps1.ipynb", "gradebook.db"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(SECRET)
    alice = tmp_path / "autograded/alice/ps1"
    (alice / "data").mkdir(parents=True)
    (alice / "ps1.ipynb").write_text(SECRET)  # holds the hidden tests under nbgrader
    (alice / "helper.py").write_text("value = 7\n")
    (alice / "data" / "small.csv").write_text("1,2\n")
    (alice / "data" / "big.bin").write_bytes(b"\0" * 3_000_000)
    (alice / "link").symlink_to(tmp_path / "gradebook.db")
    (alice / "folder").symlink_to(tmp_path / "source")
    return tmp_path


@dataclass
class Kernel:
    """One running kernel and a client of it."""

    manager: KernelManager
    client: BlockingKernelClient

    def run(self, code: str, timeout: float = 30) -> str:
        """Return all that `code` printed, and the error it ended with."""
        said: list[str] = []

        def hook(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                said.append(content["text"])
            elif message["msg_type"] == "error":
                said.append(f"{content['ename']}: {content['evalue']}")

        self.client.execute_interactive(
            code, timeout=timeout, output_hook=hook, allow_stdin=False, stop_on_error=False
        )
        return "".join(said)

    def send(self, code: str) -> None:
        """Start `code` and wait for nothing."""
        self.client.execute(code)

    @property
    def guard(self) -> psutil.Process:
        """The process outside the sandbox."""
        return psutil.Process(self.manager.provisioner.pid)  # type: ignore[union-attr]

    def exit_code(self, seconds: float = 15) -> int | None:
        """Wait for the guard to end by itself; None where it does not."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not self.manager.is_alive():
                return int(self.manager.provisioner.process.returncode)  # type: ignore[union-attr]
            time.sleep(0.1)
        return None


Start = Callable[..., Kernel]


@pytest.fixture
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Start kernels: `start(folder, transport="ipc", plain=False, bounds=…)`."""
    started: list[Kernel] = []
    sockets = tmp_path_factory.mktemp("ipc")

    def one(
        folder: Path,
        *,
        transport: str = "tcp",
        plain: bool = False,
        bounds: Bounds | None = None,
        data: Path | None = None,
        packages: tuple[str, ...] = ("numpy",),
    ) -> Kernel:
        content = PLAIN if plain else kernelspec.spec(packages, bounds, data)
        manager = KernelManager(
            kernel_spec_manager=kernelspec.OneSpec(content), transport=transport
        )
        if transport == "ipc":
            manager.ip = str(sockets / f"{len(started)}")
        manager.start_kernel(cwd=str(folder))
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        started.append(Kernel(manager, client))
        return started[-1]

    yield one
    for each in started:
        each.client.stop_channels()
        if each.manager.has_kernel:
            each.manager.shutdown_kernel(now=True)
        each.manager.cleanup_resources()
