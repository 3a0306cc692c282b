"""What holds for each submission of a class beside its options: due when, and what was agreed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

from autograder.core.records import FILE_TIME, Agreement, Kind
from autograder.course.exceptions import EVERYBODY, extended, read_exceptions
from autograder.course.late_days import days_late, read_ledger
from autograder.course.matching import Matched
from autograder.course.roster import Student
from autograder.intake import Source, moment

_APART = timedelta(minutes=1)  # two clocks that say the same


@dataclass(frozen=True)
class LateDays:
    """How many late days each student has, over all assignments of the course."""

    days: int
    ledger: Path | None = None

    def of(self, student: Student | None) -> int:
        """Return the days of `student`: the roster's own number, where it has one."""
        own = student.late_days if student is not None else ""
        return int(own) if own else self.days


@dataclass(frozen=True)
class Terms:
    """What holds for one submission."""

    due: datetime | None = None
    agreed: tuple[Agreement, ...] = ()
    late_days: int = 0  # that it spends


@dataclass
class ClassTerms:
    """What holds for the submissions of a class, and for students who handed in nothing."""

    submissions: dict[str, Terms] = field(default_factory=dict)
    absent: dict[str, tuple[Agreement, ...]] = field(default_factory=dict)  # by student
    due: datetime | None = None  # for who is not among them
    contradictions: list[str] = field(default_factory=list)
    marked_late: int = 0  # by a platform that doesn't say when they came


@dataclass(frozen=True)
class Class:
    """Who is in a class, and what of it is known."""

    assignment: str
    sources: Sequence[Source]
    matched: Matched
    roster: Sequence[Student] = ()
    earlier: Collection[str] = ()  # submissions of earlier runs
    due: datetime | None = None
    times: Mapping[str, datetime] = field(default_factory=dict)
    trusts: bool = False  # files' own times


def class_terms(
    class_: Class,
    tasks: Mapping[str, Fraction],
    exceptions: Path | None = None,
    budget: LateDays | None = None,
) -> ClassTerms:
    """Return what holds for everybody in `class_`; `tasks` are the assignment's, with points.

    Raises CourseError where a table cannot be used, and IntakeError for a time without time zone.
    """
    found = ClassTerms(due=class_.due)
    agreed = _Agreed(class_, tasks, exceptions)
    ledger = read_ledger(budget.ledger) if budget and budget.ledger else {}
    spent: dict[str, int] = {}
    for (student, assignment), days in ledger.items():
        if assignment != class_.assignment:
            spent[student] = spent.get(student, 0) + days
    for source in class_.sources:
        who = class_.matched.of(source.name)
        ours = agreed.of(source.name, who)
        due = extended(_due(class_, source, found.contradictions), ours)
        time = None
        if budget is not None or source.said.late or source.name in class_.times:
            time, told_by = moment(source, class_.times)  # may walk through a folder
            if not class_.trusts and FILE_TIME in told_by:
                time = None
        _contradictions(class_, source, time, due, found)
        days = 0
        if budget is not None and time is not None and due is not None:
            people: Sequence[Student | None] = who or [None]
            left = min(
                budget.of(one) - spent.get(one.key if one else source.name, 0) for one in people
            )
            days = max(0, min(days_late(time, due), left))
            if days:
                plural = "" if days == 1 else "s"
                words = f"{days} late day{plural} of the budget; {left - days} left after this"
                ours = (*ours, Agreement(Kind.EXTENSION, f"+{days}d", words))
                due += timedelta(days=days)
        found.submissions[source.name] = Terms(due, ours, days)
    for one in class_.roster:
        found.absent[one.key] = agreed.of("", [one])
    return found


class _Agreed:
    """The exceptions of a class, by submission and by student."""

    def __init__(
        self, class_: Class, tasks: Mapping[str, Fraction], exceptions: Path | None
    ) -> None:
        names = {source.name for source in class_.sources} | set(class_.earlier)
        marks = {mark for student in class_.roster for mark in _marks(student)}
        self._by = read_exceptions(exceptions, tasks, names | marks) if exceptions else {}
        self._all = self._by.get(EVERYBODY, ())

    def of(self, submission: str, students: Iterable[Student]) -> tuple[Agreement, ...]:
        """Return what is for everybody, for a submission, and for those whose it is."""
        names = [submission, *(mark for student in students for mark in _marks(student))]
        own = [self._by.get(name, ())[len(self._all) :] for name in dict.fromkeys(names) if name]
        return (*self._all, *(one for group in own for one in group))


def _marks(student: Student) -> list[str]:
    marks = (student.login, student.id, student.email, student.name)
    return list(dict.fromkeys(mark for mark in marks if mark))


def _due(class_: Class, source: Source, contradictions: list[str]) -> datetime | None:
    """Return when `source` is due: what was given, moved by what the platform granted."""
    said, given = source.said, class_.due
    if given is None or said.due is None:
        return given or said.due
    if said.due_for_all is not None and said.due_for_all != given:
        words = (
            f"{said.platform} has {said.due_for_all.isoformat(' ', 'minutes')} as due time, and "
            f"{given.isoformat(' ', 'minutes')} was given: that counts"
        )
        if words not in contradictions:
            contradictions.append(words)
    if said.extended and said.due_for_all is not None:
        return given + (said.due - said.due_for_all)
    return given


def _contradictions(
    class_: Class, source: Source, time: datetime | None, due: datetime | None, found: ClassTerms
) -> None:
    """Note where two sources say of a submission what cannot both be."""
    said = source.said
    if said.late and time is None:
        found.marked_late += 1
    if said.late and time is not None and due is not None and time <= due:
        found.contradictions.append(
            f"{source.name}: {said.platform} marks it as late, and it came in time by what is known"
        )
    own = said.submitted_at
    if time is None or own is None or source.name not in class_.times:
        return
    if FILE_TIME not in said.time_source and abs(time - own) > _APART:
        found.contradictions.append(
            f"{source.name}: the list of times has {time.isoformat(' ', 'seconds')}, "
            f"{said.platform} {own.isoformat(' ', 'seconds')}: the list counts"
        )
