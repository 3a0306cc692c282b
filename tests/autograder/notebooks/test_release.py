"""What nbgrader makes of the notebook for students, and that it gives nothing away."""

from __future__ import annotations

import copy

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.core.layout import Assignment
from autograder.notebooks.authored.build import as_bytes, master
from autograder.notebooks.authored.student import secrets, student_notebook
from autograder.notebooks.nbgrader.course import SetUp
from autograder.release.leaks import leaks

SECRETS = ("of_the_staff", "the staff", "271.828", "hidden argument", "Products of matrices", "SOL")


def test_students_get_the_questions_and_no_answers(
    tiny: Assignment, released: NotebookNode
) -> None:
    """Solutions, model answers, hidden tests and mark schemes are gone; checks are locked."""
    text = as_bytes(released).decode()
    assert leaks({"tiny.ipynb": as_bytes(released)}, secrets(master(tiny))) == []
    assert not [secret for secret in SECRETS if secret in text]
    cells = {cell.id: cell for cell in released.cells}
    assert "raise NotImplementedError()" in cells["squash"].source
    assert cells["why_squash"].source == "YOUR ANSWER HERE"
    assert cells["why_squash-question"].source.startswith("### Why squash? (4 points)")
    assert "assert abs(squash(3.0)) < 1" in cells["check_squash"].source
    for name, cell in cells.items():
        assert cell.metadata.get("editable", True) == (name in {"squash", "width", *WRITTEN})


WRITTEN = ("why_squash", "what_else")


@pytest.mark.slow
def test_equal_sources_give_equal_bytes(tiny: Assignment, made: SetUp) -> None:
    """Made by nbgrader's steps alone, it is what `nbgrader generate_assignment` made elsewhere."""
    assert student_notebook(tiny).content == made.released.read_bytes().rstrip(b"\n") + b"\n"


@pytest.mark.parametrize("where", ["source", "output", "metadata", "key", "mark"])
def test_a_leak_is_found_wherever_it_is(
    tiny: Assignment, released: NotebookNode, where: str
) -> None:
    """Lines of a solution or a hidden test are found in sources, outputs and metadata."""
    notebook = copy.deepcopy(released)
    line = "magnitudes_of_the_staff   = np.abs(x)"
    cell = next(cell for cell in notebook.cells if cell.id == "imports")
    if where == "source":
        cell.source += f"\n{line}"
    elif where == "output":
        cell.outputs = [nbformat.v4.new_output("stream", text=f"see\n{line}\n")]
    elif where == "metadata":
        notebook.metadata["jupytext"] = {"cells": [{"text": line}]}
    elif where == "key":
        cell.metadata[line] = True
    else:
        cell.source += "\n### BEGIN HIDDEN TESTS"
    found = leaks({"tiny.ipynb": as_bytes(notebook)}, secrets(master(tiny)))
    assert len(found) == 1
    assert ("a mark" if where == "mark" else "a line of squash (magnitudes") in found[0]
