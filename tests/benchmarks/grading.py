"""What one more submission costs, stage by stage, beside bare pytest and nbgrader.

Run by hand on a quiet machine:

    python tests/benchmarks/grading.py [--assignment NAME …] [--full] [--repeat 5] [--nbgrader]

For each assignment the reference, an independent correct solution, the untouched skeleton and a
submission with a wrong function that much builds on are graded in turn, each in a fork as in a
class. Processor seconds are those of all processes, in sandboxes too. Bare pytest runs the same
tests on the reference in the same run: as many as are named, and all of them pass.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from processor import adopt_orphans, memory_of_tree, seconds_of_children, seconds_of_tree
from rows import ASSIGNMENTS, REFERENCE, lay_out, rows
from stages import OWN, REQUESTS, STAGES, WORKER, WORKERS, Stopwatch

from autograder.core.layout import find_assignment, find_root
from autograder.grading.batch import prepare
from autograder.grading.grader import Grader
from autograder.grading.job import Job
from autograder.grading.opening import open_grader
from autograder.grading.station import station
from autograder.intake import Source

WHOLE, HERE = "whole", "here, whole"


def main() -> None:
    """Measure and print; each assignment in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assignment", action="append", choices=ASSIGNMENTS)
    parser.add_argument("--full", action="store_true", help="with the tests that train")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--nbgrader", action="store_true", help="nbgrader as well (mlp only)")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    names = options.assignment or list(ASSIGNMENTS)
    if not options.here:
        for name in names:
            more = [word for word in sys.argv[1:] if word not in ASSIGNMENTS]
            more = [word for word in more if word != "--assignment"]
            command = [sys.executable, __file__, *more, "--assignment", name, "--here"]
            subprocess.run(command, check=True)
        return
    adopt_orphans()
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as work:
        measure(names[0], options.full, options.repeat, options.nbgrader, Path(work))


def measure(name: str, full: bool, repeat: int, nbgrader: bool, work: Path) -> None:
    """Print the table of one assignment."""
    assignment = find_assignment(name, find_root(Path(__file__)))
    stopwatch = Stopwatch(work / "stages.jsonl")
    grader = open_grader(prepare(assignment, training=full))
    library = grader.library()
    folders = {row: lay_out(files, work / row) for row, files in rows(assignment).items()}
    found: dict[str, list[Counter[str]]] = {row: [] for row in folders}
    expected = sorted(path.name for path in assignment.skeleton.iterdir())
    memory = 0.0
    scores: dict[str, str] = {}
    with station(grader, library, grader.branch()) as grade:
        for turn in range(repeat + 1):
            for row, folder in folders.items():
                source = Source(row, folder, "folder")
                before = seconds_of_tree()
                results = grade(Job(source, work / "out", expected))
                whole = seconds_of_tree() - before
                if "score" not in results:
                    raise RuntimeError(str(results.get("extra_data") or results))
                scores[row] = f"{results['score']:g}"
                noted = stopwatch.take()
                noted[WHOLE] = whole  # type: ignore[assignment]
                memory = max(memory, memory_of_tree())
                if turn:  # the first one warms up
                    found[row].append(noted)
    level = "full level" if full else "quick level"
    print(f"\n{name}, {level}: processor seconds, medians of {repeat}")
    print(f"{'':24}" + "".join(f"{row:>13}" for row in folders))
    columns = {row: _medians(samples) for row, samples in found.items()}
    for column in columns.values():
        stages = sum(column[stage] for stage in STAGES)
        column["rest of the fork"] = column[HERE] - stages
        column["beside own"] = column[WHOLE] - column[OWN]
        column["wire in the worker"] = column[WORKER] - column[OWN]
        column["forks, other processes"] = column[WHOLE] - column[HERE] - column[WORKER]
    lines = [*STAGES, "rest of the fork", "wire in the worker", "forks, other processes"]
    for line in [*lines, OWN, WHOLE, "beside own"]:
        print(f"{line:24}" + "".join(f"{column[line]:13.3f}" for column in columns.values()))
    for line in (WORKERS, REQUESTS):
        print(f"{line:24}" + "".join(f"{column[line]:13.0f}" for column in columns.values()))
    print(f"{'score':24}" + "".join(f"{scores[row]:>13}" for row in folders))
    print(f"peak of fork server and workers: {memory:.0f} MiB")
    ours = columns[REFERENCE][WHOLE]
    _compare("bare pytest", bare_pytest(grader, work / "bare"), ours)
    if nbgrader and name == "mlp_from_scratch":
        from nbgrader_peer import autograde

        _compare("nbgrader autograde", autograde(grader, work / "bare", work / "course"), ours)


def _medians(samples: list[Counter[str]]) -> dict[str, float]:
    keys = {key for sample in samples for key in sample}
    return Counter({key: statistics.median(one[key] for one in samples) for key in keys})  # type: ignore[misc]


def _compare(peer: str, theirs: float, ours: float) -> None:
    print(f"{peer}: {theirs:.2f} s of processor time, {theirs / ours:.1f} times ours")


def lay_out_peer(grader: Grader, place: Path) -> None:
    """Put the reference and its data into a folder where bare pytest can run."""
    lay_out(grader.reference_files, place)
    mount = place / grader.manifest.data_mount
    shutil.rmtree(mount, ignore_errors=True)
    shutil.copytree(grader.options.small, mount)


def peer_command(grader: Grader, place: Path) -> tuple[list[str], dict[str, str]]:
    """Return how pytest runs both suites beside the code in `place`, and its environment."""
    suites = grader.assignment.public_tests, grader.assignment.hidden_tests
    ours = [sys.executable, "-m", "pytest", "-c", os.devnull, "--import-mode=importlib"]
    ours += ["--rootdir", str(grader.assignment.tests), "-p", "no:cacheprovider", "--tb=no", "-q"]
    path = os.pathsep.join(map(str, (place, *suites)))
    return ours, {**os.environ, "PYTHONPATH": path, "MPLBACKEND": "Agg"}


def bare_pytest(grader: Grader, place: Path) -> float:
    """Return the processor seconds of pytest alone on the reference; raises where a test fails.

    Left out are tests of the grader's own (they speak to its worker), found by a first run.
    """
    lay_out_peer(grader, place)
    command, environment = peer_command(grader, place)
    tests = [_path(grader, test.id) for test in grader.tests if not test.trains]
    first = subprocess.run(
        [*command, "-rfE", *tests], cwd=place, env=environment, capture_output=True, text=True
    )
    failed = set(re.findall(r"^(?:FAILED|ERROR) \S*?((?:public|hidden)/\S+)", first.stdout, re.M))
    chosen = [test for test in tests if not test.endswith(tuple(f"/{one}" for one in failed))]
    before = seconds_of_children()
    done = subprocess.run(
        [*command, *chosen], cwd=place, env=environment, capture_output=True, text=True
    )
    used = seconds_of_children() - before
    if done.returncode or f"{len(chosen)} passed" not in done.stdout:
        raise RuntimeError((done.stderr or done.stdout)[-2000:])
    print(f"bare pytest runs {len(chosen)} of our {len(grader.tests)} tests, all pass")
    return used


def _path(grader: Grader, test: str) -> str:
    """Return what pytest calls a test; a hidden file may hold some that are told to students."""
    folder, _, rest = test.partition("/")
    there = (grader.assignment.tests / folder / rest.partition("::")[0]).is_file()
    return f"{grader.assignment.tests}/{folder if there else 'hidden'}/{rest}"


if __name__ == "__main__":
    main()
