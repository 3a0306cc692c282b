"""When a submission is due, and what was agreed, from everything that says something of it."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from autograder.core.records import FILE_TIME, Kind
from autograder.course.folder import CourseError
from autograder.course.late_days import days_late, read_ledger, write_ledger
from autograder.course.matching import Matched
from autograder.course.roster import Student
from autograder.grading.terms import Class, LateDays, class_terms
from autograder.grading.whose import Whose, people_of, spend
from autograder.intake import Source
from autograder.intake.said import Said
from autograder.reports.summary import Summary

from .command import run

_DUE = datetime(2026, 1, 29, tzinfo=UTC)
_TASKS = {"relu": Fraction(5)}
_ADA, _BEN = Student(id="s1", login="ada", email="ada@u.x"), Student(id="s2", login="ben")


def source(name: str, said: Said | None = None) -> Source:
    """Return a submission of which only the name and what a platform says matter."""
    return Source(name, Path("/nowhere") / name, "archive", said=said or Said())


def handed(name: str, at: datetime) -> Summary:
    """Return the results of a submission, of which only its name and time matter."""
    return Summary(name, 1.0, 1.0, "graded", {}, {}, {}, submitted_at=at.isoformat())


def class_of(*sources: Source, **more: object) -> Class:
    """Return a class in which everybody is known by the name of what they handed in."""
    students = {student.login: student for student in (_ADA, _BEN)}
    matched = Matched({one.name: [students[one.name]] for one in sources if one.name in students})
    made = Class("hw1", sources, matched, (_ADA, _BEN), due=_DUE)
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("late", "days"),
    [(timedelta(-1), 0), (timedelta(0), 0), (timedelta(seconds=1), 1), (timedelta(days=2), 2)],
)
def test_a_day_that_has_begun_is_a_day(late: timedelta, days: int) -> None:
    """Late by a second is one day."""
    assert days_late(_DUE + late, _DUE) == days


def test_late_days_are_spent_as_far_as_they_reach(tmp_path: Path) -> None:
    """What other assignments took is gone; a list of one's own says who has more; all is said."""
    ledger = tmp_path / "late_days.csv"
    ledger.write_text("student,assignment,days\nada,hw0,2\nben,hw1,3\n")
    times = {"ada": _DUE + timedelta(hours=30), "ben": _DUE + timedelta(days=5)}
    class_ = class_of(source("ada"), source("ben"), times=times)
    found = class_terms(class_, _TASKS, None, LateDays(3, ledger)).submissions
    assert (found["ada"].late_days, found["ada"].due) == (1, _DUE + timedelta(days=1))
    assert (found["ben"].late_days, found["ben"].due) == (3, _DUE + timedelta(days=3))
    (agreed,) = found["ada"].agreed
    assert agreed.kind is Kind.EXTENSION
    assert "1 late day of the budget; 0 left after this" in agreed.sentence
    richer = replace(_ADA, late_days="9")
    class_ = replace(class_, matched=Matched({"ada": [richer], "ben": [_BEN]}))
    found = class_terms(class_, _TASKS, None, LateDays(3, ledger)).submissions
    assert found["ada"].late_days == 2


def test_a_files_own_time_spends_nothing(tmp_path: Path) -> None:
    """Nobody loses late days to an unzip, unless the files are trusted."""
    late = tmp_path / "ada"
    late.write_bytes(b"")
    moment = (_DUE + timedelta(days=1)).timestamp()
    os.utime(late, (moment, moment))
    class_ = class_of(Source("ada", late, "archive"))
    assert not class_terms(class_, _TASKS, None, LateDays(3)).submissions["ada"].late_days
    trusting = replace(class_, trusts=True)
    assert class_terms(trusting, _TASKS, None, LateDays(3)).submissions["ada"].late_days == 1


def test_the_ledger_keeps_what_others_wrote(tmp_path: Path) -> None:
    """Only this assignment's lines are written anew, and nothing twice."""
    ledger = tmp_path / "course" / "late_days.csv"
    write_ledger(ledger, {}, "hw0", {"ada": 2, "=evil": 1, "ben": 0})
    write_ledger(ledger, read_ledger(ledger), "hw1", {"ada": 1})
    write_ledger(ledger, read_ledger(ledger), "hw1", {"ada": 3})
    assert read_ledger(ledger) == {("ada", "hw0"): 2, ("ada", "hw1"): 3, ("=evil", "hw0"): 1}
    assert "'=evil" in ledger.read_text()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("who,what\n", "line 1 must be the heading"),
        ("student,assignment,days\nada,hw1\n", "line 2 needs three columns"),
        ("student,assignment,days\nada,hw1,-1\n", "'-1' is no number of days"),
        ("student,assignment,days\nada,hw1,1\nada,hw1,2\n", "line 3 names ada and hw1 again"),
    ],
)
def test_a_spoilt_ledger_is_refused_to_the_line(tmp_path: Path, text: str, complaint: str) -> None:
    """A budget is never guessed."""
    (tmp_path / "ledger.csv").write_text(text)
    with pytest.raises(CourseError, match=complaint):
        read_ledger(tmp_path / "ledger.csv")


def test_a_platforms_extension_moves_the_due_time() -> None:
    """Who has two days more there has two days more here, whatever due time is given."""
    said = Said("Gradescope", due=_DUE + timedelta(days=2), due_for_all=_DUE)
    one = source("ada", said)
    found = class_terms(class_of(one), _TASKS)
    assert found.submissions["ada"].due == _DUE + timedelta(days=2) and not found.contradictions
    found = class_terms(class_of(one, due=_DUE - timedelta(days=1)), _TASKS)
    assert found.submissions["ada"].due == _DUE + timedelta(days=1)
    assert len(found.contradictions) == 1 and "was given: that counts" in found.contradictions[0]
    assert class_terms(class_of(one, due=None), _TASKS).submissions["ada"].due == said.due


