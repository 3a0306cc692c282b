"""Drawn digits, bent: no two letters of a hand are alike, and fonts are too regular to stand in."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from autograder.datasets.digits import SIDE, Images, Labels, draw_digits

Floats = NDArray[np.float32]

# Bends this strong make the stand-in about as hard as MNIST for a network of one hidden layer, and
# leave the distance from there to a convolutional network about as wide.
BENT, STRAIGHT = 0.9, 0.0  # pixels

_PART = 5000  # digits drawn with one seed: bounds the memory and lets progress be told
_GRID = 6  # places a side that move on their own; the pixels between them follow


def draw_handwriting(
    count: int, seed: int, drawn: Callable[[int], None] | None = None, most: float = BENT
) -> tuple[Images, Labels]:
    """Draw `count` digits bent by up to `most`, the same ones for the same `seed`.

    Returns images (N, 28, 28) of grey levels 0..255 and labels (N,), every digit equally often, as
    `draw_digits` does. `drawn` is told how many are done, now and then.
    """
    images = np.empty((count, SIDE, SIDE), np.uint8)
    labels = np.empty(count, np.uint8)
    for start in range(0, count, _PART):
        stop = min(start + _PART, count)
        own = np.random.SeedSequence([seed, start])
        straight, labels[start:stop] = draw_digits(stop - start, int(own.generate_state(1)[0]))
        images[start:stop] = bend(straight, np.random.Generator(np.random.PCG64(own)), most)
        if drawn is not None:
            drawn(stop)
    return images, labels


def bend(images: Images, draw: np.random.Generator, most: float) -> Images:
    """Move the pixels of each image (N, 28, 28) about, neighbours alike.

    The moves spread by a third of `most` pixels in the least bent image, by `most` in the most.
    """
    if not most:
        return images
    bent = np.empty_like(images)
    for start in range(0, len(images), 500):
        part = images[start : start + 500]
        strength = draw.uniform(most / 3, most, (len(part), 1, 1)).astype(np.float32)
        line = np.arange(SIDE, dtype=np.float32)
        y = line[:, None] + strength * _smooth(len(part), draw)
        x = line[None, :] + strength * _smooth(len(part), draw)
        bent[start : start + 500] = _sample(part, y, x)
    return bent


def _smooth(n: int, draw: np.random.Generator) -> Floats:
    """Return a smooth random surface for each image: (n, 28, 28), spread about 1."""
    coarse = draw.standard_normal((n, _GRID, _GRID), np.float32)
    weights = _weights()
    return np.asarray(weights @ coarse @ weights.T, dtype=np.float32)


def _weights() -> Floats:
    """Return how much each place of the grid moves each pixel: (28, 6), each row of length 1."""
    places = np.linspace(0, SIDE - 1, _GRID)
    distance = (np.arange(SIDE)[:, None] - places) / (places[1] - places[0])
    weights = np.exp(-1.5 * distance**2)
    return np.asarray(weights / np.linalg.norm(weights, axis=1, keepdims=True), dtype=np.float32)


def _sample(images: Images, y: Floats, x: Floats) -> Images:
    """Read the images (n, 28, 28) at the places y, x (n, 28, 28), between pixels."""
    y, x = np.clip(y, 0, SIDE - 1.001), np.clip(x, 0, SIDE - 1.001)
    top, left = y.astype(np.int32), x.astype(np.int32)
    down, right = y - top, x - left
    at = np.arange(len(images), dtype=np.int32)[:, None, None] * SIDE**2 + top * SIDE + left
    ink = images.ravel().astype(np.float32)
    upper = ink[at] * (1 - right) + ink[at + 1] * right
    lower = ink[at + SIDE] * (1 - right) + ink[at + SIDE + 1] * right
    return np.asarray(upper * (1 - down) + lower * down + 0.5, dtype=np.float32).astype(np.uint8)
