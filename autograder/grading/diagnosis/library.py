"""What each known mistake replies in the tests of its task, learnt once per assignment."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from autograder.core.cache import Cache
from autograder.core.mistakes import Mistake
from autograder.core.records import Outcome, Status, Weighed
from autograder.execution.pool import share
from autograder.execution.suite import Test
from autograder.grading.diagnosis.replies import Weight, digest, weight
from autograder.sandbox.fork_server import Parent

Progress = Callable[[int, int, str], None]  # done, of how many, what
Run = Callable[[Parent, list[str], list[Test]], list[Outcome]]


@dataclass(frozen=True)
class Replies:
    """How one mistake shows in the tests of one task."""

    mistake: Mistake
    task: str
    failed: dict[str, str]  # test id -> digest of the replies, for the tests it fails
    weights: dict[str, Weight]  # test id -> how much those replies say
    messages: dict[str, str]  # test id -> what a student reads, for public tests


@dataclass(frozen=True)
class Library:
    """Everything that is known about an assignment's mistakes."""

    entries: tuple[Replies, ...]

    @property
    def hints(self) -> dict[str, str]:
        """Hint by the mistake's id."""
        return {entry.mistake.id: entry.mistake.hint for entry in self.entries}

    @property
    def costs(self) -> dict[tuple[str, str], Weighed]:
        """What a mistake costs in a task, and which tests of it must fail: by task and id."""
        return {
            (entry.task, entry.mistake.id): Weighed(
                Fraction(entry.mistake.costs, 100), frozenset(entry.failed)
            )
            for entry in self.entries
            if entry.mistake.costs is not None
        }

    def of_task(self, task: str) -> list[Replies]:
        """Return the mistakes of one task."""
        return [entry for entry in self.entries if entry.task == task]

    def twins(self) -> list[tuple[str, str]]:
        """Return pairs of mistakes that no test of their task tells apart."""
        found = []
        for number, one in enumerate(self.entries):
            for other in self.entries[number + 1 :]:
                if one.task == other.task and one.failed == other.failed:
                    found.append((one.mistake.id, other.mistake.id))
        return found


def recall(
    known: Sequence[Mistake],
    learnt: Callable[[], dict[str, Any]],
    cache: Cache,
    name: str,
    key: str,
) -> Library:
    """Return the library of `known` mistakes: what `cache` has under `key`, else what `learnt()`.

    `name` is the assignment's. Of several processes that ask at the same time one learns and the
    others wait for it.
    """
    entry = f"{name}-{key}.json"
    rows = _read(cache.read("mistakes", entry), known)
    if rows is None:
        with cache.locked("mistakes"):
            rows = _read(cache.read("mistakes", entry), known)
            if rows is None:
                rows = learnt()
                cache.write("mistakes", entry, json.dumps(rows).encode())
    return Library(
        tuple(
            _replies(mistake, task, rows[mistake.id]) for mistake in known for task in mistake.tasks
        )
    )


def _replies(mistake: Mistake, task: str, row: dict[str, Any]) -> Replies:
    mine = {test: found for test, found in row.items() if found["task"] == task}
    failed = {test: found["replies"] for test, found in mine.items()}
    weights = {test: Weight(found["weight"]) for test, found in mine.items()}
    messages = {test: found["message"] for test, found in mine.items() if found["message"]}
    return Replies(mistake, task, failed, weights, messages)


def learn(
    known: Sequence[Mistake],
    tests: Sequence[Test],
    run: Run,
    parent: Callable[[], Parent],
    jobs: int | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Run every mistake through the tests of its own task; `run` runs the reference with them.

    Raises PoolError, ForkServerError.
    """
    by_id = {mistake.id: mistake for mistake in known}
    right: dict[str, Outcome] = {}

    def work(fork_server: Parent, name: str) -> dict[str, Any]:
        # Training takes long and tells little.
        mine = [test for test in tests if test.task in by_id[name].tasks and not test.trains]
        unknown = [test for test in mine if test.id not in right]
        if unknown:  # once in each fork
            right.update((one.test, one) for one in run(fork_server, [], unknown))
        failed = [one for one in run(fork_server, [name], mine) if one.status is Status.FAILED]
        return {
            one.test: {
                "task": one.task,
                "replies": digest(one),
                "weight": weight(one.calls, right[one.test].calls),
                "message": one.message,
            }
            for one in failed
        }

    return share(parent, list(by_id), work, jobs, progress)


def _read(content: bytes | None, known: Sequence[Mistake]) -> dict[str, Any] | None:
    """Return the rows that are kept, where they are those of the `known` mistakes."""
    try:
        rows = json.loads(content or b"")
    except ValueError:
        return None
    whole = isinstance(rows, dict) and rows.keys() == {mistake.id for mistake in known}
    return rows if whole else None
