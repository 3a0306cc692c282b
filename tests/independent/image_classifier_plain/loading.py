"""From files to batches: normalising images, and loaders for training and testing."""

import torch
from torch.utils.data import DataLoader
from vision import transforms


def normalise(images, mean, std):
    """Do by hand what transforms.Normalize does, for a whole batch.

    :param images: (N, C, H, W), floating
    :param mean: one number per channel: a tuple, a list or a tensor (C,)
    :param std: one number per channel, likewise
    :return: a new tensor (N, C, H, W) of the same dtype
    """
    normalised = images.clone()
    for c in range(images.shape[1]):
        normalised[:, c] = (images[:, c] - mean[c]) / std[c]
    return normalised


def make_transform(channels):
    """Return the transform that the loaders use: ToTensor, then Normalize with 0.5 throughout.

    :param channels: 3 for colour images, 1 for grey ones
    :return: a `transforms.Compose`: a PIL image or an array (H, W, C) of bytes goes in, a float
        tensor (C, H, W) with values from -1 to 1 comes out
    """
    return transforms.Compose(
        [transforms.ToTensor(), transforms.Normalize((0.5,) * channels, (0.5,) * channels)]
    )


def channel_statistics(images):
    """Return mean and standard deviation of each channel, over all pixels of all images.

    The standard deviation divides by the number of pixels, without Bessel's correction.

    :param images: (N, C, H, W), floating
    :return: (mean, std), tensors of shape (C,)
    """
    mean = torch.mean(images, (0, 2, 3))
    std = torch.std(images, (0, 2, 3), unbiased=False)
    return mean, std


def standardise(train_images, test_images):
    """Normalise both parts by what training may know: the statistics of `train_images`.

    :param train_images: (N, C, H, W), floating
    :param test_images: (M, C, H, W), floating
    :return: (train_images, test_images), normalised
    """
    mean, std = channel_statistics(train_images)
    return normalise(train_images, mean, std), normalise(test_images, mean, std)


def make_loaders(train_set, test_set, batch_size):
    """Return a loader for each part, in batches of `batch_size`.

    Training images come in a new order in every epoch, test images in the order of `test_set`.
    Every image is in exactly one batch: the last one may be short.

    :param train_set: a data set, or a list of (image, label)
    :param test_set: likewise
    :return: (train_loader, test_loader)
    """
    train_loader = DataLoader(train_set, batch_size=batch_size, shuffle=True, num_workers=0)
    test_loader = DataLoader(test_set, batch_size=batch_size, shuffle=False, num_workers=0)
    return train_loader, test_loader


def sample_counts(train_loader, test_loader):
    """Return (training images, test images): how many samples the loaders go through.

    Images are counted, not batches, and none has to be loaded for it.
    """
    return [len(train_loader.sampler), len(test_loader.sampler)]
