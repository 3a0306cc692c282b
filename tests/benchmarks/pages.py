"""Measure how much processor time one report page takes.

    python tests/benchmarks/pages.py [--repeat 5]

The limit for a class of hundreds is 4 ms a page.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from pathlib import Path

from autograder.reports.page import render

_GRADES = Path(__file__).resolve().parents[1] / "autograder" / "reports" / "grades.py"
_LIMIT = 0.004
_PAGES = 20


def main() -> None:
    """Parse arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=5)
    repeat = parser.parse_args().repeat
    spec = importlib.util.spec_from_file_location("grades", _GRADES)
    assert spec is not None and spec.loader is not None
    grades = importlib.util.module_from_spec(spec)
    sys.modules["grades"] = grades
    spec.loader.exec_module(grades)
    grade = grades.usual()
    render(grade, grades.HINTS)  # compiles the templates
    best = min(_seconds(grade, grades.HINTS) for _ in range(repeat))
    print(f"one page: {1000 * best:.2f} ms of processor time, {best / _LIMIT:.2f} of the limit")


def _seconds(grade: object, hints: object) -> float:
    before = time.process_time()
    for _ in range(_PAGES):
        render(grade, hints)  # type: ignore[arg-type]
    return (time.process_time() - before) / _PAGES


if __name__ == "__main__":
    main()
