"""Run one test file against one folder of code, confined, and print the outcomes as JSON.

A program of its own, because pytest cannot collect inside a test of pytest's.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from studentkit.survey import survey

from autograder.core.files import folder_files
from autograder.core.manifest import Limits
from autograder.execution import suite
from autograder.execution.declared import Declared
from autograder.execution.given import Given
from autograder.execution.session import Session
from autograder.sandbox import tiers
from autograder.sandbox.fork_server import ForkServer


def main(folder: Path, seconds: float, more: list[str]) -> None:
    """Expect `tests/` and `code/` in `folder`; the worker sees the packages in `more` as well.

    A `skeleton/` beside them tells what is asked for, a `reference/` which of it is given.
    """
    answers = os.fdopen(os.dup(1), "w")
    rows = []
    code = folder_files(folder / "code")

    names = frozenset(Path(name).parts[0].removesuffix(".py") for name in code)
    tests = suite.collect(folder, folder / "tests", None, names, frozenset({"all"}))
    preload = ["numpy", "numpy.random", "matplotlib.pyplot"]
    packages = ["numpy", "matplotlib", *more]
    with ForkServer(tiers.probe(), packages, [*preload, *more]) as fork_server:
        limits = Limits(test_seconds=seconds, submission_seconds=30 * seconds, memory_mb=4096)
        skeleton = folder_files(folder / "skeleton")
        declared = Declared(survey(skeleton), Given(skeleton, folder_files(folder / "reference")))
        session = Session(fork_server, code, limits, declared=declared)
        for outcome in suite.run(tests, session, suite.Scene(pictures=True)):
            row = {name: getattr(outcome, name) for name in ("test", "status", "reason")}
            printed = [[each.text, each.function, each.where] for each in outcome.printed]
            pictures = [[title, len(png)] for title, png in outcome.pictures]
            row |= {"message": outcome.message, "printed": printed, "pictures": pictures}
            rows.append(row)
    json.dump(rows, answers)
    answers.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3:])
