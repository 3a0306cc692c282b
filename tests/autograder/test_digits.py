"""The stand-in for MNIST, and reading and writing what MNIST comes in."""

from __future__ import annotations

import gzip
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from autograder.core.cache import Cache, CacheError
from autograder.datasets import digits_csv
from autograder.datasets.digits import draw_digits
from autograder.datasets.mnist import DataError, Part, read_mnist, write_csv, write_idx

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "data" / "mnist"


def same(one: tuple[Part, Part], other: tuple[Part, Part]) -> bool:
    """Tell whether two data sets agree in every number."""
    pairs = zip(one, other, strict=True)
    return all(np.array_equal(a, b) for x, y in pairs for a, b in zip(x, y, strict=True))


@pytest.fixture(scope="module")
def drawn() -> tuple[Part, Part]:
    """4,000 digits to train with, 1,000 to test with."""
    return draw_digits(4000, 11), draw_digits(1000, 12)


def test_the_same_seed_draws_the_same_digits() -> None:
    """Digits depend on the seed and on nothing else."""
    images, labels = draw_digits(50, 3)
    again = draw_digits(50, 3)
    assert np.array_equal(images, again[0]) and np.array_equal(labels, again[1])
    assert not np.array_equal(images, draw_digits(50, 4)[0])


def test_digits_look_like_mnist(drawn: tuple[Part, Part]) -> None:
    """Grey levels 0..255 on 28 x 28, bright on black, every digit equally often, none twice."""
    (images, labels), (unseen, _) = drawn
    assert images.shape == (4000, 28, 28) and images.dtype == np.uint8
    assert labels.shape == (4000,) and labels.dtype == np.uint8
    assert np.bincount(labels).tolist() == [400] * 10
    assert not np.array_equal(labels[:10], np.arange(10))
    assert 25 < images.mean() < 75
    assert images.reshape(4000, -1).max(axis=1).min() > 120
    assert len(np.unique(np.concatenate([images, unseen]).reshape(5000, -1), axis=0)) == 5000


@pytest.mark.slow
def test_a_linear_model_learns_digits_but_not_as_well_as_a_network(
    drawn: tuple[Part, Part],
) -> None:
    """The stand-in tells models apart: learnable for a line, easier for a hidden layer."""
    linear, network = accuracy(drawn, hidden=0), accuracy(drawn, hidden=64)
    assert 0.6 < linear < network - 0.03, (linear, network)


def accuracy(data: tuple[Part, Part], hidden: int) -> float:
    """Train softmax regression, or a network with a hidden layer of rectifiers, by momentum."""
    (x, y), (test_x, test_y) = (
        ((images.reshape(len(images), -1) / 255).astype(np.float32), labels)
        for images, labels in data
    )
    draw = np.random.default_rng(0)
    sizes = [784, hidden, 10] if hidden else [784, 10]
    weights = [
        draw.normal(0, np.sqrt(2 / n), (n, m)).astype(np.float32) for n, m in pairwise(sizes)
    ]
    if not hidden:
        weights[0] *= 0
    speed = [np.zeros_like(weight) for weight in weights]
    for _ in range(12):
        for batch in np.array_split(draw.permutation(len(x)), 60):
            values = [x[batch]]  # of each layer, (N, D)
            for weight in weights[:-1]:
                values.append(np.maximum(values[-1] @ weight, 0))
            scores = values[-1] @ weights[-1]
            error = np.exp(scores - scores.max(axis=1, keepdims=True))
            error /= error.sum(axis=1, keepdims=True)
            error[np.arange(len(batch)), y[batch]] -= 1  # (N, C)
            for layer in reversed(range(len(weights))):
                gradient = values[layer].T @ error / len(batch)
                error = (error @ weights[layer].T) * (values[layer] > 0)
                speed[layer] = 0.9 * speed[layer] - 0.02 * gradient
                weights[layer] = weights[layer] + speed[layer]
    for weight in weights[:-1]:
        test_x = np.maximum(test_x @ weight, 0)
    return float(((test_x @ weights[-1]).argmax(axis=1) == test_y).mean())


def test_csv_files_hold_the_same_digits(drawn: tuple[Part, Part], tmp_path: Path) -> None:
    """Label first, 784 whole numbers, no heading: and back again."""
    write_csv(tmp_path, *drawn, "digits")
    assert same(read_mnist(tmp_path), drawn)
    first = (tmp_path / "mnist_train.csv").read_bytes().split(b"\n", 1)[0].split(b",")
    assert [int(number) for number in first[1:]] == drawn[0][0][0].ravel().tolist()
    assert int(first[0]) == drawn[0][1][0]
    assert (tmp_path / "SOURCE").read_text().strip() == "digits"
    assert (tmp_path / "mnist_test.csv").read_bytes().count(b"\n") == 1000


