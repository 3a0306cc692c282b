"""Mini-batches, the loop that trains, and what it writes down on the way."""

from collections.abc import Callable

import torch
from losses import accuracy
from schedule import set_learning_rate
from torch import nn
from torch.nn import functional as F

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
Digits = tuple[torch.Tensor, torch.Tensor]  # images (N, 1, 28, 28), labels (N,)


def batches(count: int, batch_size: int) -> list[torch.Tensor]:
    """Return which samples form the batches of one epoch, in an order that chance decides.

    Each of the `count` samples is in exactly one batch. Where `batch_size` does not divide
    `count`, the last batch is short.

    :return: a list of index tensors, int64, (batch_size,)
    """
    indices = torch.randperm(count)
    return [indices[i : i + batch_size] for i in range(0, count, batch_size)]


def make_optimizer(net: nn.Module, optimizer: str, rate: float) -> torch.optim.Optimizer:
    """Return torch's "SGD" or "Adam" for all parameters of `net`, with the learning rate `rate`."""
    if optimizer == "Adam":
        return torch.optim.Adam(net.parameters(), lr=rate)
    return torch.optim.SGD(net.parameters(), lr=rate)


def evaluate(net: nn.Module, digits: Digits, loss: Loss = F.cross_entropy) -> tuple[float, float]:
    """Return loss and accuracy of `net` on `digits`, as plain floats, without any gradient.

    The network is measured in evaluation mode, and is in training mode again afterwards.
    """
    net.eval()
    with torch.no_grad():
        G = net(digits[0])
        result = loss(G, digits[1]).item(), accuracy(G, digits[1])
    net.train()
    return result


def train(
    net: nn.Module,
    train_set: Digits,
    test_set: Digits,
    iterations: int = 2000,
    batch_size: int = 100,
    optimizer: str = "SGD",
    rate: float = 0.5,
    loss: Loss = F.cross_entropy,
    schedule: Callable[[int], float] | None = None,
) -> dict[str, list]:
    """Train `net` for `iterations` steps and return what was measured on the way.

    Iterations are counted t = 0, 1, 2, ... Each makes one step on one batch; when an epoch is
    over, the next begins with new batches. With a `schedule`, iteration t is made with the rate
    `schedule(t)`.

    Written down, always *before* the step of iteration t: loss and accuracy on the current batch
    for t = 0, 10, 20, ...; loss and accuracy on the whole test set for t = 0, 100, 200, ...
    When all steps are made, the test set is measured once more, as t = `iterations`.

    :param optimizer: "SGD" or "Adam"
    :param loss: of (outputs, labels), the mean over the batch
    :return: lists of plain numbers, by name: "train_iterations", "train_loss", "train_accuracy",
        "test_iterations", "test_loss", "test_accuracy"
    """
    names = ("iterations", "loss", "accuracy")
    record = {f"{part}_{name}": [] for part in ("train", "test") for name in names}

    def note(part: str, t: int, measured: tuple[float, float]) -> None:
        for name, value in zip(names, (t, *measured), strict=True):
            record[f"{part}_{name}"].append(value)

    opt = make_optimizer(net, optimizer, rate)
    t = 0
    while t < iterations:
        for index in batches(len(train_set[1]), batch_size):
            if t == iterations:
                break
            X, Y = train_set[0][index], train_set[1][index]
            if schedule:
                set_learning_rate(opt, schedule(t))
            if t % 100 == 0:
                note("test", t, evaluate(net, test_set, loss))
            opt.zero_grad()
            G = net(X)
            cost = loss(G, Y)
            if t % 10 == 0:
                note("train", t, (cost.item(), accuracy(G, Y)))
            cost.backward()
            opt.step()
            t += 1
    note("test", t, evaluate(net, test_set, loss))
    return record
