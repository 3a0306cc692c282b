"""Learning curves that somebody else can read."""

import utils
from studentkit import task

HISTORIES = [2.1, 1.2, 0.7], [0.3, 0.6, 0.8], [2.2, 1.4, 1.1], [0.2, 0.5, 0.65]


def drawn():
    """Draw the learning curves and return every pair of axes that holds lines."""
    plt = utils.plt
    plt.switch_backend("Agg")  # no window, even where there is a screen
    plt.close("all")
    utils.plot_curves(*HISTORIES)
    every = [axes for number in plt.get_fignums() for axes in plt.figure(number).axes]
    return [axes for axes in every if len(axes.get_lines()) > 0]


def sharing(axes):
    """Return the axes with the same x axis: those of twinx, or a column of plots."""
    shared = axes.get_shared_x_axes()
    return [other for other in axes.figure.axes if shared.joined(axes, other)]


@task("curves")
def test_axes_say_what_they_show():
    """plot_curves labels the x axis, and the y axis too unless a title says what it shows."""
    found = drawn()
    assert found, "nothing was drawn"
    for axes in found:
        labels = [axes.get_xlabel(), *(other.get_xlabel() for other in sharing(axes))]
        assert any(labels), "an x axis has no label"
        assert axes.get_ylabel() or axes.get_title(), "a plot says nowhere what it shows"


@task("curves")
def test_lines_in_one_plot_can_be_told_apart():
    """Where plot_curves draws several lines in one plot, a legend names each of them."""
    found = drawn()
    assert found, "nothing was drawn"
    for axes in found:
        count = len(axes.get_lines())
        legends = [other.get_legend() for other in [axes, *sharing(axes)]]
        legends = [one for one in legends if one is not None] + list(axes.figure.legends)
        names = {entry.get_text() for legend in legends for entry in legend.get_texts()}
        assert count == 1 or legends, "a plot of several lines has no legend"
        assert count == 1 or len(names) >= count, f"the legend names {len(names)} of {count} lines"
