"""The folders that suites are given: whole, kept, and never older than what they came from."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from autograder.data import given
from autograder.data.batches import read_batches
from autograder.data.command import make
from autograder.data.given import prepare
from autograder.data.kept import kept
from autograder.mnist import DataError


def test_other_files_of_cifar_are_not_taken_for_those_before(tmp_path: Path) -> None:
    """A course that changes the images below `cifar-10-batches-py` gets those, not the cache's."""
    real, cache = tmp_path / "real", tmp_path / "cache"
    counts = []
    for size in (50, 80):
        other = tmp_path / str(size)
        make("cifar10", other, size=size)
        if real.is_dir():
            for path in (real / "cifar-10-batches-py").iterdir():
                path.write_bytes((other / "cifar-10-batches-py" / path.name).read_bytes())
        else:
            other.rename(real)
        found = prepare(["cifar10"], cache, real, True, 7)
        assert found.source == "cifar10" and found.held_out is not None
        train, test, _ = read_batches(found.training)
        counts.append((len(train[1]) + len(test[1]), len(np.load(found.held_out)["labels"])))
    assert [many for many, _ in counts] == [50, 80]
    assert counts[0][1] < counts[1][1]


def test_the_same_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second start draws nothing; another seed holds out other images of the same data."""
    smaller = {**given._KINDS}
    for name, kind in smaller.items():
        smaller[name] = dataclasses.replace(kind, training=(40, 20), held_out=30)
    monkeypatch.setattr(given, "_KINDS", smaller)
    first = prepare(["mnist"], tmp_path, None, True, 7)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert prepare(["mnist"], tmp_path, None, True, 7) == first
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    other = prepare(["mnist"], tmp_path, None, True, 8)
    assert other.training == first.training and other.held_out != first.held_out


def test_all_who_fill_at_once_get_a_whole_folder(tmp_path: Path) -> None:
    """Graders that start together find every file in place, and nothing unfinished is left."""

    def fill(folder: Path) -> None:
        for name in "abc":
            (folder / name).write_text(name * 10_000)

    def one(_: int) -> list[str]:
        folder = kept(tmp_path / "cache" / "data", ["a", "b", "c"], fill)
        return [(folder / name).read_text()[:1] for name in "abc"]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(32))) == [["a", "b", "c"]] * 32
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["data"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """One line, with what to do."""
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"cannot be written there .*XDG_CACHE_HOME"):
        kept(tmp_path / "file" / "data", ["a"], lambda folder: None)
