"""Train declared layers by a declared recipe: every seed at once where that is faster."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from studentkit.claims.layers import Layer, measure
from studentkit.claims.recipe import Recipe, RecipeError, work_of
from torch import nn

from autograder.networks.stack import Stack, can_stack

Tensor = torch.Tensor

_STACKED_NUMBERS = 1_500_000  # parameters of all seeds together: beyond, caches no longer help
_EVALUATED = 4_000_000  # numbers that a layer may give at once while measuring
_RNG = 0x5EED  # keeps the order of samples apart from other uses of a seed


@dataclass(frozen=True)
class Trained:
    """One training's end."""

    seed: int
    network: nn.Sequential  # in eval mode
    finite: bool  # False: the training ran off to infinity or NaN


def train(
    layers: Sequence[Layer],
    recipe: Recipe,
    seeds: Sequence[int],
    images: Tensor,
    labels: Tensor,
    device: str = "cpu",
) -> list[Trained]:
    """Train one network per seed on images (N, C, H, W) or (N, D) with labels (N,).

    uint8 images are brought to [0, 1]. Each seed draws its own start, as `torch.manual_seed(seed)`
    and building the layers would, its own order of samples in every epoch (the last, short batch is
    kept) and its own dropout. Raises LayersError or RecipeError before anything is allocated.
    """
    check(layers, recipe, images)
    with _one_thread(), _kept_memory():
        return [
            one
            for group in groups(layers, seeds, tuple(images.shape[1:]))
            for one in _train(layers, recipe, group, images, labels, device)
        ]


def check(layers: Sequence[Layer], recipe: Recipe, images: Tensor) -> float:
    """Return the work of one training; raises LayersError or RecipeError where it cannot be."""
    size = measure(layers, tuple(images.shape[1:]))
    if len(size.shapes[-1]) != 1:
        raise RecipeError(
            f"the network gives {size.shapes[-1]} numbers per image; cross-entropy needs one "
            "score per class"
        )
    if len(images) % recipe.batch_size == 1 or recipe.batch_size == 1:
        for number, (layer, shape) in enumerate(zip(layers, size.shapes, strict=False), 1):
            if layer.kind.startswith("BatchNorm") and np.prod(shape[1:]) == 1:
                raise RecipeError(
                    f"layer {number} ({layer.kind}) cannot normalise a batch of one sample, and "
                    f"batches of {recipe.batch_size} leave one of {len(images)} samples"
                )
    return work_of(size, recipe, len(images))


