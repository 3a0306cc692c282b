"""The four networks, made of blocks."""

from itertools import pairwise

from torch import nn


def dense(*sizes, p=0.2):
    """Flatten, blocks of Linear, ReLU and Dropout, and a Linear layer at the end."""
    *hidden, last = pairwise(sizes)
    blocks = (nn.Sequential(nn.Linear(*pair), nn.ReLU(), nn.Dropout(p)) for pair in hidden)
    return nn.Sequential(nn.Flatten(), *blocks, nn.Linear(*last))


def network_100():
    return dense(784, 100, 10, p=0.1)


def network_200():
    return dense(784, 140, 60, 10, p=0.15)


def network_1000():
    return dense(784, 600, 300, 100, 10, p=0.3)


def convolution(inputs, outputs):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel_size=3, padding="same", bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
    )


def cnn():
    head = nn.Sequential(nn.Linear(64 * 7 * 7, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10))
    return nn.Sequential(convolution(1, 32), convolution(32, 64), nn.Flatten(), *head)


def recipe(name):
    return {
        "network_100": dict(
            optimizer="Adam", learning_rate=1e-3, epochs=25, batch_size=64, seeds=[3, 1, 4]
        ),
        "network_200": dict(optimizer="AdamW", learning_rate=1e-3, epochs=30, batch_size=64),
        "network_1000": dict(
            optimizer="Adam", learning_rate=5e-4, epochs=30, batch_size=100, weight_decay=0
        ),
        "cnn": dict(
            optimizer="SGD", learning_rate=0.02, momentum=0.9, epochs=10, batch_size=32
        ),
    }[name]
