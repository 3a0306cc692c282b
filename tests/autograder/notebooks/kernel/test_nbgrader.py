"""Plain `nbgrader autograde` in a real course, with its own kernel and with the confined one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook

from autograder.notebooks.kernel import kernelspec

pytestmark = [pytest.mark.bubblewrap, pytest.mark.slow]

HONEST = "def softplus(x):\n    import math\n    return math.log1p(math.exp(x))"
SUBMISSIONS = {
    "honest": HONEST,
    # wrong, and shows a script to whoever opens its feedback
    "wrong": (
        "from IPython.display import HTML, display\n"
        "display(HTML(\"<script>alert('page')</script>\"))\ndef softplus(x):\n    return x"
    ),
    # finds the solution in the master notebook and runs it
    "thief": (
        "import json, pathlib\n"
        "master = json.loads(pathlib.Path({root!r}, 'source/ps1/ps1.ipynb').read_text())\n"
        "exec(master['cells'][0]['source'] if isinstance(master['cells'][0]['source'], str)"
        " else ''.join(master['cells'][0]['source']))"
    ),
    # changes other students' grades where they are kept
    "forger": (
        "import sqlite3\n"
        "base = sqlite3.connect({root!r} + '/gradebook.db', timeout=20)\n"
        "base.execute('update grade set manual_score = 77')\n"
        "base.commit()\nbase.close()\n" + HONEST.replace("log1p", "log")
    ),
    # leaves something for whoever is graded next
    "planter": (
        "import pathlib\n"
        "startup = pathlib.Path.home() / '.ipython/profile_default/startup'\n"
        "startup.mkdir(parents=True, exist_ok=True)\n"
        "(startup / '00.py').write_text('planted = True')\n" + HONEST
    ),
    # the limit: check cells run beside the student's code
    "transformer": (
        "import ast\n"
        "class Dropped(ast.NodeTransformer):\n"
        "    def visit_Assert(self, node): return ast.Pass()\n"
        "get_ipython().ast_transformers.append(Dropped())"
    ),
}


def nbgrader(course: Path, *arguments: str) -> None:
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(course / "home"),  # a plain kernel writes there
        "JUPYTER_PATH": "",
    }
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course,
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def a_course(root: Path, confined: bool) -> Path:
    (root / "home").mkdir(parents=True)
    config = 'c = get_config()\nc.CourseDirectory.course_id = "dl"\n'
    if confined:
        kernelspec.install(("numpy",), course=root)
        config += kernelspec.course_lines()
    (root / "nbgrader_config.py").write_text(config)
    notebook = new_notebook(cells=[new_code_cell(HONEST), new_code_cell(CHECK)])
    notebook.metadata.kernelspec = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    shared = {"schema_version": 3, "task": False}
    notebook.cells[0].source = f"### BEGIN SOLUTION\n{HONEST}\n### END SOLUTION"
    notebook.cells[0].metadata.nbgrader = shared | {
        "grade": False,
        "locked": False,
        "solution": True,
        "grade_id": "softplus",
    }
    notebook.cells[1].metadata.nbgrader = shared | {
        "grade": True,
        "locked": True,
        "solution": False,
        "grade_id": "check",
        "points": 4,
    }
    source = root / "source/ps1"
    source.mkdir(parents=True)
    nbformat.write(notebook, source / "ps1.ipynb")
    nbgrader(root, "generate_assignment", "ps1")
    for student, code in SUBMISSIONS.items():
        handed_in = nbformat.read(root / "release/ps1/ps1.ipynb", as_version=4)
        handed_in.cells[0].source = code.replace("{root!r}", repr(str(root)))
        # any student may name any kernel; nbgrader must not go by it
        handed_in.metadata.kernelspec["name"] = "python3"
        place = root / "submitted" / student / "ps1"
        place.mkdir(parents=True)
        nbformat.write(handed_in, place / "ps1.ipynb")
    return root


CHECK = "assert abs(softplus(0.0) - 0.6931471805599453) < 1e-9\nassert softplus(-5.0) > 0"


def outcome(course: Path) -> dict[str, str]:
    """Grade all, and say for each student what came out, and what happened to the course."""
    began = time.monotonic()
    nbgrader(course, "autograde", "ps1")
    print(f"{time.monotonic() - began:.1f} seconds for {len(SUBMISSIONS)} notebooks")
    result = {}
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        for submission in gradebook.assignment_submissions("ps1"):
            grade = submission.notebooks[0].grades[0]
            result[submission.student.id] = f"{grade.auto_score:.0f}"
            if grade.manual_score == 77:
                result["grades"] = "forged"
    nbgrader(course, "generate_feedback", "ps1")
    if "<script>alert('page')" in (course / "feedback/wrong/ps1/ps1.html").read_text():
        result["feedback"] = "runs scripts"
    planted = list((course / "home").rglob("00.py"))
    return result | ({"home": "planted"} if planted else {})


def test_a_plain_kernel_lets_them_through(tmp_path: Path) -> None:
    """What nbgrader does by itself: every attack succeeds."""
    result = outcome(a_course(tmp_path / "course", confined=False))
    assert result["honest"] == "4" and result["wrong"] == "0"
    assert result["thief"] == "4"
    assert result["grades"] == "forged"
    assert result["home"] == "planted"
    assert result["feedback"] == "runs scripts"
    assert result["transformer"] == "4"


def test_the_confined_kernel_stops_them(tmp_path: Path) -> None:
    """The same command and notebooks; what it does not protect is the check cells."""
    result = outcome(a_course(tmp_path / "course", confined=True))
    assert result["honest"] == "4" and result["planter"] == "4" and result["wrong"] == "0"
    assert result["thief"] == "0"
    assert not {"grades", "home", "feedback"} & result.keys()
    assert result["transformer"] == "4"  # said in the documentation
