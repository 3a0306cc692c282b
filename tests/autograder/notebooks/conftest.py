"""A made-up assignment with a notebook, in a real nbgrader course."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat import NotebookNode

from autograder.core.layout import Assignment
from autograder.notebooks.authored.build import from_bytes
from autograder.notebooks.nbgrader.course import SetUp, set_up

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
[files]
submit = ["*.py", "*.ipynb"]
[notebook]
title = "Tiny networks, told"
""",
    "assignments/tiny/README.md": "# Tiny networks\n\nFill in what is yours to write.\n",
    "assignments/tiny/rubric.toml": """\
[[items]]
id = "why_squash"
title = "Why squash?"
text = "Say what a network without a squashing function can represent."
points = 4
[[items.criteria]]
points = 3
words = "Products of matrices are matrices"
[[items.criteria]]
points = 1
words = "An example of what is out of reach"
[[items]]
id = "what_else"
title = "What else?"
text = "Name another function that would do."
points = 2
""",
    "assignments/tiny/notebook.py": '''\
# %% [markdown]
# # Tiny networks

# %% id="imports"
import numpy as np
from nets import double

# %% [markdown]
# A squashing function maps all numbers to a short interval.

# %% kind="answer" id="squash"
def squash(x):
    """Return a number between -1 and 1 for each of x."""
    ### BEGIN SOLUTION
    magnitudes_of_the_staff = np.abs(x)
    return np.sign(x) * (1 - np.exp(-magnitudes_of_the_staff))
    ### END SOLUTION


# %% kind="check" id="check_squash" task="squash" points=4
# squash stays between -1 and 1.
assert abs(squash(3.0)) < 1, "squash(3.0) is too large"
### BEGIN HIDDEN TESTS
assert abs(squash(-271.828)) <= 1, "the hidden argument"
### END HIDDEN TESTS

# %% kind="check" id="check_odd" task="squash"
# squash is odd.
assert squash(-2.0) == -squash(2.0)

# %% kind="answer" id="width"
# the number of units of your layer
### BEGIN SOLUTION
width = 17 + double(3)
### END SOLUTION

# %%
print("units:", width)

# %% kind="check" id="check_layer" task="layer" points=3
# The layer is wide enough.
assert width > 4

# %% [markdown] kind="written" id="why_squash" item="why_squash"
# Without one, layers collapse into a single matrix, says the staff.

# %% [markdown] kind="written" id="what_else" item="what_else"
# The hyperbolic tangent of the staff.
''',
    "solutions/tiny/nets.py": '''\
"""What the notebook imports."""


def double(x):
    """Return 2 x."""
    # BEGIN SOLUTION
    return x + x
    # END SOLUTION
''',
    "tests/tiny/public/test_double.py": '''\
from nets import double
from studentkit import task


@task("layer")
def test_double():
    """double(2) is 4."""
    assert double(2) == 4
''',
}


def write_project(root: Path) -> Assignment:
    """Write the made-up project and return its assignment."""
    for path, text in FILES.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return Assignment(root, "tiny")


@pytest.fixture
def tiny(tmp_path: Path) -> Assignment:
    """Return a fresh copy of the made-up assignment."""
    return write_project(tmp_path / "project")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> SetUp:
    """Return a course that real nbgrader made of it; for tests that leave it as it is."""
    root = tmp_path_factory.mktemp("notebooks")
    return set_up(write_project(root / "project"), root / "course", isolated=True)


@pytest.fixture(scope="session")
def released(made: SetUp) -> NotebookNode:
    """Return the students' notebook, made by nbgrader."""
    return from_bytes(made.released.read_bytes())
