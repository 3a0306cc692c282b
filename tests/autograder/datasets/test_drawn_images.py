"""Bent digits and colour images: the same every time, balanced, and none twice."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder.datasets.colours import CLASSES, draw_colours
from autograder.datasets.handwriting import STRAIGHT, draw_handwriting

Draw = Callable[[int, int], tuple[NDArray[np.uint8], NDArray[np.uint8]]]
DRAWERS = [draw_handwriting, draw_colours]


@pytest.mark.parametrize("draw", DRAWERS)
def test_the_same_seed_draws_the_same_images(draw: Draw) -> None:
    """Images depend on count and seed, and on nothing else."""
    images, labels = draw(60, 3)
    again = draw(60, 3)
    assert np.array_equal(images, again[0]) and np.array_equal(labels, again[1])
    assert not np.array_equal(images, draw(60, 4)[0])


@pytest.mark.parametrize("draw", DRAWERS)
def test_every_class_comes_up_equally_often_and_no_image_twice(draw: Draw) -> None:
    """Also between training and test images."""
    (images, labels), (unseen, _) = draw(1000, 1), draw(500, 2)
    assert images.dtype == labels.dtype == np.uint8
    assert np.bincount(labels).tolist() == [100] * 10
    assert not np.array_equal(labels[:10], np.arange(10))
    both = np.concatenate([images, unseen]).reshape(1500, -1)
    assert len(np.unique(both, axis=0)) == 1500


def test_shapes_are_those_of_the_real_data() -> None:
    """28 x 28 grey levels, 32 x 32 colours."""
    assert draw_handwriting(12, 1)[0].shape == (12, 28, 28)
    assert draw_colours(12, 1)[0].shape == (12, 32, 32, 3)
    assert len(CLASSES) == 10


def test_bends_leave_labels_and_ink_about_alone() -> None:
    """A bent digit differs from the straight one, and is still bright on black."""
    straight, labels = draw_handwriting(300, 5, most=STRAIGHT)
    bent, same = draw_handwriting(300, 5)
    assert np.array_equal(labels, same)
    assert not np.array_equal(bent, straight)
    assert abs(float(bent.mean()) / float(straight.mean()) - 1) < 0.05
    assert bent.reshape(300, -1).max(axis=1).min() > 100


def test_progress_ends_at_the_count() -> None:
    """Whoever waits is told how far it is."""
    for draw in DRAWERS:
        told: list[int] = []
        draw(1100, 1, told.append)
        assert told == sorted(told) and told[-1] == 1100


def test_colours_use_the_whole_range_in_every_channel() -> None:
    """No channel is constant, grey or cut off at an end."""
    images, _ = draw_colours(500, 7)
    pixels = images.reshape(-1, 3) / 255
    assert np.all(np.abs(pixels.mean(axis=0) - 0.47) < 0.1)
    assert np.all(pixels.std(axis=0) > 0.15)
    assert np.mean((images == 0) | (images == 255)) < 0.1
