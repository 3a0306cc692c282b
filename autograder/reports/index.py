"""The page of a class, made from the results of its submissions."""

from __future__ import annotations

import base64
import functools
import hashlib
import statistics
from collections.abc import Sequence

from markupsafe import Markup

from autograder.reports import charts
from autograder.reports.clusters import clusters
from autograder.reports.grades_csv import GradeLine
from autograder.reports.items import ItemStatistics, statistics_of_tasks, statistics_of_tests
from autograder.reports.page import template
from autograder.reports.summary import Summary

_FAR_BELOW = 0.8  # of the tests' median: below it a class has lost more than some students' slips

__all__ = ["Summary", "render_index"]


def render_index(
    title: str,
    summaries: Sequence[Summary],
    leftovers: Sequence[tuple[str, str]] = (),
    lines: Sequence[GradeLine] | None = None,
) -> str:
    """Return the whole page; `leftovers` are (name, reason) of what was no submission.

    `lines` are the rows of the table, with those who handed in nothing, where it is known who is
    in the class; without them each of `summaries` has one.
    """
    summaries = sorted(summaries, key=lambda one: one.submission)
    graded = [one for one in summaries if one.score is not None]
    missing = [one for one in summaries if one.score is None]
    scored = sorted(one.score for one in graded if one.score is not None)
    max_score = graded[0].max_score if graded else 0.0
    tasks = statistics_of_tasks(graded)
    values: dict[str, object] = {}
    if graded:
        titles = graded[0].task_titles
        values = {
            "distribution": charts.distribution(scored, max_score),
            "rates": charts.pass_rates(
                [titles[one.id] for one in tasks], [one.difficulty for one in tasks]
            ),
            "mean": statistics.fmean(scored),
            "median": statistics.median(scored),
            "deviation": statistics.pstdev(scored),
            "warning": _warning(graded),
            "titles": titles,
            "task_max": graded[0].task_max,
        }
    tests = statistics_of_tests(graded)
    rows = [_Row(line, tasks) for line in lines or [GradeLine(one) for one in summaries]]
    script, digest = _script()
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
        tasks=tasks,
        tests=tests,
        nobody=[one for one in tests if one.count > 1 and not one.full],
        everybody=sum(one.count > 1 and one.full == one.count for one in tests),
        rows=rows,
        sections=sorted({row.section for row in rows} - {""}),
        states=sorted({row.status for row in rows}),
        script=script,
        script_digest=digest,
        **values,
    )


class _Row:
    """One line of the table of a class."""

    def __init__(self, line: GradeLine, tasks: Sequence[ItemStatistics]) -> None:
        one = self.summary = line.summary
        self.name = line.person.get("name", "") or (one.submission if one else "")
        self.who = " ".join(
            line.person.get(part, "") for part in ("login", "student_id", "email", "group")
        ).strip()
        self.name = self.name or self.who
        self.section = line.person.get("section", "")
        self.status = one.status if one else line.status
        self.points = [one.tasks.get(task.id) if one else None for task in tasks]
        most = one.task_max if one else {}
        self.lost = [
            number
            for number, (task, points) in enumerate(zip(tasks, self.points, strict=True), 1)
            if points is not None and points < most.get(task.id, 0.0)
        ]


@functools.cache
def _script() -> tuple[Markup, str]:
    """Return the page's script, and the hash by which the page allows it and no other."""
    text = template("index.js.jinja").render()
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    return Markup(text), f"sha256-{digest}"


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
