"""The page of a class, made from the results of its submissions."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from autograder.reports.clusters import clusters
from autograder.reports.page import template
from autograder.reports.summary import Summary

_FAR_BELOW = 0.8  # of the tests' median: below it a class has lost more than some students' slips

__all__ = ["Summary", "render_index"]


def render_index(
    title: str, summaries: Sequence[Summary], leftovers: Sequence[tuple[str, str]] = ()
) -> str:
    """Return the whole page; `leftovers` are (name, reason) of what was no submission."""
    summaries = sorted(summaries, key=lambda one: one.submission)
    graded = [one for one in summaries if one.score is not None]
    missing = [one for one in summaries if one.score is None]
    scored = sorted(one.score for one in graded if one.score is not None)
    max_score = graded[0].max_score if graded else 0.0
    values: dict[str, object] = {}
    if graded:
        from autograder.reports import charts  # matplotlib, half a second: only where it is used

        rates = _rates(graded)
        values = {
            "distribution": charts.distribution(scored, max_score),
            "rates": charts.pass_rates(
                [graded[0].task_titles[task] for task in rates], list(rates.values())
            ),
            "mean": statistics.fmean(scored),
            "median": statistics.median(scored),
            "warning": _warning(graded),
        }
    return template("index.html.jinja").render(
        title=title,
        summaries=summaries,
        missing=missing,
        leftovers=leftovers,
        absent=[*((one.submission, one.reason) for one in missing), *leftovers],
        scored=scored,
        untimed=sum(one.untimed for one in graded),
        clusters=clusters(summaries),
        max_score=max_score,
        **values,
    )


def _warning(graded: Sequence[Summary]) -> str:
    """Say where rules took much of what the tests of a class gave: is that what was meant?"""
    raw = statistics.median([one.raw_score or 0.0 for one in graded])
    left = statistics.median([(one.raw_score or 0.0) + (one.rules or 0.0) for one in graded])
    if raw <= 0 or left > raw * _FAR_BELOW:
        return ""
    hit = [one for one in graded if one.rules]
    return (
        f"The median of the tests alone is {raw:g} points; after the rules of the handout it is "
        f"{left:g}. They cost {len(hit)} of {len(graded)} submissions points: read the remarks "
        "below, and soften a rule for one run with --policy, for example "
        "--policy printing=warn, where it hits what it was not made for."
    )


def _rates(graded: Sequence[Summary]) -> dict[str, float]:
    """Return the mean share of points of each task that carries points, 0 to 1."""
    return {
        task: statistics.fmean(one.tasks.get(task, 0.0) / most for one in graded)
        for task, most in graded[0].task_max.items()
        if most
    }
