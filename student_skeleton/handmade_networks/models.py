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
        raise NotImplementedError("TwoLayers.__init__ is yours to write")

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return probabilities or scores, (N, 10)."""
        raise NotImplementedError("TwoLayers.forward is yours to write")


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
        raise NotImplementedError("FiveLayers.__init__ is yours to write")

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return probabilities or scores, (N, 10)."""
        raise NotImplementedError("FiveLayers.forward is yours to write")


class ConvNet(nn.Module):
    """Three convolutions and two dense layers, with ReLU; it returns scores."""

    def __init__(self, hidden: int = 30) -> None:
        """Make W1, b1 to W5, b5: the convolutions of the handout's table, then the dense layers.

        A weight of a convolution is (kernels, channels of its input, rows, columns), its bias
        (kernels,). W4 is (U3flat, hidden), W5 (hidden, 10). All weights are 0.1 times numbers of
        torch.randn, all biases are 0.1.
        """
        super().__init__()
        raise NotImplementedError("ConvNet.__init__ is yours to write")

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return scores (N, 10) for images (N, 1, 28, 28)."""
        raise NotImplementedError("ConvNet.forward is yours to write")
