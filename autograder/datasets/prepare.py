"""What an assignment's suites are given: everyday data, data to train with, data held out.

Workers can read the first two. The held-out images and their labels stay on the trusted side:
drawn ones come from a seed that students do not have, real ones are the published test part.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autograder.core.cache import Cache, key_of
from autograder.datasets import batches, colours, command, covid, digits_csv, files, handwriting
from autograder.datasets.mnist import DataError, Part, read_mnist
from autograder.datasets.sources import state

_log = logging.getLogger(__name__)
HELD = "held_out.npz"  # images, labels
SETS = ("mnist-csv", "mnist", "cifar10", "covid")


@dataclass(frozen=True)
class PreparedData:
    """Folders of data, and what the images in them are."""

    small: Path
    training: Path
    held_out: Path | None  # a file; None where nothing is held out
    source: str  # what the images to train with are: a word of SOURCE
    sentence: str  # the same for a report


@dataclass(frozen=True)
class _Images:
    """One kind of images: how many, how they are drawn, read and written."""

    small: tuple[int, int]
    training: tuple[int, int]
    held_out: int
    drawn_word: str
    real_word: str
    draw: Callable[[int, int], Part]
    read: Callable[[Path], tuple[Part, Part]]
    write: Callable[[Path, Part, Part, str], None]
    names: tuple[str, ...]
    drawn: str  # in words
    real: str


def _write_colours(folder: Path, train: Part, test: Part, word: str) -> None:
    target = folder / batches.FOLDER
    batches.write_batches(target, train, test, list(colours.CLASSES))
    files.write_source(target, word)


def _read_colours(folder: Path) -> tuple[Part, Part]:
    train, test, _ = batches.read_batches(folder)
    return train, test


_KINDS = {
    "mnist": _Images(
        (60, 20),
        (10_000, 2_000),
        5_000,
        "handwriting",
        "mnist",
        handwriting.draw_handwriting,
        read_mnist,
        files.write_mnist,
        (files.FOLDER,),
        "digits drawn on the spot (no MNIST was given; see --data)",
        "MNIST",
    ),
    "cifar10": _Images(
        (60, 20),
        (3_000, 1_000),
        2_000,
        "colours",
        "cifar10",
        colours.draw_colours,
        _read_colours,
        _write_colours,
        (batches.FOLDER,),
        "images drawn on the spot (no CIFAR-10 was given; see --data)",
        "CIFAR-10",
    ),
}
_CASES = (400, 8_000)  # rows of the table, everyday and to train with


def prepare(
    sets: Sequence[str], cache: Cache, real: Path | None, training: bool, seed: int
) -> PreparedData:
    """Lay out the data `sets` in the `cache`, once; `real` is the folder of `--data`.

    Without `training` nothing larger than the everyday data is made. `seed` is the course's own:
    the drawn images that are held out depend on it. Raises DataError.
    """
    if "mnist-csv" in sets:
        small = digits_csv.small(cache)
        larger, source = digits_csv.training(cache, real) if training else (small, "digits")
        words = "MNIST" if source == "mnist" else _KINDS["mnist"].drawn
        return _told(PreparedData(small, larger, None, source, words))
    first = next(name for name in sets if name in _KINDS)  # what networks are measured on
    kind = _KINDS[first]
    names = [name for one in sets for name in _names(one)]
    small = cache.folder(
        "data", f"everyday-{_key(sets)}", names, lambda folder: _fill(folder, sets, 0)
    )
    if not training:
        return _told(PreparedData(small, small, None, kind.drawn_word, kind.drawn))
    mine = _mine(sets, real)
    stamp = state(real) if real is not None else ""
    larger = cache.folder(
        "data",
        f"training-{_key(sets, stamp, *sorted(mine))}",
        names,
        lambda folder: _fill(folder, sets, 1, real, mine),
    )
    taken = first in mine
    held = cache.folder(
        "data",
        f"held-out-{_key([first], stamp if taken else '', str(seed))}",
        [HELD],
        lambda folder: _hold_out(folder, kind, real if taken else None, seed),
    )
    source = kind.real_word if taken else kind.drawn_word
    words = kind.real if taken else kind.drawn
    return _told(PreparedData(small, larger, held / HELD, source, words))


def _told(data: PreparedData) -> PreparedData:
    _log.info("%s; to train with: %s; everyday: %s", data.sentence, data.training, data.small)
    return data


def _names(name: str) -> tuple[str, ...]:
    """Return the files and folders that the set of that name consists of."""
    return _KINDS[name].names if name in _KINDS else (covid.FILE,)


def everyday_files(sets: Sequence[str]) -> dict[str, bytes]:
    """Return the everyday data as files, for the student's folder; gzipped twins are left out."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _fill(folder, sets, 0)
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix != ".gz" and not path.name.startswith(".")
        }


def _mine(sets: Sequence[str], real: Path | None) -> frozenset[str]:
    """Return which of `sets` the folder of `--data` holds; raises DataError where it is none."""
    if real is None:
        return frozenset()
    found, why = set(), ""
    for name in sets:
        try:
            if name in _KINDS:
                _KINDS[name].read(real)
                found.add(name)
            elif (real / covid.FILE).is_file():
                found.add(name)
        except DataError as error:
            _log.info("not among the data given: %s: %s", name, error)
            why = why or str(error)
    if not found:
        raise DataError(why or f"{real}: holds none of {', '.join(sets)}")
    return frozenset(found)


def _fill(
    folder: Path,
    sets: Sequence[str],
    size: int,
    real: Path | None = None,
    mine: frozenset[str] = frozenset(),
) -> None:
    """Write the `sets` into `folder`; those in `mine` from `real`, the others drawn."""
    for name in sets:
        given = real if name in mine else None
        if name in _KINDS:
            _write_images(folder, _KINDS[name], size, given)
        elif given is None:
            covid.write_table(folder / covid.FILE, covid.draw_table(_CASES[size], 21 + size))
        else:
            covid.write_table(folder / covid.FILE, covid.read_table(given))


def _write_images(folder: Path, kind: _Images, size: int, real: Path | None) -> None:
    if real is None:
        counts = (kind.small, kind.training)[size]
        train, test = (kind.draw(count, 400 + 2 * size + i) for i, count in enumerate(counts))
        kind.write(folder, train, test, kind.drawn_word)
        return
    (images, labels), _ = kind.read(real)  # the published test part never reaches a worker
    cut = len(labels) - len(labels) // 12
    kind.write(folder, (images[:cut], labels[:cut]), (images[cut:], labels[cut:]), kind.real_word)


def _hold_out(folder: Path, kind: _Images, real: Path | None, seed: int) -> None:
    images, labels = kind.draw(kind.held_out, seed) if real is None else kind.read(real)[1]
    np.savez(folder / HELD, images=images, labels=labels)


def training_part(given: Path, source: str) -> Part:
    """Return what the grader itself trains with: images (N, H, W[, 3]) and labels, as bytes.

    Of real data that is the whole published training part, of drawn data the same as the
    students'. `given` is the folder of `PreparedData.training`. Raises DataError.
    """
    kind = next(one for one in _KINDS.values() if source in (one.drawn_word, one.real_word))
    train, rest = kind.read(given)
    if source == kind.drawn_word:
        return train
    return np.concatenate([train[0], rest[0]]), np.concatenate([train[1], rest[1]])


def _key(sets: Sequence[str], *more: str) -> str:
    """Return a key that changes with everything the files depend on."""
    return key_of(*sets, "", *more, command.version(), Path(__file__).read_bytes())


__all__ = ["HELD", "SETS", "DataError", "PreparedData", "prepare", "training_part"]
