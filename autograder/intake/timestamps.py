"""When a submission was handed in, and how that is known.

A time from inside an archive is never used: the student's own computer wrote it.
"""

from __future__ import annotations

import csv
import stat
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from autograder.core.errors import AutograderError
from autograder.core.records import FILE_TIME
from autograder.intake import gradescope
from autograder.intake.folders import belongs, walk
from autograder.intake.limits import Allowance, ArchiveLimits, ArchiveRefused
from autograder.intake.paths import shown, stem
from autograder.intake.said import Said

_LOOKED_AT = 5000  # files of a folder whose times are compared


class IntakeError(AutograderError):
    """What the instructor gave cannot be used; the message says what to do."""


class _Source(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def files(self) -> Sequence[tuple[str, Path]]: ...
    @property
    def said(self) -> Said: ...


def read_times(path: Path) -> dict[str, datetime]:
    """Read a CSV `submission,time` (ISO 8601 with time zone); raises IntakeError with the line."""
    times: dict[str, datetime] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
    except (OSError, UnicodeError, csv.Error) as error:
        raise IntakeError(f"{path}: cannot be read ({error}); it should be a CSV file") from None
    if not rows or [cell.strip().lower() for cell in rows[0]] != ["submission", "time"]:
        raise IntakeError(f"{path}: line 1 must be the heading submission,time")
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        where = f"{path}: line {number}"
        if len(row) != 2 or not row[0].strip():
            raise IntakeError(f"{where} needs two columns, submission and time")
        name = row[0].strip()
        if name in times:
            raise IntakeError(f"{where} names '{shown(name)}' for the second time")
        time = _parse(row[1].strip())
        if time is None:
            raise IntakeError(
                f"{where}: '{shown(row[1])}' is no time with time zone, "
                "such as 2026-01-28T23:55:00-05:00"
            )
        times[name] = time
    return times


def moment(
    source: _Source, times: Mapping[str, datetime | str] | None = None
) -> tuple[datetime | None, str]:
    """Return when `source` was handed in (aware) and, in words, how that is known.

    What the caller knows comes first, then what the platform says, then the time of the archive's
    file or of the newest file in the folder. Raises IntakeError when `times` holds a time without
    time zone.
    """
    for name in (source.name, source.path.name, stem(source.path.name)):
        if times and name in times:
            given = times[name]
            time = _parse(given) if isinstance(given, str) else _aware(given)
            if time is None:
                raise IntakeError(f"the time given for '{shown(name)}' needs a time zone")
            return time, "the list of times that was given"
    if source.said.submitted_at is not None:
        return source.said.submitted_at, source.said.time_source
    spoilt = ""
    try:
        said = None if source.said.platform else gradescope.said(source.path)
    except gradescope.UNREADABLE:
        # A broken file of the platform costs nobody the grade; the report says what was used.
        said, spoilt = None, f", because {gradescope.SOURCE} cannot be read"
    if said is not None and said.submitted_at is not None:
        return said.submitted_at, said.time_source
    return _from_file(source, spoilt)


def _parse(text: str) -> datetime | None:
    try:
        return _aware(datetime.fromisoformat(text))
    except ValueError:
        return None


def _aware(value: datetime) -> datetime | None:
    return value if value.tzinfo is not None and value.utcoffset() is not None else None


def _from_file(source: _Source, spoilt: str) -> tuple[datetime | None, str]:
    """Use the time of the file itself, or of the newest file in the folder."""
    try:
        if source.files:
            words = f"the newest file's {FILE_TIME}"
            seconds = max(path.stat().st_mtime for _, path in source.files)
        elif stat.S_ISDIR((status := source.path.stat()).st_mode):
            words, seconds = f"the newest file's {FILE_TIME}", _newest(source.path)
        else:
            words, seconds = f"the file's {FILE_TIME}", status.st_mtime
        return datetime.fromtimestamp(int(seconds), UTC), words + spoilt
    except (OSError, OverflowError, ValueError, ArchiveRefused):
        return None, ""


def _newest(folder: Path) -> float:
    newest, count = 0.0, 0
    for entry in walk(folder, Allowance(ArchiveLimits()), belongs):
        if entry.problem or entry.is_folder or entry.status is None:
            continue
        newest = max(newest, entry.status.st_mtime)
        count += 1
        if count >= _LOOKED_AT:
            break
    if not count:
        raise ValueError("an empty folder has no time")
    return newest
