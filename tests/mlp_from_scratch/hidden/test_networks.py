"""Both networks: loss, gradients against finite differences, modes."""

import numpy as np
from models import SoftmaxRegression, TwoLayerNet
from studentkit import assert_close, assert_same, task

RANDOM = np.random.default_rng(42)
X = RANDOM.normal(size=(6, 5))
Y = np.array([0, 2, 1, 1, 2, 0])
W = RANDOM.normal(size=(5, 3))
WEIGHTS = {
    "W1": RANDOM.normal(size=(5, 4)),
    "b1": RANDOM.normal(size=4),
    "W2": RANDOM.normal(size=(4, 3)),
    "b2": RANDOM.normal(size=3),
}


def softmax(scores):
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def measured(probabilities, y):
    """Return the mean cross-entropy and the fraction of right predictions."""
    loss = -np.log(probabilities[np.arange(len(y)), y]).mean()
    return loss, (probabilities.argmax(axis=1) == y).mean()


def softmax_loss(weights, x=X, y=Y):
    """Return loss and accuracy of the softmax regression, by its definition."""
    return measured(softmax(np.maximum(x @ weights["W1"], 0.0)), y)


def network_loss(weights, x=X, y=Y):
    """Return loss and accuracy of the two-layer network, by its definition."""
    hidden = (1 + np.tanh((x @ weights["W1"] + weights["b1"]) / 2)) / 2
    return measured(softmax(hidden @ weights["W2"] + weights["b2"]), y)


def slope_at(loss, weights, name, place, batch, step):
    """Return the slope of `loss` at one number of a weight, by a central difference."""
    values = []
    for by in (step, -step):
        moved = {**weights, name: weights[name].copy()}
        moved[name][place] += by
        values.append(loss(moved, *batch)[0])
    return (values[0] - values[1]) / (2 * step)


def slopes(loss, weights, name):
    """Return the gradient of `loss` by central differences, an array like the weight."""
    gradient = np.zeros_like(weights[name])
    for place in np.ndindex(gradient.shape):
        gradient[place] = slope_at(loss, weights, name, place, (X, Y), 1e-5)
    return gradient


# Sizes as they are where nothing is said: 784 inputs, 128 hidden units, ten classes.
DIGITS = RANDOM.random((7, 784))
LABELS = np.array([3, 1, 4, 7, 5, 0, 7])  # the last classes are in no small batch
DIGIT_W = 0.03 * RANDOM.normal(size=(784, 10))
DIGIT_WEIGHTS = {
    "W1": 0.1 * RANDOM.normal(size=(784, 128)),
    "b1": RANDOM.normal(size=128),
    "W2": 0.1 * RANDOM.normal(size=(128, 10)),  # so that no probability is next to 0
    "b2": 0.5 * RANDOM.normal(size=10),
}


def some_slopes(loss, weights, name):
    """Return twelve places of a weight of digits' size, and the slopes of `loss` there."""
    flat = RANDOM.choice(weights[name].size, size=min(12, weights[name].size), replace=False)
    places = np.unravel_index(flat, weights[name].shape)
    batch = DIGITS, LABELS
    found = [
        slope_at(loss, weights, name, place, batch, 1e-4) for place in zip(*places, strict=True)
    ]
    return places, np.array(found)


DIGIT_SLOPE = some_slopes(softmax_loss, {"W1": DIGIT_W}, "W1")
DIGIT_SLOPES = {name: some_slopes(network_loss, DIGIT_WEIGHTS, name) for name in DIGIT_WEIGHTS}
SOFTMAX_SLOPE = slopes(softmax_loss, {"W1": W}, "W1")
SLOPES = {name: slopes(network_loss, WEIGHTS, name) for name in WEIGHTS}


def softmax_model():
    """Return a softmax regression with known weights."""
    return prepared(SoftmaxRegression(input_size=5, num_classes=3), {"W1": W})


def network():
    """Return a two-layer network with known weights, biases too."""
    return prepared(TwoLayerNet(input_size=5, num_classes=3, hidden_size=4), WEIGHTS)


def softmax_model_of_digits():
    """Return a softmax regression of the size that it has where nothing is said."""
    return prepared(SoftmaxRegression(), {"W1": DIGIT_W})


