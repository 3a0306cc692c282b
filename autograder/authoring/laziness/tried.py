"""What lazy code earns: run through the worker like a submission, and judged."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from autograder.authoring.laziness.variants import FORMS, Lazy, files_of, variants
from autograder.authoring.trials import Trial
from autograder.core import scoring
from autograder.core.records import Outcome, Status
from autograder.execution.errors import SubmissionError, WorkerStopped
from autograder.execution.session import Session
from autograder.grading.grader import Grader
from autograder.sandbox.fork_server import Parent

_ROUNDING = Fraction(1, 100)  # percent


@dataclass
class _Paid:
    """What lazy code was paid for in one place."""

    place: str
    percent: Fraction = Fraction(0)
    example: str = ""
    count: int = 0
    tests: set[str] = field(default_factory=set)

    def add(self, name: str, percent: Fraction | None, tests: set[str]) -> None:
        """Note one more variant that was."""
        self.count += 1
        self.tests |= tests
        if not self.example or (percent or 0) > self.percent:
            self.percent, self.example = percent or Fraction(0), name.removeprefix("lazy: ")

    @property
    def sentence(self) -> str:
        """Say it."""
        earned = f"up to {scoring.points(self.percent)} %" if self.percent else "tests"
        tests = ", ".join(sorted(self.tests))
        return (
            f"lazy code earns {earned} {self.place}, {self.count} kinds of it (such as: "
            f"{self.example}); it passes {tests}"
        )


@dataclass
class Battery:
    """Every lazy variant of one assignment, with what is needed to run it."""

    grader: Grader
    reference: dict[str, bytes]
    skeleton: dict[str, bytes]
    lazy: dict[str, Lazy]
    memo: dict[str, str] = field(default_factory=dict)
    # By test, which functions it executes; the others cannot notice that one of them is lazy.
    executed: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, grader: Grader, typed: Sequence[str], every: int = 1) -> Battery:
        """Generate the variants of `grader`'s assignment; each `every`-th of them."""
        reference = grader.reference_files
        measured = [task for task in grader.manifest.tasks if task.id not in grader.left_out]
        made = variants(measured, typed, reference)
        lazy = {f"lazy: {one.name}": one for one in made[::every]}
        return cls(grader, reference, grader.skeleton_files, lazy)

    @property
    def targets(self) -> list[str]:
        """The functions that lazy code replaces."""
        return [name for one in self.lazy.values() for name in one.functions]

    def learn(self, fork_server: Parent) -> None:
        """Have the reference note what its functions answer in the public tests."""
        functions = tuple(name for task in self.grader.manifest.tasks for name in task.functions)
        functions = tuple(dict.fromkeys(functions))
        noted = Lazy("", "remembers", functions, ())
        files = files_of(noted, self.reference, self.skeleton)
        grader = self.grader
        mount = grader.manifest.data_mount
        session = _Noting(fork_server, files, grader.manifest.limits, mount, grader.declared)
        grader.run_in(session, [one for one in grader.tests if not (one.hidden or one.trains)])
        self.memo = {key: base64.b64encode(value).decode() for key, value in session.table.items()}

    def run(self, fork_server: Parent, name: str) -> list[dict[str, Any]]:
        """Run one variant; return a Trial, as plain data, of each test of its tasks."""
        lazy = self.lazy[name]
        files = files_of(lazy, self.reference, self.skeleton, self.memo)
        tests = [test for test in self.grader.tests if test.task in lazy.tasks]
        if lazy.alone and self.executed:
            functions = frozenset(lazy.functions)
            tests = [test for test in tests if functions & self.executed[test.id] and test.scored]
        outcomes = self.grader.run(
            fork_server,
            files,
            tests=tests,
            until_failure=lazy.alone,  # one that notices will do
        )
        return [Trial.of(one).to_json() for one in outcomes]

    def judge(self, rows: Mapping[str, Sequence[dict[str, Any]]]) -> list[str]:
        """Say of each task and function for which lazy code earns something what, and by which."""
        found: dict[str, _Paid] = {}
        unnoticed: list[str] = []
        most: dict[str, Fraction] = {}
        for name, row in rows.items():
            lazy = self.lazy[name]
            trials = [Trial.from_json(one) for one in row]
            if not lazy.alone:
                for task, percent, tests in self._earned(trials):
                    most[task] = max(percent, most.get(task, Fraction(0)))
                    if percent > self.grader.manifest.task(task).lazy + _ROUNDING:
                        found.setdefault(task, _Paid(f"in {task}")).add(name, percent, tests)
            elif lazy.form != "memo" and not any(
                one.status is not Status.PASSED and one.scored for one in trials
            ):
                unnoticed.append(f"no test of its task notices when {lazy.name}")
        paid = [one.sentence for one in found.values()]
        return paid + unnoticed + self._overdeclared(most)

    def _overdeclared(self, most: Mapping[str, Fraction]) -> list[str]:
        return [
            f"{scoring.points(task.lazy)} % are declared for lazy code in {task.id}, and none "
            f"earns more than {scoring.points(most[task.id])} %"
            for task in self.grader.manifest.tasks
            if task.lazy and task.id in most and task.lazy > most[task.id] + _ROUNDING
        ]

    def _earned(self, trials: Sequence[Trial]) -> Iterator[tuple[str, Fraction, set[str]]]:
        outcomes = [
            Outcome(one.test, one.task, "", one.status, one.hidden, scored=one.scored)
            for one in trials
        ]
        mine = {outcome.task for outcome in outcomes}
        for score in scoring.task_scores(self.grader.manifest, outcomes):
            if score.id in mine and score.max_score:
                passed = {
                    one.test
                    for one in outcomes
                    if one.task == score.id and one.status is Status.PASSED and one.scored
                }
                yield score.id, 100 * score.score / score.max_score, passed

    @property
    def sentence(self) -> str:
        """Say how much was tried."""
        functions = {name for one in self.lazy.values() for name in one.functions}
        return (
            f"{len(self.lazy)} pieces of lazy code were tried on {len(functions)} functions in "
            f"{len(FORMS)} forms"
        )


class _Noting(Session):
    """A session that keeps what the functions of its worker have noted."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.table: dict[str, bytes] = {}

    def stop(self) -> None:
        """Fetch the notes before the worker ends."""
        if self._channel is not None and self.record.stopped is None:
            try:
                found = self.request("fetch", ["name", "_lazy_forms", "TABLE"])
            except (SubmissionError, WorkerStopped):
                found = None
            if type(found) is dict:
                self.table |= found
        super().stop()
