"""Writes grades into nbgrader's gradebook and reads what a person gave there."""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.core.records import Mark
from autograder.core.rubric import Item
from autograder.notebooks.authored.source import NotebookError
from autograder.notebooks.nbgrader.programs import path_with_programs

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

BLANK = "The cell was left blank."  # nbgrader says "No response." of a cell it never saw
_SQLITE = "sqlite:///"
_ROUNDING = 1e-9


@dataclass(frozen=True)
class CellGrade:
    """What became of one cell."""

    cell: str  # its grade_id
    score: float | None = None  # by the grader; None: a person grades it, or it carries no points
    comment: str = ""  # shown with answers and written cells: only they can carry one


@dataclass(frozen=True)
class Recorded:
    """What the gradebook has of one student's notebook now."""

    score: float  # before the penalty, with what a person gave
    max_score: float
    penalty: float
    kept: tuple[str, ...]  # cells whose manual score was there and stays
    waiting: tuple[str, ...]  # cells that a person has to grade, or to look at again


def url_of(path: Path) -> str:
    """Return the address of the SQLite gradebook at `path`."""
    return f"{_SQLITE}{path.resolve()}"


def exists(db_url: str) -> bool:
    """Tell whether there is a gradebook; one on a server is taken to be there."""
    if not db_url.startswith(_SQLITE):
        return True
    path = Path(db_url.removeprefix(_SQLITE))
    return path.is_file() and path.stat().st_size > 0


@contextmanager
def opened(db_url: str, course_id: str = "") -> Iterator[Gradebook]:
    """Open the gradebook at `db_url` for a while; what was not committed is rolled back.

    Raises NotebookError where it is not there or cannot be read or written.
    """
    import sqlalchemy.exc
    from nbgrader.api import Gradebook

    if not exists(db_url):
        raise NotebookError(f"{db_url}: there is no gradebook; run: autograder notebook")
    try:
        with _programs():
            found = Gradebook(db_url, course_id or "default_course")
        with found as book, warnings.catch_warnings():
            # nbgrader adds a submission in an order that SQLAlchemy remarks on
            warnings.simplefilter("ignore", sqlalchemy.exc.SAWarning)
            yield book
    except sqlalchemy.exc.SQLAlchemyError as error:
        reason = str(error).splitlines()[0]
        raise NotebookError(f"{db_url}: the gradebook cannot be used ({reason})") from None


def record(
    db_url: str,
    assignment_id: str,
    notebook: str,
    student: str,
    rows: Sequence[CellGrade],
    penalty: float = 0.0,
    submitted_at: datetime | None = None,
    person: Mapping[str, str] | None = None,
) -> Recorded:
    """Put a student's scores and comments into the gradebook; a person's own stay above them.

    `penalty` is what being late costs, in points; `person` may have `first_name`, `last_name` and
    `email`. A cell with a manual score asks to be looked at again where the submission or its
    score is another than before. Raises NotebookError before anything is written.
    """
    with opened(db_url) as book:
        known, commented = _known(book, db_url, assignment_id, notebook)
        _check(rows, known, commented, f"{assignment_id}, {student}")
        if not (math.isfinite(penalty) and penalty >= 0):
            raise NotebookError(f"{assignment_id}, {student}: no penalty can be {penalty}")
        book.update_or_create_student(student, **{k: v for k, v in (person or {}).items() if v})
        when = _timestamp(submitted_at)
        submission = book.update_or_create_submission(assignment_id, student)
        other = submission.timestamp != when
        submission.timestamp = when
        mine = book.find_submission_notebook(notebook, assignment_id, student)
        mine.late_submission_penalty = penalty
        grades = {grade.name: grade for grade in mine.grades}
        comments = {comment.name: comment for comment in mine.comments}
        for row in rows:
            if row.cell in comments:
                comments[row.cell].auto_comment = row.comment or None
            if row.cell not in grades:
                continue
            grade = grades[row.cell]
            given = grade.manual_score is not None
            changed = other or grade.auto_score != row.score
            grade.auto_score = row.score
            if given:
                grade.needs_manual_grade = changed or grade.needs_manual_grade
            else:
                grade.needs_manual_grade = row.score is None
        book.db.commit()
        book.db.refresh(mine)
        return Recorded(
            score=float(mine.score or 0),
            max_score=float(mine.max_score or 0),
            penalty=penalty,
            kept=tuple(sorted(n for n, g in grades.items() if g.manual_score is not None)),
            waiting=tuple(sorted(n for n, g in grades.items() if g.needs_manual_grade)),
        )


