"""Gradients through student code by autograd, and the values that finite differences need."""

from __future__ import annotations

import copy
from typing import Any


def gradients(function: Any, inputs: list[Any], cotangent: Any) -> list[Any]:
    """Return d(sum(cotangent * function(*inputs)))/d(input) for each floating tensor.

    Raises ValueError where autograd cannot see a way from the result to the inputs.
    """
    import torch

    leaves = [_leaf(value) for value in inputs]
    with torch.enable_grad():
        total = _total(function(*leaves), cotangent)
    wanted = [leaf for leaf in leaves if _floating(leaf)]
    if not total.requires_grad:
        raise ValueError(
            "autograd sees no way from the result back to the inputs; "
            "something was detached, or left torch on the way"
        )
    found = torch.autograd.grad(total, wanted, allow_unused=True)
    return [
        torch.zeros_like(leaf) if slope is None else slope
        for leaf, slope in zip(wanted, found, strict=True)
    ]


def values(function: Any, many: list[list[Any]], cotangent: Any) -> list[float]:
    """Return sum(cotangent * function(*inputs)) for each list of inputs."""
    import torch

    with torch.no_grad():
        return [float(_total(function(*inputs), cotangent)) for inputs in many]


def module_gradients(model: Any, loss: Any, inputs: Any, targets: Any) -> dict[str, Any]:
    """Return the gradient of `loss(model(inputs), targets)` for every named parameter."""
    import torch

    model.zero_grad()
    with torch.enable_grad():
        _loss(loss)(model(inputs), targets).backward()
    found = {
        name: torch.zeros_like(one) if one.grad is None else one.grad.clone()
        for name, one in model.named_parameters()
    }
    model.zero_grad()
    return found


def module_losses(
    model: Any, loss: Any, inputs: Any, targets: Any, changes: list[list[Any]]
) -> list[float]:
    """Return the loss in float64 after each change [name of a parameter, flat index, by]."""
    import torch

    twin = copy.deepcopy(model).double()
    inputs = inputs.double() if _floating(inputs) else inputs
    named = dict(twin.named_parameters())
    found = []
    with torch.no_grad():
        for name, index, by in changes:
            entries = named[name].view(-1)
            before = entries[index].clone()
            entries[index] += by
            found.append(float(_loss(loss)(twin(inputs), targets)))
            entries[index] = before
    return found


def _loss(loss: Any) -> Any:
    if loss == "cross_entropy":
        from torch.nn import functional

        return functional.cross_entropy
    return loss


def _total(result: Any, cotangent: Any) -> Any:
    return result.sum() if cotangent is None else (result * cotangent).sum()


def _floating(value: Any) -> bool:
    import torch

    return isinstance(value, torch.Tensor) and value.is_floating_point()


def _leaf(value: Any) -> Any:
    return value.detach().clone().requires_grad_() if _floating(value) else value
