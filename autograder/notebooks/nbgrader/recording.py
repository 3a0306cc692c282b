"""From a graded class into an nbgrader course: scores, comments, notebooks to look at, feedback."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.core.files import write_bytes
from autograder.core.layout import Assignment
from autograder.core.records import Mark
from autograder.core.way_back import without_way_back
from autograder.notebooks.authored.build import written_items
from autograder.notebooks.authored.source import Cell, NotebookError, read
from autograder.notebooks.nbgrader import gradebook
from autograder.notebooks.nbgrader.course import directory
from autograder.notebooks.nbgrader.gradebook import BLANK, CellGrade
from autograder.notebooks.submitted import handed_in

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory

_log = logging.getLogger(__name__)
EXECUTED = "notebook.ipynb"  # beside a report: the notebook as a person looks at it
_HEADING = "From the checks:"  # the comment may stand below another question
_MAX_COMMENT = 2000


@dataclass(frozen=True)
class Course:
    """An nbgrader course directory, and the assignment in it."""

    folder: Path
    assignment: Assignment

    @cached_property
    def _places(self) -> CourseDirectory:
        return directory(self.folder)

    @property
    def url(self) -> str:
        """The address of its gradebook."""
        return str(self._places.db_url)

    def _place(self, step: str, student: str) -> Path:
        """Return a student's folder in `step`: "submitted", "autograded" or "feedback"."""
        name = getattr(self._places, f"{step}_directory")
        return Path(self._places.format_path(name, student, self.assignment.id)).resolve()

    def check(self) -> None:
        """Raise NotebookError where the course is not set up."""
        if not gradebook.exists(self.url):
            raise NotebookError(
                f"{self.folder}: is no nbgrader course yet; run: "
                f"autograder notebook {self.assignment.id} --course {self.folder}"
            )

    def marks(self) -> dict[str, tuple[Mark, ...]]:
        """Return what a person gave in formgrader, by student; raises NotebookError."""
        name = self.assignment.id
        return gradebook.manual_scores(self.url, name, name, written_items(self.assignment))

    def record(self, reports: Path, names: list[str]) -> list[str]:
        """Enter what `reports` say about the submissions `names`; one line about each trouble.

        Scores of checks, policy's deductions as nbgrader's late penalty, comments, the executed
        notebook for formgrader, and the report as the student's feedback. What a person gave
        stays. Raises NotebookError where there is no course.
        """
        self.check()
        cells = read(self.assignment.notebook)
        troubles = []
        for name in names:
            try:
                self._record_one(reports / name, name, cells)
            except NotebookError as error:
                troubles.append(f"{name}: not entered ({error})")
            except (OSError, ValueError, KeyError, TypeError) as error:
                troubles.append(f"{name}: not entered ({type(error).__name__}: {error})")
        _log.info("%d submissions entered in %s", len(names) - len(troubles), self.folder)
        return troubles

    def _record_one(self, report: Path, name: str, cells: tuple[Cell, ...]) -> None:
        found = json.loads((report / "results.json").read_text(encoding="utf-8"))
        extra = found["extra_data"]
        if extra["outcome"] == "not graded":
            return
        assignment = self.assignment.id
        executed = report / EXECUTED
        rows = _rows(cells, extra, found, _blank(executed))
        gradebook.record(
            self.url,
            assignment,
            assignment,
            name,
            rows,
            penalty=_penalty(extra, found, rows),
            submitted_at=self._submitted_at(name, extra["submitted_at"]),
        )
        if executed.is_file():
            target = self._place("autograded", name) / f"{assignment}.ipynb"
            target.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(target, executed.read_bytes())
        feedback = self._place("feedback", name)
        feedback.mkdir(parents=True, exist_ok=True)
        page = without_way_back((report / "report.html").read_bytes())
        write_bytes(feedback / f"{assignment}.html", page)

    def _submitted_at(self, name: str, told: str | None) -> datetime | None:
        """Return the time for the gradebook: nbgrader's own where it collected the work.

        Formgrader takes a submission for graded where the gradebook's time is that of the file
        `timestamp.txt`, so that one without the file has no time in the gradebook either. The file
        may be a student's: nothing is decided by it.
        """
        collected = self._place("submitted", name)
        if not collected.is_dir():
            return datetime.fromisoformat(told) if told else None
        from nbgrader.utils import parse_utc

        path = collected / "timestamp.txt"
        try:
            with path.open(encoding="utf-8") as file:
                time: datetime = parse_utc(file.read(100).strip())
            return time.replace(tzinfo=UTC)
        except (OSError, ValueError, OverflowError):
            return None

    def give(self, marks: dict[str, tuple[Mark, ...]]) -> list[str]:
        """Enter the marks of a rubric sheet as a person's grades; a line for each replaced one."""
        items = written_items(self.assignment)
        name = self.assignment.id
        lines: list[str] = []
        for student, given in marks.items():
            lines += gradebook.give(self.url, name, name, student, given, items)
        return lines


