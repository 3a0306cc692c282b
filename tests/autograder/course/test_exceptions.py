"""What is agreed with a student counts, is said in the report, and adds up in the table."""

from __future__ import annotations

import csv
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from .small import LOG10, NAME, PRINTS, RIGHT, small, write

pytestmark = pytest.mark.slow  # real classes, graded by the command
_TEST = "hidden/test_loss.py::test_it"
_LATE = datetime(2026, 2, 2, 12, tzinfo=UTC).timestamp()  # 52 hours after the due time
_CLASS = {
    "ada": RIGHT,
    "ben": LOG10,
    "cem": LOG10,
    "dora": LOG10,
    "emil": RIGHT,
    "fay": RIGHT,
    "gus": PRINTS,
    "hana": LOG10,
}
_EXCEPTIONS = """student,kind,value,comment
ada,extension,+1d,ill
ben,full_marks,cross_entropy,broken on his machine
cem,override,cross_entropy=6.5,"looked at it, close"
dora,override,100,after a talk
emil,excused,,left the course
gus,waive,printing,
gus,waive,lateness,
hana,add,2.5,a prize
hana,extension,2026-02-02T00:00+00:00,
"""


@pytest.fixture(scope="module")
def class_(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a class handed in late, and what was agreed about it."""
    folder = tmp_path_factory.mktemp("agreed")
    for name, files in _CLASS.items():
        write(folder / "class" / name, files)
        for path in files:
            os.utime(folder / "class" / name / path, (_LATE, _LATE))
    (folder / "exceptions.csv").write_text(_EXCEPTIONS)
    command = ("grade", NAME, folder / "class", "-o", folder / "out", "--quick")
    options = ("--due", "2026-01-31T08:00+0000", "--trust-file-times")
    done = small(*command, *options, "--exceptions", folder / "exceptions.csv")
    assert done.returncode == 0, done.stderr
    return folder


def rows(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "out" / "grades.csv").open(newline="") as file:
        return {row["submission"]: row for row in csv.DictReader(file)}


def test_every_row_adds_up(class_: Path) -> None:
    """Tasks to the raw score; that, the written part, rules and what was agreed to the score."""
    for name, row in rows(class_).items():
        results = json.loads((class_ / "out" / name / "results.json").read_text())
        tasks = [float(row[task]) for task in results["extra_data"]["tasks"] if row[task]]
        parts = [float(row[key] or 0) for key in ("raw_score", "written", "rules", "adjusted")]
        if name == "emil":
            assert row["score"] == "" and row["status"] == "excused"
        else:
            assert float(row["raw_score"]) == pytest.approx(sum(tasks), abs=0.011), name
            assert float(row["score"]) == pytest.approx(sum(parts), abs=0.011), name


def test_each_kind_does_what_it_says(class_: Path) -> None:
    """Late work loses what the manifest says, but for those who had longer."""
    found = rows(class_)
    assert (found["fay"]["score"], found["fay"]["status"]) == ("0", "late")
    assert (found["ada"]["score"], found["ada"]["status"]) == ("130", "graded")
    assert found["ben"]["cross_entropy"] == "8"
    assert found["cem"]["cross_entropy"] == "6.5"
    assert found["dora"]["score"] == "100" and float(found["dora"]["adjusted"]) != 0
    assert found["gus"]["raw_score"] == found["gus"]["score"] == "130"
    assert found["hana"]["score"] == "128.5" and found["hana"]["adjusted"] == "2.5"
    assert "ill" in found["ada"]["exceptions"] and "left the course" in found["emil"]["exceptions"]


def test_the_report_says_what_was_agreed(class_: Path) -> None:
    """In a sentence with the comment, on the page and in the results."""
    page = (class_ / "out" / "cem" / "report.html").read_text()
    assert "A person set the score: cross_entropy=6.5 (looked at it, close)." in page
    assert "excused: no score" in (class_ / "out" / "emil" / "report.html").read_text()
    results = json.loads((class_ / "out" / "emil" / "results.json").read_text())
    assert "score" not in results and results["tests"] == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("zoe,add,1,", "line 2: no student or submission is called 'zoe'"),
        ("ada,gift,1,", "the kind 'gift' is none of extension, excused"),
        ("ada,add,one,", "a number of points is expected"),
        ("ada,override,nothing=3,", "there is no task nothing"),
        ("ada,override,-3,", "a score is not negative"),
        ("ada,extension,tomorrow,", "a time with time zone is expected"),
        ("ada,extension,2026-01-31T08:00,", "a time with time zone is expected"),
        ("ada,waive,everything,", "a rule is one of lateness"),
        ("ada,full_marks,no_task,", "there is no such task"),
        ("ada,drop,cross_entropy,", "a test's id looks like"),
        ("ada,excused,yes,", "nothing is expected in the value"),
        ("*,add,1,", "is for one student, not for everybody"),
        ("ada,add,1", "has 3 columns"),
        (f"ada,drop,{_TEST},", f"there is no test {_TEST}"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    class_: Path, tmp_path: Path, line: str, said: str
) -> None:
    """To the line, before anything is graded."""
    path = tmp_path / "wrong.csv"
    path.write_text(f"student,kind,value,comment\n{line}\n")
    before = (class_ / "out" / "grades.csv").read_bytes()
    done = small(
        *("grade", NAME, class_ / "class", "-o", class_ / "out"),
        *("--exceptions", path),
    )
    assert done.returncode in (2, 3) and said in " ".join(done.stderr.split()), done.stderr
    assert "Traceback" not in done.stderr
    assert (class_ / "out" / "grades.csv").read_bytes() == before


def test_a_broken_test_can_be_dropped_for_all(class_: Path) -> None:
    """Or count as passed; a new line regrades whom it concerns, and says why."""
    tests = json.loads(
        small(
            "validate",
            NAME,
            "--every",
            "99",
            "--lazy-every",
            "9999",
            "--json",
            "--quick",
        ).stdout
    )["tests"]
    of_loss = [test for test in tests if test.endswith(("test_certain", "test_half"))]
    lines = "".join(
        f"*,drop,{test},item {number} was broken\n" for number, test in enumerate(of_loss)
    )
    (class_ / "exceptions.csv").write_text(_EXCEPTIONS + lines)
    done = small("grade", NAME, class_ / "class", "-o", class_ / "out")
    assert done.returncode == 0, done.stderr
    assert "numbers moved" in done.stdout
    with (class_ / "out" / "changes.csv").open(newline="") as file:
        assert {row["why"] for row in csv.DictReader(file)} == {"exception"}
