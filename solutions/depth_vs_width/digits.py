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
    # BEGIN SOLUTION
    convert = transforms.ToTensor()
    return (
        datasets.MNIST(folder, train=True, transform=convert),
        datasets.MNIST(folder, train=False, transform=convert),
    )
    # END SOLUTION


def as_tensors(dataset):
    """Return all images and labels of a dataset as two tensors, in order.

    :param dataset: of (image, label), as `load_digits` returns it
    :return: (images, labels): (N, C, H, W) of float32 in [0, 1], and (N,)
        of int64
    """
    # BEGIN SOLUTION
    pairs = [dataset[number] for number in range(len(dataset))]
    images = torch.stack([image for image, _ in pairs])
    return images, torch.tensor([label for _, label in pairs])
    # END SOLUTION


def describe(images, labels):
    """Return what there is to know before a network is built.

    :param images: (N, C, H, W)
    :param labels: (N,), each of them 0 to 9
    :return: dict with "images" (how many), "channels", "height", "width", "smallest" and "largest"
        (value of a pixel) and "counts" (an array (10,): how many images each label has)
    """
    # BEGIN SOLUTION
    count, channels, height, width = images.shape
    return {
        "images": count,
        "channels": channels,
        "height": height,
        "width": width,
        "smallest": float(images.min()),
        "largest": float(images.max()),
        "counts": np.bincount(np.asarray(labels), minlength=10),
    }
    # END SOLUTION
