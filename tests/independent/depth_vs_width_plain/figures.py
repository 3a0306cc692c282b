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
    plt.figure()
    for name in curves:
        x = [every * (i + 1) for i in range(len(curves[name]))]
        plt.plot(x, curves[name], label=name)
    plt.xlabel(xlabel)
    plt.ylabel(ylabel)
    plt.legend()
    plt.grid(True)
    return plt.gca()


def weight_heat_map(model, names):
    """Draw the weights of the first Linear layer as an image, with a colour bar.

    A row is a unit and a column an input; each column has its input's name as a tick label, and
    both axes have a label. The colour scale has 0 in its middle.

    :param model: an nn.Sequential that begins with Linear(D, H)
    :param names: the inputs' names, D strings
    :return: the Axes
    """
    W = model[0].weight.detach().numpy()
    limit = abs(W).max()
    plt.figure()
    plt.imshow(W, cmap="coolwarm", vmin=-limit, vmax=limit)
    plt.colorbar()
    plt.xticks(np.arange(len(names)), names, rotation=90)
    plt.yticks(np.arange(len(W)))
    plt.xlabel("inputs")
    plt.ylabel("hidden units")
    return plt.gca()


def show_digits(images, labels):
    """Draw digits side by side, in grey, each with its label as title.

    :param images: (N, 1, H, W), values in [0, 1]
    :param labels: (N,) integers
    :return: a list of N Axes
    """
    plt.figure(figsize=(2 * len(images), 2))
    drawn = []
    for i in range(len(images)):
        ax = plt.subplot(1, len(images), i + 1)
        ax.imshow(images[i][0], cmap="gray")
        ax.set_title(str(labels[i].item()))
        ax.set_xticks([])
        ax.set_yticks([])
        drawn.append(ax)
    return drawn


def plot_sweep(probabilities, accuracies):
    """Draw accuracy over dropout probability, one marked point for each, with labelled axes.

    :param probabilities: (K,) values in [0, 1]
    :param accuracies: (K,) values in [0, 1]
    :return: the Axes
    """
    fig, ax = plt.subplots()
    ax.plot(probabilities, accuracies, marker="o")
    ax.set_ylim(0, 1)
    ax.set_xlabel("p")
    ax.set_ylabel("accuracy")
    ax.set_title("Dropout")
    return ax
