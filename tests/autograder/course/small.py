"""A project with an assignment so small that grading a class takes hardly longer than starting."""

from __future__ import annotations

import atexit
import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

from .command import run

NAME, POINTS = "small", "130"
_MANIFEST = """\
title = "Small"
[worker]
packages = ["numpy"]
preload = ["numpy"]
[[tasks]]
id = "cross_entropy"
title = "Cross-entropy"
points = 8
functions = ["losses.cross_entropy"]
[[tasks]]
id = "order"
title = "Order"
points = 122
functions = ["utils.order"]
[policy.printing]
action = "zero"
[policy.lateness]
grace_hours = 48
cutoff_hours = 48
"""
_RUBRIC = """\
[[items]]
id = "why"
title = "Why"
text = "Why a logarithm?"
points = 3
[[items.criteria]]
points = 3
words = "Products become sums"
[[items]]
id = "when"
title = "When"
text = "When is it none?"
points = 1
[[items.criteria]]
points = 1
words = "At certainty"
"""
_SOLUTION = {
    "losses.py": """\
import numpy as np


def cross_entropy(p):
    # BEGIN SOLUTION
    return float(-np.log(p))
    # END SOLUTION
""",
    "utils.py": """\
def order(n):
    # BEGIN SOLUTION
    order = list(range(n))
    return order
    # END SOLUTION
""",
}
_TESTS = """\
import math

from losses import cross_entropy
from studentkit import task
from utils import order


@task("cross_entropy")
def test_certain():
    \"\"\"Certainty costs nothing.\"\"\"
    assert cross_entropy(1.0) == 0


@task("cross_entropy")
def test_half():
    \"\"\"Half a chance costs ln 2.\"\"\"
    assert math.isclose(cross_entropy(0.5), math.log(2))


@task("order")
def test_order():
    \"\"\"Everything once.\"\"\"
    assert list(order(3)) == [0, 1, 2]
"""
RIGHT = {name: text.encode() for name, text in _SOLUTION.items()}
LOG10 = {**RIGHT, "losses.py": RIGHT["losses.py"].replace(b"np.log(", b"np.log10(")}
_PRINT = b"    print(1)\n    order = list"
PRINTS = {**RIGHT, "utils.py": RIGHT["utils.py"].replace(b"    order = list", _PRINT)}
BLANK = {
    name: content[: content.index(b"    # BEGIN")] + b"    raise NotImplementedError\n"
    for name, content in RIGHT.items()
}


def write(folder: Path, files: dict[str, bytes]) -> None:
    """Write `files` below `folder`."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


@functools.cache
def project() -> Path:
    """Return the root of the project, made once and removed at the end."""
    root = Path(tempfile.mkdtemp(prefix="small-project-"))
    atexit.register(shutil.rmtree, root, True)
    root.chmod(0o755)
    for name in (NAME, "other"):
        write(root / "assignments" / name, {"assignment.toml": _MANIFEST.encode()})
        write(root / "assignments" / name, {"rubric.toml": _RUBRIC.encode()})
        write(root / "solutions" / name, RIGHT)
        write(root / "student_skeleton" / name, BLANK)
        write(root / "tests" / name / "public", {"test_small.py": _TESTS.encode()})
    return root


def small(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run `autograder` with `arguments` in that project."""
    return run(*arguments, root=project())
