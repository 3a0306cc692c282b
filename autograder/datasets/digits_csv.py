"""The folders of data that submissions are given: made once, kept, and the same every time."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import numpy as np

from autograder.core.cache import Cache, key_of
from autograder.datasets import digits, mnist
from autograder.datasets.mnist import CSV_NAMES, DataError, read_mnist, write_csv
from autograder.datasets.sources import state

_FILES = (*CSV_NAMES, "SOURCE")
_SMALL = (60, 20)  # images to train with and to test with
_TRAINING = (4000, 1000)


def small(cache: Cache) -> Path:
    """Return the folder with the everyday data, 60 and 20 digits as CSV; raises DataError."""
    return _digits(cache, "small", _SMALL, seed=60)


def training(cache: Cache, source: Path | None) -> tuple[Path, str]:
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

    return cache.folder("data", f"mnist-csv-{state(source)}", _FILES, fill), "mnist"


def _digits(cache: Cache, name: str, counts: tuple[int, int], seed: int) -> Path:
    def fill(folder: Path) -> None:
        train, test = (digits.draw_digits(n, seed + i) for i, n in enumerate(counts))
        write_csv(folder, train, test, "digits")

    # All that the drawn digits depend on.
    sources = [Path(str(module.__file__)).read_bytes() for module in (digits, mnist)]
    key = key_of(f"{counts} {seed}", np.__version__, metadata.version("matplotlib"), *sources)
    return cache.folder("data", f"{name}-{key}", _FILES, fill)
