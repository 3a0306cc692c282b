"""What hidden tests asked and expected is told from a moment on that the instructor sets."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.core.files import folder_files
from autograder.core.layout import find_assignment

from .small_class import ROOT, graded

pytestmark = pytest.mark.slow  # real classes, graded by the command
_MLP = folder_files(find_assignment("mlp_from_scratch", ROOT).solution)
_BASE = "models/_base_network.py"
_WRONG = {**_MLP, _BASE: _MLP[_BASE].replace(b"np.log(of_true", b"np.log10(of_true")}
_CLASS = {"ada": _WRONG, "ben": {"utils.py": _MLP["utils.py"]}}
_PAST, _FUTURE = "2020-01-31T08:00+0000", "2999-01-31T08:00+0000"


@pytest.mark.parametrize(
    ("option", "told"),
    [([], False), (["--after-deadline", _FUTURE], False), (["--after-deadline", _PAST], True)],
)
def test_hidden_failures_are_explained_from_then_on(
    tmp_path: Path, option: list[str], told: bool
) -> None:
    """One input, what came and what was expected; before it, the sentence and nothing else."""
    found = graded("mlp_from_scratch", _CLASS, tmp_path, "--quick", *option)["ada"]
    (entry,) = [one for one in found["tests"] if one["tags"] == ["cross_entropy"]]
    hidden = entry["output"].partition("Hidden tests:")[2]
    assert ("The last call: cross_entropy_loss([[" in hidden) is told
    assert ("expected 0.356675" in hidden) is told
    page = (tmp_path / "reports" / "ada" / "report.html").read_text()
    assert ("cross_entropy_loss([[" in page) is told
    assert ("made after the deadline" in page) is told


def test_a_moment_that_has_not_come_is_said(tmp_path: Path) -> None:
    """So that nobody wonders why nothing is explained."""
    graded("mlp_from_scratch", _CLASS, tmp_path, "--quick")
    command = [sys.executable, "-m", "autograder", "grade", "mlp_from_scratch", "--quick"]
    command += [str(tmp_path / "class"), "-o", str(tmp_path / "reports")]
    done = subprocess.run(
        [*command, "--after-deadline", _FUTURE], cwd=ROOT, capture_output=True, text=True
    )
    assert "hidden tests stay unexplained until 2999-01-31 08:00+00:00" in done.stdout
    done = subprocess.run(
        [*command, "--after-deadline", "tomorrow"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2 and "Traceback" not in done.stderr
