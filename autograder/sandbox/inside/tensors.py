"""torch tensors to and from plain data, without importing torch where nobody uses it."""

from __future__ import annotations

import sys
from typing import Any

from .wire import Tensor


def is_tensor(thing: Any) -> bool:
    """Tell whether `thing` is a torch tensor (False where torch was never imported)."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(thing, torch.Tensor)


def to_plain(tensor: Any) -> Tensor:
    """Copy a torch tensor's data to the CPU as an array."""
    torch = sys.modules["torch"]
    name = str(tensor.dtype).removeprefix("torch.")
    data = tensor.detach().cpu()
    if data.dtype is torch.bfloat16:
        data = data.float()
    return Tensor(data.contiguous().numpy(), name, bool(tensor.requires_grad))


def received(value: Any) -> Any:
    """Make a tensor of what the wire holds of one, in tuples too; anything else stays."""
    if isinstance(value, Tensor):
        return to_torch(value)
    return tuple(map(received, value)) if type(value) is tuple else value


def to_torch(plain: Tensor, share: bool = False) -> Any:
    """Make a torch tensor of plain data; an unknown dtype keeps the array's own.

    With `share` it lies in the array's own memory, where edits in place can be noticed.
    """
    import torch

    tensor = torch.from_numpy(plain.array if share else plain.array.copy())
    dtype = getattr(torch, plain.dtype, None)
    if isinstance(dtype, torch.dtype):
        tensor = tensor.to(dtype)
    if plain.requires_grad and tensor.is_floating_point():
        tensor.requires_grad_()
    return tensor