def network_of_digits():
    """Return a two-layer network of the size that it has where nothing is said."""
    return prepared(TwoLayerNet(), DIGIT_WEIGHTS)


def check_loss(found, expected, name):
    """Compare losses as closely as an epsilon in the logarithm allows."""
    assert_close(found, expected, name, rtol=1e-5)


def check_some(model, name, expected):
    """Compare some numbers of a gradient of digits' size."""
    places, values = expected
    gradient = np.asarray(model.gradients[name])
    assert_close(gradient[places], values, f"twelve numbers of the gradient of {name}", atol=1e-7)


def prepared(model, weights):
    """Set weights."""
    for name, value in weights.items():
        model.weights[name] = value.copy()
    return model


@task("softmax_regression")
def test_softmax_regression_returns_loss_and_accuracy():
    """SoftmaxRegression.forward returns (loss, accuracy) of linear, ReLU, softmax."""
    loss, accuracy = softmax_model().forward(X.copy(), Y.copy(), mode="valid")
    check_loss(loss, softmax_loss({"W1": W})[0], "the loss")
    assert_close(accuracy, softmax_loss({"W1": W})[1], "the accuracy")


@task("softmax_regression")
def test_the_gradient_of_softmax_regression_is_the_slope_of_its_loss():
    """SoftmaxRegression's gradient agrees with finite differences: mean over N, ReLU's mask."""
    model = softmax_model()
    model.forward(X.copy(), Y.copy(), mode="train")
    assert_close(model.gradients["W1"], SOFTMAX_SLOPE, "the gradient of W1", atol=1e-7)


@task("softmax_regression")
def test_gradients_of_softmax_regression_do_not_add_up_over_calls():
    """A second call of SoftmaxRegression.forward, on images, replaces the first's gradient."""
    model = softmax_model_of_digits()
    model.forward(DIGITS[::-1].copy(), LABELS.copy(), mode="train")
    model.forward(DIGITS.copy(), LABELS.copy(), mode="train")
    check_some(model, "W1", DIGIT_SLOPE)


@task("softmax_regression")
def test_softmax_regression_leaves_weights_and_inputs_alone():
    """SoftmaxRegression.forward, on images, changes neither its weights nor its arguments."""
    model = softmax_model_of_digits()
    x, y = DIGITS.copy(), LABELS.copy()
    loss, _ = model.forward(x, y, mode="train")
    check_loss(loss, softmax_loss({"W1": DIGIT_W}, DIGITS, LABELS)[0], "the loss")
    assert_close(model.weights["W1"], DIGIT_W, "the weights after forward")
    assert_close(x, DIGITS, "the images after forward")
    assert_same(y, LABELS, "the labels after forward")


@task("two_layer_network")
def test_the_network_adds_its_biases_to_the_products():
    """TwoLayerNet.forward adds b1 and b2 after the matrix products, not to the matrices."""
    loss, accuracy = network().forward(X.copy(), Y.copy(), mode="valid")
    check_loss(loss, network_loss(WEIGHTS)[0], "the loss with biases")
    assert_close(accuracy, network_loss(WEIGHTS)[1], "the accuracy with biases")


def check_slopes(*names):
    """Compare gradients with finite differences."""
    model = network()
    model.forward(X.copy(), Y.copy(), mode="train")
    for name in names:
        assert_close(model.gradients[name], SLOPES[name], f"the gradient of {name}", atol=1e-7)


@task("two_layer_network")
def test_the_gradient_of_w2_is_the_slope_of_the_loss():
    """TwoLayerNet's gradient of W2 agrees with finite differences."""
    check_slopes("W2")


@task("two_layer_network")
def test_the_gradient_of_w1_is_the_slope_of_the_loss():
    """TwoLayerNet's gradient of W1 agrees with finite differences."""
    check_slopes("W1")


@task("two_layer_network")
def test_gradients_of_biases_are_slopes_and_have_their_shapes():
    """TwoLayerNet's gradients of b1 and b2 have shapes (H,) and (C,), not (1, H)."""
    check_slopes("b1", "b2")


