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
    if activation == "relu":
        act = nn.ReLU
    elif activation == "sigmoid":
        act = nn.Sigmoid
    else:
        raise ValueError("unknown activation: " + str(activation))
    if start not in ["random", "zero"]:
        raise ValueError("unknown start: " + str(start))
    torch.manual_seed(seed)
    layers = []
    for i in range(len(sizes) - 1):
        if i > 0:
            layers.append(act())
        layers.append(nn.Linear(sizes[i], sizes[i + 1]))
    network = nn.Sequential(*layers)
    if start == "zero":
        for p in network.parameters():
            nn.init.zeros_(p)
    return network


def distinct_units(network, tolerance=1e-6):
    """Count the units of the first Linear layer that differ from each other.

    Two units are the same where their incoming weights and their biases differ by no more than
    `tolerance`.

    :param network: an nn.Sequential
    :return: an int, from 1 to the number of hidden units
    """
    layer = network[0]
    seen = []
    for w, b in zip(layer.weight.tolist(), layer.bias.tolist()):
        unit = [*w, b]
        same = [all(abs(p - q) <= tolerance for p, q in zip(unit, other)) for other in seen]
        if not any(same):
            seen.append(unit)
    return len(seen)


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
    optimizer = torch.optim.SGD(network.parameters(), lr=learning_rate)
    losses, norms = [], []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.MSELoss()(network(X).squeeze(1), y)
        loss.backward()
        losses.append(loss.item())
        norms.append([p.grad.norm().item() for p in network.parameters()])
        optimizer.step()
    return torch.tensor(losses), torch.tensor(norms)
