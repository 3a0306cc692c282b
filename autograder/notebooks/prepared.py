"""Keeps what nbgrader made of an assignment's notebook, so that grading need not wait for it."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from pathlib import Path

from autograder.atomic import write_text
from autograder.layout import Assignment


def prepared(assignment: Assignment, cache: Path) -> Path | None:
    """Return the file for `handed_in.load`, written where it is not kept yet.

    None where the assignment has no notebook. Raises NotebookError and ReleaseError.
    """
    if not assignment.notebook.is_file():
        return None
    sha = hashlib.sha256(importlib.metadata.version("nbgrader").encode())
    package = sorted(Path(__file__).parent.glob("*.py"))
    for path in (assignment.notebook, assignment.manifest, assignment.rubric, *package):
        sha.update(path.read_bytes() if path.is_file() else b"")
    kept = cache / f"notebook-{assignment.id}-{sha.hexdigest()[:12]}.json"
    if not kept.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        write_text(kept, _made(assignment))
    return kept


def _made(assignment: Assignment) -> str:
    # Only now: nbgrader takes a second to import.
    from autograder.notebooks.build import from_bytes, master
    from autograder.notebooks.release import student_notebook
    from autograder.notebooks.source import read

    content = {
        "assignment": assignment.id,
        "full": master(assignment),
        "released": from_bytes(student_notebook(assignment).content),
        "by_files": sorted(one.id for one in read(assignment.notebook) if one.tests == "files"),
    }
    return json.dumps(content)
