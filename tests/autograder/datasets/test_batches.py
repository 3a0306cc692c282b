"""The layout of CIFAR-10's python version, written and read."""

from __future__ import annotations

import io
import os
import pickle
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.datasets.batches import (
    ARCHIVE,
    FOLDER,
    NAMES,
    SUMS,
    Part,
    pickled,
    read_batches,
    write_batches,
)
from autograder.datasets.colours import CLASSES, draw_colours
from autograder.datasets.mnist import DataError


@pytest.fixture(scope="module")
def drawn() -> tuple[Part, Part]:
    """53 images to train with, so that batches differ in size, and 10 to test with."""
    return draw_colours(53, 1), draw_colours(10, 2)


def test_what_is_written_is_read(drawn: tuple[Part, Part], tmp_path: Path) -> None:
    """From the folder, from the one above it, and from the archive."""
    write_batches(tmp_path / FOLDER, *drawn, list(CLASSES))
    with tarfile.open(tmp_path / "elsewhere.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / FOLDER, FOLDER)
    (tmp_path / "held").mkdir()
    (tmp_path / "elsewhere.tar.gz").rename(tmp_path / "held" / ARCHIVE)
    for place in (".", FOLDER, "held", f"held/{ARCHIVE}"):
        train, test, classes = read_batches(tmp_path / place)
        assert classes == list(CLASSES)
        for part, wanted in ((train, drawn[0]), (test, drawn[1])):
            assert np.array_equal(part[0], wanted[0]) and np.array_equal(part[1], wanted[1])


def test_keys_and_layout_are_those_of_cifar10(drawn: tuple[Part, Part], tmp_path: Path) -> None:
    """Also for code that loads with `encoding="bytes"`, as CIFAR's own page says."""
    write_batches(tmp_path, *drawn, list(CLASSES))
    assert {path.name for path in tmp_path.iterdir()} == {*NAMES, SUMS}
    content = (tmp_path / "data_batch_1").read_bytes()
    as_bytes, as_text = (pickle.loads(content, encoding=e) for e in ("bytes", "latin1"))
    assert set(as_bytes) == {b"batch_label", b"labels", b"data", b"filenames"}
    assert set(as_text) == {"batch_label", "labels", "data", "filenames"}
    assert as_text["batch_label"] == "training batch 1 of 5"
    assert as_text["labels"] == drawn[0][1][:11].tolist()
    assert as_text["data"].dtype == np.uint8 and as_text["data"].shape == (11, 3072)
    first = drawn[0][0][0]  # (32, 32, 3); all red values come before all green ones
    assert np.array_equal(as_text["data"][0].reshape(3, 32, 32)[1], first[:, :, 1])
    meta = pickle.loads((tmp_path / "batches.meta").read_bytes(), encoding="latin1")
    assert meta == {"num_cases_per_batch": 11, "label_names": list(CLASSES), "num_vis": 3072}


def test_batches_that_python_3_pickled_are_read(drawn: tuple[Part, Part], tmp_path: Path) -> None:
    """Somebody may have made a part of CIFAR-10 with today's numpy."""
    write_batches(tmp_path, *drawn, list(CLASSES))
    path = tmp_path / "data_batch_3"
    for protocol in (2, 3, 4):
        batch = pickle.loads(path.read_bytes(), encoding="latin1")
        path.write_bytes(pickle.dumps(batch, protocol=protocol))
        assert np.array_equal(read_batches(tmp_path)[0][0], drawn[0][0])


class Hostile:
    """Runs a command when unpickled in the usual way."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, (f"touch {self.path}",)


def test_a_pickle_cannot_run_code(drawn: tuple[Part, Part], tmp_path: Path) -> None:
    """It may make arrays and base types, and is refused otherwise."""
    write_batches(tmp_path, *drawn, list(CLASSES))
    trace = tmp_path / "trace"
    (tmp_path / "test_batch").write_bytes(pickle.dumps({"data": Hostile(trace), "labels": []}))
    with pytest.raises(DataError, match=r"test_batch cannot be read \(it asks for posix.system\)"):
        read_batches(tmp_path)
    assert not trace.exists()


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("data_batch_4", b"", "data_batch_4 cannot be read"),
        ("data_batch_4", b"<html>", "data_batch_4 cannot be read"),
        ("data_batch_4", pickled([1]), "no dictionary"),
        ("data_batch_4", pickled({"data": "x", "labels": []}), "3072"),
        ("data_batch_4", pickled({"data": np.zeros((2, 3), np.uint8), "labels": [1, 2]}), "3072"),
        ("data_batch_4", pickled({"data": np.zeros((2, 3072), np.uint8), "labels": [1]}), "3072"),
        ("data_batch_4", pickle.dumps({"data": np.zeros(3), "labels": []}, 2), "array of f8"),
        (
            "data_batch_4",
            pickled({"data": np.zeros((1, 3072), np.uint8), "labels": [10]}),
            "the label 10, but names 10 classes",
        ),
        ("batches.meta", pickled({"label_names": [1]}), "no list label_names"),
    ],
)
def test_damaged_batches_are_named(
    name: str, content: bytes, complaint: str, drawn: tuple[Part, Part], tmp_path: Path
) -> None:
    """The message says which file is wrong and how, on one line."""
    write_batches(tmp_path, *drawn, list(CLASSES))
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=complaint) as caught:
        read_batches(tmp_path)
    assert "\n" not in str(caught.value)


def test_missing_and_broken_places_are_named(drawn: tuple[Part, Part], tmp_path: Path) -> None:
    """Whoever mistypes a folder, or stopped a download, learns what is missing."""
    with pytest.raises(DataError, match="no such folder"):
        read_batches(tmp_path / "nowhere")
    with pytest.raises(DataError, match="holds no CIFAR-10"):
        read_batches(tmp_path)
    (tmp_path / ARCHIVE).write_bytes(b"\x1f\x8bnot really")
    with pytest.raises(DataError, match="cannot be read"):
        read_batches(tmp_path)
    empty = io.BytesIO()
    with tarfile.open(fileobj=empty, mode="w:gz"):
        pass
    (tmp_path / ARCHIVE).write_bytes(empty.getvalue())
    with pytest.raises(DataError, match="is missing in it"):
        read_batches(tmp_path)
    write_batches(tmp_path / FOLDER, *drawn, list(CLASSES))
    (tmp_path / FOLDER / "data_batch_5").unlink()
    with pytest.raises(DataError, match="data_batch_5 is missing beside"):
        read_batches(tmp_path)


def test_only_what_belongs_in_a_batch_is_pickled() -> None:
    """Long text and numbers of every size come back; anything else is refused."""
    value = {"a": ["x" * 300, 0, 255, 256, -1, 2**31 - 1], "b": []}
    assert pickle.loads(pickled(value)) == value
    with pytest.raises(TypeError, match="float"):
        pickled([0.5])
