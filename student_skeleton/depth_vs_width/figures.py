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
    raise NotImplementedError("plot_curves is yours to write")


def weight_heat_map(model, names):
    """Draw the weights of the first Linear layer as an image, with a colour bar.

    A row is a unit and a column an input; each column has its input's name as a tick label, and
    both axes have a label. The colour scale has 0 in its middle.

    :param model: an nn.Sequential that begins with Linear(D, H)
    :param names: the inputs' names, D strings
    :return: the Axes
    """
    raise NotImplementedError("weight_heat_map is yours to write")


def show_digits(images, labels):
    """Draw digits side by side, in grey, each with its label as title.

    :param images: (N, 1, H, W), values in [0, 1]
    :param labels: (N,) integers
    :return: a list of N Axes
    """
    raise NotImplementedError("show_digits is yours to write")


def plot_sweep(probabilities, accuracies):
    """Draw accuracy over dropout probability, one marked point for each, with labelled axes.

    :param probabilities: (K,) values in [0, 1]
    :param accuracies: (K,) values in [0, 1]
    :return: the Axes
    """
    raise NotImplementedError("plot_sweep is yours to write")
