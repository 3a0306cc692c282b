"""The class as a table that spreadsheets and gradebooks read."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autograder.core.visible import inert
from autograder.reports.summary import Summary

_PARTS = ("score", "max_score", "raw_score", "written", "rules", "adjusted")
_LAST = ("status", "submitted_at", "time_source", "exceptions")


@dataclass(frozen=True)
class GradeLine:
    """One row: a submission, None where somebody handed in nothing, and whose it is."""

    summary: Summary | None
    person: Mapping[str, str] = field(default_factory=dict)  # column -> text
    status: str = "not handed in"  # where there is no submission
    agreed: Sequence[str] = ()  # with somebody who has none


def grades_csv(tasks: Sequence[str], lines: Sequence[GradeLine]) -> str:
    """Return the rows of a class, in their order.

    The columns are `submission`, those of the persons where any are known, then
    `score,max_score,raw_score,written,rules,adjusted`, one for each task, and
    `status,submitted_at,time_source,exceptions`; `score` is `raw_score` (the sum of the tasks),
    what a person gave for written questions, what the rules of the handout took, a negative
    number, and what exceptions added or took beside that. A score is left empty where there is
    none, which no gradebook takes for a zero. A text that a spreadsheet would take for a formula
    gets an apostrophe in front.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = list(dict.fromkeys(name for line in lines for name in line.person))
    writer.writerow(["submission", *columns, *_PARTS, *tasks, *_LAST])
    for line in lines:
        person = [inert(line.person.get(name, "")) for name in columns]
        one = line.summary
        if one is None:
            empty = [""] * (len(_PARTS) + len(tasks))
            writer.writerow(
                ["", *person, *empty, line.status, "", "", inert(" ".join(line.agreed))]
            )
            continue
        numbers = [getattr(one, part) for part in _PARTS]
        numbers += [one.tasks.get(task) for task in tasks]
        texts = [one.status, one.submitted_at, inert(one.time_source), inert(" ".join(one.agreed))]
        writer.writerow([inert(one.submission), *person, *map(_number, numbers), *texts])
    return out.getvalue()


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")
