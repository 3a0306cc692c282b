"""Measure how often the right mistakes are named: each alone, and random pairs of them.

    python tests/benchmarks/diagnosis.py [--pairs 200] [--seed 1] [--assignment mlp_from_scratch]

A submission with one mistake should get that name and no other; one with two should get both.
The figures come from whole gradings through the confined worker, without training.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections import Counter

from autograder.core.files import folder_files
from autograder.core.layout import find_assignment, find_root
from autograder.execution.pool import share
from autograder.grading.batch import prepare
from autograder.grading.diagnosis.naming import name_mistakes
from autograder.grading.grader import Grader
from autograder.grading.opening import open_grader
from autograder.sandbox.fork_server import Parent


def main() -> None:
    """Parse arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assignment", default="mlp_from_scratch")
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    chosen = find_assignment(arguments.assignment, find_root())
    lines: list[str] = []
    setting = prepare(chosen, training=False)
    measure(open_grader(setting), arguments.pairs, arguments.seed, lines)
    print("\n".join(lines))


def measure(grader: Grader, pairs: int, seed: int, lines: list[str]) -> None:
    """Append the figures to `lines`."""
    start = time.monotonic()
    library = grader.library()
    lines.append(f"library of {len(library.hints)} learnt or read in {since(start)}")
    lines += [f"  cannot be told apart: {one}, {other}" for one, other in library.twins()]
    reference = folder_files(grader.assignment.solution)

    def named(fork_server: Parent, names: str) -> list[str]:
        outcomes = grader.judge(fork_server, reference, names.split("+"))
        counts = Counter(one.mistake for one in name_mistakes(outcomes, library) if one.mistake)
        return [name for name, _ in counts.most_common()]

    ids = list(library.hints)
    start = time.monotonic()
    singles = share(grader.branch, ids, named)
    first = sum(found[:1] == [name] for name, found in singles.items())
    wrong = {name: found for name, found in singles.items() if set(found) - {name}}
    lines.append(
        f"singles: right name first {first} of {len(ids)}, a wrong name in {len(wrong)}; "
        f"{since(start)} on {os.cpu_count()} cores"
    )
    lines += [f"  {name}: {found}" for name, found in singles.items() if found != [name]]

    draw = random.Random(seed)
    chosen: set[tuple[str, str]] = set()
    while len(chosen) < min(pairs, len(ids) * (len(ids) - 1) // 2):
        one, other = sorted(draw.sample(ids, 2))
        chosen.add((one, other))
    start = time.monotonic()
    found = share(grader.branch, ["+".join(pair) for pair in sorted(chosen)], named)
    counts: Counter[str] = Counter()
    for names, given in found.items():
        right, got = set(names.split("+")), set(given)
        counts["both"] += right <= got
        counts["one"] += len(right & got) == 1
        counts["none"] += not right & got
        counts["wrong"] += bool(got - right)
        first_names = set(given[:2])
        counts["both first"] += right == first_names
        if not right <= got:
            lines.append(f"  {names}: {given}")
    lines.append(
        f"pairs: both named {counts['both']} of {len(chosen)} (first {counts['both first']}), "
        f"one {counts['one']}, none {counts['none']}, a wrong name in {counts['wrong']}; "
        f"{since(start)}"
    )


def since(start: float) -> str:
    """Return the seconds since `start` in words."""
    return f"{time.monotonic() - start:.1f} s"


if __name__ == "__main__":
    main()
