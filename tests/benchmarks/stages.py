"""Where the processor time of one submission goes, stage by stage.

Functions of the grader are wrapped before its processes fork; what they measure is written to a
file that every fork appends to. A stage's time is its own: what it calls in another is not in it.
"""

from __future__ import annotations

import functools
import json
import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.execution import suite
from autograder.execution.session import Session
from autograder.grading import grader, station

OWN, WORKER = "own", "worker, whole"
WORKERS, REQUESTS = "workers", "requests"  # how many
# (what has it, its name there, the stage)
_WRAPPED: list[tuple[Any, str, str]] = [
    (station, "read", "intake"),
    (grader, "judged", "rules"),
    (suite, "run", "pytest, tests, proxies"),
    (Session, "_exchange", "requests here"),
    (Session, "_start", "workers started, ended"),
    (Session, "_reap", "workers started, ended"),
    (grader, "carry", "repeats"),
    (grader, "name_mistakes", "diagnosis"),
    (grader, "failures", "diagnosis"),
    (station, "write", "results, page"),
]
STAGES = list(dict.fromkeys(stage for _, _, stage in _WRAPPED))


class Stopwatch:
    """Times of stages in this process and its forks, written to a file."""

    def __init__(self, path: Path) -> None:
        """Wrap the grader's functions; nothing is put back."""
        self._path = path
        self._running: list[float] = []  # by depth: time of what is called in other stages
        self._found: Counter[str] = Counter()
        path.touch()
        for owner, name, stage in _WRAPPED:
            setattr(owner, name, self._timed(getattr(owner, name), stage))
        self._count(Session, "_start", WORKERS)
        self._count(Session, "request", REQUESTS)
        reap = Session._reap

        @functools.wraps(reap)
        def asked_first(session: Session) -> Any:
            self._ask(session)
            return reap(session)

        Session._reap = asked_first  # type: ignore[method-assign]
        graded = station._Station._graded

        @functools.wraps(graded)
        def noted(*arguments: Any) -> Any:
            self._found.clear()
            begin = time.thread_time()
            try:
                return graded(*arguments)
            finally:
                self._found["here, whole"] = time.thread_time() - begin
                with self._path.open("a") as file:
                    file.write(json.dumps(dict(self._found)) + "\n")

        station._Station._graded = noted  # type: ignore[method-assign]

    def take(self) -> Counter[str]:
        """Return the sums of what was noted since the last call."""
        found: Counter[str] = Counter()
        for line in self._path.read_text().splitlines():
            found.update(json.loads(line))
        os.truncate(self._path, 0)
        return found

    def _timed(self, function: Callable[..., Any], stage: str) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:
            begin = time.thread_time()
            self._running.append(0.0)
            try:
                return function(*arguments, **named)
            finally:
                whole = time.thread_time() - begin
                self._found[stage] += whole - self._running.pop()
                if self._running:
                    self._running[-1] += whole

        return timed

    def _count(self, owner: Any, name: str, what: str) -> None:
        function = getattr(owner, name)

        @functools.wraps(function)
        def counted(*arguments: Any, **named: Any) -> Any:
            self._found[what] += 1
            return function(*arguments, **named)

        setattr(owner, name, counted)

    def _ask(self, session: Session) -> None:
        """Ask a worker that ends for its processor time: that of student code, and all of it."""
        lends = not session.file_names  # what answers for lent functions does not tell
        if session._channel is not None and session.record.stopped is None and not lends:
            own, whole = session._exchange("usage", (), keep=False)
            self._found[OWN] += own
            self._found[WORKER] += whole
