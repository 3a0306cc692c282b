"""Download MNIST into mnist_train.csv and mnist_test.csv, beside this file: python get_data.py"""

import gzip
import hashlib
import sys
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
MIRROR = "https://ossci-datasets.s3.amazonaws.com/mnist/"  # the one that torchvision uses
# CSV file -> images and labels as their authors published them, with the MD5 sums of the archives.
SOURCES = {
    "mnist_train.csv": (
        ("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        ("train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432"),
    ),
    "mnist_test.csv": (
        ("t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3"),
        ("t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c"),
    ),
}
PIXELS = 28 * 28


def download(name, md5):
    """Return the unpacked content of an archive, without its header of 4 bytes and its sizes."""
    with urllib.request.urlopen(MIRROR + name, timeout=60) as answer:
        packed = answer.read()
    if hashlib.md5(packed).hexdigest() != md5:
        raise OSError(f"{name} arrived damaged")
    content = gzip.decompress(packed)
    sizes = content[3]  # how many: 3 for images, 1 for labels; four bytes each
    return content[4 + 4 * sizes :]


def write_csv(images, labels, path):
    """Write one row for each image: the label, then its 784 grey levels 0..255; no header."""
    unfinished = path.with_suffix(".part")
    with unfinished.open("w", newline="\n") as file:
        for number, label in enumerate(labels):
            pixels = images[number * PIXELS : (number + 1) * PIXELS]
            file.write(",".join(map(str, [label, *pixels])) + "\n")
    unfinished.replace(path)  # an interrupted run leaves no half a file behind


def main():
    """Write both files; those that exist already are left alone."""
    for name, archives in SOURCES.items():
        path = HERE / name
        if path.exists():
            print(f"{path} is there already")
            continue
        try:
            images, labels = (download(*one) for one in archives)
        except OSError as error:
            sys.exit(f"MNIST could not be downloaded ({error}); check the connection and try again")
        write_csv(images, labels, path)
        print(f"{path} has {len(labels)} images")


if __name__ == "__main__":
    main()
