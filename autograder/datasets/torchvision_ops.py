"""torchvision for this package, beside whichever build of torch is there."""

from __future__ import annotations

import importlib
from types import ModuleType

from studentkit import torchvision_ops

from autograder.datasets.mnist import DataError


def declare_missing_operators() -> None:
    """Make `import torchvision` work; raises DataError where it cannot."""
    try:
        torchvision_ops.declare_missing_operators()
    except (ImportError, RuntimeError) as error:
        raise DataError(f"torchvision cannot be imported ({error}); install it") from None


def torchvision_datasets() -> ModuleType:
    """Return `torchvision.datasets`; raises DataError where it cannot be had."""
    declare_missing_operators()
    return importlib.import_module("torchvision.datasets")
