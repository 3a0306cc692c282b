"""The forward passes of both networks, on weights that the test sets."""

import unittest

import numpy as np
from models import SoftmaxRegression, TwoLayerNet
from studentkit import assert_close, task

X = np.array(
    [[0.5, -1.0, 2.0], [1.5, 0.3, -0.7], [-0.2, 0.8, 0.1], [1.1, 1.2, 0.4], [0.9, -0.6, -1.3]]
)
Y = np.array([0, 2, 1, 1, 3])
W1 = np.array([[0.3, -0.5, 0.8, 0.1], [-0.6, 0.9, 0.2, -0.4], [0.7, -0.1, -0.3, 0.5]])
HIDDEN = np.array([[0.4, -0.7], [0.2, 0.6], [-0.5, 0.3]])
HIDDEN_BIAS = np.array([0.3, -0.2])
OUTPUT = np.array([[0.5, -0.8, 0.1, 0.6], [-0.3, 0.7, 0.9, -0.4]])
OUTPUT_BIAS = np.array([0.1, 0.4, -0.3, 0.2])


def measured(probabilities):
    """Return the mean cross-entropy and the fraction of right predictions."""
    loss = -np.mean(np.log(probabilities[np.arange(len(Y)), Y]))
    return loss, np.mean(probabilities.argmax(axis=1) == Y)


def softmax(scores):
    """Return probabilities, row by row."""
    return np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)


def softmax_regression(w1):
    """Return loss, accuracy and gradients of the softmax regression, by its definition."""
    scores = X @ w1
    probabilities = softmax(np.where(scores > 0, scores, 0.0))
    error = (probabilities - np.eye(4)[Y]) / len(Y)
    return *measured(probabilities), {"W1": X.T @ np.where(scores > 0, error, 0.0)}


def two_layer_net(w1, b1, w2, b2):
    """Return loss, accuracy and gradients of the two-layer network, by its definition."""
    hidden = 1 / (1 + np.exp(-(X @ w1 + b1)))
    probabilities = softmax(hidden @ w2 + b2)
    error = (probabilities - np.eye(4)[Y]) / len(Y)
    below = (error @ w2.T) * hidden * (1 - hidden)
    gradients = {
        "W1": X.T @ below,
        "b1": below.sum(axis=0),
        "W2": hidden.T @ error,
        "b2": error.sum(axis=0),
    }
    return *measured(probabilities), gradients


def softmax_model():
    """Return a small softmax regression with known weights."""
    model = SoftmaxRegression(input_size=3, num_classes=4)
    model.weights["W1"] = W1.copy()
    return model


def two_layer_model(hidden_bias, output_bias):
    """Return a small two-layer network with known weights."""
    model = TwoLayerNet(input_size=3, num_classes=4, hidden_size=2)
    model.weights["W1"] = HIDDEN.copy()
    model.weights["b1"] = hidden_bias.copy()
    model.weights["W2"] = OUTPUT.copy()
    model.weights["b2"] = output_bias.copy()
    return model


@task("softmax_regression")
class TestSoftmaxRegression(unittest.TestCase):
    """`SoftmaxRegression.forward`."""

    def test_loss_and_accuracy(self):
        """SoftmaxRegression.forward returns the loss and the accuracy of linear, ReLU, softmax."""
        expected_loss, expected_accuracy, _ = softmax_regression(W1)
        loss, accuracy = softmax_model().forward(X.copy(), Y.copy(), mode="valid")
        assert_close(loss, expected_loss, "the loss")
        assert_close(accuracy, expected_accuracy, "the accuracy")

    def test_gradient(self):
        """SoftmaxRegression.forward stores the gradient of the loss with respect to W1."""
        model = softmax_model()
        model.forward(X.copy(), Y.copy(), mode="train")
        _, _, gradients = softmax_regression(W1)
        assert_close(model.gradients["W1"], gradients["W1"], "the gradient of W1")


@task("two_layer_network")
class TestTwoLayerNet(unittest.TestCase):
    """`TwoLayerNet.forward`."""

    def test_loss_and_accuracy(self):
        """TwoLayerNet.forward returns loss and accuracy of linear, sigmoid, linear, softmax."""
        model = two_layer_model(HIDDEN_BIAS, OUTPUT_BIAS)
        loss, accuracy = model.forward(X.copy(), Y.copy(), mode="valid")
        expected = two_layer_net(HIDDEN, HIDDEN_BIAS, OUTPUT, OUTPUT_BIAS)
        assert_close(loss, expected[0], "the loss")
        assert_close(accuracy, expected[1], "the accuracy")

    def test_gradients_of_the_second_layer(self):
        """TwoLayerNet.forward stores the gradients of W2 and b2."""
        self.check_gradients("W2", "b2")

    def test_gradients_of_the_first_layer(self):
        """TwoLayerNet.forward stores the gradients of W1 and b1."""
        self.check_gradients("W1", "b1")

    def check_gradients(self, *names):
        model = two_layer_model(np.zeros(2), np.zeros(4))
        model.forward(X.copy(), Y.copy(), mode="train")
        _, _, gradients = two_layer_net(HIDDEN, np.zeros(2), OUTPUT, np.zeros(4))
        for name in names:
            assert_close(model.gradients[name], gradients[name], f"the gradient of {name}")


if __name__ == "__main__":
    unittest.main()
