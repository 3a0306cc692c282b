"""Dropout from 0 to 1: how much of it is good after one epoch?"""

from torch import nn
from training import evaluate, train


def sweep_probabilities():
    """Return ten equally spaced values from 0 to 1, both included, as a list of floats."""
    return [i / 9 for i in range(10)]


def set_dropout(network, p):
    """Set the probability of every Dropout layer of an nn.Sequential to p; returns nothing."""
    def change(layer):
        if type(layer) is nn.Dropout:
            layer.p = p

    network.apply(change)


def one_epoch_accuracy(network, train_loader, valid_loader, recipe):
    """Train a network for one epoch, whatever the recipe says of epochs; return its accuracy.

    :param recipe: dict as `networks.recipe` returns it; it stays as it is
    :return: the accuracy on `valid_loader`, a float
    """
    short = dict(recipe)
    short["epochs"] = 1
    train(network, train_loader, short)
    return evaluate(network, valid_loader)[1]


def dropout_sweep(make_network, measure):
    """Measure a fresh network at each of the ten dropout probabilities, from 0 to 1.

    :param make_network: make_network() returns a new, untrained network
    :param measure: measure(network) trains it and returns its accuracy
    :return: (probabilities, accuracies), two lists of ten floats
    """
    probabilities, accuracies = [], []
    for p in sweep_probabilities():
        network = make_network()
        set_dropout(network, p)
        probabilities.append(p)
        accuracies.append(measure(network))
    return probabilities, accuracies
