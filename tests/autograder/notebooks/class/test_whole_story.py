"""A class in a real nbgrader course: released, handed in, graded, read by a person, exported."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from students import (
    GRABBED,
    NAME,
    PLANTED,
    SCRIPT,
    STOLEN,
    cell_of,
    project,
    solved,
    students,
    write,
)

from autograder.core.layout import Assignment, find_root
from autograder.core.rubric import load as load_rubric
from autograder.core.rubric import sheet
from autograder.notebooks.authored.build import from_bytes
from autograder.notebooks.nbgrader.course import nbgrader, set_up
from autograder.notebooks.nbgrader.gradebook import url_of
from autograder.sandbox import tiers

pytestmark = [pytest.mark.bubblewrap, pytest.mark.slow]

HOSTILE = ("drops_asserts", "leaves_startup", "reads_master", "writes_gradebook")
UNHARMED = ("correct", "doubled", "hang", "no_check", "script", "stripped")
BY_HAND = {"softmax_derivation": 2.5, "xor_proof": 4.0}


@dataclass
class Course:
    """A course directory, the project it was made from, and the home of who grades."""

    folder: Path
    assignment: Assignment
    home: Path

    @property
    def reports(self) -> Path:
        """Where our reports go."""
        return self.folder.parent / "reports"

    def grade(self, *names: str, options: tuple[str, ...] = ()) -> None:
        """Grade the submissions `names`, all by default, as a person would."""
        submitted = self.folder / "submitted"
        command = [sys.executable, "-m", "autograder", "grade", NAME]
        command += [str(submitted / name) for name in names] or [str(submitted)]
        command += ["-o", str(self.reports), "--course", str(self.folder), "--quick", *options]
        environment = os.environ | {"HOME": str(self.home)}
        done = subprocess.run(
            command, cwd=self.assignment.root, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "not entered" not in done.stderr

    def executed(self, name: str) -> NotebookNode:
        """Return what formgrader shows of a student's notebook."""
        path = self.folder / "autograded" / name / NAME / f"{NAME}.ipynb"
        return from_bytes(path.read_bytes())

    def results(self, name: str) -> dict[str, object]:
        """Return our own results of a submission."""
        found: dict[str, object] = json.loads((self.reports / name / "results.json").read_text())
        return found


def shown(cell: NotebookNode) -> str:
    """Return what a cell printed, and the names of the errors it ended with."""
    return "".join(out.get("text") or out.get("ename") or "" for out in cell.outputs)


def auto_scores(course: Course) -> Mapping[str, float]:
    with Gradebook(url_of(course.folder / "gradebook.db")) as book:
        assert all(
            grade.extra_credit != GRABBED
            for one in book.assignment_submissions(NAME)
            for grade in one.notebooks[0].grades
        )
        return {
            one.student.id: sum(grade.auto_score or 0 for grade in one.notebooks[0].grades)
            for one in book.assignment_submissions(NAME)
        }


def give(course: Course, student: str, marks: Mapping[str, float]) -> None:
    """Grade written questions in the gradebook, as formgrader does."""
    with Gradebook(url_of(course.folder / "gradebook.db")) as book:
        for cell, score in marks.items():
            grade = book.find_grade(cell, NAME, NAME, student)
            grade.manual_score, grade.needs_manual_grade = score, False
        book.find_comment("xor_proof", NAME, NAME, student).manual_comment = "Say why b < 0."
        book.db.commit()


