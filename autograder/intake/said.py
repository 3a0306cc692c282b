"""What a platform says of a submission, beside the student's own files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Said:
    """What a platform says of one submission; nothing of it comes from inside the submission."""

    platform: str = ""  # "Canvas", "Moodle", ...; "" where no platform is behind it
    people: tuple[str, ...] = ()  # who handed it in: ids, e-mails, or names as the platform writes
    submitted_at: datetime | None = None
    time_source: str = ""
    due: datetime | None = None  # for these people, with what was granted to them
    due_for_all: datetime | None = None
    late: bool = False  # the platform's own mark
    attachments: tuple[str, ...] = ()  # what came with it and is no code

    @property
    def extended(self) -> bool:
        """Whether these people have more time than the others."""
        return bool(self.due and self.due_for_all and self.due > self.due_for_all)

    def to_json(self) -> dict[str, Any]:
        """Return plain data from which `from_json` makes the same."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in vars(self).items()
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Said:
        """Make it of what `to_json` returned."""
        values = dict(plain)
        for name in ("submitted_at", "due", "due_for_all"):
            values[name] = datetime.fromisoformat(values[name]) if values[name] else None
        for name in ("people", "attachments"):
            values[name] = tuple(values[name])
        return cls(**values)
