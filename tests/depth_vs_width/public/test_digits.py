"""MNIST, as ./data has it."""

import numpy as np
import torch
from digits import as_tensors, describe, load_digits
from figures import show_digits
from studentkit import assert_close, assert_same, data_folder, task
from studentkit.figures import figure_of, is_grey


def stored(name, head):
    """Return the bytes of one of MNIST's four files, without its head."""
    path = data_folder() / "MNIST" / "raw" / name
    assert path.is_file(), f"{path} is missing; run python data/get_data.py"
    return np.frombuffer(path.read_bytes(), dtype=np.uint8)[head:]


@task("digit_data")
def test_both_parts_are_loaded():
    """load_digits gives the training images first, then the test images."""
    train, test = load_digits("data")
    assert len(train) == len(stored("train-labels-idx1-ubyte", 8)), "the size of the training part"
    assert len(test) == len(stored("t10k-labels-idx1-ubyte", 8)), "the size of the test part"
    found = [train[number][1] for number in range(10)]
    assert_same(found, stored("train-labels-idx1-ubyte", 8)[:10], "the first labels")


@task("digit_data")
def test_an_image_is_a_tensor_between_0_and_1():
    """An image of load_digits is a tensor (1, 28, 28), its grey levels divided by 255 once."""
    image, label = load_digits("data")[0][3]
    pixels = stored("train-images-idx3-ubyte", 16)[3 * 784 : 4 * 784].reshape(1, 28, 28)
    assert_close(image, pixels / 255, "image 3", rtol=1e-5)
    assert label == stored("train-labels-idx1-ubyte", 8)[3], "the label of image 3"


@task("digit_data")
def test_images_and_labels_are_put_together():
    """as_tensors stacks the images of a dataset and their labels, in order."""
    images, labels = as_tensors([(torch.full((1, 28, 28), k / 4), k) for k in range(4)])
    assert tuple(images.shape) == (4, 1, 28, 28), f"the images have shape {tuple(images.shape)}"
    assert_close(images[:, 0, 5, 5], [0, 0.25, 0.5, 0.75], "one pixel of each image")
    assert_same(labels, [0, 1, 2, 3], "the labels")


@task("digit_data")
def test_images_are_described():
    """describe says how many images there are, how large, and which values a pixel has."""
    found = describe(torch.linspace(0, 0.5, 3 * 12).reshape(3, 1, 3, 4), torch.tensor([7, 0, 7]))
    numbers = [found[name] for name in ("images", "channels", "height", "width")]
    assert numbers == [3, 1, 3, 4], f"images, channels, height and width are {numbers}"
    assert (found["smallest"], found["largest"]) == (0.0, 0.5), "the range of the pixels"
    assert_same(found["counts"], [1, 0, 0, 0, 0, 0, 0, 2, 0, 0], "how many images each label has")


@task("digit_data")
def test_digits_are_shown_with_their_labels():
    """show_digits draws each image in grey, with its label as title."""
    images = torch.rand(3, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    axes = figure_of(show_digits(images, torch.tensor([4, 0, 9])), "Three digits").axes
    assert [one.title for one in axes] == ["4", "0", "9"], "the titles"
    for one, image in zip(axes, images, strict=True):
        assert_close(one.images[0].values, image[0], "an image", rtol=1e-5)
        colours = one.images[0].cmap
        assert is_grey(colours), f"the colours are those of {colours}, not grey"
