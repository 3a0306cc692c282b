"""A torch module as plain data: its layers, its parameters, its outputs."""

from __future__ import annotations

from typing import Any

_BATCH = 500  # rows that go through a network together

# What each layer was made with, as torch names it; anything else has no arguments here.
_ARGUMENTS = {
    "Linear": ("in_features", "out_features"),
    "Conv2d": (
        "in_channels",
        "out_channels",
        "kernel_size",
        "stride",
        "padding",
        "dilation",
        "groups",
        "padding_mode",
    ),
    "MaxPool2d": ("kernel_size", "stride", "padding", "dilation", "ceil_mode"),
    "AvgPool2d": ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad"),
    "BatchNorm1d": ("num_features", "eps", "momentum", "affine", "track_running_stats"),
    "BatchNorm2d": ("num_features", "eps", "momentum", "affine", "track_running_stats"),
    "Dropout": ("p",),
    "Dropout2d": ("p",),
    "LeakyReLU": ("negative_slope",),
    "Softmax": ("dim",),
    "LogSoftmax": ("dim",),
    "Flatten": ("start_dim", "end_dim"),
}
_PAIRS = {"kernel_size", "stride", "padding", "dilation"}
_WITH_BIAS = {"Linear", "Conv2d"}


def layers(model: Any) -> Any:
    """Return [name, arguments] of each layer; the type's name where it is no Sequential."""
    from torch import nn

    if not isinstance(model, nn.Sequential):
        return type(model).__name__
    found: list[Any] = []
    for layer in model:
        if isinstance(layer, nn.Sequential):
            found += layers(layer)
        else:
            found.append([type(layer).__name__, _arguments(layer)])
    return found


def _arguments(layer: Any) -> dict[str, Any]:
    from torch import nn

    name = type(layer).__name__
    if type(layer) is not getattr(nn, name, None):
        return {}
    known = {key: _plain(getattr(layer, key)) for key in _ARGUMENTS.get(name, ())}
    for key in _PAIRS & set(known):
        if isinstance(known[key], int):
            known[key] = (known[key], known[key])
    if name in _WITH_BIAS:
        known["bias"] = layer.bias is not None
    return known


def _plain(value: Any) -> Any:
    """Return a number of numpy's or torch's own as Python's: np.float64(0.5) is a probability."""
    return value.item() if getattr(value, "shape", None) == () else value


def parameter_count(model: Any) -> int:
    """Return how many numbers `model.parameters()` holds."""
    return sum(parameter.numel() for parameter in model.parameters())


def parameters(model: Any) -> dict[str, Any]:
    """Return the named parameters."""
    return {name: parameter.detach().clone() for name, parameter in model.named_parameters()}


def state(model: Any) -> dict[str, Any]:
    """Return the state_dict: parameters and buffers."""
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def set_state(model: Any, values: dict[str, Any]) -> None:
    """Load a state_dict; every name must fit."""
    model.load_state_dict(values, strict=True)


def outputs(model: Any, inputs: Any, train: bool) -> Any:
    """Return `model(inputs)` without gradients, some hundred rows at a time.

    In training mode all rows go together: statistics of a batch belong to the whole batch.
    """
    import torch

    before = getattr(model, "training", None)
    if before is not None:
        model.train(train)
    try:
        with torch.no_grad():
            if train or len(inputs) <= _BATCH:
                return model(inputs)
            return torch.cat([model(part) for part in inputs.split(_BATCH)])
    finally:
        if before is not None:
            model.train(before)
