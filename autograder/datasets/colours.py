"""Colour images drawn on the spot: a stand-in for CIFAR-10 in which the shape tells the class."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.uint8]
Labels = NDArray[np.uint8]
Floats = NDArray[np.float32]

SIDE = 32
_CHUNK = 500  # images at a time: bounds the memory


def draw_colours(
    count: int, seed: int, drawn: Callable[[int], None] | None = None
) -> tuple[Images, Labels]:
    """Draw `count` colour images, the same ones for the same `seed`.

    Returns images (N, 32, 32, 3) of red, green and blue 0..255, and labels (N,), which count in
    CLASSES; every class comes up equally often, but for the remainder of N / 10. `drawn` is told
    how many are done, now and then.
    """
    draw = np.random.Generator(np.random.PCG64(seed))
    labels = draw.permutation(np.arange(count) % len(CLASSES)).astype(np.uint8)  # (N,)
    images = np.empty((count, SIDE, SIDE, 3), np.uint8)
    for start in range(0, count, _CHUNK):
        part = labels[start : start + _CHUNK]
        images[start : start + _CHUNK] = _drawn(part, draw)
        if drawn is not None:
            drawn(start + len(part))
    return images, labels


def _drawn(labels: Labels, draw: np.random.Generator) -> Images:
    """Paint a background, clutter, the shape, and what lies across it; then add noise."""
    n = len(labels)
    # Each class has colours that it likes. That is all a linear model can go by, because shapes
    # are anywhere, turned, and as often lighter than their background as darker.
    hue = labels / len(CLASSES) + draw.normal(0, _HUE_SPREAD, n)
    value = draw.uniform(0.25, 0.85, n)
    behind = _colour(draw.uniform(0, 1, n), draw.uniform(0.1, 0.7, n), value)
    step = draw.uniform(0.2, 0.5, n)
    lighter = np.where(value < 0.4, True, np.where(value > 0.7, False, draw.random(n) < 0.5))
    front_value = np.clip(np.where(lighter, value + step, value - step), 0.05, 1)
    front = _colour(hue, draw.uniform(0.45, 1.0, n), front_value)

    image = behind + _clouds(n, draw)  # (n, 32, 32, 3)
    for _ in range(2):
        image = _over(image, _blob(n, draw), _random_colour(n, draw))
    shading = 1 + 0.5 * (_clouds(n, draw)[..., :1])  # one grey texture: the hue stays
    image = _over(image, _shape(labels, draw), front * shading)
    image = _over(image, _line(n, draw), _random_colour(n, draw))
    noise = draw.standard_normal(image.shape, np.float32)
    image = image + noise * draw.uniform(0.01, 0.05, (n, 1, 1, 1)).astype(np.float32)
    return np.asarray(np.clip(image, 0, 1) * 255 + 0.5, dtype=np.float32).astype(np.uint8)


def _over(image: Floats, cover: Floats, colour: Floats) -> Floats:
    """Lay `colour` (n, 1 or 32, 1 or 32, 3) over `image` where `cover` (n, 32, 32) is 1."""
    return image + cover[..., None] * (colour - image)


def _shape(labels: Labels, draw: np.random.Generator) -> Floats:
    """Return how far each pixel lies in the shape of the image's class, 0..1: (n, 32, 32)."""
    n = len(labels)
    size = draw.uniform(7.0, 11.5, (n, 1, 1)).astype(np.float32)  # pixels that count as 1
    y, x = _turned(n, draw, spread=2.5, upright=True)
    stretch = np.exp(draw.normal(0, 0.12, (n, 1, 1))).astype(np.float32)
    y, x = y / size * stretch, x / size / stretch
    depth = np.empty((n, SIDE, SIDE), np.float32)
    for label, inside in enumerate(CLASSES.values()):
        chosen = labels == label
        depth[chosen] = inside(y[chosen], x[chosen])
    softness = draw.uniform(1.0, 2.2, (n, 1, 1)).astype(np.float32)
    return np.asarray(np.clip(depth * size / softness + 0.5, 0, 1))


def _turned(
    n: int, draw: np.random.Generator, spread: float, upright: bool = False
) -> tuple[Floats, Floats]:
    """Return coordinates (n, 32, 32) in pixels about a random centre, turned by any angle.

    What is `upright` leans to a side, as things in photographs do.
    """
    line = np.arange(SIDE, dtype=np.float32) - (SIDE - 1) / 2
    centre = np.clip(draw.normal(0, spread, (2, n, 1, 1)), -2 * spread, 2 * spread)
    leaning = draw.normal(0, 0.35, (n, 1, 1)) if upright else draw.uniform(0, 2 * np.pi, (n, 1, 1))
    angle = leaning.astype(np.float32)
    y = line[None, :, None] - centre[0].astype(np.float32)
    x = line[None, None, :] - centre[1].astype(np.float32)
    return np.cos(angle) * y - np.sin(angle) * x, np.sin(angle) * y + np.cos(angle) * x


