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
        # BEGIN SOLUTION
        shifted = scores - np.max(scores, axis=1, keepdims=True)  # the largest logit becomes 0
        exponentials = np.exp(shifted)  # (N, C)
        return exponentials / np.sum(exponentials, axis=1, keepdims=True)
        # END SOLUTION

    def cross_entropy_loss(self, x_pred, y):
        """Compute the mean cross-entropy of a batch.

        :param x_pred: probabilities (softmax has been applied already), (N, C)
        :param y: the true class of each sample as an integer, (N,)
        :return: a single number, the mean over the batch
        """
        # BEGIN SOLUTION
        of_true_class = x_pred[np.arange(len(y)), y]  # (N,)
        return -np.mean(np.log(of_true_class))
        # END SOLUTION

    def compute_accuracy(self, x_pred, y):
        """Compute which part of a batch is classified correctly.

        :param x_pred: probabilities, (N, C)
        :param y: the true class of each sample as an integer, (N,)
        :return: a fraction between 0 and 1
        """
        # BEGIN SOLUTION
        return np.mean(np.argmax(x_pred, axis=1) == y)
        # END SOLUTION

    def sigmoid(self, X):
        """Apply the logistic function to every element.

        :param X: an array of any shape
        :return: 1 / (1 + exp(-X)), same shape
        """
        # BEGIN SOLUTION
        decay = np.exp(-np.abs(X))  # in (0, 1]: neither tail can overflow
        return np.where(X >= 0, 1 / (1 + decay), decay / (1 + decay))
        # END SOLUTION

    def sigmoid_dev(self, x):
        """Compute the derivative of the sigmoid at every element.

        :param x: the value that went *into* the sigmoid (the pre-activation), any shape
        :return: the derivative at x, same shape
        """
        # BEGIN SOLUTION
        activation = self.sigmoid(x)
        return activation * (1 - activation)
        # END SOLUTION

    def ReLU(self, X):
        """Replace every negative element by 0.

        :param X: an array of any shape
        :return: a new array, same shape
        """
        # BEGIN SOLUTION
        return np.maximum(X, 0)
        # END SOLUTION

    def ReLU_dev(self, X):
        """Compute the derivative of the ReLU at every element.

        :param X: the value that went *into* the ReLU, any shape; it must not be changed
        :return: a new array of zeros and ones, same shape
        """
        # BEGIN SOLUTION
        return (X > 0).astype(float)
        # END SOLUTION
