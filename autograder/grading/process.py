"""The process that grades a class: collects the suites once and shares the submissions in a pool.

Started by `batch`, so that neither pytest nor torch is loaded where the command runs. It reads the
options and the jobs from standard input, and writes one JSON object a line for each that is done.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
from functools import partial
from typing import IO, Any

from autograder.core.agreements import unknown_tests
from autograder.core.errors import AutograderError
from autograder.execution import pool
from autograder.execution.pool import Lost
from autograder.grading.job import Job
from autograder.grading.opening import open_grader
from autograder.grading.options import GradingOptions
from autograder.grading.station import give_up, station
from autograder.sandbox.inside.confine import die_with_parent

_log = logging.getLogger(__name__)
_KILLED = "the grading process was killed three times while working on it"


def main() -> int:
    """Grade what standard input names."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who has started us hears it as well
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    asked = json.load(sys.stdin)
    options = GradingOptions.from_json(asked["options"])
    jobs = [Job.from_json(job) for job in asked["jobs"]]
    try:
        _grade(options, jobs, asked["processes"], answers)
    except AutograderError as error:
        _say(answers, {"fatal": str(error)})
    except Exception as error:
        _log.debug("the grading process failed", exc_info=True)
        _say(answers, {"fatal": f"{type(error).__name__}: {error}"})
    return 0


def _grade(
    options: GradingOptions, jobs: list[Job], processes: int | None, answers: IO[str]
) -> None:
    grader = open_grader(options)
    missing = unknown_tests(
        [one for job in jobs for one in job.agreed], [test.id for test in grader.collected]
    )
    if missing:
        raise AutograderError(
            f"exceptions: there is no test {missing[0]}; `validate --json` lists their ids"
        )
    library = grader.library(processes, lambda *known: _say(answers, {"learnt": known}))
    for number, answer in pool.answers(
        partial(station, grader, library), jobs, grader.branch, processes
    ):
        if isinstance(answer, Lost):
            answer = give_up(grader, jobs[number], _KILLED)
        _say(answers, {"name": jobs[number].source.name, "results": answer})


def _say(answers: IO[str], answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


if __name__ == "__main__":
    sys.exit(main())
