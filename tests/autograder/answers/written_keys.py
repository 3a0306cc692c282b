"""The questions of all assignments, and points at which their references are worked out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.answers.evaluate import Activation, entries, evaluate
from autograder.answers.questions import Question, load
from autograder.core.layout import find_root, list_assignments

ROOT = find_root(Path(__file__))
Array = NDArray[np.float64]
Point = dict[str, Any]  # name -> float or array; a vector is a column


def questions() -> dict[str, Question]:
    """Return every question by "assignment/name"."""
    found = {}
    for place in list_assignments(ROOT):
        public, key = place.folder / "questions.toml", place.tests / "key.toml"
        if public.is_file():
            found.update({one.id: one for one in load(public, key).values()})
    return found


def points(question: Question, count: int = 2) -> Iterator[Point]:
    """Yield random points in every case of the question; all numbers are multiples of 1/16."""
    random = np.random.default_rng(len(question.id))
    names = question.names
    for case in question.cases:
        for _ in range(count):
            point = {
                name: _draw(random, kind, names.shapes[name], names.dims)
                for name, kind in names.vars.items()
            }
            if "Y" in point:  # one-hot rows
                rows, columns = point["Y"].shape
                point["Y"] = np.eye(columns)[random.integers(0, columns, rows)]
            yield {**point, **{name: float(value) for name, value in case.items()}}


def value(question: Question, point: Point) -> Array:
    """Return the reference at `point`, by the project's own reader and evaluator."""
    exact = {name: Fraction(size) for name, size in question.names.dims.items()}
    exact |= {name: _exact(number) for name, number in point.items()}
    activation = Activation(abstract=False, seed="")
    for name, reading in question.defs:
        exact[name] = evaluate(reading.tree, exact, activation)
    return flat(evaluate(question.reference.tree, exact, activation))


def flat(numbers: Any) -> Array:
    """Return all numbers in a value of the evaluator, a nested tuple or an array, row by row."""
    if isinstance(numbers, np.ndarray):
        return numbers.astype(float).ravel()
    if isinstance(numbers, tuple | list):
        return np.concatenate([flat(part) for part in numbers])
    return np.array([float(number) for number in entries(numbers)])


def _draw(
    random: np.random.Generator, kind: str, shape: tuple[int, ...], dims: Mapping[str, int]
) -> float | Array:
    if kind.startswith("dim:"):
        return float(dims[kind.removeprefix("dim:")])
    low, high = {"unit": (1, 16), "pos": (1, 64)}.get(kind, (-32, 32))
    drawn = random.integers(low, high, shape or (1,)) / 16
    drawn[drawn == 0] = 1.5  # nothing is asked where ReLU has no slope
    return drawn if shape else float(drawn[0])


def _exact(number: float | Array) -> Any:
    if isinstance(number, float):
        return Fraction(number)
    return tuple(tuple(Fraction(float(entry)) for entry in row) for row in number)
