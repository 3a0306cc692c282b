"""Files that Canvas and Moodle import as they are, checked against the table they come from."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.core.layout import find_root

_ROOT = find_root(Path(__file__))
_GRADES = (
    "submission,student_id,login,email,name,section,score,max_score,status\n"
    "lovelaceada_101_9_hw,s1,ada,,Ada Lovelace,A,97.5,130,graded\n"
    "zoe,s2,zoe,zoe@uni.example,Zoë O'Brien,A,65,130,late\n"
    ",s3,juergen,,Jürgen Müller,B,,,not handed in\n"
    "wang,s4,wang,,王小明,B,,130,excused\n"
    "guest,,,,A Guest,,10,130,graded\n"
)
_CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (1234),Homework 2 (1235),Final Score\n"
    "    Points Possible,,,,,130,50,\n"
    '"Lovelace, Ada",101,s1,ada,Lab A,,12,50\n'
    '"O’Brien, Zoë",102,s2,zoe,Lab A,,13,50\n'
    '"Müller, Jürgen",103,s3,juergen,Lab B,20,14,50\n'
    "王小明,104,s4,wang,Lab B,,15,50\n"
    '"=cmd()",105,s5,eve,Lab B,,15,50\n'
)
_MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Feedback comments\n"
    "Participant 101,Ada Lovelace,ada@uni.example,Submitted,,130,\n"
    "Participant 102,Zoë O'Brien,zoe@uni.example,Submitted,,130,kept\n"
    "Participant 103,Jürgen Müller,jm@uni.example,No submission,,130,\n"
)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return the folder of a class with a roster."""
    (tmp_path / "out" / "zoe").mkdir(parents=True)
    (tmp_path / "out" / "grades.csv").write_text(_GRADES, encoding="utf-8")
    (tmp_path / "out" / "zoe" / "report.html").write_text("<p>Zoë</p>", encoding="utf-8")
    (tmp_path / "canvas.csv").write_text(_CANVAS, encoding="utf-8-sig")
    (tmp_path / "moodle.csv").write_text(_MOODLE, encoding="utf-8")
    return tmp_path / "out"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "autograder", "export", *map(str, arguments)]
    return subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)


def test_canvas_gets_its_own_columns_and_one_of_scores(out: Path) -> None:
    """Who has no score here keeps what Canvas has; excused is EX; formulas are disarmed."""
    target = out.parent / "import.csv"
    done = run(
        "canvas", out, "--into", out.parent / "canvas.csv", "--title", "homework 1", "-o", target
    )
    assert done.returncode == 0, done.stderr
    rows = list(csv.reader(io.StringIO(target.read_text(encoding="utf-8"))))
    assert rows == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Homework 1 (1234)"],
        ["    Points Possible", "", "", "", "", "130"],
        ["Lovelace, Ada", "101", "s1", "ada", "Lab A", "97.5"],
        ["O’Brien, Zoë", "102", "s2", "zoe", "Lab A", "65"],
        ["王小明", "104", "s4", "wang", "Lab B", "EX"],
    ]
    said = " ".join(done.stdout.split())
    assert "3 scores" in said and "not in the platform's file: A Guest" in said
    assert "Müller, Jürgen" in said and "=cmd()" in said


def test_an_assignment_that_is_not_clear_is_asked_for(out: Path) -> None:
    """With the titles that there are, and the exit code of usage or configuration."""
    done = run("canvas", out, "--into", out.parent / "canvas.csv", "-o", out.parent / "x.csv")
    assert done.returncode == 3 and "Homework 1 (1234); Homework 2 (1235)" in " ".join(
        done.stderr.split()
    )
    done = run("canvas", out, "-o", out.parent / "x.csv")
    assert done.returncode == 2 and "--into" in done.stderr
    done = run("canvas", out, "--into", out.parent / "moodle.csv", "-o", out.parent / "x.csv")
    assert done.returncode == 3 and "export the gradebook from Canvas" in " ".join(
        done.stderr.split()
    )
    assert not (out.parent / "x.csv").exists()


def test_moodle_gets_grades_and_reports(out: Path) -> None:
    """Scaled to its points, comments as they were, reports in folders with its own numbers."""
    target, reports = out.parent / "import.csv", out.parent / "feedback.zip"
    done = run(
        *("moodle", out, "--into", out.parent / "moodle.csv", "-o", target),
        *("--out-of", "100", "--feedback", reports),
    )
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8"))))
    assert [(row["Grade"], row["Feedback comments"]) for row in rows] == [
        ("75", ""), ("50", "kept"), ("", "")
    ]  # fmt: skip
    with zipfile.ZipFile(reports) as archive:
        assert archive.namelist() == ["Zoë O'Brien_102_assignsubmission_file_/report.html"]


def test_any_gradebook_gets_who_and_how_much(out: Path) -> None:
    """The columns that somebody has, and the score."""
    target = out.parent / "plain.csv"
    assert run("csv", out, "-o", target).returncode == 0
    rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8"))))
    assert [row["score"] for row in rows] == ["97.5", "65", "", "EX", "10"]
    assert list(rows[0]) == ["student_id", "login", "email", "name", "section", "score"]


def test_everybody_gets_a_report_on_any_platform(out: Path) -> None:
    """A folder for each student, both members of a group, and none for who has no report."""
    grades = (out / "grades.csv").read_text(encoding="utf-8")
    partner = "zoe,s9,../evil,,Partner,A,65,130,late\n"
    (out / "grades.csv").write_text(grades + partner, encoding="utf-8")
    done = run("csv", out, "-o", out.parent / "g.csv", "--feedback", out.parent / "f.zip")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(out.parent / "f.zip") as packed:
        assert packed.namelist() == ["__evil/report.html", "zoe/report.html"]
