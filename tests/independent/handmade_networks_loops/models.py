"""Networks whose every weight is an `nn.Parameter` of their own: no nn.Linear, no nn.Conv2d.

Images come as (N, 1, 28, 28). Weight matrices multiply from the right: X @ W + b. With
`logits=True` a network returns the scores of its last layer, otherwise their softmax.
"""

import torch
from torch import nn
from torch.nn import functional as F


def relu(Z):
    return Z * (Z > 0)


def sigmoid(Z):
    return (torch.tanh(Z / 2) + 1) / 2


class Layered(nn.Module):
    """What the networks share: parameters W1, b1, W2, b2, ... of the network itself."""

    def add_layer(self, shape, units, start, bias):
        number = 1 + len(self._parameters) // 2
        if start == "zeros":
            W, b = torch.zeros(shape), torch.zeros(units)
        else:
            W, b = 0.1 * torch.randn(shape), torch.full((units,), float(bias))
        self.register_parameter(f"W{number}", nn.Parameter(W))
        self.register_parameter(f"b{number}", nn.Parameter(b))

    def layer(self, number):
        return self._parameters[f"W{number}"], self._parameters[f"b{number}"]

    def dense(self, A, numbers, activation):
        """Send A through these layers; the activation follows every one but the last."""
        for number in numbers:
            W, b = self.layer(number)
            A = torch.addmm(b, A, W)
            if number != numbers[-1]:
                A = activation(A)
        return A

    def finish(self, Z):
        if self.logits:
            return Z
        return torch.exp(Z - torch.logsumexp(Z, dim=1, keepdim=True))


class OneLayer(nn.Module):
    """The starter: from 784 pixels straight to 10 classes. It is given."""

    def __init__(self, logits: bool = False) -> None:
        super().__init__()
        self.logits = logits
        self.W = nn.Parameter(torch.zeros(784, 10))
        self.b = nn.Parameter(torch.zeros(10))

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return probabilities or scores, (N, 10)."""
        Z = X.view(-1, 784) @ self.W + self.b
        return Z if self.logits else F.softmax(Z, dim=1)


class TwoLayers(Layered):
    """784 pixels, `hidden` units with sigmoid, 10 classes."""

    def __init__(self, hidden: int = 200, start: str = "random", logits: bool = False) -> None:
        super().__init__()
        self.logits = logits
        self.add_layer((784, hidden), hidden, start, bias=0)
        self.add_layer((hidden, 10), 10, start, bias=0)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return probabilities or scores, (N, 10)."""
        return self.finish(self.dense(X.flatten(1), (1, 2), sigmoid))


class FiveLayers(Layered):
    """784 pixels, hidden layers of 200, 100, 60 and 30 units, 10 classes."""

    def __init__(
        self, activation: str = "sigmoid", start: str = "random", logits: bool = False
    ) -> None:
        super().__init__()
        self.activation = activation
        self.logits = logits
        units = 784
        for more in (200, 100, 60, 30, 10):
            self.add_layer((units, more), more, start, bias=0.1 if activation == "relu" else 0)
            units = more

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return probabilities or scores, (N, 10)."""
        by_name = {"relu": relu, "sigmoid": sigmoid}
        return self.finish(self.dense(X.flatten(1), (1, 2, 3, 4, 5), by_name[self.activation]))


class ConvNet(Layered):
    """Three convolutions and two dense layers, with ReLU; it returns scores."""

    TABLE = (  # kernels, side, stride, padding
        (4, 5, 1, 2),
        (8, 5, 2, 2),
        (12, 4, 2, 1),
    )

    def __init__(self, hidden: int = 30) -> None:
        super().__init__()
        channels, side = 1, 28
        for kernels, size, stride, padding in self.TABLE:
            self.add_layer((kernels, channels, size, size), kernels, "random", bias=0.1)
            channels, side = kernels, (side + 2 * padding - size) // stride + 1
        self.add_layer((channels * side * side, hidden), hidden, "random", bias=0.1)
        self.add_layer((hidden, 10), 10, "random", bias=0.1)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return scores (N, 10) for images (N, 1, 28, 28)."""
        maps = X
        for number, (_, _, stride, padding) in enumerate(self.TABLE, start=1):
            maps = relu(F.conv2d(maps, *self.layer(number), stride=stride, padding=padding))
        return self.dense(maps.flatten(1), (4, 5), relu)
