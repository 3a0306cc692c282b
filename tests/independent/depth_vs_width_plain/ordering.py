"""What the order of the samples does to a network of ReLU units."""

import torch
from torch import nn


def visiting_order(y, shuffled, seed=0):
    """Return the order in which samples are visited, as their numbers (N,).

    :param y: labels (N,), each of them -1 or +1
    :param shuffled: False visits every negative sample before the first positive one, each kind
        in the order of y; True draws an order that `seed` makes repeatable
    :return: a tensor (N,) of int64 that holds each number once
    """
    if shuffled:
        torch.manual_seed(seed)
        return torch.randperm(len(y))
    negative = [i for i in range(len(y)) if y[i] < 0]
    positive = [i for i in range(len(y)) if y[i] > 0]
    return torch.tensor(negative + positive)


def dead_fraction(network, X):
    """Return the fraction of all ReLU units that give 0 for every sample of X.

    The network's parameters and their gradients stay as they are.

    :param network: an nn.Sequential; all its ReLU layers count
    :param X: samples (N, D)
    :return: a float from 0 to 1
    """
    dead, units = 0, 0
    with torch.no_grad():
        values = X
        for layer in network:
            values = layer(values)
            if isinstance(layer, nn.ReLU):
                dead += int((values.max(dim=0).values <= 0).sum())
                units += values.shape[1]
    return dead / units


def order_effect(network, X, y, order, learning_rate, every=50):
    """Train by SGD on one sample after another, and record how it goes.

    Each sample's loss is (output - label) ** 2. After each `every` samples are recorded: the mean
    loss over *all* samples and the fraction of dead units.

    :param network: a ReLU network with one output; it is trained
    :param X: samples (N, D)
    :param y: labels (N,), each of them -1 or +1
    :param order: numbers of samples, in the order of the visits (V,)
    :param every: visits between two records
    :return: (losses, dead): tensors (V // every,)
    """
    optimizer = torch.optim.SGD(network.parameters(), lr=learning_rate)
    losses, dead = [], []
    for k, i in enumerate(order):
        loss = (network(X[i]) - y[i]).pow(2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if (k + 1) % every == 0:
            with torch.no_grad():
                losses.append(float(((network(X)[:, 0] - y) ** 2).mean()))
            dead.append(dead_fraction(network, X))
    return torch.tensor(losses), torch.tensor(dead)
