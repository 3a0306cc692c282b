"""Whose a submission is: by the platform's number, id, login, e-mail, and last by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.core.traces import Traces, traces
from autograder.course.roster import Student, plain, spelt


@dataclass
class Matched:
    """Who has handed in what."""

    students: dict[str, list[Student]] = field(default_factory=dict)  # by submission
    doubtful: dict[str, list[Student]] = field(default_factory=dict)  # none, or several, may be it

    def of(self, submission: str) -> list[Student]:
        """Return whose a submission is, [] where that is not known."""
        return self.students.get(submission, [])


def match(
    submissions: Iterable[str],
    roster: Sequence[Student],
    told: Mapping[str, Sequence[str]] | None = None,
) -> Matched:
    """Return whose each submission is; nothing is guessed where two could be meant.

    `told` is what a platform's metadata or a person says of a submission: ids, logins, e-mails or
    names of those who handed it in.
    """
    index: dict[str, dict[str, list[Student]]] = {
        "platform": {}, "id": {}, "login": {}, "email": {}, "name": {}, "joined": {}
    }  # fmt: skip
    for student in roster:
        for field_ in ("platform", "id", "login", "email"):
            value = getattr(student, field_).casefold()
            if value:
                index[field_].setdefault(value, []).append(student)
        if student.name:
            index["name"].setdefault(spelt(student.name), []).append(student)
            for joined in _joined(student.name):
                index["joined"].setdefault(joined, []).append(student)
    found = Matched()
    for submission in submissions:
        marks = traces(submission)
        people = [_one(text, traces(text), index) for text in (told or {}).get(submission, ())]
        people = people or [_one(submission, marks, index)]
        sure = [one[0] for one in people if len(one) == 1]
        if len(sure) == len(people):
            found.students[submission] = list(dict.fromkeys(sure))
        else:
            found.doubtful[submission] = [one for group in people for one in group]
    return found


def _one(
    text: str, marks: Traces, index: Mapping[str, Mapping[str, list[Student]]]
) -> list[Student]:
    """Return all who may be meant by the first kind of mark that anybody has."""
    if marks.user and marks.user in index["platform"]:
        return index["platform"][marks.user]
    typed = text.strip().casefold()
    for kind in ("id", "login", "email"):
        if typed in index[kind]:
            return index[kind][typed]
    for kind, key in (("name", spelt(marks.name)), ("joined", _squeezed(marks.name))):
        if key and key in index[kind]:
            return list(dict.fromkeys(index[kind][key]))
    parts = [part for part in re.split(r"[\s_,;()\[\]]+|(?<!\w)-|-(?!\w)", typed) if part]
    for kind in ("id", "login", "email"):
        hits = [one for part in parts for one in index[kind].get(part, ())]
        if hits:
            return list(dict.fromkeys(hits))
    return []


def _joined(name: str) -> set[str]:
    """Return a name as Canvas writes it: last and first in one word, in either order."""
    parts = name.split()
    if len(parts) < 2:
        return {_squeezed(name)}
    return {_squeezed(parts[-1] + "".join(parts[:-1])), _squeezed("".join(parts))}


def _squeezed(name: str) -> str:
    return "".join(re.findall(r"[^\W_]+", plain(name)))
