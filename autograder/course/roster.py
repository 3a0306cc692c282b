"""Who is in the course: a list of one's own, or what Canvas, Moodle and Gradescope export."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.core.visible import visible
from autograder.course.folder import CourseError

# field -> headings that mean it, in small letters
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "id": (
        *("student id", "student_id", "sid", "id number", "sis user id", "matriculation number"),
        *("student number", "id"),
    ),
    "login": (
        "login",
        "sis login id",
        "username",
        "user name",
        "netid",
        "github",
        "github_username",
    ),
    "email": ("email", "e-mail", "email address", "e-mail address", "mail"),
    "name": ("name", "full name", "student", "student name"),
    "first": ("first name", "first_name", "given name", "firstname"),
    "last": ("last name", "last_name", "surname", "family name", "lastname"),
    "section": ("section", "sections", "section_name"),
    "group": ("group", "team", "groups", "group name"),
    "late_days": ("late days", "late_days"),
    "platform": ("canvas id", "canvas_id", "identifier", "user_id", "user id"),
}
_STUDENT = re.compile(r"student|learner|\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Student:
    """One person in the course; "" for what the list does not say."""

    id: str = ""
    login: str = ""
    email: str = ""
    name: str = ""
    section: str = ""
    group: str = ""
    platform: str = ""  # the number that Canvas or Moodle has given
    late_days: str = ""  # how many this student may use; "" for as many as the others

    @property
    def key(self) -> str:
        """Return what this student is called in the class's tables."""
        return self.login or self.id or self.email or self.name


def read_roster(path: Path) -> list[Student]:
    """Return the students in `path`, a CSV, in its order; raises CourseError with the line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise CourseError(
            f"{path}: cannot be read ({error}); it should be a CSV in UTF-8"
        ) from None
    try:
        dialect: type[csv.Dialect] | str = csv.Sniffer().sniff(text[:4096], ",;\t")
    except csv.Error:
        dialect = "excel"
    rows = list(csv.reader(io.StringIO(text), dialect))
    if not rows:
        raise CourseError(f"{path}: is empty; a heading and a line for each student are needed")
    columns = _columns([cell.strip().lower() for cell in rows[0]])
    if not columns.keys() & {"id", "login", "email", "name", "last"}:
        raise CourseError(
            f"{path}: line 1 names no column such as student id, login, email or name"
        )
    heading = [cell.strip().lower() for cell in rows[0]]
    roles = heading.index("role") if "role" in heading else None
    students: list[Student] = []
    seen: dict[tuple[str, str], int] = {}
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        if roles is not None and len(row) > roles and not _STUDENT.match(row[roles].strip()):
            continue  # instructors and assistants are in Gradescope's list too
        student = _student(row, columns)
        if not student.key or student.name.lower().startswith("points possible"):
            continue  # the second line of Canvas' gradebook
        for field in ("id", "login", "email", "platform"):
            value = getattr(student, field).lower()
            if value and seen.setdefault((field, value), number) != number:
                raise CourseError(
                    f"{path}: line {number} has the {field} '{visible(value)}' of line "
                    f"{seen[field, value]}; one student, one line"
                )
        if student.late_days and not re.fullmatch("[0-9]{1,3}", student.late_days):
            raise CourseError(
                f"{path}: line {number} has '{visible(student.late_days)}' late days; a whole "
                "number is needed"
            )
        students.append(student)
    if not students:
        raise CourseError(f"{path}: names no student below its heading")
    return students


def _columns(heading: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    names = list(heading)
    canvas = "sis user id" in names  # there `id` is Canvas' own number
    for place, name in enumerate(names):
        for field, headings in _HEADINGS.items():
            if canvas and name == "id":
                field, headings = "platform", ("id",)
            if name in headings and field not in found:
                found[field] = place
                break
    return found


def _student(row: list[str], columns: Mapping[str, int]) -> Student:
    def cell(field: str) -> str:
        place = columns.get(field, len(row))
        return row[place].strip() if place < len(row) else ""

    name = cell("name") or " ".join(filter(None, (cell("first"), cell("last"))))
    last, comma, first = name.partition(",")
    if comma:  # Canvas: "Lovelace, Ada"
        name = f"{first.strip()} {last.strip()}".strip()
    platform = re.sub(r"\D", "", cell("platform"))  # Moodle: "Participant 12345"
    return Student(
        id=cell("id"),
        login=cell("login"),
        email=cell("email"),
        name=name,
        section=cell("section"),
        group=cell("group"),
        platform=platform,
        late_days=cell("late_days"),
    )


def plain(name: str) -> str:
    """Return a name without accents, apostrophes and case."""
    apart = unicodedata.normalize("NFKD", name)
    letters = "".join(one for one in apart if not unicodedata.combining(one)).casefold()
    return re.sub("['’ʼ`]", "", letters)


def spelt(name: str) -> str:
    """Return a name as `plain`, without punctuation and order of its parts."""
    return " ".join(sorted(re.findall(r"[^\W_]+", plain(name))))