@task("two_layer_network")
def test_gradients_of_the_network_do_not_add_up_over_calls():
    """A second call of TwoLayerNet.forward, on fewer images, replaces all four gradients."""
    model = network_of_digits()
    model.forward(np.tile(DIGITS, (2, 1)), np.tile(LABELS[::-1], 2), mode="train")
    model.forward(DIGITS.copy(), LABELS.copy(), mode="train")
    for name, expected in DIGIT_SLOPES.items():
        check_some(model, name, expected)


@task("two_layer_network")
def test_the_network_returns_loss_and_accuracy_in_training_too():
    """TwoLayerNet.forward returns (loss, accuracy) of images in mode "train" as in any other."""
    loss, accuracy = network_of_digits().forward(DIGITS.copy(), LABELS.copy(), mode="train")
    expected = network_loss(DIGIT_WEIGHTS, DIGITS, LABELS)
    check_loss(loss, expected[0], "the loss in training")
    assert_close(accuracy, expected[1], "the accuracy in training")


@task("two_layer_network")
def test_the_network_leaves_weights_and_inputs_alone():
    """TwoLayerNet.forward, on images, changes neither its weights nor its arguments."""
    model = network_of_digits()
    x, y = DIGITS.copy(), LABELS.copy()
    loss, _ = model.forward(x, y, mode="train")
    check_loss(loss, network_loss(DIGIT_WEIGHTS, DIGITS, LABELS)[0], "the loss")
    for name, value in DIGIT_WEIGHTS.items():
        assert_close(model.weights[name], value, f"{name} after forward")
    assert_close(x, DIGITS, "the images after forward")
    assert_same(y, LABELS, "the labels after forward")


@task("two_layer_network")
def test_two_networks_do_not_share_weights():
    """Each TwoLayerNet has weights of its own."""
    first, second = network_of_digits(), network_of_digits()
    second.weights["W1"] = np.zeros((784, 128))
    loss, _ = first.forward(DIGITS.copy(), LABELS.copy(), mode="valid")
    expected = network_loss(DIGIT_WEIGHTS, DIGITS, LABELS)[0]
    check_loss(loss, expected, "the loss of the first network")


@task("evaluation_mode")
def test_softmax_regression_keeps_its_gradient_in_evaluation():
    """In any mode but "train", SoftmaxRegression.forward leaves the gradients as they are."""
    values = softmax_loss({"W1": DIGIT_W}, DIGITS, LABELS)
    places, slope = DIGIT_SLOPE
    batch = DIGITS, LABELS
    check_mode(softmax_model_of_digits, batch, values, {"W1": (places, slope)})


@task("evaluation_mode")
def test_the_network_keeps_its_gradients_in_evaluation():
    """In any mode but "train", TwoLayerNet.forward leaves the gradients as they are."""
    expected = {name: (..., slope) for name, slope in SLOPES.items()}
    check_mode(network, (X, Y), network_loss(WEIGHTS), expected)


def check_mode(make, batch, values, slopes):
    """Look for gradients that a call outside training has written.

    Something of what forward makes has to be right first, whatever it is: code that does nothing
    writes no gradients either.
    """
    x, y = batch
    model = make()
    found = model.forward(x.copy(), y.copy(), mode="train")
    right = [np.allclose(one, value) for one, value in zip(found, values, strict=False)]
    for name, (places, slope) in slopes.items():
        gradient = np.asarray(model.gradients[name])
        same = gradient.shape == np.shape(model.weights[name])
        right.append(same and np.allclose(gradient[places], slope, atol=1e-7))
    even = make()
    for name in slopes:
        even.weights[name] = np.zeros(np.shape(even.weights[name]))
    classes = np.shape(even.weights[list(slopes)[-1]])[-1]
    right.append(np.isclose(even.forward(x.copy(), y.copy(), mode="train")[0], np.log(classes)))
    assert any(right), "forward gives no right loss, accuracy or gradient in training"
    marks = {name: np.full(np.shape(model.weights[name]), 7.0) for name in slopes}
    for mode in ("valid", "test"):
        for name, mark in marks.items():
            model.gradients[name] = mark.copy()
        model.forward(x.copy(), y.copy(), mode=mode)
        for name, mark in marks.items():
            assert_close(model.gradients[name], mark, f"the gradient of {name}")
