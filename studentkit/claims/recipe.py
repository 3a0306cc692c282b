"""How a network is to be trained, as its author declared it."""

from __future__ import annotations

import numbers
from dataclasses import dataclass
from typing import Any

from studentkit.claims.layers import NetworkError, Size

OPTIMIZERS = ("Adam", "AdamW", "SGD", "RMSprop")
MAX_EPOCHS = 50
MAX_BATCH = 10_000
MAX_SEEDS = 10
LEAST_SEEDS = 1
OWN_SEEDS = (101, 202, 303)  # where a recipe names none

# One training may cost this many multiply-adds, forward and backward, everything else counted as
# what it costs beside them. One thread of 2024 does about 3e10 a second.
MAX_WORK = 1e14
MAX_WORK_OF_ALL = 3e14  # the seeds together
_PER_ACTIVATION = 10  # a number that is read, changed and written three times, in multiply-adds
_PER_LAYER = 1_000_000  # starting the operations of one layer in one step: about 30 µs
_PER_PARAMETER = 10  # the optimizer's work in one step
_MAX_IN_BATCH = 50_000_000  # activations of one batch: bounds the memory


class RecipeError(NetworkError):
    """A recipe is not what it should be, or costs too much."""


@dataclass(frozen=True)
class Recipe:
    """A checked recipe."""

    optimizer: str
    learning_rate: float
    epochs: int
    batch_size: int
    momentum: float = 0.0
    weight_decay: float = 0.0
    seeds: tuple[int, ...] = OWN_SEEDS


def read_recipe(plain: Any) -> Recipe:
    """Check a dictionary that a student's code declared; raises RecipeError."""
    if isinstance(plain, Recipe):
        return plain
    if type(plain) is not dict:
        raise RecipeError("the recipe is no dictionary")
    known = Recipe.__dataclass_fields__
    for name in plain:
        if type(name) is not str or name not in known:
            shown = ascii(name)[:40] if type(name) is str else f"a {type(name).__name__}"
            raise RecipeError(f"a recipe has no entry {shown}; it has {', '.join(known)}")
    for name in ("optimizer", "learning_rate", "epochs", "batch_size"):
        if name not in plain:
            raise RecipeError(f"the recipe lacks {name!r}")
    optimizer = plain["optimizer"]
    if type(optimizer) is not str or optimizer not in OPTIMIZERS:
        raise RecipeError(f"the recipe's optimizer is none of {', '.join(OPTIMIZERS)}")
    momentum = _number(plain, "momentum", 0.0, 0.999)
    if momentum and optimizer.startswith("Adam"):
        raise RecipeError(f"{optimizer} has no momentum to set; leave it at 0")
    return Recipe(
        optimizer,
        _number(plain, "learning_rate", 1e-12, 100.0),
        _whole(plain, "epochs", MAX_EPOCHS),
        _whole(plain, "batch_size", MAX_BATCH),
        momentum,
        _number(plain, "weight_decay", 0.0, 10.0),
        _seeds(plain.get("seeds")),
    )


def work_of(size: Size, recipe: Recipe, samples: int) -> float:
    """Return what one training costs, in multiply-adds; raises RecipeError where it is too much.

    A backward pass costs twice a forward pass.
    """
    steps = -(-samples // recipe.batch_size)
    sample = 3 * size.multiply_adds + _PER_ACTIVATION * 3 * size.activations
    step = _PER_LAYER * len(size.shapes) + _PER_PARAMETER * size.parameters
    work = float(recipe.epochs * (samples * sample + steps * step))
    if work > MAX_WORK:
        raise RecipeError(
            f"one training of this recipe costs about {work:.0e} multiply-adds; the grader "
            f"trains up to {MAX_WORK:.0e}: take fewer epochs, larger batches or a smaller network"
        )
    if work * len(recipe.seeds) > MAX_WORK_OF_ALL:
        raise RecipeError(
            f"{len(recipe.seeds)} trainings of this recipe cost about "
            f"{work * len(recipe.seeds):.0e} multiply-adds; the grader trains up to "
            f"{MAX_WORK_OF_ALL:.0e}: name fewer seeds or take a smaller network"
        )
    in_batch = min(recipe.batch_size, samples) * size.activations
    if in_batch > _MAX_IN_BATCH:
        raise RecipeError(
            f"one batch of this recipe leaves {in_batch:,} activations; the grader holds up to "
            f"{_MAX_IN_BATCH:,}: take smaller batches"
        )
    return work


def _number(plain: dict[str, Any], name: str, least: float, most: float) -> float:
    value = plain.get(name, 0.0)
    plain_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not plain_number or not least <= value <= most:  # NaN is refused too
        raise RecipeError(f"the recipe's {name} is no number from {least:g} to {most:g}")
    return float(value)


def _whole(plain: dict[str, Any], name: str, most: int) -> int:
    value = plain[name]
    if not _is_whole(value) or not 1 <= value <= most:
        raise RecipeError(f"the recipe's {name} is no whole number from 1 to {most:,}")
    return int(value)


def _is_whole(value: Any) -> bool:
    """Tell Python's and numpy's integers."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _seeds(value: Any) -> tuple[int, ...]:
    if value is None:
        return OWN_SEEDS
    # A list that stays in the worker calls itself one.
    if not isinstance(value, list | tuple) or not LEAST_SEEDS <= len(value) <= MAX_SEEDS:
        raise RecipeError(f"the recipe's seeds are no list of {LEAST_SEEDS} to {MAX_SEEDS}")
    value = tuple(value)
    if not all(_is_whole(seed) and 0 <= seed < 2**63 for seed in value):
        raise RecipeError("the recipe's seeds are not all whole numbers from 0 to 2**63 - 1")
    if len(set(value)) < len(value):
        raise RecipeError("the recipe names a seed twice: that is one training, not two")
    return tuple(map(int, value))
