"""What an assignment with a notebook adds to every submission: its cells, as a module."""

from __future__ import annotations

import copy
import dataclasses
import json
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.core.records import Submission
from autograder.notebooks.authored.build import BEGIN_SCHEME, END_SCHEME
from autograder.notebooks.submitted.intake import restored
from autograder.notebooks.submitted.module import FILE, module_of

BLANK = "autograder_blank"  # in a notebook's metadata: the cells that nobody worked on
_MOST = 5  # notebooks of one submission that are looked at
_FIGURE = "a figure that the cell above drew"
_nbformat: Any = nbformat  # its functions have no types


@dataclass(frozen=True)
class Notebook:
    """The notebook of one assignment: as its author wrote it, and as students got it."""

    assignment: str
    full: NotebookNode
    released: NotebookNode
    by_files: frozenset[str] = frozenset()  # checks that only call the tests of the files

    @property
    def reference(self) -> dict[str, bytes]:
        """The file that the reference has beside its own."""
        return {FILE: module_of(self.full)}

    @property
    def skeleton(self) -> dict[str, bytes]:
        """The file that the untouched skeleton has beside its own."""
        return {FILE: module_of(self.released)}

    def put_in(self, submission: Submission) -> Submission:
        """Return `submission` with the cells of its notebook as a module, and notes on repairs."""
        node, notes = self.of(submission)
        if FILE in submission.files:
            notes = (*notes, f"{FILE} was left out: the notebook's cells are called that")
        files = {**submission.files, FILE: module_of(node)}
        return dataclasses.replace(submission, files=files, notes=(*submission.notes, *notes))

    def of(self, submission: Submission) -> tuple[NotebookNode, tuple[str, ...]]:
        """Return the released notebook with the student's cells in it, and what was repaired."""
        names = _candidates(submission.files, self.assignment)
        if not names:
            return self.released, ("no notebook was handed in: its cells count as left blank",)
        read = {name: restored(self.released, submission.files[name]) for name in names[:_MOST]}
        # The one with most work in it; among equals the order of the names decides.
        name = min(read, key=lambda name: len(read[name].blank))
        found, others = read[name], [one for one in names if one != name]
        found.notebook.metadata[BLANK] = list(found.blank)
        notes = tuple(found.notes)
        if others:
            left = ", ".join(others[:_MOST])
            said = f"of {len(names)} notebooks, {name} was graded, which has most answers"
            notes = (f"{said}; left out: {left}", *notes)
        return found.notebook, notes

    def for_a_person(self, node: NotebookNode) -> NotebookNode:
        """Return `node` with what earns points beside each written question, as nbgrader shows it.

        Only the text that the author wrote is given back, and of code nothing: hidden tests and
        solutions stay out.
        """
        texts = {
            cell.metadata.nbgrader.grade_id: _without_marks(cell.source)
            for cell in self.full.cells
            if cell.cell_type == "markdown" and cell.metadata.nbgrader.locked
        }
        shown = copy.deepcopy(node)
        for cell in shown.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if cell.cell_type == "markdown" and name in texts:
                cell.source = texts[name]
            for output in cell.get("outputs", []):
                if "image/png" in output.get("data", {}):  # for who cannot see it
                    output.metadata = _nbformat.from_dict({"image/png": {"alt": _FIGURE}})
        return shown


def _without_marks(text: str) -> str:
    """Leave out the lines that nbgrader goes by: a page would show them as headings."""
    return "\n".join(line for line in text.split("\n") if line not in (BEGIN_SCHEME, END_SCHEME))


def load(kept: Path) -> Notebook:
    """Read what `prepared.prepared` keeps."""
    found = json.loads(kept.read_text(encoding="utf-8"))
    full, released = (_nbformat.from_dict(found[name]) for name in ("full", "released"))
    return Notebook(found["assignment"], full, released, frozenset(found["by_files"]))


def _candidates(files: dict[str, bytes], assignment: str) -> list[str]:
    """Return the notebooks among the files, the likeliest one by its name first."""
    found = [
        name
        for name in files
        if name.lower().endswith(".ipynb") and ".ipynb_checkpoints" not in PurePosixPath(name).parts
    ]

    def rank(name: str) -> tuple[bool, bool, int, str]:
        stem = re.sub(r"[^a-z0-9]", "", PurePosixPath(name).stem.lower())
        wanted = re.sub(r"[^a-z0-9]", "", assignment)
        return stem != wanted, wanted not in stem, -len(files[name]), name

    return sorted(found, key=rank)
