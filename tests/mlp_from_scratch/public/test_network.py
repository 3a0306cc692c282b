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
# What the formulas of the handout give for these weights.
SOFTMAX_LOSS, SOFTMAX_ACCURACY = 1.00355305684, 0.6
SOFTMAX_GRADIENT = [
    [-0.0421816132892, -0.14058638317, 0.0568233472754, 0.0287117611295],
    [0.0843632265784, -0.26977698674, 0.0214913604137, -0.057423522259],
    [-0.168726453157, -0.0708704501023, -0.0315554837654, 0.114847044518],
]
NETWORK_LOSS, NETWORK_ACCURACY = 1.39919939586, 0.4
NETWORK_GRADIENTS = {  # with all biases 0
    "W1": [
        [0.0269239770004, -0.0327630190771],
        [0.116836104034, -0.0870902401542],
        [0.00556817322697, 0.0457738807297],
    ],
    "b1": [0.0640761151964, -0.0195657947436],
    "W2": [
        [0.0904058433883, -0.128967644272, 0.0321993473926, 0.00636245349104],
        [0.013394155167, -0.156877201641, 0.0867377808523, 0.0567452656218],
    ],
    "b2": [0.0469093284034, -0.219740281536, 0.12095693023, 0.0518740229028],
}


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
        loss, accuracy = softmax_model().forward(X.copy(), Y.copy(), mode="valid")
        assert_close(loss, SOFTMAX_LOSS, "the loss")
        assert_close(accuracy, SOFTMAX_ACCURACY, "the accuracy")

    def test_gradient(self):
        """SoftmaxRegression.forward stores the gradient of the loss with respect to W1."""
        model = softmax_model()
        model.forward(X.copy(), Y.copy(), mode="train")
        assert_close(model.gradients["W1"], SOFTMAX_GRADIENT, "the gradient of W1")


@task("two_layer_network")
class TestTwoLayerNet(unittest.TestCase):
    """`TwoLayerNet.forward`."""

    def test_loss_and_accuracy(self):
        """TwoLayerNet.forward returns loss and accuracy of linear, sigmoid, linear, softmax."""
        model = two_layer_model(HIDDEN_BIAS, OUTPUT_BIAS)
        loss, accuracy = model.forward(X.copy(), Y.copy(), mode="valid")
        assert_close(loss, NETWORK_LOSS, "the loss")
        assert_close(accuracy, NETWORK_ACCURACY, "the accuracy")

    def test_gradients_of_the_second_layer(self):
        """TwoLayerNet.forward stores the gradients of W2 and b2."""
        self.check_gradients("W2", "b2")

    def test_gradients_of_the_first_layer(self):
        """TwoLayerNet.forward stores the gradients of W1 and b1."""
        self.check_gradients("W1", "b1")

    def check_gradients(self, *names):
        model = two_layer_model(np.zeros(2), np.zeros(4))
        model.forward(X.copy(), Y.copy(), mode="train")
        for name in names:
            assert_close(model.gradients[name], NETWORK_GRADIENTS[name], f"the gradient of {name}")


if __name__ == "__main__":
    unittest.main()
