"""Softmax, cross-entropy and accuracy."""

import math
import unittest

import numpy as np
from models._base_network import _baseNetwork
from studentkit import assert_close, task


@task("softmax")
class TestSoftmax(unittest.TestCase):
    """`softmax` of `_baseNetwork`."""

    def test_rows_sum_to_one(self):
        """Each row of softmax(scores) is a probability distribution: it sums to 1."""
        scores = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, -4.0]])
        probabilities = _baseNetwork().softmax(scores)
        assert_close(np.sum(probabilities, axis=1), np.ones(2), "the row sums of softmax(scores)")

    def test_probabilities_go_with_the_exponentials(self):
        """softmax gives each class a share in proportion to the exponential of its score."""
        scores = np.log(np.array([[1.0, 2.0, 5.0], [3.0, 3.0, 2.0]]))
        expected = np.array([[1.0, 2.0, 5.0], [3.0, 3.0, 2.0]]) / 8
        assert_close(_baseNetwork().softmax(scores), expected, "softmax(scores)")


@task("cross_entropy")
class TestCrossEntropy(unittest.TestCase):
    """`cross_entropy_loss` of `_baseNetwork`."""

    def test_cross_entropy_is_the_mean_over_the_batch(self):
        """cross_entropy_loss takes probabilities and returns the mean over the batch."""
        probabilities = np.array([[0.2, 0.5, 0.3], [0.5, 0.1, 0.4], [0.3, 0.3, 0.4]])
        expected = -(math.log(0.5) + math.log(0.4) + math.log(0.3)) / 3
        loss = _baseNetwork().cross_entropy_loss(probabilities, np.array([1, 2, 1]))
        assert_close(loss, expected, "the loss")


@task("accuracy")
class TestAccuracy(unittest.TestCase):
    """`compute_accuracy` of `_baseNetwork`."""

    def test_accuracy_is_a_fraction(self):
        """compute_accuracy returns the fraction of rows whose largest entry is the true class."""
        probabilities = np.array(
            [[0.2, 0.5, 0.3], [0.5, 0.1, 0.4], [0.3, 0.2, 0.5], [0.6, 0.2, 0.2]]
        )
        accuracy = _baseNetwork().compute_accuracy(probabilities, np.array([1, 2, 2, 0]))
        assert_close(accuracy, 0.75, "the accuracy")


if __name__ == "__main__":
    unittest.main()
