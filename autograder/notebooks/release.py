"""The student's notebook, as nbgrader makes it, and a search for what it must not hold."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.layout import Assignment
from autograder.notebooks.build import (
    BEGIN_SCHEME,
    END_SCHEME,
    as_bytes,
    from_bytes,
    master,
)
from autograder.notebooks.course import set_up
from autograder.notebooks.source import (
    BEGIN_HIDDEN,
    BEGIN_SOLUTION,
    END_HIDDEN,
    END_SOLUTION,
    NotebookError,
)
from autograder.release.regions import ReleaseError

_SECRET = {BEGIN_SOLUTION: END_SOLUTION, BEGIN_HIDDEN: END_HIDDEN, BEGIN_SCHEME: END_SCHEME}
_SHORT = 8  # letters and digits: shorter lines are the same in anybody's code


def student_notebook(assignment: Assignment) -> bytes:
    """Return the notebook that students get, made by nbgrader in a course of its own.

    The same input gives the same bytes. Raises NotebookError, and ReleaseError where the notebook
    would give anything away.
    """
    full = master(assignment)
    with tempfile.TemporaryDirectory(prefix="notebook-") as folder:
        made = set_up(assignment, Path(folder) / "course", isolated=True).released
        content = as_bytes(from_bytes(made.read_bytes()))
    found = leaks(full, content)
    if found:
        more = f" (and {len(found) - 3} more)" if len(found) > 3 else ""
        raise ReleaseError(f"{assignment.id}.ipynb would give away: {'; '.join(found[:3])}{more}")
    return content


def leaks(full: NotebookNode, content: bytes) -> list[str]:
    """Return what the student's notebook `content` shows of the master notebook `full`.

    Searched for, in every text of it (sources, outputs, metadata): the lines of solutions, model
    answers, hidden tests and mark schemes that students do not have anyway, and the marks. Raises
    NotebookError where `content` is no JSON.
    """
    try:
        texts = list(_texts(json.loads(content)))
    except (ValueError, RecursionError) as error:
        raise NotebookError(f"the student's notebook is no JSON ({error})") from None
    secrets: dict[str, str] = {}
    free: set[str] = set()
    for cell in full.cells:
        name = cell.metadata.nbgrader.grade_id
        hidden, shown = _split(cell)
        free |= shown
        secrets |= dict.fromkeys(hidden, name)
    found = []
    for text in texts:
        for line in map(_normal, text.splitlines()):
            if any(mark in line for pair in _SECRET.items() for mark in pair):
                found.append(f"a mark ({line[:60]})")
            elif line in secrets and line not in free:
                found.append(f"a line of {secrets[line]} ({line[:60]})")
    return found


def _split(cell: NotebookNode) -> tuple[set[str], set[str]]:
    """Return the telling lines of a cell that students must not see, and all that they may."""
    words = cell.metadata.nbgrader
    hidden: set[str] = set()
    shown: set[str] = set()
    end = ""
    whole = bool(words.solution) and BEGIN_SOLUTION not in cell.source
    for line in map(_normal, cell.source.splitlines()):
        if end:
            end = "" if line == end else end
            hidden.add(line)
        elif line in _SECRET:
            end = _SECRET[line]
        else:
            (hidden if whole else shown).add(line)
    telling = {line for line in hidden if sum(map(str.isalnum, line)) >= _SHORT}
    return telling - {*_SECRET.values()}, shown


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in a JSON value, keys of objects too; lists of lines as one."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        if value and all(isinstance(one, str) for one in value):
            yield "".join(value)
        else:
            for one in value:
                yield from _texts(one)
    elif isinstance(value, dict):
        yield from value
        for one in value.values():
            yield from _texts(one)


def _normal(line: str) -> str:
    return " ".join(line.split())
