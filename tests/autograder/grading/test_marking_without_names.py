"""Who grades written questions sees answers under codes; the marks find their way back."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.core.cache import Cache
from autograder.core.codes import CodesError, coded, decoded, read_codes
from autograder.core.layout import find_assignment, find_root
from autograder.notebooks.authored.build import as_bytes
from autograder.notebooks.authored.prepared import prepared
from autograder.notebooks.submitted.handed_in import load

_ROOT = find_root(Path(__file__))
_STUDENTS = ("xaveria", "quirin")
_EVIL = "<script>alert(1)</script> it is sigma(1 - sigma)"


def test_codes_are_kept_and_lead_back(tmp_path: Path) -> None:
    """A second call gives the same codes to the same people, and new ones to new people."""
    first = coded(tmp_path, ["ada", "=ben"])
    second = coded(tmp_path, ["ada", "=ben", "cem"])
    assert first.items() <= second.items() and read_codes(tmp_path) == second
    assert sorted(second.values()) == ["=ben", "ada", "cem"] and len(set(second)) == 3
    code = next(code for code, name in second.items() if name == "ada")
    assert decoded(second, {code: 1, "zoe": 2}) == {"ada": 1, "zoe": 2}
    (tmp_path / "codes.csv").write_text("who,what\n")
    with pytest.raises(CodesError, match="is not what"):
        read_codes(tmp_path)


@pytest.mark.slow
def test_marks_under_codes_reach_the_reports(tmp_path: Path) -> None:
    """From what was handed in to pages without names, to a sheet, to each student's report."""
    assignment = find_assignment("mlp_from_scratch", _ROOT)
    kept = prepared(assignment, Cache(None))
    assert kept is not None
    released = as_bytes(load(kept).released)
    for name in _STUDENTS:
        notebook = json.loads(released)
        cells = [
            cell
            for cell in notebook["cells"]
            if cell["cell_type"] == "markdown"
            and cell["metadata"].get("nbgrader", {}).get("solution")
        ]
        assert cells
        cells[0]["source"] = f"{_EVIL} {name.upper()[0]}"
        folder = tmp_path / "class" / name
        folder.mkdir(parents=True)
        (folder / f"{assignment.id}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        (folder / f"{name}_report.pdf").write_bytes(b"%PDF-1.7")
    sheet = tmp_path / "marking" / "marks.csv"
    sheet.parent.mkdir()
    run("rubric", assignment.id, "-o", sheet, "--answers", tmp_path / "class")
    pages = {path.stem: path.read_text() for path in sheet.parent.glob("*.html")}
    text = "\n".join(pages.values())
    assert "<script" not in text and all(
        f"it is sigma(1 - sigma) {name[0].upper()}" in text for name in _STUDENTS
    )
    names = [path.name for path in sheet.parent.rglob("*") if path.name != "codes.csv"]
    assert not any(
        "ada" in one or "ben" in one for one in [text.lower(), sheet.read_text(), *names]
    )
    codes = read_codes(sheet.parent)
    with sheet.open(newline="") as file:
        rows = list(csv.reader(file))
    for row in rows[2:]:
        row[1] = "2" if codes[row[0]] == _STUDENTS[0] else "1"
        row[-1] = "Dr. Noether"
    with sheet.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    out = tmp_path / "out"
    run("grade", assignment.id, tmp_path / "class", "-o", out, "--quick", "--rubric", sheet)
    for name, score in zip(_STUDENTS, (2, 1), strict=True):
        found = json.loads((out / name / "results.json").read_text())
        assert found["extra_data"]["given"] == score
        assert "Graded by" in (out / name / "report.html").read_text()


def run(*arguments: object) -> None:
    """Run `autograder` to a good end."""
    command = [sys.executable, "-m", "autograder", *map(str, arguments)]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
