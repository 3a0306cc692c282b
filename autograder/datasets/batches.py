"""CIFAR-10's "python version": six pickled batches and their names, written and read safely.

The original files were pickled by Python 2. Its strings are bytes to whoever loads them with
`encoding="bytes"`, as CIFAR's own page says, and text to whoever says `"latin1"`, as torchvision
does. Python 3 cannot write such strings, so the few opcodes that are needed are written here. That
also makes the bytes independent of the version of Python and of numpy.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import struct
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from autograder.datasets.mnist import DataError

Part = tuple[NDArray[np.uint8], NDArray[np.uint8]]  # images (N, 32, 32, 3), labels (N,)

FOLDER = "cifar-10-batches-py"
ARCHIVE = "cifar-10-python.tar.gz"
TRAINING = tuple(f"data_batch_{number}" for number in range(1, 6))
TEST = "test_batch"
META = "batches.meta"
NAMES = (*TRAINING, TEST, META)
SUMS = "MD5SUMS"  # of files that are not the published ones; `md5sum -c` reads it too
_PIXELS = 3 * 32 * 32


def write_batches(folder: Path, train: Part, test: Part, classes: Sequence[str]) -> None:
    """Write five batches, the test batch, `batches.meta` and MD5SUMS into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    order = np.array_split(np.arange(len(train[1])), len(TRAINING))
    parts = [
        (name, f"training batch {number} of 5", train[0][rows], train[1][rows])
        for number, (name, rows) in enumerate(zip(TRAINING, order, strict=True), 1)
    ]
    parts.append((TEST, "testing batch 1 of 1", *test))
    for name, title, images, labels in parts:
        batch = {
            "batch_label": title,
            "labels": [int(label) for label in labels],
            "data": images.transpose(0, 3, 1, 2).reshape(-1, _PIXELS),  # all red, green, blue
            "filenames": [f"{classes[k]}_{name}_{i:06}.png" for i, k in enumerate(labels)],
        }
        (folder / name).write_bytes(pickled(batch))
    meta = {
        "num_cases_per_batch": len(order[0]),
        "label_names": list(classes),
        "num_vis": _PIXELS,
    }
    (folder / META).write_bytes(pickled(meta))
    write_sums(folder)


