"""Grades in the files that platforms import: their own exports, with the scores filled in."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from autograder.core.traces import traces
from autograder.core.visible import inert, visible
from autograder.core.way_back import without_way_back
from autograder.course.folder import CourseError
from autograder.course.roster import spelt

_CANVAS = ("student", "id", "sis user id", "sis login id", "section")
_ASSIGNMENT = re.compile(r"\(\d+\)\s*\Z")  # Canvas writes an assignment's number behind its title
_NUMBER = re.compile(r"\d+")


@dataclass
class Filled:
    """A file to import, and what a person should know of it."""

    text: str = ""
    count: int = 0  # students whose score is in it
    missing: list[str] = field(default_factory=list)  # in the class, and not in the platform's file
    empty: list[str] = field(default_factory=list)  # in the platform's file, without a score here


def read_grades(folder: Path) -> list[dict[str, str]]:
    """Return the rows of a class's `grades.csv`; raises CourseError."""
    place = folder / "grades.csv"
    try:
        rows = list(csv.DictReader(io.StringIO(place.read_text(encoding="utf-8-sig"))))
    except (OSError, UnicodeError, csv.Error) as error:
        raise CourseError(f"{place}: cannot be read ({error}); grade first") from None
    if not rows or "submission" not in rows[0] or "score" not in rows[0]:
        raise CourseError(f"{place}: is no table that `grade` wrote")
    return rows


def canvas(
    gradebook: Path, grades: Sequence[Mapping[str, str]], title: str = "", out_of: str = ""
) -> Filled:
    """Return Canvas' exported gradebook with the scores of one assignment, and no other column.

    Who is excused gets EX; who has no score here is left out, so that nothing is overwritten.
    `out_of` scales the points. Raises CourseError where the file is no gradebook of Canvas', or the
    assignment's column is not clear.
    """
    heading, rows = _table(gradebook)
    names = [cell.strip().lower() for cell in heading]
    lacking = [name for name in _CANVAS if name not in names]
    if lacking:
        raise CourseError(
            f"{gradebook}: has no column {lacking[0]}; export the gradebook from Canvas"
        )
    places = [names.index(name) for name in _CANVAS]
    column = _assignment(gradebook, heading, title)
    known = _Grades(grades, out_of)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([heading[place] for place in (*places, column)])
    found = Filled()
    for row in rows:
        cells = [row[place] if place < len(row) else "" for place in (*places, column)]
        if cells[0].strip().lower().startswith("points possible") or not any(cells[1:4]):
            writer.writerow(cells)
            continue
        mine = known.of(id=cells[2], login=cells[3], name=_in_order(cells[0]), platform=cells[1])
        if mine is None or not mine.text:
            found.empty.append(visible(cells[0]))
            continue
        writer.writerow([inert(cells[0]), *cells[1:5], mine.text])
        found.count += 1
    found.text, found.missing = out.getvalue(), known.left()
    return found


def moodle(
    worksheet: Path, grades: Sequence[Mapping[str, str]], out_of: str = ""
) -> tuple[Filled, dict[str, str]]:
    """Return Moodle's grading worksheet with the scores, all else as it was.

    The second value maps submissions to the folder that Moodle expects feedback files in. Raises
    CourseError where the file is no worksheet.
    """
    heading, rows = _table(worksheet)
    names = [cell.strip().lower() for cell in heading]
    if "identifier" not in names or "grade" not in names:
        raise CourseError(
            f"{worksheet}: has no columns Identifier and Grade; download the grading worksheet"
        )
    known = _Grades(grades, out_of)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heading)
    found, folders = Filled(), {}

    def cell(row: list[str], name: str) -> str:
        place = names.index(name) if name in names else len(row)
        return row[place] if place < len(row) else ""

    for row in rows:
        number = _NUMBER.search(cell(row, "identifier"))
        mine = known.of(
            id=cell(row, "id number"),
            email=cell(row, "email address"),
            login=cell(row, "username"),
            name=cell(row, "full name"),
            platform=number[0] if number else "",
        )
        if mine is not None and mine.submission and number:
            name = cell(row, "full name").replace("/", " ")
            folders[f"{name}_{number[0]}_assignsubmission_file_"] = mine.submission
        if mine is None or not mine.text or mine.text == "EX":
            found.empty.append(visible(cell(row, "full name") or cell(row, "identifier")))
        else:
            row[names.index("grade")] = mine.text
            found.count += 1
        writer.writerow([inert(value) for value in row])
    found.text, found.missing = out.getvalue(), known.left()
    return found, folders


