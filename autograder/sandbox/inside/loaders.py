"""Batches that a test passes, as code that expects a DataLoader may use them.

A test passes lists of (inputs, labels). Real code asks a loader for its data set and how many
samples it holds, so a list of such pairs of tensors arrives here as a list that knows both.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from itertools import accumulate
from typing import Any


class Batches(list):  # type: ignore[type-arg]
    """A list of (inputs, labels) with what `torch.utils.data.DataLoader` tells of itself."""

    num_workers = 0
    drop_last = False
    pin_memory = False

    @property
    def dataset(self) -> Samples:
        """All samples of all batches, in order."""
        return Samples(self)

    @property
    def batch_size(self) -> int:
        """How many samples the first batch has."""
        return len(self[0][1]) if self else 0


class Samples:
    """The samples in batches, one by one: what a map-style data set offers."""

    def __init__(self, batches: Batches) -> None:
        self._batches = batches
        self._ends = list(accumulate(len(labels) for _, labels in batches))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        if not -len(self) <= index < len(self):
            raise IndexError(f"index {index} is out of range for {len(self)} samples")
        index %= len(self)
        number = bisect_right(self._ends, index)
        inputs, labels = self._batches[number]
        place = index - (self._ends[number - 1] if number else 0)
        return inputs[place], labels[place]


def as_batches(value: Any) -> Any:
    """Return a list of pairs of tensors with equally many rows as `Batches`, all else as it is."""
    torch = sys.modules.get("torch")
    if torch is None or type(value) is not list or not value:
        return value
    for pair in value:
        if type(pair) not in (list, tuple) or len(pair) != 2:
            return value
        if not all(isinstance(one, torch.Tensor) and one.ndim for one in pair):
            return value
        if len(pair[0]) != len(pair[1]):
            return value
    return Batches(value)
