"""What each process of the pool does with a submission: opened, graded and reported in a fork.

It keeps a fork server; whatever happens in one fork leaves the next submission alone.
"""

from __future__ import annotations

import gc
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from autograder.core.files import write_text
from autograder.core.records import Status, Submission
from autograder.execution.forked import Ending, Note, in_fork
from autograder.execution.suite import Watch
from autograder.grading.diagnosis.library import Library
from autograder.grading.grader import Grader, not_graded
from autograder.grading.job import Job
from autograder.grading.output import write
from autograder.intake import read
from autograder.notebooks.kernel.confinement import KernelError
from autograder.reports.page import render
from autograder.sandbox.fork_server import ForkServerError, Parent

if TYPE_CHECKING:
    from autograder.notebooks.kernel.warm import Kernels

_log = logging.getLogger(__name__)
Results = dict[str, Any]  # what results.json holds

_SAME = 2  # times something may end in the same way before it is taken as an answer
_MOST_SPOILT = 3  # tests that may end the grading process before the rest is given up
_MARGIN_SECONDS = 60  # for opening and reporting, beside the submission's own limit
_SPOILT = "What your code returned ended the process that compares it."
_REST = "Not run, as other tests ended the process that compares what your code returns."


@contextmanager
def station(
    grader: Grader, library: Library, fork_server: Parent
) -> Iterator[Callable[[Job], Results]]:
    """Give the function that grades one submission and writes its reports."""
    opened = _Station(grader, library, fork_server)
    grader.work_ahead()
    render(not_graded(grader.options, grader.manifest, "", ""))  # compiles the page's template
    gc.collect()
    gc.freeze()  # forks share what is here
    try:
        yield opened.grade
    finally:
        opened.close()


def give_up(grader: Grader, job: Job, reason: str) -> Results:
    """Write the report of a submission that our own machinery could not grade."""
    grade = not_graded(grader.options, grader.manifest, job.source.name, reason)
    return write(grade, job.out, "")


class _Station:
    def __init__(self, grader: Grader, library: Library, fork_server: Parent) -> None:
        self._grader, self._library = grader, library
        self._fork_server: Parent | None = fork_server
        self._kernels: Kernels | None = None  # a second parent, where notebooks are run

    def close(self) -> None:
        """End what forks for submissions; whatever state it is in, nothing of it is used again."""
        for parent in (self._fork_server, self._kernels):
            if parent is not None:
                parent.close()
        self._fork_server = self._kernels = None

    def _open(self) -> Parent:
        """Start what is not there or has ended."""
        if self._fork_server is None or not self._fork_server.alive():
            self.close()
            self._fork_server = self._grader.fork_server()
        if self._kernels is None or not self._kernels.alive():
            self._kernels = self._grader.kernels()
        return self._fork_server

    def grade(self, job: Job) -> Results:
        """Grade one submission in a fork, with new fork servers where the old ones failed.

        A fork that dies in a test that the reference passes has died of the submission: that
        test is failed, and the others are graded. What remains is our own machinery's.
        """
        began = time.monotonic()
        endings: Counter[str] = Counter()
        spoilt: dict[str, str] = {}
        while True:
            ending = self._forked(partial(self._graded, job, spoilt))
            if ending.answer is not None:
                _log.info("%s: graded in %.1f s", job, time.monotonic() - began)
                return dict(ending.answer)
            _log.info("%s: no end: %s", job, ending.problem)
            self.close()
            test = ending.noted
            endings[f"{test} {ending.problem}"] += 1
            same = endings[f"{test} {ending.problem}"]
            if test and (spoilt or same == _SAME) and self._is_sound(test):
                spoilt[test] = _SPOILT
                if len(spoilt) == _MOST_SPOILT:
                    spoilt = {one.id: _REST for one in self._grader.tests} | spoilt
            elif same == _SAME:
                reason = f"the grader itself failed {same} times ({ending.problem})"
                return give_up(self._grader, job, reason)

    def _forked(self, work: Callable[[Parent, Note], Any]) -> Ending:
        fork_server = self._open()
        ending = in_fork(lambda note: work(fork_server, note), self._longest())
        if ending.answer is not None:
            try:
                fork_server.reap_all()
                if self._kernels is not None:
                    self._kernels.end_all()
            except (KernelError, ForkServerError):
                self.close()
        return ending

    def _is_sound(self, test: str) -> bool:
        """Tell whether the reference passes a test, in a fork like a submission's."""
        grader = self._grader
        tests = [one for one in grader.tests if one.id == test]

        def passes(fork_server: Parent, _: Note) -> bool:
            outcomes = grader.run(fork_server, grader.reference_files, tests=tests)
            return all(one.status is Status.PASSED for one in outcomes)

        return self._forked(passes).answer is True

    def _longest(self) -> float:
        """Return the seconds after which a fork is stuck."""
        limits = self._grader.manifest.limits
        training = sum(test.trains for test in self._grader.tests) * limits.training_seconds
        # Twice: failed tests may be repeated with the grader's functions.
        seconds = 2 * (limits.submission_seconds + training) + _MARGIN_SECONDS
        if self._grader.options.executes:
            seconds += 2 * (limits.submission_seconds + 2 * limits.training_seconds)
        # A repeated test finds its trainings in the cache.
        return seconds + limits.verifying_seconds

    def _graded(self, job: Job, spoilt: dict[str, str], fork_server: Parent, note: Note) -> Results:
        grader, watch = self._grader, Watch(spoilt, note)
        found = read(job.source, expected=job.expected, times=job.times)
        executed = None
        if isinstance(found, Submission):
            grade = grader.grade(
                fork_server, found, self._library, job.marks, watch, job.agreed, job.due
            )
            executed = grader.executed(found, self._kernels) if self._kernels else None
        else:
            grade = grader.refused(found, job.agreed)
        if executed is not None:
            (job.out / grade.submission).mkdir(parents=True, exist_ok=True)
            write_text(job.out / grade.submission / "notebook.ipynb", executed.decode("utf-8"))
        return write(grade, job.out, job.fingerprint, self._library.hints)
