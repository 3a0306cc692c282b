"""Digits drawn on the spot: a stand-in for MNIST made of the fonts that matplotlib brings."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.uint8]
Labels = NDArray[np.uint8]
Floats = NDArray[np.float32]

SIDE = 28
_CANVAS = 64  # glyphs are kept larger than images, so that turning them loses nothing
_INK_HEIGHT = 40  # of every glyph on its canvas
_CHUNK = 1000  # images at a time: bounds the memory
_FONTS = (
    "DejaVuSans DejaVuSans-Bold DejaVuSans-Oblique DejaVuSansMono DejaVuSansMono-Bold "
    "DejaVuSerif DejaVuSerif-Bold DejaVuSerif-Italic STIXGeneral STIXGeneralBol "
    "STIXGeneralItalic STIXGeneralBolIta cmr10 cmb10 cmss10 cmtt10"
).split()


def draw_digits(count: int, seed: int) -> tuple[Images, Labels]:
    """Draw `count` digits, the same ones for the same `seed`.

    Returns images (N, 28, 28) of grey levels 0..255, bright ink on black as in MNIST, and labels
    (N,); every digit comes up equally often, but for the remainder of N / 10.
    """
    draw = np.random.Generator(np.random.PCG64(seed))
    labels = draw.permutation(np.arange(count) % 10).astype(np.uint8)  # (N,)
    images = np.empty((count, SIDE, SIDE), np.uint8)
    for start in range(0, count, _CHUNK):
        part = labels[start : start + _CHUNK]
        images[start : start + _CHUNK] = _drawn(part, draw)
    return images, labels


def _drawn(labels: Labels, draw: np.random.Generator) -> Images:
    """Turn, shear, scale, shift and bend each digit; vary its stroke; add clutter and noise."""
    n = len(labels)
    fonts = draw.integers(len(_FONTS), size=n)
    ink = _sample(fonts * 10 + labels, *_positions(n, draw))
    # The glyphs are soft-edged, so a lower threshold gives a thicker stroke.
    threshold = draw.uniform(0.12, 0.42, (n, 1, 1)).astype(np.float32)
    ink = np.clip((ink - threshold) * 3.0 + 0.5, 0, 1)
    ink *= draw.uniform(0.8, 1.0, (n, 1, 1)).astype(np.float32)
    ink = np.maximum(ink, _clutter(n, draw))
    noise = draw.standard_normal(ink.shape, np.float32)
    ink += noise * draw.uniform(0.0, 0.08, (n, 1, 1)).astype(np.float32)
    return np.asarray(np.clip(ink, 0, 1) * 255, dtype=np.float32).astype(np.uint8)


def _positions(n: int, draw: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the rows and columns of the canvas that an image's pixels show, (N, 28, 28) each."""

    def some(spread: float, most: float) -> Floats:
        values = np.clip(draw.normal(0, spread, (n, 1, 1)), -most, most)
        return values.astype(np.float32)

    line = np.arange(SIDE, dtype=np.float32) - (SIDE - 1) / 2
    y, x = line[None, :, None] + some(1.4, 3.5), line[None, None, :] + some(1.4, 3.5)
    phases = draw.uniform(0, 2 * np.pi, (2, n, 1, 1)).astype(np.float32)
    y, x = (
        y + some(0.5, 1.2) * np.sin(0.3 * x + phases[0]),
        x + some(0.5, 1.2) * np.sin(0.3 * y + phases[1]),
    )
    angle, shear = some(0.21, 0.44), some(0.15, 0.35)  # radians; columns per row
    turn_y = np.cos(angle) * y - np.sin(angle) * x
    turn_x = np.sin(angle) * y + np.cos(angle) * x + shear * y
    size = 2.0 * np.exp(some(0.09, 0.25))  # canvas pixels per image pixel
    middle = np.float32((_CANVAS - 1) / 2)
    return turn_y * size + middle, turn_x * size * np.exp(some(0.1, 0.25)) + middle


def _clutter(n: int, draw: np.random.Generator) -> Floats:
    """Draw a piece of a stroke near the border of every third image: (N, 28, 28)."""
    line = np.arange(SIDE, dtype=np.float32)
    centre = draw.uniform(0, SIDE, (n, 2, 1, 1)).astype(np.float32)
    side = draw.integers(4, size=n)  # left, right, top, bottom
    edge = np.where(side % 2 == 0, 1.5, SIDE - 2.5).astype(np.float32)
    centre[np.arange(n), side // 2, 0, 0] = edge
    y, x = line[None, :, None] - centre[:, 0], line[None, None, :] - centre[:, 1]
    angle = draw.uniform(0, np.pi, (n, 1, 1)).astype(np.float32)
    along, across = np.cos(angle) * y + np.sin(angle) * x, np.cos(angle) * x - np.sin(angle) * y
    length = draw.uniform(1.5, 4.0, (n, 1, 1)).astype(np.float32)
    strength = (draw.uniform(0, 1, (n, 1, 1)) < 1 / 3) * draw.uniform(0.4, 0.9, (n, 1, 1))
    shape = np.clip(length - np.abs(along), 0, 1) * np.clip(1.6 - np.abs(across), 0, 1)
    return np.asarray(shape * strength, dtype=np.float32)


def _sample(glyphs: NDArray[np.int64], y: Floats, x: Floats) -> Floats:
    """Read the glyphs (N,) at the places y, x (N, 28, 28), between pixels; black outside."""
    atlas = _atlas()
    y, x = np.clip(y, 0, _CANVAS - 1.001), np.clip(x, 0, _CANVAS - 1.001)
    top, left = y.astype(np.int32), x.astype(np.int32)
    down, right = y - top, x - left
    at = glyphs.astype(np.int32)[:, None, None] * _CANVAS**2 + top * _CANVAS + left
    upper = atlas[at] * (1 - right) + atlas[at + 1] * right
    lower = atlas[at + _CANVAS] * (1 - right) + atlas[at + _CANVAS + 1] * right
    return np.asarray(upper * (1 - down) + lower * down, dtype=np.float32)


@cache
def _atlas() -> Floats:
    """Return every digit of every font, soft-edged, in one row: (fonts * 10 * 64 * 64,)."""
    import matplotlib as mpl  # not every command draws

    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    glyphs = np.stack([_glyph(folder / f"{font}.ttf", d) for font in _FONTS for d in "0123456789"])
    return np.ascontiguousarray(glyphs).ravel()


def _glyph(path: Path, digit: str) -> Floats:
    """Return `digit` at a common height in the middle of a canvas (64, 64), ink 0..1, blurred."""
    from matplotlib import ft2font

    font = ft2font.FT2Font(str(path))
    font.set_size(_INK_HEIGHT * 1.4, 72)  # the digits of most fonts are 0.7 of their size high
    font.set_text(digit)
    font.draw_glyphs_to_bitmap(antialiased=True)
    bitmap = np.asarray(font.get_image(), dtype=np.float32) / 255
    rows, columns = np.nonzero(bitmap)
    bitmap = bitmap[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    canvas = np.zeros((_CANVAS, _CANVAS), np.float32)
    height, width = (min(side, _CANVAS - 8) for side in bitmap.shape)
    top, left = (_CANVAS - height) // 2, (_CANVAS - width) // 2
    canvas[top : top + height, left : left + width] = bitmap[:height, :width]
    kernel = np.array([1, 4, 6, 4, 1], np.float32) / 16
    for axis in (0, 1):
        for _ in range(2):
            canvas = np.apply_along_axis(np.convolve, axis, canvas, kernel, "same")
    return canvas.astype(np.float32)
