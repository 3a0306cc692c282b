"""Download MNIST into mnist_train.csv and mnist_test.csv, beside this file: python get_data.py"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def write_csv(dataset, path):
    """Write one row for each image: the label, then its 784 grey levels 0..255; no header."""
    unfinished = path.with_suffix(".part")
    with unfinished.open("w", newline="\n") as file:
        images = dataset.data.reshape(len(dataset), -1).tolist()
        for label, pixels in zip(dataset.targets.tolist(), images, strict=True):
            file.write(",".join(map(str, [label, *pixels])) + "\n")
    unfinished.replace(path)  # an interrupted run leaves no half a file behind


def declare_missing_operators():
    """Let torchvision be imported beside a torch build that lacks its two compiled operators.

    torchvision from the package index expects a CUDA build of torch; beside a CPU build its
    import stops at an operator that reading MNIST never calls.
    """
    import torch

    signatures = {
        "nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
        "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    }
    try:
        import torchvision  # noqa: F401
    except RuntimeError:
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        for name, signature in signatures.items():
            torch.library.define(f"torchvision::{name}", signature)


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
