"""The figures."""

import figures
import torch
from studentkit import assert_close, task
from studentkit.figures import figure_of

RECORD = {
    "train_iterations": [0, 10, 20, 30],
    "train_loss": [2.3, 0.9, 0.5, 0.2],
    "train_accuracy": [0.1, 0.6, 0.8, 0.9],
    "test_iterations": [0, 20, 30, 40],
    "test_loss": [2.25, 0.7, 0.45, 0.6],
    "test_accuracy": [0.125, 0.7, 0.85, 0.8],
}


def lines_of(axes):
    """Return the labelled lines by label."""
    return {line.label: line for line in axes.lines if line.label}


def check_curves(axes, name):
    """Compare the lines of one quantity, and look for labels and a legend."""
    lines = lines_of(axes)
    for label, part in (("training", "train"), ("test", "test")):
        assert label in lines, f'no line is labelled "{label}"'
        assert_close(lines[label].x, RECORD[f"{part}_iterations"], f"the x of {label}")
        assert_close(lines[label].y, RECORD[f"{part}_{name}"], f"the y of {label}")
    assert axes.xlabel and axes.ylabel, "label both axes"
    assert set(axes.legend) >= {"training", "test"}, "a legend names both lines"


@task("figures")
def test_the_loss_is_drawn_over_iterations():
    """plot_loss draws training and test loss, each at its own iterations, with labels."""
    [axes] = figure_of(figures.plot_loss(RECORD), "plot_loss").axes
    check_curves(axes, "loss")


@task("figures")
def test_the_accuracy_is_drawn_over_iterations():
    """plot_accuracy draws training and test accuracy, each at its own iterations, with labels."""
    [axes] = figure_of(figures.plot_accuracy(RECORD), "plot_accuracy").axes
    check_curves(axes, "accuracy")


@task("figures")
def test_wrong_predictions_are_red():
    """plot_digits writes each prediction, black where it is right and red where it is wrong."""
    images = torch.rand(4, 1, 28, 28, generator=torch.Generator().manual_seed(2))
    predictions, labels = torch.tensor([7, 1, 0, 3]), torch.tensor([7, 2, 0, 5])
    drawn = figures.plot_digits(images, predictions, labels, columns=2)
    [axes] = figure_of(drawn, "plot_digits").axes
    assert [text.text for text in axes.texts] == ["7", "1", "0", "3"], "the predictions in order"
    colors = ["#000000", "#ff0000", "#000000", "#ff0000"]
    assert [text.color for text in axes.texts] == colors, "black for right, red for wrong"


@task("overfitting")
def test_the_best_iteration_is_marked():
    """plot_overfitting draws both losses on a logarithmic scale and marks the best test loss."""
    [axes] = figure_of(figures.plot_overfitting(RECORD), "plot_overfitting").axes
    check_curves(axes, "loss")
    assert axes.yscale == "log", f"the y axis is {axes.yscale}"
    marks = [line for line in axes.lines if len(line.x) == 2 and line.x[0] == line.x[1]]
    assert [line.x[0] for line in marks] == [30], "one vertical line at the best iteration"
