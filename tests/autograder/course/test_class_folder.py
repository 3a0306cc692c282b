"""A class's folder: who is regraded alone stays in the class, and every state can come back."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from autograder.course import ClassFolder, CourseError

from .small import LOG10, NAME, RIGHT, project, small, write

pytestmark = pytest.mark.slow  # real classes, graded by the command


def grades(out: Path) -> dict[str, str]:
    """Return the score of each row of grades.csv."""
    with (out / "grades.csv").open(newline="") as file:
        return {row["submission"]: row["score"] for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def class_(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a class of three, graded once into `out`."""
    folder = tmp_path_factory.mktemp("class")
    for name, files in (("ada", RIGHT), ("ben", LOG10), ("cem", RIGHT)):
        write(folder / "class" / name, files)
    done = small("grade", NAME, folder / "class", "-o", folder / "out", "--quick")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def copy(class_: Path, tmp_path: Path) -> Path:
    """Return a copy of that class to do something to."""
    shutil.copytree(class_, tmp_path / "copy")
    return tmp_path / "copy"


def test_one_student_is_regraded_and_nobody_is_lost(copy: Path) -> None:
    """The row changes, the others stay, and what moved is written down with the reason."""
    write(copy / "class" / "ben", RIGHT)
    done = small("grade", NAME, copy / "class" / "ben", "-o", copy / "out")
    assert done.returncode == 0, done.stderr
    assert grades(copy / "out") == {"ada": "130", "ben": "130", "cem": "130"}
    assert "changed: ben: score 126 → 130 (code)" in done.stdout
    assert "2 of earlier runs beside them" in done.stdout
    rows = list(csv.DictReader((copy / "out" / "changes.csv").open(newline="")))
    assert [(row["what"], row["was"], row["now"], row["why"]) for row in rows] == [
        ("score", "126", "130", "code"),
        ("cross_entropy", "4", "8", "code"),
    ]
    assert "cem" in (copy / "out" / "index.html").read_text()


def test_undo_brings_everything_back(copy: Path) -> None:
    """Report, table, page and options; once more, and there is nothing left to undo."""
    before = _contents(copy / "out")
    write(copy / "class" / "ben", RIGHT)
    write(copy / "class" / "dora", RIGHT)
    small("grade", NAME, copy / "class", "-o", copy / "out")
    assert grades(copy / "out").keys() == {"ada", "ben", "cem", "dora"}
    done = small("undo", copy / "out")
    assert done.returncode == 0 and "reports are as they were" in done.stdout, done.stderr
    assert _contents(copy / "out") == before
    assert small("undo", copy / "out").returncode == 0  # to before the first run
    done = small("undo", copy / "out")
    assert done.returncode == 3 and "no earlier state" in done.stderr


def test_options_stay_until_they_are_changed_or_forgotten(copy: Path) -> None:
    """Leaving the level, the due time or a person's marks out does not take them away."""
    sheet = copy / "rubric.csv"
    done = small("rubric", NAME, "-o", sheet, "--reports", copy / "out")
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(sheet.open(newline="")))
    columns = list(rows[0])
    for row in rows:
        row[columns[1]] = "1" if row["submission"] == "ada" else ""
    with sheet.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    grade = ("grade", NAME, copy / "class", "-o", copy / "out")
    done = small(*grade, "--rubric", sheet, "--policy", "printing=warn")
    assert done.returncode == 0, done.stderr
    assert "--training off, as before" in done.stdout
    scores = grades(copy / "out")
    assert float(scores["ada"]) > 130
    done = small(*grade)
    assert grades(copy / "out") == scores
    assert "--rubric ../rubric.csv, as before" in done.stdout
    written = tomllib.loads((copy / "out" / "class.toml").read_text())
    assert written["assignment"] == NAME
    assert written["options"] == {
        "policy": ["printing=warn"], "rubric": "../rubric.csv", "training": False
    }  # fmt: skip
    done = small(*grade, "--policy", "printing=5")
    assert "--policy is printing=5 now; it was printing=warn" in done.stdout
    sheet.unlink()
    done = small(*grade)
    assert done.returncode == 3 and "--forget rubric" in done.stderr
    done = small(*grade, "--forget", "rubric", "--forget", "policy")
    assert done.returncode == 0 and grades(copy / "out")["ada"] == "130"
    assert small(*grade, "--forget", "nothing").returncode == 3


