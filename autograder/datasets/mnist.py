"""The files of MNIST, as IDX or as CSV: read with every number checked, written fast."""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autograder.core.errors import AutograderError

Part = tuple[NDArray[np.uint8], NDArray[np.uint8]]  # images (N, 28, 28), labels (N,)

SIDE = 28
CSV_NAMES = ("mnist_train.csv", "mnist_test.csv")
IDX_NAMES = (
    ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
)
_CHUNK = 2000  # rows written at a time


class DataError(AutograderError):
    """Data is missing or not what it should be; the message says where and what to do."""


def read_mnist(folder: Path) -> tuple[Part, Part]:
    """Return the training and the test part of the MNIST in `folder`.

    Understood are the four IDX files, plain or gzipped, in the folder itself or in torchvision's
    `MNIST/raw` below it, and `mnist_train.csv` with `mnist_test.csv`. Raises DataError.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder; it should hold MNIST")
    for place in (folder, folder / "MNIST" / "raw", folder / "raw"):
        found = [[_idx_file(place, name) for name in names] for names in IDX_NAMES]
        present = [path for pair in found for path in pair if path is not None]
        if len(present) == 4:
            (a, b), (c, d) = found
            return _read_idx_part(a, b), _read_idx_part(c, d)
        if present:
            missing = [
                name
                for names, paths in zip(IDX_NAMES, found, strict=True)
                for name, path in zip(names, paths, strict=True)
                if path is None
            ]
            raise DataError(f"{place}: {', '.join(missing)} is missing beside {present[0].name}")
    train, test = (folder / name for name in CSV_NAMES)
    if train.is_file() and test.is_file():
        return _read_csv(train), _read_csv(test)
    raise DataError(
        f"{folder}: holds no MNIST; expected are {IDX_NAMES[0][0]} and its three companions "
        f"(plain or .gz, here or in MNIST/raw), or {' and '.join(CSV_NAMES)}"
    )


def write_csv(folder: Path, train: Part, test: Part, source: str = "digits") -> None:
    """Write both CSV files (label first, then 784 numbers; no heading) and the word in SOURCE."""
    for name, part in zip(CSV_NAMES, (train, test), strict=True):
        _write_csv(folder / name, part)
    (folder / "SOURCE").write_text(f"{source}\n", encoding="utf-8")


def write_idx(folder: Path, train: Part, test: Part) -> None:
    """Write the four IDX files where torchvision looks for them: `folder/MNIST/raw`."""
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for names, part in zip(IDX_NAMES, (train, test), strict=True):
        for name, array in zip(names, part, strict=True):
            head = np.array([0x800 + array.ndim, *array.shape], dtype=">i4").tobytes()
            (raw / name).write_bytes(head + np.ascontiguousarray(array, np.uint8).tobytes())


def _idx_file(folder: Path, name: str) -> Path | None:
    """Return the plain or gzipped file; some mirrors write a dot before `idx`."""
    for spelling in (name, name.replace("-idx", ".idx")):
        for path in (folder / spelling, folder / f"{spelling}.gz"):
            if path.is_file():
                return path
    return None


def _read_idx_part(images: Path | None, labels: Path | None) -> Part:
    if images is None or labels is None:
        raise DataError("a file of MNIST is missing")
    return _checked(_read_idx(images, 3), _read_idx(labels, 1), images)


def _read_idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """Read an IDX file of unsigned bytes: magic number, sizes (big endian), then the values."""
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: cannot be read ({error}); fetch it again") from None
    begin = 4 + 4 * dimensions
    head = [int(number) for number in np.frombuffer(content[: begin - begin % 4], ">u4")]
    if len(content) < begin or head[0] != 0x800 + dimensions:
        raise DataError(f"{path}: is no IDX file of {dimensions} dimensions; fetch it again")
    shape = tuple(head[1 : 1 + dimensions])
    if len(content) - begin != math.prod(shape):
        have, need = len(content) - begin, math.prod(shape)
        raise DataError(f"{path}: has {have} values where {need} belong; fetch it again")
    return np.frombuffer(content, np.uint8, offset=begin).reshape(shape)


def _read_csv(path: Path) -> Part:
    try:
        rows = np.loadtxt(path, dtype=np.int16, delimiter=",", ndmin=2, encoding="utf-8")
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as rows of whole numbers ({error})") from None
    if rows.shape[1] != 1 + SIDE**2:
        wanted = "a label and 784 grey levels"
        raise DataError(f"{path}: has {rows.shape[1]} numbers a row; expected {wanted}")
    if len(rows) and (rows.min() < 0 or rows.max() > 255):
        raise DataError(f"{path}: holds numbers outside 0..255; grey levels must not be scaled")
    values = rows.astype(np.uint8)
    return _checked(values[:, 1:].reshape(-1, SIDE, SIDE), values[:, 0].copy(), path)


def _checked(images: NDArray[np.uint8], labels: NDArray[np.uint8], path: Path) -> Part:
    if images.shape[1:] != (SIDE, SIDE):
        raise DataError(f"{path}: holds images of {images.shape[1:]}; expected (28, 28)")
    if len(images) != len(labels):
        raise DataError(f"{path}: holds {len(images)} images for {len(labels)} labels")
    if not len(labels):
        raise DataError(f"{path}: is empty")
    if labels.max() > 9:
        raise DataError(f"{path}: holds the label {labels.max()}; digits end at 9")
    return images, labels


def _write_csv(path: Path, part: Part) -> None:
    """Write through a table of all 256 numbers: ten times as fast as formatting each."""
    images, labels = part
    texts = np.zeros((256, 4), np.uint8)  # digits and a comma, zeros after it
    for number in range(256):
        text = f"{number},".encode()
        texts[number, : len(text)] = np.frombuffer(text, np.uint8)
    with path.open("wb") as file:
        for start in range(0, len(labels), _CHUNK):
            stop = start + _CHUNK
            pixels = images[start:stop].reshape(-1, SIDE**2)
            rows = np.concatenate([labels[start:stop, None], pixels], axis=1)  # (n, 785)
            letters = texts[rows]  # (n, 785, 4)
            last = letters[:, -1]
            last[last == ord(",")] = ord("\n")
            letters = letters.ravel()
            file.write(letters[letters != 0].tobytes())
