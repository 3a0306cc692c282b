"""The figures: learning curves, overfitting, and a hundred digits with their predictions."""

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes


def plot_loss(record: dict[str, list]) -> Axes:
    """Draw cross-entropy over iterations: a line "training" and a line "test", with a legend.

    :param record: what `training.train` returned
    :return: the axes of a new figure, both of them labelled
    """
    # BEGIN SOLUTION
    return _curves(record, "loss", "cross-entropy")
    # END SOLUTION


def plot_accuracy(record: dict[str, list]) -> Axes:
    """Draw accuracy over iterations: a line "training" and a line "test", with a legend.

    :param record: what `training.train` returned
    :return: the axes of a new figure, both of them labelled
    """
    # BEGIN SOLUTION
    return _curves(record, "accuracy", "accuracy")
    # END SOLUTION


def plot_overfitting(record: dict[str, list]) -> Axes:
    """Draw cross-entropy as `plot_loss` does, on a logarithmic scale, and mark the best test loss.

    The mark is a vertical line (`axes.axvline`) at the iteration where the loss on test data was
    smallest.

    :return: the axes of a new figure
    """
    # BEGIN SOLUTION
    axes = _curves(record, "loss", "cross-entropy")
    axes.set_yscale("log")
    best = min(range(len(record["test_loss"])), key=record["test_loss"].__getitem__)
    axes.axvline(record["test_iterations"][best], color="grey", linestyle="--")
    return axes
    # END SOLUTION


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
    # BEGIN SOLUTION
    rows = -(-len(images) // columns)
    picture = torch.zeros(rows * 28, columns * 28)
    _, axes = plt.subplots(figsize=(columns * 0.6 + 0.5, rows * 0.6 + 0.5))
    for number, image in enumerate(images):
        top, left = 28 * (number // columns), 28 * (number % columns)
        picture[top : top + 28, left : left + 28] = image[0]
        right = predictions[number] == labels[number]
        axes.text(
            left + 1,
            top + 1,
            str(int(predictions[number])),
            color="black" if right else "red",
            verticalalignment="top",
            backgroundcolor="white",
            fontsize=8,
        )
    axes.imshow(picture.numpy(), cmap="gray")
    axes.axis("off")
    return axes


def _curves(record, name, label):
    """Draw both lines of one quantity."""
    _, axes = plt.subplots()
    for part, title in (("train", "training"), ("test", "test")):
        axes.plot(record[f"{part}_iterations"], record[f"{part}_{name}"], label=title)
    axes.set_xlabel("iteration")
    axes.set_ylabel(label)
    axes.legend()
    return axes
    # END SOLUTION
