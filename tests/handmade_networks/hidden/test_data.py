"""The digits against the bytes of their files, and the order of mini-batches."""

import digits
import numpy as np
import torch
import training
from studentkit import assert_close, assert_same, data_folder, task


def stored(name, header):
    """Read an IDX file without the student's code."""
    content = (data_folder() / "MNIST" / "raw" / name).read_bytes()
    return torch.from_numpy(np.frombuffer(content, np.uint8, offset=header).copy())


@task("digits")
def test_every_image_keeps_its_pixels_and_its_place():
    """load_digits returns the images of the files in their order, divided by 255."""
    for part, name in zip(digits.load_digits("./data"), ("train", "t10k"), strict=True):
        pixels = stored(f"{name}-images-idx3-ubyte", 16).reshape(-1, 1, 28, 28)
        assert_close(part[0], pixels.float() / 255, f"the {name} images")
        assert_same(part[1], stored(f"{name}-labels-idx1-ubyte", 8).long(), f"the {name} labels")


@task("batches")
def test_every_sample_is_in_exactly_one_batch():
    """batches loses and repeats nothing, whatever the sizes; only the last batch is short."""
    for count, size in ((10, 5), (9, 4), (3, 8), (1, 1)):
        found = list(training.batches(count, size))
        sizes = [size] * (count // size) + ([count % size] if count % size else [])
        assert [len(rows) for rows in found] == sizes, f"{count} samples in batches of {size}"
        assert_same(torch.cat(found).sort().values, torch.arange(count), "all samples, sorted")


@task("batches")
def test_each_epoch_has_an_order_of_its_own():
    """Two calls of batches give two orders, and neither is the natural one."""
    first, second = (torch.cat(list(training.batches(1000, 100))) for _ in range(2))
    assert not torch.equal(first, torch.arange(1000)), "the samples come in their natural order"
    assert not torch.equal(first, second), "two epochs have the same order"
