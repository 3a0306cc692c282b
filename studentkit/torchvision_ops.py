"""Let torchvision be imported beside a torch build that its compiled operators do not fit.

torchvision 0.28 from the package index is compiled for the CUDA build of torch. Beside the CPU
build of the same version its library does not load, and the import then stops at "operator
torchvision::nms does not exist": two operators get a shape rule before anybody has declared them.
Neither takes part in reading data or transforming images, so it is enough that they are declared.
Calling them still fails, as it should.
"""

from __future__ import annotations

import importlib
import sys

_MISSING = {
    "nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}


def declare_missing_operators() -> None:
    """Make `import torchvision` work; nothing changes where it works already.

    Raises ImportError where torchvision is not installed, RuntimeError where it fails for
    another reason.
    """
    try:
        importlib.import_module("torchvision")
        return
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
    # What the first try left behind would be taken for imported.
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]
    import torch

    for name, signature in _MISSING.items():
        if not hasattr(torch.ops.torchvision, name):
            torch.library.define(f"torchvision::{name}", signature)
    importlib.import_module("torchvision")
