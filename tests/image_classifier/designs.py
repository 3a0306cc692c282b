"""The design of `image_classifier`: a convolution's padding and stride."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from autograder.answers.designs import HOLDS, NUMBER, FormFinding, Parameters, Predicate, fails


def padstride(parts: list[Any], parameters: Parameters) -> FormFinding:
    """Tell whether an image of `size` has a side of `out` after the convolution."""
    padding, stride = parts
    size, kernel = parameters.get("size", 64), parameters.get("kernel", 3)
    wanted = parameters.get("out", 32)

    def out(padding: int, stride: int) -> int:
        return int((size + 2 * padding - kernel) // stride + 1)

    whole = [type(part) is Fraction and part.denominator == 1 for part in parts]
    if not all(whole):
        return fails("design.no_whole_number", "Padding and stride are whole numbers.")
    if padding < 0 or stride < 1:
        return fails("design.out_of_range", "Padding is at least 0, stride at least 1.")
    if out(int(padding), int(stride)) == wanted:
        return HOLDS
    if stride >= 0 and padding >= 1 and out(int(stride), int(padding)) == wanted:
        return fails(
            "design.swapped", "Padding and stride have changed places; read the form again."
        )
    return fails("design.wrong_side", "Put both into the formula and compute the side.")


PREDICATES = {
    "padstride": Predicate(
        {"padding": NUMBER, "stride": NUMBER}, padstride, frozenset(("size", "kernel", "out"))
    )
}
