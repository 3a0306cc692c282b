"""Dropout from 0 to 1: how much of it is good after one epoch?"""

import numpy as np
from torch import nn
from training import evaluate, train


def sweep_probabilities():
    return list(np.linspace(0, 1, 10))


def set_dropout(network, p):
    for layer in network.modules():
        if isinstance(layer, nn.Dropout):
            layer.p = p


def one_epoch_accuracy(network, train_loader, valid_loader, recipe):
    train(network, train_loader, recipe | {"epochs": 1})
    _, accuracy = evaluate(network, valid_loader)
    return accuracy


def dropout_sweep(make_network, measure):
    def accuracy_at(p):
        network = make_network()
        set_dropout(network, p)
        return measure(network)

    probabilities = sweep_probabilities()
    return probabilities, [accuracy_at(p) for p in probabilities]
