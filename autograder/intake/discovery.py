"""Finds the submissions among what an instructor points at."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from autograder.core.records import UnreadableSubmission
from autograder.intake.marks import holds_marks
from autograder.intake.paths import (
    JUNK_FILES,
    JUNK_FOLDERS,
    folded,
    is_archive,
    place_of,
    safe_name,
    stem,
    unique,
)
from autograder.intake.platforms.delivery import Delivery
from autograder.intake.sources import Kind, Source
from autograder.intake.timestamps import IntakeError

_log = logging.getLogger(__name__)
RESERVED = ("index.html", "grades.csv")
_PLATFORM_FILES = frozenset({"submission_metadata.yml", "submission_metadata.json"})


def discover(
    paths: Sequence[Path],
    reserved: Collection[str] = RESERVED,
    expected: Collection[str] = (),
) -> tuple[list[Source], list[UnreadableSubmission]]:
    """Return the submissions that `paths` mean, sorted by name, and what matches nothing.

    Each of `paths` is an archive, a folder with one submission, or a folder of archives and
    folders. A folder is one submission when it, or the only folder in it, holds a name of the
    skeleton's top level (`expected`); otherwise everything in it is one each. Links inside a
    class's folder are not followed. `reserved` are names that the class's reports have for
    themselves. Raises IntakeError where a path is missing or cannot be opened.
    """
    found: dict[Path, Kind] = {}
    leftovers: list[UnreadableSubmission] = []
    for given in paths:
        path = Path(os.path.abspath(given))  # noqa: PTH100 - resolve() would follow links
        if path.is_dir():
            if is_submission(path, expected):
                found[path] = "folder"
            else:
                _look_into(path, found, leftovers)
        elif path.is_file():
            found[path] = "archive"
        else:
            raise IntakeError(f"{given}: no such file or folder")
    taken = {folded(name) for name in reserved}
    sources = []
    for path in sorted(found, key=lambda path: (folded(_name(path, found)), os.fsencode(path))):
        name = unique(_name(path, found), taken)
        taken.add(folded(name))
        sources.append(Source(name, path, found[path]))
    sources.sort(key=lambda source: (folded(source.name), source.name))
    _log.info("%d submissions, %d that are none", len(sources), len(leftovers))
    for source in sources:
        _log.debug("%s: %s", source.name, source.path)
    for left in leftovers:
        _log.info("%s: left over: %s", left.name, left.reason)
    return sources, sorted(leftovers, key=lambda left: left.name)


def named(hands: Iterable[Delivery], reserved: Collection[str]) -> list[tuple[str, Delivery]]:
    """Return what was handed in by names that are valid as folders, each once."""
    taken = {folded(name) for name in reserved}
    found = []
    for hand in sorted(hands, key=lambda one: (folded(safe_name(one.name)), str(one.path))):
        name = unique(safe_name(hand.name), taken)
        taken.add(folded(name))
        found.append((name, hand))
    return found


def _name(path: Path, found: dict[Path, Kind]) -> str:
    return safe_name(stem(path.name) if found[path] == "archive" else path.name)


def is_submission(folder: Path, expected: Collection[str]) -> bool:
    """Tell whether `folder` holds one submission, directly or inside one wrapper folder."""
    if is_root(folder, expected):
        return True
    names = _listing(folder)
    inside = [name for name, is_folder in names if is_folder]
    if len(inside) != 1 or any(is_archive(name) for name, _ in names):
        return False
    try:
        return bool(holds_marks(_listing(folder / inside[0]), expected))
    except IntakeError:
        return False  # it is looked at as one of several, and named as one that cannot be opened


def is_root(folder: Path, expected: Collection[str]) -> bool:
    """Tell whether `folder` itself holds what the skeleton has at its top."""
    return bool(holds_marks(_listing(folder), expected))


def _listing(folder: Path) -> list[tuple[str, bool]]:
    """Return (name, is a folder) of what matters in `folder`; raises IntakeError."""
    try:
        with os.scandir(folder) as entries:
            return [
                (entry.name, entry.is_dir(follow_symlinks=False))
                for entry in entries
                if not _ignored(entry.name) and not entry.is_symlink()
            ]
    except OSError as error:
        raise IntakeError(f"{folder}: cannot be opened ({error.strerror})") from None


def _look_into(
    folder: Path, found: dict[Path, Kind], leftovers: list[UnreadableSubmission]
) -> None:
    """Take every archive and folder in `folder` as a submission, and note the rest."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise IntakeError(f"{folder}: cannot be opened ({error.strerror})") from None
    for entry in entries:
        path = Path(entry.path)
        if _ignored(entry.name):
            continue
        if entry.is_symlink():
            reason = "it is a link, and links are not followed; put the submission itself there"
            leftovers.append(UnreadableSubmission(place_of(path), reason))
        elif entry.is_dir(follow_symlinks=False):
            found[path] = "folder"
        elif entry.is_file(follow_symlinks=False) and is_archive(entry.name):
            found[path] = "archive"
        else:
            reason = "it is neither an archive nor a folder, so nobody's submission"
            leftovers.append(UnreadableSubmission(place_of(path), reason))


def _ignored(name: str) -> bool:
    return (
        name.startswith(".")
        or name.lower() in JUNK_FILES
        or name in JUNK_FOLDERS
        or name == "__pycache__"
        or name in _PLATFORM_FILES
    )
