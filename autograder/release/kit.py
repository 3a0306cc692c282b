"""The student kit: the files of `studentkit` that travel, and the same code for our own use."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from autograder.kit import KIT, load_kit


def kit_files() -> dict[str, bytes]:
    """Return what travels in every student's zip: POSIX path below `studentkit/` -> content."""
    return {
        file.relative_to(KIT).as_posix(): file.read_bytes() for file in sorted(KIT.rglob("*.py"))
    }


def survey(files: dict[str, bytes]) -> dict[str, Any]:
    """Return the static facts of our own source `files`, as `studentkit.survey` sees them."""
    load_kit()
    facts: dict[str, Any] = import_module("studentkit.survey").survey(files)
    return facts
