"""What a training reached is kept; what was damaged, or made otherwise, is never believed."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from plain import linear, recipe
from studentkit.claims.layers import read_layers
from studentkit.claims.recipe import read_recipe

from autograder.core.cache import Cache
from autograder.networks import cache
from autograder.networks.cache import Results

LAYERS = read_layers([linear(2, 3), ("ReLU", {})])
RECIPE = read_recipe(recipe())


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return Results(Cache(tmp_path), "data")


def entry(tmp_path: Path) -> Path:
    (found,) = (tmp_path / "trainings").iterdir()
    return found


def test_what_was_put_is_found(results: Results) -> None:
    assert results.get(LAYERS, RECIPE, 1) is None
    results.put(LAYERS, RECIPE, 1, 0.75)
    assert results.get(LAYERS, RECIPE, 1) == 0.75


def test_everything_that_a_result_hangs_on_tells_entries_apart(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results.put(LAYERS, RECIPE, 1, 0.75)
    folder = Cache(tmp_path)
    assert results.get(LAYERS, RECIPE, 2) is None
    assert results.get(LAYERS[:1], RECIPE, 1) is None
    assert results.get(LAYERS, read_recipe(recipe(weight_decay=0.1)), 1) is None
    assert Results(folder, "other data").get(LAYERS, RECIPE, 1) is None
    assert Results(folder, "data", "cuda:0").get(LAYERS, RECIPE, 1) is None
    monkeypatch.setattr(cache.torch, "__version__", "0")
    assert Results(folder, "data").get(LAYERS, RECIPE, 1) is None
    monkeypatch.undo()
    monkeypatch.setattr(cache, "own_digest", lambda: "changed")
    assert Results(folder, "data").get(LAYERS, RECIPE, 1) is None


def test_the_other_seeds_of_a_recipe_do_not_matter(results: Results) -> None:
    results.put(LAYERS, RECIPE, 1, 0.75)
    assert results.get(LAYERS, read_recipe(recipe(seeds=[1, 5, 9])), 1) == 0.75


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "[" * 100_000, "\x00", '{"key": "x", "accuracy": 1.0}', "{}", "1e999"],
)
def test_a_damaged_entry_is_ignored(results: Results, tmp_path: Path, text: str) -> None:
    results.put(LAYERS, RECIPE, 1, 0.75)
    entry(tmp_path).write_text(text)
    assert results.get(LAYERS, RECIPE, 1) is None
    results.put(LAYERS, RECIPE, 1, 0.5)
    assert results.get(LAYERS, RECIPE, 1) == 0.5


@pytest.mark.parametrize("value", [None, "0.75", 2.0, -1.0, True, [], float("nan")])
def test_an_accuracy_that_is_none_is_ignored(results: Results, tmp_path: Path, value: Any) -> None:
    results.put(LAYERS, RECIPE, 1, 0.75)
    kept = json.loads(entry(tmp_path).read_text())
    entry(tmp_path).write_text(json.dumps(kept | {"accuracy": value}))
    assert results.get(LAYERS, RECIPE, 1) is None


def test_bytes_that_are_no_text_are_ignored(results: Results, tmp_path: Path) -> None:
    results.put(LAYERS, RECIPE, 1, 0.75)
    entry(tmp_path).write_bytes(b"\xff\xfe\xfa")
    assert results.get(LAYERS, RECIPE, 1) is None


def test_graders_that_write_at_once_leave_whole_entries(results: Results, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: results.put(LAYERS, RECIPE, 1, 0.75), range(64)))
    assert entry(tmp_path).suffix == ".json", "nothing is left beside it"
    assert results.get(LAYERS, RECIPE, 1) == 0.75


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for kept in (None, Cache(tmp_path / "file" / "below")):
        results = Results(kept, "data")
        results.put(LAYERS, RECIPE, 1, 0.75)
        assert results.get(LAYERS, RECIPE, 1) is None
