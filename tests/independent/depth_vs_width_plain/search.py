"""Searching hyper-parameters: on a grid, at random, and from coarse to fine.

`objective(**settings)` returns how good some settings are, as a number; more is better. A trial is
a pair (settings, value), settings a dict from names to values.
"""

import itertools
import math
import random


def grid_search(objective, choices):
    """Try every combination once.

    :param choices: dict: name -> list of values
    :return: list of trials; the last name's value changes fastest
    """
    trials = []

    def visit(names, settings):
        if not names:
            trials.append((dict(settings), objective(**settings)))
            return
        for value in choices[names[0]]:
            visit(names[1:], {**settings, names[0]: value})

    visit(list(choices), {})
    return trials


def best(trials):
    """Return the trial with the largest value, the first of them where several have it."""
    winner = trials[0]
    for trial in trials[1:]:
        if trial[1] > winner[1]:
            winner = trial
    return winner


def random_search(objective, ranges, trials, seed=0):
    """Try settings that are drawn at random, each value by itself.

    :param ranges: dict: name -> (low, high, scale); "linear" draws evenly between the ends, "log"
        draws the logarithm evenly, as suits a learning rate
    :param trials: how many
    :param seed: makes the draw repeatable; other seeds draw other settings
    :return: list of trials
    """
    random.seed(seed)
    found = []
    for _ in range(trials):
        settings = {}
        for name, (low, high, scale) in ranges.items():
            if scale == "log":
                value = 10 ** random.uniform(math.log10(low), math.log10(high))
                settings[name] = min(max(value, low), high)
            else:
                settings[name] = low + (high - low) * random.random()
        found.append((settings, objective(**settings)))
    return found


def narrowed(ranges, centre, shrink):
    """Return ranges that are narrower by the factor `shrink`, around some settings.

    The new range of a name is centred at its value in `centre` and `shrink` times as wide as the
    old one, in logarithms for a "log" range. What of it lies outside the old range is cut off.

    :param ranges: dict: name -> (low, high, scale)
    :param centre: dict: name -> value
    :param shrink: between 0 and 1
    :return: a dict like ranges, which stays as it is
    """
    new = {}
    for name, (low, high, scale) in ranges.items():
        middle = centre[name]
        if scale == "log":
            factor = (high / low) ** (shrink / 2)
            new[name] = (max(low, middle / factor), min(high, middle * factor), scale)
        else:
            half = (high - low) * shrink / 2
            new[name] = (max(low, middle - half), min(high, middle + half), scale)
    return new


def coarse_to_fine(objective, ranges, trials, rounds, shrink=0.3, seed=0):
    """Search at random, then again in a narrower range around the best trial so far, and so on.

    :param ranges: of the first round, as for `random_search`
    :param trials: of each round
    :param rounds: how many
    :param shrink: how much narrower each round is than the one before
    :param seed: of the first round; each later round takes the next number
    :return: list of all trials, rounds * trials of them, in order
    """
    all_trials = random_search(objective, ranges, trials, seed)
    for k in range(1, rounds):
        settings, _ = best(all_trials)
        ranges = narrowed(ranges, settings, shrink)
        all_trials = all_trials + random_search(objective, ranges, trials, seed + k)
    return all_trials
