"""Normalising, statistics and loaders, where shortcuts show."""

import cifar
import loading
import numpy as np
import torch
from studentkit import assert_close, assert_same, assert_shape, assert_unchanged, data_folder, task

from autograder.datasets.batches import read_batches


def pictures():
    """Return five images of noise: (N, C, H, W)."""
    draw = torch.Generator().manual_seed(3)
    return torch.rand(5, 3, 4, 6, generator=draw, dtype=torch.float64)


def spread():
    """Return images that differ more from each other than inside.

    The deviation of all their pixels is not the mean of the images' deviations.
    """
    return 0.1 * pictures() + torch.linspace(0, 1, 5, dtype=torch.float64).view(5, 1, 1, 1)


@task("transform")
def test_normalise_leaves_its_images_alone():
    """normalise returns new images, of the dtype of those it was given, and edits none."""
    mean, std = torch.tensor([0.2, 0.3, 0.4]), torch.tensor([0.5, 1.5, 3.0])
    found = assert_unchanged(loading.normalise, pictures(), mean, std, name="normalise")
    expected = pictures().sub(mean.view(3, 1, 1)).div(std.view(3, 1, 1))
    assert found.dtype == torch.float64, f"the result is of {found.dtype}, the images of float64"
    assert_close(found, expected, "the normalised images", rtol=1e-6)


@task("transform")
def test_statistics_of_another_type_do_not_change_the_images():
    """normalise keeps float32 where mean and std are more precise, as tensors from numpy are."""
    images = pictures().float()
    for exact in ("mean", "std"):
        kinds = [torch.float64 if name == exact else torch.float32 for name in ("mean", "std")]
        mean, std = (torch.full((3,), 0.5, dtype=kind) for kind in kinds)
        found = loading.normalise(images, mean, std)
        assert found.dtype == torch.float32, f"the result is of {found.dtype}, not float32"
        assert_close(found, 2 * images - 1, "the normalised images", rtol=1e-4, atol=1e-5)


@task("transform")
def test_grey_images_are_normalised_too():
    """normalise and make_transform take images of one channel as well as of three."""
    grey = pictures()[:, :1]
    assert_close(loading.normalise(grey, (0.25,), (2.0,)), (grey - 0.25) / 2, "grey images")
    levels = np.array([[0, 51, 255], [102, 204, 153]], np.uint8)[..., None]  # (H, W, 1)
    expected = torch.from_numpy(levels[None, ..., 0] / 127.5 - 1).float()
    found = loading.make_transform(1)(levels)
    assert_close(found, expected, "a grey image, transformed", rtol=1e-4, atol=1e-5)


@task("transform")
def test_the_transform_keeps_channels_apart():
    """make_transform(3) treats red, green and blue alike and returns (3, H, W) of float32."""
    image = np.arange(0, 240, 2, dtype=np.uint8).reshape(5, 8, 3)
    found = loading.make_transform(3)(image)
    expected = torch.from_numpy(image.transpose(2, 0, 1) / 127.5 - 1).float()
    assert found.dtype == torch.float32, f"the image is of {found.dtype}; expected float32"
    assert_close(found, expected, "a colour image, transformed", rtol=1e-4, atol=1e-5)


@task("statistics")
def test_the_deviation_is_that_of_all_pixels():
    """channel_statistics takes all pixels of a channel together, over all images."""
    mean, std = assert_unchanged(loading.channel_statistics, spread(), name="channel_statistics")
    pixels = spread().transpose(0, 1).flatten(1).numpy()  # (C, N·H·W)
    assert_shape(mean, (3,), "the means")
    assert_close(mean, pixels.mean(axis=1), "the means")
    assert_close(std, np.sqrt(((pixels - pixels.mean(1, keepdims=True)) ** 2).mean(1)), "the std")


@task("statistics")
def test_channels_are_not_mixed():
    """Each channel's mean and deviation depend on that channel only."""
    scaled = pictures() * torch.tensor([1.0, 10.0, 100.0]).view(3, 1, 1)
    mean, std = loading.channel_statistics(scaled)
    pixels = scaled.transpose(0, 1).flatten(1).numpy()
    assert_close(mean, pixels.mean(axis=1), "the means")
    assert_close(std, pixels.std(axis=1), "the deviations")


@task("statistics")
def test_test_images_are_normalised_as_training_images():
    """standardise uses the statistics of the training images for both parts."""
    brighter = 3 * spread()[:2] + 1
    train, test = loading.standardise(spread(), brighter)
    pixels = spread().transpose(0, 1).flatten(1)
    mean = pixels.mean(1).view(3, 1, 1)
    std = pixels.std(1, correction=0).view(3, 1, 1)
    assert_close(train, (spread() - mean) / std, "the training images")
    assert_close(test, (brighter - mean) / std, "the test images")


def numbered(first, last):
    """Return images whose pixels tell their number, labelled by that number."""
    return [(torch.full((1, 1, 2), float(number)), number) for number in range(first, last)]


def seen(loader):
    """Return the numbers in the images, and those in the labels, as the loader brings them."""
    images, labels = [], []
    for batch, targets in loader:
        images += [int(number) for number in batch[:, 0, 0, 0]]
        labels += [int(number) for number in targets]
    return images, labels


@task("loaders")
def test_every_epoch_has_an_order_of_its_own():
    """The training loader shuffles anew for each epoch, and labels go with their images."""
    loader, _ = loading.make_loaders(numbered(0, 50), numbered(50, 60), 7)
    orders = []
    for _ in range(2):
        images, labels = seen(loader)
        assert_same(labels, images, "the labels, beside their images")
        assert_same(sorted(images), range(50), "the training images of an epoch, sorted")
        orders.append(images)
    assert orders[0] != orders[1], "two epochs have the same order"


@task("loaders")
def test_parts_are_kept_apart():
    """The training loader brings training images only, the test loader test images only."""
    train_loader, test_loader = loading.make_loaders(numbered(0, 9), numbered(100, 105), 2)
    assert_same(sorted(seen(train_loader)[0]), range(9), "the training images, sorted")
    for _ in range(2):
        images, labels = seen(test_loader)
        assert_same(images, range(100, 105), "the test images")
        assert_same(labels, range(100, 105), "the test labels")


@task("loaders")
def test_images_come_from_the_files():
    """Loaders of the images in ./data bring each test image of the files with its label."""
    _, (images, labels), _ = read_batches(data_folder())
    train_set, test_set = cifar.load_images(loading.transforms.ToTensor())
    _, loader = loading.make_loaders(train_set, test_set, 8)
    found = [pair for _, pair in zip(range(2), loader, strict=False)]
    expected = torch.from_numpy(images[:16].transpose(0, 3, 1, 2) / 255).float()
    assert_close(torch.cat([batch for batch, _ in found]), expected, "the test images", rtol=1e-5)
    assert_same(torch.cat([targets for _, targets in found]), labels[:16], "their labels")


@task("sample_counts")
def test_a_short_batch_counts_its_images_only():
    """sample_counts counts images, whatever the size of the last batch."""
    loaders = [loading.DataLoader(numbered(0, n), batch_size=size) for n, size in ((7, 4), (3, 9))]
    assert_same(list(loading.sample_counts(*loaders)), [7, 3], "the counts")


@task("sample_counts")
def test_counting_loads_nothing():
    """sample_counts asks how many images there are and loads none."""
    loaders = [loading.DataLoader([None] * n, batch_size=2) for n in (6, 5)]
    assert_same(list(loading.sample_counts(*loaders)), [6, 5], "the counts")
