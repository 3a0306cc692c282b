"""Where networks are trained and measured: the data, the cache and the device of this grader."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from studentkit import context

from autograder.core.cache import Cache
from autograder.core.errors import AutograderError

Tensor = torch.Tensor


_NO_WORKPLACE = "no data to train on was provided: claims are verified by tests marked @trains"


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
    cache: Cache | None = None
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


class Measuring:
    """What this grader trains networks with and measures them on; read when a test first asks."""

    def __init__(
        self, make: Callable[[], Workplace] | None = None, held_out: Path | None = None
    ) -> None:
        """`make` reads the workplace; `held_out` is the file with the held-out data."""
        self._make = make
        self.held_out = held_out

    @cached_property
    def workplace(self) -> Workplace:
        """The workplace, made once; raises NoWorkplaceError."""
        if self._make is None:
            raise NoWorkplaceError(_NO_WORKPLACE)
        return self._make()


def current() -> Workplace:
    """Return the workplace in use; raises NoWorkplaceError."""
    measuring = context.current().service(Measuring)
    if measuring is None:
        raise NoWorkplaceError(_NO_WORKPLACE)
    return measuring.workplace
