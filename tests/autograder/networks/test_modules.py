"""A declared network with handed-in weights is what the worker ran, or it is refused."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from plain import conv, linear
from torch import nn

from autograder.networks import LayersError, StateError, agrees, build, disagreement, rebuilt

LAYERS = [
    conv(1, 2),
    ("BatchNorm2d", {"num_features": 2}),
    ("ReLU", {}),
    ("Dropout", {"p": 0.5}),
    ("Flatten", {}),
    linear(2 * 4 * 4, 3),
]
SHAPE = (1, 6, 6)


@pytest.fixture
def network() -> nn.Sequential:
    torch.manual_seed(0)
    made = build(LAYERS)
    made.train()(torch.rand(9, *SHAPE))  # running statistics that are not those of a new layer
    return made.eval()


def test_the_rebuilt_network_gives_the_same_outputs(network: nn.Sequential) -> None:
    again = rebuilt(LAYERS, network.state_dict(), SHAPE)
    inputs = torch.rand(5, *SHAPE)
    assert torch.equal(again(inputs), network(inputs))
    assert agrees(again, inputs, network(inputs).detach())


def test_weights_are_copied(network: nn.Sequential) -> None:
    state = network.state_dict()
    again = rebuilt(LAYERS, state, SHAPE)
    before = again[0].weight.clone()
    state["0.weight"].add_(1)
    assert torch.equal(again[0].weight, before)


def test_nested_and_named_networks_are_rebuilt_in_their_order(network: nn.Sequential) -> None:
    named = nn.ModuleDict({"body": network[:4], "head": network[4:]})
    again = rebuilt(LAYERS, dict(named.state_dict()), SHAPE)
    inputs = torch.rand(5, *SHAPE)
    assert torch.equal(again(inputs), network(inputs))


def test_double_precision_is_taken_as_single(network: nn.Sequential) -> None:
    again = rebuilt(LAYERS, network.double().state_dict(), SHAPE)
    assert again[0].weight.dtype == torch.float32


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda s: s.pop("0.bias"), "8 tensors"),
        (lambda s: s.update(more=torch.zeros(1)), "10 tensors"),
        (lambda s: s.update({"0.bias": torch.zeros(3)}), "shape (3,)"),
        (lambda s: s.update({"0.bias": torch.full((2,), torch.nan)}), "NaN"),
        (lambda s: s.update({"0.bias": torch.full((2,), 1e300, dtype=torch.float64)}), "infinity"),
        (lambda s: s.update({"0.bias": torch.zeros(2, dtype=torch.int64)}), "dtype torch.int64"),
        (lambda s: s.update({"0.bias": torch.zeros(2, dtype=torch.bool)}), "no real numbers"),
        (lambda s: s.update({"0.bias": torch.zeros(2, dtype=torch.complex64)}), "no real numbers"),
        (lambda s: s.update({"0.bias": torch.zeros(2).to_sparse()}), "no dense tensor"),
        (lambda s: s.update({"0.bias": [0.0, 0.0]}), "no dense tensor"),
        (lambda s: s.update({"0.bias": torch.zeros(2, device="meta")}), "no real numbers"),
        (lambda s: s.update({"1.running_var": torch.tensor([1.0, -1.0])}), "negative variance"),
        (lambda s: s.update({"0.scale": s.pop("0.bias")}), "expected"),
        (lambda s: s.update({7: s.pop("0.bias")}), "named by text"),
    ],
)
def test_a_lying_state_is_refused(network: nn.Sequential, change: Any, part: str) -> None:
    state: dict[Any, Any] = dict(network.state_dict())
    change(state)
    with pytest.raises(StateError) as caught:
        rebuilt(LAYERS, state, SHAPE)
    assert part in str(caught.value)


def test_a_huge_tensor_that_takes_no_memory_is_refused_by_its_shape(network: nn.Module) -> None:
    state = dict(network.state_dict())
    state["5.weight"] = torch.zeros(1).expand(1 << 40, 1)
    with pytest.raises(StateError, match="shape"):
        rebuilt(LAYERS, state, SHAPE)


def test_no_dictionary_is_no_state() -> None:
    with pytest.raises(StateError, match="no dictionary"):
        rebuilt(LAYERS, [1, 2], SHAPE)


def test_a_bomb_is_refused_before_its_state_is_looked_at() -> None:
    with pytest.raises(LayersError, match="parameters"):
        rebuilt([linear(1_000_000, 1_000_000)], {}, (1_000_000,))


def test_other_outputs_are_told_apart(network: nn.Sequential) -> None:
    inputs = torch.rand(5, *SHAPE)
    outputs = network(inputs).detach()
    assert "differ by" in disagreement(network, inputs, outputs + 0.01)
    assert "shape" in disagreement(network, inputs, outputs[:4])
    assert "NaN" in disagreement(network, inputs, outputs * torch.nan)
    assert "no tensor" in disagreement(network, inputs, outputs.tolist())
    assert "no tensor" in disagreement(network, inputs, outputs.argmax(1))


def test_rounding_is_no_disagreement(network: nn.Sequential) -> None:
    inputs = torch.rand(50, *SHAPE)
    precise = network.double()(inputs.double()).detach()
    assert agrees(network.float(), inputs, precise)


def test_a_network_that_was_run_in_training_mode_does_not_agree(network: nn.Sequential) -> None:
    inputs = torch.rand(5, *SHAPE)
    outputs = network.train()(inputs).detach()
    assert not agrees(network, inputs, outputs)
    assert network.training, "the mode stays as it was"
