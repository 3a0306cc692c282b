"""A recipe is a few checked numbers, and what they cost is known before anything is trained."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain import linear, recipe
from studentkit.claims.layers import measure, read_layers
from studentkit.claims.recipe import OWN_SEEDS, RecipeError, read_recipe, work_of

SMALL = measure(read_layers([linear(784, 100), linear(100, 10)]), (784,))


def test_the_grader_brings_seeds_where_a_recipe_names_none() -> None:
    assert read_recipe(recipe()).seeds == OWN_SEEDS


def test_a_recipe_keeps_what_was_declared() -> None:
    found = read_recipe(recipe(optimizer="SGD", momentum=0.9, weight_decay=1, seeds=[3, 1, 2]))
    assert (found.momentum, found.weight_decay, found.seeds) == (0.9, 1.0, (3, 1, 2))
    assert read_recipe(found) is found


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"optimizer": "Adagrad"}, "optimizer is none of Adam"),
        ({"optimizer": ["Adam"]}, "optimizer is none of Adam"),
        ({"learning_rate": 0}, "learning_rate is no number"),
        ({"learning_rate": float("nan")}, "learning_rate is no number"),
        ({"learning_rate": float("inf")}, "learning_rate is no number"),
        ({"learning_rate": -1.0}, "learning_rate is no number"),
        ({"learning_rate": True}, "learning_rate is no number"),
        ({"learning_rate": "1e-3"}, "learning_rate is no number"),
        ({"learning_rate": 10**400}, "learning_rate is no number"),
        ({"epochs": 0}, "epochs is no whole number from 1 to 50"),
        ({"epochs": 51}, "epochs is no whole number"),
        ({"epochs": True}, "epochs is no whole number"),
        ({"epochs": 2.0}, "epochs is no whole number"),
        ({"batch_size": 0}, "batch_size is no whole number from 1 to 10,000"),
        ({"batch_size": 10_001}, "batch_size is no whole number"),
        ({"momentum": 1.0}, "momentum is no number"),
        ({"optimizer": "Adam", "momentum": 0.9}, "Adam has no momentum"),
        ({"weight_decay": -1}, "weight_decay is no number"),
        ({"seeds": []}, "1 to 10"),
        ({"seeds": list(range(11))}, "1 to 10"),
        ({"seeds": "123"}, "1 to 10"),
        ({"seeds": [1, 2, True]}, "whole numbers"),
        ({"seeds": [1, 2, -3]}, "whole numbers"),
        ({"seeds": [1, 2, 2**63]}, "whole numbers"),
        ({"seeds": [1, 2, 1]}, "twice"),
        ({"schedule": "cosine"}, "no entry 'schedule'"),
        ({"x" * 10**6: 1}, "no entry"),
        ({5: 1}, "no entry a int"),
    ],
)
def test_what_is_no_recipe_is_refused_in_one_sentence(changed: Any, part: str) -> None:
    with pytest.raises(RecipeError) as caught:
        read_recipe(recipe() | changed)
    assert part in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("name", ["optimizer", "learning_rate", "epochs", "batch_size"])
def test_what_is_missing_is_named(name: str) -> None:
    plain = recipe()
    del plain[name]
    with pytest.raises(RecipeError, match=name):
        read_recipe(plain)


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*recipe(), "seeds", "momentum", "weight_decay"]),
        st.none() | st.integers() | st.floats() | st.text() | st.lists(st.integers()),
    )
)
def test_any_plain_data_is_read_or_refused(changed: dict[str, Any]) -> None:
    for plain in (changed, recipe() | changed):
        try:
            read_recipe(plain)
        except RecipeError as error:
            assert len(str(error)) < 300


def test_a_training_that_would_take_too_long_is_refused() -> None:
    wide = measure(read_layers([linear(784, 4000), linear(4000, 400), linear(400, 10)]), (784,))
    long = read_recipe(recipe(epochs=50, batch_size=1))
    with pytest.raises(RecipeError, match="1e\\+14: take fewer epochs"):
        work_of(wide, long, 60_000)


def test_what_the_handout_allows_is_trained_at_full_size() -> None:
    """A plain CNN of 609,418 parameters and a small VGG, ten epochs of MNIST in batches of 32."""
    ten = read_recipe(recipe(epochs=10, batch_size=32))
    work = {}
    for name, channels in (("plain", (32, 64)), ("vgg", (32, 32, 64, 64))):
        layers, before, side = [], 1, 28
        for number, count in enumerate(channels):
            options = {"kernel_size": (3, 3), "padding": (1, 1)}
            layers.append(("Conv2d", {"in_channels": before, "out_channels": count, **options}))
            layers += [("BatchNorm2d", {"num_features": count}), ("ReLU", {})]
            if name == "plain" or number % 2:
                layers.append(("MaxPool2d", {"kernel_size": (2, 2)}))
                side //= 2
            before = count
        layers += [
            ("Flatten", {}),
            linear(before * side * side, 190),
            ("ReLU", {}),
            linear(190, 10),
        ]
        work[name] = work_of(measure(read_layers(layers), (1, 28, 28)), ten, 60_000)
    assert 1e13 < work["plain"] < work["vgg"] < 1e14


def test_the_courses_own_training_is_cheap() -> None:
    ten = read_recipe(recipe(epochs=10, batch_size=32))
    forward_and_backward = 3 * (784 * 100 + 100 * 10) * 60_000 * 10
    assert forward_and_backward < work_of(SMALL, ten, 60_000) < 1e12


def test_a_batch_that_would_fill_the_memory_is_refused() -> None:
    wide = measure(read_layers([linear(784, 6000), linear(6000, 10)]), (784,))
    with pytest.raises(RecipeError, match="smaller batches"):
        work_of(wide, read_recipe(recipe(epochs=1, batch_size=10_000)), 10_000)


def test_ten_long_trainings_are_refused_where_three_are_not() -> None:
    wide = measure(read_layers([linear(784, 6000), linear(6000, 10)]), (784,))
    plain = recipe(epochs=50, batch_size=32)
    work_of(wide, read_recipe(plain), 60_000)
    with pytest.raises(RecipeError, match="name fewer seeds"):
        work_of(wide, read_recipe(plain | {"seeds": list(range(10))}), 60_000)


def test_numbers_of_numpy_are_numbers() -> None:
    """What np.linspace or an array gives is a rate, a count or a seed like Python's own."""
    plain = {"optimizer": "SGD", "learning_rate": 0.5, "epochs": 3, "batch_size": 32}
    of_numpy = {
        "optimizer": "SGD",
        "learning_rate": np.float64(0.5),
        "epochs": np.int64(3),
        "batch_size": np.int32(32),
        "seeds": list(np.arange(3)),
    }
    assert read_recipe(of_numpy) == read_recipe({**plain, "seeds": [0, 1, 2]})
    for wrong in ({"epochs": True}, {"learning_rate": np.float64("nan")}, {"seeds": [0, 1, 2.5]}):
        with pytest.raises(RecipeError):
            read_recipe({**plain, **wrong})


def test_one_seed_is_enough() -> None:
    """The handout sets no lower bound."""
    plain = {"optimizer": "SGD", "learning_rate": 0.5, "epochs": 3, "batch_size": 32}
    assert read_recipe({**plain, "seeds": [5]}).seeds == (5,)