def test_sources_that_contradict_are_named() -> None:
    """LATE and in time; two times for one submission; and LATE without any time is counted."""
    early, late = _DUE - timedelta(days=1), _DUE + timedelta(hours=2)
    own = Said("Gradescope", submitted_at=late, time_source="Gradescope's metadata")
    class_ = class_of(
        source("ada", Said("Canvas", late=True)),
        source("ben", own),
        source("cem", Said("Canvas", late=True)),
        times={"ada": early, "ben": early},
    )
    found = class_terms(class_, _TASKS)
    assert [line.partition(":")[0] for line in found.contradictions] == ["ada", "ben"]
    assert "Canvas marks it as late" in found.contradictions[0]
    assert "the list counts" in found.contradictions[1]
    assert found.marked_late == 1
    stamp = replace(own, time_source=f"a stamp as good as a {FILE_TIME}")
    quiet = class_terms(class_of(source("ben", stamp), times={"ben": early}), _TASKS)
    assert not quiet.contradictions


def test_exceptions_name_students_or_submissions(tmp_path: Path) -> None:
    """An id, login or e-mail means what that student handed in, or who handed in nothing."""
    table = tmp_path / "exceptions.csv"
    table.write_text(
        "student,kind,value,comment\n*,full_marks,relu,broken\nada@u.x,extension,+2d,ill\n"
        "submission_7,add,1,thanks\ns2,excused,,left\n"
    )
    matched = Matched({"submission_7": [_ADA]})
    class_ = class_of(source("submission_7"), matched=matched)
    found = class_terms(class_, _TASKS, table)
    kinds = [one.kind for one in found.submissions["submission_7"].agreed]
    assert kinds == [Kind.FULL_MARKS, Kind.ADD, Kind.EXTENSION]
    assert found.submissions["submission_7"].due == _DUE + timedelta(days=2)
    assert [one.kind for one in found.absent["ben"]] == [Kind.FULL_MARKS, Kind.EXCUSED]


def test_two_assignments_at_once_lose_nothing_of_each_other(tmp_path: Path) -> None:
    """Each reads what the other wrote before it writes."""
    ledger = tmp_path / "late_days.csv"
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from autograder.course.late_days import alone, read_ledger, write_ledger\n"
        "ledger = Path(sys.argv[1])\n"
        "for number in range(60):\n"
        "    with alone(ledger):\n"
        "        write_ledger(ledger, read_ledger(ledger), f'{sys.argv[2]}{number}', {'ada': 1})\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(ledger), name])
        for name in ("lab", "homework")
    ]
    assert [one.wait() for one in running] == [0, 0]
    assert len(read_ledger(ledger)) == 120


@pytest.mark.slow
def test_an_upload_that_broke_can_get_a_score(tmp_path: Path) -> None:
    """A person decides; who is excused and handed in nothing has no score, and is not missed."""
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ada.zip").write_bytes(b"PK broken")
    with zipfile.ZipFile(tmp_path / "class" / "cem.zip", "w") as packed:
        packed.writestr("utils.py", "x = 1\n")
    (tmp_path / "roster.csv").write_text("login\nada\nben\ncem\ndora\n")
    (tmp_path / "exceptions.csv").write_text(
        "student,kind,value,comment\nada,override,77,graded by hand\nben,excused,,left\n"
    )
    done = run(
        "grade", "mlp_from_scratch", tmp_path / "class", "-o", tmp_path / "out", "--quick",
        "--roster", tmp_path / "roster.csv", "--exceptions", tmp_path / "exceptions.csv",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 of the roster handed in nothing" in done.stdout
    with (tmp_path / "out" / "grades.csv").open(newline="") as file:
        rows = {row["login"]: row for row in csv.DictReader(file)}
    assert (rows["ada"]["score"], rows["ada"]["adjusted"]) == ("77", "77")
    assert (rows["ben"]["score"], rows["ben"]["status"]) == ("", "excused")
    assert rows["dora"]["status"] == "not handed in"
    page = (tmp_path / "out" / "ada" / "report.html").read_text()
    assert "could not be opened" in page and "A person set the score: 77" in page


def test_one_student_graded_again_spends_nobody_elses_days(tmp_path: Path) -> None:
    """A run with one submission leaves the ledger and the attempts of the others as they were."""
    ledger = tmp_path / "late_days.csv"
    ledger.write_text("student,assignment,days\nada,hw1,2\nben,hw1,1\n")
    times = {"ben": _DUE + timedelta(days=2), "ben_2": _DUE + timedelta(days=2)}
    class_ = class_of(source("ben_2"), matched=Matched({"ben_2": [_BEN]}), times=times)
    terms = class_terms(class_, _TASKS, None, LateDays(3, ledger))
    handed_in = [
        handed("ada", _DUE + timedelta(days=2)),
        handed("ben_1", _DUE - timedelta(days=1)),
        handed("ben_2", _DUE + timedelta(days=9)),
    ]
    whose = Whose(tmp_path, (_ADA, _BEN), ())
    whose.told = {"ben_1": ["ben"], "ben_2": ["ben"]}
    found = people_of(tmp_path, handed_in, whose, terms, "last-in-time")
    assert found is not None
    assert [row.submission for row in found.rows] == ["ada", "ben_1"]
    spend(ledger, "hw1", found, terms)
    assert read_ledger(ledger) == {("ada", "hw1"): 2, ("ben", "hw1"): 1}
