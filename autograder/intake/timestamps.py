"""When a submission was handed in, and how that is known.

A time from inside an archive is never used: the student's own computer wrote it.
"""

from __future__ import annotations

import csv
import json
import re
import stat
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol

import yaml

from autograder.core.errors import AutograderError
from autograder.core.records import FILE_TIME
from autograder.intake.folders import belongs, walk
from autograder.intake.limits import Allowance, ArchiveLimits, ArchiveRefused
from autograder.intake.paths import JUNK_FOLDERS, is_archive, shown, stem

_METADATA_BYTES = 64 * 1024 * 1024
_LOOKED_AT = 5000  # files of a folder whose times are compared


class IntakeError(AutograderError):
    """What the instructor gave cannot be used; the message says what to do."""


class _Source(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def path(self) -> Path: ...


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

    What the caller knows comes first, then Gradescope's metadata beside the submission, then the
    time of the archive's file or of the newest file in the folder. Raises IntakeError when
    `times` holds a time without time zone.
    """
    for name in (source.name, source.path.name, stem(source.path.name)):
        if times and name in times:
            given = times[name]
            time = _parse(given) if isinstance(given, str) else _aware(given)
            if time is None:
                raise IntakeError(f"the time given for '{shown(name)}' needs a time zone")
            return time, "the list of times that was given"
    spoilt = ""
    for read in (_from_export, _beside):
        try:
            time = read(source.path)
        except (OSError, ValueError, RecursionError, yaml.YAMLError):
            # A broken file of the platform costs nobody the grade; the report says what was used.
            spoilt = ", because Gradescope's metadata cannot be read"
            continue
        if time is not None:
            return time, "Gradescope's metadata"
    return _from_file(source.path, spoilt)


def _parse(text: str) -> datetime | None:
    try:
        return _aware(datetime.fromisoformat(text))
    except ValueError:
        return None


def _aware(value: datetime) -> datetime | None:
    return value if value.tzinfo is not None and value.utcoffset() is not None else None


def _metadata(path: Path) -> str | None:
    """Read a file that the platform wrote; None where there is none. It is never a link."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode) or status.st_size > _METADATA_BYTES:
        raise ValueError(f"{path} is no ordinary file")
    return path.read_text(encoding="utf-8")


def submitters(path: Path) -> list[str]:
    """Return who handed in the submission at `path`, as Gradescope's export says.

    Each by student id, else e-mail, else name; [] where no export says it.
    """
    try:
        entry = _exported(path)
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        return []
    people = entry.get(":submitters") if entry is not None else None
    found = []
    for one in people if isinstance(people, list) else ():
        if isinstance(one, dict):
            marks = (one.get(key) for key in (":sid", ":email", ":name"))
            mark = next((str(mark).strip() for mark in marks if mark), "")
            if mark:
                found.append(mark)
    return found


def _from_export(path: Path) -> datetime | None:
    """Look in `submission_metadata.yml` of a folder that Gradescope exported."""
    entry = _exported(path)
    created = entry.get(":created_at") if entry is not None else None
    if isinstance(created, dict):  # Ruby's own class for times
        created = created.get("utc", created.get(":utc"))
    if isinstance(created, datetime):
        return _aware(created) or created.replace(tzinfo=UTC)
    if isinstance(created, str):
        return _parse(created)
    if isinstance(created, date) or created is not None:
        raise ValueError("':created_at' is no time")
    return None


def _exported(path: Path) -> dict[Any, Any] | None:
    """Return what Gradescope's export says of the submission at `path`, None where nothing."""
    text = _metadata(path.parent / "submission_metadata.yml")
    if text is None:
        return None
    # Only the lines of this submission are parsed: a class's file is long, and no other
    # student's name or comment can then stand in the way.
    key = re.escape(stem(path.name))
    block = re.search(
        rf"^(['\"]?){key}\1:[ \t]*\n((?:[ \t]+[^\n]*(?:\n|\Z)|[ \t]*\n)+)", text, re.MULTILINE
    )
    if block is None:
        return None
    entry = yaml.load(block[2], Loader=_RubyLoader)
    return entry if isinstance(entry, dict) else None


class _RubyLoader(yaml.SafeLoader):
    """Reads plain data only; Ruby's class names are passed over."""


def _plain(loader: yaml.SafeLoader, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None


_RubyLoader.add_multi_constructor("!ruby/", _plain)


def _beside(path: Path) -> datetime | None:
    """Look in `submission_metadata.json` beside the only submission there.

    A file of that name *inside* the submission is the student's and is never looked at.
    """
    text = _metadata(path.parent / "submission_metadata.json")
    if text is None or not (stem(path.name) == "submission" or _alone(path)):
        return None
    data = json.loads(text)
    created = data.get("created_at") if isinstance(data, dict) else None
    time = _parse(created) if isinstance(created, str) else None
    if time is None:
        raise ValueError("'created_at' is no time")
    return time


def _alone(path: Path) -> bool:
    for other in path.parent.iterdir():
        if other.name == path.name or other.name.startswith(".") or other.name in JUNK_FOLDERS:
            continue
        if other.is_dir() or is_archive(other.name):
            return False
    return True


def _from_file(path: Path, spoilt: str) -> tuple[datetime | None, str]:
    """Use the time of the file itself, or of the newest file in the folder."""
    try:
        status = path.stat()
        if not stat.S_ISDIR(status.st_mode):
            source, seconds = f"the file's {FILE_TIME}{spoilt}", status.st_mtime
        else:
            source, seconds = f"the newest file's {FILE_TIME}{spoilt}", _newest(path)
        return datetime.fromtimestamp(int(seconds), UTC), source
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
