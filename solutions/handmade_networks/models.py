"""Networks whose every weight is an `nn.Parameter` of their own: no nn.Linear, no nn.Conv2d.

Images come as (N, 1, 28, 28). Weight matrices multiply from the right: X @ W + b. With
`logits=True` a network returns the scores of its last layer, otherwise their softmax.
"""

import torch
from torch import nn
from torch.nn import functional as F


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


class TwoLayers(nn.Module):
    """784 pixels, `hidden` units with sigmoid, 10 classes."""

    def __init__(self, hidden: int = 200, start: str = "random", logits: bool = False) -> None:
        """Make W1 (784, hidden), b1 (hidden,), W2 (hidden, 10) and b2 (10,).

        :param start: "random": weights are 0.1 times numbers of torch.randn, biases are 0;
            "zeros": everything is 0
        """
        super().__init__()
        self.logits = logits
        # BEGIN SOLUTION
        scale = 0.1 if start == "random" else 0.0
        self.W1 = nn.Parameter(scale * torch.randn(784, hidden))
        self.b1 = nn.Parameter(torch.zeros(hidden))
        self.W2 = nn.Parameter(scale * torch.randn(hidden, 10))
        self.b2 = nn.Parameter(torch.zeros(10))
        # END SOLUTION

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return probabilities or scores, (N, 10)."""
        # BEGIN SOLUTION
        Q = torch.sigmoid(X.view(-1, 784) @ self.W1 + self.b1)  # (N, hidden)
        Z = Q @ self.W2 + self.b2
        return Z if self.logits else F.softmax(Z, dim=1)
        # END SOLUTION


class FiveLayers(nn.Module):
    """784 pixels, hidden layers of 200, 100, 60 and 30 units, 10 classes."""

    def __init__(
        self, activation: str = "sigmoid", start: str = "random", logits: bool = False
    ) -> None:
        """Make W1, b1 to W5, b5.

        :param activation: "sigmoid" or "relu", of every hidden layer
        :param start: "random": weights are 0.1 times numbers of torch.randn, biases are 0.1 with
            "relu" and 0 with "sigmoid"; "zeros": everything is 0
        """
        super().__init__()
        self.activation = activation
        self.logits = logits
        # BEGIN SOLUTION
        sizes = (784, 200, 100, 60, 30, 10)
        scale = 0.1 if start == "random" else 0.0
        bias = scale if activation == "relu" else 0.0
        for number in range(1, 6):
            rows, columns = sizes[number - 1], sizes[number]
            setattr(self, f"W{number}", nn.Parameter(scale * torch.randn(rows, columns)))
            setattr(self, f"b{number}", nn.Parameter(torch.full((columns,), bias)))
        # END SOLUTION

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return probabilities or scores, (N, 10)."""
        # BEGIN SOLUTION
        squash = torch.relu if self.activation == "relu" else torch.sigmoid
        Q1 = squash(X.view(-1, 784) @ self.W1 + self.b1)
        Q2 = squash(Q1 @ self.W2 + self.b2)
        Q3 = squash(Q2 @ self.W3 + self.b3)
        Q4 = squash(Q3 @ self.W4 + self.b4)
        Z = Q4 @ self.W5 + self.b5
        return Z if self.logits else F.softmax(Z, dim=1)
        # END SOLUTION


class ConvNet(nn.Module):
    """Three convolutions and two dense layers, with ReLU; it returns scores."""

    def __init__(self, hidden: int = 30) -> None:
        """Make W1, b1 to W5, b5: the convolutions of the handout's table, then the dense layers.

        A weight of a convolution is (kernels, channels of its input, rows, columns), its bias
        (kernels,). W4 is (U3flat, hidden), W5 (hidden, 10). All weights are 0.1 times numbers of
        torch.randn, all biases are 0.1.
        """
        super().__init__()
        # BEGIN SOLUTION
        shapes = ((4, 1, 5, 5), (8, 4, 5, 5), (12, 8, 4, 4), (588, hidden), (hidden, 10))
        for number, shape in enumerate(shapes, 1):
            units = shape[0] if len(shape) == 4 else shape[1]
            setattr(self, f"W{number}", nn.Parameter(0.1 * torch.randn(shape)))
            setattr(self, f"b{number}", nn.Parameter(torch.full((units,), 0.1)))
        # END SOLUTION

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return scores (N, 10) for images (N, 1, 28, 28)."""
        # BEGIN SOLUTION
        Q1 = F.relu(F.conv2d(X, self.W1, bias=self.b1, stride=1, padding=2))  # (N, 4, 28, 28)
        Q2 = F.relu(F.conv2d(Q1, self.W2, bias=self.b2, stride=2, padding=2))  # (N, 8, 14, 14)
        Q3 = F.relu(F.conv2d(Q2, self.W3, bias=self.b3, stride=2, padding=1))  # (N, 12, 7, 7)
        Q4 = F.relu(Q3.view(-1, 588) @ self.W4 + self.b4)
        return Q4 @ self.W5 + self.b5
        # END SOLUTION
