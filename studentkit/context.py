"""What the test that runs now may use: the only place that holds state between calls.

In a student's folder that is this context as it is. The grader puts its own in its place, by one
`with`, for as long as the tests of one submission run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

import numpy as np

Ask = Callable[[str, list[Any]], Any]
Service = TypeVar("Service")


def _here(name: str, arguments: list[Any]) -> Any:
    from . import probes

    return getattr(probes, name)(*arguments)


@dataclass
class TestContext:
    """Where data lies, who answers questions about objects, and what the test has shown."""

    __test__: ClassVar[bool] = False  # no tests, for pytest

    folder: str = "data"  # with the data that student code sees as `./data`
    source: str = ""  # what the data is; "": the folder says it
    ask: Ask = _here  # answers questions about objects of student code
    services: tuple[object, ...] = ()  # of the grader, found by their class
    wants_pictures: bool = False  # whether somebody will look at pictures of the figures
    shown: list[tuple[str, str]] = field(default_factory=list)  # text, MathML
    pictures: list[tuple[str, np.ndarray]] = field(default_factory=list)  # title, pixels
    how: str = ""  # how the test has come to its verdict

    def service(self, kind: type[Service]) -> Service | None:
        """Return the grader's object of that class; None where there is none."""
        return next((one for one in self.services if isinstance(one, kind)), None)

    def take_shown(self) -> list[tuple[str, str]]:
        """Return what the test that just ran has shown, and forget it."""
        found, self.shown = self.shown, []
        return found

    def take_how(self) -> str:
        """Return how the test that just ran came to its verdict, and forget it."""
        found, self.how = self.how, ""
        return found

    def take_pictures(self) -> list[tuple[str, np.ndarray]]:
        """Return the pictures of the test that just ran, and forget them."""
        found, self.pictures = self.pictures, []
        return found


_contexts = [TestContext()]  # the last one holds


def current() -> TestContext:
    """Return the context that holds now."""
    return _contexts[-1]


@contextmanager
def using(context: TestContext) -> Iterator[TestContext]:
    """Let `context` hold for what runs inside."""
    _contexts.append(context)
    try:
        yield context
    finally:
        _contexts.remove(context)
