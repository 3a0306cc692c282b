"""Grade the same notebooks by plain `nbgrader autograde` and by `autograder grade --course`.

Run by hand: .venv/bin/python tests/benchmarks/notebooks.py [--whole] [--only NAME …]

Twelve students of mlp_from_scratch hand in a notebook with its .py parts: right, unfinished, wrong,
damaged and hostile. Prints, for each, the points both ways and what got through, then seconds for
each notebook. By default the notebook trains on a hundred digits, so that the graders are measured
and not the training; with --whole it is as students have it. Both grade one after the other; the
last line is for all cores, with what the first run of ours has learnt.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from processor import adopt_orphans, seconds_of_children

from autograder.core.layout import find_assignment, find_root
from autograder.notebooks.authored.build import from_bytes
from autograder.notebooks.nbgrader.course import CONFIG, set_up
from autograder.notebooks.nbgrader.programs import path_with_programs

ROOT = find_root(Path(__file__).parent)
sys.path.insert(0, str(ROOT / "tests" / "autograder" / "notebooks" / "class"))

from students import (  # noqa: E402  (they are found only now)
    GRABBED,
    NAME,
    PLANTED,
    SCRIPT,
    STOLEN,
    project,
    students,
    write,
)

# What formgrader's button does. The command `nbgrader autograde NAME` does the same for all in one
# go, but ends at the first notebook that it cannot read, and leaves the rest of the class.
_EACH = f"""
import sys
from nbgrader.apps import NbGraderAPI
from traitlets.config.loader import PyFileConfigLoader
api = NbGraderAPI(config=PyFileConfigLoader("{CONFIG}").load_config())
for student in sys.argv[1:]:
    api.autograde("{NAME}", student)
"""


@dataclass
class Way:
    """What one way of grading gave."""

    scores: dict[str, float] = field(default_factory=dict)  # no entry: not graded
    through: dict[str, str] = field(default_factory=dict)
    wall: float = 0.0
    cpu: float = 0.0


@contextmanager
def _measured(way: Way) -> Iterator[None]:
    before, start = seconds_of_children(), time.perf_counter()
    yield
    way.wall = time.perf_counter() - start
    way.cpu = seconds_of_children() - before


def _grade(course: Path, home: Path, command: list[str], where: Path) -> Way:
    """Grade by `command`; look into the gradebook and at what was left behind."""
    way = Way()
    home.mkdir()
    environment = os.environ | {
        "HOME": str(home),
        "PATH": path_with_programs(),
        "XDG_CACHE_HOME": str(course.parent / "cache"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "JUPYTER_PATH": "",
    }
    with _measured(way):
        done = subprocess.run(
            command, cwd=where, env=environment, capture_output=True, text=True, check=False
        )
    if done.returncode:
        print(f"{course}: exit code {done.returncode}: {done.stderr[-600:]}", file=sys.stderr)
    grabbed: list[str] = []
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        for one in book.assignment_submissions(NAME):
            grades = one.notebooks[0].grades
            if (course / "autograded" / one.student.id / NAME).is_dir():
                way.scores[one.student.id] = sum(grade.auto_score or 0.0 for grade in grades)
            if any(grade.extra_credit == GRABBED for grade in grades):
                grabbed.append(one.student.id)
    way.through = {
        "reads_master": "read the hidden tests" * _printed(course, "reads_master"),
        "drops_asserts": "points for nothing" * bool(way.scores.get("drops_asserts")),
        "writes_gradebook": f"wrote {len(grabbed)} grades" * bool(grabbed),
        "leaves_startup": "left a startup file" * any(home.rglob(PLANTED)),
        "script": "a script for who grades" * _scripted(course),
    }
    return way


def _printed(course: Path, student: str) -> bool:
    path = course / "autograded" / student / NAME / f"{NAME}.ipynb"
    if not path.is_file():
        return False
    cells = from_bytes(path.read_bytes()).cells
    said = [out.get("text", "") for cell in cells for out in cell.get("outputs", [])]
    return any(STOLEN in text and "assert" in text for text in said)


def _scripted(course: Path) -> bool:
    path = course / "autograded" / "script" / NAME / f"{NAME}.ipynb"
    return path.is_file() and any(
        cell.cell_type == "markdown" and SCRIPT in cell.source
        for cell in nbformat.read(path, nbformat.NO_CONVERT).cells
    )


def _unconfined(course: Path) -> None:
    """Leave out what would confine the kernel: here nbgrader is as it comes."""
    path = course / CONFIG
    path.write_text(path.read_text().partition("# Student notebooks run in a confined")[0])
    shutil.rmtree(course / ".jupyter", ignore_errors=True)


def _row(name: str, plain: Way, ours: Way) -> str:
    def cell(way: Way) -> str:
        score = f"{way.scores[name]:g}" if name in way.scores else "not graded"
        return score + (f", **{way.through[name]}**" if way.through.get(name) else "")

    return f"| `{name}` | {cell(plain)} | {cell(ours)} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--whole", action="store_true", help="train as students do")
    parser.add_argument("--only", nargs="*", help="these students only")
    options = parser.parse_args()
    adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="notebooks-") as name:
        work = Path(name).resolve()
        light = None if options.whole else project(ROOT, work / "project")
        assignment = light or find_assignment(NAME, ROOT)
        first = work / "plain" / "course"
        released = from_bytes(set_up(assignment, first, isolated=True).released.read_bytes())
        second = Path(shutil.copytree(first, work / "ours" / "course"))
        third = Path(shutil.copytree(first, work / "ours" / "again"))
        chosen: Callable[[str], bool] = lambda one: not options.only or one in options.only  # noqa: E731
        for course in (first, second, third):
            for student, files in students(assignment, released, course).items():
                if chosen(student):
                    write(course / "submitted" / student / NAME, files)
        _unconfined(first)
        names = sorted(path.name for path in (second / "submitted").iterdir())
        nbgrader = [sys.executable, "-c", _EACH, *names]
        plain = _grade(first, work / "plain" / "home", nbgrader, first)

        def grade(course: Path, *more: str) -> Way:
            command = [sys.executable, "-m", "autograder", "grade", NAME, "--quick", *more]
            command += [str(course / "submitted"), "--course", str(course)]
            command += ["-o", str(work / f"reports-{course.name}")]
            return _grade(course, work / f"home-{course.name}", command, assignment.root)

        ours = grade(second, "--jobs", "1")
        again = grade(third)
    print("| notebook | `nbgrader autograde` | `autograder grade --course` |\n|---|---|---|")
    for student in names:
        print(_row(student, plain, ours))
    print()
    for words, way in (
        ("nbgrader autograde", plain),
        ("autograder grade --course --jobs 1, its first run", ours),
        ("autograder grade --course, a later run on all cores", again),
    ):
        each = way.wall / len(names), way.cpu / len(names)
        print(f"{words}: {each[0]:.1f} s for each notebook, {each[1]:.1f} s of a processor")


if __name__ == "__main__":
    main()
