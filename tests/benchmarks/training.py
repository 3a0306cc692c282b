"""Time the grader's trainer beside the plain loop of a course, on the same data in the same run.

    python tests/benchmarks/training.py [--epochs 1] [--data DIR] [--images 6000] [--rounds 5]

The plain loop is what students write: torchvision's MNIST with ToTensor through a DataLoader,
zero_grad, backward, step, one seed after another. Both use one thread and take turns, round by
round; the ratio is the median over the rounds. The floor is the time that the multiply-adds alone
would take at the fastest matrix product of this machine.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from studentkit.claims.layers import measure, read_layers
from studentkit.claims.recipe import Recipe
from torch import nn

from autograder.datasets.handwriting import draw_handwriting
from autograder.datasets.mnist import Part, read_mnist, write_idx
from autograder.datasets.torchvision_ops import declare_missing_operators
from autograder.networks.modules import build
from autograder.networks.train import accuracy, train

declare_missing_operators()

from torchvision.datasets import MNIST  # noqa: E402
from torchvision.transforms import ToTensor  # noqa: E402

Plain = list[tuple[str, dict[str, Any]]]
BATCH, RATE = 32, 1e-3


def _linear(inputs: int, outputs: int) -> tuple[str, dict[str, Any]]:
    return "Linear", {"in_features": inputs, "out_features": outputs}


def _convolutional(channels: int, norm: bool) -> Plain:
    """The course's sample network; with 32 channels and batch normalisation a student's."""
    layers: Plain = []
    for inputs in (1, channels):
        sizes = {"in_channels": inputs, "out_channels": channels, "kernel_size": 3}
        layers += [("Conv2d", sizes), ("ReLU", {}), ("MaxPool2d", {"kernel_size": 2})]
        layers += [("Dropout", {"p": 0.25})]
    if norm:
        layers.insert(5, ("BatchNorm2d", {"num_features": channels}))
    rest = [("Flatten", {}), _linear(25 * channels, 64), ("ReLU", {}), _linear(64, 10)]
    return layers + rest


NETWORKS: dict[str, Plain] = {
    "784-100-10": [("Flatten", {}), _linear(784, 100), ("ReLU", {}), _linear(100, 10)],
    "CNN, 8 channels": _convolutional(8, norm=False),
    "CNN, 32 channels": _convolutional(32, norm=True),
}


def plain_loop(layers: Plain, seeds: list[int], epochs: int, data: MNIST) -> list[nn.Module]:
    """Train one seed after another as the course's own code does."""
    networks = []
    for seed in seeds:
        torch.manual_seed(seed)
        network = build(layers).train()
        loader = torch.utils.data.DataLoader(data, batch_size=BATCH, shuffle=True)
        optimizer = torch.optim.Adam(network.parameters(), lr=RATE)
        for _ in range(epochs):
            for images, labels in loader:
                optimizer.zero_grad()
                loss = F.cross_entropy(network(images), labels)
                loss.backward()
                optimizer.step()
        networks.append(network.eval())
    return networks


def _tensors(part: Part) -> tuple[torch.Tensor, torch.Tensor]:
    images, labels = part
    pixels = torch.from_numpy(np.array(images)).unsqueeze(1)  # (N, 1, 28, 28)
    return pixels, torch.from_numpy(labels.astype(np.int64))


def _seconds(body: Callable[[], Any]) -> tuple[float, float, Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = body()
    return time.perf_counter() - wall, time.process_time() - cpu, result


def fastest_multiply_adds() -> float:
    """Return how many multiply-adds one thread does in a second, in a product of 1024 by 1024."""
    a, b = torch.rand(1024, 1024), torch.rand(1024, 1024)
    times = [_seconds(lambda: a @ b)[0] for _ in range(20)]
    return float(1024**3 / min(times))


def compare(name: str, data: MNIST, train_part: Part, held: Part, options: Any) -> None:
    """Print one network's line: seconds of both, their ratio, the floor."""
    layers = read_layers(NETWORKS[name])
    recipe = Recipe("Adam", RATE, options.epochs, BATCH)
    images, labels = _tensors(train_part)
    seeds = list(range(1, options.seeds + 1))
    theirs, ours, ratios, cpu_ratios = [], [], [], []
    for _ in range(options.rounds):
        wall, cpu, plain = _seconds(lambda: plain_loop(NETWORKS[name], seeds, options.epochs, data))
        own_wall, own_cpu, trained = _seconds(lambda: train(layers, recipe, seeds, images, labels))
        theirs.append(wall)
        ours.append(own_wall)
        ratios.append(wall / own_wall)
        cpu_ratios.append(cpu / own_cpu)
    per_sample = 3 * measure(layers, (1, 28, 28)).multiply_adds
    total = per_sample * len(labels) * options.epochs * len(seeds)
    floor = total / fastest_multiply_adds()
    reached = [
        np.mean([accuracy(network, *_tensors(held)) for network in networks])
        for networks in (plain, [one.network for one in trained])
    ]
    print(
        f"{name:17} plain {statistics.median(theirs):7.2f} s  ours {statistics.median(ours):6.2f} s"
        f"  ratio {statistics.median(ratios):5.2f} ({min(ratios):.2f} to {max(ratios):.2f}),"
        f" of CPU time {statistics.median(cpu_ratios):5.2f}"
        f"  floor {floor:5.2f} s  accuracy {reached[0]:.4f} and {reached[1]:.4f}",
        flush=True,
    )


def main() -> None:
    """Parse arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--images", type=int, default=10_000, help="to train on")
    parser.add_argument("--data", type=Path, help="a folder with MNIST; otherwise digits are drawn")
    parser.add_argument("--only", choices=NETWORKS, help="one network")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.data:
        (images, labels), held = read_mnist(options.data)
        part = (images[: options.images], labels[: options.images])
    else:
        part, held = draw_handwriting(options.images, 1), draw_handwriting(2000, 2)
    with tempfile.TemporaryDirectory() as name:
        write_idx(Path(name), part, held)
        data = MNIST(name, train=True, transform=ToTensor())
        print(f"{len(part[1])} images, {options.epochs} epochs, {options.seeds} seeds, one thread")
        for network in [options.only] if options.only else NETWORKS:
            compare(network, data, part, held, options)


if __name__ == "__main__":
    main()
