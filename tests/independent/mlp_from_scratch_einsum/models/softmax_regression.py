"""linear -> ReLU -> softmax"""

from dataclasses import dataclass

import numpy as np

from ._base_network import _baseNetwork


@dataclass
class Pass:
    """What the way back needs from the way there."""

    X: np.ndarray
    Z: np.ndarray  # before the ReLU
    P: np.ndarray


class SoftmaxRegression(_baseNetwork):
    """linear -> ReLU -> softmax, with the single weight matrix `W1`."""

    def __init__(self, input_size=28 * 28, num_classes=10):
        super().__init__(input_size, num_classes)
        self._weight_init()

    def _weight_init(self):
        """Draw small random weights, the same in every run, and set the gradients to zero."""
        np.random.seed(1024)
        self.weights["W1"] = 0.001 * np.random.randn(self.input_size, self.num_classes)
        self.gradients["W1"] = np.zeros((self.input_size, self.num_classes))

    def _there(self, X):
        Z = np.einsum("nd,dc->nc", X, self.weights["W1"], optimize=True)
        return Pass(X, Z, self.softmax(self.ReLU(Z)))

    def _back(self, seen, y):
        delta = self._error_of_scores(seen.P, y)
        delta *= self.ReLU_dev(seen.Z)
        return {"W1": np.einsum("nd,nc->dc", seen.X, delta, optimize=True)}

    def forward(self, X, y, mode="train"):
        seen = self._there(X)
        if mode == "train":
            self.gradients = self._back(seen, y)
        return self.cross_entropy_loss(seen.P, y), self.compute_accuracy(seen.P, y)
