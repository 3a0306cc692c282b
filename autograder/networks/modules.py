"""Checked layers become an `nn.Sequential`, with weights where a state was handed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from studentkit.claims.layers import Layer, NetworkError, Shape, measure, read_layers
from torch import nn

Tensor = torch.Tensor

# Sums of n products in another order differ by about √n · 6e-8 of their largest terms, and every
# layer adds its share; a hundred layers of a thousand terms stay below 1e-4. Networks that agree
# this closely name the same class for all but undecided images, so nothing is gained in between.
TOLERANCE = 1e-4

_MOST_NAMES = 1000


class StateError(NetworkError):
    """A state_dict does not belong to the declared layers."""


def build(layers: Any) -> nn.Sequential:
    """Return the network, initialised by torch's default from torch's own random numbers.

    `layers` are plain data or what `read_layers` made of it. Its size is not limited here: call
    `measure` first.
    """
    return nn.Sequential(*(_module(layer) for layer in read_layers(layers)))


def rebuilt(layers: Any, state: Any, input_shape: Shape) -> nn.Sequential:
    """Return the network with copies of the weights in `state`, in eval mode.

    Names may be those of a Sequential ("0.weight") or of whatever held the layers, in their
    order. Raises LayersError or StateError.
    """
    checked = read_layers(layers)
    measure(checked, input_shape)
    with torch.device("meta"):  # shapes only: nothing is allocated or drawn
        network = build(checked)
    expected = network.state_dict()
    network.load_state_dict(_copied(expected, state), assign=True)
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    return network.eval()


def _copied(expected: dict[str, Tensor], state: Any) -> dict[str, Tensor]:
    if not isinstance(state, dict) or len(state) > _MOST_NAMES:
        raise StateError("the weights are no dictionary of tensors")
    if not all(type(name) is str for name in state):
        raise StateError("the weights are not all named by text")
    if len(state) != len(expected):
        raise StateError(
            f"the weights are {len(state)} tensors; the declared layers have {len(expected)}"
        )
    by_name = state.keys() == expected.keys()
    copies = {}
    for (name, like), given in zip(expected.items(), state, strict=True):
        found = name if by_name else given
        if found.rpartition(".")[2] != name.rpartition(".")[2]:
            raise StateError(f"the weights hold {_shown(found)} where {name} is expected")
        copies[name] = _copy(_shown(found), state[found], like)
        if name.endswith("running_var") and bool((copies[name] < 0).any()):
            raise StateError(f"{_shown(found)} holds a negative variance")
    return copies


def _copy(name: str, value: Any, like: Tensor) -> Tensor:
    if not isinstance(value, Tensor) or value.layout != torch.strided or value.is_quantized:
        raise StateError(f"{name} is no dense tensor")
    if value.shape != like.shape:
        raise StateError(
            f"{name} has shape {tuple(value.shape)}; the declared layer has {tuple(like.shape)}"
        )
    if value.device.type == "meta" or value.is_complex() or value.dtype == torch.bool:
        raise StateError(f"{name} holds no real numbers")
    if value.is_floating_point() != like.is_floating_point():
        raise StateError(f"{name} has dtype {value.dtype}; expected is {like.dtype}")
    copy = value.detach().to("cpu", like.dtype, copy=True).contiguous()
    if not bool(copy.isfinite().all()):
        raise StateError(f"{name} holds NaN or infinity")
    return copy


def _shown(name: str) -> str:
    return ascii(name[:60])


def disagreement(network: nn.Module, inputs: Tensor, outputs: Any) -> str:
    """Say how `outputs` differ from the network's own for `inputs`; "" where they agree.

    Compared in eval mode with TOLERANCE times the largest output.
    """
    if not isinstance(outputs, Tensor) or not outputs.is_floating_point():
        return "the outputs are no tensor of real numbers"
    if outputs.layout != torch.strided or outputs.device.type != "cpu":
        return "the outputs are no dense tensor"
    training = network.training
    with torch.no_grad():
        own = network.eval()(inputs).double()
    network.train(training)
    if outputs.shape != own.shape:
        return f"the outputs have shape {tuple(outputs.shape)}; expected {tuple(own.shape)}"
    if not bool(outputs.isfinite().all()):
        return "the outputs hold NaN or infinity"
    scale = max(float(own.abs().max()), 1e-6) if own.numel() else 1.0
    apart = float((outputs.double() - own).abs().max()) if own.numel() else 0.0
    if apart <= TOLERANCE * scale:
        return ""
    return (
        f"the declared layers with these weights give outputs that differ by {apart:.2g} "
        "from the network's own"
    )


def agrees(network: nn.Module, inputs: Tensor, outputs: Any) -> bool:
    """Tell whether `outputs`, from a worker, are what `network` gives for `inputs`."""
    return not disagreement(network, inputs, outputs)


def _module(layer: Layer) -> nn.Module:
    make: type[nn.Module] = getattr(nn, layer.kind)  # the kind is one of layers.ALLOWED
    return make(**layer.options)


def seeded(layers: Sequence[Layer], seed: int) -> nn.Sequential:
    """Return what `torch.manual_seed(seed)` and building give; torch's own state stays as it is."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return build(layers)
