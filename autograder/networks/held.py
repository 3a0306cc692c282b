"""Labelled images that no worker sees, and accuracies measured on them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from studentkit import context

from autograder.core.errors import AutograderError
from autograder.networks.workplace import Measuring


class HeldOutError(AutograderError):
    """A test asks for held-out data where there is none: mark it with @trains."""


@dataclass(frozen=True)
class HeldOut:
    """Images as (N, C, H, W) float32 in [0, 1], labels as (N,) int64."""

    images: torch.Tensor
    labels: torch.Tensor


def channels_first(pixels: np.ndarray) -> torch.Tensor:
    """Turn (N, H, W) or (N, H, W, 3) bytes into (N, C, H, W) bytes."""
    images = torch.from_numpy(np.array(pixels))
    images = images.unsqueeze(1) if images.ndim == 3 else images.permute(0, 3, 1, 2)
    return images.contiguous()


def read_labelled(file: Path, count: int | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """Return images (N, C, H, W) as bytes and labels (N,) int64, or the first `count` of them."""
    with np.load(file, allow_pickle=False) as found:
        images, labels = found["images"][:count], found["labels"][:count]
    return channels_first(images), torch.from_numpy(labels.astype(np.int64))


def held_out(count: int | None = None) -> HeldOut:
    """Return the held-out data, or the first `count` of it; raises HeldOutError."""
    measuring = context.current().service(Measuring)
    if measuring is None or measuring.held_out is None:
        raise HeldOutError("nothing is held out from a test that does not train; say @trains")
    images, labels = read_labelled(measuring.held_out, count)
    return HeldOut(images.to(torch.float32).div_(255), labels)  # in [0, 1], like ToTensor


def accuracy_on(held: HeldOut, predictions: Any) -> float:
    """Return the share of right predictions: (N, classes) scores or (N,) classes.

    Fails, as a test does, where they have another shape or hold NaN.
    """
    try:
        found = torch.as_tensor(predictions)
    except (TypeError, ValueError, RuntimeError):
        raise AssertionError("the predictions are no tensor of numbers") from None
    rows = len(held.labels)
    if found.ndim not in (1, 2) or len(found) != rows:
        raise AssertionError(
            f"the predictions have shape {tuple(found.shape)}; expected {rows} rows, one per image"
        )
    if found.is_complex() or (found.is_floating_point() and not bool(found.isfinite().all())):
        raise AssertionError("the predictions contain NaN, infinity or complex numbers")
    classes = found.argmax(dim=1) if found.ndim == 2 else found
    return float((classes == held.labels).double().mean())
