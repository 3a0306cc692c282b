"""One student, one row: who handed in what, which attempt counts, and who handed in nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from autograder.core.files import write_text
from autograder.core.traces import traces
from autograder.core.visible import inert, visible
from autograder.course.folder import CourseError
from autograder.course.matching import Matched, match
from autograder.course.roster import Student

UNMATCHED, MATCHED = "unmatched.csv", "matched.csv"
_COLUMNS = ("submission", "student", "could_be")
ATTEMPTS = ("last-in-time", "latest", "best")


class HandedIn(Protocol):
    """What is asked of a submission here."""

    @property
    def submission(self) -> str: ...
    @property
    def score(self) -> float | None: ...
    @property
    def submitted_at(self) -> str: ...


@dataclass
class StudentRow:
    """One student's line in the class; `submission` is "" for somebody who handed in nothing."""

    student: Student
    submission: str = ""
    attempts: int = 0
    excused: bool = False
    agreed: list[str] = field(default_factory=list)  # with somebody who handed in nothing

    @property
    def columns(self) -> dict[str, str]:
        """Return what a table says of the student."""
        one = self.student
        return {
            "student_id": one.id,
            "login": one.login,
            "email": one.email,
            "name": one.name,
            "section": one.section,
            "group": one.group,
            "attempts": str(self.attempts),
        }


@dataclass
class People:
    """A class by its students."""

    rows: list[StudentRow] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)  # submissions that nobody was found for
    superseded: list[str] = field(default_factory=list)  # attempts that do not count

    @property
    def absent(self) -> list[str]:
        """Return who handed in nothing and is not excused."""
        gone = [row for row in self.rows if not row.submission and not row.excused]
        return [row.student.key for row in gone]


def people(
    handed_in: Sequence[HandedIn],
    roster: Sequence[Student],
    told: Mapping[str, Sequence[str]] | None = None,
    dues: Mapping[str, datetime | None] | None = None,
    attempt: str = "last-in-time",
) -> tuple[People, Matched]:
    """Return a row for each student of `roster`, in its order, and how they were matched.

    `dues` are the due times of the submissions, with all that was granted.
    """
    known = {one.submission: one for one in handed_in}
    matched = match(known, roster, told)
    by_student: dict[Student, list[HandedIn]] = {}
    for name, students in matched.students.items():
        for student in students:
            by_student.setdefault(student, []).append(known[name])
    found = People(unmatched=sorted(matched.doubtful))
    counted = set()
    for student in roster:
        attempts = by_student.get(student, [])
        chosen = _counts(attempts, dues or {}, attempt)
        counted.add(chosen)
        found.rows.append(StudentRow(student, chosen, len(attempts)))
    found.superseded = sorted(matched.students.keys() - counted)
    return found, matched


def _counts(attempts: Sequence[HandedIn], dues: Mapping[str, datetime | None], which: str) -> str:
    """Return the name of the attempt that counts: the last one in time, the latest, or the best."""
    if not attempts:
        return ""

    def moment(one: HandedIn) -> tuple[str, int]:
        return one.submitted_at, traces(one.submission).attempt

    if which == "best":
        return max(attempts, key=lambda one: (one.score or -1.0, moment(one))).submission
    if which == "last-in-time":
        attempts = [one for one in attempts if _in_time(one, dues)] or attempts
    return max(attempts, key=moment).submission


def _in_time(one: HandedIn, dues: Mapping[str, datetime | None]) -> bool:
    due = dues.get(one.submission)
    if due is None or not one.submitted_at:
        return False
    return datetime.fromisoformat(one.submitted_at) <= due


def read_told(folder: Path, roster: Sequence[Student]) -> dict[str, list[str]]:
    """Return what a person has filled in in `unmatched.csv`; raises CourseError with the line."""
    place = folder / UNMATCHED
    if not place.is_file():
        return {}
    try:
        rows = list(csv.reader(io.StringIO(place.read_text(encoding="utf-8-sig"))))
    except (OSError, UnicodeError, csv.Error) as error:
        raise CourseError(f"{place}: cannot be read ({error})") from None
    known = {
        mark.casefold()
        for one in roster
        for mark in (one.id, one.login, one.email, one.name)
        if mark
    }
    told: dict[str, list[str]] = {}
    for number, row in enumerate(rows[1:], 2):
        if len(row) < 2 or not row[1].strip():
            continue
        names = [part.strip() for part in row[1].split(";") if part.strip()]
        for name in names:
            if name.casefold() not in known:
                raise CourseError(
                    f"{place}: line {number}: nobody in the roster is '{visible(name)}'; type an "
                    "id, login, e-mail or name, several with ; between them"
                )
        told[row[0].strip().removeprefix("'")] = names
    return told


def read_matches(folder: Path) -> dict[str, list[str]]:
    """Return whose submissions are, as earlier runs found; {} where nothing can be read."""
    try:
        rows = csv.reader(io.StringIO((folder / MATCHED).read_text(encoding="utf-8")))
        return {row[0].removeprefix("'"): row[1].split("; ") for row in list(rows)[1:] if row[1:]}
    except (OSError, UnicodeError, csv.Error):
        return {}


def write_matches(folder: Path, matched: Matched) -> None:
    """Keep whose submissions are: what a platform said of them may not be there the next time."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS[:2])
    for name, students in sorted(matched.students.items()):
        writer.writerow([inert(name), "; ".join(one.key for one in students)])
    write_text(folder / MATCHED, out.getvalue())


def write_unmatched(folder: Path, matched: Matched, told: Mapping[str, Sequence[str]]) -> None:
    """List the submissions whose owner a person has to name; what was filled in stays."""
    place = folder / UNMATCHED
    if not matched.doubtful and not told:
        place.unlink(missing_ok=True)
        return
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for name, named in sorted(told.items()):
        writer.writerow([inert(name), "; ".join(named), ""])
    for name, students in sorted(matched.doubtful.items()):
        if name not in told:
            could = "; ".join(dict.fromkeys(one.key for one in students))
            writer.writerow([inert(name), "", inert(could)])
    write_text(place, out.getvalue())
