"""Finding the project and its assignments."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.core.layout import LayoutError, find_assignment, find_root, list_assignments


def test_the_root_is_found_from_any_folder_below(project: Path) -> None:
    """Commands work in every folder of the project."""
    assert find_root(project / "tests" / "tiny" / "public") == project.resolve()


def test_outside_a_project_the_error_says_where_to_go(tmp_path: Path) -> None:
    """Without a project on the way up, the message names the folders to look for."""
    with pytest.raises(LayoutError, match="assignments, autograder, solutions"):
        find_root(tmp_path)


def test_a_misspelt_assignment_gets_a_suggestion(project: Path) -> None:
    """The nearest name is offered."""
    assert [one.id for one in list_assignments(project)] == ["tiny"]
    with pytest.raises(LayoutError, match="did you mean tiny"):
        find_assignment("Tinny", project)


def test_every_place_of_an_assignment_is_where_the_files_are(project: Path) -> None:
    """Manifest, handout, solution, suites and mistakes are found."""
    place = find_assignment("tiny", project)
    for path in (
        place.manifest,
        place.handout,
        place.solution,
        place.public_tests,
        place.hidden_tests,
        place.mistakes,
    ):
        assert path.exists(), path
