"""Networks of linear layers only, and the one matrix that each of them is."""

import torch
from torch import nn


def linear_model(inputs):
    """Build Linear(inputs, 5), Linear(5, 2), Softmax over the classes.

    :return: an nn.Sequential that gives probabilities (N, 2)
    """
    return nn.Sequential(nn.Linear(inputs, 5), nn.Linear(5, 2), nn.Softmax(1))


def two_layer_model(inputs):
    """Build the same with one more linear layer: Linear(5, 5) between the two.

    :return: an nn.Sequential that gives probabilities (N, 2)
    """
    return nn.Sequential(nn.Linear(inputs, 5), nn.Linear(5, 5), nn.Linear(5, 2), nn.Softmax(1))


def class_weights(y):
    """Return a weight for each class that makes up for how rare it is: N / (C * count).

    :param y: classes (N,), a tensor; each of 0, ..., C - 1 occurs
    :return: weights (C,) of float32
    """
    C = int(y.max()) + 1
    return torch.tensor([len(y) / (C * int((y == c).sum())) for c in range(C)])


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
    p = probabilities[range(len(y)), y]
    losses = -torch.log(p + 1e-12)
    if weights is None:
        return losses.mean()
    w = weights[y]
    return (w * losses).sum() / w.sum()


def collapse(model):
    """Return the one linear layer that computes what all linear layers of `model` compute.

    :param model: an nn.Sequential of Linear layers, with or without a Softmax at the end; another
        layer between them raises ValueError
    :return: (W, b): tensors (C, D) and (C,) such that X @ W.T + b is what goes into the Softmax
    """
    layers = [layer for layer in model]
    if isinstance(layers[-1], nn.Softmax):
        layers = layers[:-1]
    if not all(type(layer) is nn.Linear for layer in layers):
        raise ValueError("only Linear layers can be collapsed")
    # what the layers make of zero is b, what they make of the unit vectors is b plus a column of W
    D = layers[0].in_features
    with torch.no_grad():
        network = nn.Sequential(*layers)
        b = network(torch.zeros(D))
        W = (network(torch.eye(D)) - b).T
    return W, b
