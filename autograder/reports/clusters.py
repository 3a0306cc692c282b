"""Groups of submissions that failed alike, for the class page and the command line.

One cause stands once, with all tasks that it cost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.core.records import STAYS, Failure, Reason
from autograder.reports.feedback import REASONS
from autograder.reports.summary import Summary

NOT_KNOWN = "not in the library yet"
UNFINISHED = "not written yet"


@dataclass(frozen=True)
class Cluster:
    """Submissions whose code replied the same in the failed tests, or made one mistake."""

    tasks: tuple[str, ...]
    title: str  # of the tasks
    names: tuple[str, ...]  # ids of the mistakes; () when none fits
    hints: tuple[str, ...]  # in the same order
    unfinished: bool
    reason: str  # "time" and the like; "" for a wrong answer
    test: str  # title of the first failed test
    example: str  # what that test says, with public values only
    submissions: tuple[str, ...]

    @property
    def label(self) -> str:
        """Name the cluster in a few words."""
        if self.names:
            return " and ".join(self.names)
        if self.unfinished:
            return UNFINISHED
        return REASONS[Reason(self.reason)] if self.reason else NOT_KNOWN

    @property
    def new(self) -> bool:
        """Tell whether somebody should look for the mistake behind it."""
        return self.label == NOT_KNOWN


def clusters(summaries: Sequence[Summary]) -> list[Cluster]:
    """Return the clusters, the largest first; the next mistake to write is among those on top.

    What was not written, or did not run, says nothing about a mistake, so it comes last.
    """
    groups: dict[tuple[object, ...], list[tuple[Summary, Failure]]] = defaultdict(list)
    unwritten = _unwritten(summaries)
    for summary in summaries:
        for failure in summary.failures:
            groups[_cause(failure, unwritten)].append((summary, failure))
    order = {task: place for place, task in enumerate(_tasks(summaries))}
    found = []
    for members in groups.values():
        summary, failure = members[0]
        cost = {failure.task for _, failure in members}
        tasks = tuple(sorted(cost, key=lambda task: order.get(task, len(order))))
        found.append(
            Cluster(
                tasks=tasks,
                title=", ".join(summary.task_titles.get(task, task) for task in tasks),
                names=failure.mistakes,
                hints=tuple(summary.hints.get(name, "") for name in failure.mistakes),
                unfinished=failure.unfinished,
                reason=failure.reason,
                test=failure.test,
                example=failure.example,
                submissions=tuple(sorted({one.submission for one, _ in members})),
            )
        )
    return sorted(
        found,
        key=lambda one: (
            not one.names and not one.new,
            -len(one.submissions),
            order.get(one.tasks[0], len(order)),
            one.submissions,
        ),
    )


def _cause(failure: Failure, unwritten: Mapping[str, frozenset[str]]) -> tuple[object, ...]:
    """Return what failures of one cause have in common, whichever task they cost."""
    if failure.mistakes:
        return ("mistakes", *failure.mistakes)
    if failure.unfinished:  # tasks that the same students left stand together
        return ("unwritten", unwritten[failure.task])
    if failure.reason and failure.example:
        return ("reason", failure.reason, failure.example.partition(f"\n{STAYS}")[0])
    return ("replies", failure.task, failure.cluster)


def _unwritten(summaries: Sequence[Summary]) -> dict[str, frozenset[str]]:
    """Return by task who has not written it yet."""
    found: dict[str, set[str]] = defaultdict(set)
    for summary in summaries:
        for failure in summary.failures:
            if failure.unfinished and not failure.mistakes:
                found[failure.task].add(summary.submission)
    return {task: frozenset(names) for task, names in found.items()}


def _tasks(summaries: Sequence[Summary]) -> list[str]:
    return list(dict.fromkeys(task for summary in summaries for task in summary.task_titles))
