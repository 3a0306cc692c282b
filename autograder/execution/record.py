"""What happened during one test."""

from __future__ import annotations

import sys
import types
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.core.records import Call, Printed
from autograder.execution.errors import SubmissionError, WorkerStopped
from autograder.sandbox.inside.wire import Tensor

_MAX_CALLS = 5000  # of one test, kept for diagnosis
_MAX_KEPT = 1 << 20  # bytes of one test's replies, kept for diagnosis


@dataclass(frozen=True)
class Gift:
    """What a test was given last, and by what."""

    giver: str
    kind: str
    shape: tuple[int, ...] | None


@dataclass
class TestRecord:
    """What happened during one test."""

    calls: list[Call] = field(default_factory=list)
    printed: list[Printed] = field(default_factory=list)
    stopped: WorkerStopped | None = None
    killed_from_outside: bool = False
    missing: SubmissionError | None = None  # the last one about a name that is not there
    source: str = ""  # the file of the test
    secret: bool = True  # what its functions tell must not help in another
    gifts: dict[int, Gift] = field(default_factory=dict)  # the latest one at each of its lines
    changed: list[str] = field(default_factory=list)  # functions that edited their arguments
    requests: int = 0
    asked: tuple[str, tuple[Any, ...]] = ("", ())  # the last call, with its arguments
    kept: int = 0  # bytes of the replies in `calls`

    def note_call(self, target: str, reply: bytes, changed: list[int]) -> None:
        """Keep a reply for diagnosis, with which of its arrays were edited."""
        if len(self.calls) < _MAX_CALLS:
            names = tuple(str(position) for position in changed)
            room = _MAX_KEPT - self.kept
            kept = reply if len(reply) <= room else b""  # the grader's memory is not theirs
            self.kept += len(kept)
            self.calls.append(Call(target, kept, names))

    def note_gift(self, giver: str, operation: str, arguments: tuple[Any, ...], value: Any) -> None:
        """Note what the test was given, and at which of its lines."""
        kind, shape = kind_of(value)
        if operation == "next":  # the items travel many at a time, in a list of ours
            kind, shape = kind_of(arguments[0][0])
        kind = kind.removesuffix("_iterator")
        line = _line_in(self.source)
        self.gifts.pop(line, None)  # so that the latest is the last
        self.gifts[line] = Gift(giver, kind, shape)


def _line_in(source: str) -> int:
    """Return which line of the test's file asks; 0 where none does."""
    frame: types.FrameType | None = sys._getframe(1) if source else None
    while frame is not None:
        if frame.f_code.co_filename == source:
            return frame.f_lineno
        frame = frame.f_back
    return 0


def kind_of(value: Any) -> tuple[str, tuple[int, ...] | None]:
    """Return the kind of a value as a word, and its shape if it has one."""
    if value is None:
        return "None", None
    if isinstance(value, Tensor):
        return "tensor", value.array.shape
    if isinstance(value, np.ndarray):
        return "array", value.shape
    word = getattr(type(value), "_word", None)  # a handle knows what it stands for
    return (word(value) if word else type(value).__name__), None
