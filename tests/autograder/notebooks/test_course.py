"""A real nbgrader course: set up, set up again, and graded by nbgrader itself."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.core.layout import Assignment
from autograder.notebooks.authored.build import as_bytes, from_bytes
from autograder.notebooks.kernel import kernelspec
from autograder.notebooks.nbgrader.course import (
    CONFIG,
    RECORD,
    NotebookError,
    SetUp,
    nbgrader,
    set_up,
)
from autograder.notebooks.nbgrader.gradebook import CellGrade, record, url_of

pytestmark = pytest.mark.slow  # real nbgrader


def edit(path: Path, old: str, new: str) -> None:
    """Replace `old`, which must be there, by `new`."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.fixture
def course(made: SetUp, tmp_path: Path) -> Path:
    """Return a copy of the course, which finds itself wherever it is."""
    return Path(shutil.copytree(made.folder, tmp_path / "course"))


def test_a_course_has_what_nbgrader_needs(made: SetUp) -> None:
    """Source, release, configuration and gradebook are there; solutions of files are not."""
    assert made.done == (
        "nbgrader_config.py: written, for the course course",
        made.done[1],
        "release/tiny: made by nbgrader generate_assignment",
        "gradebook: no submissions yet",
    )
    assert "files written" in made.done[1]
    source = made.folder / "source" / "tiny"
    assert "BEGIN SOLUTION" in (source / "tiny.ipynb").read_text()
    assert "raise NotImplementedError" in (source / "nets.py").read_text()
    assert (made.released.parent / "nets.py").is_file()
    assert json.loads((made.folder / RECORD).read_text())["tiny"]["students"] == [
        *("collect_submission.py",) * (source / "collect_submission.py").is_file(),
        *("conftest.py", "nets.py", "tiny.ipynb"),
    ]
    with Gradebook(url_of(made.folder / "gradebook.db")) as book:
        assert book.find_assignment("tiny").max_score == 15


def test_setting_up_again_changes_what_changed_and_keeps_grades(
    tiny: Assignment, course: Path
) -> None:
    """Nothing to do is said; a changed text is released; a person's grade stays."""
    again = set_up(tiny, course, isolated=True)
    assert again.done == (
        "nbgrader_config.py: kept as it is",
        "source/tiny: as before",
        "release/tiny: as before",
        "gradebook: no submissions yet",
    )
    url = url_of(course / "gradebook.db")
    record(url, "tiny", "tiny", "ada", [CellGrade("check_squash", 4.0), CellGrade("why_squash")])
    with Gradebook(url) as book:
        book.find_grade("why_squash", "tiny", "tiny", "ada").manual_score = 2.5
        book.db.commit()
    edit(tiny.notebook, "maps all numbers", "maps every number")
    edit(course / CONFIG, "c.CourseDirectory.root", "# my own line\nc.CourseDirectory.root")
    (tiny.solution / "more.py").write_text("MORE = 1\n")
    done = set_up(tiny, course, isolated=True).done
    assert done[1].startswith("source/tiny: 3 of ")  # the file, the notebook, the kit's facts
    assert done[2:] == (
        "release/tiny: made by nbgrader generate_assignment",
        "gradebook: 1 submissions and 1 manual grades kept",
    )
    assert "# my own line" in (course / CONFIG).read_text()
    assert "maps every number" in (course / "release" / "tiny" / "tiny.ipynb").read_text()
    with Gradebook(url) as book:
        assert book.find_submission("tiny", "ada").score == 6.5


def test_cells_that_were_graded_must_stay(tiny: Assignment, course: Path) -> None:
    """With submissions in the gradebook, other cells are refused before anything is touched."""
    record(url_of(course / "gradebook.db"), "tiny", "tiny", "ada", [CellGrade("check_squash", 4.0)])
    before = {
        path: path.read_bytes()
        for path in course.rglob("*")
        if path.suffix != ".db"
        if path.is_file()
    }
    edit(tiny.notebook, 'id="check_odd"', 'id="check_even"')
    with pytest.raises(NotebookError, match=r"\(new: check_even; gone: check_odd\)"):
        set_up(tiny, course)
    assert all(path.read_bytes() == content for path, content in before.items())


def test_a_bad_configuration_is_named(tiny: Assignment, tmp_path: Path) -> None:
    """A course's own configuration that cannot be read is one clear line."""
    (tmp_path / CONFIG).write_text("c = get_config(\n")
    with pytest.raises(NotebookError, match=r"nbgrader_config\.py: cannot be read \(SyntaxError"):
        set_up(tiny, tmp_path)


def test_plain_nbgrader_grades_in_such_a_course(course: Path) -> None:
    """nbgrader autograde runs the student's own files, and shows the mark scheme to who grades."""
    handed_in = course / "submitted" / "ada" / "tiny"
    shutil.copytree(course / "release" / "tiny", handed_in)
    (handed_in / "nets.py").write_text("def double(x):\n    return 2 * x\n")
    work = from_bytes((handed_in / "tiny.ipynb").read_bytes())
    for cell in work.cells:
        if cell.id == "squash":
            cell.source = "def squash(x):\n    return np.tanh(x)"
        elif cell.id == "width":
            cell.source = "width = double(2)"  # not enough
        elif cell.id == "why_squash":
            cell.source = "I think so."
    (handed_in / "tiny.ipynb").write_bytes(as_bytes(work))
    nbgrader(course, "autograde", "tiny", "--CourseDirectory.student_id=ada", isolated=True)
    shown = (course / "autograded" / "ada" / "tiny" / "tiny.ipynb").read_text()
    assert "Products of matrices are matrices" in shown
    with Gradebook(url_of(course / "gradebook.db")) as book:
        mine = book.find_submission_notebook("tiny", "tiny", "ada")
        scores = {grade.name: grade.auto_score for grade in mine.grades}
    assert scores == {
        "check_squash": 4,
        "check_odd": 2,
        "check_layer": 0,
        "why_squash": None,
        "what_else": 0,
    }


def test_pages_are_disarmed_with_and_without_a_confined_kernel(made: SetUp) -> None:
    """What students wrote is read in a browser, whatever kernel there is."""
    config = (made.folder / "nbgrader_config.py").read_text()
    assert kernelspec.page_lines() in config
    assert kernelspec.page_lines() in kernelspec.course_lines()
