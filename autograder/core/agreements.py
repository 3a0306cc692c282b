"""What was agreed about a submission beside its tests, and what it does to the score."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from fractions import Fraction

from autograder.core.records import (
    Action,
    Agreement,
    Kind,
    Outcome,
    PolicyFinding,
    Status,
    TaskScore,
)


def unknown_tests(agreed: Iterable[Agreement], tests: Iterable[str]) -> list[str]:
    """Return the ids of tests that something was agreed about, and that are not there."""
    known = set(tests)
    named = [one.value for one in agreed if "::" in one.value]
    return [test for test in dict.fromkeys(named) if test not in known]


def on_outcomes(agreed: Iterable[Agreement], outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the outcomes that count: without tests that are dropped, others as if passed."""
    agreed = list(agreed)
    dropped = {one.value for one in agreed if one.kind is Kind.DROP}
    solved = {one.value for one in agreed if one.kind is Kind.FULL_MARKS}
    kept = [one for one in outcomes if one.test not in dropped]
    return [
        dataclasses.replace(one, status=Status.PASSED, message="", hint="", mistake="", reason=None)
        if one.test in solved or one.task in solved
        else one
        for one in kept
    ]


def on_verdicts(
    agreed: Iterable[Agreement], verdicts: Sequence[PolicyFinding]
) -> list[PolicyFinding]:
    """Return the verdicts, those of waived rules without their cost."""
    waived = {one.value for one in agreed if one.kind is Kind.WAIVE}
    return [
        dataclasses.replace(one, action=Action.WARN, percent=Fraction(0))
        if one.rule in waived
        else one
        for one in verdicts
    ]


def on_tasks(agreed: Iterable[Agreement], tasks: Sequence[TaskScore]) -> tuple[TaskScore, ...]:
    """Return the tasks' scores, those that a person set in place of the tests'."""
    scores = {task.id: task.score for task in tasks}
    for one in agreed:
        task, equals, points = one.value.rpartition("=")
        if one.kind is Kind.OVERRIDE and equals:
            scores[task.strip()] = Fraction(points.strip())
        if one.kind is Kind.FULL_MARKS and one.value in scores:
            scores[one.value] = next(t.max_score for t in tasks if t.id == one.value)
    return tuple(dataclasses.replace(task, score=scores[task.id]) for task in tasks)


def overrides(one: Agreement) -> bool:
    """Tell whether a person has set the whole score."""
    return one.kind is Kind.OVERRIDE and "=" not in one.value


def on_score(agreed: Iterable[Agreement], score: Fraction) -> Fraction:
    """Return the final score: a person's own, and what was added."""
    for one in agreed:
        if overrides(one):
            score = Fraction(one.value)
    added = sum((Fraction(one.value) for one in agreed if one.kind is Kind.ADD), Fraction(0))
    return max(Fraction(0), score + added)
