"""Learning curves that somebody else can read."""

import utils
from studentkit import task
from studentkit.figures import figures_drawn, watch_figures

HISTORIES = [2.1, 1.2, 0.7], [0.3, 0.6, 0.8], [2.2, 1.4, 1.1], [0.2, 0.5, 0.65]


def drawn():
    """Draw the learning curves; return (figure, axes) for all axes that hold lines or points."""
    watch_figures()
    utils.plot_curves(*HISTORIES)
    every = [(figure, axes) for figure in figures_drawn() for axes in figure.axes]
    return [pair for pair in every if pair[1].lines]


def sharing(figure, axes):
    """Return the axes with the same x axis: those of twinx, or a column of plots."""
    return [figure.axes[place] for place in axes.sharing if 0 <= place < len(figure.axes)]


@task("curves")
def test_axes_say_what_they_show():
    """plot_curves labels the x axis, and the y axis too unless a title says what it shows."""
    found = drawn()
    assert found, "nothing was drawn"
    for figure, axes in found:
        labels = [axes.xlabel, *(other.xlabel for other in sharing(figure, axes))]
        assert any(labels), "an x axis has no label"
        titled = axes.ylabel or axes.title or (len(figure.axes) == 1 and figure.suptitle)
        assert titled, "a plot says nowhere what it shows"


@task("curves")
def test_lines_in_one_plot_can_be_told_apart():
    """Where plot_curves draws several lines in one plot, a legend names each of them."""
    found = drawn()
    assert found, "nothing was drawn"
    for figure, axes in found:
        count = len({tuple(line.y) for line in axes.lines})
        names = {*axes.legend, *figure.legend}
        names |= {name for other in sharing(figure, axes) for name in other.legend}
        names |= {text.text for text in axes.texts}  # written beside the lines
        assert count == 1 or names, "a plot of several lines has no legend"
        assert count == 1 or len(names) >= count, f"the legend names {len(names)} of {count} lines"
