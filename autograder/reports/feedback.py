"""What a student may read about each task; the one place that keeps hidden tests hidden."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.core.records import Grade, Outcome, Reason, Status, TaskScore
from autograder.core.scoring import points
from autograder.core.visible import excerpt, visible

REASONS = {
    Reason.TIME: "out of time",
    Reason.MEMORY: "out of memory",
    Reason.CRASH: "the process ended",
    Reason.FORBIDDEN: "forbidden call",
    Reason.OUTPUT: "too much output",
    Reason.IMPORT: "import failed",
    Reason.PROTOCOL: "abuse of the grader's channel",
}


_TO_WRITE = re.compile(r"NotImplementedError: (?:\w+\.)?([\w.]+) is yours to write")
_NOT_IMPLEMENTED = re.compile(r"NotImplementedError: (.+)")
_COPIED = (
    "The published examples hold, but no hidden test with other inputs does. Examples alone earn "
    "nothing: your code has to be right for values that it has not seen."
)


@dataclass(frozen=True)
class FeedbackLine:
    """One test as its report shows it; every text is safe for a terminal and a page."""

    title: str
    passed: bool
    hidden: bool
    look: str = ""  # what to look at; "" for a hidden test whose time to tell has not come
    reason: str = ""  # in words; "" for a hidden test, as its choice belongs to the student's code
    hint: str = ""  # of the mistake that explains the failure
    mistake: str = ""  # its id
    scored: bool = True  # False: it carries no points
    shown: tuple[tuple[str, str], ...] = ()  # (text, MathML of the grader's making)
    pictures: tuple[tuple[str, str], ...] = ()  # (title, PNG of the grader's making in base64)
    unfinished: bool = False  # it waits for a function that is still as it was handed out


@dataclass(frozen=True)
class Group:
    """Failed tests of one task that one sentence explains; mostly a single one."""

    lines: tuple[FeedbackLine, ...]
    said: str = ""  # of all that is not written yet: what it is and how many tests wait for it

    @property
    def first(self) -> FeedbackLine:
        """The test that stands for all of them."""
        return self.lines[0]


@dataclass(frozen=True)
class Feedback:
    """One task with its tests, in the order in which they were run."""

    task: TaskScore
    lines: tuple[FeedbackLine, ...]
    carried: str = ""  # how the points came about, beside the tests: in sentences, mostly none
    weighed: str = ""  # that one known mistake is all, and what it costs

    @property
    def failed(self) -> tuple[FeedbackLine, ...]:
        """The lines of the tests that did not pass, public ones first."""
        return tuple(sorted((x for x in self.lines if not x.passed), key=lambda x: x.hidden))

    @property
    def groups(self) -> tuple[Group, ...]:
        """The failed tests: what is not written yet as one, then those with one reason together."""
        waiting = tuple(line for line in self.failed if line.unfinished)
        found = [Group(waiting, _waiting(waiting))] if len(waiting) > 1 else []
        alike: dict[tuple[object, ...], list[FeedbackLine]] = {}
        for number, line in enumerate(self.failed):
            if line.unfinished and found:
                continue
            key = (line.look, line.hint, line.reason, line.scored) if line.look else (number,)
            alike.setdefault(key, []).append(line)
        return (*found, *(Group(tuple(lines)) for lines in alike.values()))

    @property
    def passed(self) -> tuple[FeedbackLine, ...]:
        """The lines of the tests that passed, public ones first."""
        return tuple(
            sorted((x for x in self.lines if x.passed and x.scored), key=lambda x: x.hidden)
        )

    @property
    def public(self) -> tuple[FeedbackLine, ...]:
        """The lines of the tests that students have, and that carry points."""
        return tuple(line for line in self.lines if not line.hidden and line.scored)

    @property
    def told(self) -> tuple[FeedbackLine, ...]:
        """The lines of failed tests that carry no points: they only tell the student something."""
        return tuple(line for line in self.lines if not line.scored and not line.passed)

    @property
    def shown(self) -> tuple[tuple[str, str], ...]:
        """What tests have shown: (text, MathML)."""
        return tuple(pair for line in self.lines for pair in line.shown)

    @property
    def pictures(self) -> tuple[tuple[str, str], ...]:
        """The figures that public tests looked at: (title, PNG in base64)."""
        return tuple(pair for line in self.lines for pair in line.pictures)

    @property
    def hidden(self) -> tuple[FeedbackLine, ...]:
        """The lines of the tests that students do not have."""
        return tuple(line for line in self.lines if line.hidden)


def feedback(grade: Grade, mistakes: Mapping[str, str] | None = None) -> tuple[Feedback, ...]:
    """Return every task of `grade` with its tests; `mistakes` maps a mistake's id to its hint."""
    hints = mistakes or {}
    return tuple(
        Feedback(
            task,
            tuple(_line(outcome, hints) for outcome in grade.outcomes if outcome.task == task.id),
            " ".join(filter(None, (_COPIED if task.copied else "", _carried(grade, task)))),
            _weighed(task),
        )
        for task in grade.tasks
    )


