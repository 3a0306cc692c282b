"""torchvision takes what is drawn for MNIST and CIFAR-10."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autograder.datasets.batches import FOLDER, read_batches
from autograder.datasets.colours import CLASSES
from autograder.datasets.command import make
from autograder.datasets.mnist import read_mnist
from autograder.datasets.torchvision_ops import declare_missing_operators, torchvision_datasets

pytestmark = pytest.mark.slow  # torch in processes of their own


def test_mnist_is_read_without_a_download(tmp_path: Path) -> None:
    """Sizes, values and labels arrive as drawn, also where a download is asked for."""
    make("mnist", tmp_path, size=120)
    for train, (images, labels) in zip((True, False), read_mnist(tmp_path), strict=True):
        found = torchvision_datasets().MNIST(str(tmp_path), train=train, download=True)
        assert np.array_equal(found.data.numpy(), images)
        assert np.array_equal(found.targets.numpy(), labels)
        assert len(found) == (120 if train else 20)


def test_cifar10_is_read_and_checked(tmp_path: Path) -> None:
    """Sizes, values, labels and the names of classes arrive; nothing drawn is downloaded over."""
    from autograder.datasets.reader import ColourImages

    make("cifar10", tmp_path, size=50)
    train, test, _ = read_batches(tmp_path)
    for wanted, (images, labels) in ((True, train), (False, test)):
        found = ColourImages(tmp_path, train=wanted, download=True)
        assert np.array_equal(found.data, images)
        assert found.targets == labels.tolist()
        assert found.classes == list(CLASSES)
        assert np.array_equal(np.asarray(found[3][0]), images[3])


def test_torchvision_notices_that_drawn_images_are_not_the_published_ones(tmp_path: Path) -> None:
    """Nobody can take them for CIFAR-10 by accident."""
    make("cifar10", tmp_path, size=20)
    with pytest.raises(RuntimeError, match="not found or corrupted"):
        torchvision_datasets().CIFAR10(str(tmp_path))


def test_a_damaged_batch_is_noticed(tmp_path: Path) -> None:
    """The sums beside drawn images are compared."""
    from autograder.datasets.reader import ColourImages

    make("cifar10", tmp_path, size=20)
    path = tmp_path / FOLDER / "data_batch_2"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(RuntimeError, match="not found or corrupted"):
        ColourImages(tmp_path)


def test_code_without_this_package_can_read_them(tmp_path: Path) -> None:
    """The four lines that the reader's docstring gives do what it says."""
    from autograder.datasets import reader

    make("cifar10", tmp_path, size=20)
    lines = str(reader.__doc__).partition("check nothing:")[2]
    namespace = {"torchvision": __import__("torchvision")}
    exec("\n".join(line[4:] for line in lines.splitlines()), namespace)
    assert len(namespace["Images"](str(tmp_path), train=False)) == 4  # type: ignore[operator]


def test_operators_are_declared_once_and_only_where_missing() -> None:
    """A second call changes nothing; datasets and transforms work, also in a fresh process."""
    declare_missing_operators()
    before = sys.modules["torchvision"]
    declare_missing_operators()
    assert sys.modules["torchvision"] is before
    program = (
        "from autograder.datasets.torchvision_ops import torchvision_datasets as d\n"
        "import sys; assert 'torch' not in sys.modules\n"
        "d(); from torchvision import transforms; print(transforms.ToTensor())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "ToTensor()"), done.stderr
