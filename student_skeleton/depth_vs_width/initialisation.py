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
    raise NotImplementedError("make_network is yours to write")


def distinct_units(network, tolerance=1e-6):
    """Count the units of the first Linear layer that differ from each other.

    Two units are the same where their incoming weights and their biases differ by no more than
    `tolerance`.

    :param network: an nn.Sequential
    :return: an int, from 1 to the number of hidden units
    """
    raise NotImplementedError("distinct_units is yours to write")


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
    raise NotImplementedError("training_curve is yours to write")
