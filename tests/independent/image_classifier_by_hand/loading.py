"""From files to batches."""

import torch
from torch.utils.data import DataLoader
from vision import transforms


def normalise(images, mean, std):
    like = {"dtype": images.dtype, "device": images.device}
    # channels to the back, where broadcasting finds them, and to the front again
    at_the_back = images.movedim(1, -1)
    shifted = at_the_back - torch.as_tensor(mean, **like)
    shifted /= torch.as_tensor(std, **like)
    return shifted.movedim(-1, 1)


def make_transform(channels):
    half = [0.5] * channels
    steps = [transforms.ToTensor(), transforms.Normalize(mean=half, std=half)]
    return transforms.Compose(steps)


def channel_statistics(images):
    by_channel = images.transpose(0, 1).flatten(start_dim=1)  # C, everything else
    mean = by_channel.mean(dim=1)
    deviations = by_channel - mean.unsqueeze(1)
    return mean, deviations.square().mean(dim=1).sqrt()


def standardise(train_images, test_images):
    known = channel_statistics(train_images)
    return tuple(normalise(images, *known) for images in (train_images, test_images))


def make_loaders(train_set, test_set, batch_size):
    parts = ((train_set, True), (test_set, False))
    return tuple(DataLoader(part, batch_size, shuffle=mixed) for part, mixed in parts)


def sample_counts(train_loader, test_loader):
    return tuple(map(len, (train_loader.dataset, test_loader.dataset)))