def _blank(executed: Path) -> set[str]:
    """Return the cells of a notebook of ours that nobody worked on; they need no person.

    Empty where no notebook was handed in: the answers may have come on paper.
    """
    if not executed.is_file():
        return set()
    found = json.loads(executed.read_text(encoding="utf-8"))
    return set(found.get("metadata", {}).get(handed_in.BLANK, ()))


def _rows(
    cells: tuple[Cell, ...], extra: dict[str, Any], found: dict[str, Any], blank: set[str]
) -> list[CellGrade]:
    """Return a row for each check and each cell that can carry a comment.

    A check has its share of what its task earned in the whole suite: hidden tests count too.
    Written cells among `blank` have 0 points, which a person may change; the others have none yet.
    """
    tasks = extra["tasks"]
    declared: dict[str, float] = {}
    for cell in cells:
        if cell.kind == "check" and cell.points is not None:
            declared[cell.task] = declared.get(cell.task, 0.0) + cell.points
    rows, said = [], _said(found)
    comments: dict[str, list[str]] = {}
    place = next((cell.id for cell in cells if cell.kind in ("answer", "written")), "")
    for cell in cells:
        if cell.kind in ("answer", "written"):
            place = cell.id
            comments.setdefault(place, [])
        elif cell.kind == "check":
            task = tasks.get(cell.task)
            if task is None or task["score"] is None:  # not measured at this level: no zero
                continue
            most = float(task["max_score"])
            share = float(task["score"]) / most if most else 0.0
            points = cell.points
            if points is None:
                points = most - declared.get(cell.task, 0.0)
            rows.append(CellGrade(cell.id, round(points * share, 6)))
            if share < 1 and cell.task in said and place:
                comments.setdefault(place, []).append(said.pop(cell.task))  # once for all checks
    left = {cell.id for cell in cells if cell.kind == "written"} & blank
    for name, lines in comments.items():
        words = [BLANK] * (name in left) + [_comment(lines)] * bool(lines)
        rows.append(CellGrade(name, 0.0 if name in left else None, "\n\n".join(words)))
    return rows


def _comment(lines: list[str]) -> str:
    """Return what stands with a cell about checks that are not next to it."""
    return "\n\n".join([_HEADING, *lines])[:_MAX_COMMENT]


def _said(found: dict[str, Any]) -> dict[str, str]:
    """Return what the report says about each task that lost points: title, then hints."""
    hints: dict[str, list[str]] = {}
    for one in found["extra_data"]["mistakes"]:
        hints.setdefault(one["task"], []).append(one["hint"])
    lines = {}
    for name, task in found["extra_data"]["tasks"].items():
        if task["score"] is not None and task["score"] < task["max_score"]:
            reached = f"{task['title']}: {task['score']:g} of {task['max_score']:g} points."
            lines[name] = " ".join([reached, *hints.get(name, [])])
    return lines


def _penalty(extra: dict[str, Any], found: dict[str, Any], rows: list[CellGrade]) -> float:
    """Return what lateness and the other rules cost, in points of the notebook.

    They cost a share of the whole score, of which the notebook's checks may be a part.
    """
    written = sum(one["score"] or 0 for one in extra["written"])
    raw = float(extra["raw_score"])
    lost = max(raw - (float(found["score"]) - written), 0.0)
    mine = sum(row.score or 0.0 for row in rows)
    return round(mine * lost / raw, 6) if raw else 0.0
