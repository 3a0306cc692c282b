"""A linear classifier: quick to train, and what a convolutional network has to beat. Given."""

from torch import nn


class LinearNet(nn.Module):
    """Every pixel is an input of every class: (N, channels, side, side) -> (N, classes).

    `dropout` switches that part of the pixels off, in training only.
    """

    def __init__(self, channels=3, side=32, classes=10, dropout=0.0):
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(channels * side * side, classes)

    def forward(self, x):
        return self.fc(self.dropout(x.flatten(1)))
