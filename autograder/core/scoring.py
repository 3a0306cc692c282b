"""Turn outcomes into points, then apply the rules of the handout."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from fractions import Fraction

from autograder.core.manifest import Lateness, Manifest, Policy, Task
from autograder.core.records import (
    Action,
    Mark,
    Outcome,
    PolicyFinding,
    Printed,
    Status,
    TaskScore,
    Weighed,
)

_MAX_PRINTING = 10  # verdicts: a loop over made-up functions must not fill the report


def task_scores(
    manifest: Manifest,
    outcomes: Iterable[Outcome],
    left_out: Container[str] = (),
    costs: Mapping[tuple[str, str], Weighed] | None = None,
) -> tuple[TaskScore, ...]:
    """Return the score of each task: its points times the share of its tests that passed.

    A test that passed with the grader's functions in place of wrong ones that the task builds on
    counts for the share that the manifest declares.

    Published examples can be copied, so they earn nothing by themselves: where a task has hidden
    tests and none of them passed, its public ones do not count.

    Where one known mistake explains everything that fails in a task, and `costs` says what a
    teacher would take for it there, so much it costs, however many tests notice it.

    Tasks that are `left_out`, because the level of the run has none of their tests, are not among
    them: what was not measured is no zero.

    Tests that could not run count as not passed here; whoever sees one must not publish the
    score (`has_errors`).
    """
    outcomes = list(outcomes)
    scores = []
    for task in manifest.tasks:
        if task.id in left_out:
            continue
        mine = [one for one in outcomes if one.task == task.id and one.scored]
        passed = sum(outcome.status is Status.PASSED for outcome in mine)
        earned = sum((_earned(outcome, task) for outcome in mine), Fraction(0))
        hidden = [outcome for outcome in mine if outcome.hidden]
        copied = bool(earned and hidden) and not any(_earned(one, task) for one in hidden)
        weighed = _weighed(task.id, mine, costs or {})
        if weighed is not None:
            share, copied = 1 - weighed, False
        else:
            share = earned / len(mine) if mine and not copied else Fraction(0)
        row = TaskScore(
            task.id,
            task.title,
            task.points * share,
            task.points,
            passed,
            len(mine),
            task.carried,
            copied,
            None if weighed is None else weighed * 100,
        )
        scores.append(row)
    return tuple(scores)


def _weighed(
    task: str, mine: Sequence[Outcome], costs: Mapping[tuple[str, str], Weighed]
) -> Fraction | None:
    """Return the share of a task that the one mistake in it costs, None where tests decide."""
    failed = [outcome for outcome in mine if outcome.status is not Status.PASSED]
    names = {outcome.mistake for outcome in failed}
    if len(names) != 1 or any(outcome.carried for outcome in mine):
        return None
    found = costs.get((task, names.pop()))
    ran = {outcome.test for outcome in mine}
    if found is None or found.tests & ran != {outcome.test for outcome in failed}:
        return None
    return found.share


def _earned(outcome: Outcome, task: Task) -> Fraction:
    if outcome.status is not Status.PASSED:
        return Fraction(0)
    return task.carried / 100 if outcome.carried else Fraction(1)


def has_errors(outcomes: Iterable[Outcome]) -> bool:
    """Tell whether some test could not run, which is the staff's problem and never a zero."""
    return any(outcome.status is Status.ERROR for outcome in outcomes)


def points(value: Fraction) -> str:
    """Write points with at most two decimals, halves rounded up: the only rounding there is."""
    cents = (abs(value) * 200 + 1) // 2  # exact: no decimal context, no binary fraction
    text = f"{cents // 100}.{cents % 100:02d}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 and cents else text


def judge_printing(
    policy: Policy, outcomes: Iterable[Outcome], given: Container[str] = ()
) -> list[PolicyFinding]:
    """Find the functions that printed although they may not; one finding each, the first costs.

    Functions that are `given`, the course's own, may print whatever a student's copy does.

    What prints in hidden tests alone is one finding, without a name: which functions print there,
    and in which order, could spell a hidden input.
    """
    rule = policy.printing
    found: list[PolicyFinding] = []
    seen: set[str] = set()
    for hidden, printed in _public_first(outcomes):
        name, where = printed.function.replace(".<locals>", ""), printed.where
        if any(fnmatchcase(name, pattern) for pattern in rule.allow) or not printed.text.strip():
            continue
        if name in given or name in seen or (hidden and found):
            continue
        if hidden:
            name, where = "", ""
        seen.add(name)
        place = f" ({where})" if where else ""
        moment = "in a hidden test" if hidden else "while it was graded"
        sentence = (
            f"{_author(name)}{place} printed something {moment}; "
            "the handout asks for functions that print nothing."
        )
        percent = rule.percent if not found else Fraction(0)
        finding = PolicyFinding("printing", rule.action, sentence, where, percent, rule.spares)
        found.append(finding)
        if len(found) == _MAX_PRINTING:
            break
    return found


