"""What reports say goes into the gradebook, student by student."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from autograder.core.layout import Assignment
from autograder.core.records import Submission
from autograder.notebooks.authored.build import as_bytes, from_bytes, master
from autograder.notebooks.nbgrader.course import SetUp
from autograder.notebooks.nbgrader.recording import Course
from autograder.notebooks.submitted.handed_in import Notebook

pytestmark = pytest.mark.slow  # grades whole classes

TINY = ("tiny", "tiny")  # notebook and assignment


@pytest.fixture
def course(made: SetUp, tiny: Assignment, tmp_path: Path) -> Course:
    """A course of its own for one test."""
    return Course(Path(shutil.copytree(made.folder, tmp_path / "course")), tiny)


def report(folder: Path, squash: float | None, submitted_at: str | None = None) -> None:
    """Write what grading writes: 6 points for squash, 3 for layer, of which all were earned."""
    tasks: dict[str, Any] = {
        "squash": {"title": "Squashing functions", "score": squash, "max_score": 6.0},
        "layer": {"title": "A linear layer", "score": 3.0, "max_score": 3.0},
    }
    score = (squash or 0.0) + 3.0
    extra = {
        "outcome": "graded",
        "submitted_at": submitted_at,
        "tasks": tasks,
        "mistakes": [{"id": "odd", "task": "squash", "hint": "It is not odd.", "tests": ["t"]}],
        "raw_score": score,
        "written": [],
    }
    folder.mkdir(parents=True)
    (folder / "results.json").write_text(json.dumps({"score": score, "extra_data": extra}))
    (folder / "report.html").write_text("<p>the report</p>")
    (folder / "notebook.ipynb").write_text("{}")


def scores(course: Course, student: str) -> dict[str, float | None]:
    with Gradebook(course.url) as book:
        grades = book.find_submission_notebook("tiny", "tiny", student).grades
        return {grade.name: grade.auto_score for grade in grades}


def test_a_task_is_shared_among_its_checks(course: Course, tmp_path: Path) -> None:
    """Half of squash is half of each of its checks; the comment says it is about the checks."""
    report(tmp_path / "reports" / "ada", 3.0)
    assert course.record(tmp_path / "reports", ["ada"]) == []
    found = scores(course, "ada")
    assert (found["check_squash"], found["check_odd"], found["check_layer"]) == (2.0, 1.0, 3.0)
    with Gradebook(course.url) as book:
        comment = book.find_comment("squash", "tiny", "tiny", "ada").auto_comment
    assert comment == ("From the checks:\n\nSquashing functions: 3 of 6 points. It is not odd.")
    assert (course.folder / "feedback/ada/tiny/tiny.html").read_text() == "<p>the report</p>"
    assert (course.folder / "autograded/ada/tiny/tiny.ipynb").read_text() == "{}"


def test_what_was_not_measured_is_no_zero(course: Course, tmp_path: Path) -> None:
    """A task without a score leaves its checks without one."""
    report(tmp_path / "reports" / "ada", None)
    assert course.record(tmp_path / "reports", ["ada"]) == []
    assert scores(course, "ada")["check_squash"] is None


def test_a_blank_answer_waits_for_nobody(course: Course, tmp_path: Path) -> None:
    """An untouched written cell has 0 with a word about it, as with nbgrader; others wait."""
    released = from_bytes((course.folder / "release/tiny/tiny.ipynb").read_bytes())
    written = copy.deepcopy(released)
    next(cell for cell in written.cells if cell.id == "why_squash").source = "It was asked."
    notebook = Notebook("tiny", released, released)
    for name, files in {"ada": {"tiny.ipynb": as_bytes(written)}, "blaise": {}}.items():
        report(tmp_path / "reports" / name, 6.0)
        node, _ = notebook.of(Submission(name, files, digest=""))
        (tmp_path / "reports" / name / "notebook.ipynb").write_bytes(as_bytes(node))
    assert course.record(tmp_path / "reports", ["ada", "blaise"]) == []
    with Gradebook(course.url) as book:
        grades = {one.name: one for one in book.find_submission_notebook(*TINY, "ada").grades}
        assert (grades["what_else"].auto_score, grades["what_else"].needs_manual_grade) == (
            0,
            False,
        )
        assert grades["why_squash"].auto_score is None and grades["why_squash"].needs_manual_grade
        comment = book.find_comment("what_else", *TINY, "ada").auto_comment
    assert comment == "The cell was left blank."
    assert scores(course, "blaise")["what_else"] is None  # it may have come on paper
    marks = {mark.item: (mark.score, mark.comment) for mark in course.marks()["ada"]}
    assert marks == {"why_squash": (None, ""), "what_else": (0, "The cell was left blank.")}


def test_one_bad_report_leaves_the_others_alone(course: Course, tmp_path: Path) -> None:
    """More points than there are, or no report: one line each, and the class goes on."""
    report(tmp_path / "reports" / "ada", 60.0)
    report(tmp_path / "reports" / "carl", 6.0)
    lines = course.record(tmp_path / "reports", ["ada", "blaise", "carl"])
    assert [line.split(":")[0] for line in lines] == ["ada", "blaise"]
    assert scores(course, "carl")["check_squash"] == 4


def test_formgrader_takes_it_for_graded(course: Course, tmp_path: Path) -> None:
    """The gradebook's time is that of nbgrader's own file, and none where there is none."""
    from nbgrader.apps.api import NbGraderAPI
    from traitlets.config.loader import PyFileConfigLoader

    for name, text in {"ada": "2026-01-28 12:00:00 UTC", "blaise": None}.items():
        report(tmp_path / "reports" / name, 6.0, "2026-01-29T08:00:00+00:00")
        folder = course.folder / "submitted" / name / "tiny"
        folder.mkdir(parents=True)
        (folder / "tiny.ipynb").write_text("{}")
        if text is not None:
            (folder / "timestamp.txt").write_text(text)
    assert course.record(tmp_path / "reports", ["ada", "blaise"]) == []
    loader = PyFileConfigLoader("nbgrader_config.py", path=str(course.folder))
    graded = NbGraderAPI(config=loader.load_config()).get_autograded_students("tiny")
    assert graded == {"ada", "blaise"}


def test_a_person_sees_what_earns_points_and_no_hidden_test(tiny: Assignment, made: SetUp) -> None:
    """The author's text comes back beside the questions; of code nothing does."""
    released = from_bytes(made.released.read_bytes())
    shown = Notebook("tiny", master(tiny), released).for_a_person(released)
    text = "\n".join(cell.source for cell in shown.cells)
    assert "Products of matrices are matrices" in text
    assert "hidden argument" not in text and "of the staff" not in text
    assert "Products of matrices" not in "\n".join(cell.source for cell in released.cells)
