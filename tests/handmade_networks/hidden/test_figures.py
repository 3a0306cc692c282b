"""The figures: pixels, colours, marks."""

import figures
import torch
from studentkit import assert_close, task
from studentkit.figures import figure_of, is_grey

DRAW = torch.Generator().manual_seed(4)
RECORD = {
    "train_iterations": [0, 10, 20],
    "train_loss": [2.0, 1.0, 0.25],
    "train_accuracy": [0.25, 0.5, 1.0],
    "test_iterations": [0, 15, 25, 30, 50],
    "test_loss": [1.5, 0.5, 0.375, 0.75, 0.625],
    "test_accuracy": [0.2, 0.4, 0.7, 0.8, 0.6],
}


def named(axes, label):
    """Return the line with a label."""
    [line] = [line for line in axes.lines if line.label == label]
    return line


@task("figures")
def test_a_digit_is_where_its_number_says():
    """plot_digits puts images row by row into one picture and fills the last row with zeros."""
    images = torch.rand(5, 1, 28, 28, generator=DRAW)
    labels = torch.arange(5)
    [axes] = figure_of(figures.plot_digits(images, labels, labels, columns=3)).axes
    expected = torch.zeros(56, 84)
    for number, image in enumerate(images):
        top, left = 28 * (number // 3), 28 * (number % 3)
        expected[top : top + 28, left : left + 28] = image[0]
    [picture] = axes.images
    assert_close(picture.values, expected, "the picture")
    assert is_grey(picture.cmap), f"the colour map is {picture.cmap}, not a grey one"


@task("figures")
def test_a_hundred_digits_make_ten_rows():
    """plot_digits draws ten images in a row unless told otherwise, each with its prediction."""
    images = torch.rand(100, 1, 28, 28, generator=DRAW)
    labels = torch.arange(100) % 10
    predictions = torch.where(torch.arange(100) % 7 == 0, (labels + 1) % 10, labels)
    [axes] = figure_of(figures.plot_digits(images, predictions, labels)).axes
    assert axes.images[0].values.shape == (280, 280), "the size of the picture"
    assert [text.text for text in axes.texts] == [str(int(one)) for one in predictions]
    for number, text in enumerate(axes.texts):
        expected = "#ff0000" if number % 7 == 0 else "#000000"
        assert text.color == expected, f"prediction {number} is {text.color}"


@task("figures")
def test_each_quantity_has_a_figure_of_its_own():
    """plot_loss and plot_accuracy draw on new axes, and each shows its own quantity."""
    drawn = figures.plot_loss(RECORD), figures.plot_accuracy(RECORD)
    for thing, name in zip(drawn, ("loss", "accuracy"), strict=True):
        [axes] = figure_of(thing).axes
        assert len(axes.lines) == 2, f"{len(axes.lines)} lines in the figure of the {name}"
        assert_close(named(axes, "training").y, RECORD[f"train_{name}"], f"training {name}")
        assert_close(named(axes, "test").y, RECORD[f"test_{name}"], f"test {name}")
        assert_close(named(axes, "test").x, RECORD["test_iterations"], "the iterations")


@task("figures")
def test_lines_are_explained():
    """Both learning curves have labelled axes and a legend that names both lines."""
    for thing in (figures.plot_loss(RECORD), figures.plot_accuracy(RECORD)):
        [axes] = figure_of(thing).axes
        assert "iteration" in axes.xlabel.lower(), f'the x axis is called "{axes.xlabel}"'
        assert axes.ylabel, "the y axis has no label"
        assert sorted(axes.legend) == ["test", "training"], "the legend"


@task("overfitting")
def test_the_mark_is_at_the_best_test_loss():
    """plot_overfitting marks the iteration of the smallest loss on test data, no other."""
    [axes] = figure_of(figures.plot_overfitting(RECORD)).axes
    marks = [line for line in axes.lines if len(line.x) == 2 and line.x[0] == line.x[1]]
    assert [line.x[0] for line in marks] == [25], "the mark"
    assert axes.yscale == "log", f"the y axis is {axes.yscale}"
    assert_close(named(axes, "training").y, RECORD["train_loss"], "the training loss")
    assert_close(named(axes, "test").y, RECORD["test_loss"], "the test loss")
