"""The network; sizes are found by trying, not by a formula."""

import torch
import torch.nn.functional as F
from torch import nn


def _maps(kernel_size, images=1):
    """What comes out of the second pooling, for images of zeros (no random numbers are used)."""
    maps = torch.zeros(images, 3, 32, 32)
    for channels in (6, 16):
        kernels = torch.zeros(channels, maps.shape[1], kernel_size, kernel_size)
        maps = F.max_pool2d(F.conv2d(maps, kernels), kernel_size=2, stride=2)
    return maps


def flat_size(kernel_size):
    return _maps(kernel_size).numel()


def _layers(kernel_size):
    yield "conv1", nn.Conv2d(3, 6, kernel_size)
    yield "pool", nn.MaxPool2d(2)
    yield "conv2", nn.Conv2d(6, 16, kernel_size)
    widths = [flat_size(kernel_size), 120, 84, 10]
    for number, (inputs, outputs) in enumerate(zip(widths[:-1], widths[1:]), start=1):
        yield f"fc{number}", nn.Linear(inputs, outputs)


class Net(nn.Module):
    """conv1, pool, conv2, pool, fc1, fc2, fc3: colour images (N, 3, 32, 32) -> logits (N, 10)."""

    def __init__(self, kernel_size=5):
        super().__init__()
        for name, layer in _layers(kernel_size):
            self.add_module(name, layer)

    def forward(self, x):
        for convolution in (self.conv1, self.conv2):
            # ReLU and maximum may change places
            x = self.pool(convolution(x)).clamp(min=0)
        x = x.flatten(start_dim=1)
        *hidden, last = (getattr(self, f"fc{number}") for number in (1, 2, 3))
        for layer in hidden:
            x = layer(x).clamp(min=0)
        return last(x)


def layer_table(net):
    return {
        name: sum(parameter.numel() for parameter in layer.parameters())
        for name, layer in net.named_children()
    }


def rows_at_fc1(kernel_size, batch_size):
    maps = _maps(kernel_size, batch_size)
    try:
        return maps.view(-1, 400).size(0)
    except RuntimeError:
        return None
