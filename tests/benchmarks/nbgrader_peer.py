"""What `nbgrader autograde` costs for the reference, with cells that run the same test files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from processor import seconds_of_children

from autograder.grading.grader import Grader

_STUDENTS = 3
_LEFT_OUT = ("test_notebook.py", "test_accuracy.py")  # the grader's own; trains networks


def autograde(grader: Grader, code: Path, course: Path) -> float:
    """Return processor seconds a submission; `code` is a folder with the reference and its data.

    Raises RuntimeError where nbgrader does not grade all of them with all points.
    """
    source = course / "source" / "ps1"
    source.mkdir(parents=True)
    answer = "### BEGIN SOLUTION\nfolder = '.'\n### END SOLUTION"
    cells = [_cell(answer, "answer", solution=True, locked=False)]
    suites = grader.assignment.public_tests, grader.assignment.hidden_tests
    files = [path for suite in suites for path in sorted(suite.glob("test_*.py"))]
    for number, file in enumerate(path for path in files if path.name not in _LEFT_OUT):
        arguments = ["-c", os.devnull, "--import-mode=importlib", "-p", "no:cacheprovider", "-q"]
        arguments += ["--rootdir", str(grader.assignment.tests), "--tb=no", str(file)]
        run = (
            "import os, pytest, sys\n"
            "os.chdir(folder)\n"
            f"sys.path[:0] = [folder, *{[str(suite) for suite in suites]}]\n"
            f"assert pytest.main({arguments}) == 0"
        )
        cells.append(_cell(run, f"tests_{number}", grade=True, points=1))
    notebook = new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    nbformat.write(notebook, source / "ps1.ipynb")
    _nbgrader(course, "generate_assignment", "ps1", "--force")
    for number in range(_STUDENTS):
        place = course / "submitted" / f"student{number}" / "ps1"
        place.mkdir(parents=True)
        submitted = nbformat.read(course / "release" / "ps1" / "ps1.ipynb", 4)
        submitted.cells[0].source = f"folder = {str(code)!r}"
        nbformat.write(submitted, place / "ps1.ipynb")
    before = seconds_of_children()
    _nbgrader(course, "autograde", "ps1")
    used = seconds_of_children() - before
    graded = list((course / "autograded").glob("*/ps1/ps1.ipynb"))
    broken = [path for path in graded if '"output_type": "error"' in path.read_text()]
    if len(graded) != _STUDENTS or broken:
        raise RuntimeError(f"nbgrader graded {len(graded)} of {_STUDENTS}, {len(broken)} failed")
    return used / _STUDENTS


def _cell(source: str, name: str, **kind: object) -> nbformat.NotebookNode:
    meta = {"schema_version": 3, "grade_id": name, "grade": False, "solution": False}
    meta |= {"locked": True, "task": False, **kind}
    return new_code_cell(source, metadata={"nbgrader": meta})


def _nbgrader(course: Path, *arguments: str) -> None:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course,
        env={**os.environ, "PATH": path, "MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr[-2000:])
