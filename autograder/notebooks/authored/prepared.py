"""Keeps what nbgrader made of an assignment's notebook, so that grading need not wait for it."""

from __future__ import annotations

import importlib.metadata
import json
import logging
import time
from pathlib import Path

from autograder.core.cache import Cache, key_of
from autograder.core.layout import Assignment

_log = logging.getLogger(__name__)


def prepared(assignment: Assignment, cache: Cache) -> Path | None:
    """Return the file for `handed_in.load`, written where it is not kept yet.

    None where the assignment has no notebook. Raises NotebookError and ReleaseError.
    """
    if not assignment.notebook.is_file():
        return None
    parts = [importlib.metadata.version("nbgrader").encode()]
    package = sorted(Path(__file__).parents[1].rglob("*.py"))
    for path in (assignment.notebook, assignment.manifest, assignment.rubric, *package):
        parts.append(path.read_bytes() if path.is_file() else b"")
    key = f"{assignment.id}-{key_of(*parts)}.json"
    if cache.read("notebooks", key) is None:
        began = time.monotonic()
        cache.write("notebooks", key, _made(assignment).encode())
        _log.info("%s: notebook made in %.1f s", assignment.id, time.monotonic() - began)
    return cache.root / "notebooks" / key


def _made(assignment: Assignment) -> str:
    # Only now: nbgrader takes a second to import.
    from autograder.notebooks.authored.build import from_bytes, master
    from autograder.notebooks.authored.source import read
    from autograder.notebooks.authored.student import student_notebook

    content = {
        "assignment": assignment.id,
        "full": master(assignment),
        "released": from_bytes(student_notebook(assignment).content),
        "by_files": sorted(one.id for one in read(assignment.notebook) if one.tests == "files"),
    }
    return json.dumps(content)
