"""The penalty and the update, each with the other one out of the way."""

import numpy as np
from models import SoftmaxRegression, TwoLayerNet
from optimizer import SGD
from studentkit import assert_close, task

RANDOM = np.random.default_rng(11)
SHAPES = {"W1": (5, 4), "b1": (4,), "W2": (4, 3), "b2": (3,)}
WEIGHTS = {name: RANDOM.normal(size=shape) for name, shape in SHAPES.items()}
GRADIENTS = {name: RANDOM.normal(size=shape) for name, shape in SHAPES.items()}


def network():
    """Return a two-layer network with known weights and gradients."""
    model = TwoLayerNet(input_size=5, num_classes=3, hidden_size=4)
    for name in SHAPES:
        model.weights[name] = WEIGHTS[name].copy()
        model.gradients[name] = GRADIENTS[name].copy()
    return model


@task("regularization")
def test_the_penalty_is_reg_times_weight():
    """apply_regularization adds reg * W, since the loss has one half of reg * W ** 2."""
    model = network()
    SGD(learning_rate=3.0, reg=0.7).apply_regularization(model)
    for name in ("W1", "W2"):
        expected = GRADIENTS[name] + 0.7 * WEIGHTS[name]
        assert_close(model.gradients[name], expected, f"the gradient of {name}")


@task("regularization")
def test_biases_are_not_penalised():
    """apply_regularization adds to the matrices' gradients and leaves those of biases alone."""
    model = network()
    SGD(learning_rate=0.1, reg=0.7).apply_regularization(model)
    added = model.gradients["W1"] - GRADIENTS["W1"]
    assert np.abs(added).max() > 0.1, "nothing was added to the gradient of W1"
    for name in ("b1", "b2"):
        assert_close(model.gradients[name], GRADIENTS[name], f"the gradient of {name}")


@task("regularization")
def test_the_penalty_adds_to_the_gradient_and_leaves_weights():
    """apply_regularization keeps what the gradient held before, and changes no weight."""
    model = SoftmaxRegression(input_size=5, num_classes=4)
    model.weights["W1"] = WEIGHTS["W1"].copy()
    model.gradients["W1"] = GRADIENTS["W1"].copy()
    SGD(learning_rate=0.1, reg=0.01).apply_regularization(model)
    expected = GRADIENTS["W1"] + 0.01 * WEIGHTS["W1"]
    assert_close(model.gradients["W1"], expected, "the gradient of W1")
    assert_close(model.weights["W1"], WEIGHTS["W1"], "W1")


@task("sgd")
def test_every_weight_is_updated():
    """SGD.update subtracts learning rate times gradient from matrices and biases."""
    model = network()
    SGD(learning_rate=0.3, reg=0.0).update(model)
    for name in SHAPES:
        assert_close(model.weights[name], WEIGHTS[name] - 0.3 * GRADIENTS[name], name)


@task("sgd")
def test_two_steps_are_twice_one_step():
    """A second SGD.update with the same gradients goes the same way again."""
    model = network()
    optimizer = SGD(learning_rate=0.2, reg=0.0)
    optimizer.update(model)
    for name in SHAPES:
        model.gradients[name] = GRADIENTS[name].copy()
    optimizer.update(model)
    for name in SHAPES:
        assert_close(model.weights[name], WEIGHTS[name] - 0.4 * GRADIENTS[name], name)


@task("sgd")
def test_the_update_keeps_gradients():
    """SGD.update changes weights, not the gradients it follows."""
    model = network()
    SGD(learning_rate=0.3, reg=0.0).update(model)
    assert_close(model.weights["W2"], WEIGHTS["W2"] - 0.3 * GRADIENTS["W2"], "W2")
    for name in SHAPES:
        assert_close(model.gradients[name], GRADIENTS[name], f"the gradient of {name}")


@task("sgd")
def test_the_penalty_enters_the_update_once():
    """SGD.update applies the penalty once: with reg > 0 weights move a little towards zero."""
    model = network()
    SGD(learning_rate=0.3, reg=0.5).update(model)
    for name in ("W1", "W2"):
        expected = WEIGHTS[name] - 0.3 * (GRADIENTS[name] + 0.5 * WEIGHTS[name])
        assert_close(model.weights[name], expected, name)
