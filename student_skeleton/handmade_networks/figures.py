"""The figures: learning curves, overfitting, and a hundred digits with their predictions."""

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes


def plot_loss(record: dict[str, list]) -> Axes:
    """Draw cross-entropy over iterations: a line "training" and a line "test", with a legend.

    :param record: what `training.train` returned
    :return: the axes of a new figure, both of them labelled
    """
    raise NotImplementedError("plot_loss is yours to write")


def plot_accuracy(record: dict[str, list]) -> Axes:
    """Draw accuracy over iterations: a line "training" and a line "test", with a legend.

    :param record: what `training.train` returned
    :return: the axes of a new figure, both of them labelled
    """
    raise NotImplementedError("plot_accuracy is yours to write")


def plot_overfitting(record: dict[str, list]) -> Axes:
    """Draw cross-entropy as `plot_loss` does, on a logarithmic scale, and mark the best test loss.

    The mark is a vertical line (`axes.axvline`) at the iteration where the loss on test data was
    smallest.

    :return: the axes of a new figure
    """
    raise NotImplementedError("plot_overfitting is yours to write")


def plot_digits(
    images: torch.Tensor, predictions: torch.Tensor, labels: torch.Tensor, columns: int = 10
) -> Axes:
    """Draw images row by row, `columns` in a row, each with its predicted class.

    The classes are texts (`axes.text`) in the order of the images, black where the prediction is
    right and red where it is wrong. The images form one picture, drawn by a single `imshow` with
    the colour map "gray": the first 28 pixels of its first 28 rows are the first image. The last
    row is filled up with zeros.

    :param images: (N, 1, 28, 28)
    :param predictions: classes (N,)
    :param labels: true classes (N,)
    :return: the axes of a new figure
    """
    raise NotImplementedError("plot_digits is yours to write")
