"""Run broken submissions of one assignment through the worker; print a JSON line for each.

A program of its own: run_grid.py ASSIGNMENT EVERY OFFSET (each EVERY-th variant, from OFFSET on).
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from broken import Broken, broken

from autograder.core.layout import find_assignment, find_root
from autograder.core.records import Outcome, Submission
from autograder.execution.suite import Test
from autograder.grading.batch import prepare
from autograder.grading.grader import Grader
from autograder.grading.opening import open_grader
from autograder.sandbox.fork_server import Parent


def main(name: str, every: int, offset: int) -> None:
    """Run them all in this process."""
    answers = os.fdopen(os.dup(1), "w")
    setting = prepare(find_assignment(name, find_root(Path(__file__))), training=False)

    grader = open_grader(setting)
    torch = "torch" in grader.manifest.packages
    variants = list(broken(grader.reference_files, grader.skeleton, torch))
    print(json.dumps({"variants": len(variants)}), file=answers, flush=True)
    with grader.fork_server() as fork_server:
        for number in range(offset, len(variants), every):
            print(
                json.dumps(_row(grader, fork_server, variants[number])),
                file=answers,
                flush=True,
            )
    answers.close()


def _row(grader: Grader, fork_server: Parent, variant: Broken) -> dict[str, Any]:
    began = time.monotonic()
    tests = _tests(grader, variant)
    row: dict[str, Any] = {"name": variant.name, "about": variant.about}
    try:
        if variant.tests_of:
            outcomes = grader.judge(fork_server, variant.files, tests=tests)
        else:
            grade = grader.grade(fork_server, Submission("someone", variant.files, ""))
            outcomes, row["status"] = list(grade.outcomes), grade.status
        row["outcomes"] = [_told(one) for one in outcomes]
    except BaseException as error:
        row["escaped"] = f"{type(error).__name__}: {error}"
    row["seconds"] = time.monotonic() - began
    return row


def _told(outcome: Outcome) -> list[Any]:
    return [outcome.test, outcome.status, outcome.hidden, outcome.message, outcome.reason]


def _tests(grader: Grader, variant: Broken) -> list[Test]:
    wanted = {
        task.id
        for task in grader.manifest.tasks
        for function in task.functions
        if f"{function}.".startswith(f"{variant.tests_of}.")
    }
    return [test for test in grader.tests if test.task in wanted]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
