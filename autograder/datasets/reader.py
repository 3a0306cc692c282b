"""`torchvision.datasets.CIFAR10` for images that are not the published ones.

torchvision compares each file with the published MD5 sum and takes every other file for damaged.
The sums of drawn images can only be others. They lie beside the images, in MD5SUMS, and replace
the published ones here: damage is still noticed. Files without MD5SUMS, as torchvision downloads
them, are checked against the published sums. Nothing else differs.

Code that must do without this package gets the same from four lines, which check nothing:

    class Images(torchvision.datasets.CIFAR10):
        train_list = [[name, None] for name, _ in torchvision.datasets.CIFAR10.train_list]
        test_list = [["test_batch", None]]
        meta = torchvision.datasets.CIFAR10.meta | {"md5": None}
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograder.datasets.batches import FOLDER, META, SUMS
from autograder.datasets.torchvision_ops import declare_missing_operators

declare_missing_operators()

from torchvision.datasets import CIFAR10  # noqa: E402  (it cannot be imported before)


class ColourImages(CIFAR10):
    """CIFAR-10, or what `autograder data cifar10` drew in its place.

    Takes the arguments of torchvision's class. `classes` are the names that the files give.
    """

    def __init__(self, root: str | Path, *args: Any, **options: Any) -> None:
        listed = Path(root) / self.base_folder / SUMS
        if listed.is_file():
            lines = listed.read_text(encoding="ascii").splitlines()
            sums = {name: md5 for md5, _, name in (line.partition("  ") for line in lines)}
            self.train_list = [[name, sums.get(name, "")] for name, _ in CIFAR10.train_list]
            self.test_list = [[name, sums.get(name, "")] for name, _ in CIFAR10.test_list]
            self.meta = CIFAR10.meta | {"md5": sums.get(META, "")}
        super().__init__(root, *args, **options)

    def download(self) -> None:
        """Fetch the published images, but never over drawn ones."""
        if not (Path(self.root) / FOLDER / SUMS).is_file():
            super().download()
