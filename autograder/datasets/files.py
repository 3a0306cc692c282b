"""MNIST's files, as torchvision's own download leaves them, and the CSV of `mlp_from_scratch`."""

from __future__ import annotations

import gzip
from pathlib import Path

from autograder.datasets.mnist import CSV_NAMES, IDX_NAMES, Part, write_idx

FOLDER = "MNIST"
CSV_FILES = (*CSV_NAMES, "SOURCE")


def write_mnist(out: Path, train: Part, test: Part, source: str) -> None:
    """Write `out/MNIST`: in `raw` the four IDX files, plain and gzipped, beside it SOURCE.

    torchvision reads the plain ones; other readers of MNIST expect the gzipped ones. Their bytes
    depend on nothing but the images: neither a name nor a time is packed with them.
    """
    write_idx(out, train, test)
    raw = out / FOLDER / "raw"
    for name in (name for names in IDX_NAMES for name in names):
        packed = gzip.compress((raw / name).read_bytes(), compresslevel=6, mtime=0)
        (raw / f"{name}.gz").write_bytes(packed)
    write_source(out / FOLDER, source)


def write_source(folder: Path, source: str) -> None:
    """Write SOURCE, a word that says what the data beside it is: what to expect depends on it."""
    (folder / "SOURCE").write_text(f"{source}\n", encoding="utf-8")


def read_source(folder: Path) -> str | None:
    """Return the word in the SOURCE of `folder`, None where there is none."""
    path = folder / "SOURCE"
    return path.read_text(encoding="utf-8", errors="replace").strip() if path.is_file() else None
