"""The figures: learning curves, overfitting, and a hundred digits with their predictions."""

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes


def plot_loss(record: dict[str, list]) -> Axes:
    """Draw cross-entropy over iterations: a line "training" and a line "test", with a legend.

    :param record: what `training.train` returned
    :return: the axes of a new figure, both of them labelled
    """
    fig, ax = plt.subplots()
    ax.plot(record["train_iterations"], record["train_loss"], label="training")
    ax.plot(record["test_iterations"], record["test_loss"], label="test")
    ax.set_xlabel("iterations")
    ax.set_ylabel("loss")
    ax.legend()
    return ax


def plot_accuracy(record: dict[str, list]) -> Axes:
    """Draw accuracy over iterations: a line "training" and a line "test", with a legend.

    :param record: what `training.train` returned
    :return: the axes of a new figure, both of them labelled
    """
    fig, ax = plt.subplots()
    ax.plot(record["train_iterations"], record["train_accuracy"], "b", label="training")
    ax.plot(record["test_iterations"], record["test_accuracy"], "r", label="test")
    ax.set_ylim(0, 1)
    ax.set_xlabel("iterations")
    ax.set_ylabel("accuracy")
    ax.legend()
    return ax


def plot_overfitting(record: dict[str, list]) -> Axes:
    """Draw cross-entropy as `plot_loss` does, on a logarithmic scale, and mark the best test loss.

    The mark is a vertical line (`axes.axvline`) at the iteration where the loss on test data was
    smallest.

    :return: the axes of a new figure
    """
    fig, ax = plt.subplots()
    ax.semilogy(record["train_iterations"], record["train_loss"], label="training")
    ax.semilogy(record["test_iterations"], record["test_loss"], label="test")
    losses = torch.tensor(record["test_loss"])
    ax.axvline(record["test_iterations"][losses.argmin()], color="k", ls="--")
    ax.set_xlabel("iterations")
    ax.set_ylabel("loss")
    ax.legend()
    return ax


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
    n = len(images)
    rows = -(-n // columns)
    blank = torch.zeros(rows * columns - n, 28, 28)
    tiles = torch.cat([images.squeeze(1), blank]).view(rows, columns, 28, 28)
    picture = tiles.permute(0, 2, 1, 3).reshape(rows * 28, columns * 28)
    fig, ax = plt.subplots(figsize=(10, 10))
    ax.imshow(picture, cmap="gray")
    for i in range(n):
        colour = "black" if predictions[i] == labels[i] else "red"
        ax.text(i % columns * 28, i // columns * 28, str(predictions[i].item()), color=colour)
    return ax
