"""What the class page needs to know of one submission, read back from its results.json."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
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
            reason=extra.get("error", ""),
            verdicts=tuple(row["sentence"] for row in extra["verdicts"] if row["action"] != "warn"),
        )
