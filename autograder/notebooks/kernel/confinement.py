"""What a confined kernel may use, and what it gets of a folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from autograder.core.errors import AutograderError

_BOOT = Path(__file__).with_name("boot.py")
# Each thread's own arena would reserve 64 MiB of addresses.
FEW_ARENAS = {"MALLOC_ARENA_MAX": "2"}
_MAX_BYTES = 64 << 20
_MAX_FILES = 2000


class KernelError(AutograderError):
    """The confinement could not be had, or not started: never the student's fault."""


@dataclass(frozen=True)
class Bounds:
    """What one confined process may use."""

    memory_mb: int = 4096  # of addresses; no second process can be made to get more
    cpu_seconds: int = 600
    disk_mb: int = 128  # all that it can write, in memory
    output_mb: int = 256  # all that it may say over Jupyter's channels


def copied(folder: Path, data_mount: str = "") -> dict[str, bytes]:
    """Read what a notebook in `folder` may need of it, beside the folder of data.

    Links are left out, and so are hidden files and notebooks: under nbgrader the notebook beside
    the kernel holds the hidden tests. Raises KernelError where there is too much.
    """
    found: dict[str, bytes] = {}
    total = 0
    for name, path in _files(folder, data_mount):
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:  # a link, or not ours to read
            continue
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                continue
            found[name] = file.read(_MAX_BYTES - total + 1)
            total += len(found[name])
        if total > _MAX_BYTES or len(found) > _MAX_FILES:
            raise KernelError(
                f"{folder} holds too many files for a kernel's copy of it (at most {_MAX_FILES}, "
                f"{_MAX_BYTES >> 20} MB); put the notebook into a folder of its own, and what is "
                "large into its folder of data"
            )
    return found


def _files(folder: Path, data_mount: str) -> Iterator[tuple[str, Path]]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name[0] != "." and name != "__pycache__")
        if Path(place) == folder and data_mount in folders:
            folders.remove(data_mount)
        for name in sorted(names):
            path = Path(place, name)
            if name[0] != "." and path.suffix != ".ipynb":
                yield path.relative_to(folder).as_posix(), path


def shown_beside() -> dict[str, Path]:
    """Return what a kernel sees beside packages, by name: what becomes it, and an entry point.

    By that matplotlib finds the backend `inline`.
    """
    folder = metadata.distribution("matplotlib-inline").locate_file(
        f"matplotlib_inline-{metadata.version('matplotlib-inline')}.dist-info"
    )
    return {"notebook_boot.py": _BOOT, Path(str(folder)).name: Path(str(folder))}
