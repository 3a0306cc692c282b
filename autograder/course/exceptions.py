"""What was agreed with single students, or about a broken item: `exceptions.csv`.

One line each: `student,kind,value,comment`; `*` stands for everybody. It is read as a whole, and
refused to the line, before anything is graded.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

from autograder.core.records import Agreement, Kind
from autograder.core.visible import visible
from autograder.course.folder import CourseError

EVERYBODY = "*"
_COLUMNS = ("student", "kind", "value", "comment")
_LONGEST = 500  # characters of a comment
_SPAN = re.compile(r"\+\s*(\d{1,4})\s*(h|d)\Z")
_RULES = ("lateness", "printing", "imports", "standard_library", "signatures", "files", "syntax")


def read_exceptions(
    path: Path, tasks: Mapping[str, Fraction], students: Collection[str]
) -> dict[str, tuple[Agreement, ...]]:
    """Return what `path` says by student; what is for everybody is under each name and "*".

    `tasks` are the assignment's, with their points; `students` those who can be meant. Raises
    CourseError with the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
    except (OSError, UnicodeError, csv.Error) as error:
        raise CourseError(
            f"{path}: cannot be read ({error}); it should be a CSV in UTF-8"
        ) from None
    if not rows or tuple(cell.strip().lower() for cell in rows[0]) != _COLUMNS:
        raise CourseError(f"{path}: line 1 must be the heading {','.join(_COLUMNS)}")
    found: dict[str, list[Agreement]] = {}
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        where = f"{path}: line {number}"
        if len(row) != len(_COLUMNS):
            raise CourseError(f"{where} has {len(row)} columns; {', '.join(_COLUMNS)} are needed")
        student, kind, value, comment = (cell.strip() for cell in row)
        if student != EVERYBODY and student not in students:
            raise CourseError(f"{where}: no student or submission is called '{visible(student)}'")
        try:
            agreed = Agreement(Kind(kind), _value(Kind(kind), value, tasks), comment[:_LONGEST])
        except ValueError as error:
            problem = f"the kind '{visible(kind)}' is none of {', '.join(Kind)}"
            if kind in tuple(Kind):
                problem = f"{kind} {visible(value) or '(nothing)'}: {error}"
            raise CourseError(f"{where}: {problem}") from None
        if student == EVERYBODY and agreed.kind not in (Kind.FULL_MARKS, Kind.DROP, Kind.WAIVE):
            raise CourseError(f"{where}: {kind} is for one student, not for everybody")
        found.setdefault(student, []).append(agreed)
    everybody = tuple(found.pop(EVERYBODY, ()))
    return {name: (*everybody, *found.get(name, ())) for name in (*students, EVERYBODY)}


def _value(kind: Kind, value: str, tasks: Mapping[str, Fraction]) -> str:
    """Return a checked value in one spelling; raises ValueError with what is expected."""
    match kind:
        case Kind.EXCUSED:
            if value:
                raise ValueError("nothing is expected in the value")
        case Kind.EXTENSION:
            if not _SPAN.match(value):
                moment(value)
        case Kind.ADD:
            _number(value)
        case Kind.OVERRIDE:
            task, equals, points = value.rpartition("=")
            if equals and task.strip() not in tasks:
                raise ValueError(f"there is no task {task.strip()}")
            if _number(points) < 0:
                raise ValueError("a score is not negative")
        case Kind.WAIVE:
            if value not in _RULES:
                raise ValueError(f"a rule is one of {', '.join(_RULES)}")
        case Kind.FULL_MARKS | Kind.DROP:
            if not value:
                raise ValueError(
                    "a test's id is expected" + (" or a task's" if kind is Kind.FULL_MARKS else "")
                )
            if "::" not in value and (kind is Kind.DROP or value not in tasks):
                raise ValueError(
                    "there is no such task; a test's id looks like hidden/test_a.py::test_b"
                )
    return value


def extended(due: datetime | None, agreed: Collection[Agreement]) -> datetime | None:
    """Return the due time of somebody: the latest of what was granted, or `due`."""
    found = [due] if due is not None else []
    for one in agreed:
        if one.kind is Kind.EXTENSION:
            span = _SPAN.match(one.value)
            if span is None:
                found.append(moment(one.value))
            elif due is not None:
                hours = int(span[1]) * (24 if span[2] == "d" else 1)
                found.append(due + timedelta(hours=hours))
    return max(found) if found else None


def moment(text: str) -> datetime:
    """Return a time with its time zone; raises ValueError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ValueError("a time with time zone is expected, 2026-01-31T08:00-05:00, or +3d, +12h")
    return found


def _number(text: str) -> Fraction:
    if not re.fullmatch(r"\s*[+-]?[0-9]{1,6}(\.[0-9]{1,4})?\s*", text):
        raise ValueError("a number of points is expected, such as 2.5")
    return Fraction(text.strip())
