"""A budget of late days: how many somebody has, and has spent, over a course's assignments.

The ledger is a table that a person can edit: `student,assignment,days`. A run reads what was spent
on other assignments and writes anew what was spent on its own.
"""

from __future__ import annotations

import contextlib
import csv
import fcntl
import io
import math
import os
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from autograder.core.files import write_text
from autograder.core.visible import inert, visible
from autograder.course.folder import CourseError

_COLUMNS = ("student", "assignment", "days")
_MOST = 1000


def days_late(submitted_at: datetime, due: datetime) -> int:
    """Return how many days, each begun one whole, lie between the two; 0 when in time."""
    return max(0, math.ceil((submitted_at - due) / timedelta(days=1)))


def read_ledger(path: Path) -> dict[tuple[str, str], int]:
    """Return days by (student, assignment), {} before the first run; raises CourseError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeError) as error:
        raise CourseError(f"{path}: cannot be read ({error}); it should be a CSV") from None
    rows = list(csv.reader(io.StringIO(text)))
    if not rows or tuple(cell.strip().lower() for cell in rows[0]) != _COLUMNS:
        raise CourseError(f"{path}: line 1 must be the heading {','.join(_COLUMNS)}")
    found: dict[tuple[str, str], int] = {}
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        where = f"{path}: line {number}"
        if len(row) != len(_COLUMNS):
            raise CourseError(f"{where} needs three columns, {', '.join(_COLUMNS)}")
        student, assignment, days = (cell.strip() for cell in row)
        if not days.isascii() or not days.isdigit() or int(days) > _MOST:
            raise CourseError(f"{where}: '{visible(days)}' is no number of days")
        key = student.removeprefix("'"), assignment
        if key in found:
            raise CourseError(f"{where} names {visible(student)} and {assignment} again")
        found[key] = int(days)
    return found


@contextlib.contextmanager
def alone(ledger: Path) -> Iterator[None]:
    """Let one process at a time read the ledger and write it anew: two assignments of a course
    may be graded at once.
    """
    ledger.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(ledger.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def write_ledger(
    path: Path, ledger: Mapping[tuple[str, str], int], assignment: str, spent: Mapping[str, int]
) -> None:
    """Write `ledger` with what was `spent` on `assignment` in place of what it said of that."""
    rows = {key: days for key, days in ledger.items() if key[1] != assignment and days}
    rows |= {(student, assignment): days for student, days in spent.items() if days}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([inert(student), name, days] for (student, name), days in sorted(rows.items()))
    if not path.is_file() or path.read_text(encoding="utf-8") != out.getvalue():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, out.getvalue())
