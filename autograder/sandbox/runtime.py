"""What a worker sees of this machine: Python, its standard library, a few packages, no more."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import stat
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import studentkit
from packaging.requirements import InvalidRequirement, Requirement

from autograder.core.errors import AutograderError

_OWN = {
    "inside": Path(__file__).resolve().parent / "inside",
    "studentkit": Path(studentkit.__file__).resolve().parent,
}
_OWN_NEEDS = ("numpy", "msgpack")
# The first three are for torch's compiler, which no worker runs, and mathematics is not for
# students here; the last is for a kernel that serves a debugger.
_NOT_NEEDED = {"sympy", "setuptools", "triton", "debugpy"}


class RuntimeMissing(AutograderError):
    """A package the assignment asks for is not installed here."""


@dataclass(frozen=True)
class Interpreter:
    """The Python that workers run, seen from outside the confinement."""

    executable: Path
    standard_library: Path
    extensions: Path  # lib-dynload
    libraries: tuple[Path, ...]  # shared libpython, where there is one


def interpreter() -> Interpreter:
    """Find the interpreter behind this process, not the virtual environment around it."""
    executable = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    library = Path(sysconfig.get_path("stdlib", vars={"installed_base": sys.base_prefix}))
    folder = Path(sysconfig.get_config_var("LIBDIR") or "/nonexistent")
    shared = sysconfig.get_config_var("Py_ENABLE_SHARED")
    libraries = tuple(sorted(folder.glob("libpython3*.so*"))) if shared else ()
    extensions = library / "lib-dynload"
    return Interpreter(executable, library.resolve(), extensions, libraries)


def packages(distributions: Iterable[str]) -> dict[str, Path]:
    """Map each top-level name that the distributions and their requirements bring to its path.

    Raises RuntimeMissing with the name to install.
    """
    found: dict[str, Path] = dict(_OWN)
    waiting, seen = [*_OWN_NEEDS, *distributions], set()
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            raise RuntimeMissing(
                f"the worker needs the package {name}, which is not installed here; "
                f"run: {sys.executable} -m pip install {name}"
            ) from None
        for top in _top_level(distribution):
            if top in ("..", "__pycache__") or top.endswith((".dist-info", ".pth")):
                continue
            found[top] = Path(str(distribution.locate_file(top))).resolve()
        waiting += _requirements(distribution.requires or [])
    return found


def _top_level(distribution: importlib.metadata.Distribution) -> set[str]:
    """Return the first part of every installed path; `files` would parse each line of RECORD."""
    record = distribution.read_text("RECORD")
    if record is None:  # installed by something else than a wheel
        return {file.parts[0] for file in distribution.files or ()}
    lines = filter(None, record.splitlines())
    return {line.lstrip('"').partition(",")[0].partition("/")[0] for line in lines}


def _requirements(lines: list[str]) -> list[str]:
    names = []
    for line in lines:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue  # some old distribution's free text
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            names.append(requirement.name)
    return [name for name in names if name.lower() not in _NOT_NEEDED]


def world_readable(path: Path) -> bool:
    """Tell whether another user may reach `path`, and read the files that lie in it."""
    files = [one for one in path.iterdir() if one.is_file()] if path.is_dir() else [path]
    folders = [parent for parent in [path, *path.parents] if parent.is_dir()]
    return all(one.stat().st_mode & stat.S_IXOTH for one in folders) and all(
        one.stat().st_mode & stat.S_IROTH for one in files
    )


def gather(folder: Path, contents: dict[str, Path], copies: bool) -> list[str]:
    """Lay out `contents` (name -> path) in `folder`, by symbolic links or by copies.

    Copies are hard links where the file system allows; they serve a worker whose user may not
    enter the original folders. Returns the paths that must be readable.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in contents.items():
        place = folder / name
        if not copies:
            place.symlink_to(path)
        elif path.is_dir():
            ignore = shutil.ignore_patterns("site-packages", "dist-packages", "test", "tests")
            own = name in ("inside", "studentkit", "stdlib")
            shutil.copytree(path, place, copy_function=_link, ignore=ignore if own else None)
            for parent, _, _ in os.walk(place):
                Path(parent).chmod(0o755)
        else:
            _link(str(path), str(place))
    return [str(folder)] if copies else [str(folder), *(str(path) for path in contents.values())]


def _link(source: str, target: str, *, follow_symlinks: bool = True) -> None:
    real = Path(source).resolve()
    try:
        if not real.stat().st_mode & stat.S_IROTH:
            raise PermissionError(source)
        os.link(real, target)
    except OSError:
        shutil.copy2(source, target)
        Path(target).chmod(Path(target).stat().st_mode | 0o444)
