"""Which paths of a folder a list of glob patterns means."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

KIT_FOLDERS = frozenset({"tests", "studentkit", "data"})  # what is not the student's, at the top
NEVER = frozenset({"__pycache__", "__MACOSX", "node_modules"})  # at any depth


def matches(path: str, pattern: str) -> bool:
    """Tell whether the POSIX `path` is what `pattern` names, or lies in a folder that it names.

    `*` stays within one part of the path and `**` spans any number of them, so `*.py` means the
    files at the top only, while `models` means everything below that folder.
    """
    parts = path.split("/")
    wanted = [part for part in pattern.strip("/").split("/") if part not in ("", ".")]
    # reachable[i]: the parts of the pattern seen so far can match parts[:i]
    reachable = {0}
    for part in wanted:
        if part == "**":
            reachable = set(range(min(reachable), len(parts) + 1)) if reachable else set()
        else:
            reachable = {i + 1 for i in reachable if i < len(parts) and fnmatchcase(parts[i], part)}
    return bool(wanted) and bool(reachable)


def excluded(path: str) -> bool:
    """Tell whether the POSIX `path` is never handed in: caches, hidden files, data, the tests."""
    parts = path.split("/")
    if parts[0] in KIT_FOLDERS and len(parts) > 1:
        return True
    if any(part in NEVER or part.startswith(".") for part in parts):
        return True
    return path.endswith((".pyc", ".pyo", ".part"))


def selected(path: str, patterns: Iterable[str]) -> bool:
    """Tell whether the POSIX `path` is handed in under the submit `patterns` of a manifest."""
    return not excluded(path) and any(matches(path, pattern) for pattern in patterns)


def unmatched(patterns: Iterable[str], paths: Iterable[str]) -> list[str]:
    """Return the `patterns` that none of `paths` matches, in their order."""
    known = list(paths)
    return [pattern for pattern in patterns if not any(matches(path, pattern) for path in known)]


def leads_to(folder: str, patterns: Iterable[str]) -> bool:
    """Tell whether something below the POSIX path `folder` can match one of `patterns`."""
    parts = folder.split("/")
    for pattern in patterns:
        wanted = [part for part in pattern.strip("/").split("/") if part not in ("", ".")]
        if "**" in wanted or all(map(fnmatchcase, parts, wanted)):
            return True
    return False
