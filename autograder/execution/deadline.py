"""How long a submission and its tests may take, and what has run out of time before."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Iterator

from autograder.core.manifest import Limits

_AGAIN_SECONDS = 0.5  # for a call that has hung before
_MOST_STRETCHED = 10  # times its limit a test may take by the clock, on a busy machine
_IMPORTS = 2  # attempts at a module whose import runs out of time


class Deadline:
    """The times at which the test that runs and the whole submission are over.

    Limits are meant as time of a processor. Code that waits for something else gets none, and
    nobody gets more than some times the limit by the clock.
    """

    def __init__(self, limits: Limits) -> None:
        """Let the submission's time begin."""
        self._limits = limits
        self._submission_ends = time.monotonic() + limits.submission_seconds
        self._test_ends = self._latest = self._submission_ends
        self._test_seconds = limits.test_seconds
        self._used_before = 0.0  # processor seconds of the worker when the test began
        self._pauses = 0

    def begin(self, trains: bool, used: float) -> None:
        """Let a test's time begin; its worker has `used` some processor seconds before.

        A test that trains has a time of its own, which does not count for the submission.
        """
        now = time.monotonic()
        self._test_seconds = self._limits.test_seconds
        if trains:
            self._test_seconds = self._limits.training_seconds
            self._submission_ends = max(self._submission_ends, now + self._test_seconds)
        self._test_ends = min(now + self._test_seconds, self._submission_ends)
        self._latest = now + _MOST_STRETCHED * self._test_seconds
        self._used_before = used

    def fresh_worker(self) -> None:
        """Note that the worker is a new one, which has used no time."""
        self._used_before = 0.0

    def left(self) -> float:
        """Return what is left of the test's time; below 0 where it is over."""
        return self._test_ends - time.monotonic()

    def whole_is_over(self) -> bool:
        """Tell whether the submission's time is over."""
        return time.monotonic() >= self._submission_ends

    def shorten(self) -> None:
        """Leave little for what has hung before; a class should not wait for it again and again."""
        self._test_ends = min(self._test_ends, time.monotonic() + _AGAIN_SECONDS)

    def stretch(self, used: float | None) -> None:
        """Give the worker what a busy machine has kept from it, if it could use more now.

        `used` are its processor seconds; None where it waits for something else.
        """
        now = time.monotonic()
        if used is None or now >= self._latest:
            return
        missing = self._test_seconds - (used - self._used_before)
        if missing > 0.05 * self._test_seconds:
            self._test_ends = now + min(missing, self._latest - now)
            self._submission_ends = max(self._submission_ends, self._test_ends)

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Stop the clock: what follows is the grader's own work, not the submission's."""
        began, self._pauses = time.monotonic(), self._pauses + 1
        try:
            yield
        finally:
            self._pauses -= 1
            if not self._pauses:
                worked = time.monotonic() - began
                self._test_ends += worked
                self._latest += worked
                self._submission_ends += worked

    @property
    def is_paused(self) -> bool:
        """Whether the clock stands."""
        return self._pauses > 0

    @contextlib.contextmanager
    def set_aside(self, seconds: float) -> Iterator[None]:
        """Have `seconds` for something that is not the test's."""
        outer, self._test_ends = self._test_ends, time.monotonic() + seconds
        try:
            yield
        finally:
            self._test_ends = outer

    @property
    def sentence(self) -> str:
        """Say which limit was passed."""
        if self.whole_is_over():
            limit, what = self._limits.submission_seconds, "the whole submission"
        else:
            limit, what = self._test_seconds, "one test"
        return f"the code ran longer than the {limit:g} s allowed for {what}"


class Stalls:
    """What has run out of time before: calls, and modules that never answered anything."""

    def __init__(self) -> None:
        """Know of nothing."""
        self._hung: set[str] = set()
        self._answered: set[str] = set()
        self._stalled: Counter[str] = Counter()

    def __bool__(self) -> bool:
        return bool(self._hung)

    def has(self, asked: str, module: str) -> bool:
        """Tell whether a call, or the module that it is about, has run out of time before."""
        return asked in self._hung or self._stalled[module] > 0

    def has_call(self, asked: str) -> bool:
        """Tell whether a call has run out of time before."""
        return asked in self._hung

    def given_up(self, module: str) -> str:
        """Say why nothing of a module is asked any more; "" where it is."""
        if self._stalled[module] < _IMPORTS:
            return ""
        return f"importing {module} ran out of time {_IMPORTS} times before"

    def note(self, asked: str, module: str) -> None:
        """Note that a call ran out of time."""
        self._hung.add(asked)
        if module and module not in self._answered:
            self._stalled[module] += 1

    def answered(self, module: str) -> None:
        """Note that something of a module was answered, so that it can be imported."""
        self._answered.add(module)