def _blob(n: int, draw: np.random.Generator) -> Floats:
    """Return a small round thing somewhere, none in every third image: (n, 32, 32)."""
    y, x = _turned(n, draw, spread=9.0)
    radius = draw.uniform(1.5, 4.0, (n, 1, 1)) * (draw.random((n, 1, 1)) < 2 / 3)
    longer = draw.uniform(1.0, 2.5, (n, 1, 1)).astype(np.float32)
    return np.asarray(np.clip(radius.astype(np.float32) - np.hypot(y / longer, x), 0, 1))


def _line(n: int, draw: np.random.Generator) -> Floats:
    """Return a thin line across two of five images: (n, 32, 32)."""
    y, _ = _turned(n, draw, spread=7.0)
    width = draw.uniform(0.8, 1.5, (n, 1, 1)) * (draw.random((n, 1, 1)) < 0.4)
    return np.clip(width.astype(np.float32) - np.abs(y), 0, 1) * np.float32(0.9)


def _clouds(n: int, draw: np.random.Generator) -> Floats:
    """Return smooth noise about 0, different in each colour: (n, 32, 32, 3)."""
    coarse = draw.standard_normal((n, 5, 5, 3), np.float32)
    place = np.linspace(0, 3.999, SIDE, dtype=np.float32)
    low, part = place.astype(np.int32), (place % 1)[:, None]
    rows = coarse[:, low] * (1 - part[..., None]) + coarse[:, low + 1] * part[..., None]
    fine = rows[:, :, low] * (1 - part) + rows[:, :, low + 1] * part
    strength = draw.uniform(0.02, 0.10, (n, 1, 1, 1)).astype(np.float32)
    return np.asarray(fine * strength, dtype=np.float32)


def _random_colour(n: int, draw: np.random.Generator) -> Floats:
    return _colour(draw.random(n), draw.uniform(0.1, 1.0, n), draw.uniform(0.1, 1.0, n))


def _colour(
    hue: NDArray[np.float64], saturation: NDArray[np.float64], value: NDArray[np.float64]
) -> Floats:
    """Turn hue (1 is once round), saturation and value (n,) into colours (n, 1, 1, 3)."""
    turn = (np.array([5.0, 3.0, 1.0]) + 6 * hue[:, None]) % 6  # (n, 3)
    dip = np.clip(np.minimum(turn, 4 - turn), 0, 1)
    colours = value[:, None] * (1 - saturation[:, None] * dip)
    return np.asarray(colours.astype(np.float32)[:, None, None, :])


# Each shape is how deep inside it a place (y, x) lies; its outline is where that is 0.
def _disc(y: Floats, x: Floats) -> Floats:
    return np.asarray(0.85 - np.hypot(y, x))


def _ring(y: Floats, x: Floats) -> Floats:
    return np.asarray(0.22 - np.abs(np.hypot(y, x) - 0.75))


def _square(y: Floats, x: Floats) -> Floats:
    return np.asarray(0.8 - np.maximum(np.abs(y), np.abs(x)))


def _triangle(y: Floats, x: Floats) -> Floats:
    slope = np.float32(np.sqrt(3) / 2)
    return np.asarray(0.52 - np.maximum(-y, y / 2 + slope * np.abs(x)))


def _cross(y: Floats, x: Floats) -> Floats:
    a, b = np.abs(y), np.abs(x)
    return np.asarray(np.maximum(np.minimum(0.28 - a, 1 - b), np.minimum(0.28 - b, 1 - a)))


def _star(y: Floats, x: Floats) -> Floats:
    return np.asarray(0.66 + 0.34 * np.cos(5 * np.arctan2(y, x)) - np.hypot(y, x))


def _crescent(y: Floats, x: Floats) -> Floats:
    return np.asarray(np.minimum(1.0 - np.hypot(y, x), np.hypot(y, x - 0.5) - 0.72))


def _bars(y: Floats, x: Floats) -> Floats:
    within = 0.95 - np.maximum(np.abs(y), np.abs(x))
    return np.asarray(np.minimum(within, 0.16 - np.abs((y + 0.32) % 0.64 - 0.32)))


def _spots(y: Floats, x: Floats) -> Floats:
    corner = np.hypot(np.abs(y) - 0.6, np.abs(x) - 0.6)
    return np.asarray(np.maximum(0.28 - corner, 0.28 - np.hypot(y, x)))


def _wave(y: Floats, x: Floats) -> Floats:
    return np.asarray(np.minimum(0.2 - np.abs(y - 0.45 * np.sin(3.2 * x)), 1.15 - np.abs(x)))


CLASSES: dict[str, Callable[[Floats, Floats], Floats]] = {
    "disc": _disc,
    "ring": _ring,
    "square": _square,
    "triangle": _triangle,
    "cross": _cross,
    "star": _star,
    "crescent": _crescent,
    "bars": _bars,
    "spots": _spots,
    "wave": _wave,
}
_HUE_SPREAD = 0.15  # of a turn: neighbouring classes overlap widely
