"""Networks of linear layers only, and the one matrix that each of them is."""

import torch
from torch import nn


def linear_model(inputs):
    """Build Linear(inputs, 5), Linear(5, 2), Softmax over the classes.

    :return: an nn.Sequential that gives probabilities (N, 2)
    """
    raise NotImplementedError("linear_model is yours to write")


def two_layer_model(inputs):
    """Build the same with one more linear layer: Linear(5, 5) between the two.

    :return: an nn.Sequential that gives probabilities (N, 2)
    """
    raise NotImplementedError("two_layer_model is yours to write")


def class_weights(y):
    """Return a weight for each class that makes up for how rare it is: N / (C * count).

    :param y: classes (N,), a tensor; each of 0, ..., C - 1 occurs
    :return: weights (C,) of float32
    """
    raise NotImplementedError("class_weights is yours to write")


def probability_loss(probabilities, y, weights=None):
    """Return the cross-entropy of *probabilities*: the mean of -log(probability of the true class).

    With weights it is the weighted mean: each sample counts as much as its class weighs, and the
    sum is divided by the sum of the samples' weights. A probability of 0 gives a large but finite
    loss.

    :param probabilities: (N, C), rows that sum to 1
    :param y: classes (N,)
    :param weights: (C,) or None, where all weigh the same
    :return: a scalar tensor, with its graph
    """
    raise NotImplementedError("probability_loss is yours to write")


def collapse(model):
    """Return the one linear layer that computes what all linear layers of `model` compute.

    :param model: an nn.Sequential of Linear layers, with or without a Softmax at the end; another
        layer between them raises ValueError
    :return: (W, b): tensors (C, D) and (C,) such that X @ W.T + b is what goes into the Softmax
    """
    raise NotImplementedError("collapse is yours to write")
