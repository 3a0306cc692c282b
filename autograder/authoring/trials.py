"""What a proof keeps of one test's outcome on its way back from a fork."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograder.core.records import Outcome, Status


@dataclass(frozen=True)
class Trial:
    """One test's result against one piece of code."""

    test: str
    task: str
    status: Status
    hidden: bool
    scored: bool
    message: str
    carried: tuple[str, ...]
    mistake: str
    replies: str = ""  # digest, where it is asked for

    @classmethod
    def of(cls, outcome: Outcome, replies: str = "") -> Trial:
        """Keep what a proof asks about."""
        return cls(
            outcome.test,
            outcome.task,
            outcome.status,
            outcome.hidden,
            outcome.scored,
            outcome.message,
            outcome.carried,
            outcome.mistake,
            replies,
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return dict(vars(self))

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> Trial:
        """Read what `to_json` gave, as JSON brings it back."""
        return cls(**{**row, "status": Status(row["status"]), "carried": tuple(row["carried"])})
