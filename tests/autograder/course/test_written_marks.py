"""What a person gave for written questions goes from the sheet into scores and reports."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from .small import BLANK, NAME, RIGHT, small, write

pytestmark = pytest.mark.slow  # real classes, graded by the command


def _result(out: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / name / "results.json").read_text())
    return found


def test_written_questions_are_merged_from_the_sheet(tmp_path: Path) -> None:
    """The sheet comes from `rubric`, a person fills cells, `grade --rubric` adds them."""
    sheet, class_ = tmp_path / "marks.csv", tmp_path / "class"
    write(class_ / "right", RIGHT)
    write(class_ / "blank", BLANK)
    small("grade", NAME, class_, "-o", tmp_path / "out")
    done = small("rubric", NAME, "-o", sheet, "--reports", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    with sheet.open(newline="") as file:
        rows = list(csv.reader(file))
    header, names = rows[0], [row[0] for row in rows[2:]]
    assert names == ["blank", "right"]
    row = next(row for row in rows if row[0] == "right")
    row[1], row[2] = "0.5", "see the lecture <b>notes</b>"
    with sheet.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    arguments = [class_, "-o", tmp_path / "marked", "--rubric", sheet]
    done = small("grade", NAME, *arguments)
    assert done.returncode == 0, done.stderr
    found, unmarked = _result(tmp_path / "marked", "right"), _result(tmp_path / "out", "right")
    assert found["score"] == unmarked["score"] + 0.5
    assert found["extra_data"]["max_score"] > unmarked["extra_data"]["max_score"]
    written = [one for one in found["tests"] if "written" in one["tags"]]
    assert written[0]["score"] == 0.5
    assert "score" not in written[1], "what is not graded yet is no zero"
    page = (tmp_path / "marked" / "right" / "report.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;notes&lt;/b&gt;" in page
    again = small("grade", NAME, *arguments)
    assert "2 unchanged" in " ".join(again.stdout.split())
    assert header[1] in found["extra_data"]["written"][0]["item"]
    refused = small("rubric", NAME, "-o", sheet)
    assert refused.returncode == 2, "a filled-in sheet is not overwritten"
    sheet.write_text(sheet.read_text() + "nobody" + "," * (len(header) - 1) + "\n")
    stranger = small("grade", NAME, *arguments)
    assert stranger.returncode == 3
    assert "marks for nobody" in " ".join(stranger.stderr.split())
