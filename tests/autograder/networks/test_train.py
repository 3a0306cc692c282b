"""The grader's trainer does what the plain loop does, faster."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from plain import Plain, conv, linear, optimizer_of, plain_loop, recipe, samples
from studentkit.claims.layers import read_layers
from studentkit.claims.recipe import OPTIMIZERS, RecipeError, read_recipe
from torch import nn

from autograder.networks.stack import Masks, Stack
from autograder.networks.train import accuracy, groups, orders, train

RELU = ("ReLU", {})
DEEP: Plain = [("Flatten", {}), linear(6, 5), RELU, linear(5, 3)]


def trained(layers: Plain, plain: dict[str, Any], seeds: list[int], images: Any, labels: Any):
    found = train(read_layers(layers), read_recipe(plain), seeds, images, labels)
    assert [one.seed for one in found] == seeds
    return [one.network for one in found]


def assert_trains_like_the_plain_loop(
    layers: Plain, plain: dict[str, Any], shape: tuple[int, ...], count: int = 21
) -> None:
    images, labels = samples(count, *shape)
    seeds = [3, 1, 4]
    for seed, network in zip(seeds, trained(layers, plain, seeds, images, labels), strict=True):
        wanted = plain_loop(layers, plain, seed, images, labels)
        start = torch.random.get_rng_state()
        for name, value in wanted.state_dict().items():
            found = network.state_dict()[name]
            assert found.shape == value.shape, name
            torch.testing.assert_close(found, value, rtol=1e-3, atol=1e-5, msg=f"{seed} {name}")
        assert torch.equal(start, torch.random.get_rng_state())


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_takes_torchs_steps(optimizer: str) -> None:
    plain = recipe(optimizer=optimizer, learning_rate=0.01, epochs=3)
    assert_trains_like_the_plain_loop(DEEP, plain, (1, 2, 3))
    assert_trains_like_the_plain_loop(DEEP, plain | {"weight_decay": 0.1}, (1, 2, 3))
    if not optimizer.startswith("Adam"):
        more = {"momentum": 0.9, "weight_decay": 0.1}
        assert_trains_like_the_plain_loop(DEEP, plain | more, (1, 2, 3))


@pytest.mark.parametrize(
    "layers",
    [
        [("Flatten", {}), linear(72, 3)],
        [("Flatten", {}), linear(72, 3, bias=False)],
        [("Flatten", {}), linear(72, 4), ("BatchNorm1d", {"num_features": 4}), RELU, linear(4, 3)],
        [("Flatten", {}), linear(72, 4), ("BatchNorm1d", {"num_features": 4, "affine": False})],
        [("Flatten", {}), linear(72, 4), ("LeakyReLU", {"negative_slope": 0.2}), linear(4, 3)],
        [("Flatten", {}), linear(72, 4), ("Tanh", {}), linear(4, 3), ("Softmax", {"dim": 1})],
        [("Flatten", {}), linear(72, 4), ("Sigmoid", {}), linear(4, 3), ("LogSoftmax", {"dim": 1})],
        [
            ("Identity", {}),
            linear(6, 4),
            ("ReLU", {"inplace": True}),
            ("Flatten", {}),
            linear(48, 3),
        ],
        [conv(2, 3), RELU, ("MaxPool2d", {"kernel_size": 2}), ("Flatten", {}), linear(12, 3)],
        [
            conv(2, 3),
            ("AvgPool2d", {"kernel_size": 2}),
            ("Tanh", {}),
            ("Flatten", {}),
            linear(12, 3),
        ],
        [conv(2, 4, padding="same", groups=2, bias=False), ("Flatten", {}), linear(144, 3)],
        [conv(2, 2, 2, stride=2, dilation=2), ("Flatten", {}), linear(8, 3)],
        [
            conv(2, 3),
            ("BatchNorm2d", {"num_features": 3}),
            RELU,
            conv(3, 3, 2),
            ("Flatten", {}),
            linear(27, 3),
        ],
        [
            conv(2, 3),
            RELU,
            ("MaxPool2d", {"kernel_size": 3, "stride": 2, "padding": 1}),
            conv(3, 4, 2),
            ("Flatten", {}),
            ("BatchNorm1d", {"num_features": 4}),
            linear(4, 3),
        ],
        [
            ("Flatten", {"start_dim": 2}),
            linear(36, 5),
            ("BatchNorm1d", {"num_features": 2}),
            ("Flatten", {}),
            linear(10, 3),
        ],
        [("Dropout", {"p": 0.0}), ("Flatten", {}), linear(72, 3)],
    ],
    ids=lambda layers: " ".join(kind for kind, _ in layers),
)
def test_every_layer_trains_as_torch_trains_it(layers: Plain) -> None:
    assert_trains_like_the_plain_loop(layers, recipe(), (2, 6, 6))


@st.composite
def networks(draw: st.DrawFn) -> tuple[Plain, tuple[int, ...]]:
    """Small networks of what was drawn, without dropout."""
    layers: Plain = []
    channels, side = draw(st.integers(1, 3)), draw(st.integers(5, 8))
    shape = (channels, side, side)
    for _ in range(draw(st.integers(0, 2))):
        more = draw(st.integers(1, 3))
        kernel, padding = draw(st.sampled_from([(1, 0), (2, 0), (3, 1)]))
        layers.append(conv(channels, more, kernel, padding=padding))
        channels, side = more, side + 2 * padding - kernel + 1
        if draw(st.booleans()):
            layers.append(("BatchNorm2d", {"num_features": channels}))
        layers.append((draw(st.sampled_from(["ReLU", "Tanh", "LeakyReLU"])), {}))
        if side >= 3 and draw(st.booleans()):
            kind = draw(st.sampled_from(["MaxPool2d", "AvgPool2d"]))
            layers.append((kind, {"kernel_size": 2}))
            side //= 2
    layers.append(("Flatten", {}))
    width = channels * side * side
    for _ in range(draw(st.integers(0, 2))):
        more = draw(st.integers(2, 6))
        layers.append(linear(width, more, bias=draw(st.booleans())))
        width = more
        if draw(st.booleans()):
            layers.append(("BatchNorm1d", {"num_features": width}))
        layers.append((draw(st.sampled_from(["Sigmoid", "ReLU", "Identity"])), {}))
    return [*layers, linear(width, 3)], shape


@settings(max_examples=25, deadline=None, derandomize=True)
@given(networks(), st.integers(4, 9), st.sampled_from([16, 18, 23]))
def test_any_small_network_trains_like_the_plain_loop(
    network: tuple[Plain, tuple[int, ...]], batch: int, count: int
) -> None:
    layers, shape = network
    if count % batch == 1:
        count += 1  # batch normalisation needs two samples
    plain = recipe(epochs=1, batch_size=batch, learning_rate=0.05)
    assert_trains_like_the_plain_loop(layers, plain, shape, count)


def test_bytes_are_brought_to_the_unit_interval() -> None:
    images, labels = samples(10, 1, 2, 3)
    pixels = (images * 255).to(torch.uint8)
    by_bytes = trained(DEEP, recipe(), [1], pixels, labels)[0]
    by_floats = trained(DEEP, recipe(), [1], pixels.float() / 255, labels)[0]
    assert torch.equal(by_bytes[1].weight, by_floats[1].weight)


def test_a_seed_gives_the_same_network_in_any_company() -> None:
    images, labels = samples(21, 1, 2, 3)
    layers = [*DEEP[:3], ("Dropout", {"p": 0.3}), *DEEP[3:]]
    alone = trained(layers, recipe(), [7], images, labels)[0]
    for seeds in ([7, 1], [3, 2, 7], [1, 7, 2, 5, 4]):
        beside = trained(layers, recipe(), seeds, images, labels)[seeds.index(7)]
        torch.testing.assert_close(beside[1].weight, alone[1].weight, rtol=1e-4, atol=1e-6)


def test_each_seed_and_each_epoch_has_its_own_order() -> None:
    first, second = orders(1, 100), orders(2, 100)
    a, b, c = next(first), next(first), next(second)
    assert not torch.equal(a, b) and not torch.equal(a, c)
    assert sorted(a.tolist()) == list(range(100))
    assert torch.equal(next(orders(1, 100)), a)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_dropout_zeroes_its_share_and_keeps_the_mean(p: float) -> None:
    x = torch.ones(2 * 500, 400)
    dropped = Masks([1, 2]).dropped(x, p)
    zeros = (dropped == 0).double()
    spread = 5 * (p * (1 - p) / x.numel()) ** 0.5
    assert abs(float(zeros.mean()) - p) < spread
    assert torch.allclose(dropped[dropped != 0], torch.tensor(1 / (1 - p)))
    assert not torch.equal(zeros[:500], zeros[500:]), "each seed draws its own"
    assert torch.equal(Masks([2]).dropped(x[500:], p), dropped[500:])
    one, other = zeros[:, :-1], zeros[:, 1:]
    assert abs(float(((one - p) * (other - p)).mean())) < 5 * p * (1 - p) / x.numel() ** 0.5


def test_dropout_of_rate_0_and_1_keeps_all_and_nothing() -> None:
    x = torch.rand(4, 3)
    assert torch.equal(Masks([1]).dropped(x, 0.0), x)
    assert torch.equal(Masks([1]).dropped(x, 1.0), torch.zeros(4, 3))


def test_dropout2d_drops_whole_channels() -> None:
    dropped = Masks([1]).dropped(torch.ones(40, 5, 3, 3), 0.5, whole=True)
    sums = dropped.sum((2, 3))
    assert set(sums.unique().tolist()) == {0.0, 18.0}


def test_dropout_is_off_while_measuring() -> None:
    stack = Stack(read_layers([("Dropout", {"p": 0.5}), linear(3, 2)]), [1])
    x = torch.rand(5, 3)
    assert torch.equal(stack(x, False), stack(x, False))
    assert not torch.equal(stack(x, True), stack(x, True))


def test_a_training_that_runs_off_is_told_without_noise_and_spoils_no_other() -> None:
    images, labels = samples(16, 4)
    images[0] = torch.tensor([1e30, -1e30, 1e30, 0])
    layers = [linear(4, 4), linear(4, 3)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plain = read_recipe(recipe(learning_rate=100.0, epochs=5))
        found = train(read_layers(layers), plain, [1, 2], images, labels)
        reached = [accuracy(one.network, images, labels) for one in found]
    assert not any(one.finite for one in found)
    assert max(reached) == 0.0


def test_one_seed_that_runs_off_leaves_the_others_alone() -> None:
    images, _ = samples(16, 4)
    stack = Stack(read_layers([linear(4, 3)]), [1, 2])
    with torch.no_grad():
        stack.parameters[0][0] = torch.nan
    assert stack.finite() == [False, True]
    stack(images.repeat(2, 1), True).sum().backward()
    assert stack.parameters[0].grad is not None
    assert bool(stack.parameters[0].grad[1].isfinite().all())


def test_a_network_without_parameters_is_measured_as_it_is() -> None:
    images, labels = samples(9, 3)
    network = trained([("Tanh", {})], recipe(), [1, 2], images, labels)[0]
    assert accuracy(network, images, labels) == float((images.argmax(1) == labels).double().mean())


def test_accuracy_counts_the_last_short_batch_and_uses_eval_mode() -> None:
    images, labels = samples(1001, 3)
    network = nn.Sequential(nn.Dropout(0.9), nn.Linear(3, 3)).train()
    with torch.no_grad():
        wanted = float((network[1](images).argmax(1) == labels).double().mean())
    assert accuracy(network, images, labels) == wanted


def test_a_wide_network_is_measured_a_few_samples_at_a_time() -> None:
    images, labels = samples(50, 1, 20, 20)
    rows: list[int] = []

    class Counting(nn.Flatten):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            rows.append(len(x))
            return super().forward(x)

    network = nn.Sequential(nn.Conv2d(1, 500, 1), Counting(), nn.Linear(500 * 400, 3))
    accuracy(network, images, labels)
    assert max(rows) * 500 * 400 <= 4_000_000
    assert sum(rows[1:]) == 50


def test_small_networks_are_trained_together_and_large_or_convolutional_ones_apart() -> None:
    small, large = read_layers(DEEP), read_layers([linear(6, 200_000), linear(200_000, 3)])
    image = read_layers([conv(1, 2), ("Flatten", {}), linear(32, 3)])
    assert groups(small, [1, 2, 3], (1, 2, 3)) == [[1, 2, 3]]
    assert groups(large, [1, 2, 3], (6,)) == [[1], [2], [3]]
    assert groups(image, [1, 2, 3], (1, 6, 6)) == [[1], [2], [3]]


@pytest.mark.parametrize(
    ("layers", "shape", "batch", "part"),
    [
        ([linear(4, 3)], (2, 4), 8, "one score per class"),
        ([linear(4, 3), ("BatchNorm1d", {"num_features": 3})], (4,), 8, "batches of 8 leave one"),
        ([linear(4, 3), ("BatchNorm1d", {"num_features": 3})], (4,), 1, "layer 2 (BatchNorm1d)"),
    ],
)
def test_what_cannot_be_trained_is_refused(
    layers: Plain, shape: tuple[int, ...], batch: int, part: str
) -> None:
    images, labels = samples(17, *shape)
    with pytest.raises(RecipeError) as caught:
        train(read_layers(layers), read_recipe(recipe(batch_size=batch)), [1], images, labels)
    assert part in str(caught.value)


def test_threads_are_as_many_as_before() -> None:
    before = torch.get_num_threads()
    images, labels = samples(8, 1, 2, 3)
    trained(DEEP, recipe(), [1], images, labels)
    assert torch.get_num_threads() == before


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
def test_a_gpu_trains_the_same_network() -> None:
    images, labels = samples(21, 1, 2, 3)
    checked, plain = read_layers(DEEP), read_recipe(recipe())
    there = train(checked, plain, [1, 2], images, labels, "cuda")
    here = train(checked, plain, [1, 2], images, labels)
    for one, other in zip(there, here, strict=True):
        found = one.network[1].weight.cpu()
        torch.testing.assert_close(found, other.network[1].weight, rtol=1e-3, atol=1e-5)


def test_the_plain_loops_optimizers_are_torchs_own() -> None:
    for name in OPTIMIZERS:
        assert type(optimizer_of(recipe(optimizer=name), nn.Linear(1, 1))).__name__ == name
