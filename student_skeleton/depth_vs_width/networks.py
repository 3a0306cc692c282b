"""Your networks, and how each of them is trained."""

from torch import nn


def network_100():
    """Return a network with at most 100 hidden units.

    Layers: Flatten, Linear, ReLU, Softmax, Dropout. It takes images of MNIST and gives scores
    (N, 10); the last layer is Linear, because the loss is cross-entropy on scores.
    """
    raise NotImplementedError("network_100 is yours to write")


def network_200():
    """Return one with at most 200 hidden units in at least 2 hidden layers; the same layers."""
    raise NotImplementedError("network_200 is yours to write")


def network_1000():
    """Return one with at most 1000 hidden units in at least 3 hidden layers; the same layers."""
    raise NotImplementedError("network_1000 is yours to write")


def cnn():
    """Return a convolutional network of fewer than 1,000,000 parameters.

    Layers: Linear, Conv2d, MaxPool2d, BatchNorm2d, Dropout, ReLU, Softmax, Flatten; at least one
    Dropout and one BatchNorm2d. Inputs, outputs and the last layer as above.
    """
    raise NotImplementedError("cnn is yours to write")


def recipe(name):
    """Return how one of these networks is trained; the grader trains it in just this way.

    The loss is cross-entropy. For the CNN, epochs are 10 and the batch size is 32.

    :param name: "network_100", "network_200", "network_1000" or "cnn"
    :return: dict with "optimizer" ("Adam", "AdamW", "RMSprop" or "SGD"), "learning_rate", "epochs"
        and "batch_size", and, where you want them, "momentum", "weight_decay" and "seeds" (a list
        of 1 to 10 different integers, none negative)
    """
    raise NotImplementedError("recipe is yours to write")
