"""The figures: learning curves, overfitting, and a hundred digits with their predictions."""

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes


def _curves(record, name, ylabel):
    plt.figure()
    for part, label, marker in (("test", "test", "s"), ("train", "training", "")):
        x, y = record[part + "_iterations"], record[part + "_" + name]
        plt.plot(x, y, label=label, marker=marker, alpha=0.8)
    plt.xlabel("iteration $t$")
    plt.ylabel(ylabel)
    plt.legend(loc="best")
    return plt.gca()


def plot_loss(record: dict[str, list]) -> Axes:
    return _curves(record, "loss", "cross-entropy")


def plot_accuracy(record: dict[str, list]) -> Axes:
    return _curves(record, "accuracy", "share of right answers")


def plot_overfitting(record: dict[str, list]) -> Axes:
    axes = plot_loss(record)
    axes.set_yscale("log")
    smallest = min(record["test_loss"])
    best = record["test_iterations"][record["test_loss"].index(smallest)]
    axes.axvline(best, color="grey", linestyle=":", label=f"best: t = {best}")
    axes.legend()
    return axes


def plot_digits(
    images: torch.Tensor, predictions: torch.Tensor, labels: torch.Tensor, columns: int = 10
) -> Axes:
    rows = (len(images) + columns - 1) // columns
    picture = torch.zeros(28 * rows, 28 * columns)
    axes = plt.figure(figsize=(columns, rows)).add_axes((0, 0, 1, 1))
    for number in range(len(images)):
        top, left = 28 * (number // columns), 28 * (number % columns)
        picture[top : top + 28, left : left + 28] = images[number, 0]
        guess = int(predictions[number])
        color = "k" if guess == int(labels[number]) else "r"
        box = {"facecolor": "white", "pad": 1, "linewidth": 0}
        axes.text(left + 2, top + 6, guess, color=color, bbox=box)
    axes.imshow(picture, cmap="gray")
    axes.set_axis_off()
    return axes
