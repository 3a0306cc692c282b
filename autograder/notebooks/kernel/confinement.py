"""One process in bubblewrap: what it is shown, what it is told, and how it is started.

Around it: namespaces of its own (no network, no other processes), a file system that shows Python,
some packages and a copy of one folder, all in memory. The process itself then takes limits,
landlock and the filter of system calls, tries what must fail, and only then says that it is ready.
"""

from __future__ import annotations

import base64
import json
import os
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from autograder.core.errors import AutograderError
from autograder.notebooks.kernel import calls
from autograder.sandbox import runtime, tiers, view
from autograder.sandbox.filter import FilterError
from autograder.sandbox.inside.confine import landlock_abi

HOME = "/home/student"
FOLDER = f"{HOME}/notebook"
_OUTSIDE = "/outside"  # is there, and landlock must keep it from being read
_BOOT = Path(__file__).with_name("boot.py")
# Each thread's own arena would reserve 64 MiB of addresses.
FEW_ARENAS = {"MALLOC_ARENA_MAX": "2"}
_START = (
    "import sys; sys.path[:] = sys.argv[1:]; sys.dont_write_bytecode = True; "
    "from notebook_boot import main; main()"
)
_COPIED = 1 << 20  # bytes; a larger file is shown read-only instead of copied
_MAX_COPIED = 64 << 20
_MAX_FILES = 2000
_FILE_BYTES = 64 << 20  # the largest file that may be written


class KernelError(AutograderError):
    """The confinement could not be had, or not started: never the student's fault."""


@dataclass(frozen=True)
class Bounds:
    """What one confined process may use."""

    memory_mb: int = 4096  # of addresses; no second process can be made to get more
    cpu_seconds: int = 600
    disk_mb: int = 128  # all that it can write, in memory
    output_mb: int = 256  # all that it may say over Jupyter's channels


@dataclass(frozen=True)
class Shared:
    """A folder's files as the sandbox gets them."""

    copied: tuple[tuple[str, bytes], ...] = ()  # name in the folder, content
    shown: tuple[tuple[str, Path], ...] = ()  # name in the folder, the file or folder itself


def share(folder: Path) -> Shared:
    """Read what a notebook in `folder` may need of it.

    Links are left out, and so are hidden files and notebooks: under nbgrader the notebook beside
    the kernel holds the hidden tests. Raises KernelError where there is too much.
    """
    copied: list[tuple[str, bytes]] = []
    shown: list[tuple[str, Path]] = []
    total = 0
    for name, path in _files(folder):
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:  # a link, or not ours to read
            continue
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                continue
            if status.st_size > _COPIED:
                shown.append((name, path))
            else:
                copied.append((name, file.read(_COPIED)))
                total += len(copied[-1][1])
        if total > _MAX_COPIED or len(copied) + len(shown) > _MAX_FILES:
            raise KernelError(
                f"{folder} holds too many files for a kernel's copy of it "
                f"(at most {_MAX_FILES}); put the notebook into a folder of its own"
            )
    return Shared(tuple(copied), tuple(shown))


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name[0] != "." and name != "__pycache__")
        for name in sorted(names):
            path = Path(place, name)
            if name[0] != "." and path.suffix != ".ipynb":
                yield path.relative_to(folder).as_posix(), path


@dataclass
class Process:
    """A confined process that has said that it is ready."""

    popen: subprocess.Popen[bytes]

    def end(self) -> None:
        """Kill it, and with it everything in its sandbox."""
        self.popen.kill()
        self.popen.wait()


