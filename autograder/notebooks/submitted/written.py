"""Written answers, found in notebooks and laid out under codes for the person who grades them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autograder.core.cache import Cache
from autograder.core.codes import coded
from autograder.core.files import write_bytes, write_text
from autograder.core.layout import Assignment
from autograder.core.manifest import load as load_manifest
from autograder.core.records import Submission
from autograder.core.rubric import Item
from autograder.intake.opened import open_all
from autograder.notebooks.authored.build import written_items
from autograder.notebooks.authored.prepared import prepared
from autograder.notebooks.submitted.handed_in import BLANK, load
from autograder.reports.written import render_question


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


def write_pages(
    assignment: Assignment, items: Sequence[Item], sheet: Path, paths: Sequence[Path]
) -> tuple[list[str], list[tuple[str, str]]]:
    """Write beside `sheet` a page for each question, the documents that came, and the codes.

    Return the codes, and what could not be opened, with the reason.
    """
    found, lost = open_all(assignment, paths)
    folder = sheet.parent
    codes = coded(folder, sorted(found))
    written = WrittenAnswers(assignment)
    by_item: dict[str, dict[str, str]] = {item.id: {} for item in items}
    documents: dict[str, list[str]] = {}
    for code, name in codes.items():
        submission = found.get(name)
        if submission is None:  # of an earlier call
            continue
        documents[code] = []
        for item, text in written.of(submission).items():
            by_item.get(item, {})[code] = text
        for number, (path, content) in enumerate(sorted(submission.files.items())):
            if path.lower().endswith(".pdf"):
                place = f"documents/{code}-{number}.pdf"
                (folder / "documents").mkdir(parents=True, exist_ok=True)
                write_bytes(folder / place, content)
                documents[code].append(place)
    title = load_manifest(assignment.manifest).title
    for one in items:
        page = render_question(title, one, by_item[one.id], documents, sheet.name)
        write_text(folder / f"{one.id}.html", page)
    return list(codes), lost
