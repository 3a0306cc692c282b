"""Submissions find their students, and who is meant is never guessed."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from autograder.course.folder import CourseError
from autograder.course.matching import match
from autograder.course.roster import Student, read_roster, spelt

from .small import BLANK, NAME, RIGHT, small, write

_CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (1234)
    Points Possible,,,,,130
"Lovelace, Ada",101,s1,ada,Lab A,
"O’Brien, Zoë",102,s2,zoe,Lab A,
"Müller, Jürgen",103,s3,juergen,Lab B,
王小明,104,s4,wang,Lab B,
"""
_MOODLE = """Identifier,Full name,Email address,Status,Grade,Maximum Grade
Participant 201,Ada Lovelace,ada@uni.example,Submitted,,130
Participant 202,Zoë O'Brien,zoe@uni.example,No submission,,130
"""
_GRADESCOPE = """First Name,Last Name,SID,Email,Role,Sections
Ada,Lovelace,s1,ada@uni.example,Student,Lab A
Grace,Hopper,,grace@uni.example,Instructor,
Zoë,O'Brien,s2,zoe@uni.example,Student,Lab B
"""
_OWN = "name;e-mail;group\nAda Lovelace;ada@uni.example;red\nZoë O'Brien;zoe@uni.example;red\n"


@pytest.mark.parametrize(
    ("text", "first", "count"),
    [
        (_CANVAS, Student("s1", "ada", "", "Ada Lovelace", "Lab A", "", "101"), 4),
        (_MOODLE, Student("", "", "ada@uni.example", "Ada Lovelace", "", "", "201"), 2),
        (_GRADESCOPE, Student("s1", "", "ada@uni.example", "Ada Lovelace", "Lab A"), 2),
        (_OWN, Student("", "", "ada@uni.example", "Ada Lovelace", "", "red"), 2),
    ],
)
def test_lists_are_read_as_platforms_export_them(
    tmp_path: Path, text: str, first: Student, count: int
) -> None:
    """Canvas' gradebook, Moodle's worksheet, Gradescope's roster, and one of one's own."""
    (tmp_path / "roster.csv").write_text(text, encoding="utf-8-sig")
    found = read_roster(tmp_path / "roster.csv")
    assert found[0] == first
    assert len(found) == count


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("colour,size\nred,3\n", "line 1 names no column"),
        ("name\n", "names no student"),
        ("email\na@b.c\nA@B.C\n", "line 3 has the email 'a@b.c' of line 2"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """With the line."""
    (tmp_path / "roster.csv").write_text(text)
    with pytest.raises(CourseError, match=said):
        read_roster(tmp_path / "roster.csv")


@pytest.mark.parametrize(
    ("submission", "whose"),
    [
        ("lovelaceada_101_9001_answers", "ada"),
        ("lovelaceada_LATE_101_9001_answers-2", "ada"),
        ("anything_102_9002_hw", "zoe"),
        ("obrienzoe_99999_9002_hw", "zoe"),  # another number than the roster's: by its name
        ("Jürgen Müller_7_assignsubmission_file_", "juergen"),
        ("Muller Jurgen", "juergen"),
        ("Jürgen Müller", "juergen"),  # accents apart
        ("王小明_104_1_x", "wang"),
        ("王小明", "wang"),
        ("s3", "juergen"),
        ("hw1_ada", "ada"),
        ("ADA", "ada"),
        ("OBrien, Zoe", "zoe"),
        ("somebody else", None),
        ("ada_and_zoe", None),
    ],
)
def test_a_submission_finds_its_student(tmp_path: Path, submission: str, whose: str | None) -> None:
    """By number, id, login, e-mail, then by name; two that may be meant are nobody."""
    (tmp_path / "roster.csv").write_text(_CANVAS, encoding="utf-8")
    found = match([submission], read_roster(tmp_path / "roster.csv"))
    assert [one.login for one in found.of(submission)] == ([whose] if whose else [])


def test_two_of_one_name_are_asked_for() -> None:
    """Never guessed, and both are named."""
    twins = [Student("1", "kim1", name="Kim Lee"), Student("2", "kim2", name="Lee Kim")]
    found = match(["Kim Lee", "kim2"], twins)
    assert found.of("Kim Lee") == [] and found.doubtful["Kim Lee"] == twins
    assert found.of("kim2") == [twins[1]]
    assert match(["team 7"], twins, {"team 7": ["kim1", "2"]}).of("team 7") == twins


def test_spelling_does_not_matter() -> None:
    """Accents, case, order, apostrophes of any kind."""
    assert spelt("O’Brien, Zoë") == spelt("zoe o'brien") == spelt("ZOE OBRIEN")


@pytest.mark.slow
def test_one_student_is_one_row(tmp_path: Path) -> None:
    """Several attempts, a pair, nobody's, and somebody who handed in nothing."""
    (tmp_path / "roster.csv").write_text(
        "id,login,name,section\ns1,ada,Ada Lovelace,A\ns2,ben,Ben Bitdiddle,A\n"
        "s3,cem,Cem Öz,B\ns4,dora,Dora Dee,B\n"
    )
    class_ = {"ada_1": (RIGHT, 10), "ada_2": (BLANK, 30), "cem": (RIGHT, 10), "x17": (RIGHT, 10)}
    for name, (files, hour) in class_.items():
        for path, content in files.items():
            target = tmp_path / "class" / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            os.utime(target, (1_767_225_600 + 3600 * hour,) * 2)  # 2026-01-01, so many hours later
    times = "submission,time\nada_1,2026-01-01T10:00+00:00\nada_2,2026-01-02T06:00+00:00\n"
    (tmp_path / "times.csv").write_text(times)
    grade = ["grade", NAME, tmp_path / "class", "-o", tmp_path / "out", "--quick"]
    options = ["--roster", tmp_path / "roster.csv", "--times", tmp_path / "times.csv"]
    done = small(*grade, *options, "--due", "2026-01-01T12:00+0000")
    assert done.returncode == 0, done.stderr
    found = _rows(tmp_path)
    assert [(row["login"], row["submission"], row["score"], row["attempts"]) for row in found] == [
        ("ada", "ada_1", "130", "2"),
        ("ben", "", "", "0"),
        ("cem", "cem", "130", "1"),
        ("dora", "", "", "0"),
        ("", "x17", "130", ""),
    ]
    assert found[1]["status"] == "not handed in"
    said = " ".join(done.stdout.split())
    assert "2 of the roster handed in nothing" in said and "found for 1 submissions" in said
    place = tmp_path / "out" / "unmatched.csv"
    place.write_text(place.read_text().replace("x17,,", "x17,ben; s4,"))
    done = small(*grade, "--attempts", "latest")
    assert done.returncode == 0, done.stderr
    found = _rows(tmp_path)
    assert [(row["login"], row["submission"], row["score"]) for row in found] == [
        ("ada", "ada_2", "0"),
        ("ben", "x17", "130"),
        ("cem", "cem", "130"),
        ("dora", "x17", "130"),
    ]
    place.write_text(place.read_text().replace("ben; s4", "benn"))
    done = small(*grade)
    assert done.returncode == 3 and "nobody in the roster is 'benn'" in done.stderr


@pytest.mark.slow
def test_gradescope_says_who_handed_in(tmp_path: Path) -> None:
    """Its export names the members of a group; a later run without it remembers them."""
    (tmp_path / "roster.csv").write_text("sid,name,email\ns1,Ada Lovelace,\ns2,Zoë O'Brien,z@u.x\n")
    class_ = tmp_path / "assignment_7_export"
    for name in ("submission_11", "submission_12"):
        write(class_ / name, RIGHT)
    (class_ / "submission_metadata.yml").write_text(
        "submission_11:\n  :submitters:\n  - :name: Ada Lovelace\n    :sid: s1\n"
        "    :email: a@u.x\n  - :name: Zoë O'Brien\n    :sid:\n    :email: z@u.x\n"
        "  :created_at: 2026-01-01 10:00:00 Z\nsubmission_12:\n  :submitters:\n"
        "  - :name: Nobody\n    :sid: s9\n  :created_at: 2026-01-01 11:00:00 Z\n"
    )
    grade = ["grade", NAME, class_, "-o", tmp_path / "out", "--quick"]
    done = small(*grade, "--roster", tmp_path / "roster.csv")
    assert done.returncode == 0, done.stderr
    expected = [("s1", "submission_11"), ("s2", "submission_11"), ("", "submission_12")]
    assert [(row["student_id"], row["submission"]) for row in _rows(tmp_path)] == expected
    (class_ / "submission_metadata.yml").unlink()
    (class_ / "submission_11" / "utils.py").write_bytes(RIGHT["utils.py"] + b"\n")
    done = small("grade", NAME, class_ / "submission_12", "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert [(row["student_id"], row["submission"]) for row in _rows(tmp_path)] == expected


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "out" / "grades.csv").open(newline="") as file:
        return list(csv.DictReader(file))
