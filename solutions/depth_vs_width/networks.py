"""Your networks, and how each of them is trained."""

from torch import nn


def network_100():
    """Return a network with at most 100 hidden units.

    Layers: Flatten, Linear, ReLU, Softmax, Dropout. It takes images of MNIST and gives scores
    (N, 10); the last layer is Linear, because the loss is cross-entropy on scores.
    """
    # BEGIN SOLUTION
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 100), nn.ReLU(), nn.Dropout(0.1), nn.Linear(100, 10)
    )
    # END SOLUTION


def network_200():
    """Return one with at most 200 hidden units in at least 2 hidden layers; the same layers."""
    # BEGIN SOLUTION
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 170),
        nn.ReLU(),
        nn.Dropout(0.3),
        nn.Linear(170, 30),
        nn.ReLU(),
        nn.Linear(30, 10),
    )
    # END SOLUTION


def network_1000():
    """Return one with at most 1000 hidden units in at least 3 hidden layers; the same layers."""
    # BEGIN SOLUTION
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 512),
        nn.ReLU(),
        nn.Dropout(0.3),
        nn.Linear(512, 256),
        nn.ReLU(),
        nn.Dropout(0.3),
        nn.Linear(256, 128),
        nn.ReLU(),
        nn.Dropout(0.2),
        nn.Linear(128, 10),
    )
    # END SOLUTION


def cnn():
    """Return a convolutional network of fewer than 1,000,000 parameters.

    Layers: Linear, Conv2d, MaxPool2d, BatchNorm2d, Dropout, ReLU, Softmax, Flatten; at least one
    Dropout and one BatchNorm2d. Inputs, outputs and the last layer as above.
    """
    # BEGIN SOLUTION
    return nn.Sequential(
        nn.Conv2d(1, 16, kernel_size=5, stride=2),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.Conv2d(16, 32, kernel_size=3),
        nn.MaxPool2d(2),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.Flatten(),
        nn.Dropout(0.3),
        nn.Linear(800, 10),
    )
    # END SOLUTION


def recipe(name):
    """Return how one of these networks is trained; the grader trains it in just this way.

    The loss is cross-entropy. For the CNN, epochs are 10 and the batch size is 32.

    :param name: "network_100", "network_200", "network_1000" or "cnn"
    :return: dict with "optimizer" ("Adam", "AdamW", "RMSprop" or "SGD"), "learning_rate", "epochs"
        and "batch_size", and, where you want them, "momentum", "weight_decay" and "seeds" (a list
        of 1 to 10 different integers, none negative)
    """
    # BEGIN SOLUTION
    recipes = {
        "network_100": {"learning_rate": 1e-3, "batch_size": 32},
        "network_200": {"learning_rate": 1e-3, "batch_size": 64, "epochs": 20},
        "network_1000": {"learning_rate": 1e-3, "batch_size": 128, "epochs": 20},
        "cnn": {"learning_rate": 1e-3, "batch_size": 32},
    }
    return {"optimizer": "Adam", "epochs": 10, **recipes[name]}
    # END SOLUTION