def plain(grades: Sequence[Mapping[str, str]], out_of: str = "") -> Filled:
    """Return who and how much, and nothing else: for a gradebook that reads any table."""
    known = _Grades(grades, out_of)
    columns = [name for name in _IDENTITY if any(row.get(name) for row in grades)]
    columns = columns or ["submission"]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*columns, "score"])
    found = Filled()
    for row in grades:
        mine = known.scaled(row)
        writer.writerow([*(inert(row.get(name, "")) for name in columns), mine])
        found.count += bool(mine)
    found.text = out.getvalue()
    return found


def feedback(folder: Path, folders: Mapping[str, str]) -> bytes:
    """Return a zip with each student's report; `folders` tell whose submission goes into each."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, submission in sorted(folders.items()):
            report = folder / submission / "report.html"
            if report.is_file():
                archive.writestr(f"{name}/report.html", without_way_back(report.read_bytes()))
    return stream.getvalue()


def by_student(grades: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return a folder for each student, and the submission whose report goes into it.

    All members of a group have one of their own.
    """
    found: dict[str, str] = {}
    for row in grades:
        submission = row["submission"].removeprefix("'")
        if submission:
            marks = (row.get(part, "") for part in ("login", "student_id", "email", "name"))
            key = next(filter(None, marks), submission).removeprefix("'")
            found[re.sub(r'[/\\<>:"|?*\x00-\x1f]|^\.+', "_", key)] = submission
    return found


_IDENTITY = ("student_id", "login", "email", "name", "section", "group")


@dataclass(frozen=True)
class _Mine:
    submission: str
    text: str  # the score as it is written down, EX for excused, "" for none


class _Grades:
    """Finds a student's row by whatever the platform's file says of them."""

    def __init__(self, grades: Sequence[Mapping[str, str]], out_of: str) -> None:
        self._rows, self._used = grades, set[int]()
        self._scale = Fraction(out_of) if out_of else None
        self._index: dict[tuple[str, str], list[int]] = {}
        for number, row in enumerate(grades):
            marks = {
                "id": row.get("student_id", ""),
                "login": row.get("login", ""),
                "email": row.get("email", ""),
                "name": spelt(row.get("name", "") or ""),
                "platform": _platform(row["submission"]),
            }
            for kind, value in marks.items():
                if value:
                    self._index.setdefault((kind, value.casefold()), []).append(number)

    def of(self, **marks: str) -> _Mine | None:
        """Return the one row that the first telling mark names; None where none or several do."""
        for kind in ("id", "login", "email", "platform", "name"):
            value = marks.get(kind, "").strip()
            value = spelt(value) if kind == "name" else value.casefold()
            found = self._index.get((kind, value), []) if value else []
            if len(found) == 1:
                self._used.add(found[0])
                row = self._rows[found[0]]
                return _Mine(row["submission"].removeprefix("'"), self.scaled(row))
        return None

    def scaled(self, row: Mapping[str, str]) -> str:
        """Return a row's score, out of what was asked for."""
        if row.get("status") == "excused":
            return "EX"
        if not row["score"] or self._scale is None:
            return row["score"]
        most = Fraction(row["max_score"]) or Fraction(1)
        value = Fraction(row["score"]) * self._scale / most
        return f"{float(value):.2f}".rstrip("0").rstrip(".")

    def left(self) -> list[str]:
        """Return who has a score and was not in the platform's file."""
        return [
            visible(row.get("name") or row.get("login") or row["submission"])
            for number, row in enumerate(self._rows)
            if number not in self._used and row["score"]
        ]


def _platform(submission: str) -> str:
    return traces(submission.removeprefix("'")).user


def _in_order(name: str) -> str:
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma else name


def _table(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    except (OSError, UnicodeError, csv.Error) as error:
        raise CourseError(
            f"{path}: cannot be read ({error}); it should be a CSV in UTF-8"
        ) from None
    if not rows:
        raise CourseError(f"{path}: is empty")
    return rows[0], [row for row in rows[1:] if any(cell.strip() for cell in row)]


def _assignment(path: Path, heading: Iterable[str], title: str) -> int:
    """Return the column of the assignment that `title` means, or of the only one."""
    columns = {place: name for place, name in enumerate(heading) if _ASSIGNMENT.search(name)}
    if not columns:
        raise CourseError(f"{path}: has no assignment's column, such as Homework 1 (1234)")
    wanted = {place: name for place, name in columns.items() if title.lower() in name.lower()}
    exact = {place: name for place, name in wanted.items() if name.strip() == title.strip()}
    wanted = exact or wanted
    if len(wanted) == 1:
        return next(iter(wanted))
    names = "; ".join(columns.values())
    which = "no assignment has" if not wanted else "several assignments have"
    raise CourseError(
        f"{path}: {which} '{visible(title)}' in the title; --title is one of: {names}"
    )
