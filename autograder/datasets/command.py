"""`autograder data NAME`: one data set, drawn, fetched or laid out from what somebody has."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np

from autograder.datasets import batches, colours, covid, digits, files, handwriting, mnist
from autograder.datasets.mnist import DataError, read_mnist, write_csv
from autograder.datasets.sources import state
from autograder.datasets.torchvision_ops import torchvision_datasets
from autograder.datasets.whole import place

_log = logging.getLogger(__name__)
Progress = Callable[[int, int, str], None]  # done, of how many, what
Fill = Callable[[Path, Progress], None]

EMBEDDED, TORCHVISION = "embedded", "torchvision"
# What SOURCE can say: straight digits, bent ones or the real ones; drawn images or the real ones.
_MNIST, _CIFAR10 = ("digits", "handwriting", "mnist"), ("colours", "cifar10")


@dataclass(frozen=True)
class Made:
    """Where a data set lies, and whether this call put it there."""

    place: Path
    new: bool

    def __str__(self) -> str:
        return f"{self.place}" if self.new else f"{self.place} is there already; nothing done"


@dataclass(frozen=True)
class _DataSet:
    """What each kind of source writes, under which names."""

    names: tuple[str, ...]
    shown: str  # what a person looks for
    size: int  # images to train with, or rows, where they are drawn
    draw: Callable[[Path, int, Progress], None]
    convert: Callable[[Path, Path], None]
    fetch: Callable[[Path], None] | None


def make(
    name: str,
    out: Path,
    source: str = EMBEDDED,
    progress: Progress | None = None,
    size: int | None = None,
) -> Made:
    """Make the data set `name` (a key of DATA_SETS) in the folder `out`.

    `source` is "embedded" (drawn on the spot, nothing is fetched), "torchvision" (fetched by
    torchvision's classes) or the folder or file that somebody has. `size` is how many images to
    train with, or how many rows, are drawn; a fifth or sixth as many images to test with come
    along, in the real data's proportion. The same call gives the same bytes; where they are there
    already nothing is done. Files appear whole or not at all. Raises DataError, of one line.
    """
    if name not in DATA_SETS:
        raise DataError(f"{name}: no such data set; there are {', '.join(DATA_SETS)}")
    chosen = DATA_SETS[name]
    tell = progress or _silent
    if size is not None and source != EMBEDDED:
        raise DataError("a size can be chosen for embedded data only")
    if size is not None and size < 10:
        raise DataError(f"a size of {size} is too small; give at least 10")
    number = chosen.size if size is None else size
    recipe, fill = _plan(name, chosen, source, number, tell, out)
    began = time.monotonic()
    try:
        new = place(out, chosen.names, recipe, fill, name)
    except DataError as error:
        raise DataError(_line(error)) from None
    _log.info("%s from %s: %.1f s", name, source, time.monotonic() - began)
    return Made(out / chosen.shown, new)


def _plan(
    name: str, chosen: _DataSet, source: str, size: int, tell: Progress, out: Path
) -> tuple[str, Callable[[Path], None]]:
    """Return a word that changes with what the files would hold, and how to write them."""
    if source == EMBEDDED:
        return f"{name} {size} {version()}\n", lambda folder: chosen.draw(folder, size, tell)
    if source == TORCHVISION:
        fetch = chosen.fetch
        if fetch is None:
            raise DataError(f"torchvision has no {name}; use embedded, or the place of your file")
        return f"{name} torchvision\n", fetch
    given = Path(source)
    if not given.exists():
        raise DataError(
            f"{source}: no such folder; a source is {EMBEDDED}, {TORCHVISION} or what you have"
        )
    made = chosen.names if given.resolve() == out.resolve() else ()
    return f"{name} {state(given, made)}\n", lambda folder: chosen.convert(given, folder)


def _draw_mnist(folder: Path, size: int, tell: Progress) -> None:
    files.write_mnist(folder, *_digits(size, tell, handwriting.BENT), "handwriting")


def _draw_csv(folder: Path, size: int, tell: Progress) -> None:
    # What the course expects of "digits" was measured on straight ones.
    write_csv(folder, *_digits(size, tell, handwriting.STRAIGHT), "digits")


def _digits(size: int, tell: Progress, bent: float) -> tuple[mnist.Part, mnist.Part]:
    tests = -(-size // 6)
    total = size + tests
    train = handwriting.draw_handwriting(size, 60, lambda n: tell(n, total, "digits"), bent)
    test = handwriting.draw_handwriting(tests, 10, lambda n: tell(size + n, total, "digits"), bent)
    return train, test


def _convert_mnist(given: Path, folder: Path) -> None:
    files.write_mnist(folder, *read_mnist(given), _source(given, files.FOLDER, _MNIST))


def _convert_csv(given: Path, folder: Path) -> None:
    write_csv(folder, *read_mnist(given), _source(given, files.FOLDER, _MNIST))


def _fetch_mnist(folder: Path) -> None:
    _fetched("MNIST", folder)
    files.write_source(folder / files.FOLDER, "mnist")


def _fetch_csv(folder: Path) -> None:
    _fetched("MNIST", folder)
    _convert_csv(folder, folder)


def _draw_colours(folder: Path, size: int, tell: Progress) -> None:
    tests = -(-size // 5)
    total = size + tests
    train = colours.draw_colours(size, 50, lambda n: tell(n, total, "images"))
    test = colours.draw_colours(tests, 10, lambda n: tell(size + n, total, "images"))
    target = folder / batches.FOLDER
    batches.write_batches(target, train, test, list(colours.CLASSES))
    files.write_source(target, "colours")


def _convert_cifar10(given: Path, folder: Path) -> None:
    """Check the batches, then copy them byte for byte: their published sums stay right."""
    contents = batches.read_files(given)
    batches.read_batches(given)
    target = folder / batches.FOLDER
    target.mkdir()
    for name, content in contents.items():
        (target / name).write_bytes(content)
    batches.write_sums(target)
    files.write_source(target, _source(given, batches.FOLDER, _CIFAR10))


def _fetch_cifar10(folder: Path) -> None:
    _fetched("CIFAR10", folder)
    files.write_source(folder / batches.FOLDER, "cifar10")


def _draw_covid(folder: Path, size: int, tell: Progress) -> None:
    rows = covid.draw_table(size, 20)
    tell(size, size, "rows")
    covid.write_table(folder / covid.FILE, rows)


def _convert_covid(given: Path, folder: Path) -> None:
    if not covid.write_table(folder / covid.FILE, covid.read_table(given)):
        raise DataError(f"{given}: holds no rows")


def _source(given: Path, folder: str, words: tuple[str, ...]) -> str:
    """Return what the data in `given` is: the last of `words` where no SOURCE says otherwise."""
    places = (given / folder, given, given.parent)
    found = (files.read_source(place) for place in places)
    return next((word for word in found if word in words), words[-1])


def _fetched(name: str, folder: Path) -> None:
    """Let torchvision's class `name` download into `folder`, without its own progress."""
    kind = getattr(torchvision_datasets(), name)
    try:
        with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stderr(nowhere):
            kind(str(folder), download=True)
    except Exception as error:  # the network, the server and the disk all have their own
        raise DataError(
            f"{name} could not be downloaded ({_line(error)}); check the connection, or use "
            "the embedded data"
        ) from None


DATA_SETS = {
    "mnist": _DataSet(
        (files.FOLDER,), files.FOLDER, 60_000, _draw_mnist, _convert_mnist, _fetch_mnist
    ),
    "mnist-csv": _DataSet(
        files.CSV_FILES, mnist.CSV_NAMES[0], 60_000, _draw_csv, _convert_csv, _fetch_csv
    ),
    "cifar10": _DataSet(
        (batches.FOLDER,), batches.FOLDER, 50_000, _draw_colours, _convert_cifar10, _fetch_cifar10
    ),
    "covid": _DataSet((covid.FILE,), covid.FILE, 20_000, _draw_covid, _convert_covid, None),
}


def version() -> str:
    """Return a word that changes with everything that drawn data depends on."""
    sha = hashlib.sha256(f"{np.__version__} {metadata.version('matplotlib')}".encode())
    for module in (batches, colours, covid, digits, files, handwriting, mnist):
        sha.update(Path(str(module.__file__)).read_bytes())
    sha.update(Path(__file__).read_bytes())  # has the seeds
    return sha.hexdigest()[:12]


def _line(error: Exception) -> str:
    """Return the message of an error on one line."""
    return " ".join(str(error).split()) or type(error).__name__


def _silent(_done: int, _total: int, _what: str) -> None:
    """Tell nobody."""
