"""Plain data that travels between the stages, from an archive to a report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from studentkit.rules import cost

FILE_TIME = "modification time"  # how a submission's time is known that is only a file's own


class Status(StrEnum):
    """What became of one test."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"  # the grader's own fault: never a zero


class Reason(StrEnum):
    """Why a test failed, where the cause is not simply a wrong answer."""

    TIME = "time"
    MEMORY = "memory"
    CRASH = "crash"
    FORBIDDEN = "forbidden"
    OUTPUT = "output"
    IMPORT = "import"
    PROTOCOL = "protocol"


class Action(StrEnum):
    """What a broken rule costs."""

    ZERO = "zero"
    DEDUCT = "deduct"
    WARN = "warn"


@dataclass(frozen=True)
class Submission:
    """What one student handed in, as bytes: nothing here was executed or followed."""

    name: str  # unique in its class, safe as a folder's name
    files: dict[str, bytes]  # "models/__init__.py" -> content; POSIX paths, no "..", no leading "/"
    digest: str  # sha256 over the sorted files
    submitted_at: datetime | None = None  # aware; None when nothing tells
    time_source: str = ""  # "Gradescope's metadata", "the file's modification time", ...
    notes: tuple[str, ...] = ()  # what intake left out or repaired, one sentence each

    @property
    def has_file_time(self) -> bool:
        """Whether the time is a file's own, which says little of when work was handed in."""
        return FILE_TIME in self.time_source


@dataclass(frozen=True)
class UnreadableSubmission:
    """A submission that could not be opened; the class goes on without it."""

    name: str
    reason: str  # one sentence for a person


@dataclass(frozen=True)
class Call:
    """One request that a test made of the worker: the raw material of diagnosis."""

    target: str  # "models._base_network._baseNetwork.sigmoid"
    reply: bytes  # as it came back over the wire; b"" where it was too long to keep
    changed: tuple[str, ...] = ()  # arguments that were edited in place


@dataclass(frozen=True)
class Printed:
    """Something a submission wrote to its standard output or error."""

    text: str  # capped, control characters escaped
    function: str  # "models.softmax_regression.SoftmaxRegression.forward"; "" when unknown
    where: str  # "models/softmax_regression.py:31"; "" when unknown


@dataclass(frozen=True)
class Outcome:
    """One test's result against one submission."""

    test: str  # "public/test_activation.py::TestActivation::test_sigmoid"
    task: str  # id of the task it belongs to
    title: str  # the true sentence a student reads: the docstring, or the name in words
    status: Status
    hidden: bool
    message: str = ""  # what to look at; always "" for a hidden test
    reason: Reason | None = None
    printed: tuple[Printed, ...] = ()
    calls: tuple[Call, ...] = ()
    mistake: str = ""  # id of the mistake that explains the failure, once diagnosed
    hint: str = ""  # of that mistake, where the test itself has named it
    scored: bool = True  # False: it tells the student something and carries no points
    shown: tuple[tuple[str, str], ...] = ()  # (text, MathML) that a public test showed
    pictures: tuple[tuple[str, bytes], ...] = ()  # (title, PNG) of a public test's figures
    replies: str = ""  # digest of what student code replied, for a test that failed
    unfinished: bool = False  # failed in a function that is still as it was handed out
    carried: tuple[str, ...] = ()  # tasks whose functions the grader supplied: passed with them
    withheld: str = ""  # of a hidden test that failed: what it asked and expected; see `explains`
    how: str = ""  # a sentence of the test: how the verdict was reached, where it may differ


@dataclass(frozen=True)
class PolicyFinding:
    """One finding about a submission as a whole, and what it costs."""

    rule: str  # "printing", "imports", "signatures", "files", "lateness", "syntax"
    action: Action
    sentence: str  # names the line or the function that caused it
    where: str = ""  # "utils.py:12"
    percent: Fraction = Fraction(0)  # of the points of each task, for DEDUCT
    spares: tuple[str, ...] = ()  # patterns of tasks that it costs nothing

    @property
    def costs(self) -> str:
        """Say in a few words what it costs; "" where that is nothing."""
        return cost(self.action.value, self.percent, bool(self.spares))


@dataclass(frozen=True)
class TaskScore:
    """Points of one task."""

    id: str
    title: str
    score: Fraction
    max_score: Fraction
    passed: int = 0
    total: int = 0
    carried: Fraction = Fraction(100)  # percent for a test that passed with supplied functions
    copied: bool = False  # whether only published examples hold, which earn nothing by themselves
    weighed: Fraction | None = None  # percent that the one mistake in it costs; None: tests decide


@dataclass(frozen=True)
class Weighed:
    """What a teacher takes for one known mistake, where exactly these tests fail with it."""

    share: Fraction  # of the task
    tests: frozenset[str]


