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
        # BEGIN SOLUTION
        hidden_input = X @ self.weights["W1"] + self.weights["b1"]  # (N, H)
        hidden = self.sigmoid(hidden_input)
        scores = hidden @ self.weights["W2"] + self.weights["b2"]  # (N, C)
        probabilities = self.softmax(scores)
        loss = self.cross_entropy_loss(probabilities, y)
        accuracy = self.compute_accuracy(probabilities, y)
        if mode != "train":
            return loss, accuracy

        d_scores = probabilities.copy()  # (N, C): softmax and cross-entropy in one step
        d_scores[np.arange(len(y)), y] -= 1
        d_scores /= len(y)
        self.gradients["W2"] = hidden.T @ d_scores  # (H, C)
        self.gradients["b2"] = d_scores.sum(axis=0)
        d_hidden_input = (d_scores @ self.weights["W2"].T) * self.sigmoid_dev(hidden_input)
        self.gradients["W1"] = X.T @ d_hidden_input  # (D, H)
        self.gradients["b1"] = d_hidden_input.sum(axis=0)
        return loss, accuracy
        # END SOLUTION
