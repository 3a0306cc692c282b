"""MNIST, by torchvision."""

import numpy as np
import torch
from studentkit.torchvision_ops import declare_missing_operators

declare_missing_operators()  # some builds of torch need this before torchvision can be imported

from torchvision import datasets, transforms  # noqa: E402


def load_digits(folder="data"):
    pick = transforms.ToTensor()
    return tuple(datasets.MNIST(folder, train=part, transform=pick) for part in (True, False))


def as_tensors(dataset):
    images, labels = zip(*(dataset[number] for number in range(len(dataset))))
    return torch.stack(images), torch.as_tensor(labels, dtype=torch.int64)


def describe(images, labels):
    pixels = images.numpy()
    found = dict(zip(("images", "channels", "height", "width"), np.array(pixels.shape)))
    found |= {"smallest": np.min(pixels), "largest": np.max(pixels)}
    return found | {"counts": (labels.numpy()[:, None] == np.arange(10)).sum(axis=0)}
