"""Shared parts of the networks.  Everything here works in whatever float type comes in."""

import numpy as np


def _column(y):
    # labels as a column of integers, to pick one entry from each row
    return np.asarray(y).astype(np.intp).reshape(-1, 1)


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

    @staticmethod
    def _log_softmax(scores):
        # logaddexp.reduce IS the log-sum-exp, and numpy takes care of large numbers in it
        return scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)

    def softmax(self, scores):
        return np.exp(self._log_softmax(scores))

    def cross_entropy_loss(self, x_pred, y):
        true_class = np.take_along_axis(x_pred, _column(y), axis=1)
        # tiny: a probability that has underflowed to 0 gives a large loss but no infinity
        safe = np.maximum(true_class, np.finfo(true_class.dtype).tiny)
        return np.negative(np.log(safe)).mean()

    def compute_accuracy(self, x_pred, y):
        hits = np.equal(np.argmax(x_pred, axis=1), np.asarray(y))
        return np.mean(hits)

    def sigmoid(self, X):
        # sigma(x) = (1 + tanh(x/2)) / 2 never overflows
        out = np.tanh(X * 0.5)
        out += 1
        out *= 0.5
        return out

    def sigmoid_dev(self, x):
        # from the same identity: (1 - tanh^2(x/2)) / 4
        return 0.25 - 0.25 * np.square(np.tanh(x * 0.5))

    def ReLU(self, X):
        return np.clip(X, 0, None)

    def ReLU_dev(self, X):
        # 1 at exactly 0; either is fine
        return np.heaviside(X, 1.0)

    @staticmethod
    def _error_of_scores(P, y):
        """(P - one_hot(y)) / N, on a copy of P."""
        error = np.array(P)
        np.subtract.at(error, (np.arange(len(error)), np.asarray(y)), 1)
        error /= len(error)
        return error
