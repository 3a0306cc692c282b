"""What networks are trained with and measured on, on the trusted side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from autograder.data.given import training_part
from autograder.networks import workplace
from autograder.networks.held import provide_held_out
from autograder.networks.workplace import Workplace
from autograder.runner import remote


def provide(training: Path, held_out: Path, cache: Path, source: str) -> None:
    """Let tests measure on the file `held_out` and verify claims by training on `training`.

    Nothing is read before a test asks; `source` is the word for what the images are.
    """
    provide_held_out(held_out)
    workplace.use(lambda: _workplace(training, held_out, cache, source))


def _workplace(training: Path, held_out: Path, cache: Path, source: str) -> Workplace:
    images, labels = training_part(training, source)
    with np.load(held_out, allow_pickle=False) as file:
        held_images, held_labels = file["images"], file["labels"]
    return Workplace(
        _tensor(images),
        torch.from_numpy(labels.astype(np.int64)),
        _tensor(held_images),
        torch.from_numpy(held_labels.astype(np.int64)),
        cache=cache / "trainings",
        device="cuda" if torch.cuda.is_available() else "cpu",
        pause=lambda: remote.current().paused(),
    )


def _tensor(pixels: np.ndarray) -> torch.Tensor:
    """Turn (N, H, W) or (N, H, W, 3) bytes into (N, C, H, W) bytes."""
    images = torch.from_numpy(np.array(pixels))
    images = images.unsqueeze(1) if images.ndim == 3 else images.permute(0, 3, 1, 2)
    return images.contiguous()
