"""nbgrader's gradebook: what the grader and a person gave, and what nbgrader shows of it."""

from __future__ import annotations

import csv
import shutil
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.core import rubric
from autograder.core.layout import Assignment
from autograder.notebooks.authored.build import written_items
from autograder.notebooks.nbgrader import gradebook
from autograder.notebooks.nbgrader.course import NotebookError, SetUp, nbgrader
from autograder.notebooks.nbgrader.gradebook import CellGrade, give, manual_scores, record, url_of

pytestmark = pytest.mark.slow  # grades whole classes

ROWS = [
    CellGrade("squash", comment="A sign is missing."),
    CellGrade("check_squash", 4.0),
    CellGrade("check_odd", 0.0),
    CellGrade("check_layer", 1.5),
    CellGrade("why_squash"),
    CellGrade("what_else", 0.0, "No response."),
]
WHEN = datetime(2026, 2, 1, 12, tzinfo=UTC)


@pytest.fixture
def course(made: SetUp, tmp_path: Path) -> Path:
    """Return a copy of the course."""
    return Path(shutil.copytree(made.folder, tmp_path / "course"))


@pytest.fixture
def url(course: Path) -> str:
    """Return the address of its gradebook."""
    return url_of(course / "gradebook.db")


def grade_by_hand(url: str, student: str, cell: str, score: float, comment: str = "") -> None:
    """Do what formgrader does when a person types a score and a comment."""
    with Gradebook(url) as book:
        grade = book.find_grade(cell, "tiny", "tiny", student)
        grade.manual_score, grade.needs_manual_grade = score, False
        book.find_comment(cell, "tiny", "tiny", student).manual_comment = comment or None
        book.db.commit()


def export(course: Path) -> dict[str, dict[str, str]]:
    """Run the real `nbgrader export` and return its rows by student."""
    nbgrader(course, "export", "--CsvExportPlugin.to=grades.csv", isolated=True)
    with (course / "grades.csv").open() as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def test_scores_penalty_and_manual_grades_are_exported(course: Path, url: str) -> None:
    """The grader's score, a person's and the penalty add up in nbgrader's own export."""
    person = {"first_name": "Ada", "last_name": "Lovelace", "email": ""}
    done = record(url, "tiny", "tiny", "ada", ROWS, 1.25, WHEN, person)
    assert (done.score, done.max_score, done.penalty) == (5.5, 15, 1.25)
    assert (done.kept, done.waiting) == ((), ("why_squash",))
    record(url, "tiny", "tiny", "blaise", [CellGrade("check_squash", 0.0)], penalty=3.0)
    grade_by_hand(url, "ada", "why_squash", 3.5, "Good.")
    rows = export(course)
    assert rows["ada"]["last_name"] == "Lovelace"
    assert [rows["ada"][key] for key in ("raw_score", "late_submission_penalty", "score")] == [
        *("9.0", "1.25", "7.75")
    ]
    assert rows["ada"]["timestamp"] == "2026-02-01 12:00:00"
    assert rows["blaise"]["score"] == "0.0"


def test_a_manual_grade_stays_when_graded_again(url: str) -> None:
    """What a person gave is kept, and asks to be looked at where something else has changed."""
    record(url, "tiny", "tiny", "ada", ROWS, 0.0, WHEN)
    grade_by_hand(url, "ada", "why_squash", 3.5, "Good.")
    grade_by_hand(url, "ada", "what_else", 1.0)
    same = record(url, "tiny", "tiny", "ada", ROWS, 0.0, WHEN)
    assert same.score == 10 and same.kept == ("what_else", "why_squash") and same.waiting == ()
    better = [CellGrade("check_odd", 2.0), CellGrade("squash", comment=""), CellGrade("why_squash")]
    later = record(url, "tiny", "tiny", "ada", better, 0.5, datetime(2026, 2, 2, tzinfo=UTC))
    assert later.score == 12 and later.waiting == ("why_squash",)
    with Gradebook(url) as book:
        assert book.find_comment("why_squash", "tiny", "tiny", "ada").comment == "Good."
        assert book.find_comment("squash", "tiny", "tiny", "ada").comment is None


def test_formgrader_and_the_sheet_give_the_same(tiny: Assignment, url: str, tmp_path: Path) -> None:
    """Marks read from the gradebook equal those of a filled-in sheet, and can be entered there."""
    items = written_items(tiny)
    for student in ("ada", "blaise"):
        record(url, "tiny", "tiny", student, ROWS)
    grade_by_hand(url, "ada", "why_squash", 3.5, "Good.")
    grade_by_hand(url, "ada", "what_else", 0.1)
    sheet = tmp_path / "marks.csv"
    sheet.write_text(
        "submission,why_squash,why_squash comment,what_else,what_else comment\n"
        "ada,3.5,Good.,0.1,\nblaise,,,,\n"
    )
    marks = rubric.read_sheet(sheet, rubric.load(tiny.rubric))
    assert manual_scores(url, "tiny", "tiny", items) == marks
    assert marks["ada"][1].score == Fraction("0.1")

    assert give(url, "tiny", "tiny", "blaise", marks["ada"], items) == ()
    found = manual_scores(url, "tiny", "tiny", items)
    assert found["blaise"] == found["ada"]
    assert give(url, "tiny", "tiny", "ada", marks["blaise"], items) == ()  # empty: nothing changes
    assert manual_scores(url, "tiny", "tiny", items) == found
    grade_by_hand(url, "ada", "why_squash", 1)
    assert give(url, "tiny", "tiny", "ada", marks["ada"], items) == (
        "ada: why_squash had 1 and has 3.5 now",
    )


def test_a_score_that_cannot_be_is_refused(tiny: Assignment, url: str) -> None:
    """More points than there are, by the grader or by a person, is an error with a name in it."""
    for row, problem in (
        (CellGrade("check_odd", 2.5), "check_odd has 0 to 2 points, not 2.5"),
        (CellGrade("check_odd", float("nan")), "not nan"),
        (CellGrade("check_even", 1.0), "the gradebook has no cell check_even"),
    ):
        with pytest.raises(NotebookError, match=problem):
            record(url, "tiny", "tiny", "ada", [row])
    with Gradebook(url) as book:
        assert book.students == []  # nothing was written
    record(url, "tiny", "tiny", "ada", ROWS)
    grade_by_hand(url, "ada", "what_else", 20)
    with pytest.raises(NotebookError, match="tiny, ada: what_else has 0 to 2 points, not 20"):
        manual_scores(url, "tiny", "tiny", written_items(tiny))


def test_a_gradebook_that_is_not_there_is_named(url: str, tmp_path: Path) -> None:
    """No file is made by looking for one; an unknown assignment says which command to run."""
    missing = tmp_path / "none.db"
    with pytest.raises(NotebookError, match="there is no gradebook; run: autograder notebook"):
        record(url_of(missing), "tiny", "tiny", "ada", ROWS)
    assert not missing.exists() and not gradebook.exists(url_of(missing))
    missing.write_text("this is no database" * 100)
    with pytest.raises(NotebookError, match="the gradebook cannot be used"):
        record(url_of(missing), "tiny", "tiny", "ada", ROWS)
    with pytest.raises(NotebookError, match="knows no notebook small of small"):
        record(url, "small", "small", "ada", ROWS)
