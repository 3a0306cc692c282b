"""Options of a run: those that were given, and those that the folder of the class remembers."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder.course.folder import CourseError

# name -> what it is: how it is written down, and read again
_KINDS: Mapping[str, type] = {
    "due": datetime,
    "times": Path,
    "trust_file_times": bool,
    "after_deadline": datetime,
    "rubric": Path,
    "exceptions": Path,
    "roster": Path,
    "from": str,
    "attempts": str,
    "late_days": int,
    "late_ledger": Path,
    "data": Path,
    "course": Path,
    "policy": list,
    "training": bool,
}


@dataclass
class Remembered:
    """The options of a run, and what to say about where they come from."""

    values: dict[str, Any]
    said: list[str] = field(default_factory=list)

    def get(self, name: str, otherwise: Any = None) -> Any:
        """Return an option, `otherwise` where neither this run nor an earlier one gives it."""
        return self.values.get(name, otherwise)

    def written(self, folder: Path) -> dict[str, Any]:
        """Return the options as `class.toml` has them; files by their way from `folder`."""
        return {name: _written(value, folder) for name, value in self.values.items()}


def remembered(
    folder: Path,
    earlier: Mapping[str, Any],
    given: Mapping[str, Any],
    forget: Collection[str] = (),
) -> Remembered:
    """Return what a run goes by: `given` where it is not None, else what `earlier` has.

    Raises CourseError for a name in `forget` that is no option, for what cannot be read, and for a
    file that is gone.
    """
    for name in forget:
        if name.replace("-", "_") not in _KINDS:
            raise CourseError(
                f"--forget {name}: one of {', '.join(one.replace('_', '-') for one in _KINDS)}"
            )
    left_out = {name.replace("-", "_") for name in forget}
    found = Remembered({})
    for name, kind in _KINDS.items():
        option = f"--{name.replace('_', '-')}"
        new = given.get(name)
        old = None if name in left_out else _read(folder, name, kind, earlier)
        if new is not None:
            found.values[name] = new
            if old is not None and _written(old, folder) != _written(new, folder):
                shown = _shown(_written(old, folder)), _shown(_written(new, folder))
                found.said.append(f"{option} is {shown[1]} now; it was {shown[0]}")
        elif old is not None:
            if kind is Path and name != "late_ledger" and not old.exists():
                raise CourseError(
                    f"{old}: the {option} of an earlier run is gone; give another one, or "
                    f"--forget {name.replace('_', '-')}"
                )
            found.values[name] = old
            found.said.append(f"{option} {_shown(_written(old, folder))}, as before")
    return found


def _read(folder: Path, name: str, kind: type, earlier: Mapping[str, Any]) -> Any:
    value = earlier.get(name)
    if value is None:
        return None
    try:
        if kind is datetime:
            return datetime.fromisoformat(value)
        if kind is Path:
            return Path(os.path.normpath(folder / value))
    except (TypeError, ValueError):
        value = object()
    if not isinstance(value, kind):
        raise CourseError(f"{folder / 'class.toml'}: {name} is not what was written; take it out")
    return value


def _written(value: Any, folder: Path) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return os.path.relpath(value, folder)
    return list(value) if isinstance(value, tuple) else value


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
