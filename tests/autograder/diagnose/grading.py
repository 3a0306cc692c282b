"""Grade every independent implementation and print what became of it as JSON.

A program of its own, because pytest cannot collect inside a test of pytest's.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from implementations import IMPLEMENTATIONS, submission

from autograder.diagnose.naming import name_mistakes
from autograder.grade.bench import Bench
from autograder.grade.course import prepare
from autograder.grade.files import folder_files
from autograder.grade.opening import open_bench
from autograder.layout import find_assignment, find_root
from autograder.records import Status
from autograder.runner.sharing import share
from autograder.sandbox.zygotes import Zygote


def main() -> None:
    """Print {name: {"failed": [...], "broken": [...], "mistakes": [...]}}."""
    chosen = find_assignment("mlp_from_scratch", find_root(Path(__file__)))
    with os.fdopen(os.dup(1), "w") as answers:
        found: dict[str, Any] = {}
        setting = prepare(chosen, training=False)
        open_bench(setting, lambda bench: found.update(graded(bench)))
        json.dump(found, answers)


def graded(bench: Bench) -> dict[str, Any]:
    """Grade each implementation inside the otherwise unchanged reference."""
    library = bench.library()
    solution = folder_files(bench.assignment.solution)
    by_name = {one.name: one for one in IMPLEMENTATIONS}

    def work(zygote: Zygote, name: str) -> dict[str, Any]:
        outcomes = bench.judge(zygote, submission(solution, by_name[name]))
        named = name_mistakes(outcomes, library)
        return {
            "failed": [one.test for one in named if one.status is Status.FAILED],
            "broken": [one.test for one in named if one.status is Status.ERROR],
            "carried": [one.test for one in named if one.carried],
            "mistakes": sorted({one.mistake for one in named if one.mistake}),
        }

    return share(bench.zygote, list(by_name), work)


if __name__ == "__main__":
    main()
