"""The digits as tensors, and mini-batches of them."""

import digits
import torch
import training
from studentkit import assert_close, assert_same, task


@task("digits")
def test_pixels_lie_between_zero_and_one():
    """load_digits returns float32 images (N, 1, 28, 28) whose grey levels go from 0 to 1."""
    (images, _), (tests, _) = digits.load_digits()
    for part, name in ((images[:20], "training"), (tests[:20], "test")):
        assert part.dtype == torch.float32, f"the {name} images have dtype {part.dtype}"
        assert tuple(part.shape[1:]) == (1, 28, 28), f"the {name} images have shape {part.shape}"
        low, high = float(part.min()), float(part.max())
        assert low == 0 and 0.5 < high <= 1, f"the {name} images go from {low} to {high}"


@task("digits")
def test_each_image_has_a_label():
    """load_digits returns as many integer labels as images, for training and for testing."""
    for images, labels in digits.load_digits():
        assert labels.dtype == torch.int64, f"the labels have dtype {labels.dtype}"
        assert tuple(labels.shape) == (len(images),), f"the labels have shape {labels.shape}"
        assert int(labels.min()) >= 0 and int(labels.max()) <= 9, "a label lies outside 0 to 9"


@task("batches")
def test_an_epoch_is_cut_into_batches():
    """batches(7, 3) are two batches of 3 and a short one, index tensors that cover 0 to 6."""
    found = list(training.batches(7, 3))
    assert [len(rows) for rows in found] == [3, 3, 1], "the sizes of the batches"
    assert_same(torch.cat(found).sort().values, torch.arange(7), "all samples, sorted")


@task("batches")
def test_one_batch_can_hold_everything():
    """With a batch size as large as the data there is a single batch."""
    [rows] = training.batches(6, 6)
    assert_close(rows.sort().values, torch.arange(6), "the samples of the only batch, sorted")