def _public_first(outcomes: Iterable[Outcome]) -> list[tuple[bool, Printed]]:
    found = [(outcome.hidden, printed) for outcome in outcomes for printed in outcome.printed]
    return sorted(found, key=lambda pair: pair[0])


def _author(name: str) -> str:
    if name.endswith(".<module>"):
        return f"The top level of {name.removesuffix('.<module>')}"
    return name or "Your code"


def judge_lateness(
    lateness: Lateness,
    submitted_at: datetime | None,
    due_override: datetime | None = None,
    believed: bool = True,
) -> list[PolicyFinding]:
    """Compare the submission's own time with the due time.

    Within the grace nothing is lost, and a note says so; after it the highest step that
    applies is lost; after the cut-off everything. A limit that is met exactly is kept. Only a
    verdict of the rule "lateness" says that the submission is late. A time that is not `believed`,
    a file's own after an unzip, costs nothing.
    """
    due = due_override or lateness.due
    if due is None:
        return []
    if submitted_at is None:
        sentence = "Nothing tells when this was handed in, so lateness was not judged."
        return [PolicyFinding("time", Action.WARN, sentence)]  # unknown is not late
    if not believed:
        sentence = (
            "Only a file's own time is known, which unpacking changes, so lateness was not judged."
        )
        return [PolicyFinding("time", Action.WARN, sentence)]
    late = submitted_at - due
    if late <= timedelta(0):
        return []
    how_late = f"handed in {_duration(late)} after the due time"
    hours = Fraction(late // timedelta(microseconds=1), 3_600_000_000)
    if lateness.cutoff_hours is not None and hours > Fraction(lateness.cutoff_hours):
        sentence = f"This was {how_late}; nothing counts after {lateness.cutoff_hours:g} hours."
        return [PolicyFinding("lateness", Action.ZERO, sentence)]
    if hours <= Fraction(lateness.grace_hours):
        grace = f"{lateness.grace_hours:g}-hour grace"
        sentence = f"This was {how_late}, within the {grace}: nothing is lost."
        return [PolicyFinding("grace", Action.WARN, sentence)]
    reached = [step for step in lateness.steps if hours > Fraction(step.after_hours)]
    if not reached:
        return [PolicyFinding("lateness", Action.WARN, f"This was {how_late}.")]
    percent = reached[-1].percent
    sentence = f"This was {how_late}, which costs {points(percent)} % of the score."
    if percent == 0:
        return [PolicyFinding("lateness", Action.WARN, f"This was {how_late}.")]
    return [PolicyFinding("lateness", Action.DEDUCT, sentence, "", percent)]


def _duration(late: timedelta) -> str:
    minutes = max(1, int(late.total_seconds() // 60))
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "day"), (hours, "hour"), (minutes, "minute")]
    named = [f"{count} {name}{'s' if count != 1 else ''}" for count, name in parts if count]
    return " and ".join(named[:2])


def apply(verdicts: Sequence[PolicyFinding], tasks: Iterable[TaskScore]) -> Fraction:
    """Return the score after every rule.

    For each task zero beats all, and the percentages of the rules that do not spare it add up.
    """
    return sum((task.score * _kept(verdicts, task.id) for task in tasks), Fraction(0))


def _kept(verdicts: Sequence[PolicyFinding], task: str) -> Fraction:
    """Return the share of a task's points that the rules leave, 0 to 1."""
    mine = [one for one in verdicts if not any(fnmatchcase(task, other) for other in one.spares)]
    if any(verdict.action is Action.ZERO for verdict in mine):
        return Fraction(0)
    percent = sum((one.percent for one in mine if one.action is Action.DEDUCT), Fraction(0))
    return max(Fraction(0), (100 - percent) / 100)


def reachable(marks: Iterable[Mark]) -> Fraction:
    """Add up what the written questions can earn."""
    return sum((mark.max_score for mark in marks), Fraction(0))
