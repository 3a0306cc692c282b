"""Results of trainings that were run before, one small file each."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import torch
from studentkit import claims
from studentkit.claims.layers import Layer
from studentkit.claims.recipe import Recipe

from autograder.core.cache import Cache, CacheError, key_of

# What a result hangs on.
_SOURCES = (
    *(Path(claims.__file__).parent / name for name in ("layers.py", "recipe.py")),
    *(Path(__file__).parent / name for name in ("modules.py", "stack.py", "train.py")),
)


_KIND = "trainings"


class Results:
    """Accuracies by what they depend on; graders that run at the same time may share it.

    Without a cache nothing is kept. What cannot be written or read is computed again.
    """

    def __init__(self, cache: Cache | None, data: str, device: str = "cpu") -> None:
        self._cache = cache
        self._basis = [data, device.partition(":")[0], torch.__version__, own_digest()]

    def get(self, layers: Sequence[Layer], recipe: Recipe, seed: int) -> float | None:
        """Return the accuracy that this training reached, or None."""
        if self._cache is None:
            return None
        key = self._key(layers, recipe, seed)
        try:
            found = json.loads(self._cache.read(_KIND, f"{key}.json") or b"")
        except (ValueError, RecursionError):
            return None
        if type(found) is not dict or found.get("key") != key:
            return None
        value = found.get("accuracy")
        good = type(value) is float and math.isfinite(value) and 0 <= value <= 1
        return value if good else None

    def put(self, layers: Sequence[Layer], recipe: Recipe, seed: int, accuracy: float) -> None:
        """Keep one accuracy."""
        if self._cache is None:
            return
        key = self._key(layers, recipe, seed)
        text = json.dumps({"key": key, "accuracy": float(accuracy), "seed": seed}) + "\n"
        with contextlib.suppress(CacheError):
            self._cache.write(_KIND, f"{key}.json", text.encode())

    def _key(self, layers: Sequence[Layer], recipe: Recipe, seed: int) -> str:
        declared = asdict(recipe)
        del declared["seeds"]  # each seed is a training of its own
        rows = [[layer.kind, dict(layer.options)] for layer in layers]
        return key_of(json.dumps([self._basis, rows, declared, seed], sort_keys=True))


@functools.cache
def own_digest() -> str:
    """Return the digest of the code that trains: other code may reach other results."""
    found = hashlib.sha256()
    for file in _SOURCES:
        found.update(file.read_bytes())
    return found.hexdigest()
