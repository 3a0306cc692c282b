"""Folders of data in the cache: made once, whole whenever they are there, dated by their source."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from autograder.mnist import DataError

# Where the files of a data set lie below a folder that somebody gives.
_PLACES = ("", "MNIST/raw", "raw", "cifar-10-batches-py")


def kept(folder: Path, names: Sequence[str], fill: Callable[[Path], None]) -> Path:
    """Return `folder`, filled under another name first: it is whole whenever it is there.

    `names` are what `fill` writes into it. Raises DataError where it cannot be written.
    """
    if _whole(folder, names):
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=folder.parent))
        try:
            unfinished.chmod(0o755)  # a worker may run as somebody else
            fill(unfinished)
            if folder.exists() and not _whole(folder, names):
                shutil.rmtree(folder)
            _rename(unfinished, folder, names)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as error:
        raise DataError(
            f"{folder}: the data cannot be written there ({error.strerror}); "
            "set XDG_CACHE_HOME to a folder that can"
        ) from None
    return folder


def _rename(unfinished: Path, folder: Path, names: Sequence[str]) -> None:
    try:
        unfinished.rename(folder)
    except OSError:
        if not _whole(folder, names):  # otherwise somebody else was faster, with the same bytes
            raise


def _whole(folder: Path, names: Sequence[str]) -> bool:
    return all((folder / name).exists() for name in names)


def state(source: Path, without: Collection[str] = ()) -> str:
    """Return a word that changes when the data at `source` does, files called `without` aside.

    `source` is a file, or a folder as data sets are unpacked. Raises DataError.
    """
    sha = hashlib.sha256(str(source.resolve()).encode("utf-8", "surrogateescape"))
    try:
        if source.is_file():
            sha.update(_stamp(source, source.name))
        for place in _PLACES if source.is_dir() else ():
            folder = source / place
            for path in sorted(folder.iterdir()) if folder.is_dir() else ():
                if path.is_file() and path.name not in without and not path.name.startswith("."):
                    sha.update(_stamp(path, f"{place}/{path.name}"))
    except OSError as error:
        raise DataError(f"{source}: cannot be read ({error.strerror})") from None
    return sha.hexdigest()[:12]


def _stamp(path: Path, name: str) -> bytes:
    status = path.stat()
    line = f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n"
    return line.encode("utf-8", "surrogateescape")
