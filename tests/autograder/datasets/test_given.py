"""The folders that suites are given: whole, kept, and never older than what they came from."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from autograder.core.cache import Cache
from autograder.datasets import prepare as given
from autograder.datasets.batches import read_batches
from autograder.datasets.command import make
from autograder.datasets.prepare import prepare


def test_other_files_of_cifar_are_not_taken_for_those_before(tmp_path: Path) -> None:
    """A course that changes the images below `cifar-10-batches-py` gets those, not the cache's."""
    real, cache = tmp_path / "real", Cache(tmp_path / "cache")
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
    cache = Cache(tmp_path)
    first = prepare(["mnist"], cache, None, True, 7)
    before = {path: path.stat().st_ino for path in tmp_path.rglob("*")}
    assert prepare(["mnist"], cache, None, True, 7) == first
    assert {path: path.stat().st_ino for path in tmp_path.rglob("*")} == before
    other = prepare(["mnist"], cache, None, True, 8)
    assert other.training == first.training and other.held_out != first.held_out
