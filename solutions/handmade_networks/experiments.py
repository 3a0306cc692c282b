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
    # BEGIN SOLUTION
    columns = net.W1.detach().T  # (hidden, 784)
    distances = torch.cdist(columns, columns, p=float("inf"))
    first = (distances <= 1e-6).int().argmax(dim=1)  # the first unit like this one
    return len(first.unique())
    # END SOLUTION


def zeros_against_random(
    train_set: Digits, test_set: Digits, iterations: int = 2000, batch_size: int = 100
) -> dict[str, dict]:
    """Train `TwoLayers` with SGD, rate 0.5, from both starts.

    :return: for "zeros" and for "random" the record of `train`, with one more entry: "units",
        the number of different hidden units after training
    """
    # BEGIN SOLUTION
    found = {}
    for start in ("zeros", "random"):
        net = TwoLayers(start=start, logits=True)
        found[start] = train(net, train_set, test_set, iterations, batch_size)
        found[start]["units"] = different_units(net)
    return found
    # END SOLUTION


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
    # BEGIN SOLUTION
    found = {"hidden": list(sizes), "parameters": [], "test_loss": [], "test_accuracy": []}
    for hidden in sizes:
        net = TwoLayers(hidden, logits=True)
        record = train(net, train_set, test_set, iterations, batch_size)
        found["parameters"].append(sum(one.numel() for one in net.parameters()))
        found["test_loss"].append(record["test_loss"][-1])
        found["test_accuracy"].append(record["test_accuracy"][-1])
    return found
    # END SOLUTION


def five_layer_runs(
    train_set: Digits, test_set: Digits, iterations: int = 2000, batch_size: int = 100
) -> dict[str, dict]:
    """Train `FiveLayers` in four ways, with logits and F.cross_entropy.

    :return: the record of `train` for "sigmoid" (SGD, rate 0.5), "relu" (SGD, rate 0.5, biases
        of 0.1), "zeros" (as "relu", started from zeros) and "adam" (as "relu", Adam, rate 0.003)
    """
    # BEGIN SOLUTION
    runs = {
        "sigmoid": ("sigmoid", "random", "SGD", 0.5),
        "relu": ("relu", "random", "SGD", 0.5),
        "zeros": ("relu", "zeros", "SGD", 0.5),
        "adam": ("relu", "random", "Adam", 0.003),
    }
    found = {}
    for name, (activation, start, optimizer, rate) in runs.items():
        net = FiveLayers(activation, start, logits=True)
        found[name] = train(net, train_set, test_set, iterations, batch_size, optimizer, rate)
    return found
    # END SOLUTION


def constant_against_falling(
    train_set: Digits, test_set: Digits, iterations: int = 6000, batch_size: int = 100
) -> dict[str, dict]:
    """Train `ConvNet` with Adam, once with the rate 0.003 all along, once with `learning_rate`.

    :return: for "constant" and for "falling" the record of `train`
    """
    # BEGIN SOLUTION
    found = {}
    for name, schedule in (("constant", None), ("falling", learning_rate)):
        found[name] = train(
            ConvNet(),
            train_set,
            test_set,
            iterations,
            batch_size,
            "Adam",
            0.003,
            schedule=schedule,
        )
    return found
    # END SOLUTION


def nan_counts(Z: torch.Tensor, Y: torch.Tensor) -> dict[str, float]:
    """Find out what becomes of the scores Z (N, C) with softmax and log, and without.

    One loss is the mean of -log(softmax(Z)) at the true classes Y, computed in just these steps;
    the other is `F.cross_entropy(Z, Y)`.

    :return: "zeros", the probabilities softmax(Z) that are exactly 0; "loss_of_probabilities" and
        "loss_of_logits", the two losses as floats; "nan_of_probabilities" and "nan_of_logits", how
        many entries of the gradient of that loss with respect to Z are NaN
    """
    # BEGIN SOLUTION
    found = {"zeros": int((F.softmax(Z, dim=1) == 0).sum())}
    for name in ("probabilities", "logits"):
        scores = Z.detach().clone().requires_grad_()
        if name == "probabilities":
            value = -torch.log(F.softmax(scores, dim=1))[torch.arange(len(Y)), Y].mean()
        else:
            value = F.cross_entropy(scores, Y)
        value.backward()
        found[f"loss_of_{name}"] = value.item()
        found[f"nan_of_{name}"] = int(scores.grad.isnan().sum())
    return found
    # END SOLUTION


def overfitting(record: dict[str, list]) -> dict[str, float]:
    """Find where a record of `train` begins to overfit.

    :return: "iteration", where the loss on test data was smallest (the first such place), and
        "rise", by how much the last recorded loss on test data is above that
    """
    # BEGIN SOLUTION
    losses = record["test_loss"]
    best = losses.index(min(losses))
    return {"iteration": record["test_iterations"][best], "rise": losses[-1] - losses[best]}
    # END SOLUTION