def _carried(grade: Grade, task: TaskScore) -> str:
    """Say what the grader supplied so that an earlier error does not cost this task's points."""
    mine = [one for one in grade.outcomes if one.task == task.id and one.carried]
    if not mine:
        return ""
    supplied = {name for one in mine for name in one.carried}
    titles = [f"“{one.title}”" for one in grade.tasks if one.id in supplied]
    named = visible(" and ".join([", ".join(titles[:-1]), titles[-1]] if titles[1:] else titles))
    count = "1 test" if len(mine) == 1 else f"{len(mine)} tests"
    costs = "your error there costs nothing here"
    if task.carried < 100:
        costs = f"such a test counts {points(task.carried)} %"
    return f"{count} passed with the grader's functions of {named} in place of yours: {costs}."


def _weighed(task: TaskScore) -> str:
    if task.weighed is None:
        return ""
    return (
        f"One mistake explains everything that fails here. It costs {points(task.weighed)} % of "
        "the task, however many tests notice it."
    )


def _line(outcome: Outcome, hints: Mapping[str, str]) -> FeedbackLine:
    title = visible(" ".join(filter(None, (outcome.title, outcome.how))))
    pictures = () if outcome.hidden else tuple(_picture(*pair) for pair in outcome.pictures)
    if outcome.status is Status.PASSED:
        shown = tuple((visible(text), mathml) for text, mathml in outcome.shown)
        return FeedbackLine(
            title, True, outcome.hidden, scored=outcome.scored, shown=shown, pictures=pictures
        )
    hint = visible(hints.get(outcome.mistake, outcome.hint))
    if outcome.hidden:
        return FeedbackLine(
            title,
            False,
            True,
            look=excerpt(outcome.withheld),  # "" before the deadline
            hint=hint,
            mistake=outcome.mistake if hint else "",
            unfinished=outcome.unfinished and not hint,
        )
    reason = REASONS[outcome.reason] if outcome.reason else ""
    look = excerpt(outcome.message)
    name = outcome.mistake if hint else ""
    return FeedbackLine(
        title,
        False,
        False,
        look,
        reason,
        hint,
        name,
        outcome.scored,
        pictures=pictures,
        unfinished=outcome.unfinished and not hint,
    )


def _waiting(lines: Sequence[FeedbackLine]) -> str:
    """Say what is not written yet, and how many tests wait for it."""
    found = [_TO_WRITE.search(line.look) for line in lines]
    names = list(dict.fromkeys(match[1] for match in found if match))
    said = [match[1] for line in lines if (match := _NOT_IMPLEMENTED.search(line.look))]
    what = ", ".join(names[:6]) or next(iter(said), "a function is still as it was handed out")
    hidden = sum(line.hidden for line in lines)
    more = f", {hidden} of them hidden" if hidden else ""
    return f"Not written yet: {what.rstrip('.')}. {len(lines)} tests wait for it{more}."


def _picture(title: str, png: bytes) -> tuple[str, str]:
    return visible(title), base64.b64encode(png).decode("ascii")


def why_not_graded(grade: Grade) -> str:
    """Say to a student why there is no score; "" where there is one.

    What stopped a hidden test may hold what it asked for, so the staff's sentence is replaced.
    """
    if not grade.error:
        return ""
    if any(one.hidden and one.status is Status.ERROR for one in grade.outcomes):
        return "A hidden test could not be run. That is a fault of the grader, not of your work."
    return excerpt(grade.error)
