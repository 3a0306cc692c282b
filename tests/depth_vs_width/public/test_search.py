"""The dropout sweep, and the three ways of searching."""

import math
from itertools import pairwise

from figures import plot_sweep
from samples import sample_dense, small_cnn
from search import best, coarse_to_fine, grid_search, narrowed, random_search
from studentkit import assert_close, task
from studentkit.figures import figure_of
from studentkit.networks import layers_of
from sweep import dropout_sweep, set_dropout, sweep_probabilities

RANGES = {"rate": (1e-4, 1e-1, "log"), "p": (0.0, 0.5, "linear")}


def plain(trials):
    """Return trials as (dict, number) pairs of plain values."""
    return [(dict(settings.items()), value) for settings, value in trials]


@task("dropout_sweep")
def test_ten_probabilities_cover_the_interval():
    """sweep_probabilities gives ten equally spaced values, 0 and 1 among them."""
    found = list(sweep_probabilities())
    assert len(found) == 10, f"there are {len(found)} probabilities"
    assert_close([found[0], found[-1]], [0, 1], "the first and the last one")
    steps = [after - before for before, after in pairwise(found)]
    assert_close(steps, [sum(steps) / len(steps)] * len(steps), "the steps between them")


@task("dropout_sweep")
def test_every_dropout_layer_is_set():
    """set_dropout changes p of all Dropout layers, inner ones too."""
    network = small_cnn()
    set_dropout(network, 0.25)
    found = [one["p"] for name, one in layers_of(network) if name == "Dropout"]
    assert found == [0.25, 0.25], f"the probabilities are {found}"


@task("dropout_sweep")
def test_each_probability_is_measured_on_its_own_network():
    """dropout_sweep makes a network for each p, sets its dropout, and measures it."""
    seen = []

    def measure(network):
        seen.append(layers_of(network)[3][1]["p"])
        return 1 - seen[-1] / 2

    probabilities, accuracies = dropout_sweep(lambda: sample_dense(4, 3, 2), measure)
    expected = list(sweep_probabilities())
    assert_close(seen, expected, "the dropout of the measured networks")
    assert_close(list(probabilities), expected, "the probabilities")
    assert_close(list(accuracies), [1 - p / 2 for p in expected], "the accuracies")


@task("dropout_sweep")
def test_the_sweep_is_drawn_with_labels():
    """plot_sweep draws accuracy over probability and labels both axes."""
    axes = figure_of(plot_sweep([0.0, 0.5, 1.0], [0.9, 0.8, 0.1]), "Dropout sweep").axes[0]
    assert_close(axes.lines[0].x, [0.0, 0.5, 1.0], "what is drawn to the right")
    assert_close(axes.lines[0].y, [0.9, 0.8, 0.1], "what is drawn upwards")
    assert axes.xlabel and axes.ylabel, "an axis has no label"


@task("search")
def test_the_grid_is_searched_completely():
    """grid_search tries each combination once, the last name's value changing fastest."""
    trials = plain(grid_search(lambda a, b: a - b, {"a": [1, 2], "b": [5, 7, 9]}))
    expected = [({"a": a, "b": b}, a - b) for a in (1, 2) for b in (5, 7, 9)]
    assert trials == expected, f"the trials are {trials}"


@task("search")
def test_the_best_trial_has_the_largest_value():
    """best gives the trial with the largest value, also where all are negative."""
    settings, value = best([({"a": 1}, -3.0), ({"a": 2}, -1.0), ({"a": 3}, -2.0)])
    assert (settings["a"], value) == (2, -1.0), f"the best trial has a = {settings['a']}"


@task("search")
def test_random_settings_stay_in_their_ranges():
    """random_search makes as many trials as asked, with every value in its range."""
    trials = plain(random_search(lambda rate, p: rate + p, RANGES, 10, seed=1))
    assert len(trials) == 10, f"there are {len(trials)} trials"
    for settings, value in trials:
        assert 1e-4 <= settings["rate"] <= 1e-1 and 0 <= settings["p"] <= 0.5, f"{settings}"
        assert_close(value, settings["rate"] + settings["p"], "the value of a trial")


@task("search")
def test_a_narrowed_range_lies_around_its_centre():
    """narrowed puts a range of the given part of the width around each value."""
    found = narrowed(RANGES, {"rate": 1e-2, "p": 0.2}, 0.5)
    low, high, _ = found["rate"]
    exponents = [math.log10(low), math.log10(high)]
    assert_close(exponents, [-2.75, -1.25], "the exponents of rate", rtol=1e-4)
    assert_close(found["p"][:2], [0.075, 0.325], "the range of p", rtol=1e-4)


@task("search")
def test_every_round_has_its_trials():
    """coarse_to_fine returns the trials of all rounds."""
    trials = list(coarse_to_fine(lambda rate, p: -abs(p - 0.3), RANGES, 4, 3))
    assert len(trials) == 12, f"there are {len(trials)} trials"
    for settings, value in plain(trials):
        assert 0 <= settings["p"] <= 0.5, f"p = {settings['p']} is outside its range"
        assert_close(value, -abs(settings["p"] - 0.3), "the value of a trial")
    assert len({settings["p"] for settings, _ in plain(trials)}) > 1, "all trials are the same"
