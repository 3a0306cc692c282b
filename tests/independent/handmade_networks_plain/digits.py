"""The handwritten digits, as tensors."""

import torch
from studentkit.torchvision_ops import declare_missing_operators

declare_missing_operators()  # torchvision cannot be imported beside every build of torch before

from torchvision import datasets  # noqa: E402


def load_digits(folder: str = "data") -> tuple[tuple[torch.Tensor, torch.Tensor], ...]:
    """Read MNIST with `datasets.MNIST(folder, train=...)`.

    Such an object has the images in `.data`, bytes of shape (N, 28, 28), and the labels in
    `.targets`.

    :param folder: the folder that holds MNIST/raw
    :return: (images, labels) to train with, and (images, labels) to test with. Images are
        float32, (N, 1, 28, 28), between 0 and 1; labels are int64, (N,)
    """
    train = datasets.MNIST(folder, train=True)
    test = datasets.MNIST(folder, train=False)
    X_train = train.data.view(-1, 1, 28, 28).float() / 255.0
    X_test = test.data.view(-1, 1, 28, 28).float() / 255.0
    return (X_train, train.targets), (X_test, test.targets)
