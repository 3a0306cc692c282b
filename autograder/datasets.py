"""The folders of data that submissions are given: made once, kept, and the same every time."""

from __future__ import annotations

import hashlib
from pathlib import Path

import matplotlib as mpl
import numpy as np

from autograder import digits, mnist
from autograder.data.kept import kept, state
from autograder.mnist import CSV_NAMES, DataError, read_mnist, write_csv, write_idx

__all__ = ["DataError", "read_mnist", "small", "training", "write_csv", "write_idx"]

_FILES = (*CSV_NAMES, "SOURCE")
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

    if not source.is_dir():
        raise DataError(f"{source}: no such folder; --data needs one that holds MNIST")

    def fill(folder: Path) -> None:
        write_csv(folder, *read_mnist(source), "mnist")

    return kept(cache / f"mnist-{state(source)}", _FILES, fill), "mnist"


def _digits(cache: Path, name: str, counts: tuple[int, int], seed: int) -> Path:
    def fill(folder: Path) -> None:
        train, test = (digits.draw_digits(n, seed + i) for i, n in enumerate(counts))
        write_csv(folder, train, test, "digits")

    return kept(cache / f"{name}-{_recipe(counts, seed)}", _FILES, fill)


def _recipe(counts: tuple[int, int], seed: int) -> str:
    """Return a word that changes with everything the drawn digits depend on."""
    sha = hashlib.sha256(f"{counts} {seed} {np.__version__} {mpl.__version__}".encode())
    for module in (digits, mnist):
        sha.update(Path(str(module.__file__)).read_bytes())
    return sha.hexdigest()[:12]
