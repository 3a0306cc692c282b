"""Two linear layers with biases and a sigmoid between them."""

import numpy as np

from ._base_network import _baseNetwork


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

    def forward(self, X, y, mode="train"):
        """Compute loss and accuracy of a batch and, in training, the gradients.

        In mode "train" the gradients of the loss with respect to all four weights replace what
        `self.gradients` held before; each has the shape of its weight, so that of `b1` is (H,).
        In any other mode the gradients stay as they are.

        :param X: a batch of images, (N, input_size)
        :param y: the true class of each image as an integer, (N,)
        :param mode: "train", or anything else for evaluation
        :return: (loss, accuracy) of the batch
        """
        W1, b1, W2, b2 = self.weights.values()
        Z1 = X.dot(W1) + b1
        H = self.sigmoid(Z1)
        Z2 = H.dot(W2) + b2
        P = self.softmax(Z2)
        loss = self.cross_entropy_loss(P, y)
        accuracy = self.compute_accuracy(P, y)
        if mode != "train":
            return loss, accuracy
        dZ2 = P.copy()
        for n, label in enumerate(y):
            dZ2[n, label] -= 1
        dZ2 /= len(y)
        dZ1 = dZ2.dot(W2.T) * H * (1 - H)
        g = self.gradients
        g["W1"], g["b1"] = X.T.dot(dZ1), dZ1.sum(0)
        g["W2"], g["b2"] = H.T.dot(dZ2), dZ2.sum(0)
        return loss, accuracy