@pytest.mark.parametrize("layout", ["torchvision", "plain", "gzip", "dots"])
def test_idx_files_hold_the_same_digits(
    layout: str, drawn: tuple[Part, Part], tmp_path: Path
) -> None:
    """The four files are found in torchvision's layout, plain, compressed, or with dots."""
    write_idx(tmp_path, *drawn)
    raw = tmp_path / "MNIST" / "raw"
    if layout == "gzip":
        for path in list(raw.iterdir()):
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 1))
            path.unlink()
    if layout == "dots":
        for path in list(raw.iterdir()):
            path.rename(path.with_name(path.name.replace("-idx", ".idx")))
    assert same(read_mnist(tmp_path if layout == "torchvision" else raw), drawn)


def test_torchvision_reads_the_idx_files(drawn: tuple[Part, Part], tmp_path: Path) -> None:
    """`torchvision.datasets.MNIST` takes them for MNIST."""
    write_idx(tmp_path, *drawn)
    # The reader is plain Python. Its package also loads compiled operators, which a torch of
    # another build (CPU instead of CUDA) refuses: go round them, to the reader itself.
    program = """
import importlib.util, sys, types
for name in ("torchvision", "torchvision.datasets"):
    module = types.ModuleType(name)
    parent = sys.modules.get("torchvision")
    spec = importlib.util.find_spec("torchvision") if parent is None else None
    places = spec.submodule_search_locations if spec else [f"{parent.__path__[0]}/datasets"]
    module.__path__ = list(places)
    sys.modules[name] = module
from torchvision.datasets.mnist import MNIST
for train in (True, False):
    found = MNIST(sys.argv[1], train=train, download=False)
    print(len(found), int(found.data.long().sum()), int(found.targets.sum()), found[3][0].size)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    expected = [
        f"{len(labels)} {images.sum(dtype=np.int64)} {labels.sum(dtype=np.int64)} (28, 28)"
        for images, labels in drawn
    ]
    assert done.stdout.splitlines() == expected


def broken(folder: Path, name: str, content: bytes) -> Path:
    """Write a small MNIST as IDX with one file replaced."""
    write_idx(folder, draw_digits(20, 1), draw_digits(10, 2))
    raw = folder / "MNIST" / "raw"
    (raw / name).unlink(missing_ok=True)
    (raw / name).write_bytes(content)
    return folder


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("train-images-idx3-ubyte", b"", "no IDX file"),
        ("train-images-idx3-ubyte", b"<html>not found</html>", "no IDX file"),
        (
            "train-images-idx3-ubyte",
            b"\0\0\x08\x03\0\0\0\2\0\0\0\x1c\0\0\0\x1c123",
            "3 values where 1568",
        ),
        ("train-images-idx3-ubyte", b"\0\0\x08\x03\0\0\0\1\0\0\0\1\0\0\0\1x", r"\(1, 1\)"),
        ("train-labels-idx1-ubyte", b"\0\0\x08\1\0\0\0\2\1\2", "20 images for 2 labels"),
        ("t10k-labels-idx1-ubyte", b"\0\0\x08\1\0\0\0\x0a" + bytes([77] * 10), "label 77"),
    ],
)
def test_damaged_idx_files_are_named(
    name: str, content: bytes, complaint: str, tmp_path: Path
) -> None:
    """The message says which file is wrong and how."""
    with pytest.raises(DataError, match=complaint):
        read_mnist(broken(tmp_path, name, content))


def test_a_damaged_gzip_is_named(tmp_path: Path) -> None:
    """A download that broke off is recognised."""
    folder = broken(tmp_path, "x", b"")
    raw = folder / "MNIST" / "raw"
    packed = gzip.compress((raw / "train-images-idx3-ubyte").read_bytes())
    (raw / "train-images-idx3-ubyte").unlink()
    (raw / "train-images-idx3-ubyte.gz").write_bytes(packed[:-20])
    with pytest.raises(DataError, match="cannot be read"):
        read_mnist(folder)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("label,pixel\n1,2\n", "whole numbers"),
        ("1,2,3\n", "3 numbers a row"),
        (",".join(["1", *["0.5"] * 784]) + "\n", "whole numbers"),
        (",".join(["1", *["256"] * 784]) + "\n", "0..255"),
        (",".join(["12", *["0"] * 784]) + "\n", "label 12"),
    ],
)
def test_wrong_csv_files_are_named(text: str, complaint: str, tmp_path: Path) -> None:
    """The message says which file is wrong and how."""
    write_csv(tmp_path, draw_digits(20, 1), draw_digits(10, 2))
    (tmp_path / "mnist_test.csv").write_text(text)
    with pytest.raises(DataError, match=rf"mnist_test\.csv: .*{complaint}"):
        read_mnist(tmp_path)


def test_missing_data_is_named(tmp_path: Path) -> None:
    """Whoever mistypes a folder learns what should be in it."""
    with pytest.raises(DataError, match="no such folder"):
        read_mnist(tmp_path / "nowhere")
    with pytest.raises(DataError, match="train-images-idx3-ubyte"):
        read_mnist(tmp_path)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(b"")
    with pytest.raises(DataError, match=r"train-labels-idx1-ubyte, .* is missing"):
        read_mnist(tmp_path)


def test_folders_of_data_are_made_once_and_alike(tmp_path: Path) -> None:
    """A second call finds what the first made; another cache gets the same bytes."""
    one, other = Cache(tmp_path / "one"), Cache(tmp_path / "two")
    for make in (digits_csv.small, lambda cache: digits_csv.training(cache, None)[0]):
        folder = make(one)
        times = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
        assert make(one) == folder
        assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == times
        again = make(other)
        assert again.name == folder.name
        for name in ("mnist_train.csv", "mnist_test.csv", "SOURCE"):
            assert (again / name).read_bytes() == (folder / name).read_bytes()
    assert len(list((one.root / "data").iterdir())) == 2  # nothing unfinished stays behind


def test_the_folders_have_the_promised_sizes(tmp_path: Path) -> None:
    """60 and 20 rows for every day, 4,000 and 1,000 for training."""
    for folder, sizes in (
        (digits_csv.small(Cache(tmp_path)), (60, 20)),
        (digits_csv.training(Cache(tmp_path), None)[0], (4000, 1000)),
    ):
        train, test = read_mnist(folder)
        assert (len(train[1]), len(test[1])) == sizes
        assert (folder / "SOURCE").read_text().strip() == "digits"
        assert folder.stat().st_mode & 0o555 == 0o555


def test_a_folder_that_is_not_whole_is_made_anew(tmp_path: Path) -> None:
    """What somebody deleted from the cache comes back."""
    folder = digits_csv.small(Cache(tmp_path))
    before = (folder / "mnist_test.csv").read_bytes()
    (folder / "mnist_test.csv").unlink()
    assert digits_csv.small(Cache(tmp_path)) == folder
    assert (folder / "mnist_test.csv").read_bytes() == before


def test_mnist_given_by_the_instructor_is_laid_out(tmp_path: Path) -> None:
    """A folder of IDX files becomes the CSVs, and is called mnist."""
    train, test = draw_digits(30, 5), draw_digits(10, 6)
    write_idx(tmp_path / "given", train, test)
    folder, source = digits_csv.training(Cache(tmp_path / "cache"), tmp_path / "given")
    assert source == "mnist" == (folder / "SOURCE").read_text().strip()
    assert same(read_mnist(folder), (train, test))
    write_idx(tmp_path / "given", test, train)
    assert digits_csv.training(Cache(tmp_path / "cache"), tmp_path / "given")[0] != folder


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The message says where, and what to set."""
    (tmp_path / "cache").write_text("in the way")
    with pytest.raises(CacheError, match="XDG_CACHE_HOME"):
        digits_csv.small(Cache(tmp_path / "cache"))


if REAL.is_dir():

    def test_real_mnist_is_read_and_written_whole(tmp_path: Path) -> None:
        """60,000 and 10,000 images become the CSVs of the handout."""
        folder, source = digits_csv.training(Cache(tmp_path), REAL)
        train, test = read_mnist(REAL)
        assert source == "mnist"
        assert (train[0].shape, test[0].shape) == ((60000, 28, 28), (10000, 28, 28))
        assert train[1][:5].tolist() == [5, 0, 4, 1, 9]
        with (folder / "mnist_train.csv").open("rb") as file:
            first = file.readline()
            assert sum(1 for _ in file) == 59999
        assert [int(n) for n in first.split(b",")] == [5, *train[0][0].ravel().tolist()]
