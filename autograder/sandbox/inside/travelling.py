"""Networks, batches and losses on their way to a function of the grader and back.

A network of torch's own layers, in a Sequential, travels as its layers, weights and modes. It is
put together where the function runs; what the call did to it comes back and is done here to the
student's own object. Nothing but numbers, names of torch's layers and their sizes is sent.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from studentkit.claims.layers import read_layers
from studentkit.probes import networks

from . import tensors
from .loaders import Batches

NETWORK = "\0network"  # the kind of an object that is described in this way
LOSS = "\0loss"  # [LOSS, name] stands for a loss of torch's
BATCHES = "\0batches"  # [BATCHES, pairs] stands for a loader in a fixed order
KEYS = frozenset({"layers", "parameters", "buffers", "modes", "random"})

_FUNCTIONS = frozenset(
    "binary_cross_entropy binary_cross_entropy_with_logits cross_entropy l1_loss mse_loss nll_loss "
    "smooth_l1_loss".split()
)
_MODULES = frozenset(
    "BCELoss BCEWithLogitsLoss CrossEntropyLoss L1Loss MSELoss NLLLoss SmoothL1Loss".split()
)
_REDUCTIONS = ("mean", "sum", "none")


def is_network(value: Any) -> bool:
    """Tell whether `value` is a module of torch's, one that computes a loss apart."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.nn.Module) and loss_of(value) is None


def described(network: Any) -> dict[str, Any]:
    """Return a network as plain data; raises TypeError for one that is more than its layers."""
    layers = networks.layers(network)
    if type(layers) is str:
        raise TypeError(f"a {layers} cannot be passed on, only an nn.Sequential of torch's layers")
    again = _built(layers)
    parts = _parts(network)
    same = [tuple(one.shape) for one in _parts(again)] == [tuple(one.shape) for one in parts]
    if not same or any(one.device.type != "cpu" for one in parts):
        raise TypeError("a network with shared or added parts cannot be passed on")
    return {"layers": layers, **changes(network)}


def changes(network: Any) -> dict[str, Any]:
    """Return what a call can have changed: the numbers in it, its modes, torch's random state."""
    torch = sys.modules["torch"]
    return {
        "parameters": [tensors.to_plain(one) for one in network.parameters()],
        "buffers": [tensors.to_plain(one) for one in network.buffers()],
        "modes": [bool(one.training) for one in (network, *_leaves(network))],
        "random": tensors.to_plain(torch.get_rng_state()),
    }


def rebuilt(state: dict[str, Any]) -> Any:
    """Put together what `described` took apart; raises what is wrong with it."""
    torch = sys.modules["torch"]
    if state.keys() != KEYS:
        raise TypeError("no network")
    network = _built(state["layers"])
    modules = list(network.modules())
    parameters, buffers = iter(state["parameters"]), iter(state["buffers"])
    for module in modules:
        for name, like in list(module._parameters.items()):
            if like is not None:
                given = _fitting(next(parameters), like)
                module._parameters[name] = torch.nn.Parameter(
                    given.detach().clone(), requires_grad=given.requires_grad
                )
    for module in modules:
        for name, like in list(module._buffers.items()):
            if like is not None:
                module._buffers[name] = _fitting(next(buffers), like).detach().clone()
    _set_modes(network, state["modes"])
    torch.set_rng_state(state["random"])
    return network


def take_over(network: Any, state: dict[str, Any]) -> None:
    """Do to a network what was done to the one that was put together from it."""
    torch = sys.modules["torch"]
    with torch.no_grad():
        for mine, given in zip(network.parameters(), state["parameters"], strict=True):
            mine.copy_(given.detach())
        for mine, given in zip(network.buffers(), state["buffers"], strict=True):
            mine.copy_(given)
    _set_modes(network, state["modes"])
    torch.set_rng_state(state["random"])


def loss_of(value: Any) -> list[str] | None:
    """Return [name] or [name, reduction] of a loss of torch's; None for anything else."""
    torch = sys.modules.get("torch")
    if torch is None:
        return None
    name = str(getattr(value, "__name__", ""))
    if name in _FUNCTIONS and value is getattr(torch.nn.functional, name):
        return [name]
    kind = type(value).__name__
    if kind in _MODULES and type(value) is getattr(torch.nn, kind):
        plain = not list(value.parameters()) and not list(value.buffers())
        return [kind, value.reduction] if plain else None
    return None


def loss(name: Any, reduction: Any = "mean") -> Callable[..., Any]:
    """Return the loss that `loss_of` named; raises TypeError for any other."""
    torch = sys.modules["torch"]
    if type(name) is str and name in _FUNCTIONS:
        return getattr(torch.nn.functional, name)  # type: ignore[no-any-return]
    if type(name) is str and name in _MODULES and reduction in _REDUCTIONS:
        return getattr(torch.nn, name)(reduction=reduction)  # type: ignore[no-any-return]
    raise TypeError("no loss of torch's")


def pairs_of(value: Any) -> list[Any] | None:
    """Return the batches of a loader that gives the same ones each time; None for others."""
    if isinstance(value, Batches):
        return list(value)
    data = sys.modules.get("torch.utils.data")
    if data is None or not isinstance(value, data.DataLoader):
        return None
    if not isinstance(value.sampler, data.SequentialSampler):
        raise TypeError("a DataLoader that shuffles cannot be passed on")
    return list(value)


def _built(layers: Any) -> Any:
    """Return the network without numbers; raises LayersError."""
    torch = sys.modules["torch"]
    checked = read_layers(layers)
    with torch.device("meta"):
        return torch.nn.Sequential(
            *(getattr(torch.nn, layer.kind)(**layer.options) for layer in checked)
        )


def _fitting(given: Any, like: Any) -> Any:
    if given.shape != like.shape or given.is_floating_point() != like.is_floating_point():
        raise TypeError("a number of other shape than its layer has")
    return given


def _parts(network: Any) -> list[Any]:
    return [*network.parameters(), *network.buffers()]


def _leaves(network: Any) -> list[Any]:
    return [one for one in network.modules() if not list(one.children())]


def _set_modes(network: Any, modes: list[bool]) -> None:
    first, *others = modes
    for module in network.modules():
        module.training = first
    for leaf, mode in zip(_leaves(network), others, strict=True):
        leaf.training = mode
