"""What the order of the samples does to a network of ReLU units."""

import torch
from torch import nn
from torch.func import functional_call, grad


def visiting_order(y, shuffled, seed=0):
    if not shuffled:
        return torch.sort(y > 0, stable=True).indices
    return torch.rand(len(y), generator=torch.Generator().manual_seed(seed)).argsort()


def dead_fraction(network, X):
    silent = []

    def listen(module, inputs, outputs):
        silent.append(outputs.eq(0).all(dim=0))

    hooks = [
        part.register_forward_hook(listen) for part in network.modules() if type(part) is nn.ReLU
    ]
    try:
        with torch.no_grad():
            network(X)
    finally:
        for hook in hooks:
            hook.remove()
    return torch.cat(silent).double().mean().item()


def order_effect(network, X, y, order, learning_rate, every=50):
    parameters = dict(network.named_parameters())

    def loss_of(values, inputs, label):
        return (functional_call(network, values, (inputs,)).flatten() - label).square().mean()

    slope_of = grad(loss_of)

    def records():
        for visit, number in enumerate(order, start=1):
            values = {name: value.detach() for name, value in parameters.items()}
            slopes = slope_of(values, X[number].unsqueeze(0), y[number])
            with torch.no_grad():
                for name, slope in slopes.items():
                    parameters[name] -= learning_rate * slope
                if visit % every == 0:
                    yield loss_of(values, X, y).item(), dead_fraction(network, X)

    return torch.tensor(list(records())).reshape(-1, 2).unbind(dim=1)
