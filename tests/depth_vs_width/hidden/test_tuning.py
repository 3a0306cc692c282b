"""The sweep and the searches, at a closer look."""

import math

import pytest
import sweep
import torch
import training
from figures import plot_sweep
from samples import sample_cnn, sample_dense
from search import best, coarse_to_fine, grid_search, narrowed, random_search
from studentkit import assert_close, task
from studentkit.figures import figure_of
from studentkit.networks import layers_of, set_state, state_of
from sweep import dropout_sweep, one_epoch_accuracy, set_dropout, sweep_probabilities

pytestmark = pytest.mark.lends_stubs  # no other test expects what they return

RANGES = {"rate": (1e-5, 1e-1, "log"), "p": (0.2, 0.6, "linear")}
DRAW = torch.Generator().manual_seed(7)
BATCHES = [(torch.randn(6, 4, generator=DRAW), torch.tensor([0, 1, 0, 1, 1, 0]))] * 2
RECIPE = {"optimizer": "SGD", "learning_rate": 0.5, "epochs": 7, "batch_size": 6}


def tried(seed, trials, value):
    """Return the values of a random search, value(rate, p) each."""
    return [found for _, found in random_search(value, RANGES, trials, seed)]


@task("dropout_sweep")
def test_the_sweep_covers_the_whole_interval():
    """sweep_probabilities and dropout_sweep use the same ten values in rising order."""
    expected = [k / 9 for k in range(10)]
    assert_close(list(sweep_probabilities()), expected, "the probabilities")
    found, _ = dropout_sweep(lambda: sample_dense(4, 3, 2), lambda network: 0.5)
    assert_close(list(found), expected, "the probabilities of the sweep")


@task("dropout_sweep")
def test_only_dropout_is_set():
    """set_dropout sets both dropouts of the sample CNN to the ends of the interval too."""
    for p in (0, 1):
        network = sample_cnn()
        set_dropout(network, p)
        found = [one["p"] for name, one in layers_of(network) if name == "Dropout"]
        assert found == [p, p], f"the probabilities are {found}"


def loss_of(state):
    """Return the cross-entropy of a sample_dense with these parameters, without dropout."""
    inputs, labels = (torch.cat(parts) for parts in zip(*BATCHES, strict=True))
    hidden = (inputs @ state["1.weight"].T + state["1.bias"]).clamp(min=0)
    scores = hidden @ state["4.weight"].T + state["4.bias"]
    return float(torch.nn.functional.cross_entropy(scores, labels))


@task("dropout_sweep")
def test_one_epoch_is_one_epoch():
    """one_epoch_accuracy trains for a single epoch, whatever the recipe says."""
    network, twin = sample_dense(4, 5, 2, p=0.0), sample_dense(4, 5, 2, p=0.0)
    set_state(twin, state_of(network))
    others = [(inputs + 1, 1 - labels) for inputs, labels in BATCHES]
    start = state_of(network)
    expected = {**start, "4.bias": start["4.bias"] + 1}
    epochs, used = [], []

    def right_train(model, loader, recipe, *more, **named):
        # How an epoch is made is another task's question: here this one is made, by hand.
        epochs.append(recipe["epochs"])
        used.append(torch.cat([inputs for inputs, _ in loader]))
        set_state(model, expected)
        return [0.5] * recipe["epochs"]

    places = [place for place in (sweep, training) if hasattr(place, "train")]
    kept = [(place, place.train) for place in places]
    for place in places:
        place.train = right_train
    try:
        one_epoch_accuracy(network, BATCHES, others, dict(RECIPE))
    finally:
        for place, function in kept:
            place.train = function
    if epochs:
        assert epochs == [1], f"train was called for {epochs} epochs"
        given = torch.cat([inputs for inputs, _ in BATCHES])
        assert_close(used[0], given, "the images that train was given")
    else:  # a loop of its own
        before, after = loss_of(start), loss_of(state_of(network))
        assert after < before, f"the loss went from {before:.4f} to {after:.4f}: nothing was learnt"
        training.train(twin, BATCHES, {**RECIPE, "epochs": 1})
        expected = state_of(twin)
    for name, value in state_of(network).items():
        assert_close(value, expected[name], name, rtol=1e-3, atol=1e-5)


@task("dropout_sweep")
def test_the_accuracy_is_measured_on_the_validation_part():
    """one_epoch_accuracy returns the accuracy on the second loader, after training."""
    network = sample_dense(4, 5, 2, p=0.0)
    labels = torch.ones(3, dtype=torch.int64)
    always = [(torch.zeros(3, 4), labels)]
    state = {name: 0 * value for name, value in state_of(network).items()}
    set_state(network, {**state, "4.bias": torch.tensor([0.0, 90.0])})
    found = one_epoch_accuracy(network, BATCHES, always, {**RECIPE, "learning_rate": 1e-3})
    assert_close(found, 1.0, "the accuracy on three samples of class 1")
    found = one_epoch_accuracy(network, always, [(torch.zeros(3, 4), 1 - labels)], dict(RECIPE))
    assert_close(found, 0.0, "the accuracy on three samples of class 0")


@task("dropout_sweep")
def test_no_network_is_measured_twice():
    """dropout_sweep measures ten different networks, each with its own dropout."""
    seen = []

    def measure(network):
        seen.append(network)
        return layers_of(network)[3][1]["p"]

    accuracies = list(dropout_sweep(lambda: sample_dense(4, 5, 2), measure)[1])
    assert_close(accuracies, [k / 9 for k in range(10)], "the dropout of the measured networks")
    assert len(seen) == 10, f"{len(seen)} networks were measured"
    for number, network in enumerate(seen):
        assert all(network is not other for other in seen[:number]), "a network was used twice"


