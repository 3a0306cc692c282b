"""The student's notebook, as nbgrader makes it, and what must not be read in it."""

from __future__ import annotations

import copy
from typing import Any

from nbformat import NotebookNode

from autograder.core.layout import Assignment
from autograder.notebooks.authored.build import BEGIN_SCHEME, END_SCHEME, as_bytes, master
from autograder.notebooks.authored.source import (
    BEGIN_HIDDEN,
    BEGIN_SOLUTION,
    END_HIDDEN,
    END_SOLUTION,
    NotebookError,
)
from autograder.release.leaks import Guarded, Secrets, leaks, plain, telling
from autograder.release.regions import ReleaseError

_SECRET = {BEGIN_SOLUTION: END_SOLUTION, BEGIN_HIDDEN: END_HIDDEN, BEGIN_SCHEME: END_SCHEME}
_LETTERS = 8  # and digits: shorter lines are the same in anybody's code


def student_notebook(assignment: Assignment) -> Guarded:
    """Return the notebook that students get, and what must not be read in it.

    nbgrader's own steps make it, those of `nbgrader generate_assignment`. The same input gives
    the same bytes. Raises NotebookError, and ReleaseError where it would give anything away.
    """
    full = master(assignment)
    made = Guarded(as_bytes(_without_answers(full)), secrets(full))
    found = leaks({f"{assignment.id}.ipynb": made.content}, made.secrets)
    if found:
        more = f" (and {len(found) - 3} more)" if len(found) > 3 else ""
        raise ReleaseError(f"a notebook would give away: {'; '.join(found[:3])}{more}")
    return made


def secrets(full: NotebookNode) -> Secrets:
    """Return what the master notebook `full` has and students must not read.

    The lines of solutions, model answers, hidden tests and mark schemes that students do not have
    anyway, and the marks.
    """
    hidden: dict[str, str] = {}
    free: set[str] = set()
    for cell in full.cells:
        taken, shown = _split(cell)
        free |= shown
        hidden |= dict.fromkeys(taken, cell.metadata.nbgrader.grade_id)
    lines = {line: name for line, name in hidden.items() if line not in free}
    return Secrets(lines, frozenset(mark for pair in _SECRET.items() for mark in pair))


def _without_answers(full: NotebookNode) -> NotebookNode:
    """Take a copy of `full` through the steps of `nbgrader generate_assignment`.

    All of them but those that enter the notebook into a gradebook.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.preprocessors import SaveCells
    from traitlets.config import Config

    steps: Any = GenerateAssignment.preprocessors.default()
    config = Config({"ClearMarkScheme": {"enforce_metadata": False}})  # ours are in written cells
    notebook, resources = copy.deepcopy(full), dict[str, Any](metadata={})
    try:
        for step in steps:
            if step is not SaveCells:
                notebook, resources = step(config=config).preprocess(notebook, resources)
    except Exception as error:  # of whatever step: what it says is about the notebook
        raise NotebookError(f"nbgrader cannot release the notebook: {error}") from None
    return notebook


def _split(cell: NotebookNode) -> tuple[set[str], set[str]]:
    """Return the telling lines of a cell that students must not see, and all that they may."""
    words = cell.metadata.nbgrader
    hidden: set[str] = set()
    shown: set[str] = set()
    end = ""
    whole = bool(words.solution) and BEGIN_SOLUTION not in cell.source
    for line in map(plain, cell.source.splitlines()):
        if end:
            end = "" if line == end else end
            hidden.add(line)
        elif line in _SECRET:
            end = _SECRET[line]
        else:
            (hidden if whole else shown).add(line)
    return telling(hidden, _LETTERS) - {*_SECRET.values()}, shown
