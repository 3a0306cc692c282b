"""What Gradescope writes beside the submissions that it gives away.

`submission_metadata.yml` in an export of many, `submission_metadata.json` beside the only
submission of an autograder's container. Both are the platform's; a file of that name *inside* a
submission is the student's and is never looked at.
"""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from autograder.intake.paths import JUNK_FOLDERS, is_archive, stem
from autograder.intake.said import Said

EXPORT, BESIDE = "submission_metadata.yml", "submission_metadata.json"
UNREADABLE = (OSError, ValueError, RecursionError, yaml.YAMLError)
SOURCE = "Gradescope's metadata"
_METADATA_BYTES = 64 * 1024 * 1024


def said(path: Path) -> Said | None:
    """Return what Gradescope says of the submission at `path`, None where it says nothing.

    Raises one of UNREADABLE where there is something that cannot be read.
    """
    entry = _exported(path)
    if entry is None:
        entry = _beside(path)
        if entry is not None and not isinstance(entry.get("created_at"), str):
            raise ValueError("'created_at' is no time")
    if entry is None:
        return None
    for_all = _time(_value(_value(entry, "assignment"), "due_date") or _value(entry, "due_date"))
    own = [_time(_value(_value(one, "assignment"), "due_date")) for one in _users(entry)]
    own += [_time(_value(one, "due_date")) for one in _users(entry)]
    return Said(
        platform="Gradescope",
        people=tuple(_people(entry)),
        submitted_at=_created(entry),
        time_source=SOURCE,
        due=max(filter(None, [for_all, *own]), default=None),
        due_for_all=for_all,
    )


def _value(entry: Any, key: str) -> Any:
    """Return what an entry has under `key`, which Ruby writes with a colon before it."""
    if not isinstance(entry, dict):
        return None
    return entry.get(key, entry.get(f":{key}"))


def _users(entry: dict[Any, Any]) -> list[Any]:
    found = _value(entry, "submitters") or _value(entry, "users")
    return found if isinstance(found, list) else []


def _people(entry: dict[Any, Any]) -> Iterator[str]:
    """Yield those who handed it in, each by student id, else e-mail, else name."""
    for one in _users(entry):
        marks = (_value(one, key) for key in ("sid", "email", "name"))
        mark = next((str(mark).strip() for mark in marks if mark), "")
        if mark:
            yield mark


def _created(entry: dict[Any, Any]) -> datetime | None:
    created = _value(entry, "created_at")
    if isinstance(created, dict):  # Ruby's own class for times
        created = created.get("utc", created.get(":utc"))
    time = _time(created)
    if time is None and (isinstance(created, date) or created is not None):
        raise ValueError("':created_at' is no time")
    return time


def _time(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.utcoffset() is not None else value.replace(tzinfo=UTC)
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            return None
        return found if found.utcoffset() is not None else None
    return None


def _text(path: Path) -> str | None:
    """Read a file that the platform wrote; None where there is none. It is never a link."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode) or status.st_size > _METADATA_BYTES:
        raise ValueError(f"{path} is no ordinary file")
    return path.read_text(encoding="utf-8")


def _exported(path: Path) -> dict[Any, Any] | None:
    """Return what the export says of the submission at `path`, None where nothing."""
    text = _text(path.parent / EXPORT)
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


def _beside(path: Path) -> dict[Any, Any] | None:
    """Look beside the only submission there."""
    text = _text(path.parent / BESIDE)
    if text is None or not (stem(path.name) == "submission" or _alone(path)):
        return None
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("the metadata is no object")
    return data


def _alone(path: Path) -> bool:
    for other in path.parent.iterdir():
        if other.name == path.name or other.name.startswith(".") or other.name in JUNK_FOLDERS:
            continue
        if other.is_dir() or is_archive(other.name):
            return False
    return True
