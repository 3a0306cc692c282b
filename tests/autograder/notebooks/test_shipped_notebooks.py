"""The notebooks of the four assignments run from top to bottom with the reference."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import nbclient
import pytest

from autograder.core.files import folder_files
from autograder.core.layout import find_assignment, find_root
from autograder.core.manifest import load as load_manifest
from autograder.core.rubric import load as load_rubric
from autograder.notebooks.authored.build import master, written_items
from autograder.notebooks.authored.source import read
from autograder.notebooks.authored.student import student_notebook
from autograder.release.bundle import contents
from autograder.release.leaks import leaks

ROOT = find_root(Path(__file__).parent)


@dataclass(frozen=True)
class Story:
    """What a run with the reference shows, in an empty folder with the student's files."""

    name: str
    pictures: int
    typeset: int  # tables of typed answers
    said: tuple[str, ...] = ()  # where the data came from
    files: tuple[str, ...] = ()  # what is there afterwards


STORIES = (
    Story("mlp_from_scratch", 9, 1, files=("data/SOURCE",)),
    Story("depth_vs_width", 23, 7, ("6000 rows made up here", "drawn here")),
    Story("handmade_networks", 27, 6, files=("drawn/MNIST/raw/t10k-labels-idx1-ubyte",)),
    Story("image_classifier", 21, 8, files=("notebook_net.pth", "notebook_linear.pth")),
)
NAMES = [story.name for story in STORIES]


@pytest.mark.parametrize("name", NAMES)
def test_every_task_and_every_written_question_has_its_cell(name: str) -> None:
    """The gradebook's points are those of the manifest and of the rubric, item by item."""
    assignment = find_assignment(name, ROOT)
    cells = [cell.metadata.nbgrader for cell in master(assignment).cells]
    points = {words.grade_id: words.points for words in cells if words.grade}
    declared = load_manifest(assignment.manifest).tasks
    tasks = {f"check_{task.id}": float(task.points) for task in declared}
    items = {item.id: float(item.points) for item in load_rubric(assignment.rubric)}
    written = {cell: item.id for cell, item in written_items(assignment).items()}
    assert sorted(written.values()) == sorted(items)
    assert points == tasks | {cell: items[item] for cell, item in written.items()}


@pytest.mark.parametrize("name", NAMES)
def test_a_check_calls_the_tests_of_its_own_task(name: str) -> None:
    """A check that leaves judging to the files, or to the key, names the task that it is of."""
    for cell in read(find_assignment(name, ROOT).notebook):
        if cell.kind == "check":
            calls = f'typed_answers("{cell.task}")', f'passes("{cell.task}")'
            assert (calls[1] in cell.text) == (cell.tests == "files")
            assert ("typed_answers(" in cell.text) == (calls[0] in cell.text)
            assert cell.text.startswith("# "), "the report's sentence"


@pytest.mark.slow
@pytest.mark.parametrize("story", STORIES, ids=NAMES)
def test_the_reference_runs_from_top_to_bottom(story: Story, tmp_path: Path) -> None:
    """In an empty folder with the student's files and the reference, every cell runs."""
    assignment = find_assignment(story.name, ROOT)
    for path, content in {**contents(assignment), **folder_files(assignment.solution)}.items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    notebook = master(assignment)
    client = nbclient.NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    )
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    pictures = [one for one in outputs if "image/png" in one.get("data", {})]
    assert len(pictures) == story.pictures
    typeset = [one for one in outputs if "<math" in str(one.get("data", {}).get("text/html", ""))]
    assert len(typeset) == story.typeset
    said = "".join(one.get("text", "") for one in outputs)
    assert [words for words in story.said if words not in said] == []
    assert [name for name in story.files if not (tmp_path / name).is_file()] == []
    made = student_notebook(assignment)
    assert leaks({"executed.ipynb": made.content}, made.secrets) == []
