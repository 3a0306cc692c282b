"""The handwritten digits, as tensors."""

import torch
from studentkit.torchvision_ops import declare_missing_operators

declare_missing_operators()  # torchvision cannot be imported beside every build of torch before

from torchvision import datasets  # noqa: E402


def load_digits(folder: str = "data") -> tuple[tuple[torch.Tensor, torch.Tensor], ...]:
    parts = []
    for train in (True, False):
        mnist = datasets.MNIST(folder, train=train)
        images = mnist.data.to(torch.float32).div_(255)
        parts.append((torch.unsqueeze(images, dim=1), mnist.targets.to(torch.int64)))
    return tuple(parts)
