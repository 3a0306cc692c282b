"""What an assignment with a notebook adds to every submission: its cells, as a module."""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import importlib.metadata
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.atomic import write_text
from autograder.layout import Assignment
from autograder.notebooks.build import (
    BEGIN_SCHEME,
    END_SCHEME,
    from_bytes,
    master,
    source_of,
)
from autograder.notebooks.intake import restored
from autograder.notebooks.module import FILE, module_of
from autograder.notebooks.release import student_notebook
from autograder.notebooks.source import read
from autograder.records import Submission

NOT_HANDED_IN = "autograder_not_handed_in"  # in the metadata of the released notebook in its place
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
        name, others = _chosen(submission.files, self.assignment)
        if not name:
            missing = copy.deepcopy(self.released)
            missing.metadata[NOT_HANDED_IN] = True
            return missing, ("no notebook was handed in: its cells count as left blank",)
        found = restored(self.released, submission.files[name])
        notes = tuple(found.notes)
        if others:
            notes = (f"of {len(others) + 1} notebooks, {name} was graded", *notes)
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


def prepared(assignment: Assignment, cache: Path) -> Path | None:
    """Return the file with the students' notebook, made by nbgrader where it is not kept yet.

    None where the assignment has no notebook. Raises NotebookError and ReleaseError.
    """
    source = source_of(assignment)
    if not source.is_file():
        return None
    sha = hashlib.sha256(importlib.metadata.version("nbgrader").encode())
    package = sorted(Path(__file__).parent.glob("*.py"))
    for path in (source, assignment.manifest, assignment.rubric, *package):
        sha.update(path.read_bytes() if path.is_file() else b"")
    kept = cache / f"notebook-{assignment.id}-{sha.hexdigest()[:12]}.ipynb"
    if not kept.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        write_text(kept, student_notebook(assignment).decode("utf-8"))
    return kept


def load(assignment: Assignment, released: Path) -> Notebook:
    """Read what `prepared` keeps; raises NotebookError."""
    by_files = {cell.id for cell in read(source_of(assignment)) if cell.tests == "files"}
    full, given = master(assignment), from_bytes(released.read_bytes())
    return Notebook(assignment.id, full, given, frozenset(by_files))


def _chosen(files: dict[str, bytes], assignment: str) -> tuple[str, list[str]]:
    """Return the notebook to grade, by its name or as the largest one, and the other ones."""
    found = [
        name
        for name in files
        if name.lower().endswith(".ipynb") and ".ipynb_checkpoints" not in PurePosixPath(name).parts
    ]

    def rank(name: str) -> tuple[bool, bool, int, str]:
        stem = re.sub(r"[^a-z0-9]", "", PurePosixPath(name).stem.lower())
        wanted = re.sub(r"[^a-z0-9]", "", assignment)
        return stem != wanted, wanted not in stem, -len(files[name]), name

    found.sort(key=rank)
    return (found[0], found[1:]) if found else ("", [])