@dataclass(frozen=True)
class Mark:
    """What a person gave for a written question."""

    item: str  # its id
    title: str
    max_score: Fraction
    score: Fraction | None = None  # None: not graded yet, which is no zero
    comment: str = ""
    grader: str = ""  # the person's name

    def to_json(self) -> dict[str, str | None]:
        """Return plain data from which `from_json` makes the same mark."""
        score = None if self.score is None else str(self.score)
        return {**vars(self), "max_score": str(self.max_score), "score": score}

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Mark:
        """Make a mark of what `to_json` returned."""
        score = None if plain["score"] is None else Fraction(plain["score"])
        most = Fraction(plain["max_score"])
        return cls(plain["item"], plain["title"], most, score, plain["comment"], plain["grader"])


def given(marks: Iterable[Mark]) -> Fraction:
    """Add up what a person gave; what is not graded yet adds nothing."""
    return sum((mark.score for mark in marks if mark.score is not None), Fraction(0))


STAYS = "It stays so with"  # begins what a repeated test adds to its message


@dataclass(frozen=True)
class Failure:
    """How one task failed, so that submissions which fail alike can be put together."""

    task: str
    cluster: str  # equal for submissions whose code replied the same
    test: str  # title of the first test that failed, a public one where there is one
    example: str  # what that test said; "" for a hidden one
    mistakes: tuple[str, ...]  # ids of those that were recognised
    unfinished: bool = False  # a function is still as it was handed out
    reason: str = ""  # Reason of the first test, where it was not simply a wrong answer


class Kind(StrEnum):
    """What can be agreed."""

    EXTENSION = "extension"  # a later due time
    EXCUSED = "excused"  # no score, and no zero
    OVERRIDE = "override"  # another score, of the whole or of a task
    ADD = "add"  # points
    WAIVE = "waive"  # a rule costs nothing
    FULL_MARKS = "full_marks"  # a task, or a test, counts as passed
    DROP = "drop"  # a test does not count


@dataclass(frozen=True)
class Agreement:
    """One line of `exceptions.csv`."""

    kind: Kind
    value: str
    comment: str = ""

    @property
    def sentence(self) -> str:
        """Say to the student what was agreed."""
        said = {
            Kind.EXTENSION: f"The due time was extended ({self.value})",
            Kind.EXCUSED: "You are excused: this has no score, which is no zero",
            Kind.OVERRIDE: f"A person set the score: {self.value}",
            Kind.ADD: f"A person added {self.value} points",
            Kind.WAIVE: f"The rule “{self.value}” costs you nothing",
            Kind.FULL_MARKS: f"Counts as solved: {self.value.rpartition('::')[2]}",
            Kind.DROP: "A test does not count",
        }[self.kind]
        return f"{said} ({self.comment})." if self.comment else f"{said}."

    def to_json(self) -> list[str]:
        """Return plain data."""
        return [self.kind.value, self.value, self.comment]

    @classmethod
    def from_json(cls, row: Sequence[str]) -> Agreement:
        """Read what `to_json` returned."""
        return cls(Kind(row[0]), row[1], row[2])


@dataclass(frozen=True)
class Grade:
    """Everything a report says about one submission."""

    submission: str
    assignment: str
    title: str  # the assignment's
    tasks: tuple[TaskScore, ...]
    outcomes: tuple[Outcome, ...]
    verdicts: tuple[PolicyFinding, ...]
    score: Fraction  # after policy
    max_score: Fraction
    raw_score: Fraction  # before policy
    tier: str  # "A: user namespaces, landlock 7, seccomp"
    data: str  # "digits made on the spot" or "MNIST from FOLDER"
    hidden_ran: bool
    status: str  # "graded", "late", "not graded"
    submitted_at: datetime | None = None
    time_source: str = ""
    digest: str = ""  # the submission's
    fingerprint: str = ""  # of everything the result depends on
    notes: tuple[str, ...] = ()
    error: str = ""  # why it could not be graded; "" otherwise
    failures: tuple[Failure, ...] = ()
    written: tuple[Mark, ...] = ()  # what a person grades; () where nothing is
    agreed: tuple[Agreement, ...] = ()  # exceptions for this one, or for all
    adjusted: Fraction = Fraction(0)  # what they did to the score, beside tests and rules

    @property
    def given(self) -> Fraction:
        """Points that a person gave."""
        return given(self.written)

    @property
    def lost(self) -> Fraction:
        """Points that the rules took."""
        return self.raw_score + self.given - (self.score - self.adjusted)

    @property
    def excused(self) -> bool:
        """Whether there is no score because somebody was excused."""
        return any(one.kind is Kind.EXCUSED for one in self.agreed)
