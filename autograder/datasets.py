"""The folders of data that submissions are given: made once, kept, and the same every time."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import numpy as np

from autograder import digits, mnist
from autograder.mnist import CSV_NAMES, DataError, read_mnist, write_csv, write_idx

__all__ = ["DataError", "read_mnist", "small", "training", "write_csv", "write_idx"]

_SMALL = (60, 20)  # images to train with and to test with
_TRAINING = (4000, 1000)


def small(cache: Path) -> Path:
    """Return the folder with the everyday data, 60 and 20 digits as CSV; raises DataError."""
    return _digits(cache, "small", _SMALL, seed=60)


def training(cache: Path, source: Path | None) -> tuple[Path, str]:
    """Return the folder with the CSVs that training tests use, and what they hold.

    Without a `source` that is 4,000 and 1,000 digits drawn on the spot, "digits"; otherwise the
    whole MNIST in that folder, "mnist". Raises DataError.
    """
    if source is None:
        return _digits(cache, "training", _TRAINING, seed=4000), "digits"

    def fill(folder: Path) -> None:
        write_csv(folder, *read_mnist(source), "mnist")

    return _kept(cache / f"mnist-{state(source)}", fill), "mnist"


def _digits(cache: Path, name: str, counts: tuple[int, int], seed: int) -> Path:
    def fill(folder: Path) -> None:
        train, test = (digits.draw_digits(n, seed + i) for i, n in enumerate(counts))
        write_csv(folder, train, test, "digits")

    return _kept(cache / f"{name}-{_recipe(counts, seed)}", fill)


def _recipe(counts: tuple[int, int], seed: int) -> str:
    """Return a word that changes with everything the drawn digits depend on."""
    sha = hashlib.sha256(f"{counts} {seed} {np.__version__} {mpl.__version__}".encode())
    for module in (digits, mnist):
        sha.update(Path(str(module.__file__)).read_bytes())
    return sha.hexdigest()[:12]


def state(source: Path) -> str:
    """Return a word that changes when the files in `source` do."""
    if not source.is_dir():
        raise DataError(f"{source}: no such folder; --data needs one that holds MNIST")
    sha = hashlib.sha256(str(source.resolve()).encode("utf-8", "surrogateescape"))
    for place in (source, source / "MNIST" / "raw", source / "raw"):
        for path in sorted(place.iterdir()) if place.is_dir() else ():
            if path.is_file():
                status = path.stat()
                line = f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n"
                sha.update(line.encode("utf-8", "surrogateescape"))
    return sha.hexdigest()[:12]


def _kept(folder: Path, fill: Callable[[Path], None]) -> Path:
    """Return `folder`, filled under another name first: it is whole whenever it is there."""
    if _whole(folder):
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=folder.parent))
        try:
            unfinished.chmod(0o755)  # a worker may run as somebody else
            fill(unfinished)
            if folder.exists() and not _whole(folder):
                shutil.rmtree(folder)
            _rename(unfinished, folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as error:
        raise DataError(
            f"{folder}: the data cannot be written there ({error.strerror}); "
            "set XDG_CACHE_HOME to a folder that can"
        ) from None
    return folder


def _rename(unfinished: Path, folder: Path) -> None:
    try:
        unfinished.rename(folder)
    except OSError:
        if not _whole(folder):  # otherwise somebody else was faster, with the same bytes
            raise


def _whole(folder: Path) -> bool:
    return all((folder / name).is_file() for name in (*CSV_NAMES, "SOURCE"))
