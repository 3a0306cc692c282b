"""The loops of training and evaluation, for every network of this assignment."""

import contextlib
import math

import torch
from torch import nn


@contextlib.contextmanager
def asked(model):
    """Evaluation mode without gradients; afterwards every part is in the mode it was in."""
    modes = [(part, part.training) for part in model.modules()]
    try:
        model.eval()
        with torch.no_grad():
            yield
    finally:
        for part, mode in modes:
            part.training = mode


def _answers(model, loader):
    with asked(model):
        scores, labels = zip(*((model(inputs), labels) for inputs, labels in loader))
    return torch.cat(scores), torch.cat(labels)


def _epoch(model, loader, optimizer, loss_function):
    """Make the updates of an epoch; yield how many samples a batch has, and their mean loss."""
    for inputs, labels in loader:
        loss = loss_function(model(inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield len(labels), float(loss)


def make_optimizer(model, recipe):
    """Return the optimizer that a recipe names, for the parameters of `model`.

    :param recipe: dict with "optimizer" ("Adam", "AdamW", "RMSprop" or "SGD") and "learning_rate",
        and perhaps "momentum" (RMSprop, SGD) and "weight_decay"
    """
    kinds = {"Adam", "AdamW", "RMSprop", "SGD"}
    if recipe["optimizer"] not in kinds:
        raise ValueError(f"the optimizer must be one of {', '.join(sorted(kinds))}")
    options = {"lr": recipe["learning_rate"], "weight_decay": recipe.get("weight_decay", 0.0)}
    if recipe["optimizer"] in ("RMSprop", "SGD"):
        options["momentum"] = recipe.get("momentum", 0.0)
    return getattr(torch.optim, recipe["optimizer"])(model.parameters(), **options)


def train(model, loader, recipe, loss_function=nn.functional.cross_entropy):
    """Train a network for `recipe["epochs"]` epochs, with one optimizer made by `make_optimizer`.

    The network is in training mode, whatever it was in before. Each batch makes one update with
    the gradient of its own mean loss.

    :param model: a module
    :param loader: batches of (inputs, labels); it can be gone through repeatedly
    :param recipe: dict as `networks.recipe` returns it
    :param loss_function: loss_function(model(inputs), labels) is the mean loss of a batch
    :return: a list of floats, one for each epoch: the mean over its *samples* of the loss that was
        met, each batch before its update
    """
    optimizer = make_optimizer(model, recipe)
    model.train()
    history = []
    for _ in range(recipe["epochs"]):
        sizes, losses = zip(*_epoch(model, loader, optimizer, loss_function))
        weighted = (size * loss for size, loss in zip(sizes, losses))
        history.append(math.fsum(weighted) / sum(sizes))
    return history


def predict(model, loader):
    """Return the predicted and the true classes of all samples, in the loader's order.

    The network is in evaluation mode, and nothing about it is changed by being asked.

    :param model: gives a score for each class, (N, C)
    :param loader: batches of (inputs, labels)
    :return: (predictions, labels): two tensors (N,) of int64
    """
    scores, labels = _answers(model, loader)
    return torch.max(scores, dim=-1).indices, labels


def evaluate(model, loader, loss_function=nn.functional.cross_entropy):
    """Measure a network in evaluation mode; nothing about it is changed by that.

    :param model: gives a score for each class, (N, C)
    :param loader: batches of (inputs, labels)
    :param loss_function: as for `train`
    :return: (loss, accuracy), two floats: the mean loss and the fraction of right predictions, both
        over all *samples*
    """
    scores, labels = _answers(model, loader)
    right = torch.count_nonzero(torch.max(scores, dim=-1).indices == labels)
    return loss_function(scores, labels).item(), right.item() / len(labels)
