"""How hard the tasks and tests of a class were, and how well they tell its submissions apart."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.reports.summary import Summary

_FEW = 5  # submissions below which a correlation says nothing


@dataclass(frozen=True)
class ItemStatistics:
    """One task or test over a class.

    `difficulty` is the mean share of its points (of a test: the share that passed it), 0 to 1: the
    higher, the easier. `discrimination` is the correlation with the points of all other tasks
    (corrected item-total correlation), -1 to 1, None where one of the two is the same for all.
    """

    id: str
    task: str
    count: int
    difficulty: float
    deviation: float
    discrimination: float | None
    full: int  # submissions with all of its points
    none: int  # with nothing of it


def statistics_of_tasks(graded: Sequence[Summary]) -> list[ItemStatistics]:
    """Return a row for each task that carries points, in the assignment's order."""
    if not graded:
        return []
    return [
        _statistics(
            task,
            task,
            {one: one.tasks[task] / most for one in graded if task in one.tasks},
        )
        for task, most in graded[0].task_max.items()
        if most and any(task in one.tasks for one in graded)
    ]


def statistics_of_tests(graded: Sequence[Summary]) -> list[ItemStatistics]:
    """Return a row for each test that was run, by task, in the order in which they ran."""
    shares: dict[tuple[str, str], dict[Summary, float]] = {}
    for one in graded:
        for task, tests in one.tests.items():
            for test, passed in tests.items():
                if passed is not None:
                    shares.setdefault((task, test), {})[one] = float(passed)
    return [_statistics(test, task, found) for (task, test), found in shares.items()]


def _statistics(item: str, task: str, shares: Mapping[Summary, float]) -> ItemStatistics:
    values = list(shares.values())
    rest = [(one.raw_score or 0.0) - one.tasks.get(task, 0.0) for one in shares]
    return ItemStatistics(
        id=item,
        task=task,
        count=len(values),
        difficulty=statistics.fmean(values),
        deviation=statistics.pstdev(values),
        discrimination=_correlation(values, rest),
        full=sum(value >= 1 for value in values),
        none=sum(value <= 0 for value in values),
    )


def _correlation(values: Sequence[float], rest: Sequence[float]) -> float | None:
    if len(values) < _FEW or min(values) == max(values) or max(rest) - min(rest) < 1e-9:
        return None
    try:
        return statistics.correlation(values, rest)
    except statistics.StatisticsError:
        return None
