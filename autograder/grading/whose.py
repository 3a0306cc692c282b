"""Whose the submissions of a class are, which of them count, and who has spent late days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from autograder.core.records import Kind
from autograder.course.late_days import alone, read_ledger, write_ledger
from autograder.course.matching import Matched, match
from autograder.course.people import (
    People,
    people,
    read_matches,
    read_told,
    write_matches,
    write_unmatched,
)
from autograder.course.roster import Student
from autograder.grading.terms import ClassTerms
from autograder.intake import Source
from autograder.reports.summary import Summary


class Whose:
    """Whose the submissions of a class are, as far as anybody says so."""

    def __init__(self, out: Path, roster: Sequence[Student], sources: Sequence[Source]) -> None:
        self.roster = roster
        self.named = read_told(out, roster) if roster else {}  # by a person
        said = {source.name: source.said.people for source in sources if source.said.people}
        earlier = read_matches(out) if roster else {}
        self.told: dict[str, Sequence[str]] = {**earlier, **said, **self.named}

    def matched(self, submissions: Iterable[str]) -> Matched:
        """Match submissions with the roster; nobody's where there is none."""
        return match(submissions, self.roster, self.told) if self.roster else Matched()


def people_of(
    out: Path, handed_in: Sequence[Summary], whose: Whose, terms: ClassTerms, attempts: str
) -> People | None:
    """Match a class with its roster, and ask in a file for whom nobody was found."""
    if not whose.roster:
        return None
    known = {name: one.due for name, one in terms.submissions.items()}
    dues = {one.submission: known.get(one.submission, terms.due) for one in handed_in}
    found, matched = people(handed_in, whose.roster, whose.told, dues, attempts)
    write_unmatched(out, matched, whose.named)
    write_matches(out, matched)
    for row in found.rows:
        agreed = () if row.submission else terms.absent.get(row.student.key, ())
        row.agreed.extend(one.sentence for one in agreed if one.kind is Kind.EXCUSED)
        row.excused = any(one.kind is Kind.EXCUSED for one in agreed)
    return found


def spend(ledger: Path, assignment: str, people: People | None, terms: ClassTerms) -> None:
    """Write into the ledger who has spent late days on this assignment."""
    spent: dict[str, int] = {}
    if people is None:
        spent = {name: one.late_days for name, one in terms.submissions.items()}
    else:
        for row in people.rows:
            if row.submission in terms.submissions:  # what an earlier run graded stays as it was
                spent[row.student.key] = terms.submissions[row.submission].late_days
    with alone(ledger):
        before = read_ledger(ledger)
        kept = {who: days for (who, name), days in before.items() if name == assignment}
        write_ledger(ledger, before, assignment, {**kept, **spent})
