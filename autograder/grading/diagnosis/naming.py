"""Give a failed test the mistake whose replies are the submission's own."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.core.records import Outcome, Status
from autograder.grading.diagnosis.library import Library, Replies
from autograder.grading.diagnosis.replies import Weight, digest, unfinished


def name_mistakes(outcomes: Sequence[Outcome], library: Library) -> list[Outcome]:
    """Return `outcomes` with `mistake` set where one explains a failure, and `replies` kept."""
    replies = {one.test: digest(one) for one in outcomes if one.status is Status.FAILED}
    passed = {one.test for one in outcomes if one.status is Status.PASSED}
    names: dict[str, str] = {}
    for task in dict.fromkeys(one.task for one in outcomes if one.test in replies):
        tests = [one.test for one in outcomes if one.task == task and one.test in replies]
        mine = {test: replies[test] for test in tests}
        names |= explain(mine, passed, library.of_task(task))
    return [
        dataclasses.replace(
            one,
            mistake=one.mistake or names.get(one.test, ""),
            replies=replies.get(one.test, ""),
            unfinished=one.unfinished or (one.test in replies and unfinished(one.calls)),
            calls=(),
        )
        for one in outcomes
    ]


def explain(failed: dict[str, str], passed: set[str], entries: Sequence[Replies]) -> dict[str, str]:
    """Return the mistake for each test that one explains; `failed` maps tests to replies.

    A mistake is there only if no test that it must fail passes. It is believed where its replies
    are like few others; replies that many errors give count only where the mistake explains
    every failure of its task. Of two that explain the same tests equally well neither is named.
    """
    names: dict[str, str] = {}
    possible = [entry for entry in entries if not passed & entry.failed.keys()]
    while True:
        left = {test: reply for test, reply in failed.items() if test not in names}
        ranked = sorted(
            (one for entry in possible if (one := _candidate(entry, left, failed)) is not None),
            key=lambda one: one.order,
        )
        if not ranked or (len(ranked) > 1 and ranked[0].order == ranked[1].order):
            return names
        names |= dict.fromkeys(ranked[0].tests, ranked[0].mistake)


@dataclass(frozen=True)
class _Candidate:
    """A mistake that explains some failures, and how well."""

    mistake: str
    tests: list[str]  # that it explains
    missed: int  # of those that failed too, but otherwise

    @property
    def order(self) -> tuple[int, int]:
        """What candidates are sorted by, the best first."""
        return -len(self.tests), self.missed


def _candidate(entry: Replies, left: dict[str, str], failed: dict[str, str]) -> _Candidate | None:
    """Return what the mistake of `entry` explains, or None where that is nothing."""
    tests = [test for test, reply in left.items() if entry.failed.get(test) == reply]
    says = max((entry.weights[test] for test in tests), default=Weight.NOTHING)
    if says is Weight.NOTHING or (says is Weight.LITTLE and entry.failed != failed):
        return None
    missed = sum(failed[test] != reply for test, reply in entry.failed.items() if test in failed)
    return _Candidate(entry.mistake.id, tests, missed)
