"""MNIST's images and what is said of them."""

import numpy as np
import torch
from digits import as_tensors, describe, load_digits
from figures import show_digits
from studentkit import assert_close, assert_same, data_folder, task
from studentkit.figures import figure_of


def stored(name, head):
    """Return the bytes of one of MNIST's four files, without its head."""
    path = data_folder() / "MNIST" / "raw" / name
    return np.frombuffer(path.read_bytes(), dtype=np.uint8)[head:]


@task("digit_data")
def test_test_images_are_those_of_the_test_file():
    """The second part that load_digits returns holds the test images and their labels."""
    image, label = load_digits("./data")[1][2]
    pixels = stored("t10k-images-idx3-ubyte", 16)[2 * 784 : 3 * 784].reshape(1, 28, 28)
    assert_close(image, pixels / 255, "image 2 of the test part", rtol=1e-5)
    assert label == stored("t10k-labels-idx1-ubyte", 8)[2], "its label"


@task("digit_data")
def test_a_whole_part_becomes_two_tensors():
    """as_tensors gives the images as float32 from 0 to 1 and the labels as int64."""
    images, labels = as_tensors(load_digits("./data")[1])
    pixels = stored("t10k-images-idx3-ubyte", 16).reshape(-1, 1, 28, 28)
    assert (images.dtype, labels.dtype) == (torch.float32, torch.int64), "the types"
    assert_close(images, pixels / 255, "the images", rtol=1e-5)
    assert_same(labels, stored("t10k-labels-idx1-ubyte", 8), "the labels")


@task("digit_data")
def test_colour_images_are_described_too():
    """describe reads channels, height and width from the shape, and counts all ten labels."""
    found = describe(torch.rand(2, 3, 5, 6) + 1, torch.tensor([9, 3]))
    numbers = [found[name] for name in ("images", "channels", "height", "width")]
    assert numbers == [2, 3, 5, 6], f"images, channels, height and width are {numbers}"
    assert found["smallest"] >= 1, f"the smallest pixel is {found['smallest']}"
    assert_same(found["counts"], [0, 0, 0, 1, 0, 0, 0, 0, 0, 1], "the counts")


@task("digit_data")
def test_one_digit_can_be_shown():
    """show_digits draws as many images as it is given, one of them too."""
    axes = figure_of(show_digits(torch.rand(1, 1, 28, 28), torch.tensor([5]))).axes
    assert len(axes) == 1 and axes[0].title == "5", "one image with its label is expected"