def write_sums(folder: Path) -> None:
    """Write MD5SUMS for the files in `folder`."""
    sums = [f"{hashlib.md5((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in NAMES]
    (folder / SUMS).write_text("".join(sums), encoding="ascii")


def read_batches(place: Path) -> tuple[Part, Part, list[str]]:
    """Return the training part, the test part and the names of the classes.

    `place` is the folder with the batches, a folder that holds it or the archive, or the archive
    `cifar-10-python.tar.gz` itself. Raises DataError.
    """
    contents = read_files(place)
    batches = {name: _batch(contents[name], f"{place}: {name}") for name in (*TRAINING, TEST)}
    train = tuple(np.concatenate([batches[name][i] for name in TRAINING]) for i in (0, 1))
    meta = _unpickled(contents[META], f"{place}: {META}")
    classes = meta.get("label_names")
    if not isinstance(classes, list) or not all(isinstance(name, str) for name in classes):
        raise DataError(f"{place}: {META} has no list label_names")
    most = max(int(part[1].max(initial=0)) for part in batches.values())
    if most >= len(classes):
        raise DataError(f"{place}: holds the label {most}, but names {len(classes)} classes")
    return (train[0], train[1]), batches[TEST], classes


def read_files(place: Path) -> dict[str, bytes]:
    """Return the bytes of the seven files at `place`, described at read_batches."""
    for folder in (place, place / FOLDER):
        present = [name for name in NAMES if (folder / name).is_file()]
        if len(present) == len(NAMES):
            try:
                return {name: (folder / name).read_bytes() for name in NAMES}
            except OSError as error:
                raise DataError(f"{folder}: cannot be read ({error.strerror})") from None
        if present:
            missing = ", ".join(name for name in NAMES if name not in present)
            raise DataError(f"{folder}: {missing} is missing beside {present[0]}")
    archive = place if place.is_file() else place / ARCHIVE
    if archive.is_file():
        return _from_archive(archive)
    if not place.exists():
        raise DataError(f"{place}: no such folder; it should hold {FOLDER}")
    raise DataError(f"{place}: holds no CIFAR-10; expected are {FOLDER} or {ARCHIVE}")


def _from_archive(archive: Path) -> dict[str, bytes]:
    """Read the files by name: nothing is unpacked, so no name in there can lead anywhere."""
    contents: dict[str, bytes] = {}
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                folder, _, name = member.name.rpartition("/")
                file = tar.extractfile(member) if member.isreg() else None
                if file is not None and folder.endswith(FOLDER) and name in NAMES:
                    contents[name] = file.read()
    except (OSError, EOFError, tarfile.TarError) as error:
        raise DataError(f"{archive}: cannot be read ({error}); fetch it again") from None
    missing = [name for name in NAMES if name not in contents]
    if missing:
        raise DataError(f"{archive}: {', '.join(missing)} is missing in it")
    return contents


def _batch(content: bytes, where: str) -> Part:
    batch = _unpickled(content, where)
    found, labels = batch.get("data"), batch.get("labels")
    data = found.values if isinstance(found, _Array) else np.empty(0, np.uint8)
    if (
        data.ndim != 2
        or data.shape[1:] != (_PIXELS,)
        or not isinstance(labels, list)
        or len(labels) != len(data)
        or not all(isinstance(label, int) and 0 <= label < 256 for label in labels)
    ):
        raise DataError(f"{where} does not hold data (N, 3072) and N labels")
    images = np.ascontiguousarray(data.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
    return images, np.array(labels, np.uint8)


class _Reader(pickle.Unpickler):
    """Makes base types and arrays of bytes, and nothing else that a file might ask for."""

    def find_class(self, module: str, name: str) -> Any:
        known: dict[tuple[str, str], Any] = {
            ("numpy", "ndarray"): _Array,
            ("numpy", "dtype"): _Kind,
            ("numpy.core.multiarray", "_reconstruct"): _Array,
            ("numpy._core.multiarray", "_reconstruct"): _Array,
            ("_codecs", "encode"): _encoded,  # how Python 3 writes bytes in protocol 2
        }
        if (module, name) not in known:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return known[module, name]


class _Kind:
    """What a pickle says of an array's type."""

    def __init__(self, name: str, *_flags: object) -> None:
        self.name = name

    def __setstate__(self, state: object) -> None:
        """Ignore byte order and alignment: bytes have none."""


class _Array:
    """An array as it comes out of a pickle; numpy's own takes more on trust."""

    values: NDArray[np.uint8]

    def __init__(self, *_kind: object) -> None:
        """Ignore the empty array that numpy would begin with: its state follows."""

    def __setstate__(self, state: tuple[object, tuple[int, ...], _Kind, bool, bytes | str]) -> None:
        _, shape, kind, by_columns, data = state
        if kind.name != "u1":
            raise pickle.UnpicklingError(f"it holds an array of {kind.name}")
        content = data.encode("latin1") if isinstance(data, str) else data
        order: Literal["C", "F"] = "F" if by_columns else "C"
        self.values = np.frombuffer(content, np.uint8).reshape(shape, order=order)


def _encoded(text: str, _encoding: str = "latin1") -> bytes:
    return text.encode("latin1")


def _unpickled(content: bytes, where: str) -> dict[str, Any]:
    try:
        found = _Reader(io.BytesIO(content), encoding="latin1").load()
    except Exception as error:  # a damaged pickle can end in any exception
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise DataError(f"{where} cannot be read ({reason}); fetch it again") from None
    if not isinstance(found, dict):
        raise DataError(f"{where} holds no dictionary")
    return found


def pickled(value: object) -> bytes:
    """Return `value`, of dicts, lists, text, whole numbers and byte arrays, as Python 2 pickled it.

    Raises TypeError for anything else.
    """
    pieces: list[bytes] = [b"\x80\x02"]  # protocol 2
    _pickle(value, pieces.append)
    return b"".join([*pieces, b"."])


def _pickle(value: object, write: Callable[[bytes], None]) -> None:
    if isinstance(value, dict):
        write(b"}(")
        for key, item in value.items():
            _pickle(key, write)
            _pickle(item, write)
        write(b"u")
    elif isinstance(value, list):
        write(b"](")
        for item in value:
            _pickle(item, write)
        write(b"e")
    elif isinstance(value, str):
        write(_string(value.encode("latin1")))
    elif isinstance(value, int):
        write(b"K" + bytes([value]) if 0 <= value < 256 else b"J" + struct.pack("<i", value))
    elif isinstance(value, np.ndarray) and value.dtype == np.uint8:
        write(b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tU\x01btR(K\x01(")
        for length in value.shape:
            _pickle(length, write)
        write(
            b"tcnumpy\ndtype\n(U\x02u1K\x00K\x01tR(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xff"
        )
        write(b"K\x00tb\x89")  # and in C's order
        write(_string(np.ascontiguousarray(value).tobytes()))
        write(b"tb")
    else:
        raise TypeError(f"{type(value).__name__} has no place in a batch")


def _string(text: bytes) -> bytes:
    """Return the opcode for a string of Python 2."""
    if len(text) < 256:
        return b"U" + bytes([len(text)]) + text
    return b"T" + struct.pack("<i", len(text)) + text
