"""One submission that is to be graded, as the command tells the grading process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder.core.records import Agreement, Mark
from autograder.intake import Source


@dataclass(frozen=True)
class Job:
    """One submission that is to be graded, and where its reports go."""

    source: Source
    out: Path
    expected: Sequence[str]  # what the skeleton has at its top
    times: dict[str, str] = field(default_factory=dict)  # of submission, where they are known
    fingerprint: str = ""
    marks: Sequence[Mark] | None = None
    agreed: Sequence[Agreement] = ()
    due: datetime | None = None  # another one than the class's

    def __str__(self) -> str:
        return self.source.name

    def to_json(self) -> dict[str, Any]:
        """Return plain data from which `from_json` makes the same job."""
        marks = None if self.marks is None else [mark.to_json() for mark in self.marks]
        agreed = [one.to_json() for one in self.agreed]
        due = None if self.due is None else self.due.isoformat()
        plain = {"source": self.source.to_json(), "out": str(self.out), "marks": marks}
        return {**vars(self), **plain, "agreed": agreed, "due": due}

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Job:
        """Make a job of what `to_json` returned."""
        source, rows = Source.from_json(plain["source"]), plain["marks"]
        marks = None if rows is None else [Mark.from_json(row) for row in rows]
        agreed = [Agreement.from_json(row) for row in plain["agreed"]]
        due = None if plain["due"] is None else datetime.fromisoformat(plain["due"])
        known = {"source": source, "out": Path(plain["out"]), "marks": marks}
        return cls(**{**plain, **known, "agreed": agreed, "due": due})
