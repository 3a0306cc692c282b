"""Where a network starts, and what gradient descent makes of it."""

from itertools import pairwise

import torch
from torch import nn


def make_network(activation, start, sizes=(2, 8, 1), seed=0):
    """Build a fully-connected network: Linear, activation, Linear, ..., Linear.

    Between two Linear layers stands one activation; the output has none. "random" keeps the
    numbers that torch draws for a Linear layer, after `torch.manual_seed(seed)`; "zero" sets
    every weight and every bias to 0.

    :param activation: "relu" or "sigmoid"; another word raises ValueError
    :param start: "random" or "zero"; another word raises ValueError
    :param sizes: inputs, hidden units of each hidden layer, outputs
    :param seed: makes the random start repeatable
    :return: an nn.Sequential
    """
    # BEGIN SOLUTION
    kinds = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid}
    if activation not in kinds or start not in ("random", "zero"):
        raise ValueError(f"no network with activation {activation!r} and start {start!r}")
    torch.manual_seed(seed)
    layers = []
    for inputs, outputs in pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), kinds[activation]()]
    network = nn.Sequential(*layers[:-1])
    if start == "zero":
        for parameter in network.parameters():
            nn.init.zeros_(parameter)
    return network
    # END SOLUTION


def distinct_units(network, tolerance=1e-6):
    """Count the units of the first Linear layer that differ from each other.

    Two units are the same where their incoming weights and their biases differ by no more than
    `tolerance`.

    :param network: an nn.Sequential
    :return: an int, from 1 to the number of hidden units
    """
    # BEGIN SOLUTION
    first = next(layer for layer in network if isinstance(layer, nn.Linear))
    units = torch.cat([first.weight, first.bias[:, None]], dim=1).detach()  # (H, D + 1)
    different = []
    for unit in units:
        if all((unit - other).abs().max() > tolerance for other in different):
            different.append(unit)
    return len(different)
    # END SOLUTION


def training_curve(network, X, y, steps, learning_rate):
    """Train by gradient descent on all samples at once, and record each step.

    The loss is the mean over the samples of (output - label) ** 2. What is recorded of a step is
    what held before its update. The update is plain: parameter minus learning rate times gradient.

    :param network: what `make_network` returns, with one output; it is trained
    :param X: samples (N, D)
    :param y: labels (N,), each of them -1 or +1
    :param steps: number of updates, T
    :return: (losses, norms): tensors (T,) and (T, P); norms has the Euclidean norm of the gradient
        of each parameter, in the order of `network.parameters()`
    """
    # BEGIN SOLUTION
    losses, norms = [], []
    for _ in range(steps):
        loss = ((network(X).squeeze(1) - y) ** 2).mean()
        network.zero_grad()
        loss.backward()
        losses.append(loss.item())
        norms.append([parameter.grad.norm().item() for parameter in network.parameters()])
        with torch.no_grad():
            for parameter in network.parameters():
                parameter -= learning_rate * parameter.grad
    return torch.tensor(losses), torch.tensor(norms)
    # END SOLUTION
