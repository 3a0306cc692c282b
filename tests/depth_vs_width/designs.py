"""The designs of `depth_vs_width`: one hidden layer of ReLUs with a linear output."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograder.answers.designs import (
    HOLDS,
    LIST,
    NUMBER,
    ROWS,
    FormError,
    FormFinding,
    Parameters,
    Predicate,
    fails,
    sized,
)
from autograder.answers.scalars import ONE, ZERO
from autograder.answers.units import OR, XOR, Vector, layer, order, truth_table, weighted_sum

_MAX_UNITS = 50


def relu_network(
    wanted: dict[Vector, bool], units: int
) -> Callable[[list[Any], Parameters], FormFinding]:
    """Return the test for an output of 0 where `wanted` is false, of at least 1 where it is true.

    More than `units` hidden units are more than are needed; key.toml may allow others.
    """

    def test(parts: list[Any], parameters: Parameters) -> FormFinding:
        weights, biases, outer, bias = parts
        if len(weights) > _MAX_UNITS:
            raise FormError(f"more than {_MAX_UNITS} hidden units")
        for row in weights:
            sized("a row of W", row, 2)
        sized("b", biases, len(weights))
        sized("v", outer, len(weights))
        outputs = truth_table(lambda x: weighted_sum(outer, layer(weights, biases, x), bias))
        wrong = [
            x
            for x, output in outputs.items()
            if not (order(output, ONE) >= 0 if wanted[x] else order(output) == 0)
        ]
        if not wrong:
            if len(weights) <= int(parameters.get("units", units)):
                return HOLDS
            return fails("design.too_many_units", "It computes it, but fewer hidden units will do.")
        if all(wanted[x] and order(outputs[x]) > 0 for x in wrong):
            return fails(
                "design.output_too_small",
                "Your output is positive where it should be, but not as large as is asked.",
            )
        if wrong == [(ZERO, ZERO)]:
            return fails("design.not_silent_at_rest", "Compute your output for the input (0, 0).")
        if wrong == [(ONE, ONE)]:
            return fails("design.both_inputs", "Compute your output for the input (1, 1).")
        return fails("design.wrong_table", "Go through the four inputs one by one.")

    return test


_PARTS = {"W": ROWS, "b": LIST, "v": LIST, "c": NUMBER}
PREDICATES = {
    "relu_or": Predicate(_PARTS, relu_network(OR, 1), frozenset(("units",))),
    "relu_xor": Predicate(_PARTS, relu_network(XOR, 2), frozenset(("units",))),
}
