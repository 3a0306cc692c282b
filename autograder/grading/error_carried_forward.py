"""An early error does not cost the later points: tests repeated with the grader's functions.

Where a task builds on others (`needs` in the manifest) and one of those lost points, each of its
failed tests is run once more with the functions of the wrong tasks answered by the grader (see
`lending`): no line of the reference is where the submission runs, and no value of the submission
is used by trusted code.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Container, Sequence

from autograder.core.manifest import Manifest, Task, needed
from autograder.core.records import STAYS, Outcome, Status
from autograder.execution.session import Session
from autograder.execution.suite import Around, Test
from autograder.grading.lending import Lender

Run = Callable[[list[Test], Session, Around], list[Outcome]]


def lendable(manifest: Manifest) -> list[str]:
    """Return every function that some other task builds on, so that it may be lent."""
    found = [
        function
        for task in manifest.tasks
        if task.carried
        for name in needed(manifest.tasks, task.id)
        if name not in task.uncarried
        for function in manifest.task(name).functions
        if function not in task.functions
    ]
    return list(dict.fromkeys(found))


def supplies(
    manifest: Manifest, task_id: str, wrong: Container[str], lent: Container[str]
) -> tuple[list[str], list[str]]:
    """Return which wrong tasks `task_id` builds on, and those of their functions that are lent.

    Its own functions stay its own, and so does what the manifest says cannot be supplied. A task
    without functions of its own is a whole made of others. It is repeated only where most of those
    are right: otherwise the grader would be marking itself.
    """
    task = manifest.task(task_id)
    if not task.carried:
        return [], []
    parts = {
        name: [one for one in manifest.task(name).functions if one not in task.functions]
        for name in needed(manifest.tasks, task_id)
    }
    broken = [name for name, functions in parts.items() if name in wrong and functions]
    if not task.functions and 2 * len(broken) >= len(parts):
        return [], []
    tasks = [name for name in broken if name not in task.uncarried]
    functions = dict.fromkeys(one for name in tasks for one in parts[name] if one in lent)
    return (tasks, list(functions)) if functions else ([], [])


def carry(
    manifest: Manifest,
    tests: Sequence[Test],
    outcomes: Sequence[Outcome],
    session: Callable[[], Session],
    lender: Lender,
    run: Run,
    unwritten: frozenset[str] = frozenset(),
) -> list[Outcome]:
    """Repeat failed tests with the functions of wrong upstream tasks lent.

    A test that passes then is passed, with `carried` naming the tasks; one that fails again
    keeps failing, with the message of the second run, as that one is about its own task.

    Each repeated test has a lender of its own, and every public one is finished before anything
    hidden is repeated: nothing that a hidden test told can come out in public. Where all functions
    of a task are `unwritten` nothing can help it.
    """
    repeats = _Repeats(manifest, tests, outcomes, session, lender, run, unwritten)
    try:
        repeats.make(hidden=False)
        repeats.make(hidden=True)
    finally:
        lender.close()
    return [repeats.found[outcome.test] for outcome in outcomes]


class _Repeats:
    """What is repeated of one submission's tests, and with whose functions."""

    def __init__(
        self,
        manifest: Manifest,
        tests: Sequence[Test],
        outcomes: Sequence[Outcome],
        session: Callable[[], Session],
        lender: Lender,
        run: Run,
        unwritten: frozenset[str],
    ) -> None:
        self._unwritten = unwritten
        self._manifest, self._lender, self._run = manifest, lender, run
        self._new_session = session
        self._sessions: dict[tuple[str, ...], Session] = {}  # for the time that is left to each
        self._tests = {test.id: test for test in tests}
        self._outcomes = outcomes
        self.found = {outcome.test: outcome for outcome in outcomes}

    def make(self, hidden: bool) -> None:
        """Repeat the failed tests that are hidden, or those that are public."""
        wrong: set[str] = set()
        tasks = self._manifest.tasks
        # What a task builds on comes first: a task that is right once it was helped is not wrong.
        for task in sorted(tasks, key=lambda task: len(needed(tasks, task.id))):
            names, functions = supplies(self._manifest, task.id, wrong, self._lender)
            mine = [outcome for outcome in self._outcomes if outcome.task == task.id]
            failed = [one for one in mine if self.found[one.test].status is Status.FAILED]
            if task.functions and self._unwritten.issuperset(task.functions):
                failed = []
            chosen = [one for one in failed if functions and one.hidden is hidden]
            if chosen:
                self._repeat(chosen, names, functions)
            if self._is_wrong(task, mine, helped=bool(functions), all_done=hidden):
                wrong.add(task.id)

    def _is_wrong(self, task: Task, mine: list[Outcome], helped: bool, all_done: bool) -> bool:
        """Tell whether the task lost points of its own, by what is known at this time.

        Before the hidden tests of a helped task are repeated, its public ones speak for it.
        """
        public = [one for one in mine if not one.hidden]
        if helped and not all_done and any(one.status is Status.FAILED for one in public):
            mine = public
        return any(self.found[one.test].status is Status.FAILED for one in mine)

    def _repeat(self, chosen: list[Outcome], names: list[str], functions: list[str]) -> None:
        key = tuple(functions)
        if key not in self._sessions:
            self._sessions[key] = self._new_session()
            self._sessions[key].supply(self._lender.functions(functions))
        tests = [self._tests[one.test] for one in chosen]
        second = self._run(tests, self._sessions[key], self._lender.lent)
        for outcome, again in zip(chosen, second, strict=True):
            self.found[outcome.test] = self._second(outcome, again, names)

    def _second(self, first: Outcome, again: Outcome, names: list[str]) -> Outcome:
        printed = tuple(dict.fromkeys((*first.printed, *again.printed)))
        if again.status is Status.PASSED:
            return dataclasses.replace(again, carried=tuple(names), printed=printed)
        if self._lender.refused.get(first.test):  # how that ended says nothing about the submission
            return dataclasses.replace(first, printed=printed)
        message = again.message
        if message:
            titles = ", ".join(f"“{self._manifest.task(name).title}”" for name in names)
            instead = f"the grader's own functions of {titles} in place of yours"
            message = f"{message}\n{STAYS} {instead}."
        return dataclasses.replace(again, message=message, printed=printed)
