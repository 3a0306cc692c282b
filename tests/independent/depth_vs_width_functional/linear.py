"""Networks of linear layers only, and the one matrix that each of them is."""

from functools import reduce
from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional as F


def _linear(*sizes):
    return nn.Sequential(*(nn.Linear(*pair) for pair in pairwise(sizes)), nn.Softmax(dim=-1))


def linear_model(inputs):
    return _linear(inputs, 5, 2)


def two_layer_model(inputs):
    return _linear(inputs, 5, 5, 2)


def class_weights(y):
    counts = F.one_hot(y.long()).sum(dim=0)
    return len(y) / (len(counts) * counts).float()


def probability_loss(probabilities, y, weights=None):
    floor = torch.finfo(probabilities.dtype).tiny
    logs = probabilities.clamp(min=floor).log()
    return F.nll_loss(logs, y, weight=weights)


def _homogeneous(layer):
    """[W b; 0 1], so that a layer is one product."""
    outputs, inputs = layer.weight.shape
    matrix = torch.zeros(outputs + 1, inputs + 1)
    matrix[:-1, :-1] = layer.weight.detach()
    if layer.bias is not None:
        matrix[:-1, -1] = layer.bias.detach()
    matrix[-1, -1] = 1
    return matrix


def collapse(model):
    layers = list(model)
    if layers and isinstance(layers[-1], nn.Softmax):
        layers.pop()
    for layer in layers:
        if not isinstance(layer, nn.Linear):
            raise ValueError(f"{layer} is not linear: there is no such matrix")
    whole = reduce(lambda below, above: above @ below, map(_homogeneous, layers))
    return whole[:-1, :-1], whole[:-1, -1]
