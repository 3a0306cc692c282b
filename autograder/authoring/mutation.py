"""Change the reference in many small ways; the suites should notice every change.

Known mistakes say what students were seen to do. Mutants say where nobody has looked: each is the
reference with one operator, constant, argument or statement changed, inside the regions that
students write. The changes are made on LibCST's trees rather than by Cosmic Ray, whose operators
know neither `@` nor axes and bring a database, a web client and a git client along; LibCST needs
PyYAML alone, keeps the layout, so that a report shows the real line, and makes an operator a
function of a few lines. No mutant ever runs in this process: each is graded like a submission.
"""

from __future__ import annotations

import dataclasses
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence

from autograder.answers.variants import FILE as ANSWERS_FILE
from autograder.authoring.mutants import equivalents
from autograder.authoring.mutants.equivalents import DeclarationError
from autograder.authoring.mutants.mutant import Mutant
from autograder.authoring.mutants.report import MutationReport, judge, render
from autograder.core.errors import AutograderError
from autograder.core.manifest import Limits
from autograder.core.records import Status
from autograder.execution.pool import PoolError, share
from autograder.execution.suite import Test
from autograder.grading.grader import Grader
from autograder.grading.opening import open_grader
from autograder.grading.options import GradingOptions
from autograder.sandbox.fork_server import Parent
from autograder.sandbox.tiers import Level

__all__ = ["DeclarationError", "MutationError", "MutationReport", "mutate", "render"]

_LEAST_SECONDS = 1.5  # for one test: a busy machine must not look like an endless loop


class MutationError(AutograderError):
    """The mutants could not be run; the message says why."""


def mutate(
    options: GradingOptions,
    jobs: int | None = None,
    training: bool = False,
    progress: Callable[[int, int, str], None] | None = None,
    limit: int | None = None,
) -> MutationReport:
    """Run mutants of the reference through confined workers, at most `limit`, evenly spread.

    `progress(done, total, what)` is called after each. Tests that train are asked only with
    `training`, where `setting` has them, and only about mutants that all others let pass. Raises
    MutationError, DeclarationError, CollectionError, ManifestError, RegionError.
    """
    if options.tier.level is Level.D:
        raise MutationError("nothing confines code on this machine, so no mutant can be run")
    grader = open_grader(options)
    files = grader.reference_files
    left_out = {ANSWERS_FILE} if grader.assignment.questions.is_file() else set()
    declared = equivalents.load(grader.assignment.tests)
    mutants = _mutants(files, left_out)
    tests = [test for test in grader.tests if not test.trains]
    last = [test for test in grader.tests if test.trains and training]
    grader.manifest = dataclasses.replace(
        grader.manifest, limits=_limits(grader, files, tests, last)
    )
    chosen = _spread(len(mutants), limit)
    work = _Work(grader, files, mutants, tests, last)
    names = [f"{number}: {mutants[number].place}" for number in chosen]
    try:
        rows = share(grader.branch, names, work, jobs, progress)
    except PoolError as error:
        raise MutationError(f"a mutant could not be run: {error}") from None
    killed: list[bool | None] = [None] * len(mutants)
    for number, name in zip(chosen, names, strict=True):
        killed[number] = rows[name]
    return judge(grader.manifest.id, mutants, killed, declared, bool(last))


def _mutants(files: dict[str, bytes], left_out: Collection[str] = ()) -> list[Mutant]:
    """Make the mutants of all files but typed answers, which are judged by their value."""
    try:
        from autograder.authoring.mutants.generation import mutants_of
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "libcst":
            raise
        raise MutationError(
            "making mutants needs LibCST; run: pip install 'autograder[mutation]'"
        ) from None
    found = []
    for name, content in files.items():
        if name.endswith(".py") and name not in left_out:
            found += mutants_of(name, content.decode())
    return found


def _spread(count: int, limit: int | None) -> list[int]:
    if limit is None or limit >= count:
        return list(range(count))
    return [number * count // limit for number in range(limit)]


def _limits(
    grader: Grader, files: dict[str, bytes], tests: Sequence[Test], last: Sequence[Test]
) -> Limits:
    """Check that the reference passes; let no test take much longer than it takes all of them."""
    with grader.branch() as fork_server:
        begin = time.monotonic()
        outcomes = grader.run(fork_server, files, tests=tests)
        whole = time.monotonic() - begin
        outcomes += grader.run(fork_server, files, tests=last) if last else []
    for outcome in outcomes:
        if outcome.status is not Status.PASSED:
            raise MutationError(
                f"the reference itself does not pass {outcome.test} ({outcome.message}); "
                "see: autograder validate"
            )
    limits = grader.manifest.limits
    seconds = min(limits.test_seconds, max(_LEAST_SECONDS, 4 * whole))
    return dataclasses.replace(limits, test_seconds=seconds)


class _Work:
    """Runs mutants in one fork; learns which tests notice changes of which function."""

    def __init__(
        self,
        grader: Grader,
        files: dict[str, bytes],
        mutants: Sequence[Mutant],
        tests: Sequence[Test],
        last: Sequence[Test],
    ) -> None:
        self._grader, self._files, self._mutants = grader, files, mutants
        self._tests, self._last = tests, last
        self._noticed: Counter[tuple[str, str]] = Counter()  # of function or file, and test

    def __call__(self, fork_server: Parent, name: str) -> bool:
        """Tell whether some test notices the mutant whose number `name` begins with."""
        mutant = self._mutants[int(name.partition(":")[0])]
        files = {**self._files, mutant.file: mutant.source.encode()}
        tests = [*self._in_turn(mutant), *self._last]
        outcomes = self._grader.run(fork_server, files, tests=tests, until_failure=True)
        end = outcomes[-1] if outcomes else None
        if end is not None and end.status is Status.ERROR:
            raise MutationError(f"{end.test} could not run: {end.message}"[:500])
        killed = end is not None and end.status is Status.FAILED
        if killed and end is not None:
            self._noticed.update({(mutant.function, end.test), (mutant.file, end.test)})
        return killed

    def _in_turn(self, mutant: Mutant) -> list[Test]:
        """Put the tests first that noticed a change of this function, then of this file."""
        return sorted(
            self._tests,
            key=lambda test: (
                -self._noticed[mutant.function, test.id],
                -self._noticed[mutant.file, test.id],
            ),
        )
