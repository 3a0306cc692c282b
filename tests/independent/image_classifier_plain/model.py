"""The convolutional network, and what depends on the size of its kernels."""

import torch
import torch.nn.functional as F
from torch import nn


def flat_size(kernel_size):
    """Return how many numbers of one 3×32×32 image arrive at fc1.

    On the way are a convolution, a 2×2 pooling with stride 2, another convolution with 16 output
    channels and the same pooling; no padding, stride 1. The height of a map that is pooled is
    rounded down.

    :param kernel_size: the side of both convolutions' kernels
    """
    side = 32
    for _ in range(2):
        side = side - kernel_size + 1
        side = side // 2
    return 16 * side * side


class Net(nn.Module):
    """conv1, pool, conv2, pool, fc1, fc2, fc3: colour images (N, 3, 32, 32) -> logits (N, 10)."""

    def __init__(self, kernel_size=5):
        """Make the layers, in this order and under these names.

        - `conv1`: convolution from 3 to 6 channels, kernel `kernel_size`
        - `pool`: max pooling 2×2 with stride 2; it is used twice
        - `conv2`: convolution from 6 to 16 channels, kernel `kernel_size`
        - `fc1`: linear, to 120 units; the inputs are as many as `flat_size` says
        - `fc2`: linear, to 84 units
        - `fc3`: linear, to 10 classes
        """
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, kernel_size)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(6, 16, kernel_size)
        self.flat = flat_size(kernel_size)
        self.fc1 = nn.Linear(self.flat, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        """Return the logits of a batch; ReLU follows every layer with weights but the last.

        :param x: images, (N, 3, 32, 32)
        :return: (N, 10), one row per image whatever the size of the kernels
        """
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = x.view(x.size(0), self.flat)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        x = self.fc3(x)
        return x


def layer_table(net):
    """Return how many parameters each layer of `net` has, as a dict from name to number.

    Layers are the direct children, in their order; one without parameters counts 0. Weights and
    biases are parameters.
    """
    table = {}
    for name, layer in net._modules.items():
        count = 0
        for p in layer.parameters():
            size = 1
            for n in p.shape:
                size *= n
            count += size
        table[name] = count
    return table


def rows_at_fc1(kernel_size, batch_size):
    """Try out what happens if only the kernels change and `x.view(-1, 400)` stays.

    A batch goes through the two convolutions and poolings of Net, with kernels of `kernel_size`,
    and then through `view(-1, 400)`.

    :return: how many rows `view` makes of the batch, or None where it raises RuntimeError
    """
    numbers = batch_size * flat_size(kernel_size)
    if numbers % 400 != 0:
        return None
    return numbers // 400
