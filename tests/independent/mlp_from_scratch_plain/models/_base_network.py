"""What both networks share: activations, softmax, the loss and the accuracy."""

import numpy as np


class _baseNetwork:
    """A network for classification; subclasses own the weights and the forward pass."""

    def __init__(self, input_size=28 * 28, num_classes=10):
        self.input_size = input_size
        self.num_classes = num_classes
        self.weights = {}
        self.gradients = {}

    def _weight_init(self):
        """Fill `weights` and `gradients`; each subclass has its own."""

    def forward(self):
        """Compute loss, accuracy and gradients of one batch; each subclass has its own."""

    def softmax(self, scores):
        """Turn each row of scores into probabilities.

        :param scores: logits, (N, C); they may be as large as 1000
        :return: probabilities, (N, C); every row sums to 1
        """
        rows = []
        for row in scores:
            exps = np.exp(row - max(row))
            rows.append(exps / sum(exps))
        return np.array(rows)

    def cross_entropy_loss(self, x_pred, y):
        """Compute the mean cross-entropy of a batch.

        :param x_pred: probabilities (softmax has been applied already), (N, C)
        :param y: the true class of each sample as an integer, (N,)
        :return: a single number, the mean over the batch
        """
        loss = 0.0
        for probabilities, true_class in zip(x_pred, y):
            loss -= np.log(probabilities[true_class] + 1e-12)
        return float(loss / len(y))

    def compute_accuracy(self, x_pred, y):
        """Compute which part of a batch is classified correctly.

        :param x_pred: probabilities, (N, C)
        :param y: the true class of each sample as an integer, (N,)
        :return: a fraction between 0 and 1
        """
        return sum(1 for row, label in zip(x_pred, y) if np.argmax(row) == label) / len(y)

    def sigmoid(self, X):
        """Apply the logistic function to every element.

        :param X: an array of any shape
        :return: 1 / (1 + exp(-X)), same shape
        """
        e = np.exp(-np.abs(X))
        return np.where(X >= 0, 1 / (1 + e), e / (1 + e))

    def sigmoid_dev(self, x):
        """Compute the derivative of the sigmoid at every element.

        :param x: the value that went *into* the sigmoid (the pre-activation), any shape
        :return: the derivative at x, same shape
        """
        return self.sigmoid(x) * self.sigmoid(-x)

    def ReLU(self, X):
        """Replace every negative element by 0.

        :param X: an array of any shape
        :return: a new array, same shape
        """
        return X * (X > 0)

    def ReLU_dev(self, X):
        """Compute the derivative of the ReLU at every element.

        :param X: the value that went *into* the ReLU, any shape; it must not be changed
        :return: a new array of zeros and ones, same shape
        """
        return np.where(X > 0, 1, 0)
