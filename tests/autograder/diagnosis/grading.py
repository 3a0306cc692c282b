"""Grade every independent implementation and print what became of it as JSON.

A program of its own, because pytest cannot collect inside a test of pytest's.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from implementations import IMPLEMENTATIONS, submission

from autograder.core.files import folder_files
from autograder.core.layout import find_assignment, find_root
from autograder.core.records import Status
from autograder.execution.pool import share
from autograder.grading.batch import prepare
from autograder.grading.diagnosis.naming import name_mistakes
from autograder.grading.grader import Grader
from autograder.grading.opening import open_grader
from autograder.sandbox.fork_server import Parent


def main() -> None:
    """Print {name: {"failed": [...], "broken": [...], "mistakes": [...]}}."""
    chosen = find_assignment("mlp_from_scratch", find_root(Path(__file__)))
    with os.fdopen(os.dup(1), "w") as answers:
        setting = prepare(chosen, training=False)
        json.dump(graded(open_grader(setting)), answers)


def graded(grader: Grader) -> dict[str, Any]:
    """Grade each implementation inside the otherwise unchanged reference."""
    library = grader.library()
    solution = folder_files(grader.assignment.solution)
    by_name = {one.name: one for one in IMPLEMENTATIONS}

    def work(fork_server: Parent, name: str) -> dict[str, Any]:
        outcomes = grader.judge(fork_server, submission(solution, by_name[name]))
        named = name_mistakes(outcomes, library)
        return {
            "failed": [one.test for one in named if one.status is Status.FAILED],
            "broken": [one.test for one in named if one.status is Status.ERROR],
            "carried": [one.test for one in named if one.carried],
            "mistakes": sorted({one.mistake for one in named if one.mistake}),
        }

    return share(grader.branch, list(by_name), work)


if __name__ == "__main__":
    main()