def manual_scores(
    db_url: str, assignment_id: str, notebook: str, items: Mapping[str, Item]
) -> dict[str, tuple[Mark, ...]]:
    """Return what a person gave in formgrader, as `rubric.read_sheet` returns a sheet.

    `items` are the rubric's items by cell (`build.written_items`). An item that nobody has graded
    has no score, which is no zero, but for a cell that was left blank. Raises NotebookError.
    """
    with opened(db_url) as book:
        _known(book, db_url, assignment_id, notebook)
        found: dict[str, tuple[Mark, ...]] = {}
        for mine in book.notebook_submissions(notebook, assignment_id):
            student = mine.student.id
            grades = {grade.name: grade for grade in mine.grades}
            comments = {comment.name: comment for comment in mine.comments}
            who = f"{assignment_id}, {student}"
            found[student] = tuple(
                _mark(item, grades.get(cell), comments.get(cell), who)
                for cell, item in items.items()
            )
        return dict(sorted(found.items()))


def give(
    db_url: str,
    assignment_id: str,
    notebook: str,
    student: str,
    marks: Sequence[Mark],
    items: Mapping[str, Item],
) -> tuple[str, ...]:
    """Enter the marks of a rubric sheet as a person's grades, so that formgrader shows them.

    What the sheet leaves empty stays as it is. The student's submission must be recorded already.
    Returns a line for each score that replaced another one. Raises NotebookError.
    """
    cells = {item.id: cell for cell, item in items.items()}
    replaced = []
    with opened(db_url) as book:
        from nbgrader.api import MissingEntry

        for mark in marks:
            cell = cells.get(mark.item)
            if cell is None or (mark.score is None and not mark.comment):
                continue
            try:
                grade = book.find_grade(cell, notebook, assignment_id, student)
                comment = book.find_comment(cell, notebook, assignment_id, student)
            except MissingEntry as error:
                raise NotebookError(f"{db_url}: {error}; record the submission first") from None
            if mark.score is not None:
                score = float(mark.score)
                old = grade.manual_score
                if old is not None and abs(old - score) > _ROUNDING:
                    replaced.append(f"{student}: {mark.item} had {old:g} and has {score:g} now")
                grade.manual_score = score
                grade.needs_manual_grade = False
            if mark.comment:
                comment.manual_comment = mark.comment
        book.db.commit()
    return tuple(replaced)


def _known(
    book: Gradebook, db_url: str, assignment_id: str, notebook: str
) -> tuple[dict[str, float], set[str]]:
    """Return the points of the graded cells, and the cells that can carry a comment."""
    from nbgrader.api import MissingEntry

    try:
        found = book.find_notebook(notebook, assignment_id)
    except MissingEntry:
        raise NotebookError(
            f"{db_url}: knows no notebook {notebook} of {assignment_id}; run: autograder notebook"
        ) from None
    points = {cell.name: float(cell.max_score) for cell in found.grade_cells}
    return points, {cell.name for cell in found.solution_cells}


def _check(
    rows: Sequence[CellGrade], known: dict[str, float], commented: set[str], who: str
) -> None:
    seen = set()
    for row in rows:
        if row.cell in seen:
            raise NotebookError(f"{who}: the cell {row.cell} comes twice")
        seen.add(row.cell)
        if row.cell not in known and row.cell not in commented:
            raise NotebookError(f"{who}: the gradebook has no cell {row.cell}")
        if row.score is None:
            continue
        most = known.get(row.cell, 0.0)
        if not -_ROUNDING <= row.score <= most + _ROUNDING:  # nor is NaN
            raise NotebookError(f"{who}: {row.cell} has 0 to {most:g} points, not {row.score}")


def _mark(item: Item, grade: Any, comment: Any, who: str) -> Mark:
    """Return what one written cell has: a person's score, or the 0 of one that was left blank."""
    score = _given(grade, item, who)
    words = (comment.manual_comment if comment else "") or ""
    if score is None and comment and (comment.auto_comment or "").startswith(BLANK):
        score, words = Fraction(0), words or BLANK
    return Mark(item.id, item.title, item.points, score, words.strip())


def _given(grade: Any, item: Item, who: str) -> Fraction | None:
    """Return a person's score with what was given on top; None where there is none."""
    if grade is None or grade.manual_score is None:
        return None
    score = grade.manual_score
    most = float(item.points)
    if not 0 <= score <= most:
        raise NotebookError(f"{who}: {item.id} has 0 to {most:g} points, not {score:g}")
    return Fraction(str(score)) + Fraction(str(grade.extra_credit or 0))


def _timestamp(when: datetime | None) -> datetime | None:
    """Return nbgrader's form of a time: in UTC, without saying so."""
    if when is None:
        return None
    if when.tzinfo is None:
        raise NotebookError(f"{when} has no time zone")
    from nbgrader.utils import parse_utc

    parsed: datetime = parse_utc(when)
    return parsed


@contextmanager
def _programs() -> Iterator[None]:
    """Let nbgrader find alembic, which it runs by its name to make a new gradebook."""
    before = os.environ.get("PATH")
    os.environ["PATH"] = path_with_programs()
    try:
        yield
    finally:
        if before is None:
            del os.environ["PATH"]
        else:
            os.environ["PATH"] = before
