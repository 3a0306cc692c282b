"""The loops of training and evaluation, for every network of this assignment."""

import torch
from torch import nn


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
    losses = []
    for epoch in range(recipe["epochs"]):
        model.train()
        total, count = 0.0, 0
        for inputs, labels in loader:
            optimizer.zero_grad()
            loss = loss_function(model(inputs), labels)
            loss.backward()
            optimizer.step()
            total += loss.item() * inputs.size(0)
            count += inputs.size(0)
        losses.append(total / count)
    return losses


def predict(model, loader):
    """Return the predicted and the true classes of all samples, in the loader's order.

    The network is in evaluation mode, and nothing about it is changed by being asked.

    :param model: gives a score for each class, (N, C)
    :param loader: batches of (inputs, labels)
    :return: (predictions, labels): two tensors (N,) of int64
    """
    was_training = model.training
    model.eval()
    predictions, true = torch.LongTensor(), torch.LongTensor()
    with torch.no_grad():
        for inputs, labels in loader:
            predictions = torch.cat((predictions, model(inputs).topk(1).indices[:, 0]))
            true = torch.cat((true, labels))
    model.train(was_training)
    return predictions, true


def evaluate(model, loader, loss_function=nn.functional.cross_entropy):
    """Measure a network in evaluation mode; nothing about it is changed by that.

    :param model: gives a score for each class, (N, C)
    :param loader: batches of (inputs, labels)
    :param loss_function: as for `train`
    :return: (loss, accuracy), two floats: the mean loss and the fraction of right predictions, both
        over all *samples*
    """
    was_training = model.training
    model.eval()
    loss, right, count = 0.0, 0, 0
    with torch.no_grad():
        for inputs, labels in loader:
            outputs = model(inputs)
            loss += loss_function(outputs, labels).item() * labels.numel()
            right += int((outputs.argmax(1) == labels).sum())
            count += labels.numel()
    if was_training:
        model.train()
    return loss / count, right / count
