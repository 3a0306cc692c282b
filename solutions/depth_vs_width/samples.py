"""Sample networks to start from, which run but do not reach what is asked, and small ones to try.

The tests use them too: leave them as they are.
"""

import torch
from torch import nn


def sample_dense(inputs=784, hidden=20, classes=10, p=0.5):
    """Return a network with one hidden layer."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(inputs, hidden),
        nn.ReLU(),
        nn.Dropout(p),
        nn.Linear(hidden, classes),
    )


def sample_cnn(p=0.5):
    """Return a convolutional network for images of MNIST."""
    features = nn.Sequential(
        nn.Conv2d(1, 8, kernel_size=3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(p),
        nn.Conv2d(8, 8, kernel_size=3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(p),
        nn.Flatten(),
    )
    size = features(torch.zeros(1, 1, 28, 28)).shape[1]  # how many numbers an image has become
    return nn.Sequential(*features, nn.Linear(size, 64), nn.ReLU(), nn.Linear(64, 10))


def small_relu():
    """Return a network with two hidden layers of ReLU units for points (N, 2)."""
    return nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 1))


def small_sigmoid():
    """Return a network with one hidden layer of sigmoid units for points (N, 2)."""
    return nn.Sequential(nn.Linear(2, 3), nn.Sigmoid(), nn.Linear(3, 1))


def small_linear(softmax=False):
    """Return three linear layers for samples (N, 4), with or without a Softmax at the end."""
    layers = [nn.Linear(4, 3), nn.Linear(3, 5), nn.Linear(5, 2)]
    return nn.Sequential(*layers, *([nn.Softmax(dim=1)] if softmax else []))


def small_cnn():
    """Return a network for images (N, 1, 4, 4) with batch normalisation and two dropouts."""
    return nn.Sequential(
        nn.Sequential(
            nn.Conv2d(1, 2, kernel_size=3), nn.BatchNorm2d(2), nn.ReLU(), nn.Dropout(0.5)
        ),
        nn.Flatten(),
        nn.Linear(8, 4),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(4, 3),
    )


def squared_error(outputs, labels):
    """Return the mean over samples of the squared distance from the one-hot labels."""
    wanted = nn.functional.one_hot(labels, outputs.shape[1])
    return ((outputs - wanted) ** 2).sum(dim=1).mean()
