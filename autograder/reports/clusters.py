"""Groups of submissions that failed alike, for the class page and the command line.

One cause stands once, with all tasks that it cost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.core.records import Failure, Reason
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
    for summary in summaries:
        for failure in summary.failures:
            groups[_cause(failure)].append((summary, failure))
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


def _cause(failure: Failure) -> tuple[object, ...]:
    """Return what failures of one cause have in common, whichever task they cost."""
    if failure.mistakes:
        return ("mistakes", *failure.mistakes)
    if failure.reason and failure.example and not failure.unfinished:
        return ("reason", failure.reason, failure.example)
    return ("replies", failure.task, failure.cluster)


def _tasks(summaries: Sequence[Summary]) -> list[str]:
    return list(dict.fromkeys(task for summary in summaries for task in summary.task_titles))
