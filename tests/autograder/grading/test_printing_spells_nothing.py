"""What the report says of printing in hidden tests spells no hidden input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.core.files import folder_files
from autograder.core.layout import find_assignment, find_root

pytestmark = pytest.mark.slow  # grades a class

ROOT = find_root(Path(__file__).parent)
_DIGITS = "0123456789"
# Each digit of what a function is given chooses a function of the submission, which prints.
_SPELLS = "".join(f"def digit{d}():\n    print('x')\n" for d in _DIGITS)
_SPELLS += """
_told = set()
def _tell(values):
    for digit in str(float(np.abs(values).ravel()[0])):
        if digit.isdigit():
            globals()["digit" + digit]()
"""
_ALL = """
_original = _baseNetwork.softmax
def _spelling(self, scores):
    if np.shape(scores) == (3, 4):  # in a hidden test only
        _tell(scores)
    return _original(self, scores)
_spelling.__name__ = _spelling.__qualname__ = "softmax"
_baseNetwork.softmax = _spelling
"""


def test_functions_of_the_submissions_own_are_not_named(tmp_path: Path) -> None:
    """A hidden test's input chooses which of its functions print; none of their names is shown."""
    assignment = find_assignment("mlp_from_scratch", ROOT)
    folder = tmp_path / "class" / "mallory"
    for name, content in folder_files(assignment.solution).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    base = folder / "models" / "_base_network.py"
    base.write_text(base.read_text() + _SPELLS + _ALL)
    command = [sys.executable, "-m", "autograder", "grade", assignment.id, str(folder)]
    command += ["-o", str(tmp_path / "out"), "--no-training"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "out" / "mallory" / "results.json").read_text())
    public = "".join(test.get("output", "") for test in results["tests"])
    assert "printed something" in results["output"]
    for text in (results["output"], public, (tmp_path / "out/mallory/report.html").read_text()):
        assert "digit" not in text.replace("digits", "")
