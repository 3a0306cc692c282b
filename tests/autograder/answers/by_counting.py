"""Shapes, counts and pooled images, measured on real modules of torch."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import torch
from torch import nn

_POOL = nn.MaxPool2d(2, 2)
_CORNERS = [
    [[1, 1, 1, 0]] * 3 + [[0] * 4],
    [[0, 1, 1, 1]] * 3 + [[0] * 4],
    [[0] * 4] + [[0, 1, 1, 1]] * 3,
    [[0] * 4] + [[1, 1, 1, 0]] * 3,
]


def size(*layers: nn.Module) -> int:
    """Return the number of parameters."""
    return sum(one.numel() for layer in layers for one in layer.parameters())


def shape(*layers: nn.Module, image: tuple[int, ...] = (3, 32, 32)) -> tuple[int, ...]:
    """Return the shape that comes out, without the batch."""
    with torch.no_grad():
        return tuple(nn.Sequential(*layers)(torch.zeros(1, *image)).shape[1:])


def dense(*units: int) -> int:
    """Return the number of parameters of linear layers one after another."""
    return size(*(nn.Linear(a, b) for a, b in pairwise(units)))


def pooled(layer: nn.Module, number: int) -> Any:
    """Return what `layer` makes of one of the four images."""
    return layer(torch.tensor([_CORNERS[number]], dtype=torch.float64))[0].numpy()


def batches(samples: int, batch: int) -> int:
    """Return the length of a loader over as many samples; a short batch counts."""
    return len(torch.utils.data.DataLoader(range(samples), batch_size=batch))  # type: ignore[arg-type]


def loss_entries() -> int:
    """Return how often 250 batches are complete in 20 epochs with batches of 16."""
    return sum(i % 250 == 249 for _ in range(20) for i in range(batches(50_000, 16)))


_CONV1, _CONV2 = nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5)
_SMALL1, _SMALL2 = nn.Conv2d(3, 6, 3), nn.Conv2d(6, 16, 3)
_DENSE = [nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)]
_NET = [_CONV1, _POOL, _CONV2, *_DENSE]  # in the order of the constructor
_TABLE = [
    nn.Conv2d(1, 4, 5, stride=1, padding=2),
    nn.Conv2d(4, 8, 5, stride=2, padding=2),
    nn.Conv2d(8, 12, 4, stride=2, padding=1),
]
_GREY = (1, 28, 28)


def _digits(channels: int, norm: bool) -> list[nn.Module]:
    """Return the convolutional part of the networks for digits."""
    middle = [nn.BatchNorm2d(channels).eval()] if norm else []
    first = [nn.Conv2d(1, channels, 3), nn.MaxPool2d(2)]
    return [*first, nn.Conv2d(channels, channels, 3), *middle, nn.MaxPool2d(2), nn.Flatten()]


def _table(count: int) -> tuple[int, ...]:
    return shape(*_TABLE[:count], image=_GREY)


MEASURED: dict[str, Callable[[], Any]] = {
    "image_classifier/conv1_output": lambda: shape(_CONV1),
    "image_classifier/pool1_output": lambda: shape(_CONV1, _POOL),
    "image_classifier/conv2_output": lambda: shape(_CONV1, _POOL, _CONV2),
    "image_classifier/pool2_output": lambda: shape(_CONV1, _POOL, _CONV2, _POOL),
    "image_classifier/layer_parameters": lambda: tuple(map(size, [_CONV1, _CONV2, *_DENSE])),
    "image_classifier/total_parameters": lambda: size(*_NET),
    "image_classifier/layer_without_gradients": lambda: [size(one) for one in _NET].index(0) + 1,
    "image_classifier/k3_conv2_output": lambda: shape(_SMALL1, _POOL, _SMALL2),
    "image_classifier/k3_pooled_side": lambda: shape(_POOL, image=(1, 9, 9))[-1],
    "image_classifier/k3_inputs": lambda: shape(_SMALL1, _POOL, _SMALL2, _POOL, nn.Flatten())[0],
    "image_classifier/k3_regrouped_rows": lambda: len(
        torch.zeros(25, *shape(_SMALL1, _POOL, _SMALL2, _POOL)).view(-1, 400)
    ),
    "image_classifier/iterations_batch_4": lambda: batches(50_000, 4),
    "image_classifier/iterations_batch_16": lambda: batches(50_000, 16),
    "image_classifier/loss_entries": loss_entries,
    "image_classifier/convolution_output": lambda: shape(nn.Conv2d(32, 64, 3), image=(32, 64, 64)),
    "depth_vs_width/relu_of_both_signs": lambda: sum(torch.tensor([3.0, -3.0]).relu()).item(),
    "depth_vs_width/majority_accuracy": lambda: (259_715 - 6_794) / 259_715,
    "depth_vs_width/dense_parameters": lambda: dense(784, 100, 10),
    "depth_vs_width/sample_dense_parameters": lambda: dense(784, 20, 10),
    "depth_vs_width/flat_size": lambda: shape(*_digits(8, norm=False), image=_GREY)[0],
    "depth_vs_width/sample_cnn_parameters": lambda: (
        size(*_digits(8, norm=False)) + dense(200, 64, 10)
    ),
    "depth_vs_width/wide_cnn_parameters": lambda: (
        size(*_digits(32, norm=True)) + dense(800, 64, 10)
    ),
    "depth_vs_width/patch_positions": lambda: shape(nn.Conv2d(1, 1, 8), image=(1, 20, 20))[-1],
    "depth_vs_width/filter_parameters": lambda: size(nn.Conv2d(3, 8, 5)),
    "depth_vs_width/filter_output": lambda: (*shape(nn.Conv2d(3, 8, 5))[1:], 8),
    "depth_vs_width/average_pooling_1": lambda: pooled(nn.AvgPool2d(2), 0),
    "depth_vs_width/average_pooling_2": lambda: pooled(nn.AvgPool2d(2), 1),
    "depth_vs_width/average_pooling_3": lambda: pooled(nn.AvgPool2d(2), 2),
    "depth_vs_width/average_pooling_4": lambda: pooled(nn.AvgPool2d(2), 3),
    "depth_vs_width/max_pooling": lambda: pooled(_POOL, 0),
    "depth_vs_width/dropout_sweep": lambda: torch.linspace(0, 1, 10, dtype=torch.float64).numpy(),
    "depth_vs_width/iterations": lambda: batches(60_000, 32),
    "handmade_networks/one_layer_parameters": lambda: dense(784, 10),
    "handmade_networks/two_layer_parameters": lambda: dense(784, 200, 10),
    "handmade_networks/five_layer_parameters": lambda: dense(784, 200, 100, 60, 30, 10),
    "handmade_networks/starter_iterations": lambda: batches(60_000, 100),
    "handmade_networks/starter_epochs": lambda: 2000 / batches(60_000, 100),
    "handmade_networks/conv1_shape": lambda: _table(1),
    "handmade_networks/conv2_shape": lambda: _table(2),
    "handmade_networks/conv3_shape": lambda: _table(3),
    "handmade_networks/conv1_parameters": lambda: size(_TABLE[0]),
    "handmade_networks/conv2_parameters": lambda: size(_TABLE[1]),
    "handmade_networks/conv3_parameters": lambda: size(_TABLE[2]),
    "handmade_networks/flat_units": lambda: math.prod(_table(3)),
    "handmade_networks/learning_rate_at_start": lambda: 0.0001 + (0.003 - 0.0001),
    "handmade_networks/learning_rate_at_2000": lambda: 0.0001 + (0.003 - 0.0001) / math.e,
    "handmade_networks/learning_rate_at_6000": lambda: 0.0001 + (0.003 - 0.0001) / math.e**3,
    "mlp_from_scratch/split_sizes": lambda: (int(0.8 * 60_000), 60_000 - int(0.8 * 60_000)),
    "mlp_from_scratch/batches_an_epoch": lambda: batches(48_000, 64),
    "mlp_from_scratch/network_parameters": lambda: dense(784, 128, 10),
}
