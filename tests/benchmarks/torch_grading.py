"""What grading a PyTorch submission costs beside the submission's own computation.

Run by hand: .venv/bin/python tests/benchmarks/torch_grading.py [--submissions 10]

Copies of the reference are graded at the quick level by the command line; the processor time of
one more submission is the difference between a large and a small class. The submission's own
computation is what its worker spends inside the calls of the tests, as the worker counts it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from processor import adopt_orphans, seconds_of_children

from autograder.core.layout import find_assignment, find_root
from autograder.execution.session import Session
from autograder.grading.batch import prepare
from autograder.grading.files import folder_files
from autograder.grading.opening import open_grader

_ASSIGNMENTS = ("depth_vs_width", "handmade_networks", "image_classifier")
_LIMIT = 0.25


class _Counting(Session):
    """Asks each worker for its processor time before it ends."""

    own = 0.0

    def stop(self) -> None:
        if self._child is not None and self.record.stopped is None:
            own, _ = self._exchange("usage", (), keep=False)
            _Counting.own += own
        super().stop()


def own_computation(name: str) -> float:
    """Return the processor seconds of the reference's code in all tests of the quick level."""
    assignment = find_assignment(name, find_root())
    found = []

    grader = open_grader(prepare(assignment, training=False))
    with grader.fork_server() as fork_server:
        for _ in range(2):  # the first run warms the fork server's pages
            _Counting.own = 0.0
            session = _Counting(
                fork_server, folder_files(assignment.solution), grader.manifest.limits
            )
            grader._outcomes(session, grader.tests)
            found.append(_Counting.own)
    return found[-1]


def class_of(name: str, folder: Path, count: int) -> float:
    """Return the processor seconds of grading `count` copies of the reference."""
    assignment = find_assignment(name, find_root())
    for number in range(count):
        place = folder / "class" / f"student{number:03d}"
        shutil.copytree(assignment.solution, place)
        with (place / "answers.py").open("a") as file:
            file.write(f"# student {number}\n")
    before = seconds_of_children()
    command = [sys.executable, "-m", "autograder", "grade", name, str(folder / "class")]
    command += ["-o", str(folder / "out"), "--quick", "-j", "1"]
    subprocess.run(command, check=True, capture_output=True)
    return seconds_of_children() - before


def main() -> None:
    """Print one line an assignment."""
    adopt_orphans()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=10)
    count = parser.parse_args().submissions
    os.environ["OMP_NUM_THREADS"] = "1"
    print(f"{'assignment':20} {'each, CPU':>10} {'own':>8} {'beside':>8}   limit {_LIMIT} s")
    for name in _ASSIGNMENTS:
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
            few = class_of(name, Path(one), 2)
            many = class_of(name, Path(two), 2 + count)
        with ProcessPoolExecutor(1, get_context("spawn")) as apart:  # one grader a process
            own = apart.submit(own_computation, name).result()
        each = (many - few) / count
        print(f"{name:20} {each:8.3f} s {own:6.3f} s {each - own:6.3f} s")


if __name__ == "__main__":
    main()
