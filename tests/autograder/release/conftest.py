"""A made-up project with one small assignment, complete with solution, suites and mistakes."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

FILES = {
    "assignments/tiny/assignment.toml": """\
title = "Tiny networks"
[[tasks]]
id = "squash"
title = "Squashing functions"
points = 6
[[tasks]]
id = "layer"
title = "A linear layer"
points = 3
needs = ["squash"]
[[tasks]]
id = "essay"
title = "What you saw"
points = 1
[policy.imports]
action = "zero"
[policy.printing]
action = "deduct"
percent = 10
allow = ["main.*"]
[files]
archive = "tiny_submission.zip"
submit = ["nets", "configs", "*.py"]
required = ["nets/core.py", "configs/*.y*ml"]
""",
    "assignments/tiny/README.md": "# Tiny networks\n\nFill in what is yours to write.\n",
    "assignments/tiny/rubric.md": "The answer that we expect to question one: the middle one.\n",
    "solutions/tiny/main.py": """\
from nets.core import squash

if __name__ == "__main__":
    print(squash(0.0))
""",
    "solutions/tiny/collect_submission.py": """\
from studentkit.collect import main

if __name__ == "__main__":
    raise SystemExit(main())
""",
    "solutions/tiny/configs/best.yaml": """\
rate: 0.1
# BEGIN SOLUTION: momentum: 0.0  # yours to choose
momentum: 0.90625  # the value that the staff found by hand
# END SOLUTION
""",
    "solutions/tiny/nets/__init__.py": "from .core import Layer, squash\n",
    "solutions/tiny/nets/core.py": '''\
"""Functions and a layer."""

import math

import numpy as np

STEEPNESS_OF_THE_STAFF = 0.5  # SOLUTION


def squash(x, scale=2 * 2):
    """Return a number between -1 and 1."""
    # BEGIN SOLUTION
    magnitude_of_argument = abs(x) / scale
    return math.copysign(math.tanh(magnitude_of_argument), x)
    # END SOLUTION


class Layer:
    """A matrix."""

    def __init__(self, size):
        self.weights = np.ones((size, size))

    def forward(self, x, *, bias=None):
        """Return x times the weights."""
        # BEGIN SOLUTION
        product_with_weights = np.asarray(x) @ self.weights
        return product_with_weights if bias is None else product_with_weights + bias
        # END SOLUTION
''',
    "tests/tiny/public/__init__.py": "",
    "tests/tiny/public/test_squash.py": '''\
import unittest

from nets.core import squash
from studentkit import assert_close, task


@task("squash")
class TestSquash(unittest.TestCase):
    """Squashing."""

    def test_zero_stays_zero(self):
        """squash(0) is 0, whatever the scale."""
        assert_close(squash(0.0), 0.0, "squash(0)")

    def test_far_out_is_one(self):
        """squash of a large number is 1."""
        assert_close(squash(1e3), 1.0, "squash(1000)")

    def test_is_odd(self):
        assert_close(squash(-3.0), -squash(3.0), "squash(-3)")
''',
    "tests/tiny/public/test_layer.py": '''\
import numpy as np
import pytest
from nets import Layer
from studentkit import assert_shape, task


@task("layer")
@pytest.mark.parametrize("rows", [1, 5])
def test_rows_are_kept(rows):
    """forward keeps the number of rows."""
    assert_shape(Layer(3).forward(np.zeros((rows, 3))), (rows, 3), "forward(x)")
''',
    "tests/tiny/hidden/test_squash.py": '''\
from nets.core import squash
from studentkit import assert_close, task


@task("squash")
def test_scale_divides_the_argument():
    """The scale divides the argument before anything else happens."""
    assert_close(squash(1.25, scale=5), 0.24491866240370913, "squash(1.25, scale=5)")
''',
    "tests/tiny/hidden/test_bias_canary.py": """\
from nets import Layer
from studentkit import assert_close, task


@task("layer")
def test_bias_is_added_after_the_product():
    assert_close(Layer(1).forward([[31337.5]], bias=0.125), [[31337.625]], "canary")
""",
    "tests/tiny/mistakes.py": '''\
def forgets_the_scale(original, x, scale=4):
    """You forgot to divide by the scale."""
    return original(x * scale, scale)
''',
}


def write(folder: Path, files: dict[str, str]) -> None:
    """Write text files below `folder`."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return the root of the made-up project, its skeleton not yet generated."""
    root = tmp_path / "project"
    write(root, FILES)
    (root / "autograder").mkdir()
    (root / "student_skeleton").mkdir()
    return root


@pytest.fixture
def student(project: Path, tmp_path: Path) -> Path:
    """Return the folder a student has after unpacking the released zip."""
    from autograder.release import release

    with zipfile.ZipFile(release("tiny", project, tmp_path / "out")) as archive:
        archive.extractall(tmp_path / "home")
    return tmp_path / "home" / "tiny"


@pytest.fixture
def solved(student: Path) -> Path:
    """Return the student's folder with the made-up solution in it, its marks removed."""
    for path, text in FILES.items():
        if path.startswith("solutions/tiny/"):
            lines = [line for line in text.splitlines() if "SOLUTION" not in line]
            write(student, {path.removeprefix("solutions/tiny/"): "\n".join(lines) + "\n"})
    return student


@pytest.fixture
def run() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs `python ARGUMENTS` in a student's folder, as a student does."""

    def call(
        folder: Path, *arguments: str, encoding: str = "utf-8"
    ) -> subprocess.CompletedProcess[str]:
        environment = {
            name: value
            for name, value in os.environ.items()
            if name != "CI" and not name.startswith(("PYTEST", "PYTHON", "COV"))
        }
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=folder,
            env={**environment, "PYTHONIOENCODING": encoding, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            encoding=encoding,
            timeout=120,
            check=False,
        )

    return call
