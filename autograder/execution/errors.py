"""What can go wrong in a submission, as exceptions on the trusted side."""

from __future__ import annotations

import builtins
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from autograder.core.records import Reason

# A submission must not be able to skip, exit or interrupt the trusted side by raising.
_REFUSED = {"BaseException", "SystemExit", "KeyboardInterrupt", "GeneratorExit"}


@dataclass(frozen=True)
class Frame:
    """One line of the submission's own traceback."""

    path: str
    line: int
    function: str
    text: str


class SubmissionError(Exception):
    """An exception that student code raised; also an instance of its builtin type."""

    type_name = "Exception"
    frames: tuple[Frame, ...] = ()
    # Where on the way it was raised, and what was asked for: for the sentence in a report.
    stage = "code"  # or "import", "missing", "use": before it ran; "answer": after that
    depth = 0  # of the name that is missing; 0 is the module itself
    detail = ""  # what stands in a function's place
    module = ""
    asked = ""
    owner = ""  # what the object that was asked is called
    owner_type = ""

    def __init__(self, message: str) -> None:
        Exception.__init__(self, message)
        self.message = message

    def __str__(self) -> str:
        return self.message

    @property
    def reason(self) -> Reason | None:
        """The reason to name in a report, where it is more than an exception."""
        if isinstance(self, MemoryError):
            return Reason.MEMORY
        if isinstance(self, PermissionError):
            return Reason.FORBIDDEN
        if isinstance(self, ImportError | SyntaxError):
            return Reason.IMPORT
        return None


class WorkerStopped(BaseException):
    """The worker ended in the middle of a request.

    No test may catch it by accident, so it is no Exception: a test that expects an exception
    must not be satisfied by a crash.
    """

    def __init__(self, reason: Reason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence


_STAGES = ("code", "import", "missing", "use", "answer")


@dataclass(frozen=True)
class _Description:
    """What a worker says of an exception, in the order of the wire; nothing of it is believed."""

    name: Any = "Exception"
    bases: Any = ()
    message: Any = ""
    rows: Any = ()  # of the traceback
    stage: Any = "code"
    depth: Any = 0
    detail: Any = ""


def raised(body: Any) -> SubmissionError:
    """Make the exception that a worker's description speaks of; hostile input is fine."""
    told = body[: len(fields(_Description))] if type(body) is list else []
    said = _Description(*told)
    frames = tuple(
        Frame(row[0][:200], row[1], row[2][:200], row[3][:200])
        for row in (said.rows if type(said.rows) is list else [])[:10]
        if type(row) is list and list(map(type, row)) == [str, int, str, str]
    )
    builtin: type[BaseException] | None = None
    for base in said.bases[:50] if type(said.bases) is list else []:
        found = getattr(builtins, base, None) if type(base) is str else None
        if _is_base(found):
            builtin = found
            break
        if type(base) is str and base in _REFUSED:
            break
    # mypy takes the classes' own __hash__ for that of their instances
    made = _class_for(builtin) if builtin else SubmissionError  # type: ignore[arg-type]
    error = made(said.message[:2000] if type(said.message) is str else "")
    error.type_name = said.name[:100] if type(said.name) is str else "Exception"
    error.frames = frames
    error.stage = said.stage if type(said.stage) is str and said.stage in _STAGES else "code"
    error.depth = said.depth if type(said.depth) is int and 0 <= said.depth < 100 else 0
    error.detail = said.detail[:100] if type(said.detail) is str else ""
    return error


def _is_base(found: Any) -> bool:
    """Tell whether `found` says more than Exception does; groups are made otherwise than these."""
    if not isinstance(found, type) or not issubclass(found, Exception):
        return False
    return found is not Exception and not issubclass(found, BaseExceptionGroup)


@cache
def _class_for(builtin: type[BaseException]) -> type[SubmissionError]:
    return type(f"Submission{builtin.__name__}", (SubmissionError, builtin), {})
