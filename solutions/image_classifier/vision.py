"""The parts of torchvision that are used here, importable beside a CPU build of torch. Given.

Take them from here (`from vision import transforms`): where torchvision and torch come from
different builds, `import torchvision` alone can stop at "operator torchvision::nms does not exist".
"""

from studentkit.torchvision_ops import declare_missing_operators

declare_missing_operators()

from torchvision import datasets, transforms  # noqa: E402  (they cannot be imported before)

__all__ = ["datasets", "transforms"]
