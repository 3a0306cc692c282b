"""One linear layer, a ReLU and a softmax; there is no bias."""

import numpy as np

from ._base_network import _baseNetwork


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

    def forward(self, X, y, mode="train"):
        """Compute loss and accuracy of a batch and, in training, the gradient.

        In mode "train" the gradient of the loss with respect to `W1` replaces what
        `self.gradients["W1"]` held before. In any other mode the gradients stay as they are.

        :param X: a batch of images, (N, input_size)
        :param y: the true class of each image as an integer, (N,)
        :param mode: "train", or anything else for evaluation
        :return: (loss, accuracy) of the batch
        """
        W1 = self.weights["W1"]
        Z = X @ W1
        A = self.ReLU(Z)
        P = self.softmax(A)
        loss = self.cross_entropy_loss(P, y)
        accuracy = self.compute_accuracy(P, y)
        if mode == "train":
            Y = np.eye(self.num_classes)[y]
            dA = (P - Y) / len(y)
            dZ = dA * self.ReLU_dev(Z)
            self.gradients["W1"][:] = X.T @ dZ
        return loss, accuracy
