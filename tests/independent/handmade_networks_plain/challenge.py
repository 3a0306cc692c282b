"""The challenge: a network of your own that classifies 99 % of digits it has never seen."""

import torch
from torch import nn
from torch.nn import functional as F


class ChallengeNet(nn.Module):
    """A network of at most 200,000 explicit parameters that returns scores (N, 10)."""

    def __init__(self) -> None:
        """Make the parameters; where they start is up to you."""
        super().__init__()
        self.W1 = nn.Parameter(0.1 * torch.randn(6, 1, 5, 5))
        self.b1 = nn.Parameter(torch.zeros(6))
        self.W2 = nn.Parameter(0.1 * torch.randn(12, 6, 5, 5))
        self.b2 = nn.Parameter(torch.zeros(12))
        self.W3 = nn.Parameter(0.1 * torch.randn(12 * 7 * 7, 10))
        self.b3 = nn.Parameter(torch.zeros(10))

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return scores (N, 10) for images (N, 1, 28, 28).

        `self.training` tells whether the network learns or is used: only then dropout drops.
        """
        X = F.relu(F.conv2d(X, self.W1, self.b1, stride=2, padding=2))
        X = F.relu(F.conv2d(X, self.W2, self.b2, stride=2, padding=2))
        return X.flatten(1) @ self.W3 + self.b3
