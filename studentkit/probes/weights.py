"""Trained weights out of a file that was handed in."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def stored(name: str) -> Any:
    """Return the tensors in the file `name`, by name; a sentence where that cannot be done.

    A checkpoint is read with `weights_only`: tensors and plain containers, no other pickle.
    """
    import torch

    path = Path(name)
    if not path.is_file():
        return f"{name} is missing; train the network, save its weights there and hand them in"
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            found: Any = load_file(path)
        else:
            found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever two parsers may say about hostile bytes
        return f"{name} cannot be read ({type(error).__name__}); save a state_dict of tensors there"
    whole = isinstance(found, dict) and bool(found)
    if not whole or not all(
        isinstance(key, str) and isinstance(value, torch.Tensor) for key, value in found.items()
    ):
        return f"{name} holds something else than a state_dict; save net.state_dict()"
    return {key: value.detach() for key, value in found.items()}
