"""What networks are trained with and measured on, on the trusted side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from autograder.core.cache import Cache
from autograder.datasets.prepare import training_part
from autograder.execution import proxies
from autograder.networks.held import channels_first, read_labelled
from autograder.networks.workplace import Measuring, Workplace


def measuring(training: Path, held_out: Path, cache: Path, source: str) -> Measuring:
    """Return what measures on the file `held_out` and verifies claims by training on `training`.

    Nothing is read before a test asks; `source` is the word for what the images are.
    """
    return Measuring(lambda: _workplace(training, held_out, cache, source), held_out)


def _workplace(training: Path, held_out: Path, cache: Path, source: str) -> Workplace:
    images, labels = training_part(training, source)
    return Workplace(
        channels_first(images),
        torch.from_numpy(labels.astype(np.int64)),
        *read_labelled(held_out),
        cache=Cache(cache),
        device="cuda" if torch.cuda.is_available() else "cpu",
        pause=lambda: proxies.current().paused(),
    )
