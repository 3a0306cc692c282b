"""A learning rate that falls while the network learns."""

import math

import torch


def learning_rate(t: float, eta_min: float = 0.0001, eta_max: float = 0.003) -> float:
    left = math.e ** -(t / 2000)  # of the distance
    return left * eta_max + (1 - left) * eta_min


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    for group in optimizer.param_groups:
        group.update(lr=rate)
