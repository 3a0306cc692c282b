"""torch tensors to and from plain data, without importing torch where nobody uses it."""

from __future__ import annotations

import sys
from typing import Any

from .wire import Tensor, WireError

_DTYPES = frozenset(
    "bool uint8 uint16 uint32 uint64 int8 int16 int32 int64 float16 bfloat16 float32 float64 "
    "complex64 complex128".split()
)


def is_tensor(thing: Any) -> bool:
    """Tell whether `thing` is a torch tensor (False where torch was never imported)."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(thing, torch.Tensor)


def to_plain(tensor: Any) -> Tensor:
    """Copy a torch tensor's data to the CPU as an array.

    A subclass is taken as the tensor that it is. Raises WireError for what has no plain data:
    sparse, nested, quantised and meta tensors.
    """
    torch = sys.modules["torch"]
    with torch._C.DisableTorchFunctionSubclass():
        data = torch.Tensor.detach(tensor)
        if type(data) is not torch.Tensor:
            data = torch.Tensor.as_subclass(data, torch.Tensor)
        name = str(data.dtype).removeprefix("torch.")
        wanted = bool(torch.Tensor.requires_grad.__get__(tensor))
        if data.layout is not torch.strided or name not in _DTYPES or data.device.type == "meta":
            layout = str(data.layout).removeprefix("torch.")
            kind = (
                "nested" if data.is_nested else data.device.type if layout == "strided" else layout
            )
            raise WireError(f"a tensor of layout or kind {kind} and dtype {name} cannot travel")
        if data.is_nested:
            raise WireError("a nested tensor cannot travel")
        data = data.cpu().resolve_conj().resolve_neg()
        if data.dtype is torch.bfloat16:
            data = data.float()
        return Tensor(data.contiguous().numpy(), name, wanted)


def received(value: Any) -> Any:
    """Make a tensor of what the wire holds of one, in tuples too; anything else stays.

    Raises WireError.
    """
    if isinstance(value, Tensor):
        return to_torch(value)
    return tuple(map(received, value)) if type(value) is tuple else value


def to_torch(plain: Tensor, share: bool = False) -> Any:
    """Make a torch tensor of plain data.

    With `share` it lies in the array's own memory, where edits in place can be noticed. Raises
    WireError for what is no tensor's data.
    """
    import torch

    if plain.dtype not in _DTYPES:
        raise WireError("a tensor of a dtype that is not allowed")
    try:
        tensor = torch.from_numpy(plain.array if share else plain.array.copy())
        tensor = tensor.to(getattr(torch, plain.dtype))
    except (TypeError, ValueError, RuntimeError) as error:
        raise WireError(f"not a tensor: {error}"[:200]) from None
    if plain.requires_grad and (tensor.is_floating_point() or tensor.is_complex()):
        tensor.requires_grad_()
    return tensor