def start(
    packages: Sequence[str],
    bounds: Bounds,
    shared: Shared,
    more: dict[str, Any],
    *,
    descriptors: Sequence[int] = (),
    hidden: Sequence[Path] = (),
) -> Process:
    """Start a kernel, told `more`; returns once it is confined.

    `descriptors` are inherited under their own numbers; nothing at the paths `hidden` may be
    visible. Raises KernelError in one line that says what is missing.
    """
    program = tiers.bubblewrap()
    if program is None:
        raise KernelError(f"a confined kernel needs bubblewrap: {_missing()}")
    try:
        filter_program = calls.compiled()
    except FilterError as error:
        raise KernelError(str(error)) from None
    python, seen = runtime.interpreter(), runtime.packages(packages) | shown_beside()
    command = [program, *_view(python, seen, bounds, shared)]
    standard = [str(python.standard_library), str(python.extensions)]
    command += [str(python.executable), "-I", "-S", "-B", "-c", _START, *standard, "/packages"]
    ready, theirs = os.pipe()
    setup = {
        "ready": theirs,
        "folder": FOLDER,
        "files": [(name, len(content)) for name, content in shared.copied],
        "limits": {
            "AS": bounds.memory_mb << 20,
            "CPU": bounds.cpu_seconds,
            "FSIZE": _FILE_BYTES,
            "NOFILE": 256,
            "CORE": 0,
            "MEMLOCK": 0,
            "MSGQUEUE": 0,
        },
        "filter": base64.b64encode(filter_program).decode(),
        "landlock": landlock_abi() > 0,
        "visible": view.visible(python),
        "writable": [HOME, "/tmp", "/dev/null"],
        "outside": _OUTSIDE if landlock_abi() else "/outside of everything",
        "hidden": [str(path) for path in hidden],
        "debug": bool(os.environ.get("AUTOGRADER_DEBUG")),
        **more,
    }
    try:
        with tempfile.TemporaryFile() as told:
            told.write(json.dumps(setup).encode() + b"\n")
            for _, content in shared.copied:
                told.write(content)
            told.seek(0)
            popen = subprocess.Popen(
                command,
                stdin=told,
                stdout=subprocess.DEVNULL,
                stderr=None if os.environ.get("AUTOGRADER_DEBUG") else subprocess.PIPE,
                env=_environment(),
                pass_fds=(theirs, *descriptors),
                start_new_session=True,  # Ctrl-C is for whoever started us
            )
    except OSError as error:
        os.close(ready)
        raise KernelError(f"bubblewrap could not be started: {error}") from None
    finally:
        os.close(theirs)
    with os.fdopen(ready, "rb") as answer:
        confined = answer.read(1) == b"1"
    if not confined:
        popen.kill()
        said = popen.stderr.read().decode("utf-8", "replace").strip() if popen.stderr else ""
        popen.wait()
        line = said.splitlines()[-1] if said else _missing()
        raise KernelError(f"the confined process did not start: {line}")
    return Process(popen)


def _missing() -> str:
    tier = tiers.probe()
    return " ".join(tier.missing) or f"this machine offers {tier.sentence}"


def shown_beside() -> dict[str, Path]:
    """Return what a kernel sees beside packages, by name: what becomes it, and an entry point.

    By that matplotlib finds the backend `inline`.
    """
    folder = metadata.distribution("matplotlib-inline").locate_file(
        f"matplotlib_inline-{metadata.version('matplotlib-inline')}.dist-info"
    )
    return {"notebook_boot.py": _BOOT, Path(str(folder)).name: Path(str(folder))}


def _environment() -> dict[str, str]:
    return view.ENVIRONMENT | FEW_ARENAS | {"HOME": HOME, "MPLCONFIGDIR": "/tmp/matplotlib"}


def _view(
    python: runtime.Interpreter, seen: dict[str, Path], bounds: Bounds, shared: Shared
) -> list[str]:
    """Return bubblewrap's arguments: its namespaces and its file system."""
    disk = str((bounds.disk_mb << 20) // 2)
    arguments = (
        "--unshare-all --unshare-user --uid 1000 --gid 1000 --hostname kernel "
        "--new-session --die-with-parent --cap-drop ALL"
    ).split()
    arguments += ["--size", disk, "--tmpfs", "/tmp", "--size", disk, "--tmpfs", "/home"]
    arguments += view.shown(python, seen)
    arguments += ["--ro-bind", "/dev/null", _OUTSIDE]
    for name, path in shared.shown:
        arguments += ["--ro-bind", str(path), f"{FOLDER}/{name}"]
    return [*arguments, "--remount-ro", "/"]
