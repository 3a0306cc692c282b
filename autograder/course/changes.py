"""What moved between two runs, by task, and why: `changes.csv` and a line on the console."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.core.files import write_text
from autograder.core.visible import inert

FILE = "changes.csv"
_COLUMNS = ("time", "submission", "what", "was", "now", "why")


@dataclass(frozen=True)
class Change:
    """One number of one submission that is another one now."""

    submission: str
    what: str  # "score", or a task's id
    was: str  # "" for none
    now: str
    why: str  # "code", "time", "exception", "written", "rules" or "tests"

    @property
    def sentence(self) -> str:
        """Say it in one line."""
        was, now = self.was or "no score", self.now or "no score"
        return f"{self.submission}: {self.what} {was} → {now} ({self.why})"


def changes(name: str, before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """Return what differs between two `results.json` of one submission, the score first."""
    old, new = before["extra_data"], after["extra_data"]
    why = _why(old, new)
    found = []
    if before.get("score") != after.get("score"):
        found.append(
            Change(name, "score", _number(before.get("score")), _number(after.get("score")), why)
        )
    for task in dict.fromkeys([*old["tasks"], *new["tasks"]]):
        one, other = (side["tasks"].get(task, {}).get("score") for side in (old, new))
        if one != other:
            found.append(Change(name, task, _number(one), _number(other), why))
    return found


def _why(old: dict[str, Any], new: dict[str, Any]) -> str:
    reasons = (
        ("code", "digest"),
        ("exception", "agreed"),
        ("written", "given"),
    )
    found = [reason for reason, key in reasons if old.get(key) != new.get(key)]
    for reason, mine in (("time", True), ("rules", False)):
        costs = [
            [
                (row["rule"], row["action"], row["percent"])
                for row in side["verdicts"]
                if (row["rule"] == "lateness") is mine and row["action"] != "warn"
            ]
            for side in (old, new)
        ]
        if costs[0] != costs[1]:
            found.append(reason)
    tasks = [{name: row["score"] for name, row in side["tasks"].items()} for side in (old, new)]
    if tasks[0] != tasks[1] and not {"code", "exception"} & set(found):
        found.append("tests")
    return " and ".join(found) or "tests"


def append(folder: Path, found: list[Change]) -> None:
    """Add lines to `folder/changes.csv`, which is written whole or not at all."""
    if not found:
        return
    place = folder / FILE
    before = place.read_text(encoding="utf-8") if place.is_file() else ""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if not before:
        writer.writerow(_COLUMNS)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    for one in found:
        writer.writerow([now, inert(one.submission), one.what, one.was, one.now, one.why])
    write_text(place, before + out.getvalue())


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")
