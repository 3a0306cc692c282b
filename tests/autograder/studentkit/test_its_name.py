"""`import studentkit` means our own copy wherever the grader runs, and the student's in theirs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import studentkit

from autograder.core.layout import find_root

ROOT = find_root(Path(__file__))
PROGRAM = Path(sys.executable).parent / "autograder"
HOSTILE = """
from pathlib import Path
Path({marker!r}).write_text("ran")
raise SystemExit("the wrong studentkit")
"""


def shadowed(folder: Path) -> Path:
    """Put a hostile `studentkit` into `folder`; return the file that appears when it runs."""
    marker = folder.parent / "ran"
    kit = folder / "studentkit"
    kit.mkdir(parents=True)
    for name in ("__init__.py", "rules.py", "survey.py", "checks.py", "plugin.py"):
        (kit / name).write_text(HOSTILE.format(marker=str(marker)))
    return marker


@pytest.mark.slow
def test_a_folder_of_that_name_where_the_instructor_stands_is_not_imported(tmp_path: Path) -> None:
    """Grading from inside a folder with a `studentkit` of its own, a submission's too, is safe."""
    submission = tmp_path / "class" / "mallory"
    marker = shadowed(submission)
    (submission / "utils.py").write_text("")
    for place in ("assignments", "solutions", "student_skeleton", "tests"):
        (tmp_path / place).symlink_to(ROOT / place)  # the project, for who stands in here
    command = [str(PROGRAM), "grade", "mlp_from_scratch", str(submission), "--no-training"]
    command += ["-o", str(tmp_path / "o")]
    done = subprocess.run(command, cwd=submission, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not marker.exists()
    found = json.loads((tmp_path / "o" / "mallory" / "results.json").read_text())
    assert found["tests"]


def test_the_installed_copy_is_the_one_beside_the_grader() -> None:
    """What students get and what the grader imports are the same files."""
    assert Path(studentkit.__file__).resolve().parent == ROOT / "studentkit"


def test_in_a_students_folder_their_own_copy_is_imported(tmp_path: Path) -> None:
    """A student with this package installed still runs the kit of the zip."""
    kit = tmp_path / "studentkit"
    kit.mkdir()
    (kit / "__init__.py").write_text("")
    (tmp_path / "conftest.py").write_text("")
    (tmp_path / "test_it.py").write_text(
        "import studentkit\n\n"
        "def test_it():\n"
        "    assert studentkit.__file__.startswith(str(__import__('pathlib').Path.cwd()))\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
