"""Batches that a test passes tell what a real DataLoader of the same samples tells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

from autograder.sandbox.inside.loaders import Batches, as_batches


@pytest.mark.parametrize(("count", "size"), [(10, 4), (8, 4), (3, 5), (1, 1)])
def test_they_answer_as_a_loader_does(count: int, size: int) -> None:
    """Length, data set, batch size, and every batch and sample."""
    inputs, labels = torch.randn(count, 2, 3), torch.arange(count)
    real = DataLoader(TensorDataset(inputs, labels), batch_size=size)
    ours = as_batches([(x, y) for x, y in real])
    assert isinstance(ours, Batches)
    assert len(ours) == len(real) and len(ours.dataset) == len(real.dataset)  # type: ignore[arg-type]
    assert ours.batch_size == min(size, count)
    for (x, y), (other_x, other_y) in zip(ours, real, strict=True):
        assert torch.equal(x, other_x) and torch.equal(y, other_y)
    for number in range(-count, count):
        x, y = ours.dataset[number]
        assert torch.equal(x, inputs[number]) and y == labels[number]
    with pytest.raises(IndexError):
        ours.dataset[count]
    assert [int(y) for _, y in ours.dataset] == list(range(count))


@pytest.mark.parametrize(
    "other",
    [
        [],
        [1, 2],
        [(np.zeros(2), np.zeros(2))],
        [(torch.zeros(2), torch.zeros(3))],
        [(torch.zeros(()), torch.zeros(()))],
        [(torch.zeros(2), torch.zeros(2), torch.zeros(2))],
        ((torch.zeros(2), torch.zeros(2)),),
        torch.zeros(2, 2),
    ],
)
def test_everything_else_stays_what_it_is(other: Any) -> None:
    """Numpy code gets plain lists, as its tests pass them."""
    assert as_batches(other) is other
