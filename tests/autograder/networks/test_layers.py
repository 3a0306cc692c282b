"""Layers come from hostile code: the answer is a network's size or one sentence, always."""

from __future__ import annotations

import sys
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from plain import conv, linear
from studentkit.claims.layers import (
    ALLOWED,
    MAX_LAYERS,
    MAX_PARAMETERS,
    LayersError,
    measure,
    read_layers,
)
from torch import nn

from autograder.networks.modules import build

IMAGE = (1, 28, 28)
_CALLS = 100_000  # events of the interpreter; the longest honest refusal takes 8,000


def size(layers: Any, shape: tuple[int, ...] = IMAGE) -> Any:
    return measure(read_layers(layers), shape)


def refusal(layers: Any, shape: tuple[int, ...] = IMAGE) -> str:
    calls = 0

    def counted(*_: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(counted)
    try:
        with pytest.raises(LayersError) as caught:
            size(layers, shape)
    finally:
        sys.setprofile(None)
    assert calls < _CALLS, "refusing must cost next to nothing"
    message = str(caught.value)
    assert "\n" not in message and len(message) < 400
    return message


def test_the_sample_network_of_the_course_has_14178_parameters() -> None:
    relu, pool = ("ReLU", {}), ("MaxPool2d", {"kernel_size": (2, 2)})
    block = [relu, pool, ("Dropout", {"p": 0.5})]
    layers = [conv(1, 8), *block, conv(8, 8), *block, ("Flatten", {})]
    layers += [linear(200, 64), relu, linear(64, 10)]
    found = size(layers)
    assert found.parameters == 14178
    assert found.shapes[-1] == (10,)
    assert found.multiply_adds == (
        8 * 26 * 26 * 9 + 8 * 13 * 13 * 4 // 4 + 8 * 11 * 11 * 72 + 8 * 5 * 5 + 200 * 64 + 640
    )


@pytest.mark.parametrize(
    ("layers", "part"),
    [
        (None, "no list"),
        ("Linear", "no list"),
        ([], "0 layers"),
        ([("Flatten", {})] * (MAX_LAYERS + 1), "101 layers"),
        ([["Linear"]], "layer 1 is no pair"),
        ([("Flatten", {}), ("Linear", None)], "layer 2 is no pair"),
        ([("LSTM", {})], "layer 1 is 'LSTM'; allowed are Linear"),
        ([("x" * 10**6, {})], "allowed are"),
        ([("Linear\x1b[2J", {})], r"'Linear\x1b[2J'"),
        ([(7, {})], "layer 1 is 7"),
        ([("__class__", {})], "allowed are"),
        ([("Linear", {"out_features": 3})], "lacks in_features"),
        ([("ReLU", {"p": 0.5})], "(ReLU) has no argument 'p'"),
        ([("ReLU", {5: 0.5})], "has no argument 5"),
        ([linear(True, 10)], "in_features=True"),
        ([linear(784.0, 10)], "in_features=784.0"),
        ([linear(-1, 10)], "in_features=-1"),
        ([linear(0, 10)], "in_features=0"),
        ([linear(10**400, 10)], "in_features=a huge number"),
        ([linear("784", 10)], "in_features='784'"),
        ([linear([[[[]]]], 10)], "in_features=(…)"),
        ([linear(28, 10, bias=1)], "bias=1"),
        ([linear(784, 10)], "layer 1 (Linear) expects 784 inputs but gets 28"),
        ([conv(3, 8)], "expects 3 channels but gets 1"),
        ([conv(1, 8, (29, 29))], "larger than its input"),
        ([conv(1, 8, (3, 3, 3))], "kernel_size=(3, 3, 3)"),
        ([conv(1, 8, (3, True))], "kernel_size=(3, True)"),
        ([conv(1, 8, padding="reflect")], "padding='reflect'"),
        ([conv(1, 8, padding_mode="circular")], "padding_mode='circular'"),
        ([conv(1, 8, padding="same", stride=2)], "only with stride 1"),
        ([conv(1, 8, groups=2)], "into 2 groups"),
        ([("MaxPool2d", {"kernel_size": 2, "padding": 2})], "more than half its kernel"),
        ([("MaxPool2d", {"kernel_size": 2, "return_indices": True})], "return_indices=True"),
        ([("Flatten", {}), ("MaxPool2d", {"kernel_size": 2})], "works on images"),
        ([("Dropout", {"p": float("nan")})], "p=nan"),
        ([("Dropout", {"p": 1.5})], "p=1.5"),
        ([("Dropout", {"p": -0.1})], "p=-0.1"),
        ([("BatchNorm2d", {"num_features": 2})], "expects 2 channels but gets 1"),
        ([("BatchNorm1d", {"num_features": 1})], "does not work on samples of shape (1, 28, 28)"),
        ([("BatchNorm2d", {"num_features": 1, "momentum": None})], "momentum=None"),
        ([("BatchNorm2d", {"num_features": 1, "track_running_stats": False})], "expected is True"),
        ([("Flatten", {}), ("Softmax", {"dim": 0})], "mix the samples"),
        ([("Flatten", {}), ("Softmax", {"dim": -2})], "mix the samples"),
        ([("Flatten", {}), ("Softmax", {"dim": 3})], "no dimension 3"),
        ([("Flatten", {"start_dim": 0})], "flattens the batch"),
        ([("Flatten", {"start_dim": 3, "end_dim": 1})], "cannot flatten"),
    ],
)
def test_what_is_no_network_is_refused_in_one_sentence(layers: Any, part: str) -> None:
    assert part in refusal(layers)


@pytest.mark.parametrize(
    "layers",
    [
        [("Flatten", {}), linear(784, 1_000_000), linear(1_000_000, 1_000_000)],
        [linear(28, 1_000_000)],
        [conv(1, 1_000_000)],
        [conv(1, 2000), conv(2000, 2000)],
        [conv(1, 200, 28, padding=20), *[conv(200, 1, 1), conv(1, 200, 1)] * 49],
        [conv(1, 1, 1, padding=1_000_000)],
        [("Flatten", {}), linear(784, 2000), *[linear(2000, 2000)] * 90],
        [conv(1, 50, 9, padding=4), *[conv(50, 50, 9, padding=4)] * 20],
        [("AvgPool2d", {"kernel_size": 4, "padding": 2, "stride": 1})] * 90 + [conv(1, 90)] * 2,
    ],
)
def test_bombs_are_refused_before_anything_is_allocated(layers: Any) -> None:
    refusal(layers)


def test_a_network_just_below_the_limit_is_built() -> None:
    wide = (MAX_PARAMETERS - 10) // (784 + 1 + 10)
    layers = [("Flatten", {}), linear(784, wide), linear(wide, 10)]
    assert size(layers).parameters <= MAX_PARAMETERS
    assert "parameters" in refusal([("Flatten", {}), linear(784, wide + 1), linear(wide + 1, 10)])


def test_reading_twice_changes_nothing() -> None:
    once = read_layers([conv(1, 2), ("MaxPool2d", {"kernel_size": 2}), ("Flatten", {})])
    assert read_layers(once) == once


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.tuples(inner, inner)
            | st.dictionaries(st.text(max_size=9) | st.integers(), inner, max_size=3)
        ),
        max_leaves=12,
    )
)
def test_any_plain_data_is_read_or_refused(plain: Any) -> None:
    for layers in (plain, [plain], [("Linear", plain)], [("Conv2d", {"in_channels": plain})]):
        try:
            size(layers)
        except LayersError as error:
            assert len(str(error)) < 500


