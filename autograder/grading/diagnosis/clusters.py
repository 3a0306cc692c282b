"""Which submissions failed alike: a key for each failed task, made of what their code replied."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from autograder.core.records import Failure, Outcome, Status


def failures(outcomes: Sequence[Outcome], secret: str) -> tuple[Failure, ...]:
    """Return one Failure for each task with failed tests that count, in the tasks' order.

    The key goes into results that leave the grader, so it is made with `secret`: nobody can find
    out from it what was replied, and with that what a hidden test asked.
    """
    found = []
    failed = [one for one in outcomes if one.status is Status.FAILED]
    for task in dict.fromkeys(one.task for one in failed if one.scored):
        mine = [one for one in failed if one.task == task]
        mine.sort(key=lambda one: (not one.scored, one.hidden))
        text = "\n".join(f"{one.test} {one.replies}" for one in mine)
        key = hmac.new(secret.encode(), f"{task}\n{text}".encode(), hashlib.sha256)
        names = tuple(dict.fromkeys(one.mistake for one in mine if one.mistake))
        first = mine[0]
        found.append(
            Failure(
                task=task,
                cluster=key.hexdigest()[:16],
                test=first.title,
                example="" if first.hidden else first.message,
                mistakes=names,
                unfinished=any(one.unfinished for one in mine),
                reason=first.reason.value if first.reason and not first.hidden else "",
            )
        )
    return tuple(found)