@task("dropout_sweep")
def test_each_value_of_the_sweep_is_marked():
    """plot_sweep marks each of the measured points on one line."""
    axes = plot_sweep([0.0, 0.25, 1.0], [0.5, 0.75, 0.25])
    assert len(figure_of(axes).axes[0].lines) == 1, "one line is expected"
    for line in axes.get_lines():  # none where the points are scattered
        assert line.get_marker() not in ("None", "", None), "the points have no marks"


@task("search")
def test_a_grid_may_have_any_names():
    """grid_search works with any number of names, and values each setting by the objective."""
    calls = []

    def objective(**settings):
        calls.append(settings)
        return len(calls)

    trials = list(grid_search(objective, {"x": [3], "y": [1, 2], "z": [0, 5]}))
    assert len(calls) == 4, f"the objective was called {len(calls)} times; expected 4"
    assert [value for _, value in trials] == [1, 2, 3, 4], "the values of the trials"


@task("search")
def test_of_equal_trials_the_first_is_best():
    """best gives the first of several trials with the largest value."""
    settings, _ = best([({"a": 1}, 0.0), ({"a": 2}, 5.0), ({"a": 3}, 5.0)])
    assert settings["a"] == 2, f"the best trial has a = {settings['a']}"


@task("search")
def test_rates_are_drawn_evenly_in_their_logarithm():
    """random_search draws as many rates below the middle of a log range as above it."""
    below = sum(rate < 1e-3 for rate in tried(4, 100, lambda rate, p: rate))
    assert 25 <= below <= 75, f"{below} of 100 rates are below the middle of the exponents"


@task("search")
def test_probabilities_are_drawn_evenly():
    """random_search draws values of a linear range evenly."""
    values = tried(5, 100, lambda rate, p: p)
    below = sum(value < 0.4 for value in values)
    assert 25 <= below <= 75, f"{below} of 100 values are below the middle"
    assert min(values) < 0.25 and max(values) > 0.55, "the ends of the range are not reached"


@task("search")
def test_names_are_drawn_independently():
    """random_search draws each name's value by itself."""
    mixed = sum(tried(2, 40, lambda rate, p: float((rate < 1e-3) != (p < 0.4))))
    assert 4 <= mixed <= 36, "the values of two names go together"


@task("search")
def test_the_seed_decides_the_draw():
    """random_search repeats itself for the same seed and differs for another."""
    one, again, other = (tried(seed, 5, lambda rate, p: rate + p) for seed in (1, 1, 2))
    assert len(one) == 5 and all(1e-5 + 0.2 <= value <= 0.7 for value in one), "the values"
    assert one == again, "the same seed gave other settings"
    assert one != other, "two seeds gave the same settings"


@task("search")
def test_a_narrowed_range_stays_inside_the_old_one():
    """narrowed cuts off what lies outside, at both ends, and leaves its argument alone."""
    ranges = {name: tuple(ends) for name, ends in RANGES.items()}
    low = narrowed(ranges, {"rate": 1e-5, "p": 0.2}, 0.5)
    assert_close(low["rate"][:2], [1e-5, 1e-4], "the range of rate at the lower end", rtol=1e-4)
    assert_close(low["p"][:2], [0.2, 0.3], "the range of p at the lower end", rtol=1e-4)
    high = narrowed(ranges, {"rate": 1e-1, "p": 0.6}, 0.5)
    assert_close(high["rate"][:2], [1e-2, 1e-1], "the range of rate at the upper end", rtol=1e-4)
    assert_close(high["p"][:2], [0.5, 0.6], "the range of p at the upper end", rtol=1e-4)
    assert [high[name][2] for name in ("rate", "p")] == ["log", "linear"], "the scales"


@task("search")
def test_each_round_searches_around_the_best_so_far():
    """coarse_to_fine narrows the ranges around the best trial of all rounds before."""
    found = []  # (exponent of the rate, value)

    def objective(rate, p):
        value = -abs(math.log10(rate) + 2.5) - abs(p - 0.5)
        found.append((math.log10(rate), value))
        return value

    trials = coarse_to_fine(objective, RANGES, 6, 3, 0.4, 3)
    assert_close([value for _, value in trials], [value for _, value in found], "the values")
    assert len(found) == 18, f"the objective was called {len(found)} times; expected 18"
    ends = (-5.0, -1.0)
    for start in (6, 12):
        top, _ = max(found[:start], key=lambda trial: trial[1])
        half = 0.4 * (ends[1] - ends[0]) / 2
        ends = (max(ends[0], top - half), min(ends[1], top + half))
        for exponent, _ in found[start : start + 6]:
            assert ends[0] - 1e-9 <= exponent <= ends[1] + 1e-9, "a rate outside the finer range"


@task("search")
def test_each_round_has_a_seed_of_its_own():
    """coarse_to_fine draws its second round with the next seed, in the narrowed range."""
    wide, seen = {"p": (0.0, 1.0, "linear")}, []

    def objective(p):
        seen.append(p)
        return p

    trials = coarse_to_fine(objective, wide, 3, 2, 0.5, seed=8)
    assert len(seen) == 6, f"the objective was called {len(seen)} times; expected 6"
    assert_close([value for _, value in trials], seen, "the values of the trials")
    low, high = max(0.0, max(seen[:3]) - 0.25), min(1.0, max(seen[:3]) + 0.25)
    random_search(objective, wide, 3, 8)
    random_search(objective, {"p": (low, high, "linear")}, 3, 9)
    assert_close(seen[:3], seen[6:9], "the first round")
    assert_close(seen[3:6], seen[9:], "the second round")
