"""Normalising images, their statistics, and the loaders."""

import unittest

import loading
import numpy as np
import torch
from studentkit import assert_close, assert_same, assert_shape, task


def images():
    """Return two images with different pixels: (N, C, H, W)."""
    return torch.arange(24.0).view(2, 3, 2, 2) / 24


@task("transform")
class TestTransform(unittest.TestCase):
    """`normalise` and `make_transform`."""

    def test_normalise_takes_the_mean_off_and_divides(self):
        """normalise turns a pixel x of a channel into (x - mean) / std of that channel."""
        mean, std = (0.1, 0.2, 0.4), (0.5, 0.25, 2.0)
        channels = [(images()[:, c] - mean[c]) / std[c] for c in range(3)]
        expected = torch.stack(channels, dim=1)
        assert_close(loading.normalise(images(), mean, std), expected, "the normalised images")

    def test_black_becomes_minus_one_and_white_one(self):
        """make_transform(3) maps bytes 0 to 255 onto -1 to 1, and puts the channels first."""
        image = np.zeros((4, 5, 3), np.uint8)  # (H, W, C)
        image[0, :, 1] = 255
        expected = -torch.ones(3, 4, 5)
        expected[1, 0] = 1
        assert_close(loading.make_transform(3)(image), expected, "the transformed image")


@task("statistics")
class TestStatistics(unittest.TestCase):
    """`channel_statistics` and `standardise`."""

    def test_each_channel_has_its_own_statistics(self):
        """channel_statistics returns one mean and one standard deviation for each channel."""
        mean, std = loading.channel_statistics(images())
        assert_close(mean, images().numpy().mean(axis=(0, 2, 3)), "the means", rtol=1e-5)
        assert_close(std, images().numpy().std(axis=(0, 2, 3)), "the deviations", rtol=1e-5)

    def test_training_images_are_standardised(self):
        """After standardise, each channel of the training images has mean 0 and deviation 1."""
        train, test = loading.standardise(images(), images()[:1])
        assert_shape(test, (1, 3, 2, 2), "the test images")
        assert_close(train.mean(dim=(0, 2, 3)), torch.zeros(3), "the means", atol=1e-5)
        assert_close(train.std(dim=(0, 2, 3), correction=0), torch.ones(3), "the deviations", 1e-4)


def numbered(count):
    """Return `count` images whose pixels tell their number, with labels."""
    return [(torch.full((1, 2, 2), float(number)), number % 10) for number in range(count)]


def order_of(loader):
    """Return the numbers of the images in the order in which the loader brings them."""
    return [int(image[0, 0, 0]) for batch, _ in loader for image in batch]


@task("loaders")
class TestLoaders(unittest.TestCase):
    """`make_loaders`."""

    def test_batches_have_the_chosen_size(self):
        """make_loaders cuts both parts into batches of batch_size; the last one may be short."""
        train_loader, test_loader = loading.make_loaders(numbered(10), numbered(6), 4)
        for loader, sizes in ((train_loader, [4, 4, 2]), (test_loader, [4, 2])):
            self.assertEqual([len(labels) for _, labels in loader], sizes)

    def test_only_training_images_are_shuffled(self):
        """The training loader changes the order, the test loader keeps it."""
        train_loader, test_loader = loading.make_loaders(numbered(40), numbered(20), 8)
        order = order_of(train_loader)
        assert_same(sorted(order), range(40), "the numbers of the training images, sorted")
        self.assertNotEqual(order, list(range(40)), "the training images are in their old order")
        assert_same(order_of(test_loader), range(20), "the order of the test images")


@task("sample_counts")
class TestSampleCounts(unittest.TestCase):
    """`sample_counts`."""

    def test_images_are_counted(self):
        """sample_counts returns the numbers of training and of test images."""
        loaders = [loading.DataLoader(numbered(count), batch_size=4) for count in (10, 6)]
        assert_same(list(loading.sample_counts(*loaders)), [10, 6], "the counts")


if __name__ == "__main__":
    unittest.main()
