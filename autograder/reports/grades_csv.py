"""The class as a table that spreadsheets and gradebooks read."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from autograder.core.visible import inert
from autograder.reports.summary import Summary


def grades_csv(tasks: Sequence[str], summaries: Sequence[Summary]) -> str:
    """Return the rows of a class, sorted by submission.

    The columns are `submission,score,max_score,raw_score,written,rules`, one for each task, then
    `status,submitted_at,time_source`; `score` is `raw_score` (the sum of the tasks), what a person
    gave for written questions, and what the rules of the handout took, a negative number.
    A score is left empty where there is none, which no gradebook takes for a zero. A name that a
    spreadsheet would take for a formula gets an apostrophe in front.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    parts = ["score", "max_score", "raw_score", "written", "rules"]
    writer.writerow(["submission", *parts, *tasks, "status", "submitted_at", "time_source"])
    for summary in sorted(summaries, key=lambda one: one.submission):
        numbers = [getattr(summary, part) for part in parts]
        numbers += [summary.tasks.get(task) for task in tasks]
        texts = [summary.status, summary.submitted_at, inert(summary.time_source)]
        writer.writerow([inert(summary.submission), *map(_number, numbers), *texts])
    return out.getvalue()


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")
