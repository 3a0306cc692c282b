"""What both networks reach with the settings of their configurations."""

import numpy as np
import utils
from models import SoftmaxRegression, TwoLayerNet
from optimizer import SGD
from studentkit import data_folder, data_source, task, trains

# Test accuracy to reach in `EPOCHS` epochs, by data.
SOFTMAX = {"mnist": 0.45, "digits": 0.30}
NETWORK = {"mnist": 0.90, "digits": 0.50}
EPOCHS = {"mnist": 10, "digits": 20}
BATCH, RATE, PENALTY = 64, 0.1, 0.001


def scores_of_softmax(weights, images):
    """Return the scores of softmax regression, which has a ReLU before the softmax."""
    return np.maximum(images @ weights["W1"], 0)


def scores_of_network(weights, images):
    """Return the scores of the two-layer network."""
    hidden = 1 / (1 + np.exp(-(images @ weights["W1"] + weights["b1"])))
    return hidden @ weights["W2"] + weights["b2"]


def accuracy(make, scores):
    """Train a new model as main.py does and return the test accuracy of the best one.

    It is computed here, from the weights alone.
    """
    model, optimizer = make(), SGD(learning_rate=RATE, reg=PENALTY)
    train_data, train_label, val_data, val_label = utils.load_mnist_trainval()
    validation = utils.generate_batched_data(val_data, val_label, BATCH)
    best, weights = -1.0, {}
    for epoch in range(EPOCHS[data_source()]):
        batches = utils.generate_batched_data(
            train_data, train_label, BATCH, shuffle=True, seed=1024 + epoch
        )
        utils.train(epoch, *batches, model, optimizer, debug=False)
        _, reached = utils.evaluate(*validation, model, debug=False)
        if reached > best:
            best = reached
            weights = {name: np.array(value) for name, value in model.weights.items()}
    table = np.loadtxt(data_folder() / "mnist_test.csv", delimiter=",")
    return float(np.mean(scores(weights, table[:, 1:] / 255).argmax(axis=1) == table[:, 0]))


@task("training")
@trains
def test_softmax_regression_reaches_its_accuracy():
    """Softmax regression learns to classify digits with the settings of its configuration."""
    reached = accuracy(SoftmaxRegression, scores_of_softmax)
    assert reached >= SOFTMAX[data_source()], f"the test accuracy is {reached:.3f}"


@task("training")
@trains
def test_the_network_reaches_its_accuracy():
    """The two-layer network classifies digits much better than a linear model."""
    reached = accuracy(TwoLayerNet, scores_of_network)
    assert reached >= NETWORK[data_source()], f"the test accuracy is {reached:.3f}"
