"""Figures that somebody else can read."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import CenteredNorm
from torch import nn


def plot_curves(curves, xlabel, ylabel, every=1):
    _, axes = plt.subplots()
    for name, values in curves.items():
        values = np.asarray(values)
        axes.plot(every * np.arange(1, values.size + 1), values, label=name)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.legend()
    return axes


def weight_heat_map(model, names):
    weights = next(layer for layer in model if isinstance(layer, nn.Linear)).weight.detach()
    figure, axes = plt.subplots(figsize=(2 + len(names) / 2, 4))
    image = axes.matshow(weights.numpy(), cmap="PiYG", norm=CenteredNorm(0), aspect="auto")
    axes.set_xticks(range(len(names)), names, rotation=60, ha="left")
    axes.set(xlabel="input", ylabel="unit")
    figure.colorbar(image, ax=axes, label="weight")
    return axes


def show_digits(images, labels):
    _, grid = plt.subplots(1, len(labels), squeeze=False, figsize=(1.2 * len(labels), 1.6))
    for axes, image, label in zip(grid.flat, images, labels):
        axes.imshow(image.squeeze(0), cmap="gray_r", vmin=0, vmax=1)
        axes.set_title(int(label))
        axes.axis("off")
    return list(grid.flat)


def plot_sweep(probabilities, accuracies):
    axes = plt.figure().gca()
    axes.plot(probabilities, accuracies, "D:")
    axes.set_xlabel("probability of dropout")
    axes.set_ylabel("accuracy after one epoch")
    return axes
