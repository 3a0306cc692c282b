"""Networks as plain data, drawn and written down, and the plain loop that they are trained by."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from autograder.networks.train import orders

Plain = list[tuple[str, dict[str, Any]]]


def linear(inputs: int, outputs: int, **more: Any) -> tuple[str, dict[str, Any]]:
    return "Linear", {"in_features": inputs, "out_features": outputs, **more}


def conv(inputs: int, outputs: int, kernel: Any = (3, 3), **more: Any) -> tuple[str, dict]:
    sizes = {"in_channels": inputs, "out_channels": outputs, "kernel_size": kernel}
    return "Conv2d", sizes | more


def recipe(**changed: Any) -> dict[str, Any]:
    plain = {"optimizer": "SGD", "learning_rate": 0.1, "epochs": 2, "batch_size": 8}
    return plain | changed


def samples(count: int, *shape: int, classes: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    draw = torch.Generator().manual_seed(0)
    images = torch.rand(count, *shape, generator=draw)
    return images, torch.randint(0, classes, (count,), generator=draw)


def optimizer_of(plain: dict[str, Any], network: nn.Module) -> torch.optim.Optimizer:
    options = {"lr": plain["learning_rate"], "weight_decay": plain.get("weight_decay", 0.0)}
    if plain["optimizer"] in ("SGD", "RMSprop"):
        options["momentum"] = plain.get("momentum", 0.0)
    return getattr(torch.optim, plain["optimizer"])(network.parameters(), **options)


def plain_loop(
    layers: Plain, plain: dict[str, Any], seed: int, images: torch.Tensor, labels: torch.Tensor
) -> nn.Sequential:
    """Train as every textbook does, in the order of samples that the trainer draws."""
    torch.manual_seed(seed)
    network = nn.Sequential(*(getattr(nn, kind)(**options) for kind, options in layers))
    optimizer = optimizer_of(plain, network)
    network.train()
    for _, order in zip(range(plain["epochs"]), orders(seed, len(labels)), strict=False):
        for batch in order.split(plain["batch_size"]):
            optimizer.zero_grad()
            F.cross_entropy(network(images[batch]), labels[batch]).backward()
            optimizer.step()
    return network.eval()
