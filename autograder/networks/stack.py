"""The same network several times over, one per seed, computed as one.

Parameters carry a leading axis for the seeds where there are several, so that one `baddbmm` serves
all of them. Activations keep torch's shapes with the seeds' batches one after another: (S·N, ...).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from studentkit.claims.layers import Layer
from torch import nn

from autograder.networks.modules import seeded

Tensor = torch.Tensor
Forward = Callable[[Tensor, bool], Tensor]  # (x, training) -> y

# Convolutions are not among them: grouped ones, as `vmap` makes of stacked filters, take two to
# four times as long on a CPU as one seed after another.
_STACKED = {
    *("Linear", "BatchNorm1d", "Dropout", "ReLU", "LeakyReLU", "Tanh", "Sigmoid", "Softmax"),
    *("LogSoftmax", "Flatten", "Identity"),
}


def can_stack(layers: Sequence[Layer]) -> bool:
    """Tell whether several seeds of this network can be computed at once."""
    return all(layer.kind in _STACKED for layer in layers)


class Stack:
    """`len(seeds)` networks of the same layers, each initialised as torch does for its seed."""

    def __init__(self, layers: Sequence[Layer], seeds: Sequence[int], device: str = "cpu") -> None:
        if len(seeds) > 1 and not can_stack(layers):
            raise ValueError("only stacks of linear layers hold several seeds")
        self._networks = [seeded(layers, seed).to(device) for seed in seeds]
        self.parameters: list[Tensor] = []
        self._joined: list[tuple[list[Tensor], Tensor]] = []
        masks = Masks(seeds, device)
        forwards = [
            self._forward(layer, [network[at] for network in self._networks], masks)
            for at, layer in enumerate(layers)
        ]
        self._forwards = [forwards[at] for at in _order(layers)]

    def __call__(self, x: Tensor, training: bool) -> Tensor:
        """Return the outputs (S·N, ...) for inputs (S·N, ...), N of them per seed."""
        for forward in self._forwards:
            x = forward(x, training)
        return x

    def networks(self) -> list[nn.Sequential]:
        """Return the networks as they are now, one per seed, in eval mode."""
        with torch.no_grad():
            for ones, joined in self._joined:
                for one, now in zip(ones, joined if len(ones) > 1 else [joined], strict=True):
                    one.copy_(now.t() if one.ndim == 2 and len(ones) > 1 else now.view_as(one))
        return [network.eval() for network in self._networks]

    def finite(self) -> list[bool]:
        """Tell for each seed whether all its parameters are numbers."""
        count = len(self._networks)
        good = torch.ones(count, dtype=torch.bool)
        for parameter in self.parameters:
            good &= parameter.detach().isfinite().reshape(count, -1).all(1).cpu()
        return good.tolist()

    def _join(self, modules: Sequence[nn.Module], name: str) -> Tensor | None:
        """Stack one parameter or buffer of all seeds: (S, D, H), or (S, 1, H) of a vector.

        Matrices are stacked as (inputs, outputs): their gradients then come in the layout that
        they are stored in. A single seed keeps torch's shapes.
        """
        ones = [getattr(module, name) for module in modules]
        if ones[0] is None:
            return None
        values: list[Tensor] = [one.detach() for one in ones]
        if len(ones) == 1:
            joined = values[0].clone()
        else:
            joined = torch.stack([v.t() if v.ndim == 2 else v.view(1, -1) for v in values])
        if isinstance(ones[0], nn.Parameter):
            self.parameters.append(joined.requires_grad_())
        self._joined.append((ones, joined))
        return joined

    def _forward(self, layer: Layer, modules: list[nn.Module], masks: Masks) -> Forward:
        options = layer.options
        match layer.kind:
            case "Linear":
                return self._linear(layer, modules)
            case "Conv2d":
                weight, bias = self._join(modules, "weight"), self._join(modules, "bias")
                assert weight is not None
                more = (options[name] for name in ("stride", "padding", "dilation", "groups"))
                stride, padding, dilation, groups = more
                return lambda x, _: F.conv2d(x, weight, bias, stride, padding, dilation, groups)
            case "BatchNorm1d" | "BatchNorm2d":
                return self._batch_norm(layer, modules)
            case "Dropout" | "Dropout2d":
                whole = layer.kind == "Dropout2d"
                return lambda x, training: masks.dropped(x, options["p"], whole) if training else x
            case "ReLU":
                return lambda x, _: F.relu(x)
        module = modules[0]  # neither parameters nor a difference between training and not
        if hasattr(module, "inplace"):
            setattr(module, "inplace", False)  # noqa: B010  (as the type checker wants it)
        return lambda x, _: module(x)

    def _linear(self, layer: Layer, modules: list[nn.Module]) -> Forward:
        weight, bias = self._join(modules, "weight"), self._join(modules, "bias")
        assert weight is not None
        count, inputs = len(modules), layer.options["in_features"]
        if count == 1:
            return lambda x, _: F.linear(x, weight, bias)

        def forward(x: Tensor, _: bool) -> Tensor:
            rows = x.reshape(count, -1, inputs)
            y = torch.bmm(rows, weight) if bias is None else torch.baddbmm(bias, rows, weight)
            return y.view(*x.shape[:-1], -1)

        return forward

    def _batch_norm(self, layer: Layer, modules: list[nn.Module]) -> Forward:
        names = ("running_mean", "running_var", "weight", "bias", "num_batches_tracked")
        mean, variance, weight, bias, seen = (self._join(modules, name) for name in names)
        assert mean is not None and variance is not None and seen is not None
        count, features = len(modules), layer.options["num_features"]
        momentum, eps = layer.options["momentum"], layer.options["eps"]

        def normed(x: Tensor, training: bool) -> Tensor:
            if training:
                seen.add_(1)
            scale = None if weight is None else weight.view(-1)
            shift = None if bias is None else bias.view(-1)
            means, variances = mean.view(-1), variance.view(-1)
            return F.batch_norm(x, means, variances, scale, shift, training, momentum, eps)

        def forward(x: Tensor, training: bool) -> Tensor:
            # Features of all seeds side by side, (S·N, D, ...) as (N, S·D, ...), and back again.
            more = x.shape[2:]
            apart = x.reshape(count, -1, features, *more).transpose(0, 1)  # (N, S, D, ...)
            y = normed(apart.reshape(-1, count * features, *more), training)
            return y.view(apart.shape).transpose(0, 1).reshape(x.shape)

        return normed if count == 1 else forward


class Masks:
    """Which activations dropout keeps: every seed draws its own, at a tenth of torch's cost.

    torch draws one number after another by the Mersenne twister. Here four activations share 64
    bits, so that a rate p is kept to 1/65536.
    """

    def __init__(self, seeds: Sequence[int], device: str = "cpu") -> None:
        self._bits = [
            np.random.SFC64(np.random.SeedSequence([seed & 0xFFFFFFFF, seed >> 32]))
            for seed in seeds
        ]
        self._device = device

    def dropped(self, x: Tensor, p: float, whole: bool = False) -> Tensor:
        """Return x (S·N, ...) with each number zero with probability p, and the rest larger.

        `whole` drops channels: all numbers of a sample's channel or none.
        """
        limit = round(p * 65536)
        if limit == 0:
            return x
        if limit == 65536:
            return x * 0.0
        shape = (*x.shape[:2], 1, 1) if whole else x.shape
        return x * self._drawn(torch.Size(shape), limit - 32768).mul_(1 / (1 - p))

    def _drawn(self, shape: torch.Size, limit: int) -> Tensor:
        own = shape.numel() // len(self._bits)
        words = [bits.random_raw(-(-own // 4)).view(np.int16)[:own] for bits in self._bits]
        drawn = torch.from_numpy(words[0] if len(words) == 1 else np.concatenate(words))
        return (drawn >= limit).float().view(shape).to(self._device)


def _order(layers: Sequence[Layer]) -> Iterator[int]:
    """Give the layers' order, a ReLU after the MaxPool2d that follows it.

    The largest of a window is the same before and after ReLU, for outputs and gradients, and
    afterwards there are fewer.
    """
    at = 0
    while at < len(layers):
        pair = [layer.kind for layer in layers[at : at + 2]]
        if pair == ["ReLU", "MaxPool2d"]:
            yield from (at + 1, at)
            at += 2
        else:
            yield at
            at += 1
