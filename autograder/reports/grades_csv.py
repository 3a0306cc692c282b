"""The class as a table that spreadsheets and gradebooks read."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from autograder.core.visible import inert
from autograder.reports.summary import Summary


def grades_csv(tasks: Sequence[str], summaries: Sequence[Summary]) -> str:
    """Return `submission,score,max_score,<task ids…>,status`, sorted by submission.

    A score is left empty where there is none, which no gradebook takes for a zero. A name that a
    spreadsheet would take for a formula gets an apostrophe in front.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["submission", "score", "max_score", *tasks, "status"])
    for summary in sorted(summaries, key=lambda one: one.submission):
        scores = [_number(summary.tasks.get(task)) for task in tasks]
        name = inert(summary.submission)
        writer.writerow(
            [name, _number(summary.score), _number(summary.max_score), *scores, summary.status]
        )
    return out.getvalue()


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")
