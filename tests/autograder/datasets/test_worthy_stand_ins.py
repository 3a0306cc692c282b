"""Drawn data tell models apart: linear, one hidden layer, convolutional, each clearly better."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.datasets.colours import draw_colours
from autograder.datasets.handwriting import draw_handwriting


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Networks as small as these train slower on several threads, by far where others run too."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def accuracies(images: int, data: str, epochs: int) -> list[float]:
    """Train a linear model, a network with 100 units and a small CNN; return test accuracies."""
    import torch
    from torch import nn

    draw = {"digits": draw_handwriting, "colours": draw_colours}[data]
    channels, flat = {"digits": (1, 400), "colours": (3, 576)}[data]
    (x, y), (test_x, test_y) = (
        (torch.from_numpy(values).float().div(255), torch.from_numpy(labels).long())
        for values, labels in (draw(images, 1), draw(1000, 2))
    )
    x, test_x = (  # (N, C, H, W)
        each[:, None] if each.ndim == 3 else each.permute(0, 3, 1, 2).contiguous()
        for each in (x, test_x)
    )
    mean, spread = x.mean(), x.std()
    x, test_x = (x - mean) / spread, (test_x - mean) / spread
    size = x[0].numel()
    networks = [
        lambda: [nn.Flatten(), nn.Linear(size, 10)],
        lambda: [nn.Flatten(), nn.Linear(size, 100), nn.ReLU(), nn.Linear(100, 10)],
        lambda: [
            *(nn.Conv2d(channels, 16, 3), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(16, 16, 3), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Flatten(), nn.Linear(flat, 64), nn.ReLU(), nn.Linear(64, 10)),
        ],
    ]
    found = []
    for layers in networks:
        torch.manual_seed(0)
        network = nn.Sequential(*layers())
        optimizer = torch.optim.Adam(network.parameters(), 1e-3)
        for _ in range(epochs):
            for batch in torch.randperm(len(x)).split(64):
                optimizer.zero_grad()
                nn.functional.cross_entropy(network(x[batch]), y[batch]).backward()
                optimizer.step()
        with torch.no_grad():
            found.append((network(test_x).argmax(1) == test_y).float().mean().item())
    return found


@pytest.mark.slow
def test_digits_tell_models_apart() -> None:
    """As MNIST does: about 0.76, 0.94 and 0.98 with 10,000 images."""
    linear, hidden, convolutional = accuracies(10_000, "digits", epochs=6)
    assert 0.65 < linear < hidden - 0.1
    assert hidden < convolutional - 0.02
    assert convolutional > 0.95


@pytest.mark.slow
def test_colours_tell_models_apart() -> None:
    """As CIFAR-10 does: about 0.35, 0.47 and 0.72 with 6,000 images."""
    linear, hidden, convolutional = accuracies(6_000, "colours", epochs=8)
    assert 0.2 < linear < hidden - 0.06
    assert hidden < convolutional - 0.15
    assert convolutional > 0.6
