"""What of this machine a confined process is shown, as bubblewrap's arguments, and told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from autograder.sandbox.runtime import Interpreter

_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")
_LIBRARIES = ("/lib", "/lib64", "/bin")
_LOADER = "/etc/ld.so.cache"
_PACKAGES = "/packages"

ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


def shown(python: Interpreter, packages: Mapping[str, Path]) -> list[str]:
    """Return arguments that show Python and `packages` (below /packages), and nothing beside."""
    arguments = ["--ro-bind", "/usr", "/usr"]
    for name in _LIBRARIES:
        link = Path(name)
        if link.is_symlink():
            arguments += ["--symlink", str(link.readlink()), name]
        elif link.exists():
            arguments += ["--ro-bind", name, name]
    for path in (python.executable, python.standard_library, *python.libraries):
        if not str(path).startswith("/usr/"):
            arguments += ["--ro-bind", str(path), str(path)]
    installed = f"{python.standard_library}/site-packages"
    for hidden in (installed, "/usr/lib/python3/dist-packages"):
        if Path(hidden).is_dir():
            arguments += ["--size", "4096", "--tmpfs", hidden]
    if Path(_LOADER).exists():
        arguments += ["--ro-bind", _LOADER, _LOADER]
    for name, path in packages.items():
        arguments += ["--ro-bind", str(path), f"{_PACKAGES}/{name}"]
    # Single devices instead of `--dev`: its terminals would cost a second user namespace, and
    # a fork server could no longer return to its own process namespace after a fork.
    for device in _DEVICES:
        arguments += ["--dev-bind", device, device]
    return arguments


def visible(python: Interpreter) -> list[str]:
    """Return the paths of `shown`, for landlock."""
    paths = [str(path) for path in (python.executable, python.standard_library, *python.libraries)]
    paths = [path for path in paths if not path.startswith("/usr/")]
    there = [
        path for path in ("/usr", *_LIBRARIES, _LOADER, *paths, *_DEVICES) if Path(path).exists()
    ]
    return [*there, _PACKAGES]
