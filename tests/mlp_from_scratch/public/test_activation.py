"""The activation functions and their derivatives."""

import math
import unittest

import numpy as np
from models._base_network import _baseNetwork
from studentkit import assert_close, assert_unchanged, task


@task("sigmoid")
class TestSigmoid(unittest.TestCase):
    """`sigmoid` and `sigmoid_dev` of `_baseNetwork`."""

    def test_sigmoid(self):
        """sigmoid(x) is 1 / (1 + exp(-x)) for every element, whatever the shape."""
        x = [[-1.5, 0.0, 0.4], [2.0, 3.0, -0.1]]
        expected = [[1 / (1 + math.exp(-value)) for value in row] for row in x]
        assert_close(_baseNetwork().sigmoid(np.array(x)), expected, "sigmoid(x)")

    def test_sigmoid_dev(self):
        """sigmoid_dev(x) is the slope of the sigmoid at the pre-activation x."""
        x = [[-1.5, 0.0, 0.4], [2.0, 3.0, -0.1]]
        step = 1e-5
        slope = [
            [
                (1 / (1 + math.exp(-value - step)) - 1 / (1 + math.exp(-value + step))) / 2 / step
                for value in row
            ]
            for row in x
        ]
        assert_close(_baseNetwork().sigmoid_dev(np.array(x)), slope, "sigmoid_dev(x)", atol=1e-7)


@task("relu")
class TestReLU(unittest.TestCase):
    """`ReLU` and `ReLU_dev` of `_baseNetwork`."""

    def test_relu(self):
        """ReLU(x) keeps positive elements and makes the others 0, and leaves x as it was."""
        x = np.array([[-1.5, 0.4, 0.0], [2.0, -3.0, 7.0]])
        expected = np.array([[0.0, 0.4, 0.0], [2.0, 0.0, 7.0]])
        assert_close(assert_unchanged(_baseNetwork().ReLU, x, name="ReLU"), expected, "ReLU(x)")

    def test_relu_dev(self):
        """ReLU_dev(x) is 1 where x is positive and 0 where it is negative."""
        x = np.array([[-1.5, 0.4, 0.2], [2.0, -3.0, 7.0]])
        expected = np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 1.0]])
        assert_close(_baseNetwork().ReLU_dev(x), expected, "ReLU_dev(x)")


if __name__ == "__main__":
    unittest.main()
