"""Measure how long judging a typed answer takes, beside sympy's own ways to compare.

    python tests/benchmarks/answers.py [--seconds 5] [--rows 150] [--repeat 3]

Rows are those of the tests' corpus. sympy compares the same pairs, where both are scalar
expressions in variables that can be built in it node by node: `(a - b).equals(0)` and
`simplify(a - b) == 0`, each with a time limit.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import sympy as sp

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "autograder" / "answers"))

import corpus
import rewriting
from studentkit.notation import Unreadable

from autograder.answers.judge import judge, reading_of


class TooSlow(Exception):
    """The time limit of one comparison is over."""


def main() -> None:
    """Parse arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rows", type=int, default=150, help="for sympy")
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_args()
    rows = [row for row in corpus.rows() if row.source != "empty"]
    counts = Counter(row.source for row in rows)
    print(f"{len(rows)} rows: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
    first = [_milliseconds(row) for row in rows]
    print(f"first pass, points drawn on the way: {_figures(first)}")
    again = [min(_milliseconds(row) for _ in range(arguments.repeat)) for row in rows]
    print(f"judge: {_figures(again)}")
    wrong = Counter(
        (row.verdict, found)
        for row in rows
        if (found := judge(row.question, row.answer).verdict) != row.verdict
    )
    accepted = sum(count for (_, found), count in wrong.items() if found == "correct")
    rejected = sum(count for (right, _), count in wrong.items() if right == "correct")
    print(f"false accepts {accepted}, false rejects {rejected}")
    _beside_sympy(rows, arguments.rows, arguments.seconds)


def _milliseconds(row: corpus.Row) -> float:
    started = time.perf_counter()
    judge(row.question, row.answer)
    return (time.perf_counter() - started) * 1000


def _figures(times: list[float]) -> str:
    times = sorted(times)
    middle, late = times[len(times) // 2], times[min(len(times) - 1, len(times) * 99 // 100)]
    return f"median {middle:.2f} ms, p99 {late:.2f} ms, largest {times[-1]:.1f} ms"


def _beside_sympy(rows: list[corpus.Row], most: int, seconds: float) -> None:
    """Compare the same pairs with sympy; what it cannot be given is left out."""
    pairs = []
    for row in rows:
        names = rewriting.symbols(row.question)
        try:
            tree = reading_of(row.question, row.answer).tree
            mine = rewriting.build(tree, names)
            right = rewriting.build(row.question.reference.tree, names)
            if mine.free_symbols | right.free_symbols:
                pairs.append((row, mine, right))
        except (Unreadable, rewriting.CannotBuild):
            continue
    step = max(1, len(pairs) // most)
    pairs = pairs[::step][:most]
    print(f"\n{len(pairs)} of these rows can be given to sympy; the limit is {seconds:g} s")
    print(f"judge: {_figures([_milliseconds(row) for row, _, _ in pairs])}")
    ways: dict[str, Callable[[Any, Any], Any]] = {
        "equals": lambda a, b: (a - b).equals(0),
        "simplify": lambda a, b: sp.simplify(a - b) == 0,
    }
    for name, way in ways.items():
        times, accepts, rejects, hangs = [], 0, 0, 0
        for row, a, b in pairs:
            sp.core.cache.clear_cache()
            started = time.perf_counter()
            try:
                same = _limited(lambda way=way, a=a, b=b: way(a, b), seconds) is True
            except TooSlow:
                same, hangs = False, hangs + 1
            times.append((time.perf_counter() - started) * 1000)
            accepts += same and row.verdict == "wrong"
            rejects += not same and row.verdict == "correct"
        print(
            f"sympy {name}: {_figures(times)}; "
            f"false accepts {accepts}, false rejects {rejects}, past the limit {hangs}"
        )


def _limited(body: Callable[[], Any], seconds: float) -> Any:
    def stop(_: int, __: FrameType | None) -> None:
        raise TooSlow

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return body()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


if __name__ == "__main__":
    main()
