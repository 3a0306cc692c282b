"""After an unzip every file is new or old by chance: that makes nobody late."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from .small import NAME, POINTS, RIGHT, small, write

pytestmark = pytest.mark.slow  # grades whole classes

DUE = "2026-01-29T08:00-0500"


def _grade(class_: Path, out: Path, *options: str | Path) -> tuple[dict[str, str], str, str]:
    """Return score by submission, what the console said, and the class page."""
    done = small("grade", NAME, class_, "-o", out, "--due", DUE, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = csv.DictReader((out / "grades.csv").read_text().splitlines())
    scores = {row["submission"]: row["score"] for row in rows}
    return scores, " ".join(done.stdout.split()), (out / "index.html").read_text()


def test_file_times_cost_nothing_unless_they_are_trusted(tmp_path: Path) -> None:
    """300 days late by the file's time: full marks, and said; with the option, nothing."""
    class_ = tmp_path / "class"
    write(class_ / "ada", RIGHT)
    write(class_ / "ben", RIGHT)
    for file in class_.rglob("*"):
        os.utime(file, (1_795_000_000, 1_795_000_000))  # November 2026
    plain, said, page = _grade(class_, tmp_path / "plain")
    assert plain == {"ada": POINTS, "ben": POINTS}
    assert "lateness was not judged for 2 of 2" in said and "--times" in said
    assert "Lateness was not judged for 2 of 2 submissions" in page

    times = tmp_path / "times.csv"
    times.write_text("submission,time\nada,2026-01-29T08:00-0500\nben,2026-05-01T08:00-0500\n")
    known, said, page = _grade(class_, tmp_path / "known", "--times", times)
    assert known == {"ada": POINTS, "ben": "0"}
    assert "not judged" not in said and "not judged" not in page

    trusted, _, _ = _grade(class_, tmp_path / "trusted", "--trust-file-times")
    assert trusted == {"ada": "0", "ben": "0"}
