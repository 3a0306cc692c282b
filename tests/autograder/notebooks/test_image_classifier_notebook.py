"""The notebook of the image classifier runs from top to bottom with the reference."""

from __future__ import annotations

from pathlib import Path

import nbclient
import pytest

from autograder.grade.bench import folder_files
from autograder.layout import find_assignment
from autograder.manifest import load as load_manifest
from autograder.notebooks.build import master, written_items
from autograder.notebooks.release import leaks, student_notebook
from autograder.release.bundle import contents
from autograder.rubric import load as load_rubric

ROOT = Path(__file__).resolve().parents[3]
CLASSIFIER = find_assignment("image_classifier", ROOT)


def test_every_task_and_every_written_question_has_its_cell() -> None:
    """The gradebook's points are those of the manifest and of the rubric, item by item."""
    cells = [
        cell.metadata.nbgrader for cell in master(CLASSIFIER).cells if cell.metadata.nbgrader.grade
    ]
    points = {words.grade_id: words.points for words in cells}
    tasks = {f"check_{task.id}": task.points for task in load_manifest(CLASSIFIER.manifest).tasks}
    items = {item.id: item.points for item in load_rubric(CLASSIFIER.rubric)}
    assert points == tasks | items
    assert {cell: item.id for cell, item in written_items(CLASSIFIER).items()} == {
        i: i for i in items
    }


@pytest.mark.slow
def test_the_reference_runs_from_top_to_bottom(tmp_path: Path) -> None:
    """In an empty folder with the student's files and the reference, every cell runs."""
    for path, content in {**contents(CLASSIFIER), **folder_files(CLASSIFIER.solution)}.items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    before = {path.name for path in tmp_path.iterdir()}
    notebook = master(CLASSIFIER)
    client = nbclient.NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    )
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    pictures = [one for one in outputs if "image/png" in one.get("data", {})]
    assert len(pictures) == 21
    typeset = [one for one in outputs if "<math" in str(one.get("data", {}).get("text/html", ""))]
    assert len(typeset) == 8
    assert [one for one in outputs if one.output_type == "stream" and one.name == "stderr"] == []
    made = {path.name for path in tmp_path.iterdir()} - before
    assert {name for name in made if name.endswith(".pth")} == {
        "notebook_linear.pth",
        "notebook_net.pth",
        "notebook_run.pth",
        "trial.pth",
    }
    assert leaks(notebook, student_notebook(CLASSIFIER)) == []
