"""Where networks are trained and measured: the data, the cache and the device of this grader."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch

from autograder.core.errors import AutograderError

Tensor = torch.Tensor


class NoWorkplaceError(AutograderError):
    """A test verifies a claim where nobody has said on which data: the grader's own fault."""


@dataclass(frozen=True)
class Workplace:
    """The data to train on and the data to measure on; neither is ever a student's to read.

    Images are (N, C, H, W), as bytes or as float32 in [0, 1]; labels are (N,). `pause` stops the
    clock of a student's test while the grader itself trains.
    """

    images: Tensor
    labels: Tensor
    held_images: Tensor
    held_labels: Tensor
    cache: Path | None = None
    device: str = "cpu"
    pause: Callable[[], AbstractContextManager[object]] = nullcontext

    @cached_property
    def digest(self) -> str:
        """Return the sha256 of all data, shapes and types included."""
        found = hashlib.sha256()
        for each in (self.images, self.labels, self.held_images, self.held_labels):
            found.update(f"{each.dtype} {tuple(each.shape)};".encode())
            found.update(each.contiguous().cpu().numpy().data)
        return found.hexdigest()


_factory: list[Callable[[], Workplace] | None] = [None]
_made: list[Workplace] = []


def use(factory: Callable[[], Workplace] | None) -> None:
    """Say how to make the workplace; it is made when the first claim is verified, once."""
    _factory[0] = factory
    _made.clear()


def current() -> Workplace:
    """Return the workplace in use; raises NoWorkplaceError."""
    if not _made:
        factory = _factory[0]
        if factory is None:
            raise NoWorkplaceError(
                "no data to train on was provided: claims are verified by tests marked @trains"
            )
        _made.append(factory())
    return _made[0]
