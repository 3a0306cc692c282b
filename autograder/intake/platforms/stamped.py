"""The time that nbgrader notes when something is handed in."""

from __future__ import annotations

import os
import re
import zoneinfo
from datetime import UTC, datetime
from pathlib import Path

from autograder.core.records import FILE_TIME

# nbgrader's default: 2026-01-29 08:00:00.000000 UTC
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(\S+)?\s*\Z")
_LONGEST = 200
# `nbgrader submit` runs as the student, and a zip that was collected holds what the student put in.
_SOURCE = f"nbgrader's timestamp.txt, which is as good as a {FILE_TIME}: a student can write it"


def stamp(folder: Path) -> tuple[datetime | None, str]:
    """Return what `timestamp.txt` in `folder` says, and in words how far that can be trusted."""
    path = folder / "timestamp.txt"
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            text = file.read(_LONGEST).decode().strip()
        match = _STAMP.match(text)
        if match is None:
            return None, ""
        time = datetime.fromisoformat(match[1])
        zone = match[2] or "UTC"
        if zone in ("UTC", "Z", "GMT"):
            return time.replace(tzinfo=UTC), _SOURCE
        if zone[0] in "+-":
            return datetime.fromisoformat(f"{match[1]}{zone}"), _SOURCE
        return time.replace(tzinfo=zoneinfo.ZoneInfo(zone)), _SOURCE
    except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError):
        return None, ""