def test_a_page_is_made_anew_only_where_something_changed(copy: Path) -> None:
    """A result, what was left over, a table that is gone: then it is."""
    grade = ("grade", NAME, copy / "class", "-o", copy / "out")
    small(*grade)
    page, table = copy / "out" / "index.html", copy / "out" / "grades.csv"

    def rewritten() -> bool:
        before = page.stat().st_ino
        assert small(*grade).returncode in (0, 1)
        return page.stat().st_ino != before

    assert not rewritten()
    (copy / "class" / "notes.txt").write_text("nobody's")
    assert rewritten()
    assert not rewritten()
    table.unlink()
    assert rewritten() and table.is_file()
    write(copy / "class" / "ben", RIGHT)
    assert rewritten()


def test_another_assignment_is_refused(copy: Path) -> None:
    """Before anything is done, in folders of older versions too."""
    grade = ("grade", "other", copy / "class", "-o", copy / "out", "--quick")
    for _ in range(2):
        done = small(*grade)
        assert done.returncode == 3
        assert "reports of small are in this folder" in done.stderr
        (copy / "out" / "class.toml").unlink(missing_ok=True)
    assert grades(copy / "out").keys() == {"ada", "ben", "cem"}


def test_only_and_fresh(copy: Path) -> None:
    """One by name, with a hint for a name that is not there; and a class without those gone."""
    grade = ("grade", NAME, copy / "class", "-o", copy / "out")
    done = small(*grade, "--only", "benn")
    assert done.returncode == 3 and "did you mean ben?" in done.stderr
    done = small(*grade, "--only", "ben", "--again")
    assert "graded 1, 2 of earlier runs" in " ".join(done.stdout.split()), done.stdout
    shutil.rmtree(copy / "class" / "cem")
    small(*grade)
    assert "cem" in grades(copy / "out")
    small(*grade, "--fresh")
    assert grades(copy / "out").keys() == {"ada", "ben"}
    small("undo", copy / "out")
    assert grades(copy / "out").keys() == {"ada", "ben", "cem"}


def test_two_runs_at_once_are_safe(copy: Path) -> None:
    """The second says that the first is at work, and writes nothing."""
    folder = ClassFolder(copy / "out", NAME)
    with folder.locked():
        done = small("grade", NAME, copy / "class", "-o", copy / "out")
        assert done.returncode == 3 and "another run is writing here" in done.stderr
        with pytest.raises(CourseError, match="another run"), folder.locked():
            pass


def test_a_run_that_is_killed_leaves_a_class_that_goes_on(copy: Path) -> None:
    """Whatever was written by then: nothing lost, nothing doubled."""
    write(copy / "class" / "ben", RIGHT)
    for name in ("dora", "emil", "fay"):
        write(copy / "class" / name, RIGHT)
    command = [sys.executable, "-m", "autograder", "grade", NAME]
    command += [str(copy / "class"), "-o", str(copy / "out")]
    process = subprocess.Popen(command, cwd=project(), stdout=subprocess.DEVNULL)
    while not (copy / "out" / "history").is_dir() or len(_states(copy)) < 2:
        assert process.poll() is None
    process.kill()
    process.wait()
    assert grades(copy / "out").keys() == {"ada", "ben", "cem"}  # whole, as it was
    done = small(*command[3:])
    assert done.returncode == 0, done.stderr
    assert set(grades(copy / "out").values()) == {"130"} and len(grades(copy / "out")) == 6
    for file in (copy / "out").glob("*/results.json"):
        json.loads(file.read_text())


def _contents(out: Path) -> dict[str, bytes]:
    """Return the files of a class, but for its history."""
    return {
        str(file.relative_to(out)): file.read_bytes()
        for file in sorted(out.rglob("*"))
        if file.is_file() and "history" not in file.parts
    }


def _states(folder: Path) -> list[Path]:
    return list((folder / "out" / "history").iterdir())
