"""The few names that programs may rely on."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import autograder
from autograder.core.layout import find_root

ROOT = find_root(Path(__file__))
EXAMPLE = """
from autograder import grade_class, open_assignment
result = grade_class(
    open_assignment("mlp_from_scratch"), ["student_skeleton/mlp_from_scratch"], {out!r},
    training=False,
)
print([(one.submission, one.score) for one in result.summaries])
"""


def test_every_public_name_is_there() -> None:
    """Each name leads to its object, and any other one to the usual error."""
    for name in autograder.__all__:
        assert getattr(autograder, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'grade_student'"):
        _ = autograder.grade_student


def test_the_version_is_the_packages(tmp_path: Path) -> None:
    """In code, in the metadata and from the command line."""
    assert autograder.__version__ == metadata.version("autograder")
    command = [sys.executable, "-m", "autograder", "--version"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"autograder {autograder.__version__}"


def test_the_example_grades(tmp_path: Path) -> None:
    """What the package's docstring shows, on the untouched skeleton."""
    code = EXAMPLE.format(out=str(tmp_path / "out"))
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[('mlp_from_scratch', 0.0)]", done.stderr
    assert (tmp_path / "out" / "mlp_from_scratch" / "report.html").is_file()
