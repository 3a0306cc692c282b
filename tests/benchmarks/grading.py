"""Grade a class and compare with peers: bare pytest per submission, and nbgrader's autograde.

Run by hand: .venv/bin/python tests/benchmarks/grading.py [--submissions 200] [--peers 10]

All three run the same public and hidden tests of mlp_from_scratch (without those that train) on
the same submissions in the same run. Prints CPU and wall seconds per submission, peak memory,
ratios, and the floor: what fork, confinement and the tests' own calls cost without any grader.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from processor import adopt_orphans, seconds_of_children

from autograder.authoring.demo import make_class
from autograder.core.layout import Assignment, find_assignment, find_root
from autograder.grading.files import folder_files

_HONEST = ("ada", "blaise", "carl", "emmy", "felix")
_AUTOGRADER = [sys.executable, "-m", "autograder"]


@dataclass
class Cost:
    """What one way of grading took, for `count` submissions."""

    count: int
    wall: float = 0.0
    cpu: float = 0.0
    memory: float = 0.0  # peak of all processes together, MiB

    def row(self, name: str) -> str:
        """One line of the table."""
        memory = f"{self.memory:8.0f} MiB" if self.memory else ""
        return (
            f"{name:34} {self.count:4d}  {self.wall / self.count:8.3f} s  "
            f"{self.cpu / self.count:8.3f} s  {memory}"
        )


@contextmanager
def _measured(count: int) -> Iterator[Cost]:
    cost = Cost(count)
    before = seconds_of_children()
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.25):
            cost.memory = max(cost.memory, _memory_of_children())

    watcher = threading.Thread(target=watch)
    watcher.start()
    start = time.perf_counter()
    try:
        yield cost
    finally:
        cost.wall = time.perf_counter() - start
        stop.set()
        watcher.join()
        cost.cpu = seconds_of_children() - before


def _memory_of_children() -> float:
    """Sum the proportional set sizes of every descendant, in MiB."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it ended meanwhile
            parents[int(entry.name)] = int(fields[1])
    total, ours = 0, {os.getpid()}
    for pid in sorted(parents):
        if parents[pid] in ours:
            ours.add(pid)
            try:
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            except OSError:
                continue
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def _class(assignment: Assignment, folder: Path, count: int) -> Path:
    """Make `count` submissions that differ in a comment: every one is really graded."""
    made = make_class(assignment, folder / "made")
    target = folder / "class"
    for number in range(count):
        source = made / _HONEST[number % len(_HONEST)]
        place = target / f"student{number:03d}"
        if source.is_dir():
            shutil.copytree(source, place)
        else:
            shutil.unpack_archive(source.with_suffix(".zip"), place, "zip")
            inner = list(place.glob("*.zip"))
            if inner:
                shutil.unpack_archive(inner[0], place)
            wrapped = place / "Assignment 1"
            if wrapped.is_dir():
                shutil.copytree(wrapped, place, dirs_exist_ok=True)
                shutil.rmtree(wrapped)
        with next(place.rglob("utils.py")).open("a") as file:
            file.write(f"# student {number}\n")
    return target


def _grade(folder: Path, out: Path, jobs: int, count: int, *more: str) -> Cost:
    command = [*_AUTOGRADER, "grade", "mlp_from_scratch", str(folder), "-o", str(out)]
    with _measured(count) as cost:
        subprocess.run([*command, "--jobs", str(jobs), *more], check=True, capture_output=True)
    return cost


def _student_folder(assignment: Assignment, submission: Path, place: Path) -> Path:
    """Lay out what bare pytest needs: the submission with both suites beside it."""
    for name, content in folder_files(assignment.solution).items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    shutil.copytree(submission, place, dirs_exist_ok=True)
    for name in ("conftest.py", "pytest.ini"):
        (place / name).unlink(missing_ok=True)
    shutil.copytree(assignment.public_tests, place / "tests")
    shutil.copytree(assignment.hidden_tests, place / "hidden")
    kit = Path(sys.modules["autograder"].__path__[0]) / "studentkit"
    shutil.copytree(kit, place / "studentkit")
    return place


def _bare_pytest(assignment: Assignment, submissions: list[Path], small: Path, work: Path) -> Cost:
    folders = []
    for submission in submissions:
        place = _student_folder(assignment, submission, work / submission.name)
        shutil.rmtree(place / "data", ignore_errors=True)
        shutil.copytree(small, place / "data")
        folders.append(place)
    environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONPATH": "."}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=no"]
    command += ["-k", "not Train and not train and not accuracy_on", "tests", "hidden"]
    with _measured(len(folders)) as cost:
        for folder in folders:
            subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    return cost


