"""What networks are trained with and measured on, on the trusted side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from autograder.data.given import training_part
from autograder.networks import workplace
from autograder.networks.held import channels_first, provide_held_out, read_labelled
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
    return Workplace(
        channels_first(images),
        torch.from_numpy(labels.astype(np.int64)),
        *read_labelled(held_out),
        cache=cache / "trainings",
        device="cuda" if torch.cuda.is_available() else "cpu",
        pause=lambda: remote.current().paused(),
    )
