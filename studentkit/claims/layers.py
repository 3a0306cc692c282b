"""What a network may be made of, read from plain data that hostile code sent.

Every argument is checked, shapes are followed through the network, and its size is known before
a single number is allocated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn

Shape = tuple[int, ...]  # of one sample: (C, H, W) or (features,)

MAX_LAYERS = 100
MAX_PARAMETERS = 5_000_000
MAX_ACTIVATIONS = 2_000_000  # numbers that one sample leaves in all layers together
MAX_MULTIPLY_ADDS = 200_000_000  # of one sample on its way forward
_MAX_COUNT = 1_000_000  # of one number, so that products stay small integers


class NetworkError(AssertionError):
    """A network, recipe or state that cannot be used; the message is for its author."""


class LayersError(NetworkError):
    """The layers make no network that the grader can build."""


@dataclass(frozen=True)
class Layer:
    """One checked layer: every argument is there, sizes of 2-D layers are pairs."""

    kind: str
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Size:
    """What a network costs, known without building it."""

    shapes: tuple[Shape, ...]  # of one sample: the input's, then each layer's output's
    parameters: int
    activations: int  # numbers per sample, the input among them
    multiply_adds: int  # per sample, forward


Checker = Callable[[Any], Any]  # returns the checked value; raises ValueError saying what is meant


class _Cost(NamedTuple):
    shape: Shape
    parameters: int = 0
    multiply_adds: int = 0


def _count(least: int = 1) -> Checker:
    def check(value: Any) -> int:
        if type(value) is not int or not least <= value <= _MAX_COUNT:
            raise ValueError(f"a whole number from {least} to {_MAX_COUNT:,}")
        return value

    return check


def _pair(least: int) -> Checker:
    one = _count(least)

    def check(value: Any) -> tuple[int, int]:
        try:
            if type(value) in (tuple, list):
                height, width = value
                return one(height), one(width)
            return one(value), one(value)
        except ValueError:
            raise ValueError(f"one or two whole numbers from {least}") from None

    return check


def _padding(value: Any) -> Any:
    return value if type(value) is str and value in ("same", "valid") else _pair(0)(value)


def _flag(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError("True or False")
    return value


def _number(least: float, most: float) -> Checker:
    def check(value: Any) -> float:
        if type(value) not in (int, float) or not least <= value <= most:  # NaN is refused too
            raise ValueError(f"a number from {least:g} to {most:g}")
        return float(value)

    return check


def _dimension(value: Any) -> int:
    if type(value) is not int or not -4 <= value <= 3:
        raise ValueError("a dimension")
    return value


def _only(*allowed: Any) -> Checker:
    def check(value: Any) -> Any:
        if not any(type(value) is type(one) and value == one for one in allowed):
            raise ValueError(" or ".join(repr(one) for one in allowed))
        return value

    return check


def _or_none(check: Checker) -> Checker:
    return lambda value: None if value is None else check(value)


_REQUIRED = object()


class _Kind(NamedTuple):
    arguments: Mapping[str, tuple[Checker, Any]]  # name -> (check, default)
    follow: Callable[[Mapping[str, Any], Shape], _Cost]  # raises ValueError: what does not fit


def _unchanged(_: Mapping[str, Any], shape: Shape) -> _Cost:
    return _Cost(shape)


def _linear(options: Mapping[str, Any], shape: Shape) -> _Cost:
    inputs, outputs = options["in_features"], options["out_features"]
    if shape[-1] != inputs:
        raise ValueError(f"expects {inputs} inputs but gets {shape[-1]}")
    rows = math.prod(shape[:-1])
    parameters = inputs * outputs + outputs * options["bias"]
    return _Cost((*shape[:-1], outputs), parameters, rows * inputs * outputs)


def _image(shape: Shape) -> tuple[int, int, int]:
    if len(shape) != 3:
        raise ValueError(f"works on images (C, H, W) but gets {shape}")
    return shape[0], shape[1], shape[2]


def _conv2d(options: Mapping[str, Any], shape: Shape) -> _Cost:
    channels, *sides = _image(shape)
    outputs, groups = options["out_channels"], options["groups"]
    if channels != options["in_channels"]:
        raise ValueError(f"expects {options['in_channels']} channels but gets {channels}")
    if channels % groups or outputs % groups:
        raise ValueError(f"cannot split {channels} and {outputs} channels into {groups} groups")
    if options["padding"] == "same" and options["stride"] != (1, 1):
        raise ValueError("can have padding='same' only with stride 1")
    out = []
    for axis, side in enumerate(sides):
        reach = options["dilation"][axis] * (options["kernel_size"][axis] - 1) + 1
        if options["padding"] == "same":
            out.append(side)
            continue
        more = 0 if options["padding"] == "valid" else 2 * options["padding"][axis]
        out.append((side + more - reach) // options["stride"][axis] + 1)
    _fits(out, options, shape)
    kernel = channels // groups * math.prod(options["kernel_size"])
    parameters = outputs * (kernel + options["bias"])
    return _Cost((outputs, *out), parameters, outputs * math.prod(out) * kernel)


def _pool(options: Mapping[str, Any], shape: Shape) -> _Cost:
    channels, *sides = _image(shape)
    out = []
    for axis, side in enumerate(sides):
        kernel, stride = options["kernel_size"][axis], options["stride"][axis]
        padding, dilation = options["padding"][axis], options.get("dilation", (1, 1))[axis]
        if padding > kernel // 2:
            raise ValueError("has a padding of more than half its kernel")
        room = side + 2 * padding - dilation * (kernel - 1) - 1
        steps = -(-room // stride) if options["ceil_mode"] else room // stride
        if options["ceil_mode"] and steps * stride >= side + padding:
            steps -= 1  # torch lets no window begin in the padding on the right
        out.append(steps + 1 if room >= 0 or options["ceil_mode"] else 0)
    _fits(out, options, shape)
    return _Cost((channels, *out), 0, channels * math.prod(out))


def _fits(out: Sequence[int], options: Mapping[str, Any], shape: Shape) -> None:
    if min(out) < 1:
        raise ValueError(f"has a kernel {options['kernel_size']} larger than its input {shape}")


def _batch_norm(wanted: tuple[int, ...]) -> Callable[[Mapping[str, Any], Shape], _Cost]:
    def follow(options: Mapping[str, Any], shape: Shape) -> _Cost:
        if len(shape) not in wanted:
            raise ValueError(f"does not work on samples of shape {shape}")
        if shape[0] != options["num_features"]:
            raise ValueError(f"expects {options['num_features']} channels but gets {shape[0]}")
        return _Cost(shape, 2 * options["num_features"] * options["affine"])

    return follow


def _dropout2d(_: Mapping[str, Any], shape: Shape) -> _Cost:
    return _Cost(_image(shape))


def _softmax(options: Mapping[str, Any], shape: Shape) -> _Cost:
    axis = options["dim"]
    if axis is None:  # what torch guesses: 0 for three dimensions, the batch's own included
        axis = 0 if len(shape) == 2 else 1
    axes = len(shape) + 1
    if not -axes <= axis < axes:
        raise ValueError(f"has no dimension {axis} to work along")
    if axis % axes == 0:
        raise ValueError("works along the batch: it would mix the samples; use dim=1")
    return _Cost(shape)


def _flatten(options: Mapping[str, Any], shape: Shape) -> _Cost:
    axes = len(shape) + 1
    start, end = (options[name] for name in ("start_dim", "end_dim"))
    if not (-axes <= start < axes and -axes <= end < axes) or start % axes > end % axes:
        raise ValueError(f"cannot flatten dimensions {start} to {end} of {axes}")
    start, end = start % axes, end % axes
    if start == 0 and end > 0:
        raise ValueError("flattens the batch into its samples; use start_dim=1")
    if start == 0:
        return _Cost(shape)
    return _Cost((*shape[: start - 1], math.prod(shape[start - 1 : end]), *shape[end:]))


_RATE: dict[str, tuple[Checker, Any]] = {
    "p": (_number(0, 1), 0.5),
    "inplace": (_flag, False),
}
_NORM: dict[str, tuple[Checker, Any]] = {
    "num_features": (_count(), _REQUIRED),
    "eps": (_number(1e-12, 1), 1e-5),
    "momentum": (_number(0, 1), 0.1),
    "affine": (_flag, True),
    "track_running_stats": (_only(True), True),
}
_POOL: dict[str, tuple[Checker, Any]] = {
    "kernel_size": (_pair(1), _REQUIRED),
    "stride": (_or_none(_pair(1)), None),  # None: the kernel's size
    "padding": (_pair(0), (0, 0)),
    "ceil_mode": (_flag, False),
}
_INPLACE: dict[str, tuple[Checker, Any]] = {"inplace": (_flag, False)}
_DIM: dict[str, tuple[Checker, Any]] = {"dim": (_or_none(_dimension), None)}

_KINDS: dict[str, _Kind] = {
    "Linear": _Kind(
        {
            "in_features": (_count(), _REQUIRED),
            "out_features": (_count(), _REQUIRED),
            "bias": (_flag, True),
        },
        _linear,
    ),
    "Conv2d": _Kind(
        {
            "in_channels": (_count(), _REQUIRED),
            "out_channels": (_count(), _REQUIRED),
            "kernel_size": (_pair(1), _REQUIRED),
            "stride": (_pair(1), (1, 1)),
            "padding": (_padding, (0, 0)),
            "dilation": (_pair(1), (1, 1)),
            "groups": (_count(), 1),
            "bias": (_flag, True),
            "padding_mode": (_only("zeros"), "zeros"),
        },
        _conv2d,
    ),
    "MaxPool2d": _Kind(
        _POOL | {"dilation": (_pair(1), (1, 1)), "return_indices": (_only(False), False)}, _pool
    ),
    "AvgPool2d": _Kind(
        _POOL | {"count_include_pad": (_flag, True), "divisor_override": (_only(None), None)},
        _pool,
    ),
    "BatchNorm1d": _Kind(_NORM, _batch_norm((1, 2))),
    "BatchNorm2d": _Kind(_NORM, _batch_norm((3,))),
    "Dropout": _Kind(_RATE, _unchanged),
    "Dropout2d": _Kind(_RATE, _dropout2d),
    "ReLU": _Kind(_INPLACE, _unchanged),
    "LeakyReLU": _Kind({"negative_slope": (_number(-10, 10), 0.01)} | _INPLACE, _unchanged),
    "Tanh": _Kind({}, _unchanged),
    "Sigmoid": _Kind({}, _unchanged),
    "Softmax": _Kind(_DIM, _softmax),
    "LogSoftmax": _Kind(_DIM, _softmax),
    "Flatten": _Kind({"start_dim": (_dimension, 1), "end_dim": (_dimension, -1)}, _flatten),
    "Identity": _Kind({}, _unchanged),
}

ALLOWED = tuple(_KINDS)


def read_layers(plain: Any) -> tuple[Layer, ...]:
    """Check a list of (name, arguments) and return it as layers; raises LayersError.

    Reading the result again gives the same.
    """
    if type(plain) not in (list, tuple):
        raise LayersError("the layers are no list of (name, arguments)")
    if not 1 <= len(plain) <= MAX_LAYERS:
        raise LayersError(f"the network has {len(plain)} layers; it may have 1 to {MAX_LAYERS}")
    return tuple(_read(number, row) for number, row in enumerate(plain, 1))


def _read(number: int, row: Any) -> Layer:
    if isinstance(row, Layer):
        row = (row.kind, dict(row.options))
    if type(row) not in (list, tuple) or len(row) != 2 or type(row[1]) is not dict:
        raise LayersError(f"layer {number} is no pair of a name and its arguments")
    kind, given = row
    if type(kind) is not str or kind not in _KINDS:
        raise LayersError(f"layer {number} is {_shown(kind)}; allowed are {', '.join(ALLOWED)}")
    arguments = _KINDS[kind].arguments
    for name in given:
        if type(name) is not str or name not in arguments:
            raise LayersError(f"layer {number} ({kind}) has no argument {_shown(name)} here")
    options = {}
    for name, (check, default) in arguments.items():
        value = given.get(name, default)
        if value is _REQUIRED:
            raise LayersError(f"layer {number} ({kind}) lacks {name}")
        try:
            options[name] = check(value)
        except ValueError as error:
            raise LayersError(
                f"layer {number} ({kind}) has {name}={_shown(value)}; expected is {error}"
            ) from None
    if options.get("stride", ()) is None:
        options["stride"] = options["kernel_size"]
    return Layer(kind, options)


def measure(layers: Sequence[Layer], input_shape: Shape) -> Size:
    """Follow one sample of `input_shape` through the layers and add up what they cost.

    Raises LayersError where a layer does not fit its input, or the network is too large.
    """
    shapes = [tuple(input_shape)]
    parameters, multiply_adds = 0, 0
    activations = math.prod(input_shape)
    for number, layer in enumerate(layers, 1):
        try:
            cost = _KINDS[layer.kind].follow(layer.options, shapes[-1])
        except ValueError as error:
            raise LayersError(f"layer {number} ({layer.kind}) {error}") from None
        shapes.append(cost.shape)
        parameters += cost.parameters
        multiply_adds += cost.multiply_adds
        activations += math.prod(cost.shape)
        if parameters > MAX_PARAMETERS:
            _too_large(number, layer, parameters, MAX_PARAMETERS, "parameters")
        if activations > MAX_ACTIVATIONS:
            _too_large(number, layer, activations, MAX_ACTIVATIONS, "activations per sample")
        if multiply_adds > MAX_MULTIPLY_ADDS:
            _too_large(number, layer, multiply_adds, MAX_MULTIPLY_ADDS, "multiply-adds per sample")
    return Size(tuple(shapes), parameters, activations, multiply_adds)


def _too_large(number: int, layer: Layer, found: int, most: int, what: str) -> NoReturn:
    raise LayersError(
        f"up to layer {number} ({layer.kind}) the network has {found:,} {what}; "
        f"the grader builds up to {most:,}"
    )


def _shown(value: Any) -> str:
    """Quote what a student's code sent: short, and without control characters."""
    if type(value) not in (str, int, float, bool, type(None), tuple, list):
        return f"a {type(value).__name__}"[:40]
    if type(value) is int and abs(value) >= 10**20:
        return "a huge number"
    if type(value) in (tuple, list):
        inner = [_shown(one) if type(one) in (str, int, float, bool) else "…" for one in value[:4]]
        return f"({', '.join(inner)}{', …' if len(value) > 4 else ''})"
    text = ascii(value[:40] if type(value) is str else value)
    return text if len(text) <= 60 else text[:60] + "…"
