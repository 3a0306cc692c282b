"""What a test expects, worked out before anybody is graded: once for a whole class."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable, Sequence
from typing import Any

Arguments = Sequence[Hashable]


class Ahead:
    """A function whose results are kept; the grader calls it before it forks for submissions."""

    def __init__(
        self,
        function: Callable[..., Any],
        always: Sequence[Arguments],
        training: Sequence[Arguments],
    ) -> None:
        """Note what to work out: `always`, or only where the tests that train are run."""
        self.__wrapped__ = function
        self.__doc__ = function.__doc__
        self._always, self._training = always, training
        self._known: dict[Arguments, Any] = {}

    def __call__(self, *arguments: Hashable) -> Any:
        """Return what the function gives, the same object each time."""
        if arguments not in self._known:
            self._known[arguments] = self.__wrapped__(*arguments)
        return self._known[arguments]

    def work_out(self, training: bool) -> None:
        """Call the function with all that was declared."""
        for arguments in (*self._always, *(self._training if training else ())):
            with contextlib.suppress(Exception):  # the test that needs it will say it
                self(*arguments)


def ahead(
    *always: Arguments, training: Sequence[Arguments] = ()
) -> Callable[[Callable[..., Any]], Ahead]:
    """Have the grader work out a function of a test file ahead, for each of these arguments.

    It must not use student code, and tests must leave its results as they are. `training` are
    arguments that only the tests that train use.
    """
    return lambda function: Ahead(function, always, training)
