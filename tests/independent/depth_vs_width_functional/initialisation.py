"""Where a network starts, and what gradient descent makes of it."""

from itertools import pairwise

import torch
from torch import nn
from torch.func import functional_call

ACTIVATIONS = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid}


def make_network(activation, start, sizes=(2, 8, 1), seed=0):
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation is {activation!r}; it must be relu or sigmoid")
    if start not in {"random", "zero"}:
        raise ValueError(f"start is {start!r}; it must be random or zero")

    def layers():
        for inputs, outputs in pairwise(sizes):
            yield nn.Linear(inputs, outputs)
            yield ACTIVATIONS[activation]()

    torch.manual_seed(seed)
    network = nn.Sequential(*layers())[:-1]
    if start == "zero":
        zeros = {name: torch.zeros_like(value) for name, value in network.state_dict().items()}
        network.load_state_dict(zeros)
    return network


def distinct_units(network, tolerance=1e-6):
    first = next(layer for layer in network if isinstance(layer, nn.Linear))
    units = torch.column_stack([first.weight, first.bias]).detach()  # H, D + 1
    apart = (units[:, None] - units).abs().amax(dim=-1) > tolerance  # H, H
    return sum(bool(apart[number, :number].all()) for number in range(len(units)))


def training_curve(network, X, y, steps, learning_rate):
    parameters = {name: value.detach().clone() for name, value in network.named_parameters()}

    def loss_of(values):
        return (functional_call(network, values, (X,)).flatten() - y).pow(2).mean()

    losses = torch.empty(steps)
    norms = torch.empty(steps, len(parameters))
    slopes_and_loss = torch.func.grad_and_value(loss_of)
    for step in range(steps):
        slopes, losses[step] = slopes_and_loss(parameters)
        norms[step] = torch.stack([slope.norm() for slope in slopes.values()])
        parameters = {
            name: value - learning_rate * slopes[name] for name, value in parameters.items()
        }
    network.load_state_dict(parameters)
    return losses, norms
