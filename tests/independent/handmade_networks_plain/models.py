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
        self.W1 = nn.Parameter(0.1 * torch.randn(784, hidden))
        self.b1 = nn.Parameter(torch.zeros(hidden))
        self.W2 = nn.Parameter(0.1 * torch.randn(hidden, 10))
        self.b2 = nn.Parameter(torch.zeros(10))
        if start == "zeros":
            with torch.no_grad():
                self.W1.zero_()
                self.W2.zero_()

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return probabilities or scores, (N, 10)."""
        X = X.view(-1, 784)
        Q1 = torch.sigmoid(torch.matmul(X, self.W1) + self.b1)
        Z = torch.matmul(Q1, self.W2) + self.b2
        if self.logits:
            return Z
        return nn.Softmax(dim=1)(Z)


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
        sizes = [784, 200, 100, 60, 30, 10]
        for i in range(1, 6):
            W = torch.randn(sizes[i - 1], sizes[i]) * 0.1
            b = torch.ones(sizes[i]) * 0.1 if activation == "relu" else torch.zeros(sizes[i])
            if start == "zeros":
                W, b = W * 0, b * 0
            setattr(self, "W" + str(i), nn.Parameter(W))
            setattr(self, "b" + str(i), nn.Parameter(b))

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return probabilities or scores, (N, 10)."""
        act = torch.relu if self.activation == "relu" else torch.sigmoid
        Q = X.view(-1, 784)
        Q = act(Q @ self.W1 + self.b1)
        Q = act(Q @ self.W2 + self.b2)
        Q = act(Q @ self.W3 + self.b3)
        Q = act(Q @ self.W4 + self.b4)
        Z = Q @ self.W5 + self.b5
        return Z if self.logits else torch.softmax(Z, 1)


class ConvNet(nn.Module):
    """Three convolutions and two dense layers, with ReLU; it returns scores."""

    def __init__(self, hidden: int = 30) -> None:
        """Make W1, b1 to W5, b5: the convolutions of the handout's table, then the dense layers.

        A weight of a convolution is (kernels, channels of its input, rows, columns), its bias
        (kernels,). W4 is (U3flat, hidden), W5 (hidden, 10). All weights are 0.1 times numbers of
        torch.randn, all biases are 0.1.
        """
        super().__init__()
        self.W1 = nn.Parameter(0.1 * torch.randn(4, 1, 5, 5))
        self.b1 = nn.Parameter(torch.full((4,), 0.1))
        self.W2 = nn.Parameter(0.1 * torch.randn(8, 4, 5, 5))
        self.b2 = nn.Parameter(torch.full((8,), 0.1))
        self.W3 = nn.Parameter(0.1 * torch.randn(12, 8, 4, 4))
        self.b3 = nn.Parameter(torch.full((12,), 0.1))
        self.W4 = nn.Parameter(0.1 * torch.randn(12 * 7 * 7, hidden))
        self.b4 = nn.Parameter(torch.full((hidden,), 0.1))
        self.W5 = nn.Parameter(0.1 * torch.randn(hidden, 10))
        self.b5 = nn.Parameter(torch.full((10,), 0.1))

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return scores (N, 10) for images (N, 1, 28, 28)."""
        U1 = F.relu(F.conv2d(X, self.W1, bias=self.b1, stride=1, padding=2))
        U2 = F.relu(F.conv2d(U1, self.W2, bias=self.b2, stride=2, padding=2))
        U3 = F.relu(F.conv2d(U2, self.W3, bias=self.b3, stride=2, padding=1))
        U3flat = U3.view(U3.size(0), -1)
        U4 = F.relu(U3flat.mm(self.W4) + self.b4)
        return U4.mm(self.W5) + self.b5
