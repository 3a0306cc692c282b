"""Gradients through student functions: by autograd beside them, and by finite differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .asking import ask
from .checks import assert_close

_STEP = 1e-5  # in float64 from end to end
_LONG_STEP = 1e-3  # where the student's function may go through float32, whatever it is given
_SAMPLED = 12  # entries of one parameter that finite differences look at


def by_autograd(function: Callable[..., Any], *inputs: Any, cotangent: Any = None) -> list[Any]:
    """Return the gradients of sum(cotangent * function(*inputs)) by autograd.

    One gradient for each floating tensor among `inputs`, of its shape. `function` must be the
    student's: a function of the test would be called across the processes, where no graph goes.
    """
    import torch

    found = ask("gradients", function, list(inputs), cotangent)
    wanted = [value for value in inputs if _floating(value)]
    if type(found) is not list or len(found) != len(wanted):
        raise AssertionError("no gradients could be computed")
    for slope, value in zip(found, wanted, strict=True):
        if not isinstance(slope, torch.Tensor) or slope.shape != value.shape:
            raise AssertionError("a gradient has another shape than its input")
    return [slope.detach() for slope in found]


def by_differences(function: Callable[..., Any], *inputs: Any, cotangent: Any = None) -> list[Any]:
    """Return the same gradients by central differences; give the inputs in float64."""
    import torch

    wanted = [position for position, value in enumerate(inputs) if _floating(value)]
    many: list[list[Any]] = []
    for position in wanted:
        for index in range(inputs[position].numel()):
            for by in (_LONG_STEP, -_LONG_STEP):
                moved = inputs[position].detach().clone().contiguous()
                moved.view(-1)[index] += by
                many.append([*inputs[:position], moved, *inputs[position + 1 :]])
    found = _numbers(ask("values", function, many, cotangent), len(many))
    slopes = (found[0::2] - found[1::2]) / (2 * _LONG_STEP)
    results, start = [], 0
    for position in wanted:
        size = inputs[position].numel()
        part = torch.from_numpy(slopes[start : start + size].copy())
        results.append(part.reshape(inputs[position].shape))
        start += size
    return results


def assert_gradients(
    function: Callable[..., Any],
    *inputs: Any,
    what: str = "the result",
    cotangent: Any = None,
    rtol: float = 1e-3,
    atol: float = 3e-4,
) -> None:
    """Fail unless autograd through `function` gives what finite differences of it give.

    What differs by less may be the rounding of float32.
    """
    slopes = by_autograd(function, *inputs, cotangent=cotangent)
    expected = by_differences(function, *inputs, cotangent=cotangent)
    for number, (slope, wanted) in enumerate(zip(slopes, expected, strict=True), 1):
        name = f"the gradient of {what} with respect to input {number} by autograd"
        assert_close(slope, wanted, name, rtol=rtol, atol=atol)


def module_gradients(model: Any, loss: Any, inputs: Any, targets: Any) -> dict[str, Any]:
    """Return the gradient of `loss(model(inputs), targets)` for each named parameter.

    `loss` is a function of the student's, or "cross_entropy" for torch's own, on logits.
    """
    import torch

    found = ask("module_gradients", model, loss, inputs, targets)
    if type(found) is not dict or not all(
        type(key) is str and isinstance(value, torch.Tensor) for key, value in found.items()
    ):
        raise AssertionError("the gradients of the network cannot be read")
    return {key: value.detach() for key, value in found.items()}


def assert_module_gradients(
    model: Any, loss: Any, inputs: Any, targets: Any, rtol: float = 1e-2, atol: float = 1e-5
) -> None:
    """Fail unless autograd gives what finite differences give, on entries of each parameter.

    The differences are taken in float64 on a copy of the network; at most twelve entries of each
    parameter are looked at, evenly spread.
    """
    slopes = module_gradients(model, loss, inputs, targets)
    changes: list[list[Any]] = []
    places: list[tuple[str, int]] = []
    for name, slope in slopes.items():
        for index in np.unique(np.linspace(0, slope.numel() - 1, _SAMPLED).astype(int)):
            places.append((name, int(index)))
            changes += [[name, int(index), _STEP], [name, int(index), -_STEP]]
    losses = ask("module_losses", model, loss, inputs, targets, changes)
    found = _numbers(losses, len(changes))
    expected = (found[0::2] - found[1::2]) / (2 * _STEP)
    for (name, index), wanted in zip(places, expected, strict=True):
        slope = slopes[name].reshape(-1)[index].item()
        place = f"the gradient of {name} (entry {index})"
        assert_close(slope, wanted, place, rtol=rtol, atol=atol)


def _numbers(found: Any, count: int) -> np.ndarray:
    if type(found) is not list or len(found) != count:
        raise AssertionError("the values around a point cannot be computed")
    if not all(type(value) in (int, float) for value in found):
        raise AssertionError("the values around a point are no numbers")
    return np.array(found, dtype=float)


def _floating(value: Any) -> bool:
    return bool(getattr(value, "is_floating_point", lambda: False)())
