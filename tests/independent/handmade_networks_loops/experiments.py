"""The experiments"""

import torch
from models import ConvNet, FiveLayers, TwoLayers
from schedule import learning_rate
from torch import nn
from torch.nn import functional as F
from training import Digits, train


def different_units(net: nn.Module) -> int:
    found = []
    for column in net.W1.detach().T:
        for other in found:
            if (column - other).abs().max() <= 1e-6:
                break
        else:
            found.append(column)
    return len(found)


def zeros_against_random(
    train_set: Digits, test_set: Digits, iterations: int = 2000, batch_size: int = 100
) -> dict[str, dict]:
    found = {}
    for start in ("zeros", "random"):
        net = TwoLayers(start=start, logits=True)
        record = train(net, train_set, test_set, iterations, batch_size, "SGD", 0.5)
        found[start] = {**record, "units": different_units(net)}
    return found


def hidden_unit_sweep(
    train_set: Digits,
    test_set: Digits,
    sizes: tuple[int, ...] = (10, 50, 200, 750),
    iterations: int = 2000,
    batch_size: int = 100,
) -> dict[str, list]:
    table = {"hidden": [], "parameters": [], "test_loss": [], "test_accuracy": []}
    for hidden in sizes:
        net = TwoLayers(hidden, logits=True)
        record = train(net, train_set, test_set, iterations=iterations, batch_size=batch_size)
        table["hidden"].append(hidden)
        table["parameters"].append(sum(one.nelement() for one in net.parameters()))
        for name in ("test_loss", "test_accuracy"):
            table[name].append(record[name][-1])
    return table


def five_layer_runs(
    train_set: Digits, test_set: Digits, iterations: int = 2000, batch_size: int = 100
) -> dict[str, dict]:
    runs = (
        ("sigmoid", "sigmoid", "random", "SGD", 0.5),
        ("relu", "relu", "random", "SGD", 0.5),
        ("zeros", "relu", "zeros", "SGD", 0.5),
        ("adam", "relu", "random", "Adam", 0.003),
    )
    found = {}
    for name, activation, start, optimizer, rate in runs:
        net = FiveLayers(activation, start, logits=True)
        found[name] = train(net, train_set, test_set, iterations, batch_size, optimizer, rate)
    return found


def constant_against_falling(
    train_set: Digits, test_set: Digits, iterations: int = 6000, batch_size: int = 100
) -> dict[str, dict]:
    found = {}
    for name, schedule in (("constant", None), ("falling", learning_rate)):
        settings = {"optimizer": "Adam", "rate": 0.003, "schedule": schedule}
        found[name] = train(ConvNet(), train_set, test_set, iterations, batch_size, **settings)
    return found


def nan_counts(Z: torch.Tensor, Y: torch.Tensor) -> dict[str, float]:
    rows = torch.arange(len(Y))
    found = {"zeros": int((F.softmax(Z, dim=1) == 0).sum())}
    for name in ("probabilities", "logits"):
        scores = Z.detach().clone().requires_grad_(True)
        if name == "logits":
            loss = F.cross_entropy(scores, Y)
        else:
            loss = (-torch.log(F.softmax(scores, dim=1)))[rows, Y].mean()
        (slope,) = torch.autograd.grad(loss, scores)
        found[f"loss_of_{name}"] = loss.item()
        found[f"nan_of_{name}"] = int(slope.isnan().sum())
    return found


def overfitting(record: dict[str, list]) -> dict[str, float]:
    best = 0
    losses = record["test_loss"]
    for place, loss in enumerate(losses):
        if loss < losses[best]:
            best = place
    return {"iteration": record["test_iterations"][best], "rise": losses[-1] - losses[best]}
