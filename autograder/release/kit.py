"""The files of `studentkit`, which travel in every student's zip."""

from __future__ import annotations

from pathlib import Path

import studentkit

_FOLDER = Path(studentkit.__file__).resolve().parent


def kit_files() -> dict[str, bytes]:
    """Return what travels in every student's zip: POSIX path below `studentkit/` -> content."""
    return {
        file.relative_to(_FOLDER).as_posix(): file.read_bytes()
        for file in sorted(_FOLDER.rglob("*.py"))
    }