def by_hand(course: Course, student: str) -> dict[str, float]:
    with Gradebook(url_of(course.folder / "gradebook.db")) as book:
        grades = book.find_submission_notebook(NAME, NAME, student).grades
        return {one.name: one.manual_score for one in grades if one.manual_score is not None}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course with the submissions of all students, not graded yet."""
    if tiers.probe().level is not tiers.Level.A:
        pytest.skip("needs bubblewrap and user namespaces")
    root = tmp_path_factory.mktemp("story").resolve()
    assignment = project(find_root(Path(__file__).parent), root / "project")
    made = set_up(assignment, root / "course", isolated=True)
    released = from_bytes(made.released.read_bytes())
    for name, files in students(assignment, released, made.folder).items():
        write(made.folder / "submitted" / name / NAME, files)
    (root / "home").mkdir()
    return Course(made.folder, assignment, root / "home")


def test_the_whole_story(course: Course) -> None:
    """Who gets what; what a person gives stays; CSV and formgrader come to the same."""
    course.grade()
    scores = auto_scores(course)
    full = scores["correct"]
    assert {name: scores[name] for name in UNHARMED} == dict.fromkeys(UNHARMED, full)
    assert {name: scores[name] for name in HOSTILE} == dict.fromkeys(HOSTILE, 0)
    assert scores["skeleton"] == 0 and full - 8 <= scores["mistakes"] <= full - 4
    _nothing_got_through(course)
    _a_hang_costs_its_cell(course)
    _feedback_gives_nothing_away(course)

    give(course, "mistakes", BY_HAND)
    path = course.folder / "submitted" / "mistakes" / NAME / "models" / "_base_network.py"
    path.write_bytes((course.assignment.solution / "models" / "_base_network.py").read_bytes())
    marks = _sheet(course, "no_check", BY_HAND)
    course.grade("mistakes")
    course.grade("no_check", options=("--rubric", str(marks)))
    assert by_hand(course, "mistakes") == by_hand(course, "no_check") == BY_HAND
    again = auto_scores(course)
    assert scores["mistakes"] < again["mistakes"] < full and again["no_check"] == full
    assert "Say why b" in (course.folder / "feedback/mistakes" / NAME / f"{NAME}.html").read_text()
    ours = {name: course.results(name) for name in ("mistakes", "no_check")}
    assert ours["mistakes"]["score"] == again["mistakes"] + sum(BY_HAND.values())
    assert ours["no_check"]["score"] == full + sum(BY_HAND.values())

    nbgrader(course.folder, "export", "--to", "grades.csv", isolated=True)
    with (course.folder / "grades.csv").open(newline="") as file:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    by_person = {name: sum(BY_HAND.values()) for name in ours}
    assert exported == {name: again[name] + by_person.get(name, 0) for name in again}


def _nothing_got_through(course: Course) -> None:
    for name in HOSTILE:
        assert not any(
            STOLEN in shown(cell) for cell in course.executed(name).cells if "outputs" in cell
        )
    assert not any(course.home.rglob(PLANTED))
    assert not any(SCRIPT in cell.source for cell in course.executed("script").cells)


def _a_hang_costs_its_cell(course: Course) -> None:
    node = course.executed("hang")
    assert "Stopped" in shown(cell_of(node, "rates"))
    last = next(cell for cell in node.cells if "test_accuracy" in cell.source)
    assert "test 0." in shown(last)
    whole = course.executed("stripped")
    assert "Stopped" not in "".join(shown(cell) for cell in whole.cells if "outputs" in cell)
    assert (
        cell_of(whole, "rates").source
        == cell_of(solved(course.assignment, from_bytes(_release(course))), "rates").source
    )


def _release(course: Course) -> bytes:
    return (course.folder / "release" / NAME / f"{NAME}.ipynb").read_bytes()


def _feedback_gives_nothing_away(course: Course) -> None:
    hidden = "measured = np.asarray(near) / 1e-2"  # of check_sigmoid
    assert hidden in (course.folder / "source" / NAME / f"{NAME}.ipynb").read_text()
    for name in ("correct", "mistakes", "skeleton"):
        page = (course.folder / "feedback" / name / NAME / f"{NAME}.html").read_text()
        assert "Softmax" in page and hidden not in page
        assert not any(hidden in cell.source for cell in course.executed(name).cells)


def _sheet(course: Course, name: str, marks: Mapping[str, float]) -> Path:
    """Fill in the rubric's sheet for one student."""
    rows = list(csv.reader(sheet(load_rubric(course.assignment.rubric), [name]).splitlines()))
    for item, score in marks.items():
        rows[-1][rows[0].index(item)] = str(score)
    path = course.folder.parent / "marks.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path
