"""One submission that is to be graded, as the command tells the grading process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.core.records import Mark
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

    def __str__(self) -> str:
        return self.source.name

    def to_json(self) -> dict[str, Any]:
        """Return plain data from which `from_json` makes the same job."""
        marks = None if self.marks is None else [mark.to_json() for mark in self.marks]
        plain = {"source": self.source.to_json(), "out": str(self.out), "marks": marks}
        return {**vars(self), **plain}

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Job:
        """Make a job of what `to_json` returned."""
        source, rows = Source.from_json(plain["source"]), plain["marks"]
        marks = None if rows is None else [Mark.from_json(row) for row in rows]
        return cls(**{**plain, "source": source, "out": Path(plain["out"]), "marks": marks})
