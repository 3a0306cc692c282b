"""What a test asks about a student's network: its layers, its weights, its outputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .asking import ask
from .checks import type_name

Layer = tuple[str, dict[str, Any]]

_MAX_LAYERS = 200
_ROWS = 1000  # of inputs that travel together


def layers_of(model: Any) -> list[Layer]:
    """Return the layers of an `nn.Sequential` as (name, arguments), nested ones flattened.

    Sizes like `kernel_size` are pairs. Fails where `model` is no Sequential.
    """
    found = ask("layers", model)
    if type(found) is not list:
        what = found if type(found) is str and found.isidentifier() else "something else"
        raise AssertionError(f"the function returned a {what}; build it as one nn.Sequential")
    if len(found) > _MAX_LAYERS:
        raise AssertionError(f"the network has {len(found)} layers; at most {_MAX_LAYERS} are read")
    return [_layer(row, number) for number, row in enumerate(found, 1)]


def _layer(row: Any, number: int) -> Layer:
    good = type(row) in (list, tuple) and len(row) == 2
    good = good and type(row[0]) is str and row[0].isidentifier() and type(row[1]) is dict
    if not good or not all(
        type(key) is str and key.isidentifier() and _plain(value) for key, value in row[1].items()
    ):
        raise AssertionError(f"layer {number} of the network cannot be read")
    name, arguments = row
    return name[:100], {
        key: tuple(value) if type(value) in (list, tuple) else value
        for key, value in arguments.items()
    }


def _plain(value: Any) -> bool:
    if type(value) in (list, tuple):
        return len(value) <= 4 and all(type(item) in (int, float) for item in value)
    if type(value) is str:
        return len(value) <= 100
    return value is None or type(value) in (bool, int, float)


def hidden_units(layers: list[Layer]) -> int:
    """Return how many hidden units there are: of every Linear layer but the last."""
    return sum(_sizes(layers)[:-1])


def hidden_layers(layers: list[Layer]) -> int:
    """Return the number of hidden layers: Linear layers but the last."""
    return max(len(_sizes(layers)) - 1, 0)


def _sizes(layers: list[Layer]) -> list[int]:
    found = []
    for number, (name, arguments) in enumerate(layers, 1):
        if name == "Linear":
            size = arguments.get("out_features")
            if type(size) is not int or size < 1:
                raise AssertionError(f"layer {number} is a Linear without a usable out_features")
            found.append(size)
    return found


def parameter_count(model: Any) -> int:
    """Return how many numbers `model.parameters()` holds."""
    found = ask("parameter_count", model)
    if type(found) is not int or found < 0:
        raise AssertionError("the parameters of the network cannot be counted")
    return found


def parameters_of(model: Any) -> dict[str, Any]:
    """Return the named parameters as tensors."""
    return _tensors(ask("parameters", model), "the parameters")


def state_of(model: Any) -> dict[str, Any]:
    """Return the state_dict as tensors: parameters and buffers."""
    return _tensors(ask("state", model), "the state_dict")


def set_state(model: Any, state: dict[str, Any]) -> None:
    """Load `state` into the network; every name and shape must fit."""
    ask("set_state", model, dict(state))


def stored_weights(name: str) -> dict[str, Any]:
    """Return the tensors of a file that was handed in: .safetensors, .pt or .pth.

    Fails, with what to do, where it is missing or no state_dict.
    """
    found = ask("stored", name)
    if type(found) is str:
        raise AssertionError(found)
    return _tensors(found, name)


def check_weights(build: Callable[[], Any], *names: str) -> None:
    """Fail, with what to do, unless the weights in one of the files `names` fit the network."""
    problems = []
    for name in names:
        try:
            state = stored_weights(name)
            for key, value in state.items():
                if not bool(value.isfinite().all()):
                    raise AssertionError(f"{name}: {key} has entries that are no numbers")
            return set_state(build(), state)
        except Exception as error:  # whatever it is: another file may do
            problems.append(str(error))
    broken = [one for one in problems if "is missing" not in one] or problems
    raise AssertionError("; ".join(broken))


def outputs_of(model: Any, inputs: Any, train: bool = False) -> Any:
    """Return `model(inputs)` as a tensor, without gradients, in eval mode unless `train`."""
    import torch

    if train or len(inputs) <= _ROWS:
        return _outputs(ask("outputs", model, inputs, train), len(inputs))
    parts = [
        _outputs(ask("outputs", model, part, False), len(part)) for part in inputs.split(_ROWS)
    ]
    if any(part.shape[1:] != parts[0].shape[1:] for part in parts):
        raise AssertionError("the outputs change their shape from call to call")
    return torch.cat(parts)


def _outputs(found: Any, rows: int) -> Any:
    import torch

    if not isinstance(found, torch.Tensor):
        raise AssertionError(f"the network returned a {_kind(found)}; expected a tensor")
    if found.ndim == 0 or len(found) != rows:
        raise AssertionError(
            f"the outputs have shape {tuple(found.shape)}; expected {rows} rows, one per sample"
        )
    return found.detach()


def _tensors(found: Any, what: str) -> dict[str, Any]:
    import torch

    if type(found) is not dict or not all(
        type(key) is str and isinstance(value, torch.Tensor) for key, value in found.items()
    ):
        raise AssertionError(f"{what} cannot be read as tensors by name")
    return {key: value.detach() for key, value in found.items()}


def _kind(value: Any) -> str:
    name = type_name(value)
    return name if name.isidentifier() else "something else"
