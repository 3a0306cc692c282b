"""A claim holds where more than half of its trainings reach the cut-off, and not one more runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from plain import linear, recipe, samples
from studentkit import context
from studentkit.claims.layers import read_layers
from studentkit.claims.recipe import read_recipe
from studentkit.context import TestContext

from autograder.core.cache import Cache
from autograder.networks import (
    LayersError,
    NoWorkplaceError,
    RecipeError,
    Workplace,
    claims,
    train,
    verify,
)
from autograder.networks.train import Trained
from autograder.networks.workplace import Measuring

LAYERS = [linear(2, 3)]


def measuring(make: Callable[[], Workplace]) -> AbstractContextManager[TestContext]:
    """Let claims be verified on what `make` returns."""
    return context.using(TestContext(services=(Measuring(make),)))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    """Three corners of a plane: whatever learns at all learns this."""
    labels = torch.arange(90) % 3
    corners = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    draw = torch.Generator().manual_seed(0)
    images = corners[labels] + 0.05 * torch.randn(90, 2, generator=draw)
    made = Workplace(
        images[:60], labels[:60], images[60:], labels[60:], cache=Cache(tmp_path / "cache")
    )
    with measuring(lambda: made):
        yield made


@pytest.fixture
def reached(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[list[int]]]:
    """Say which accuracy each seed reaches; the returned list notes which were trained together."""

    def say(**accuracies: float) -> list[list[int]]:
        ran: list[list[int]] = []
        by_seed = {int(name[1:]): value for name, value in accuracies.items()}

        def pretend(layers: Any, _: Any, seeds: list[int], *__: Any) -> list[Trained]:
            if seeds:
                ran.append(list(seeds))
            return [Trained(seed, by_seed[seed], True) for seed in seeds]  # type: ignore[arg-type]

        monkeypatch.setattr(train, "train", pretend)
        monkeypatch.setattr(train, "accuracy", lambda network, *_: network)
        return ran

    return say


def test_what_is_easily_learned_is_confirmed(place: Workplace) -> None:
    found = verify(LAYERS, recipe(learning_rate=0.5, epochs=20), 0.95)
    assert found.holds
    assert len(found.accuracies) == 2, "two of three settle it"
    assert found.seeds == [101, 202]
    assert "2 of 2 trainings reached 0.95" in found.sentence
    assert "more than half" in found.stopped


def test_what_cannot_be_learned_is_not_confirmed(place: Workplace) -> None:
    found = verify(LAYERS, recipe(learning_rate=1e-6, epochs=1), 0.95)
    assert not found.holds
    assert "0 of 2 trainings reached 0.95" in found.sentence


def test_the_majority_is_trained_first_and_all_at_once(reached: Any) -> None:
    ran = reached(s1=0.9, s2=0.9, s3=0.9, s4=0.0, s5=0.0)
    found = verify(LAYERS, recipe(seeds=[1, 2, 3, 4, 5]), 0.9)
    assert found.holds and ran == [[1, 2, 3]]


def test_the_rest_is_trained_only_where_it_can_change_the_verdict(reached: Any) -> None:
    ran = reached(s1=0.9, s2=0.0, s3=0.9, s4=0.9, s5=0.9)
    found = verify(LAYERS, recipe(seeds=[1, 2, 3, 4, 5]), 0.9)
    assert found.holds and ran == [[1, 2, 3], [4]]
    ran = reached(s6=0.0, s7=0.0, s8=0.0, s9=0.9)
    found = verify(LAYERS, recipe(seeds=[6, 7, 8, 9]), 0.9)
    assert not found.holds and ran == [[6, 7]]


def test_half_is_not_more_than_half(reached: Any) -> None:
    reached(s1=0.9, s2=0.0, s3=0.9, s4=0.0)
    assert not verify(LAYERS, recipe(seeds=[1, 2, 3, 4]), 0.9).holds


@pytest.mark.parametrize("outcomes", [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)])
def test_the_verdict_is_that_of_all_trainings(reached: Any, outcomes: tuple[int, ...]) -> None:
    reached(**{f"s{seed}": float(value) for seed, value in enumerate(outcomes)})
    assert verify(LAYERS, recipe(seeds=[0, 1, 2]), 0.5).holds == (sum(outcomes) >= 2)


def test_a_training_that_ran_off_has_failed(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_off(_: Any, __: Any, seeds: list[int], *___: Any) -> list[Trained]:
        return [Trained(seed, torch.nn.Sequential(), False) for seed in seeds]

    monkeypatch.setattr(train, "train", run_off)
    found = verify(LAYERS, recipe(), 0.1)
    assert not found.holds and found.accuracies == [0.0, 0.0]


def test_what_is_known_is_not_trained_again(place: Workplace, monkeypatch: Any) -> None:
    first = verify(LAYERS, recipe(learning_rate=0.5), 0.5)
    assert first.cached == 0
    monkeypatch.setattr(claims.train, "train", lambda *_: [])
    again = verify(LAYERS, recipe(learning_rate=0.5), 0.5)
    assert again.accuracies == first.accuracies
    assert again.cached == len(first.accuracies)


def test_a_known_result_that_settles_it_goes_first(reached: Any) -> None:
    ran = reached(s1=0.0, s2=0.9, s3=0.9)
    verify(LAYERS, recipe(seeds=[1, 2, 3]), 0.9)
    assert ran == [[1, 2], [3]]
    ran = reached(s7=0.0)
    found = verify(LAYERS, recipe(seeds=[7, 2, 3]), 0.9)
    assert found.holds and ran == [] and found.seeds == [2, 3]


def test_other_data_is_another_result(place: Workplace, reached: Any) -> None:
    ran = reached(s1=0.9, s2=0.9, s3=0.9)
    verify(LAYERS, recipe(seeds=[1, 2, 3]), 0.9)
    images, labels = samples(60, 2)
    other = Workplace(images, labels, place.held_images, place.held_labels, place.cache)
    with measuring(lambda: other):
        verify(LAYERS, recipe(seeds=[1, 2, 3]), 0.9)
    assert ran == [[1, 2], [1, 2]]


def test_the_students_clock_stands_still_while_the_grader_trains(place: Workplace) -> None:
    entered = []

    @contextmanager
    def pause() -> Iterator[None]:
        entered.append("in")
        yield
        entered.append("out")

    parts = (place.images, place.labels, place.held_images, place.held_labels)
    with measuring(lambda: Workplace(*parts, pause=pause)):
        verify(LAYERS, recipe(), 0.1)
    assert entered == ["in", "out"]


def test_data_is_read_when_the_first_claim_is_verified_and_once(place: Workplace) -> None:
    made = []

    def make() -> Workplace:
        made.append(1)
        return place

    with measuring(make):
        with pytest.raises(LayersError):
            verify([], recipe(), 0.9)
        assert made == []
        for _ in range(2):
            verify(LAYERS, recipe(), 0.1)
        assert made == [1]


def test_without_data_nothing_can_be_verified() -> None:
    with pytest.raises(NoWorkplaceError, match="@trains"):
        verify(LAYERS, recipe(), 0.9)


@pytest.mark.parametrize(
    ("layers", "declared", "error", "part"),
    [
        ([linear(3, 3)], recipe(), LayersError, "expects 3 inputs but gets 2"),
        ([linear(2, 2)], recipe(), LayersError, "2 outputs for 3 classes"),
        ([linear(2, 10**6), linear(10**6, 3)], recipe(), LayersError, "5,000,000"),
        (LAYERS, recipe(epochs=10**9), RecipeError, "epochs"),
        (LAYERS, None, RecipeError, "no dictionary"),
    ],
)
def test_what_cannot_be_trained_fails_with_a_sentence(
    place: Workplace, layers: Any, declared: Any, error: type[Exception], part: str
) -> None:
    with pytest.raises(error) as caught:
        verify(layers, declared, 0.9)
    assert part in str(caught.value)
    assert isinstance(caught.value, AssertionError)


def test_the_grader_may_name_what_it_verifies_by_plain_or_by_checked_data(place: Workplace) -> None:
    checked = read_layers(LAYERS), read_recipe(recipe())
    assert verify(*checked, 0.1).accuracies == verify(LAYERS, recipe(), 0.1).accuracies
