"""Searching hyper-parameters: on a grid, at random, and from coarse to fine."""

import itertools
import math
import random
from operator import itemgetter

SCALES = {"linear": (float, float), "log": (math.log, math.exp)}  # there, and back


def _trials(objective, many_settings):
    for settings in many_settings:
        yield settings, objective(**settings)


def grid_search(objective, choices):
    combinations = itertools.product(*choices.values())
    return list(_trials(objective, (dict(zip(choices, values)) for values in combinations)))


def best(trials):
    return max(trials, key=itemgetter(1))


def _between(low, value, high):
    return min(max(low, value), high)


def _draws(ranges, seed):
    """Yield random settings for ever."""
    chance = random.Random(seed)
    while True:
        settings = {}
        for name, (low, high, scale) in ranges.items():
            there, back = SCALES[scale]
            value = back(chance.uniform(there(low), there(high)))
            settings[name] = _between(low, value, high)  # exp(log(low)) may be a bit less than low
        yield settings


def random_search(objective, ranges, trials, seed=0):
    return list(_trials(objective, itertools.islice(_draws(ranges, seed), trials)))


def narrowed(ranges, centre, shrink):
    def one(name):
        low, high, scale = ranges[name]
        there, back = SCALES[scale]
        half = shrink * (there(high) - there(low)) / 2
        ends = (back(there(centre[name]) + sign * half) for sign in (-1, 1))
        return (*(_between(low, end, high) for end in ends), scale)

    return {name: one(name) for name in ranges}


def coarse_to_fine(objective, ranges, trials, rounds, shrink=0.3, seed=0):
    found = []
    for number in range(rounds):
        if number:
            ranges = narrowed(ranges, best(found)[0], shrink)
        found += random_search(objective, ranges, trials, seed + number)
    return found
