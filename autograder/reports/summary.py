"""What the class page needs to know of one submission, read back from its results.json."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.core.errors import AutograderError
from autograder.core.records import Failure

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)  # one line each, whatever stands in it
class Summary:
    """One line of the class."""

    submission: str
    score: float | None  # None: not graded, which is no zero
    max_score: float
    status: str  # "graded", "late", "not graded"
    tasks: dict[str, float]  # points by task id; empty where nothing was graded
    task_titles: dict[str, str]
    task_max: dict[str, float]
    reason: str = ""  # why it was not graded
    verdicts: tuple[str, ...] = ()  # sentences of those that cost something
    failures: tuple[Failure, ...] = ()  # one for each task that lost points
    hints: dict[str, str] = field(default_factory=dict)  # of the mistakes that were recognised
    raw_score: float | None = None  # of the tests alone
    written: float | None = None  # what a person gave
    rules: float | None = None  # what the rules of the handout cost, as a negative number
    adjusted: float | None = None  # what was agreed beside tests and rules did to the score
    agreed: tuple[str, ...] = ()  # in sentences
    submitted_at: str = ""
    time_source: str = ""
    tests: dict[str, dict[str, bool | None]] = field(default_factory=dict)  # by task: who passed
    untimed: bool = False  # something was due, and nothing tells when this was handed in

    @classmethod
    def from_results(cls, found: dict[str, Any]) -> Summary:
        """Read what `exports.gradescope.results` wrote; raises KeyError for anything else."""
        extra = found["extra_data"]
        tasks = extra["tasks"]
        score = found.get("score")
        return cls(
            submission=extra["submission"],
            score=score,
            max_score=extra["max_score"],
            status=extra["outcome"],
            tasks={} if score is None else {name: task["score"] for name, task in tasks.items()},
            task_titles={name: task["title"] for name, task in tasks.items()},
            task_max={name: task["max_score"] for name, task in tasks.items()},
            reason=extra.get("error", "") or ("excused" if extra["outcome"] == "excused" else ""),
            verdicts=tuple(row["sentence"] for row in extra["verdicts"] if row["action"] != "warn"),
            failures=tuple(
                Failure(**{**row, "mistakes": tuple(row["mistakes"])}) for row in extra["failures"]
            ),
            hints={row["id"]: row["hint"] for row in extra["mistakes"]},
            raw_score=extra["raw_score"],
            written=extra["given"],
            rules=extra["rules"],
            adjusted=extra.get("adjusted"),
            agreed=tuple(row[3] for row in extra.get("agreed", ())),
            submitted_at=extra["submitted_at"] or "",
            time_source=extra["time_source"],
            tests={
                task: {test: None if passed is None else bool(passed) for test, passed in rows}
                for task, rows in extra.get("tests", {}).items()
            },
            untimed=any(row["rule"] == "time" for row in extra["verdicts"]),
        )


class ResultsError(AutograderError):
    """A folder is not what `grade` wrote; the message says what to do."""


def read_class(folder: Path, assignment: str) -> list[Summary]:
    """Read every `folder/<submission>/results.json` of `assignment`; raises ResultsError."""
    summaries = []
    for file in sorted(folder.glob("*/results.json")):
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
            summary = Summary.from_results(found)
            made_for = found["extra_data"]["assignment"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ResultsError(f"{file}: not what `grade` wrote ({error}); grade again") from None
        if made_for != assignment:
            raise ResultsError(f"{file}: belongs to the assignment {made_for}, not {assignment}")
        summaries.append(summary)
    if not summaries:
        raise ResultsError(f"{folder}: no results here; give the folder that `grade -o` wrote")
    _log.info("%s: results of %d submissions", folder, len(summaries))
    return summaries