def _nbgrader(assignment: Assignment, folders: list[Path], work: Path) -> Cost:
    """Time `nbgrader autograde` on notebooks whose cells run the same test files."""
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook

    def cell(source: str, name: str, **kind: object) -> nbformat.NotebookNode:
        meta = {"schema_version": 3, "grade_id": name, "grade": False, "solution": False}
        meta |= {"locked": True, "task": False, **kind}
        return new_code_cell(source, metadata={"nbgrader": meta})

    course = work / "course"
    source = course / "source" / "ps1"
    source.mkdir(parents=True)
    answer = "### BEGIN SOLUTION\nfolder = '.'\n### END SOLUTION"
    cells = [cell(answer, "answer", solution=True, locked=False)]
    files = sorted([*assignment.public_tests.glob("test_*.py")])
    files += sorted(assignment.hidden_tests.glob("test_*.py"))
    for file in files:
        kind = "tests" if file.parent == assignment.public_tests else "hidden"
        lines = [
            "import os, pytest, sys",
            "os.chdir(folder); sys.path[:0] = [folder]",
            f"assert pytest.main(['-q', '-p', 'no:cacheprovider', '{kind}/{file.name}', '-k',",
            "    'not Train and not train and not accuracy_on']) == 0",
        ]
        name = f"{kind}_{file.stem}"
        cells.append(cell("\n".join(lines), name, grade=True, points=1))
    notebook = new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    nbformat.write(notebook, source / "ps1.ipynb")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment |= {"MPLBACKEND": "Agg"}

    def nbgrader(*arguments: str) -> None:
        command = [sys.executable, "-m", "nbgrader", *arguments]
        done = subprocess.run(
            command, cwd=course, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode not in (0, 1):
            raise RuntimeError(done.stderr[-2000:])

    nbgrader("generate_assignment", "ps1", "--force")
    for folder in folders:
        place = course / "submitted" / folder.name / "ps1"
        place.mkdir(parents=True)
        submitted = nbformat.read(course / "release" / "ps1" / "ps1.ipynb", 4)
        submitted.cells[0].source = f"folder = {str(folder)!r}"
        nbformat.write(submitted, place / "ps1.ipynb")
    with _measured(len(folders)) as cost:
        nbgrader("autograde", "ps1")
    graded = list((course / "autograded").glob("*/ps1/ps1.ipynb"))
    if len(graded) != len(folders):
        raise RuntimeError(f"nbgrader graded {len(graded)} of {len(folders)}")
    return cost


def main() -> None:
    """Measure and print."""
    adopt_orphans()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--submissions", type=int, default=200)
    parser.add_argument("--peers", type=int, default=10, help="submissions for the slow peers")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    root = find_root(Path(__file__))
    assignment = find_assignment("mlp_from_scratch", root)
    os.chdir(root)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        os.environ["XDG_CACHE_HOME"] = str(work / "cache")
        submissions = _class(assignment, work, options.submissions)
        one = work / "one"
        shutil.copytree(submissions / "student000", one / "student000")
        _grade(one, work / "warm", 1, 1)  # draws the digits, compiles the templates
        start = _grade(one, work / "start", 1, 1, "--no-training")
        ours = _grade(submissions, work / "out", options.jobs, options.submissions, "--no-training")
        few = work / "few"
        chosen = sorted(submissions.iterdir())[: options.peers]
        for each in chosen:
            shutil.copytree(each, few / each.name)
        trained = _grade(few, work / "trained", options.jobs, len(chosen))
        small = next((work / "cache" / "autograder").glob("*small*"))
        bare = _bare_pytest(assignment, chosen, small, work / "bare")
        folders = [work / "bare" / each.name for each in chosen]
        peer = _nbgrader(assignment, folders, work)
    print(f"{'':34} {'n':>4}  {'wall':>10}  {'cpu':>10}  peak memory")
    print(ours.row(f"autograder grade, {options.jobs} jobs"))
    print(start.row("autograder grade, one (start-up)"))
    print(trained.row("autograder grade, with training"))
    print(bare.row("python -m pytest, one each"))
    print(peer.row("nbgrader autograde"))
    marginal = (ours.cpu - start.cpu * options.jobs) / (ours.count - options.jobs)
    print(f"\nCPU of one more submission: {marginal:.3f} s (start-up taken out)")
    for name, other in (("bare pytest", bare), ("nbgrader", peer)):
        wall = (other.wall / other.count) / (ours.wall / ours.count)
        cpu = (other.cpu / other.count) / (ours.cpu / ours.count)
        print(f"{name}: {wall:.1f} times our wall time, {cpu:.1f} times our CPU time")


if __name__ == "__main__":
    main()
