"""linear -> sigmoid -> linear -> softmax"""

from dataclasses import dataclass

import numpy as np

from ._base_network import _baseNetwork


@dataclass
class Activations:
    inputs: np.ndarray  # N, D
    before: np.ndarray  # N, H  into the sigmoid
    hidden: np.ndarray  # N, H  out of it
    probs: np.ndarray  # N, C


class TwoLayerNet(_baseNetwork):
    """linear -> sigmoid -> linear -> softmax, with `W1`, `b1`, `W2` and `b2`."""

    def __init__(self, input_size=28 * 28, num_classes=10, hidden_size=128):
        super().__init__(input_size, num_classes)
        self.hidden_size = hidden_size
        self._weight_init()

    def _weight_init(self):
        """Draw small random weights, the same in every run; biases and gradients are zero."""
        np.random.seed(1024)
        self.weights["W1"] = 0.001 * np.random.randn(self.input_size, self.hidden_size)
        self.weights["b1"] = np.zeros(self.hidden_size)
        np.random.seed(1024)
        self.weights["W2"] = 0.001 * np.random.randn(self.hidden_size, self.num_classes)
        self.weights["b2"] = np.zeros(self.num_classes)
        for name, weight in self.weights.items():
            self.gradients[name] = np.zeros_like(weight)

    def _affine(self, A, layer):
        W, b = (self.weights[f"{kind}{layer}"] for kind in "Wb")
        return np.einsum("ni,io->no", A, W, optimize=True) + b[np.newaxis]

    def _activations(self, X):
        before = self._affine(X, 1)
        hidden = self.sigmoid(before)
        return Activations(X, before, hidden, self.softmax(self._affine(hidden, 2)))

    def _gradients(self, seen, y):
        """Yield (name, gradient) from the output down."""
        delta = self._error_of_scores(seen.probs, y)
        yield "b2", np.einsum("nc->c", delta)
        yield "W2", np.einsum("nh,nc->hc", seen.hidden, delta, optimize=True)
        below = np.einsum("nc,hc->nh", delta, self.weights["W2"], optimize=True)
        below *= self.sigmoid_dev(seen.before)
        yield "b1", np.einsum("nh->h", below)
        yield "W1", np.einsum("nd,nh->dh", seen.inputs, below, optimize=True)

    def forward(self, X, y, mode="train"):
        seen = self._activations(X)
        loss = self.cross_entropy_loss(seen.probs, y)
        accuracy = self.compute_accuracy(seen.probs, y)
        if mode == "train":
            self.gradients = dict(self._gradients(seen, y))
        return loss, accuracy
