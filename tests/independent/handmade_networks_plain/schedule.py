"""A learning rate that falls while the network learns."""

import math

import torch


def learning_rate(t: float, eta_min: float = 0.0001, eta_max: float = 0.003) -> float:
    """Return the rate of iteration t: from eta_max at t = 0 down towards eta_min.

    What is above eta_min shrinks by a factor e every 2,000 iterations.
    """
    return eta_min + (eta_max - eta_min) * math.exp(-t / 2000)


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Let every parameter that `optimizer` moves be moved with `rate` from now on."""
    for g in optimizer.param_groups:
        g["lr"] = rate
