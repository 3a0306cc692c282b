"""Figures that somebody else can read. Each function returns the axes that it drew on."""

import matplotlib.pyplot as plt
import numpy as np
from torch import nn


def plot_curves(curves, xlabel, ylabel, every=1):
    """Draw one line for each curve, with a legend that names them.

    The first value of a curve stands at x = every, the second at 2 * every, and so on.

    :param curves: dict: name -> values (T,)
    :param every: steps from one value to the next
    :return: the Axes, with both labels
    """
    # BEGIN SOLUTION
    _, axes = plt.subplots()
    for name, values in curves.items():
        values = np.asarray(values)
        axes.plot(every * np.arange(1, len(values) + 1), values, label=name)
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
    axes.legend()
    return axes
    # END SOLUTION


def weight_heat_map(model, names):
    """Draw the weights of the first Linear layer as an image, with a colour bar.

    A row is a unit and a column an input; each column has its input's name as a tick label, and
    both axes have a label. The colour scale has 0 in its middle.

    :param model: an nn.Sequential that begins with Linear(D, H)
    :param names: the inputs' names, D strings
    :return: the Axes
    """
    # BEGIN SOLUTION
    first = next(layer for layer in model if isinstance(layer, nn.Linear))
    weight = first.weight.detach().numpy()  # (H, D)
    limit = float(np.abs(weight).max()) or 1.0
    figure, axes = plt.subplots()
    image = axes.imshow(weight, cmap="coolwarm", vmin=-limit, vmax=limit)
    axes.set_xticks(range(len(names)), names, rotation=60, ha="right")
    axes.set_xlabel("input")
    axes.set_ylabel("unit")
    figure.colorbar(image, label="weight")
    return axes
    # END SOLUTION


def show_digits(images, labels):
    """Draw digits side by side, in grey, each with its label as title.

    :param images: (N, 1, H, W), values in [0, 1]
    :param labels: (N,) integers
    :return: a list of N Axes
    """
    # BEGIN SOLUTION
    _, grid = plt.subplots(1, len(images), squeeze=False, figsize=(1.2 * len(images), 1.6))
    for axes, image, label in zip(grid[0], images, labels, strict=True):
        axes.imshow(np.asarray(image)[0], cmap="gray", vmin=0, vmax=1)
        axes.set_title(str(int(label)))
        axes.set_axis_off()
    return list(grid[0])
    # END SOLUTION


def plot_sweep(probabilities, accuracies):
    """Draw accuracy over dropout probability, one marked point for each, with labelled axes.

    :param probabilities: (K,) values in [0, 1]
    :param accuracies: (K,) values in [0, 1]
    :return: the Axes
    """
    # BEGIN SOLUTION
    _, axes = plt.subplots()
    axes.plot(probabilities, accuracies, marker="o")
    axes.set_xlabel("dropout probability")
    axes.set_ylabel("accuracy after one epoch")
    return axes
    # END SOLUTION
