"""Activations and derivatives: shapes, extremes, inputs left alone."""

import numpy as np
from models import SoftmaxRegression
from models._base_network import _baseNetwork
from studentkit import assert_close, assert_unchanged, task

X = np.array([[-2.5, -0.3, 0.7], [1.9, 4.0, -6.0]])


@task("sigmoid")
def test_sigmoid_of_any_shape():
    """sigmoid works element by element for one number, a vector and a stack of matrices."""
    for shape in ((), (6,), (2, 3), (1, 2, 3, 1)):
        x = np.resize(X, shape)
        assert_close(_baseNetwork().sigmoid(x.copy()), (1 + np.tanh(x / 2)) / 2, "sigmoid(x)")


@task("sigmoid")
def test_sigmoid_of_integers():
    """sigmoid of integers is no integer."""
    x = np.array([-1, 0, 2])
    assert_close(_baseNetwork().sigmoid(x.copy()), (1 + np.tanh(x / 2)) / 2, "sigmoid(x)")


@task("sigmoid")
def test_sigmoid_far_from_zero():
    """sigmoid goes to 0 and to 1 far from zero, without NaN."""
    assert_close(
        _baseNetwork().sigmoid(np.array([-40.0, 40.0])), np.array([0.0, 1.0]), "sigmoid(x)"
    )


@task("sigmoid")
def test_sigmoid_leaves_its_input_alone():
    """sigmoid and sigmoid_dev do not change the array they are given."""
    expected = (1 + np.tanh(X / 2)) / 2
    first = assert_unchanged(_baseNetwork().sigmoid, X.copy(), name="sigmoid")
    second = assert_unchanged(_baseNetwork().sigmoid_dev, X.copy(), name="sigmoid_dev")
    assert_close(first, expected, "sigmoid(x)")
    assert_close(second, expected * (1 - expected), "sigmoid_dev(x)")


@task("sigmoid")
def test_sigmoid_dev_is_the_slope_at_the_pre_activation():
    """sigmoid_dev takes the value that went into the sigmoid, and is 1/4 at 0."""
    x = np.array([0.0, 1.0, -3.0])
    assert_close(_baseNetwork().sigmoid_dev(x), 1 / (2 + np.exp(x) + np.exp(-x)), "sigmoid_dev(x)")


@task("relu")
def test_relu_of_any_shape():
    """ReLU works element by element for a vector and a stack of matrices."""
    for shape in ((6,), (2, 3), (1, 2, 3, 1)):
        x = np.resize(X, shape)
        assert_close(_baseNetwork().ReLU(x.copy()), (x + np.abs(x)) / 2, "ReLU(x)")


@task("relu")
def test_relu_keeps_fractions():
    """ReLU keeps the value of a positive number, whatever its size."""
    x = np.array([1e-3, 0.25, 123.5, -0.5])
    assert_close(_baseNetwork().ReLU(x.copy()), np.where(x < 0, 0, x), "ReLU(x)")


@task("relu")
def test_relu_dev_leaves_its_input_alone():
    """ReLU_dev returns a new array and does not change the one it is given."""
    slope = assert_unchanged(_baseNetwork().ReLU_dev, X.copy(), name="ReLU_dev")
    assert_close(slope, np.heaviside(X, 0.5), "ReLU_dev(x)")


@task("relu")
def test_relu_dev_of_any_shape():
    """ReLU_dev has the shape of its argument, and may be 0 or 1 at 0 but nothing else."""
    x = np.array([[[-1.0, 0.0, 3.0]]])
    slope = np.array(_baseNetwork().ReLU_dev(x))
    assert_close(slope[..., [0, 2]], np.array([[[0.0, 1.0]]]), "ReLU_dev(x)")
    assert float(slope[0, 0, 1]) in (0.0, 1.0), "ReLU_dev(0) is neither 0 nor 1"


@task("relu")
def test_networks_share_the_activations():
    """Both networks inherit ReLU and its derivative."""
    network = SoftmaxRegression(num_classes=2, input_size=2)
    assert_close(network.ReLU(np.array([-1.0, 2.0])), np.array([0.0, 2.0]), "ReLU(x)")
