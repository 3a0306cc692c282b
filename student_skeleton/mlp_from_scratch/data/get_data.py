"""Download MNIST into mnist_train.csv and mnist_test.csv, beside this file: python get_data.py"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from studentkit.torchvision_ops import declare_missing_operators  # noqa: E402


def write_csv(dataset, path):
    """Write one row for each image: the label, then its 784 grey levels 0..255; no header."""
    unfinished = path.with_suffix(".part")
    with unfinished.open("w", newline="\n") as file:
        images = dataset.data.reshape(len(dataset), -1).tolist()
        for label, pixels in zip(dataset.targets.tolist(), images, strict=True):
            file.write(",".join(map(str, [label, *pixels])) + "\n")
    unfinished.replace(path)  # an interrupted run leaves no half a file behind


def main():
    """Write both files; those that exist already are left alone."""
    try:
        declare_missing_operators()
        from torchvision.datasets import MNIST
    except ImportError:
        sys.exit("torchvision is missing and needed for the download: pip install torchvision")
    for train, name in ((True, "mnist_train.csv"), (False, "mnist_test.csv")):
        path = HERE / name
        if path.exists():
            print(f"{path} is there already")
            continue
        try:
            dataset = MNIST(HERE / "download", train=train, download=True)
        except (OSError, RuntimeError) as error:
            sys.exit(f"MNIST could not be downloaded ({error}); check the connection and try again")
        write_csv(dataset, path)
        print(f"{path} has {len(dataset)} images")


if __name__ == "__main__":
    main()
