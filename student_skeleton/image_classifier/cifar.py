"""The images: CIFAR-10, or drawn ones in the same files. All of this is given."""

from pathlib import Path

import torch
from torch.utils.data import Subset
from vision import datasets

CIFAR10 = datasets.CIFAR10

FOLDER = "cifar-10-batches-py"


class DrawnImages(CIFAR10):
    """Images in CIFAR-10's files that are not CIFAR-10, so that the published sums cannot fit."""

    def __init__(self, folder, **options):
        self.train_list = [(name, None) for name, _ in CIFAR10.train_list]
        self.test_list = [(name, None) for name, _ in CIFAR10.test_list]
        self.meta = {**CIFAR10.meta, "md5": None}
        super().__init__(folder, **options)


def load_images(transform, folder="data"):
    """Return (train_set, test_set), whose items are (transform(image), label).

    An image is a PIL image of 32×32 pixels, a label a whole number from 0 to 9. Without the files
    in `folder`, `python main.py --download` fetches CIFAR-10.
    """
    # Who draws images leaves a list of their own sums beside them.
    kind = DrawnImages if (Path(folder) / FOLDER / "MD5SUMS").is_file() else CIFAR10
    return kind(folder, train=True, transform=transform), kind(
        folder, train=False, transform=transform
    )


def source_of(folder="data"):
    """Return what the images in `folder` are: "cifar10", or "colours" for the drawn ones."""
    for place in (Path(folder), Path(folder) / FOLDER):
        if (place / "SOURCE").is_file():
            return (place / "SOURCE").read_text(encoding="utf-8").strip()
    return "cifar10"


def first(images, count):
    """Return the first `count` of a set of images, for trial runs."""
    return Subset(images, range(min(count, len(images))))


def as_tensors(images):
    """Return all of a set of images and labels at once: (N, C, H, W) and (N,)."""
    pairs = list(images)
    return torch.stack([image for image, _ in pairs]), torch.tensor([label for _, label in pairs])
