"""A course of 120 from a platform's download to its gradebook, every number checked by itself.

Run by hand, about six minutes for each platform:

    python tests/benchmarks/course_of_120.py [canvas moodle gradescope github nbgrader] [--size 120]

The class has names with accents, CJK and apostrophes, groups where the platform knows them, late
ones, two with extensions, one who is excused, one who handed in nothing, loose files, PDFs and a
broken zip. It is graded; three exceptions are entered; one test is broken and everybody is graded
again, and once more when it is mended; one student hands in again; a rubric is entered; it is
exported, and undone. It works in a copy of the assignment. After each step an account of its own,
in decimal numbers and from nothing but what was written, adds the gradebook up.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from autograder.core.files import folder_files
from autograder.core.layout import find_assignment, find_root

ROOT = find_root(Path(__file__))
sys.path.append(str(ROOT))

from tests.autograder.course.downloads import LAYOUTS, Handed, roster  # noqa: E402

NAME = "mlp_from_scratch"
DUE = datetime(2026, 1, 29, tzinfo=UTC)
_FIRST = ["Ada", "Zoë", "Jürgen", "José María", "Siobhán", "Łukasz", "Nguyễn Văn", "Anne-Marie"]
_LAST = ["Lovelace", "O'Brien", "Müller-Lüdenscheidt", "de la Cruz", "Ní Dhúill", "Żak", "An"]
_CJK = ["王小明", "李明", "김민준", "山田太郎"]
_WRONG = (
    b"return np.where(X >= 0, 1 / (1 + decay), decay / (1 + decay))",
    b"return 1 - 1 / (1 + np.exp(-X))",
)


def people(size: int, platform: str) -> list[Handed]:
    """Return who handed in what; the last one of the roster hands in nothing."""
    right = folder_files(find_assignment(NAME, ROOT).solution)
    right = {path: content for path, content in right.items() if not path.startswith("data/")}
    wrong = {path: content.replace(*_WRONG) for path, content in right.items()}
    files = {"right": right, "wrong": wrong}
    found = []
    for number in range(1, size + 1):
        name = f"{_FIRST[number % 8]} {_LAST[number % 7]}{'' if number < 56 else number}"
        if number % 30 == 0:
            name = _CJK[number // 30 % 4]
        late = number % 12 == 5
        packed = number % 10 != 3 or platform in ("github", "nbgrader")
        found.append(
            Handed(
                number,
                name,
                files["wrong" if number % 3 == 1 else "right"],
                packed=packed,
                late=late,
                attachments={"report.pdf": b"%PDF-1.7"} if number % 9 == 0 else {},
                typed="<p>see the zip</p>" if number % 15 == 0 else "",
                time=DUE + timedelta(hours=60 if late else -5),
                due=DUE + timedelta(days=4) if number in (5, 17) else None,
                broken=number == 40 and platform not in ("github", "nbgrader"),
            )
        )
    if platform == "gradescope":
        found[1] = replace(found[1], partners=(found.pop(),))
    return found


_TEST = "tests/mlp_from_scratch/hidden/test_activations.py"
_FOLDERS = ("assignments", "solutions", "student_skeleton", "tests")


def copied(folder: Path) -> Path:
    """Return a project with a copy of the assignment, whose tests may be changed."""
    for place in _FOLDERS:
        shutil.copytree(ROOT / place / NAME, folder / place / NAME)
    return folder


class Course:
    """One platform's class, its folder, and the account of it."""

    def __init__(self, folder: Path, platform: str, size: int) -> None:
        self.folder, self.platform = folder, platform
        self.class_ = people(size, platform)
        self.excused: list[str] = []
        self.override: list[str] = []
        self.absent = Handed(900, "Nobody Atall", {})
        self.project = copied(folder / "project")
        LAYOUTS[platform](folder / "downloads", self.class_)
        roster(folder / "roster.csv", [*self.class_, self.absent], platform)
        self.options = ["--roster", folder / "roster.csv", "--due", "2026-01-29T00:00+0000"]
        if platform != "gradescope":
            lines = [f"{name},{time.isoformat()}" for name, time in self._times()]
            (folder / "times.csv").write_text("\n".join(["submission,time", *lines]) + "\n")
            self.options += ["--times", folder / "times.csv"]

    def _times(self) -> list[tuple[str, datetime]]:
        """Return when each came in, by the name that a submission has in the class."""
        names = {
            "moodle": "{0.name}_{0.user}_assignsubmission_file_",
            "github": "homework-1-{0.login}",
            "nbgrader": "{0.login}",
        }
        if self.platform != "canvas":
            return [(names[self.platform].format(one), one.time) for one in self.class_]
        found = {}
        for path in (self.folder / "downloads").iterdir():
            user = next(one for one in self.class_ if f"_{one.user}_" in path.name)
            found[f"{path.name.partition('_')[0]}_canvas{user.user}"] = user.time
        return list(found.items())

    def grade(self, *more: object, paths: Sequence[Path] = (), code: int = 1) -> float:
        """Grade as an instructor would; return the seconds by the clock."""
        began = time.monotonic()
        places = paths or [self.folder / "downloads"]
        arguments = ["grade", NAME, *places, "-o", self.folder / "out", "--quick", *more]
        self.run(*arguments, code=code)
        return time.monotonic() - began

    def run(self, *arguments: object, code: int = 0) -> str:
        """Run `autograder` in the copy; stop where it ends otherwise than expected."""
        command = [sys.executable, "-m", "autograder", *map(str, arguments)]
        done = subprocess.run(
            command, cwd=self.project, capture_output=True, text=True, check=False
        )
        if done.returncode != code:
            sys.exit(f"{command}\n{done.stdout}{done.stderr}\nended with {done.returncode}")
        return done.stdout

    def rows(self) -> list[dict[str, str]]:
        """Return the gradebook."""
        with (self.folder / "out" / "grades.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def scores(self) -> dict[str, str]:
        """Return the score of each submission."""
        return {row["submission"]: row["score"] for row in self.rows() if row["submission"]}

    def account(self) -> int:
        """Add the gradebook up from its parts and from every report; return the numbers checked."""
        rows = self.rows()
        members = [one for handed in self.class_ for one in (handed, *handed.partners)]
        assert len(rows) == len(members) + 1, (len(rows), len(members))
        keys = [(row["login"] or row["email"].partition("@")[0] or "?") for row in rows]
        if self.platform == "gradescope":
            keys = [f"u{int(row['student_id'][1:]):03}" for row in rows]
        assert keys == [one.login for one in (*members, self.absent)], "somebody else's row"
        tasks = list(json.loads(next((self.folder / "out").glob("*/results.json")).read_text())
                     ["extra_data"]["tasks"])  # fmt: skip
        checked, by_kind = 0, {}
        for handed in self.class_:
            for one in (handed, *handed.partners):
                row = rows[keys.index(one.login)]
                if one.login in self.excused:
                    assert (row["score"], row["status"]) == ("", "excused"), row
                    continue
                if handed.broken and one.login not in self.override:
                    assert (row["score"], row["status"]) == ("", "not graded"), row
                    continue
                parts = ("raw_score", "written", "rules", "adjusted")
                total = sum((Decimal(row[part] or 0) for part in parts), Decimal(0))
                assert abs(total - Decimal(row["score"])) <= Decimal("0.02"), row
                checked += 5
                if handed.broken:
                    continue
                raw = sum((Decimal(row[task] or 0) for task in tasks), Decimal(0))
                assert abs(raw - Decimal(row["raw_score"])) <= Decimal("0.05"), row
                report = self.folder / "out" / row["submission"] / "results.json"
                found = json.loads(report.read_text())
                for task in tasks:
                    said = found["extra_data"]["tasks"][task]["score"]
                    assert Decimal(str(said)) == Decimal(row[task]), (row, task)
                    checked += 1
                late = handed.late and handed.due is None
                if self.platform != "gradescope" and handed.due:
                    late = handed.late  # only Gradescope tells of extensions by itself
                known = "--exceptions" in map(str, self.options) and handed.due is not None
                assert row["status"] == ("late" if late and not known else "graded"), row
                kind = ("right" if handed.number % 3 != 1 else "wrong", handed.packed)
                by_kind.setdefault(kind, set()).add(tuple(row[task] for task in tasks))
        assert all(len(found) == 1 for found in by_kind.values()), "the same work, other points"
        assert rows[-1]["status"] == "not handed in" and rows[-1]["score"] == ""
        return checked


def tell(platform: str, folder: Path, size: int) -> None:
    """Go through a term's steps on one platform, and print what was checked."""
    course = Course(folder, platform, size)
    some = 1 if any(one.broken for one in course.class_) else 0
    took = course.grade(*course.options, code=some)
    print(f"{platform}: {len(course.class_)} graded in {took:.0f} s; {course.account()} numbers")
    agree(course)
    break_a_test(course)
    hand_in_again(course)
    mark(course)
    if platform in ("canvas", "moodle"):
        export(course)
    state = (folder / "out" / "grades.csv").read_bytes()
    course.run("undo", folder / "out")
    assert (folder / "out" / "grades.csv").read_bytes() != state
    print("  undone: the state before the rubric is back")


def key_of(course: Course, one: Handed) -> str:
    """Return how the roster of a platform calls a student."""
    if course.platform == "moodle":
        return f"{one.login}@uni.example"
    return one.student_id if course.platform == "gradescope" else one.login


def agree(course: Course) -> None:
    """Enter what was agreed: extensions, an excuse, a score by hand."""
    lines = ["student,kind,value,comment"]
    lines += [f"{key_of(course, one)},extension,+4d,ill" for one in course.class_ if one.due]
    lines += [f"{key_of(course, course.class_[9])},excused,,left the course"]
    broken = [one for one in course.class_ if one.broken]
    lines += [f"{key_of(course, one)},override,55,by hand" for one in broken]
    table = course.folder / "exceptions.csv"
    table.write_text("\n".join(lines) + "\n")
    course.options += ["--exceptions", table]
    course.excused, course.override = [course.class_[9].login], [one.login for one in broken]
    took = course.grade("--exceptions", table, code=0)
    print(f"  exceptions: {took:.0f} s; {course.account()} numbers")


def break_a_test(course: Course) -> None:
    """Break one test and mend it: everybody is graded again, twice, and nothing is left of it."""
    before = course.scores()
    suite = course.project / _TEST
    right = suite.read_text()
    first = next(line for line in right.splitlines() if line.startswith("def test_"))
    suite.write_text(right.replace(first, f"{first}\n    assert False", 1))
    took = course.grade(code=0)
    numbers = course.account()
    with (course.folder / "out" / "changes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    last = [row for row in rows if row["time"] == rows[-1]["time"]]
    assert {row["why"] for row in last} == {"tests"}, last
    moved = {row["submission"] for row in last if row["what"] == "score"}
    print(f"  a test was broken: {took:.0f} s; {len(moved)} scores moved; {numbers} numbers")
    suite.write_text(right)
    took = course.grade(code=0)
    assert course.scores() == before, "mended, and not as before"
    print(f"  and mended: {took:.0f} s; every score as it was")


def hand_in_again(course: Course) -> None:
    """Have the first student hand in somebody else's work; nobody else's score moves."""
    before, first = course.scores(), course.class_[0]
    again = replace(first, files=course.class_[1].files, packed=True)
    course.class_[0] = again
    LAYOUTS[course.platform](course.folder / "again", [replace(again, late=False)])
    (place,) = (path for path in (course.folder / "again").iterdir() if path.suffix != ".yml")
    more = []
    if course.platform == "nbgrader":
        place, more = course.folder / "again", ["--from", course.platform]
    took = course.grade(*more, paths=[place], code=0)
    after = course.scores()
    moved = {one for one in after if after[one] != before.get(one)}
    assert len(moved) == 1 and len(after) == len(before), (moved, len(after), len(before))
    print(f"  handed in again: {took:.0f} s; moved: {', '.join(moved)}")


def mark(course: Course) -> None:
    """Enter a person's marks for the written part."""
    sheet = course.folder / "marks.csv"
    course.run("rubric", NAME, "-o", sheet, "--reports", course.folder / "out")
    with sheet.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    for row in rows[2:]:
        row[1], row[2], row[-1] = "2.5", "well argued", "Dr. Noether"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    took = course.grade("--rubric", sheet, code=0)
    written = [row["written"] for row in course.rows() if row["score"]]
    assert set(written) <= {"2.5", "0"}
    assert written.count("2.5") >= len(written) - len(course.override)
    print(f"  rubric: {took:.0f} s")


def export(course: Course) -> None:
    """Fill in the platform's own file, and compare it with the gradebook."""
    into = ["--into", course.folder / "roster.csv"]
    if course.platform == "canvas":
        into += ["--title", "Homework 1"]
    target = course.folder / "import.csv"
    course.run("export", course.platform, course.folder / "out", *into, "-o", target)
    with target.open(encoding="utf-8-sig", newline="") as file:
        filled = list(csv.DictReader(file))
    column = "Grade" if course.platform == "moodle" else "Homework 1 (1234)"
    got = [row[column] for row in filled if row.get(column) not in (None, "", "130", "EX")]
    wanted = [row["score"] for row in course.rows() if row["score"] and row["score"] != "130"]
    assert sorted(got) == sorted(wanted), (len(got), len(wanted))
    print(f"  exported: {len(got)} scores are those of grades.csv")


def main() -> None:
    """Go through the platforms that were named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("platforms", nargs="*", default=list(LAYOUTS))
    parser.add_argument("--size", type=int, default=120)
    options = parser.parse_args()
    for platform in options.platforms:
        with tempfile.TemporaryDirectory() as temporary:
            tell(platform, Path(temporary), options.size)


if __name__ == "__main__":
    main()
