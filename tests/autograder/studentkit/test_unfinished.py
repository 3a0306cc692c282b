"""What a folder still lacks is listed before it is handed in, and nothing else is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.core.files import folder_files
from autograder.core.layout import find_assignment, find_root
from autograder.release.bundle import contents

ROOT = find_root(Path(__file__).parent)
ASSIGNMENT = find_assignment("mlp_from_scratch", ROOT)


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


@pytest.fixture
def student(tmp_path: Path) -> Path:
    """Return the folder as a student gets it, with a notebook that one cell is written in."""
    _write(tmp_path, contents(ASSIGNMENT))
    (tmp_path / "mine.ipynb").write_text(_notebook("YOUR ANSWER HERE", "Because.", "x = 1"))
    return tmp_path


def _notebook(*sources: str) -> str:
    cells = [{"cell_type": "code", "metadata": {}, "source": source} for source in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def _collected(folder: Path) -> str:
    command = [sys.executable, "-P", "collect_submission.py"]
    done = subprocess.run(
        command,
        cwd=folder,
        env={"PYTHONPATH": str(folder), "COLUMNS": "80", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return " ".join(done.stdout.split())


def test_an_untouched_skeleton_is_not_cleared(student: Path) -> None:
    """Functions, typed answers and cells are counted, the first of them named."""
    text = _collected(student)
    assert "unfinished (earns nothing)" in text
    assert "functions are still as you got them: models._base_network._baseNetwork." in text
    assert "typed answers are blank: softmax_jacobian, softmax_entry" in text
    assert "mine.ipynb: 1 answer cell is blank" in text
    assert "as they should" not in text
    assert "load_csv" not in text  # a function that the course gives


def test_finished_work_is_cleared(student: Path) -> None:
    """With everything written the sentence says that nothing is blank."""
    _write(student, folder_files(ASSIGNMENT.solution))
    (student / "mine.ipynb").write_text(_notebook("Because.", "x = 1"))
    text = _collected(student)
    assert "nothing is left blank" in text
    assert "unfinished" not in text


def test_one_function_that_is_left_is_named_alone(student: Path) -> None:
    """Half-done work is told what is missing, and no more."""
    skeleton = folder_files(ASSIGNMENT.skeleton)
    files = folder_files(ASSIGNMENT.solution)
    _write(student, {**files, "optimizer/sgd.py": skeleton["optimizer/sgd.py"]})
    text = _collected(student)
    assert "1 function is still as you got it: optimizer.sgd.SGD.update" in text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ('"diag(s"', "softmax_jacobian cannot be read"),
        ('"  "', "1 typed answer is blank: softmax_jacobian"),
        ("None", "1 typed answer is blank: softmax_jacobian"),
        ("...", "1 typed answer is blank: softmax_jacobian"),
    ],
)
def test_answers_that_are_blank_or_unreadable_are_named(
    student: Path, typed: str, says: str
) -> None:
    """Without running the file; what is computed there is left to pytest."""
    files = folder_files(ASSIGNMENT.solution)
    text = files["answers.py"].decode()
    changed = text.replace('"diag(s)-s*s.T"', typed, 1)
    assert changed != text
    _write(student, {**files, "answers.py": changed.encode()})
    assert says in _collected(student)


@pytest.mark.parametrize("content", ["", "{", '{"cells": 3}', '{"cells": [{}]}', "[" * 9999])
def test_broken_notebooks_are_named(student: Path, content: str) -> None:
    """Whatever is in the file, the zip is packed and the sentence says what to do."""
    (student / "mine.ipynb").write_text(content)
    text = _collected(student)
    assert "mine.ipynb cannot be read as a notebook; save it again in Jupyter" in text


def test_two_notebooks_are_pointed_out(student: Path) -> None:
    """The grader takes one of them: better if the student says which."""
    (student / "other.ipynb").write_text(_notebook("x"))
    assert "2 notebooks are handed in (mine.ipynb, other.ipynb)" in _collected(student)
