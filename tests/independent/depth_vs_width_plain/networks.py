"""Your networks, and how each of them is trained."""

from torch import nn


def network_100():
    """Return a network with at most 100 hidden units.

    Layers: Flatten, Linear, ReLU, Softmax, Dropout. It takes images of MNIST and gives scores
    (N, 10); the last layer is Linear, because the loss is cross-entropy on scores.
    """
    return nn.Sequential(nn.Flatten(), nn.Linear(28 * 28, 100), nn.ReLU(), nn.Linear(100, 10))


def network_200():
    """Return one with at most 200 hidden units in at least 2 hidden layers; the same layers."""
    network = nn.Sequential()
    network.add_module("flatten", nn.Flatten())
    network.add_module("hidden1", nn.Linear(784, 128))
    network.add_module("relu1", nn.ReLU())
    network.add_module("hidden2", nn.Linear(128, 72))
    network.add_module("relu2", nn.ReLU())
    network.add_module("out", nn.Linear(72, 10))
    return network


def network_1000():
    """Return one with at most 1000 hidden units in at least 3 hidden layers; the same layers."""
    layers = [nn.Flatten()]
    before = 784
    for units in (512, 256, 128):
        layers += [nn.Linear(before, units), nn.ReLU(), nn.Dropout(0.25)]
        before = units
    layers.append(nn.Linear(before, 10))
    return nn.Sequential(*layers)


def cnn():
    """Return a convolutional network of fewer than 1,000,000 parameters.

    Layers: Linear, Conv2d, MaxPool2d, BatchNorm2d, Dropout, ReLU, Softmax, Flatten; at least one
    Dropout and one BatchNorm2d. Inputs, outputs and the last layer as above.
    """
    return nn.Sequential(
        nn.Conv2d(1, 16, (5, 5), padding=(2, 2)),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.MaxPool2d((2, 2), stride=(2, 2)),
        nn.Conv2d(16, 32, 5),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(),
        nn.Flatten(),
        nn.Linear(32 * 5 * 5, 100),
        nn.ReLU(),
        nn.Linear(100, 10),
    )


def recipe(name):
    """Return how one of these networks is trained; the grader trains it in just this way.

    The loss is cross-entropy. For the CNN, epochs are 10 and the batch size is 32.

    :param name: "network_100", "network_200", "network_1000" or "cnn"
    :return: dict with "optimizer" ("Adam", "AdamW", "RMSprop" or "SGD"), "learning_rate", "epochs"
        and "batch_size", and, where you want them, "momentum", "weight_decay" and "seeds" (a list
        of at most 10 integers)
    """
    settings = {"optimizer": "Adam", "learning_rate": 0.001, "epochs": 30, "batch_size": 50}
    if name == "cnn":
        settings["epochs"] = 10
        settings["batch_size"] = 32
    return settings
