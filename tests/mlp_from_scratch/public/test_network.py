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


PARTS = (
    "softmax",
    "cross_entropy_loss",
    "compute_accuracy",
    "sigmoid",
    "sigmoid_dev",
    "ReLU",
    "ReLU_dev",
)


class Formulas:
    """What the networks are made of, written once more."""

    def softmax(self, scores):
        return np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)

    def cross_entropy_loss(self, x_pred, y):
        return -np.mean(np.log(x_pred[np.arange(len(y)), y]))

    def compute_accuracy(self, x_pred, y):
        return np.mean(x_pred.argmax(axis=1) == y)

    def sigmoid(self, x):
        return 1 / (1 + np.exp(-x))

    def sigmoid_dev(self, x):
        return np.exp(-x) / (1 + np.exp(-x)) ** 2

    def ReLU(self, x):
        return np.where(x > 0, x, 0.0)

    def ReLU_dev(self, x):
        return np.where(x > 0, 1.0, 0.0)


def softmax_regression(parts, w1):
    """Return loss, accuracy and gradients of the softmax regression made of `parts`."""
    scores = X @ w1
    probabilities = parts.softmax(parts.ReLU(scores.copy()))
    error = (probabilities - np.eye(4)[Y]) / len(Y)
    gradient = X.T @ (error * parts.ReLU_dev(scores.copy()))
    loss = parts.cross_entropy_loss(probabilities, Y)
    return loss, parts.compute_accuracy(probabilities, Y), {"W1": gradient}


def two_layer_net(parts, w1, b1, w2, b2):
    """Return loss, accuracy and gradients of the two-layer network made of `parts`."""
    inputs = X @ w1 + b1
    hidden = parts.sigmoid(inputs.copy())
    probabilities = parts.softmax(hidden @ w2 + b2)
    error = (probabilities - np.eye(4)[Y]) / len(Y)
    below = (error @ w2.T) * parts.sigmoid_dev(inputs.copy())
    gradients = {
        "W1": X.T @ below,
        "b1": below.sum(axis=0),
        "W2": hidden.T @ error,
        "b2": error.sum(axis=0),
    }
    loss = parts.cross_entropy_loss(probabilities, Y)
    return loss, parts.compute_accuracy(probabilities, Y), gradients


def assert_follows(formula, weights, run):
    """Compare what `run` returns, named as `formula` names its results, with the formula.

    `run` is called with nothing to do beforehand. Where that gives a difference, it is called
    once more with correct building blocks put into the model: a building block that is wrong
    has tests of its own, and should not cost these points as well.
    """
    try:
        _compare(run(lambda model: None), formula(Formulas(), *weights))
    except Exception as difference:  # a building block may raise whatever it likes
        try:
            _compare(run(supply), formula(Formulas(), *weights))
        except Exception:
            raise difference from None


def supply(model):
    """Give `model` correct activations, softmax, loss and accuracy."""
    parts = Formulas()
    for name in PARTS:
        setattr(model, name, getattr(parts, name))


def _compare(actual, expected):
    loss, accuracy, gradients = expected
    values = {"the loss": loss, "the accuracy": accuracy, **gradients}
    for name, value in actual.items():
        assert_close(value, values[name], name)


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

        def run(prepare):
            model = softmax_model()
            prepare(model)
            loss, accuracy = model.forward(X.copy(), Y.copy(), mode="valid")
            return {"the loss": loss, "the accuracy": accuracy}

        assert_follows(softmax_regression, [W1], run)

    def test_gradient(self):
        """SoftmaxRegression.forward stores the gradient of the loss with respect to W1."""

        def run(prepare):
            model = softmax_model()
            prepare(model)
            model.forward(X.copy(), Y.copy(), mode="train")
            return {"W1": model.gradients["W1"]}

        assert_follows(softmax_regression, [W1], run)


@task("two_layer_network")
class TestTwoLayerNet(unittest.TestCase):
    """`TwoLayerNet.forward`."""

    def test_loss_and_accuracy(self):
        """TwoLayerNet.forward returns loss and accuracy of linear, sigmoid, linear, softmax."""

        def run(prepare):
            model = two_layer_model(HIDDEN_BIAS, OUTPUT_BIAS)
            prepare(model)
            loss, accuracy = model.forward(X.copy(), Y.copy(), mode="valid")
            return {"the loss": loss, "the accuracy": accuracy}

        assert_follows(two_layer_net, [HIDDEN, HIDDEN_BIAS, OUTPUT, OUTPUT_BIAS], run)

    def test_gradients_of_the_second_layer(self):
        """TwoLayerNet.forward stores the gradients of W2 and b2."""
        self.check_gradients("W2", "b2")

    def test_gradients_of_the_first_layer(self):
        """TwoLayerNet.forward stores the gradients of W1 and b1."""
        self.check_gradients("W1", "b1")

    def check_gradients(self, *names):
        def run(prepare):
            model = two_layer_model(np.zeros(2), np.zeros(4))
            prepare(model)
            model.forward(X.copy(), Y.copy(), mode="train")
            return {name: model.gradients[name] for name in names}

        assert_follows(two_layer_net, [HIDDEN, np.zeros(2), OUTPUT, np.zeros(4)], run)


if __name__ == "__main__":
    unittest.main()