def groups(
    layers: Sequence[Layer], seeds: Sequence[int], input_shape: tuple[int, ...]
) -> list[list[int]]:
    """Split the seeds into those that are trained at once."""
    most = 1
    if can_stack(layers):
        most = max(1, _STACKED_NUMBERS // max(1, measure(layers, input_shape).parameters))
    return [list(seeds[at : at + most]) for at in range(0, len(seeds), most)]


def orders(seed: int, count: int) -> Iterator[Tensor]:
    """Give the order of `count` samples in each epoch, endlessly."""
    draw = torch.Generator().manual_seed(seed ^ _RNG)
    while True:
        yield torch.randperm(count, generator=draw)


def _train(
    layers: Sequence[Layer],
    recipe: Recipe,
    seeds: Sequence[int],
    images: Tensor,
    labels: Tensor,
    device: str,
) -> list[Trained]:
    stack = Stack(layers, seeds, device)
    if not stack.parameters:
        return [Trained(*one, True) for one in zip(seeds, stack.networks(), strict=True)]
    optimizer = _optimizer(recipe, stack.parameters)
    pixels, labels = _stored(images).to(device), labels.to(device, torch.int64)
    drawn = [orders(seed, len(labels)) for seed in seeds]
    finite = [True] * len(seeds)
    for _ in range(recipe.epochs):
        order = torch.stack([next(each) for each in drawn])  # (S, N)
        for batch in _batches(order, recipe.batch_size):  # (S·B,)
            chosen = batch.to(device)
            scores = stack(_inputs(pixels.index_select(0, chosen)), True)
            # Summed over the seeds, a mean over the batch of each.
            loss = F.cross_entropy(scores, labels.index_select(0, chosen), reduction="sum")
            for parameter in stack.parameters:
                parameter.grad = None
            (loss * (len(seeds) / len(batch))).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        finite = stack.finite()
        if not any(finite):
            break
    return [
        Trained(seed, network, good)
        for seed, network, good in zip(seeds, stack.networks(), finite, strict=True)
    ]


def accuracy(network: nn.Sequential, images: Tensor, labels: Tensor, device: str = "cpu") -> float:
    """Return the share of images that `network` names rightly, in eval mode.

    Scores that are no numbers name nothing: such a row is wrong.
    """
    pixels = _stored(images)
    right = 0
    with torch.no_grad(), _one_thread(), _kept_memory():
        network = network.eval().to(device)
        rows = max(1, min(1000, _EVALUATED // _widest(network, _inputs(pixels[:1].to(device)))))
        for at in range(0, len(labels), rows):
            scores = network(_inputs(pixels[at : at + rows].to(device)))
            named = scores.argmax(1) == labels[at : at + rows].to(device)
            right += int((named & scores.isfinite().all(1)).sum())
    return right / len(labels)


def _widest(network: nn.Sequential, x: Tensor) -> int:
    """Return how many numbers the widest layer gives for the sample x (1, ...)."""
    widest = x.numel()
    for layer in network:
        x = layer(x)
        widest = max(widest, x.numel())
    return widest


def _batches(order: Tensor, size: int) -> Iterator[Tensor]:
    """Cut the orders (S, N) into batches: the seeds' shares (S, B) one after another."""
    seeds, count = order.shape
    whole = count // size * size
    yield from order[:, :whole].view(seeds, -1, size).transpose(0, 1).reshape(-1, seeds * size)
    if whole < count:
        yield order[:, whole:].reshape(-1)


def _stored(images: Tensor) -> Tensor:
    """Lay images (N, C, H, W) out as (N, H, W, C): channels last is fastest for images.

    Pooling above all: it is vectorised over channels only.
    """
    return images.permute(0, 2, 3, 1).contiguous() if images.ndim == 4 else images


def _inputs(stored: Tensor) -> Tensor:
    """Give stored samples their shape (N, C, H, W) back, and bytes as [0, 1] like ToTensor."""
    floats = stored.float().div_(255) if stored.dtype == torch.uint8 else stored
    return floats.permute(0, 3, 1, 2) if floats.ndim == 4 else floats


def _optimizer(recipe: Recipe, parameters: list[Tensor]) -> torch.optim.Optimizer:
    rate, decay = recipe.learning_rate, recipe.weight_decay
    match recipe.optimizer:
        case "Adam":
            return torch.optim.Adam(parameters, rate, weight_decay=decay, fused=True)
        case "AdamW":
            return torch.optim.AdamW(parameters, rate, weight_decay=decay, fused=True)
        case "SGD":
            return torch.optim.SGD(
                parameters, rate, recipe.momentum, weight_decay=decay, fused=True
            )
    return torch.optim.RMSprop(
        parameters, rate, momentum=recipe.momentum, weight_decay=decay, foreach=True
    )


@contextmanager
def _one_thread() -> Iterator[None]:
    """Compute on one thread: graders run beside one another."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _kept_memory() -> Iterator[None]:
    """Let glibc keep the memory of large tensors between steps.

    It returns every block over 128 KiB to the system at once, and each step would pay for fresh
    zeroed pages: 40 % of the time of a convolutional network.
    """
    library: Any = ctypes.CDLL(None) if sys.platform == "linux" else None
    if not hasattr(library, "mallopt"):
        yield
        return
    trim, mapped = -1, -3  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD
    library.mallopt(mapped, 32 << 20)  # the most that is taken
    library.mallopt(trim, 1 << 30)
    try:
        yield
    finally:
        library.mallopt(mapped, 128 << 10)
        library.mallopt(trim, 128 << 10)
        library.malloc_trim(0)
