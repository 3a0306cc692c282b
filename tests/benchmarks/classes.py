"""A class of a thousand numpy submissions: how long grading it takes, again and with two jobs.

Run by hand on a quiet machine:

    python tests/benchmarks/classes.py [--size 1000] [--keep FOLDER]

The class is a mixture, drawn with a fixed seed: 60 % are right, in several idioms; 25 % have one to
three functions that are wrong; 10 % are unfinished; 5 % are broken in some way. It is graded by the
command as an instructor would, then once more with nothing changed. `--keep` leaves the class and
its reports, so that another version can grade the same class.
"""

from __future__ import annotations

import argparse
import csv
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from processor import adopt_orphans, memory_of_tree, seconds_of_children
from rows import lay_out

from autograder.core.files import folder_files
from autograder.core.layout import find_assignment, find_root

sys.path.append(str(Path(__file__).parent.parent / "autograder" / "diagnosis"))

from implementations import IMPLEMENTATIONS, submission

NAME = "mlp_from_scratch"
SHARES = {"right": 60, "mistaken": 25, "unfinished": 10, "broken": 5}
_BROKEN = {
    "utils.py": [b"def f(:\n", b"while True: pass\n", b"import os; os._exit(3)\n", b"\xff\xfe\x00"],
    "models/_base_network.py": [b"raise SystemExit\n", b"", b"x = [0] * (1 << 34)\n"],
}


def main() -> None:
    """Make the class, grade it twice, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=1000)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    adopt_orphans()
    with tempfile.TemporaryDirectory() as temporary:
        work = options.keep or Path(temporary)
        kinds = make(work / "class", options.size)
        print(
            f"a class of {options.size}: " + ", ".join(f"{n} {kind}" for kind, n in kinds.items())
        )
        for what in ("the first time", "again, nothing changed"):
            took, processor, memory = timed(work)
            print(
                f"{what}: {took:.1f} s by the clock, {processor:.1f} s of processor time "
                f"({1000 * processor / options.size:.0f} ms each), at most {memory:.0f} MiB"
            )
        with (work / "out" / "grades.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        graded = Counter(row["status"] for row in rows)
        print("; ".join(f"{count} {status}" for status, count in graded.items()))


def make(folder: Path, size: int, seed: int = 7) -> Counter[str]:
    """Write `size` submissions below `folder`; return how many there are of each kind."""
    root = find_root(Path(__file__))
    assignment = find_assignment(NAME, root)
    reference, skeleton = folder_files(assignment.solution), folder_files(assignment.skeleton)
    right = [one for one in IMPLEMENTATIONS if one.correct]
    wrong = [one for one in IMPLEMENTATIONS if not one.correct]
    written = sorted(path for path in reference if reference[path] != skeleton.get(path))
    draw = random.Random(seed)
    kinds: Counter[str] = Counter()
    for number in range(size):
        (kind,) = draw.choices(list(SHARES), list(SHARES.values()))
        kinds[kind] += 1
        files = dict(reference)
        for one in draw.sample(right, 4):
            files = submission(files, one)
        if kind == "mistaken":
            for one in draw.sample(wrong, draw.randint(1, 3)):
                files = submission(files, one)
        elif kind == "unfinished":
            missing = draw.sample(written, draw.randint(1, len(written)))
            files |= {path: skeleton[path] for path in missing if path in skeleton}
        elif kind == "broken":
            path = draw.choice(list(_BROKEN))
            files[path] = draw.choice(_BROKEN[path])
        comment = f"# student {number}\n".encode()  # nobody's file is quite another's
        files["utils.py"] = files["utils.py"] + comment if kind != "broken" else files["utils.py"]
        lay_out(files, folder / f"student{number:04d}")
    return kinds


def timed(work: Path) -> tuple[float, float, float]:
    """Grade the class; return seconds by the clock and of processors, and MiB at most."""
    command = [sys.executable, "-P", "-m", "autograder", "grade", NAME, str(work / "class")]
    before, began = seconds_of_children(), time.monotonic()
    over, memory = threading.Event(), [0.0]

    def watch() -> None:
        while not over.wait(0.5):
            memory[0] = max(memory[0], memory_of_tree())

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        done = subprocess.run(
            [*command, "-o", str(work / "out"), "--no-training"],
            cwd=find_root(Path(__file__)),
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        over.set()
        watching.join()
    if done.returncode not in (0, 4):
        print(done.stderr, file=sys.stderr)
    return time.monotonic() - began, seconds_of_children() - before, memory[0]


if __name__ == "__main__":
    main()
