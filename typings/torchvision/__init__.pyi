"""Types of what the package uses of torchvision, which comes without them."""

from torchvision import datasets as datasets
