"""A claim, "this network reaches 0.98 in more than half of its trainings", is put to the test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from studentkit.claims.layers import LayersError, measure, read_layers
from studentkit.claims.recipe import read_recipe

from autograder.networks import train, workplace
from autograder.networks.cache import Results


@dataclass(frozen=True)
class ClaimResult:
    """Whether a claim holds, and what was seen."""

    holds: bool
    accuracies: list[float]  # of the trainings that ran, in the order of `seeds`
    seeds: list[int]
    trainings: int  # that the recipe asks for; settled ones are not run to the end
    at_least: float
    sentence: str
    stopped: str  # why no more trainings were run
    cached: int = 0  # of the accuracies, how many were known from an earlier run


def verify(layers: Any, recipe: Any, at_least: float) -> ClaimResult:
    """Train the declared network by the declared recipe until the majority is settled.

    The claim holds where more than half of the trainings reach `at_least` on data that was never
    trained on. Raises LayersError or RecipeError, both AssertionErrors, before anything large is
    allocated; NoWorkplaceError where there is no data.
    """
    checked, declared = read_layers(layers), read_recipe(recipe)
    place = workplace.current()
    train.check(checked, declared, place.images)
    _check_classes(checked, place)
    with place.pause():
        results = Results(place.cache, place.digest, place.device)
        known = {seed: results.get(checked, declared, seed) for seed in declared.seeds}
        # What is known goes first: it may settle the matter.
        waiting = sorted(declared.seeds, key=lambda seed: known[seed] is None)
        found: dict[int, float] = {}
        while waiting and not _settled(found, len(declared.seeds), at_least):
            needed = _least_that_settle(found, len(declared.seeds), at_least)
            part, waiting = waiting[:needed], waiting[needed:]
            fresh = [seed for seed in part if known[seed] is None]
            found |= {seed: value for seed in part if (value := known[seed]) is not None}
            for one in train.train(
                checked, declared, fresh, place.images, place.labels, place.device
            ):
                reached = 0.0  # a network that ran off names nothing
                if one.finite:
                    reached = train.accuracy(
                        one.network, place.held_images, place.held_labels, place.device
                    )
                results.put(checked, declared, one.seed, reached)
                found[one.seed] = reached
    seeds = [seed for seed in declared.seeds if seed in found]
    return _verdict(
        {seed: found[seed] for seed in seeds},
        len(declared.seeds),
        at_least,
        sum(known[seed] is not None for seed in seeds),
    )


def _check_classes(layers: Any, place: workplace.Workplace) -> None:
    """Refuse a network with fewer outputs than there are classes."""
    outputs = measure(layers, tuple(place.images.shape[1:])).shapes[-1][0]
    classes = int(place.labels.max()) + 1
    if outputs < classes:
        raise LayersError(f"the network has {outputs} outputs for {classes} classes")


def _majority(trainings: int) -> int:
    return trainings // 2 + 1


def _settled(found: dict[int, float], trainings: int, at_least: float) -> bool:
    passed = sum(value >= at_least for value in found.values())
    most = passed + trainings - len(found)
    return passed >= _majority(trainings) or most < _majority(trainings)


def _least_that_settle(found: dict[int, float], trainings: int, at_least: float) -> int:
    """Return how many more trainings could settle the matter, whichever way."""
    passed = sum(value >= at_least for value in found.values())
    failed = len(found) - passed
    to_hold = _majority(trainings) - passed
    to_fail = trainings - _majority(trainings) + 1 - failed
    return min(to_hold, to_fail)


def _verdict(found: dict[int, float], trainings: int, at_least: float, cached: int) -> ClaimResult:
    passed = sum(value >= at_least for value in found.values())
    holds = passed >= _majority(trainings)
    left = trainings - len(found)
    if not left:
        stopped = "all trainings were run"
    elif holds:
        stopped = f"more than half of the {trainings} trainings reached it"
    else:
        stopped = f"half of the {trainings} trainings or more did not reach it"
    numbers = ", ".join(f"{value:.4f}" for value in found.values())
    sentence = f"{passed} of {len(found)} trainings reached {at_least:g} ({numbers})"
    if left:
        sentence += f"; {left} more would have changed nothing"
    return ClaimResult(
        holds, list(found.values()), list(found), trainings, at_least, sentence, stopped, cached
    )
