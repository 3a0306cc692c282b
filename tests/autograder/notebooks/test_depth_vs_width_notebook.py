"""The notebook on depth and width runs from top to bottom with the reference."""

from __future__ import annotations

from pathlib import Path

import nbclient
import pytest

from autograder.grade.bench import folder_files
from autograder.layout import find_assignment
from autograder.manifest import load as load_manifest
from autograder.notebooks.build import master, source_of, written_items
from autograder.notebooks.release import leaks, student_notebook
from autograder.notebooks.source import read
from autograder.release.bundle import contents
from autograder.rubric import load as load_rubric

ROOT = Path(__file__).resolve().parents[3]
DEPTH = find_assignment("depth_vs_width", ROOT)


def test_every_task_and_every_written_question_has_its_cell() -> None:
    """The gradebook's points are those of the manifest and of the rubric, item by item."""
    cells = [cell.metadata.nbgrader for cell in master(DEPTH).cells if cell.metadata.nbgrader.grade]
    points = {words.grade_id: words.points for words in cells}
    tasks = {f"check_{task.id}": task.points for task in load_manifest(DEPTH.manifest).tasks}
    items = {item.id: item.points for item in load_rubric(DEPTH.rubric)}
    assert points == tasks | items
    assert {cell: item.id for cell, item in written_items(DEPTH).items()} == {i: i for i in items}


def test_checks_are_tests_of_the_files_or_of_typed_answers() -> None:
    """No check of this notebook is a test of its own: its answers are for a person to read."""
    checks = [cell for cell in read(source_of(DEPTH)) if cell.kind == "check"]
    typed = {cell.task for cell in checks if not cell.tests}
    assert {task.id for task in load_manifest(DEPTH.manifest).tasks[:7]} == typed
    for cell in checks:
        call = "typed_answers" if cell.task in typed else "passes"
        assert f'{call}("{cell.task}")' in cell.text
        assert cell.text.startswith("# ")


@pytest.mark.slow
def test_the_reference_runs_from_top_to_bottom(tmp_path: Path) -> None:
    """In an empty folder with the student's files and the reference, every cell runs."""
    for path, content in {**contents(DEPTH), **folder_files(DEPTH.solution)}.items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    notebook = master(DEPTH)
    client = nbclient.NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    )
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    pictures = [one for one in outputs if "image/png" in one.get("data", {})]
    assert len(pictures) == 23
    typeset = [one for one in outputs if "<math" in str(one.get("data", {}).get("text/html", ""))]
    assert len(typeset) == 7
    said = "".join(one.get("text", "") for one in outputs)
    assert "6000 rows made up here" in said and "drawn here" in said
    assert leaks(notebook, student_notebook(DEPTH)) == []
