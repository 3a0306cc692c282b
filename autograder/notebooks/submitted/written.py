"""What a student wrote for the questions that a person grades, where it was in the notebook."""

from __future__ import annotations

from autograder.core.cache import Cache
from autograder.core.layout import Assignment
from autograder.core.records import Submission
from autograder.notebooks.authored.build import written_items
from autograder.notebooks.authored.prepared import prepared
from autograder.notebooks.submitted.handed_in import BLANK, load


class WrittenAnswers:
    """Finds the written answers of one assignment; it has none where it has no notebook."""

    def __init__(self, assignment: Assignment) -> None:
        kept = prepared(assignment, Cache(None))
        self._notebook = load(kept) if kept else None
        self._items = written_items(assignment)

    def of(self, submission: Submission) -> dict[str, str]:
        """Return the texts by the rubric's item; blank ones are left out."""
        if self._notebook is None:
            return {}
        node, _ = self._notebook.of(submission)
        blank = set(node.metadata.get(BLANK, ()))
        found = {}
        for cell in node.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if name in self._items and name not in blank and cell.source.strip():
                found[self._items[name].id] = str(cell.source)
        return found
