"""The experiments of the handout: each trains a few networks and returns plain numbers."""

import torch
from models import ConvNet, FiveLayers, TwoLayers
from schedule import learning_rate
from torch import nn
from torch.nn import functional as F
from training import Digits, train


def different_units(net: nn.Module) -> int:
    """Return how many different hidden units the first layer has: distinct columns of `net.W1`.

    Two columns are the same where no entry differs by more than 1e-6: that is rounding.
    """
    raise NotImplementedError("different_units is yours to write")


def zeros_against_random(
    train_set: Digits, test_set: Digits, iterations: int = 2000, batch_size: int = 100
) -> dict[str, dict]:
    """Train `TwoLayers` with SGD, rate 0.5, from both starts.

    :return: for "zeros" and for "random" the record of `train`, with one more entry: "units",
        the number of different hidden units after training
    """
    raise NotImplementedError("zeros_against_random is yours to write")


def hidden_unit_sweep(
    train_set: Digits,
    test_set: Digits,
    sizes: tuple[int, ...] = (10, 50, 200, 750),
    iterations: int = 2000,
    batch_size: int = 100,
) -> dict[str, list]:
    """Train `TwoLayers` with SGD, rate 0.5, once for each number of hidden units.

    :return: lists of equal length: "hidden" (the sizes), "parameters" (weights and biases of each
        network), "test_loss" and "test_accuracy" (at the end)
    """
    raise NotImplementedError("hidden_unit_sweep is yours to write")


def five_layer_runs(
    train_set: Digits, test_set: Digits, iterations: int = 2000, batch_size: int = 100
) -> dict[str, dict]:
    """Train `FiveLayers` in four ways, with logits and F.cross_entropy.

    :return: the record of `train` for "sigmoid" (SGD, rate 0.5), "relu" (SGD, rate 0.5, biases
        of 0.1), "zeros" (as "relu", started from zeros) and "adam" (as "relu", Adam, rate 0.003)
    """
    raise NotImplementedError("five_layer_runs is yours to write")


def constant_against_falling(
    train_set: Digits, test_set: Digits, iterations: int = 6000, batch_size: int = 100
) -> dict[str, dict]:
    """Train `ConvNet` with Adam, once with the rate 0.003 all along, once with `learning_rate`.

    :return: for "constant" and for "falling" the record of `train`
    """
    raise NotImplementedError("constant_against_falling is yours to write")


def nan_counts(Z: torch.Tensor, Y: torch.Tensor) -> dict[str, float]:
    """Find out what becomes of the scores Z (N, C) with softmax and log, and without.

    One loss is the mean of -log(softmax(Z)) at the true classes Y, computed in just these steps;
    the other is `F.cross_entropy(Z, Y)`.

    :return: "zeros", the probabilities softmax(Z) that are exactly 0; "loss_of_probabilities" and
        "loss_of_logits", the two losses as floats; "nan_of_probabilities" and "nan_of_logits", how
        many entries of the gradient of that loss with respect to Z are NaN
    """
    raise NotImplementedError("nan_counts is yours to write")


def overfitting(record: dict[str, list]) -> dict[str, float]:
    """Find where a record of `train` begins to overfit.

    :return: "iteration", where the loss on test data was smallest (the first such place), and
        "rise", by how much the last recorded loss on test data is above that
    """
    raise NotImplementedError("overfitting is yours to write")
