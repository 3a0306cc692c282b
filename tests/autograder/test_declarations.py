"""What an author declares is compared with the solution, without running anything."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import pytest

from autograder.authoring.declarations import slips
from autograder.core.layout import Assignment, find_root
from autograder.core.manifest import load
from autograder.core.mistakes import load as load_mistakes
from autograder.execution import suite

_ROOT = find_root(Path(__file__))
_ID = "mlp_from_scratch"


@pytest.fixture
def project(tmp_path: Path) -> Assignment:
    """Copy what an author edits."""
    for folder in ("assignments", "solutions", "tests"):
        shutil.copytree(_ROOT / folder / _ID, tmp_path / folder / _ID)
    return Assignment(tmp_path, _ID)


def found(project: Assignment, without: str = "") -> list[str]:
    """Return the slips, with one test for each task but `without`."""
    manifest = load(project.manifest)
    item: Any = None
    tests = [
        suite.Test(f"t::{task.id}", task.id, "T.", True, False, item)
        for task in manifest.tasks
        if task.id != without
    ]
    return slips(project, manifest, tests, load_mistakes(project.mistakes))


def test_the_assignment_has_none(project: Assignment) -> None:
    """Every function that is named exists, and every mistake takes what it is given."""
    assert found(project) == []


def test_a_task_without_a_test_is_named(project: Assignment) -> None:
    """Points that nobody can earn are an author's slip."""
    (only,) = found(project, without="sigmoid")
    assert only == "task 'sigmoid' has 8 points and no test: nobody can earn them"


def test_a_test_without_points_is_no_test_of_its_task(project: Assignment) -> None:
    """What only tells something earns nothing."""
    manifest = load(project.manifest)
    item: Any = None
    tests = [suite.Test("t", task.id, "T.", True, False, item) for task in manifest.tasks]
    tests = [dataclasses.replace(test, scored=test.task != "relu") for test in tests]
    assert any("'relu'" in one for one in slips(project, manifest, tests, []))


def test_a_function_that_does_not_exist_is_named(project: Assignment) -> None:
    """A misspelt function would silently never be lent."""
    text = project.manifest.read_text().replace(
        "_baseNetwork.sigmoid_dev", "_baseNetwork.sigmoid_dew"
    )
    project.manifest.write_text(text)
    said = found(project)
    assert any("sigmoid_dew; did you mean sigmoid_dev?" in one for one in said)


def test_a_mistake_with_other_parameters_is_named(project: Assignment) -> None:
    """It would raise in every test, be caught, and recognise nobody."""
    text = project.mistakes.read_text().replace(
        "def sigmoid_derivative_at_the_activation(original, self, x)",
        "def sigmoid_derivative_at_the_activation(original, x)",
    )
    project.mistakes.write_text(text)
    (only,) = found(project)
    assert "takes (original, x); it is called with (original, self, x)" in only
