"""An early error does not cost the later points: tests repeated with the grader's functions.

Where a task builds on others (`needs` in the manifest) and one of those lost points, each of its
failed tests is run once more with the functions of the wrong tasks answered by the grader. What
answers is a second confined worker with the reference in it: no line of the reference is where
the submission runs, and no value of the submission is used by trusted code.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.manifest import Limits, Manifest, needed
from autograder.records import Outcome, Status
from autograder.runner.errors import SubmissionError, WorkerStopped
from autograder.runner.session import Session
from autograder.runner.suite import Test
from autograder.sandbox.inside.wire import Tensor
from autograder.sandbox.zygotes import Zygote

_PLAIN = (type(None), bool, int, float, complex, str, bytes, np.ndarray, np.generic, Tensor)
Run = Callable[[list[Test], Session], list[Outcome]]


class SupplyError(Exception):
    """A supplied function has no answer to these arguments; student code sees it raised."""


class Supplier:
    """Answers for functions of the submission from a worker that holds the reference."""

    def __init__(self, zygote: Zygote, reference: dict[str, bytes], limits: Limits, mount: str):
        """Prepare; the worker starts with the first call."""
        self._session = Session(zygote, reference, limits, mount)

    def functions(self, targets: Sequence[str]) -> dict[str, Callable[..., Any]]:
        """Return what a session is to be supplied with."""
        return {target: self._function(target) for target in targets}

    def begin(self, trains: bool) -> None:
        """Start a test: its own deadline."""
        self._session.begin(None, trains)

    def close(self) -> None:
        """End the worker."""
        self._session.stop()

    def _function(self, target: str) -> Callable[..., Any]:
        def answer(arguments: Any, named: Any, states: Any) -> Any:
            # A handle of the submission's worker means nothing, or something else, over there.
            if not _plain([arguments, named, states]):
                raise SupplyError("only numbers, texts, arrays and lists of them can be passed")
            try:
                return self._session.request("supplied", target, arguments, named, states)
            except SubmissionError as error:  # the reference refuses such arguments as well
                raise SupplyError(f"{error.type_name} for these arguments") from None
            except WorkerStopped:
                raise SupplyError("these arguments take too much time or memory") from None

        return answer


def _plain(value: Any) -> bool:
    if type(value) in (list, tuple):
        return all(map(_plain, value))
    if type(value) is dict:
        return all(type(key) in (str, int) and _plain(item) for key, item in value.items())
    return isinstance(value, _PLAIN)


def supplies(manifest: Manifest, task_id: str, wrong: set[str]) -> tuple[list[str], list[str]]:
    """Return which wrong tasks `task_id` builds on, and their functions; its own stay its own.

    A task without functions of its own is a whole made of others. It is repeated only where most
    of those are right: otherwise the grader would be marking itself.
    """
    task = manifest.task(task_id)
    if not task.carried:
        return [], []
    parts = {
        name: [one for one in manifest.task(name).functions if one not in task.functions]
        for name in needed(manifest.tasks, task_id)
    }
    tasks = [name for name, functions in parts.items() if name in wrong and functions]
    if not task.functions and 2 * len(tasks) >= len(parts):
        return [], []
    return tasks, list(dict.fromkeys(one for name in tasks for one in parts[name]))


def carry(
    manifest: Manifest,
    tests: Sequence[Test],
    outcomes: Sequence[Outcome],
    session: Callable[[], Session],
    supplier: Callable[[], Supplier],
    run: Run,
) -> list[Outcome]:
    """Repeat failed tests with the functions of wrong upstream tasks supplied.

    A test that passes then is passed, with `carried` naming the tasks; one that fails again
    keeps failing, with the message of the second run, as that one is about its own task.
    """
    by_id = {test.id: test for test in tests}
    found = {outcome.test: outcome for outcome in outcomes}
    wrong: set[str] = set()
    lent: Supplier | None = None
    sessions: dict[tuple[str, ...], Session] = {}
    try:
        # What a task builds on comes first: a task that is right once it was helped is not wrong.
        for task in sorted(manifest.tasks, key=lambda task: len(needed(manifest.tasks, task.id))):
            names, functions = supplies(manifest, task.id, wrong)
            for outcome in outcomes:
                if outcome.task != task.id or outcome.status is not Status.FAILED:
                    continue
                if functions:
                    lent = lent or supplier()
                    key = tuple(functions)
                    if key not in sessions:
                        sessions[key] = session()
                        sessions[key].supply(lent.functions(functions))
                    test = by_id[outcome.test]
                    lent.begin(test.trains)
                    again = run([test], sessions[key])[0]
                    found[outcome.test] = _second(outcome, again, names, manifest)
                if found[outcome.test].status is Status.FAILED:
                    wrong.add(task.id)
    finally:
        if lent is not None:
            lent.close()
    return [found[outcome.test] for outcome in outcomes]


def _second(first: Outcome, again: Outcome, names: list[str], manifest: Manifest) -> Outcome:
    printed = tuple(dict.fromkeys((*first.printed, *again.printed)))
    if again.status is Status.PASSED:
        return dataclasses.replace(again, carried=tuple(names), printed=printed)
    message = again.message
    if message:
        titles = ", ".join(f"“{manifest.task(name).title}”" for name in names)
        message = f"{message}\nSo it is with the grader's functions of {titles} too."
    return dataclasses.replace(again, message=message, printed=printed)
