"""MNIST, by torchvision."""

import numpy as np
import torch
from studentkit.torchvision_ops import declare_missing_operators

declare_missing_operators()  # some builds of torch need this before torchvision can be imported

from torchvision import datasets, transforms  # noqa: E402


def load_digits(folder="data"):
    """Load MNIST's training and test images from `folder`, without downloading.

    :return: (train, test): datasets of (image, label), each image a tensor in [0, 1]
    """
    to_tensor = transforms.Compose([transforms.ToTensor()])
    train = datasets.MNIST(root=folder, train=True, transform=to_tensor, download=False)
    test = datasets.MNIST(root=folder, train=False, transform=to_tensor, download=False)
    return train, test


def as_tensors(dataset):
    """Return all images and labels of a dataset as two tensors, in order.

    :param dataset: of (image, label), as `load_digits` returns it
    :return: (images, labels): (N, C, H, W) of float32 in [0, 1], and (N,)
        of int64
    """
    loader = torch.utils.data.DataLoader(dataset, batch_size=500)
    images, labels = [], []
    for batch, numbers in loader:
        images.append(batch)
        labels.append(numbers)
    return torch.cat(images), torch.cat(labels)


def describe(images, labels):
    """Return what there is to know before a network is built.

    :param images: (N, C, H, W)
    :param labels: (N,), each of them 0 to 9
    :return: dict with "images" (how many), "channels", "height", "width", "smallest" and "largest"
        (value of a pixel) and "counts" (an array (10,): how many images each label has)
    """
    counts = np.zeros(10, dtype=int)
    for label in labels:
        counts[int(label)] += 1
    return {
        "images": images.size(0),
        "channels": images.size(1),
        "height": images.size(2),
        "width": images.size(3),
        "smallest": images.min().item(),
        "largest": images.max().item(),
        "counts": counts,
    }
