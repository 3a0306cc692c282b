"""Fetch MNIST (about 12 MB) into data/, in place of the few drawn digits there."""

import shutil
from pathlib import Path

from digits import datasets


def main(folder: str = "data") -> None:
    """Download with torchvision, which leaves alone what is already there."""
    if (Path(folder) / "MNIST" / "SOURCE").is_file():  # drawn digits say what they are
        shutil.rmtree(Path(folder) / "MNIST")
    datasets.MNIST(folder, download=True)


if __name__ == "__main__":
    main()
