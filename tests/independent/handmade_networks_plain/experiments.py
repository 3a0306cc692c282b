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
    columns = net.W1.detach().t().tolist()
    units = []
    for c in columns:
        if not any(max(abs(a - b) for a, b in zip(c, u)) <= 1e-6 for u in units):
            units.append(c)
    return len(units)


def zeros_against_random(
    train_set: Digits, test_set: Digits, iterations: int = 2000, batch_size: int = 100
) -> dict[str, dict]:
    """Train `TwoLayers` with SGD, rate 0.5, from both starts.

    :return: for "zeros" and for "random" the record of `train`, with one more entry: "units",
        the number of different hidden units after training
    """
    results = {}
    for start in ["zeros", "random"]:
        net = TwoLayers(200, start, True)
        results[start] = train(net, train_set, test_set, iterations, batch_size)
        results[start]["units"] = different_units(net)
    return results


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
    nets = [TwoLayers(size, logits=True) for size in sizes]
    records = [train(net, train_set, test_set, iterations, batch_size, rate=0.5) for net in nets]
    return {
        "hidden": list(sizes),
        "parameters": [sum(p.numel() for p in net.parameters()) for net in nets],
        "test_loss": [record["test_loss"][-1] for record in records],
        "test_accuracy": [record["test_accuracy"][-1] for record in records],
    }


def five_layer_runs(
    train_set: Digits, test_set: Digits, iterations: int = 2000, batch_size: int = 100
) -> dict[str, dict]:
    """Train `FiveLayers` in four ways, with logits and F.cross_entropy.

    :return: the record of `train` for "sigmoid" (SGD, rate 0.5), "relu" (SGD, rate 0.5, biases
        of 0.1), "zeros" (as "relu", started from zeros) and "adam" (as "relu", Adam, rate 0.003)
    """
    def run(activation, start, **settings):
        net = FiveLayers(activation=activation, start=start, logits=True)
        return train(
            net, train_set, test_set, iterations, batch_size, loss=F.cross_entropy, **settings
        )

    return {
        "sigmoid": run("sigmoid", "random", optimizer="SGD", rate=0.5),
        "relu": run("relu", "random", optimizer="SGD", rate=0.5),
        "zeros": run("relu", "zeros", optimizer="SGD", rate=0.5),
        "adam": run("relu", "random", optimizer="Adam", rate=0.003),
    }


def constant_against_falling(
    train_set: Digits, test_set: Digits, iterations: int = 6000, batch_size: int = 100
) -> dict[str, dict]:
    """Train `ConvNet` with Adam, once with the rate 0.003 all along, once with `learning_rate`.

    :return: for "constant" and for "falling" the record of `train`
    """
    torch.manual_seed(0)
    constant = train(
        ConvNet(), train_set, test_set, iterations, batch_size, optimizer="Adam", rate=0.003
    )
    torch.manual_seed(0)
    falling = train(
        ConvNet(),
        train_set,
        test_set,
        iterations,
        batch_size,
        optimizer="Adam",
        schedule=lambda t: learning_rate(t),
    )
    return {"constant": constant, "falling": falling}


def nan_counts(Z: torch.Tensor, Y: torch.Tensor) -> dict[str, float]:
    """Find out what becomes of the scores Z (N, C) with softmax and log, and without.

    One loss is the mean of -log(softmax(Z)) at the true classes Y, computed in just these steps;
    the other is `F.cross_entropy(Z, Y)`.

    :return: "zeros", the probabilities softmax(Z) that are exactly 0; "loss_of_probabilities" and
        "loss_of_logits", the two losses as floats; "nan_of_probabilities" and "nan_of_logits", how
        many entries of the gradient of that loss with respect to Z are NaN
    """
    Z1 = Z.clone().requires_grad_()
    G = torch.softmax(Z1, dim=1)
    loss1 = -torch.log(G[range(len(Y)), Y]).mean()
    loss1.backward()
    Z2 = Z.clone().requires_grad_()
    loss2 = F.cross_entropy(Z2, Y)
    loss2.backward()
    return {
        "zeros": G.eq(0).sum().item(),
        "loss_of_probabilities": float(loss1),
        "loss_of_logits": float(loss2),
        "nan_of_probabilities": torch.isnan(Z1.grad).sum().item(),
        "nan_of_logits": torch.isnan(Z2.grad).sum().item(),
    }


def overfitting(record: dict[str, list]) -> dict[str, float]:
    """Find where a record of `train` begins to overfit.

    :return: "iteration", where the loss on test data was smallest (the first such place), and
        "rise", by how much the last recorded loss on test data is above that
    """
    smallest = min(record["test_loss"])
    where = record["test_loss"].index(smallest)
    return {
        "iteration": record["test_iterations"][where],
        "rise": record["test_loss"][-1] - smallest,
    }