pairs = st.tuples(st.integers(1, 4), st.integers(1, 4))
paddings = st.tuples(st.integers(0, 2), st.integers(0, 2))


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(["Conv2d", "MaxPool2d", "AvgPool2d"]),
    kernel=pairs,
    stride=pairs,
    padding=paddings,
    dilation=pairs,
    ceil=st.booleans(),
    sides=st.tuples(st.integers(1, 12), st.integers(1, 12)),
    groups=st.sampled_from([1, 2]),
    same=st.sampled_from(["same", "valid", ""]),
)
def test_shapes_and_parameters_are_torchs_own(
    kind: str,
    kernel: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil: bool,
    sides: Any,
    groups: int,
    same: str,
) -> None:
    options: dict[str, Any] = {"kernel_size": kernel, "stride": stride, "padding": padding}
    if kind == "Conv2d":
        options |= {"in_channels": 2, "out_channels": 4, "dilation": dilation, "groups": groups}
        options["padding"] = same or padding
    else:
        options["ceil_mode"] = ceil
        if kind == "MaxPool2d":
            options["dilation"] = dilation
    try:
        with torch.no_grad():
            module = getattr(nn, kind)(**options)
            wanted = tuple(module(torch.zeros(1, 2, *sides)).shape[1:])
    except (RuntimeError, ValueError):
        refusal([(kind, options)], (2, *sides))
        return
    found = size([(kind, options)], (2, *sides))
    assert found.shapes[-1] == wanted
    assert found.parameters == sum(p.numel() for p in module.parameters())


def test_every_allowed_layer_can_be_built() -> None:
    needed = {
        "Linear": {"in_features": 6, "out_features": 2},
        "Conv2d": {"in_channels": 4, "out_channels": 2, "kernel_size": 3},
        "MaxPool2d": {"kernel_size": 2},
        "AvgPool2d": {"kernel_size": 2},
        "BatchNorm1d": {"num_features": 4},
        "BatchNorm2d": {"num_features": 4},
        "Softmax": {"dim": 1},
        "LogSoftmax": {"dim": 1},
    }
    for kind in ALLOWED:
        shape = (4, 6) if kind == "BatchNorm1d" else (4, 6, 6)
        layers = [(kind, needed.get(kind, {}))]
        output = build(layers)(torch.rand(2, *shape))
        assert tuple(output.shape[1:]) == size(layers, shape).shapes[-1], kind
